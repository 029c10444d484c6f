from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from gisapp.actions.desk import Desk, desk
from gisapp.actions.plans import match_cadres
from gisapp.actions.stamps import stamp, stamp_of_data
from gisapp.auth import OPERATOR
from gisapp.core.coverage import STATES
from gisapp.runtime import Runtime
from gisapp.store import audit, plans, serving, versions
from gisapp.store.models import Assignment, Cadre, DraftChange, Plan, Post
from gisapp.store.session import Session
from tests.county import COUNTY, NOW, PLANNER, TODAY, TOWNSHIP, build
from tests.surges import begun

GRID = f"{TOWNSHIP}001001"
POST = f"{GRID}:member"


def made(runtime: Runtime, **options: Any) -> str:
    with runtime.sessions.write(PLANNER, NOW) as session:
        return match_cadres(session, **options).plan


def opened(session: Session, plan: str) -> Desk:
    found: Desk = desk(session, plan, lambda name, make: make())
    return found


def change(runtime: Runtime, *statements: Any) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for each in statements:
            session.execute(each)


def test_a_draft_comes_to_what_matching_said_of_it(runtime: Runtime) -> None:
    begun(runtime)
    plan = made(runtime)

    with runtime.sessions.read(PLANNER, NOW) as session:
        figures = opened(session, plan).now(session)[1].figures
        score = plans.by_code(session, plan).score

    same = ("cost", "parts", "posts", "filled", "seats", "seats_filled", "moved", "people_moved")
    assert {name: figures[name] for name in same} == {name: score[name] for name in same}
    out = sum(row["deployed"] for row in score["departments"])
    assert (figures["people_out"], figures["departments"]) == (out, len(score["departments"]))


def test_its_grids_are_in_the_states_that_coverage_finds(runtime: Runtime) -> None:
    begun(runtime)
    plan = made(runtime)

    with runtime.sessions.read(PLANNER, NOW) as session:
        found = opened(session, plan)
        laid = found.now(session)[1]
        town = serving.situation(session, plan, None)
        before = serving.situation(session, None, None)

    assert laid.state.tolist() == town.coverage.state.tolist()
    assert laid.town.coverage.minutes.tolist() == town.coverage.minutes.tolist()
    assert found.before.state.tolist() == before.coverage.state.tolist()
    states = Counter(STATES[state] for state in town.coverage.state.tolist())
    assert laid.figures["states"] == {name: states[name] for name in STATES}


def test_a_step_is_worth_the_difference_of_what_is_before_and_after(runtime: Runtime) -> None:
    build(runtime)
    plan = made(runtime)
    with runtime.sessions.read(PLANNER, NOW) as session:
        found = opened(session, plan)
        before = found.now(session)[1]
        rows = versions.now(session, found.plan_id).rows()
        post = found.muster.post_ids[found.muster.problem.posts.codes.index(POST)]
        after = found.lay([row for row in rows if row[0] != post])

    effect, seen = found.effect(before, after), found.changed(before, after)

    assert effect["cost"] == pytest.approx(after.figures["cost"] - before.figures["cost"])
    assert effect["seats_filled"] == -1
    assert effect["gaps"] == after.figures["gaps"] - before.figures["gaps"]
    assert (seen["grids"][0]["code"], seen["grids"][0]["position"]) == (GRID, 0)
    assert all(row["after"] == row["before"] - 1 for row in effect["departments"])


def test_what_changed_is_read_and_nothing_else(runtime: Runtime) -> None:
    build(runtime)
    plan = made(runtime)
    with runtime.sessions.read(PLANNER, NOW) as session:
        found = opened(session, plan)
        number, before = found.now(session)
        (row, *_) = versions.now(session, found.plan_id).rows()
    with runtime.sessions.write(PLANNER, NOW) as session:
        session.execute(delete(Assignment).where(Assignment.post_id == row[0]))
        session.execute(update(Plan).where(Plan.id == found.plan_id).values(version=number + 1))
        session.add(changed_to(found.plan_id, number + 1, out=[[*row, {}]]))

    with runtime.sessions.read(PLANNER, NOW) as session:
        version, after = found.now(session)
        whole = found.lay(versions.now(session, found.plan_id).rows())

    assert version == number + 1
    assert len(after.post) == len(before.post) - 1
    assert after.keys.tolist() == whole.keys.tolist()


def changed_to(plan: int, version: int, out: list[Any]) -> DraftChange:
    fields: dict[str, Any] = {"kind": "deed", "deed": "remove", "about": None, "effect": {}}
    fields |= {"actor": "planner", "at": NOW, "area_code": COUNTY, "into": []}
    return DraftChange(plan_id=plan, version=version, out=out, **fields)


def test_a_version_without_its_change_is_read_whole(runtime: Runtime) -> None:
    build(runtime)
    plan = made(runtime)
    with runtime.sessions.read(PLANNER, NOW) as session:
        found = opened(session, plan)
        number, before = found.now(session)
    change(
        runtime,
        delete(Assignment).where(Assignment.id == select(Assignment.id).limit(1).scalar_subquery()),
        update(Plan).where(Plan.id == found.plan_id).values(version=number + 1),
    )

    with runtime.sessions.read(PLANNER, NOW) as session:
        version, after = found.now(session)

    assert (version, len(after.post)) == (number + 1, len(before.post) - 1)


def test_placements_that_do_not_stand_fall_with_their_reason(runtime: Runtime) -> None:
    build(runtime)
    plan = made(runtime)
    with runtime.sessions.read(PLANNER, NOW) as session:
        held = plans.holdings(session, plan, TODAY)
    first, second, third = held["cadre_id"].drop_duplicates().tolist()[:3]
    post = held.loc[held["cadre_id"] == third, "post_code"].iloc[0]
    gone = {"valid_to": TODAY - timedelta(days=1)}
    change(
        runtime,
        update(Cadre).where(Cadre.id == first).values(**gone),
        update(Cadre).where(Cadre.id == second).values(available_to=gone["valid_to"]),
        update(Post).where(Post.code == post).values(**gone),
    )

    with runtime.sessions.read(PLANNER, NOW) as session:
        laid = opened(session, plan).now(session)[1]

    whys = {row[2]: why for row, why in laid.fallen}
    assert whys[first] == "cadre_gone"
    assert whys[second] == "unavailable"
    assert "post_gone" in {why for row, why in laid.fallen if row[2] == third}
    assert len(laid.post) == len(held) - len(laid.fallen)


def test_beyond_seats_and_time_the_locked_stay(runtime: Runtime) -> None:
    build(runtime)
    plan = made(runtime)
    with runtime.sessions.read(PLANNER, NOW) as session:
        found = opened(session, plan)
        laid = found.now(session)[1]
        cadres = found.muster.problem.cadres
        slot = int(laid.slot[laid.of_post(found.muster.problem.posts.codes.index(POST))[0]])
        there = found.muster.post_ids[int(found.muster.problem.slots.post[slot])]
        people = [
            found.muster.cadre_ids[at]
            for at in range(len(cadres.codes))
            if cadres.available[at] and not cadres.leader[at] and cadres.capacity[at] > 0
        ][:2]

        both = found.lay(
            [(there, found.muster.slot_ids[slot], who, who == people[1]) for who in people]
        )

    assert [(row[2], why) for row, why in both.fallen] == [(people[0], "seats_taken")]


def test_the_best_plan_is_solved_once_for_the_same_locks(runtime: Runtime) -> None:
    build(runtime)
    plan = made(runtime)
    with runtime.sessions.read(PLANNER, NOW) as session:
        found = opened(session, plan)
        laid = found.now(session)[1]
        rows = versions.now(session, found.plan_id).rows()

    engine = found.solving(laid).engine()
    again = found.solving(found.lay(rows)).engine()
    locked = found.lay([(*rows[0][:3], True), *rows[1:]])

    assert engine is again
    assert engine.gap == 0
    assert engine.cost == laid.tally.cost
    assert found.solving(locked).engine().net.problem.locks.tolist() != []


def test_edits_of_drafts_leave_the_data_as_they_are(runtime: Runtime) -> None:
    build(runtime)

    def named(after: str) -> tuple[str, str]:
        with runtime.sessions.write(PLANNER, NOW) as session:
            audit.note(session, after, "plan 1", area_code=COUNTY)
        with runtime.sessions.read(PLANNER, NOW) as session:
            keep: dict[str, Any] = {}
            return (
                stamp(session, lambda name, make: keep.setdefault(name, make())),
                stamp_of_data(session, lambda name, make: keep.setdefault(name, make())),
            )

    deeds = ("dispute.reported", "draft.changed", "plan.made", "plan.deleted")

    whole, data = zip(*map(named, deeds), strict=True)

    assert len(set(whole)) == 4
    assert len(set(data)) == 1
