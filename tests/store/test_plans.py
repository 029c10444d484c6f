import pytest
from sqlalchemy import select

from gisapp.actions.plans import match_cadres, publish_plan
from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import Assignment, Plan, Post, Publication
from tests.county import COUNTY, NOW, PLANNER, TODAY, TOWNSHIP, build

COMMUNITY = f"{TOWNSHIP}002"


def test_without_a_publication_nobody_holds_anything(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.read(PLANNER, NOW) as session:
        held = plans.holdings(session, None, TODAY)

    assert list(held.columns) == list(plans.COLUMNS)
    assert held.empty


def test_holdings_say_where_and_who(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)

    with runtime.sessions.read(PLANNER, NOW) as session:
        held = plans.holdings(session, None, TODAY)

    assert set(held["place_level"]) == {"grid", "community", "township"}
    assert (held["post_code"] == held["place_code"] + ":" + held["role"]).all()
    assert held["post_code"].is_monotonic_increasing
    assert set(held["department_code"]) == {"court", "labour"}


@pytest.mark.parametrize(
    ("mode", "area"), [("normal", COMMUNITY), ("surge", COUNTY), ("surge", "99")]
)
def test_surge_goes_before_normal_and_the_smaller_area_before_the_larger(
    runtime: Runtime, mode: str, area: str
) -> None:
    build(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        match_cadres(session, COUNTY)
        publish_plan(session, "1")
        second = _empty(session.now, area, mode, number=2)
        session.add(second)
        session.flush()
        session.add(_publication(second, session.now))

    with runtime.sessions.read(OPERATOR, NOW) as session:
        held = plans.holdings(session, None, TODAY)

    # The second plan places nobody, and where it holds, the first one's people are not there.
    assert not held["place_code"].str.startswith(area).any()
    assert held.empty == (area != COMMUNITY)


def test_a_plan_is_found_by_its_code_or_by_a_number_that_is_clear(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        match_cadres(session, COUNTY)
        session.add(_empty(session.now, COMMUNITY, "normal"))
        session.flush()

    with runtime.sessions.read(OPERATOR, NOW) as session:
        found = plans.by_code(session, f"{COUNTY}-1")
        with pytest.raises(plans.PlanAmbiguous):
            plans.by_code(session, "1")
        for wrong in ("", "-", "x", f"{COUNTY}-2", f"{COUNTY}-", "１", "9" * 30):
            with pytest.raises(plans.PlanNotFound):
                plans.by_code(session, wrong)

    assert plans.code(found) == f"{COUNTY}-1"


def test_a_planner_of_another_county_sees_no_plan(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)

    other = type(PLANNER)("planner", PLANNER.role, "990102")
    with runtime.sessions.read(other, NOW) as session:
        held = plans.holdings(session, None, TODAY)
        rows = [session.scalars(select(kind)).all() for kind in (Plan, Post, Assignment)]

    assert held.empty
    assert rows == [[], [], []]


def _empty(now: object, area: str, mode: str, number: int = 1) -> Plan:
    return Plan(
        area_code=area,
        number=number,
        mode=mode,
        state="frozen",
        parameters={},
        input_digest="",
        score={},
        created_at=now,
        created_by="test",
    )


def _publication(plan: Plan, now: object) -> Publication:
    return Publication(
        area_code=plan.area_code,
        mode=plan.mode,
        starts_on=TODAY,
        plan_id=plan.id,
        published_at=now,
        published_by="test",
    )
