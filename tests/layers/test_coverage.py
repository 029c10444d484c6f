"""The map of coverage gaps: one grid of each state, said in numbers that may leave."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from gisapp.auth import Actor, Role, ScopeMissing
from gisapp.i18n import Sentence, say
from gisapp.layer import Values
from gisapp.query import InvalidParameter, UnknownParameter
from gisapp.runtime import Runtime
from gisapp.store.grids import UnknownGrid
from gisapp.store.models import Assignment, Cadre, Dispute, Post, Slot, Travel
from tests import town


def english(sentence: Sentence | None) -> str:
    assert sentence is not None
    return say(sentence, lambda message: message, "en")


def read(runtime: Runtime, **args: str) -> Values:
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        found = runtime.layers["coverage"].read(session, session.actor, args)
    assert isinstance(found, Values)
    return found


def said(found: Values) -> list[str]:
    assert found.sentence is not None
    return [english(found.sentence(row)) for row in range(len(found.codes))]


def tell(runtime: Runtime, code: str) -> dict[str, Any]:
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        return dict(runtime.layers["coverage"].tell(session, session.actor, {}, code))


def test_one_grid_of_each_state_stands_in_the_order_of_the_ids(standing: Runtime) -> None:
    found = read(standing)

    assert list(found.codes) == town.CODES
    assert list(found.columns["state"]) == town.STATES
    assert found.about["states"] == {
        "unserved": 2,
        "specialty_missing": 1,
        "far": 1,
        "stretched": 1,
        "served": 1,
    }


def publish_disputes(runtime: Runtime, now: datetime = town.NOW) -> None:
    """Look at the hotspots, which publishes the months before."""
    with runtime.sessions.read(town.PLANNER, now) as session:
        runtime.layers["hotspots"].read(session, session.actor, {})


def test_needs_carry_no_figure_before_disputes_are_published(standing: Runtime) -> None:
    found = read(standing)

    assert said(found)[1].startswith("No labour law: need some cases a year; nobody")
    assert tell(standing, town.CODES[3])["needs"][0]["cases"] == "—"
    assert english(found.about["cases"]).startswith("No disputes are published yet")


def test_states_of_a_first_year_go_by_what_is_published_once_something_is(
    standing: Runtime,
) -> None:
    publish_disputes(standing, datetime(2026, 5, 24, 4, tzinfo=UTC))
    unseen = read(standing)
    publish_disputes(standing)
    seen = read(standing)

    assert "In the first year of records states are, too" in english(seen.about["cases"])
    assert not any("over the limit" in one for one in said(unseen))
    assert said(seen)[3].startswith("Labour law: need about 10 cases a year")


def test_every_state_has_its_reason_in_numbers(runtime: Runtime) -> None:
    town.build(runtime)
    publish_disputes(runtime)

    nobody, lack, far, strain, served, empty = said(read(runtime))

    assert nobody == ("Nobody; the nearest free cadre for labour law is 11 min away (司法局).")
    assert lack.startswith("No labour law: need about 5 cases a year; nobody")
    assert "the limit is 30" in far
    assert strain == "Labour law: need about 10 cases a year, supply 6.0: over the limit of 1.5."
    assert served == "Served by 1; the nearest needs 7 min."
    assert empty.startswith("Nobody")


def test_a_day_before_all_records_is_refused(standing: Runtime) -> None:
    with pytest.raises(InvalidParameter):
        read(standing, day="0001-01-01")


def test_the_most_urgent_grid_comes_first(standing: Runtime) -> None:
    order = read(standing).order

    assert order is not None
    assert [town.STATES[row] for row in order] == [
        "unserved",
        "unserved",
        "specialty_missing",
        "far",
        "stretched",
        "served",
    ]


def test_what_leaves_is_json_and_lists_what_lies_outside(standing: Runtime) -> None:
    about = dict(read(standing).about)

    assert about["enterprises_outside"] == 1
    assert about["disputes_outside"] == "<5"
    assert about["overlaps"] == 0
    assert about["land_without_grid_hectares"] == 0
    assert about["quartet"]["base"] == 1
    assert english(about["sentence"]) == (
        "2 grids have nobody; the nearest free cadre is 11 min away."
    )
    assert json.dumps(about, default=lambda _: "said")


def test_without_a_plan_nobody_is_served_and_the_map_says_so(standing: Runtime) -> None:
    found = read(standing, day="2025-12-31")

    assert set(found.columns["state"]) == {"unserved"}
    assert english(found.about["sentence"]) == "No plan is in force, so all 6 grids have nobody."


def test_an_empty_town_has_a_map(runtime: Runtime) -> None:
    found = read(runtime)

    assert list(found.codes) == []
    assert english(found.about["sentence"]).startswith("No grids yet.")


def test_a_plan_may_be_named_and_its_day_chosen_but_nothing_else_asked(standing: Runtime) -> None:
    assert list(read(standing, plan="990101-1").columns["state"]) == town.STATES
    with pytest.raises(UnknownParameter):
        read(standing, colour="red")


def test_a_member_of_the_community_serves_all_its_grids(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        session.add(
            Post(id=20, code=f"{town.COMMUNITY}:member", role="member", area_id=1, **town.HERE)
        )
        session.flush()
        session.add(Slot(id=20, post_id=20, number=1, area_code=town.COMMUNITY))
        session.flush()
        session.add(
            Assignment(
                plan_id=1, post_id=20, slot_id=20, cadre_id=4, area_code=town.COMMUNITY, why={}
            )
        )

    found = read(runtime)

    # Two of 12 cases for each grid: enough beside the six of another and for a few, not for 7.
    assert list(found.columns["state"]) == ["served", "stretched"] + ["served"] * 4


def test_who_is_recused_is_not_offered(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        town.recuse(session, 4, town.COMMUNITY)

    found = read(runtime)

    assert "nobody who does is free" in said(found)[1]
    assert "S4" not in {one["staff_number"] for one in tell(runtime, town.CODES[0])["candidates"]}


def test_who_is_away_or_full_is_not_offered(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        for cadre in session.query(Cadre):
            if cadre.id == 4:
                cadre.available_to = town.TODAY.replace(year=2025)
            else:
                cadre.capacity = 1

    assert said(read(runtime))[0] == "Nobody, and no free cadre knows labour law."
    assert said(read(runtime))[5] == "Nobody, and no cadre is free."


def test_a_measured_way_takes_the_place_of_the_estimate(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        office = session.get_one(Cadre, 1).office_id
        session.add(
            Travel(office_id=office, place_code=town.CODES[4], minutes=44, area_code=town.COMMUNITY)
        )

    found = read(runtime)

    assert (found.columns["state"][4], found.columns["minutes"][4]) == ("far", 44)


def test_a_measured_way_is_said_of_who_could_help_too(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        office = session.get_one(Cadre, 4).office_id
        session.add(
            Travel(office_id=office, place_code=town.CODES[0], minutes=25, area_code=town.COMMUNITY)
        )

    assert said(read(runtime))[0].endswith("labour law is 25 min away (司法局).")
    assert tell(runtime, town.CODES[0])["candidates"][0]["minutes"] == 25


def test_disputes_before_the_last_twelve_whole_months_do_not_count(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        for dispute in session.query(Dispute):
            dispute.reported_on = town.TODAY.replace(day=1)

    assert list(read(runtime).columns["state"])[:5] == [
        "unserved",
        "served",
        "far",
        "served",
        "served",
    ]


def test_a_grid_tells_who_serves_it_and_who_could(runtime: Runtime) -> None:
    town.build(runtime)
    publish_disputes(runtime)

    told = tell(runtime, town.CODES[3])

    assert [one["staff_number"] for one in told["members"]] == ["S1"]
    assert [one["staff_number"] for one in told["candidates"]] == ["S4"]
    assert english(Sentence("{x}", {"x": told["wanted"]})) == "Labour law"
    assert told["needs"][0]["cases"] == 10
    assert len(told["quartet"]) == 4
    with pytest.raises(UnknownGrid):
        tell(runtime, "990101001001999")


def test_where_few_live_no_figure_of_need_leaves(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        for grid in session.query(town.Grid):
            grid.households = None
    publish_disputes(runtime)

    assert "need some cases a year" in said(read(runtime))[3]
    assert tell(runtime, town.CODES[3])["needs"][0]["cases"] == "—"


def test_a_planner_elsewhere_sees_an_empty_map_and_a_cadre_none(standing: Runtime) -> None:
    elsewhere = Actor("planner", Role.PLANNER, "990102")
    cadre = Actor("cadre", Role.CADRE, "990101", 1)

    with standing.sessions.read(elsewhere, town.NOW) as session:
        found = standing.layers["coverage"].read(session, elsewhere, {})

    assert isinstance(found, Values)
    assert np.size(found.columns["state"]) == 0
    with standing.sessions.read(cadre, town.NOW) as session, pytest.raises(ScopeMissing):
        standing.layers["coverage"].read(session, cadre, {})


def test_a_row_of_the_answer_tells_the_same_as_the_grid_asked_for_alone(standing: Runtime) -> None:
    found = read(standing)

    assert found.detail is not None
    for row, code in enumerate(found.codes):
        assert found.detail(row) == tell(standing, code)
