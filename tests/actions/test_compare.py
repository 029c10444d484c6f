from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from gisapp.actions import inputs
from gisapp.actions.compare import OtherPlanArea, compare_plans
from gisapp.actions.comparison import Comparison
from gisapp.actions.deeds import Lock
from gisapp.actions.plans import match_cadres
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.errors import Forbidden
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import (
    Assignment,
    Cadre,
    Department,
    Plan,
    Post,
    Publication,
    Recusal,
    Slot,
)
from gisapp.store.plans import PlanNotFound
from tests.county import COUNTY, NOW, PLANNER, SINCE, TODAY, TOWNSHIP, build
from tests.drafted import Planner

YESTERDAY = TODAY - timedelta(days=1)
FIRST, SECOND = f"{COUNTY}-1", f"{COUNTY}-2"


def two(runtime: Runtime, *changes: Any) -> None:
    """Make a plan, change the town, and make a second plan based on the first."""
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session)
    change(runtime, *changes)
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session, based_on=FIRST)


def change(runtime: Runtime, *statements: Any) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for each in statements:
            session.execute(each)


def compare(
    runtime: Runtime, first: str = FIRST, second: str = SECOND, actor: Actor = PLANNER
) -> Comparison:
    with runtime.sessions.read(actor, NOW) as session:
        return compare_plans(session, first, second)


def held(runtime: Runtime, plan: str) -> set[tuple[str, str]]:
    with runtime.sessions.read(PLANNER, NOW) as session:
        frame = plans.holdings(session, plan, TODAY)
    return set(frame[["staff_number", "post_code"]].itertuples(index=False, name=None))


def test_a_plan_beside_itself_differs_in_nothing(runtime: Runtime) -> None:
    two(runtime)

    found = compare(runtime, FIRST, FIRST)

    assert (found.moved, found.people_moved, found.moves, found.fallen) == (0, 0, [], [])
    assert (found.gained, found.lost, found.swapped, found.grids) == ([], [], [], [])
    assert found.cost.change == 0
    assert {part.change for part in found.parts.values()} == {0}
    assert all(row.before == row.after for row in found.departments)


def test_moves_are_those_the_match_itself_counted(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session)
    # The offices change places, and moving costs nothing: it is worth it.
    change(runtime, update(Cadre).values(office_id=3 - Cadre.office_id))
    settings = runtime.settings.model_copy(update={"match_move_min": 0.0})
    with runtime.sessions.write(PLANNER, NOW) as session:
        session.settings = settings
        draft = match_cadres(session, based_on=FIRST)

    found = compare(runtime)

    gone = held(runtime, FIRST) - held(runtime, SECOND)
    assert found.moved == draft.moved == len(gone) > 0
    assert found.people_moved == draft.people_moved == len({cadre for cadre, _ in gone})
    assert {(move.cadre, move.post) for move in found.moves} == gone
    new = held(runtime, SECOND) - held(runtime, FIRST)
    assert {(move.cadre, post) for move in found.moves for post in move.to} <= new


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (update(Cadre).where(Cadre.id == 1).values(available_to=YESTERDAY), "unavailable"),
        (update(Cadre).where(Cadre.id == 1).values(valid_to=YESTERDAY), "cadre_gone"),
        (
            insert(Recusal).values(cadre_id=1, place_code=COUNTY, area_code=COUNTY, **SINCE),
            "recused",
        ),
    ],
)
def test_who_cannot_stay_is_said_and_is_no_move(runtime: Runtime, statement: Any, why: str) -> None:
    two(runtime, statement)

    found = compare(runtime)

    left = {post for cadre, post in held(runtime, FIRST) if cadre == "C00001"}
    assert {(row.cadre, row.post, row.why) for row in found.fallen} == {
        ("C00001", post, why) for post in left
    }
    assert "C00001" not in {move.cadre for move in found.moves}
    assert all("C00001" in row.went for row in (*found.lost, *found.swapped) if row.code in left)


def test_posts_gain_lose_and_change_hands(runtime: Runtime) -> None:
    two(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        number = {plans.code(plan): plan.id for plan in plans.everything(session)}
        rows = session.scalars(
            select(Assignment)
            .join(Post)
            .where(Post.role == "member", Assignment.plan_id == number[SECOND])
            .order_by(Assignment.id)
        ).all()
        lost, swapped = rows[:2]
        codes = [session.get_one(Post, row.post_id).code for row in (lost, swapped)]
        who = [session.get_one(Cadre, row.cadre_id).staff_number for row in (lost, swapped)]
        session.execute(delete(Assignment).where(Assignment.id == lost.id))
        idle = session.scalars(
            select(Cadre).where(Cadre.rank == "staff", Cadre.id != swapped.cadre_id)
        ).first()
        assert idle is not None
        session.execute(
            update(Assignment).where(Assignment.id == swapped.id).values(cadre_id=idle.id)
        )
        new = idle.staff_number

    found, back = compare(runtime), compare(runtime, SECOND, FIRST)

    assert [(row.code, row.before, row.after, row.came, row.went) for row in found.lost] == [
        (codes[0], 1, 0, [], [who[0]])
    ]
    assert [(row.code, row.came, row.went) for row in found.swapped] == [
        (codes[1], [new], [who[1]])
    ]
    assert (found.gained, found.moved) == ([], 2)
    assert [(row.code, row.before, row.after, row.came) for row in back.gained] == [
        (codes[0], 0, 1, [who[0]])
    ]
    assert found.grids == back.grids == sorted(code.partition(":")[0] for code in codes)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (update(Cadre).where(Cadre.id == 1).values(capacity=1), "people"),
        (update(Slot).where(Slot.post_id == 1).values(seats_most=9), "posts"),
        (update(Department).where(Department.id == 1).values(headcount=90), "floors"),
    ],
)
def test_what_changed_between_two_plans_is_named(
    runtime: Runtime, statement: Any, kind: str
) -> None:
    two(runtime)
    same = compare(runtime)
    change(runtime, statement)
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session, based_on=FIRST)

    other = compare(runtime, second=f"{COUNTY}-3")

    assert same.unlike == []
    assert other.unlike == [kind]
    assert other.document()["data_sentence"].fields["kinds"][0].message == inputs.KINDS[kind]


def test_a_draft_reckoned_again_after_data_came_in_says_so(runtime: Runtime) -> None:
    two(runtime)
    change(runtime, update(Cadre).where(Cadre.id == 1).values(capacity=1))
    planner = Planner(runtime, SECOND).look()

    before = compare(runtime)
    planner.do(Lock(all=True))
    after = compare(runtime)

    assert (before.unlike, after.unlike) == ([], ["people"])


def test_parts_are_those_of_the_scores_and_nothing_where_there_is_none(runtime: Runtime) -> None:
    two(runtime, update(Cadre).where(Cadre.id == 1).values(available_to=YESTERDAY))

    found = compare(runtime)
    with runtime.sessions.read(PLANNER, NOW) as session:
        scores = [plans.by_code(session, code).score for code in (FIRST, SECOND)]
    change(runtime, update(Plan).where(Plan.number == 2).values(score={}))
    without = compare(runtime)

    for part, minutes in found.parts.items():
        assert (minutes.before, minutes.after) == tuple(score["parts"][part] for score in scores)
        assert minutes.change == pytest.approx(scores[1]["parts"][part] - scores[0]["parts"][part])
    travel = without.parts["travel_min"]
    assert (travel.before, travel.after, travel.change) == (
        scores[0]["parts"]["travel_min"],
        None,
        None,
    )


def test_departments_count_who_is_out_under_each_plan(runtime: Runtime) -> None:
    two(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        drawn = select(Cadre.id).where(Cadre.department_id == 1)
        session.execute(
            delete(Assignment).where(Assignment.plan_id == 2, Assignment.cadre_id.in_(drawn))
        )

    court, labour = compare(runtime).departments

    out = {cadre for cadre, _ in held(runtime, FIRST) if int(cadre[1:]) % 2}
    assert (court.code, court.before, court.after) == ("court", len(out), 0)
    assert (court.base, court.floor, court.floor_before) == (11, 2, 2)
    assert labour.before == labour.after > 0


def test_who_sees_part_of_the_plans_compares_that_part_and_no_cost(runtime: Runtime) -> None:
    two(runtime)
    here = f"{TOWNSHIP}001"
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for mode, number in (("normal", 1), ("surge", 2)):
            session.add(
                Publication(
                    area_code=COUNTY,
                    mode=mode,
                    starts_on=TODAY,
                    ends_on=TODAY,
                    plan_id=number,
                    published_at=NOW,
                    published_by="test",
                )
            )
        session.execute(delete(Assignment).where(Assignment.plan_id == 2))

    part = compare(runtime, actor=Actor("planner", Role.PLANNER, here))
    whole = compare(runtime)

    mine = {row for row in held(runtime, FIRST) if row[1].startswith(here)}
    assert {(move.cadre, move.post) for move in part.moves} == mine
    assert 0 < part.moved < whole.moved
    assert (part.whole, part.cost.before, part.cost.change) == (False, None, None)
    assert {minutes.before for minutes in part.parts.values()} == {None}
    assert part.departments == []
    assert (whole.whole, len(whole.departments)) == (True, 2)


def test_plans_of_different_areas_are_not_compared(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        made = [match_cadres(session, area).plan for area in (COUNTY, f"{TOWNSHIP}001")]

    with pytest.raises(OtherPlanArea) as refused:
        compare(runtime, *made)
    with pytest.raises(PlanNotFound):
        compare(runtime, FIRST, "9")

    assert refused.value.fields == {"before": made[0], "after": made[1]}


def test_a_neighbour_and_a_cadre_compare_nothing(runtime: Runtime) -> None:
    two(runtime)

    with pytest.raises(PlanNotFound):
        compare(runtime, actor=Actor("planner", Role.PLANNER, "990102"))
    with pytest.raises(Forbidden):
        compare(runtime, actor=Actor("C00001", Role.CADRE, COUNTY, 1))


def test_people_who_also_serve_elsewhere_are_out_under_both_plans(runtime: Runtime) -> None:
    two(runtime)
    change(
        runtime,
        delete(Assignment),
        insert(Department).values(
            id=9, code="else", name="else", headcount=9, area_code="990102", kind="", **SINCE
        ),
    )
    with runtime.sessions.write(OPERATOR, NOW) as session:
        post = session.scalars(select(Post).order_by(Post.id)).first()
        assert post is not None
        session.add(
            Plan(
                id=9,
                area_code="990102",
                number=1,
                parameters={},
                input_digest="",
                score={},
                created_at=NOW,
                created_by="test",
            )
        )
        session.flush()
        session.add(
            Publication(
                area_code="990102",
                mode="normal",
                starts_on=date(2026, 1, 1),
                plan_id=9,
                published_at=NOW,
                published_by="test",
            )
        )
        slot = post.id
        session.add(
            Assignment(
                plan_id=9, post_id=post.id, slot_id=slot, cadre_id=1, area_code="990102", why={}
            )
        )

    court, labour = compare(runtime).departments

    assert (court.before, court.after, labour.before, labour.after) == (1, 1, 0, 0)
