"""A cadre's day: posts, colleagues, what is there, and why there is nothing."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from gisapp.actions.fieldwork import NotACadre, in_quarter, my_day
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.core import windows
from gisapp.i18n import Sentence, say
from gisapp.query import HotspotQuery
from gisapp.runtime import Runtime
from gisapp.store import hotspots
from gisapp.store.models import Assignment, Cadre, Dispute, Grid, Plan, Post, Publication, Slot
from tests import town

HOLDER = Actor("S1", Role.CADRE, "990101", 1)
LEADER = Actor("leader", Role.LEADER, "990101")
IDLE = Actor("S4", Role.CADRE, "990101", 4)


def english(sentence: Sentence | None) -> str:
    assert sentence is not None
    return say(sentence, lambda message: message, "en")


def test_a_cadre_sees_her_posts_colleagues_and_enterprises(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.add(
            Assignment(
                plan_id=1, post_id=4, slot_id=4, cadre_id=2, area_code=town.COMMUNITY, why={}
            )
        )

    with runtime.sessions.read(HOLDER, town.NOW) as session:
        day = my_day(session)

    assert [post.place_code for post in day.posts] == town.CODES[3:5]
    assert day.posts[0].within == ["长堤街道", "02 社区"]
    assert [(one.name, one.department, one.place) for one in day.colleagues] == [
        ("顾2", "司法局", "04 格")
    ]
    assert [[firm.name for firm in post.enterprises] for post in day.posts] == [["=1+1 厂"], []]
    assert [post.enterprises_total for post in day.posts] == [1, 0]
    assert day.starts_on is not None
    assert (day.ends_on, day.explanation) == (None, None)


def test_members_of_the_community_are_colleagues_of_those_of_its_grids(runtime: Runtime) -> None:
    town.build(runtime)
    at = {"area_code": town.COMMUNITY}
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.add(
            Post(
                id=9,
                code=f"{town.COMMUNITY}:member",
                role="member",
                area_id=1,
                valid_from=date(2020, 1, 1),
                **at,
            )
        )
        session.flush()
        session.add(Slot(id=9, post_id=9, number=1, **at))
        session.flush()
        session.add(Assignment(plan_id=1, post_id=9, slot_id=9, cadre_id=4, why={}, **at))

    def colleagues(actor: Actor) -> set[tuple[str, str]]:
        with runtime.sessions.read(actor, town.NOW) as session:
            return {(one.name, one.place) for one in my_day(session).colleagues}

    grids = {("顾2", "02 格"), ("顾3", "03 格"), ("顾1", "04 格"), ("顾1", "05 格")}
    assert colleagues(HOLDER) == {("顾4", "02 社区")}, "nobody of another grid"
    assert colleagues(IDLE) == grids


def test_her_grids_are_drawn_among_their_neighbours(runtime: Runtime) -> None:
    town.build(runtime)

    with runtime.sessions.read(HOLDER, town.NOW) as session:
        outlines = my_day(session).outlines

    assert [one.code for one in outlines if one.own] == town.CODES[3:5]
    assert {one.code for one in outlines if one.level == "grid"} >= set(town.CODES[3:5])
    assert json.dumps(outlines[0].shape)


def test_the_disputes_of_the_last_quarter_leave_as_they_were_published(runtime: Runtime) -> None:
    town.build(runtime)

    def said() -> list[Sentence | None]:
        with runtime.sessions.read(HOLDER, town.NOW) as session:
            return [post.disputes for post in my_day(session).posts]

    before = said()
    with runtime.sessions.read(LEADER, town.NOW) as session:
        picture = hotspots.picture(session, HotspotQuery(quarter="2026-Q3"))
        counts = picture.told(picture.within, None).counts
    told = said()
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.execute(update(Dispute).values(reported_on=town.TODAY))

    assert before == [None, None], "nobody has seen them"
    assert [counts[picture.codes.index(code)] for code in town.CODES[3:5]] == [10, "<5"]
    assert [english(each) for each in told] == [
        "About 10 disputes in quarter 3 of 2026.",
        "Fewer than 5 disputes in quarter 3 of 2026.",
    ]
    assert said() == told


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        ([15, 5], "About 20 disputes in quarter 2 of 2026."),
        (
            [15, "<5"],
            "About 15 disputes in quarter 2 of 2026, and fewer than 5 in one further place.",
        ),
        (
            [15, "<5", "<5"],
            "About 15 disputes in quarter 2 of 2026, and fewer than 5 in each of 2 further places.",
        ),
        (["<5"], "Fewer than 5 disputes in quarter 2 of 2026."),
        (["<5", "<5"], "Fewer than 5 disputes in each of 2 places in quarter 2 of 2026."),
    ],
)
def test_several_places_are_added_up_from_what_is_published(figures: Any, text: str) -> None:
    months = windows.months("2026-Q2")

    assert english(in_quarter(figures, months)) == text
    assert in_quarter([*figures, "—"], months) is None


@pytest.mark.parametrize(("mode", "area"), [("normal", "990101001"), ("surge", "990101")])
def test_a_post_by_a_plan_that_another_has_overtaken_is_no_post(
    runtime: Runtime, mode: str, area: str
) -> None:
    town.build(runtime)
    from_the_city = Actor("S1", Role.CADRE, "9901", 1)
    by = {"created_at": town.NOW, "created_by": "planner"}
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.add(
            Plan(id=2, number=2, area_code=area, parameters={}, input_digest="", score={}, **by)
        )
        session.flush()
        session.add(
            Publication(
                mode=mode,
                starts_on=town.TODAY,
                plan_id=2,
                area_code=area,
                published_at=town.NOW,
                published_by="planner",
            )
        )

    with runtime.sessions.read(from_the_city, town.NOW) as session:
        day = my_day(session)
        seen = session.scalars(select(Grid.code)).all()

    assert (day.posts, day.outlines, seen) == ([], [], [])


def test_a_grid_that_is_no_more_is_not_drawn_or_counted(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        before = date(2026, 10, 1)
        session.execute(update(Grid).where(Grid.id == 4).values(valid_to=before))

    with runtime.sessions.read(HOLDER, town.NOW) as session:
        day = my_day(session)

    assert [post.enterprises_total for post in day.posts] == [0, 0]
    assert [one.code for one in day.outlines if one.own] == town.CODES[4:5]


def test_without_a_post_the_page_says_why(runtime: Runtime) -> None:
    town.build(runtime)

    with runtime.sessions.read(IDLE, town.NOW) as session:
        day = my_day(session)

    assert (day.posts, day.outlines) == ([], [])
    assert english(day.explanation).startswith("No post today")


def test_only_a_cadre_has_a_day_of_her_own(runtime: Runtime) -> None:
    town.build(runtime)

    with runtime.sessions.read(OPERATOR, town.NOW) as session, pytest.raises(NotACadre):
        my_day(session)
    with runtime.sessions.read(town.PLANNER, town.NOW) as session, pytest.raises(NotACadre):
        my_day(session)


def test_nobody_learns_where_a_cadre_is(runtime: Runtime) -> None:
    town.build(runtime)

    with runtime.sessions.read(HOLDER, town.NOW) as session:
        day = my_day(session)

    assert "minutes" not in repr(day.colleagues)
    assert {"place", "lon", "lat"} & set(Cadre.__table__.columns.keys()) == set()
