"""Where a visit matters, from rows of disputes and services on both databases."""

from datetime import date
from typing import Any

import pytest
import shapely
from sqlalchemy import update

from gisapp.actions.releases import release
from gisapp.actions.visits import HiddenFromTheVisited, VisitsQuery, suggest
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.core.publication import FEWER, WITHHELD
from gisapp.core.windows import a_year_ago
from gisapp.runtime import Runtime
from gisapp.store import audit, schema
from gisapp.store.models import Cadre, Department, Dispute, Office, Service
from tests import hot_town as town

LAST_QUARTER = VisitsQuery(quarter="2026-Q3")
SEEN, EARLIER = (town.CODES[position] for position in town.PLANT[3:5])


def build(runtime: Runtime, months: int = 4) -> None:
    """A gathering whose quarter was resolved late, save in October; two of its grids were seen."""
    town.build(runtime, town.usual(months=months))
    here = {"area_code": town.COMMUNITY, "valid_from": date(2020, 1, 1)}
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        resolved = update(Dispute).where(Dispute.reported_on < date(2026, 10, 1))
        session.execute(resolved.values(resolved_on=date(2026, 10, 1)))
        early = update(Dispute).where(Dispute.reported_on < date(2026, 9, 1))
        session.execute(early.values(resolved_on=date(2026, 9, 30)))
        session.add(Department(id=1, code="D1", name="司法局", headcount=40, **here))
        session.flush()
        place = shapely.Point(114, 30)
        session.add(Office(id=1, code="O1", name="楼", department_id=1, place=place, **here))
        session.flush()
        who = {"department_id": 1, "office_id": 1, "rank": "staff"}
        session.add(Cadre(id=1, staff_number="S1", name="顾一", **who, **here))
        session.flush()
        session.add_all(
            Service(kind="visit", grid_id=grid + 1, cadre_id=1, day=day, area_code=town.COMMUNITY)
            for grid, day in [
                (town.PLANT[3], date(2025, 11, 24)),
                (town.PLANT[4], date(2025, 11, 23)),
            ]
        )


def test_a_visit_matters_where_much_was_left_open_and_nobody_has_been(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        found = suggest(session, LAST_QUARTER)
        others = suggest(session, VisitsQuery(quarter="2026-Q3", area="990102"))

    rows = {row["code"]: row for row in found["grids"]}
    assert (found["from"], found["to"]) == ("2025-11-24", "2026-11-24")
    assert found["total"] == len(rows) >= 5
    assert rows[SEEN]["visits"] == "<5"
    assert rows[EARLIER]["visits"] == 0
    assert found["grids"][-1]["code"] == SEEN
    assert all(row["bin"] >= 2 for row in rows.values())
    # About sixteen a month: two months were resolved by the end of the quarter.
    assert all(0 < row["left_open"] < row["count"] for row in rows.values())
    assert others["grids"] == []


@pytest.mark.both
def test_t46_what_was_left_open_stays_as_it_was_until_it_is_released_again(
    runtime: Runtime,
) -> None:
    build(runtime)

    def ask(**window: str) -> dict[str, Any]:
        with runtime.sessions.read(town.LEADER, town.NOW) as session:
            return suggest(session, VisitsQuery(**window))

    windows = ({"quarter": "2026-Q3"}, {"month": "2026-09"}, {"month": "2026-10"}, {})
    before = [ask(**window) for window in windows]
    # All that was open is said to have been resolved the day before the quarter ended.
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.execute(update(Dispute).values(resolved_on=date(2026, 9, 30)))
        audit.note(session, "import.stored", "batch 9", area_code=town.COMMUNITY)

    after = [ask(**window) for window in windows]
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        release(session, "2026-07", again=True)
    anew = ask(quarter="2026-Q3")

    assert after == before
    assert {found["quarter"] for found in before} == {"2026-Q3"}
    assert any(isinstance(row["left_open"], int) for row in before[0]["grids"])
    assert {row["left_open"] for row in anew["grids"]} <= {FEWER, WITHHELD}


@pytest.mark.both
def test_t46_an_upgrade_keeps_what_was_left_open_as_it_was_seen_last(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        before = suggest(session, LAST_QUARTER)
    schema.downgrade(runtime.sessions.engine, "0007")

    schema.upgrade(runtime.sessions.engine)

    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        assert suggest(session, LAST_QUARTER) == before


def test_suggestions_are_hidden_from_whoever_may_be_visited(runtime: Runtime) -> None:
    township = Actor("leader", Role.LEADER, town.TOWNSHIP)

    with (
        runtime.sessions.read(township, town.NOW) as session,
        pytest.raises(HiddenFromTheVisited),
    ):
        suggest(session, LAST_QUARTER)


def test_a_year_back_from_a_leap_day_is_the_day_after() -> None:
    assert a_year_ago(date(2024, 2, 29)) == date(2023, 3, 1)
    assert a_year_ago(date(2026, 1, 1)) == date(2025, 1, 1)
