import pytest
from sqlalchemy import update

from gisapp.actions.explain import explain_post
from gisapp.actions.mending import NoSuchDepartment, open_seats, reach_floor
from gisapp.actions.plans import match_cadres
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import Cadre, Department
from tests.county import NOW, PLANNER, TODAY, build


def open_post(runtime: Runtime, plan: str) -> str:
    with runtime.sessions.read(PLANNER, NOW) as session:
        held = set(plans.holdings(session, plan, TODAY)["post_code"])
        codes = {f"990101001{n:03d}{m:03d}:member" for n in (1, 2) for m in range(1, 11)}
    return min(codes - held)


def test_a_seat_stays_open_for_want_of_somebody_and_it_is_said_who(runtime: Runtime) -> None:
    build(runtime, cadres=9)
    with runtime.sessions.write(PLANNER, NOW) as session:
        plan = match_cadres(session).plan
    post = open_post(runtime, plan)

    with runtime.sessions.read(PLANNER, NOW) as session:
        found = explain_post(session, plan, post)
        (seat,) = open_seats(found.found, found.post)

    (step,) = seat["mend"]["steps"]
    assert step["kind"] in {"newcomer", "capacity"}
    assert seat["mend"]["change"] < 0


def test_carrying_the_change_out_fills_the_seat(runtime: Runtime) -> None:
    build(runtime, cadres=9)
    with runtime.sessions.write(PLANNER, NOW) as session:
        before = match_cadres(session)
        with_more = update(Cadre).where(Cadre.staff_number == "C00001")
        session.execute(with_more.values(capacity=Cadre.capacity + 1))

    with runtime.sessions.write(PLANNER, NOW) as session:
        after = match_cadres(session)

    assert after.seats_filled == before.seats_filled + 1


def test_a_department_is_told_how_many_it_lacks(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        session.execute(update(Department).values(headcount=130))
        plan = match_cadres(session).plan

    with runtime.sessions.read(PLANNER, NOW) as session:
        found = reach_floor(session, plan, "court").document()

    assert found["floor"] == 13
    assert found["deployed"] + len(found["mend"]["steps"]) >= 13
    assert {step["kind"] for step in found["mend"]["steps"]} <= {"newcomer", "seat", "capacity"}
    assert "short. The fewest changes that mend it" in found["sentence"].message


def test_a_department_that_reaches_its_floor_needs_nothing(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        plan = match_cadres(session).plan

    with runtime.sessions.read(PLANNER, NOW) as session:
        found = reach_floor(session, plan, "court").document()

    assert found["mend"] == {"change": 0, "steps": []}


def test_a_department_that_is_not_there_is_an_error(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        plan = match_cadres(session).plan

    with runtime.sessions.read(PLANNER, NOW) as session, pytest.raises(NoSuchDepartment):
        reach_floor(session, plan, "NOWHERE")
