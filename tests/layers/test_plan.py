"""The map of the plan: holders, ways, open seats and where each department stands."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from gisapp.actions.ledger import ledger
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.i18n import Sentence, say
from gisapp.layer import Values
from gisapp.runtime import Runtime
from gisapp.store.models import Assignment, Cadre, Department, Plan, Post, Slot
from tests import town


def english(sentence: object) -> str:
    assert isinstance(sentence, Sentence)
    return say(sentence, lambda message: message, "en")


def read(runtime: Runtime, actor: Actor = town.PLANNER, **args: str) -> Values:
    with runtime.sessions.read(actor, town.NOW) as session:
        found = runtime.layers["plan"].read(session, session.actor, args)
    assert isinstance(found, Values)
    return found


def tell(runtime: Runtime, code: str) -> dict[str, Any]:
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        return dict(runtime.layers["plan"].tell(session, session.actor, {}, code))


def test_each_grid_says_who_holds_it_or_that_its_seat_is_open(standing: Runtime) -> None:
    found = read(standing)

    assert found.sentence is not None
    assert found.columns["band"] == ["open", "to_10", "over_40", "to_10", "to_10", "open"]
    assert list(found.columns["open_seats"]) == [1, 0, 0, 0, 0, 1]
    assert english(found.sentence(0)) == "1 of 1 seats open; nobody serves."
    assert english(found.sentence(4)) == "Served by 顾1 (司法局, 7 min)."
    assert found.order is not None
    assert [town.CODES[row][-1] for row in found.order][:3] == ["1", "6", "3"]


def test_open_seats_of_communities_are_counted_and_named(runtime: Runtime) -> None:
    town.build(runtime)
    at = {"area_code": town.COMMUNITY}
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        post = Post(id=9, code="C:member", role="member", area_id=1, valid_from=town.TODAY, **at)
        session.add(post)
        session.flush()
        session.add_all(
            Slot(post_id=9, number=n, seats_wanted=2, seats_most=2, **at) for n in (1, 2)
        )

    about = read(runtime).about

    assert english(about["sentence"]) == (
        "6 of 10 seats are open: 2 of 6 in grids, 4 of 4 in communities."
    )
    assert (about["seats"], about["open_seats"]) == (6, 2), "of grids alone"
    assert about["open_above"] == [
        {"code": town.COMMUNITY, "name": "02 社区", "seats": 4, "open_seats": 4}
    ]
    assert about["open_above_total"] == 1


def test_the_map_says_seats_plans_and_floors_with_their_base(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        session.get_one(Plan, 1).gap = 0.0

    about = read(runtime).about

    assert english(about["sentence"]) == "2 of 6 seats in grids are open."
    assert [plan["code"] for plan in about["plans"]] == ["990101-1"]
    assert english(about["plans"][0]["proof"]) == "Optimal and proven: no plan costs less."
    (law,) = about["departments"]
    assert (law["base"], law["deployed"], law["floor"]) == (40, 3, 4)
    assert english(law["sentence"]) == "司法局 is 1 short of its floor (4 of 40)."


def test_a_floor_is_a_share_of_the_roll_rounded_up_but_not_by_a_hair(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        session.get_one(Department, 1).headcount = 30

    (law,) = read(runtime).about["departments"]

    assert (law["deployed"], law["floor"]) == (3, 3)


def test_who_is_not_available_is_not_out_on_the_map_as_in_the_ledger(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        held = session.scalars(select(Assignment.cadre_id)).first()
        cadre = session.get_one(Cadre, held)
        cadre.available_to = town.NOW.date() - timedelta(days=1)

    (shown,) = read(runtime).about["departments"]
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        (told,) = ledger(session).departments

    assert shown["deployed"] == told.now.deployed == 2
    assert (shown["base"], shown["floor"]) == (told.now.base, told.now.floor)


def test_who_sees_part_of_a_plan_is_not_told_what_all_of_it_costs(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        plan = session.get_one(Plan, 1)
        plan.gap, plan.score = 0.0, {"parts": {"travel_min": 12.0}}

    whole = read(runtime).about["plans"][0]
    part = read(runtime, Actor("p", Role.PLANNER, town.COMMUNITY)).about["plans"][0]

    assert whole["parts"] == {"travel_min": 12.0}
    assert part["parts"] == {}
    assert part["gap"] == 0


def test_a_grid_tells_its_posts_seats_and_why_each_holder(standing: Runtime) -> None:
    (post,) = tell(standing, town.CODES[3])["posts"]
    (empty,) = tell(standing, town.CODES[0])["posts"]

    assert post["slots"] == [{"number": 1, "specialty": None, "wanted": 1, "filled": 1}]
    (holder,) = post["holders"]
    assert (holder["staff_number"], holder["lon"], holder["lat"]) == ("S1", 114.04, 30.005)
    assert english(holder["sentence"]) == "Chosen: 3 min away; has no time for more."
    assert empty["holders"] == []
    assert empty["slots"][0]["filled"] == 0


def test_a_row_of_the_answer_tells_the_same_as_the_grid_asked_for_alone(standing: Runtime) -> None:
    found = read(standing)

    assert found.detail is not None
    for row, code in enumerate(found.codes):
        assert found.detail(row) == tell(standing, code)
