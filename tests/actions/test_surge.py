from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from gisapp.actions.plans import match_cadres, publish_plan
from gisapp.actions.publications import SurgeNeedsEnd
from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import (
    Assignment,
    Cadre,
    Dispute,
    Grid,
    Post,
    Slot,
)
from tests.county import NOW, PLANNER, TODAY, TOWNSHIP, build
from tests.surges import YESTERDAY, begun, holding, normal, surge

LONGEST = TODAY + timedelta(days=91)


def change(runtime: Runtime, *statements: Any) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for each in statements:
            session.execute(each)


def whys(fallen: Sequence[Any]) -> list[str]:
    return [row.why for row in fallen]


def test_a_surge_keeps_every_placement_and_reaches_the_higher_floors(runtime: Runtime) -> None:
    begun(runtime)

    with runtime.sessions.write(PLANNER, NOW) as session:
        today = holding(session)
        draft = match_cadres(session, mode="surge")
        placed = holding(session, plan=draft.plan)
        locked = plans.holdings(session, draft.plan, TODAY)["locked"]

    assert today <= placed
    assert (draft.mode, draft.moved, draft.standing, draft.fallen) == ("surge", 0, 4, [])
    assert not locked.any()
    assert [(row.floor_normal, row.floor_surge, row.floor) for row in draft.departments] == [
        (2, 4, 4),
        (2, 4, 4),
    ]
    assert sum(row.deployed_before for row in draft.departments) == len({row[2] for row in today})
    for row in draft.departments:
        assert row.deployed >= row.floor
        assert row.more == row.deployed - row.deployed_before > 0


def test_a_surge_moves_nobody_whatever_it_would_save(runtime: Runtime) -> None:
    build(runtime)
    normal(runtime, holders=20)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        # The two offices change places: all ways are others than when people were placed.
        session.execute(update(Cadre).values(office_id=3 - Cadre.office_id))
        today = holding(session)

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session, mode="surge")

        assert today <= holding(session, plan=draft.plan)
    assert draft.moved == 0


def test_a_normal_match_in_a_surge_starts_from_the_normal_plan(runtime: Runtime) -> None:
    begun(runtime)
    surge(runtime, YESTERDAY)

    with runtime.sessions.write(PLANNER, NOW) as session:
        beneath = match_cadres(session)
        named = match_cadres(session, based_on=f"{TOWNSHIP[:6]}-1")
        on_top = match_cadres(session, mode="surge")

    assert beneath.standing == named.standing == 4
    assert on_top.standing > 4
    assert beneath.cost == named.cost


def test_what_a_planner_locked_stays_locked_in_a_surge(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        made = match_cadres(session)
        first = session.scalars(select(Assignment.id).order_by(Assignment.id)).first()
        session.execute(update(Assignment).where(Assignment.id == first).values(locked=True))
        publish_plan(session, made.plan)

    with runtime.sessions.write(PLANNER, NOW) as session:
        held = plans.holdings(session, match_cadres(session, mode="surge").plan, TODAY)

    assert held["locked"].sum() == 1


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (update(Cadre).values(available_to=YESTERDAY), "unavailable"),
        (update(Cadre).values(valid_to=YESTERDAY), "cadre_gone"),
        (update(Cadre).values(rank="leader"), "other_rank"),
        (update(Post).values(valid_to=YESTERDAY), "post_gone"),
        (update(Slot).values(seats_least=0, seats_wanted=0, seats_most=0), "seat_gone"),
        (update(Cadre).values(capacity=0), "capacity"),
    ],
)
def test_what_no_longer_stands_is_counted_and_not_locked(
    runtime: Runtime, statement: Any, why: str
) -> None:
    begun(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        row = session.scalars(select(Assignment).order_by(Assignment.id)).first()
        assert row is not None
        kind = statement.table.name
        where = {"cadre": Cadre.id == row.cadre_id, "post": Post.id == row.post_id}
        where["slot"] = Slot.id == row.slot_id
        session.execute(statement.where(where[kind]))
        if kind == "post":
            # With its grid: rules would make it again where that goes on.
            grid = select(Post.grid_id).where(Post.id == row.post_id).scalar_subquery()
            session.execute(update(Grid).where(Grid.id == grid).values(valid_to=YESTERDAY))
        if kind == "slot":
            session.add(Slot(post_id=row.post_id, number=9, area_code=row.area_code))

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session, mode="surge")

    assert set(whys(draft.fallen)) == {why}
    assert draft.standing + len(draft.fallen) == 4


def test_with_too_few_seats_or_too_little_time_the_first_by_code_stay(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        made = match_cadres(session)
        posts = session.scalars(select(Post).where(Post.code.like("%:member"))).all()
        by_code = {post.code: post for post in posts}
        a, b, c = (by_code[f"{TOWNSHIP}001{number:03d}:member"] for number in (1, 2, 3))
        session.execute(delete(Assignment))
        slots = {slot.post_id: slot.id for slot in session.scalars(select(Slot))}
        for post, cadres in ((a, (2, 1)), (b, (1,)), (c, (1,))):
            session.add_all(
                Assignment(
                    plan_id=1,
                    post_id=post.id,
                    slot_id=slots[post.id],
                    cadre_id=cadre,
                    area_code=post.area_code,
                    why={},
                )
                for cadre in cadres
            )
        publish_plan(session, made.plan)

        draft = match_cadres(session, mode="surge")

    assert [(row.cadre, row.post, row.why) for row in draft.fallen] == [
        ("C00002", a.code, "seats_taken"),
        ("C00001", c.code, "capacity"),
    ]


def test_seats_nobody_serves_are_filled_first_where_most_disputes_are(runtime: Runtime) -> None:
    build(runtime, cadres=5, leaders=0)
    change(runtime, delete(Dispute), update(Cadre).values(capacity=1))
    normal(runtime, holders=2)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        # Far from the offices in the middle, and of a category no specialty is called for.
        for grid, number in ((20, 6), (1, 5), (11, 5), (7, 1)):
            session.add_all(
                Dispute(
                    area_code=session.get_one(Grid, grid).area_code,
                    case_number=f"D-{grid}-{which}",
                    category_code="other",
                    grid_id=grid,
                    reported_on=date(2026, 6, 1),
                )
                for which in range(number)
            )
        served = plans.holdings(session, None, TODAY)["place_code"].tolist()
        codes = [session.get_one(Grid, grid).code for grid in (20, 1, 11, 7)]
        asked = [code for code in codes if code not in served][:3]
        # An open second seat in a place that is served waits for those without anybody.
        post = session.scalars(select(Post).where(Post.code == f"{served[0]}:member")).one()
        session.execute(
            update(Slot).where(Slot.post_id == post.id).values(seats_wanted=2, seats_most=2)
        )

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session, mode="surge")
        held = plans.holdings(session, draft.plan, TODAY)["place_code"]

    assert set(held) - set(served) == set(asked)


@pytest.mark.parametrize("last", [None, LONGEST + timedelta(days=1)])
def test_a_surge_without_an_end_or_too_long_is_refused(runtime: Runtime, last: date | None) -> None:
    build(runtime)

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session, mode="surge")
        with pytest.raises(SurgeNeedsEnd) as refused:
            publish_plan(session, draft.plan, None, last)
        done = publish_plan(session, draft.plan, None, LONGEST)

    assert refused.value.fields == {"days": 92, "latest": LONGEST}
    assert (done.mode, done.ends_on) == ("surge", LONGEST)


def test_the_next_surge_starts_from_the_one_in_force_and_keeps_it(runtime: Runtime) -> None:
    begun(runtime)
    surge(runtime, YESTERDAY)

    with runtime.sessions.write(replace(PLANNER, name="second"), NOW) as session:
        today = holding(session)
        draft = match_cadres(session, mode="surge")

        assert today <= holding(session, plan=draft.plan)
    assert draft.moved == 0
