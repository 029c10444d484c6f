"""The town is read once for all who look at it, under whatever plan, until its data change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, select, update

from gisapp.actions.plans import match_cadres, publish_plan
from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import audit, plans, serving
from gisapp.store.models import Assignment, Cadre
from tests import county, town
from tests.surges import begun, surge

OF_THE_TOWN = ("FROM enterprise", "FROM dispute", "FROM cadre_specialty", "FROM travel")


@contextmanager
def asked(runtime: Runtime) -> Iterator[list[str]]:
    """Collect the statements that the database is asked."""
    found: list[str] = []

    def note(*told: object) -> None:
        found.append(" ".join(str(told[2]).split()))

    event.listen(runtime.sessions.engine, "before_cursor_execute", note)
    yield found
    event.remove(runtime.sessions.engine, "before_cursor_execute", note)


def of_the_town(statements: list[str]) -> list[str]:
    return [one for one in statements if any(table in one for table in OF_THE_TOWN)]


def test_another_plan_is_looked_at_without_reading_the_town_again(runtime: Runtime) -> None:
    begun(runtime)
    with runtime.sessions.read(county.PLANNER, county.NOW) as session:
        plan = plans.code(plans.everything(session)[0])

    with asked(runtime) as first, runtime.sessions.read(county.PLANNER, county.NOW) as session:
        serving.situation(session, None, None)
    with asked(runtime) as then, runtime.sessions.read(county.PLANNER, county.NOW) as session:
        serving.situation(session, plan, None)

    assert len(of_the_town(first)) >= len(OF_THE_TOWN)
    assert of_the_town(then) == []


@pytest.mark.both
def test_the_town_is_read_again_after_a_deed_in_it(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        before = serving.situation(session, None, None).roster.names

    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.execute(update(Cadre).values(name="Somebody"))
        audit.note(session, "import.stored", "batch 1", area_code=town.PLANNER.area_code)
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        after = serving.situation(session, None, None).roster.names

    assert set(after) == {"Somebody"} != set(before)


@pytest.mark.parametrize("ends_on", [None, county.NOW.date()])
def test_a_plan_with_a_dated_placement_is_not_what_is_in_force(
    runtime: Runtime, ends_on: date | None
) -> None:
    county.build(runtime)
    with runtime.sessions.write(county.PLANNER, county.NOW) as session:
        made = match_cadres(session)
        first = session.scalars(select(Assignment).order_by(Assignment.id)).first()
        assert first is not None
        first.ends_on = ends_on
        publish_plan(session, made.plan, date(2026, 1, 1))

    with runtime.sessions.read(county.PLANNER, county.NOW) as session:
        alone = plans.holds_alone(session, made.plan, session.today)

    assert alone is (ends_on is None)


def test_a_plan_under_a_surge_is_not_what_is_in_force(runtime: Runtime) -> None:
    begun(runtime)
    surge(runtime)

    with runtime.sessions.read(county.PLANNER, county.NOW) as session:
        both = [plans.code(one.plan) for one in plans.in_force(session, session.today)]
        alone = [plans.holds_alone(session, plan, session.today) for plan in both]

    assert alone == [False, False]
