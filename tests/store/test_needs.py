"""The need of a grid: its disputes of the last 12 whole months, its enterprises × rate."""

from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import delete

from gisapp.auth import OPERATOR
from gisapp.core import coverage
from gisapp.runtime import Runtime
from gisapp.store import installation, needs, told
from gisapp.store.days import four_quarters
from gisapp.store.models import Dispute, Enterprise, Grid, NeedRate
from tests import hot_town, town


def need(runtime: Runtime, specialty: str) -> dict[str, float]:
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        found = needs.by_grid(session, town.TODAY)
    column = found.cases[:, found.specialties.index(specialty)]
    return dict(zip(found.grid_codes, column.tolist(), strict=True))


def reported(runtime: Runtime, *days: date) -> None:
    """Let the first grid have disputes on these days only, and no enterprise anywhere."""
    town.build(runtime)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.execute(delete(Enterprise))
        first = session.query(Dispute).where(Dispute.grid_id == 1).order_by(Dispute.id).first()
        assert first is not None
        named = {"category_code": first.category_code, "area_code": first.area_code, "grid_id": 1}
        session.execute(delete(Dispute))
        for number, day in enumerate(days):
            session.add(Dispute(case_number=f"N{number}", reported_on=day, **named))


@pytest.mark.parametrize(
    ("day", "cases"),
    [
        (date(2025, 10, 31), 0),
        (date(2025, 11, 1), 1),
        (date(2026, 10, 31), 1),
        (date(2026, 11, 1), 0),
    ],
)
def test_whether_there_is_a_case_is_said_exactly_by_the_last_twelve_whole_months(
    runtime: Runtime, day: date, cases: int
) -> None:
    reported(runtime, day)

    assert need(runtime, "labour_law")[town.CODES[0]] == cases


@pytest.mark.parametrize(
    ("number", "alone", "in_sums"), [(1, 1, 2), (4, 1, 2), (5, 5, 5), (7, 5, 5), (8, 10, 10)]
)
def test_how_many_cases_there_are_is_said_by_the_last_four_quarters_as_figures_are(
    runtime: Runtime, number: int, alone: int, in_sums: int
) -> None:
    later = [date(2026, 10, 1)] * 20
    reported(runtime, *[date(2025, 11, 1)] * number, *later)

    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        found = needs.by_grid(session, town.TODAY)
        disputes = needs.disputes_by_grid(session, town.TODAY)

    column = found.specialties.index("labour_law")
    assert found.cases[0, column] == alone
    assert found.in_sums[0, column] == in_sums
    assert disputes[town.CODES[0]] == in_sums


@pytest.mark.parametrize("asked", [date(2025, 11, 1), date(2026, 11, 1), date(2027, 6, 1)])
def test_who_asks_about_another_day_learns_of_no_other_month(runtime: Runtime, asked: date) -> None:
    reported(runtime, *[date(2025, 10, 1)] * 9, *[town.TODAY] * 9)

    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        found = needs.by_grid(session, asked)

    assert not found.cases.any()


def test_enterprises_add_their_rate_and_a_grids_own_number_goes_before_the_count(
    runtime: Runtime,
) -> None:
    town.build(runtime)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.execute(delete(Dispute))
        session.execute(delete(NeedRate))
        for industry, cases in (("*", 0.5), ("C", 2.0)):
            session.add(
                NeedRate(industry=industry, specialty_code="labour_law", cases_a_year=cases)
            )
        session.query(Enterprise).where(Enterprise.grid_id == 4).one().industry = "C13"
        session.get_one(Grid, 4).enterprises = 3
        session.get_one(Grid, 5).enterprises = 4

    found = need(runtime, "labour_law")

    assert [found[code] for code in town.CODES[3:]] == [2.0 + 2 * 0.5, 4 * 0.5, 0.0]


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        (date(2026, 3, 31), date(2024, 10, 1), date(2025, 10, 1)),
        (date(2026, 4, 1), date(2025, 4, 1), date(2026, 4, 1)),
        (date(2026, 7, 1), date(2025, 7, 1), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2025, 10, 1), date(2026, 10, 1)),
        (date(2027, 1, 1), date(2025, 10, 1), date(2026, 10, 1)),
    ],
)
def test_four_quarters_are_never_those_of_a_calendar_year(
    day: date, first: date, end: date
) -> None:
    assert four_quarters(day) == (first, end)


MAY = datetime(2026, 5, 24, 4, tzinfo=UTC)


def look(runtime: Runtime, now: datetime) -> None:
    """Let somebody open the map of hotspots."""
    with runtime.sessions.read(hot_town.LEADER, now) as session:
        runtime.layers["hotspots"].read(session, session.actor, {})


def labour(runtime: Runtime) -> tuple[list[float], npt.NDArray[np.int64]]:
    """Return the need of labour law in November, and what is published of its disputes."""
    with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
        found = needs.by_grid(session, session.today)
        least = told.year(session, hot_town.CODES, ["labour"]).least[:, 0]
    return found.cases[:, found.specialties.index("labour_law")].tolist(), least


def about(cases: npt.NDArray[np.integer]) -> list[float]:
    """Say how many cases count where there are some, as a state says it."""
    there = np.ones(cases.shape)
    return coverage.cases(there, cases.astype(np.float64), needs.ALONE).tolist()


def test_in_a_countys_first_year_published_disputes_count_once_some_are(runtime: Runtime) -> None:
    counts = hot_town.usual(months=10, mean=1.5)
    hot_town.build(runtime, counts)
    true = about(counts[:9].sum(axis=0))
    before, _ = labour(runtime)

    look(runtime, MAY)
    then, published = labour(runtime)
    look(runtime, hot_town.NOW)
    later, more = labour(runtime)

    assert before == true
    assert then == about(published)
    assert later == about(more)
    assert (more >= published).all()
    assert true != later != then != before


@pytest.mark.parametrize("months", [10, 24])
def test_all_disputes_count_that_were_over_when_the_first_were_published(
    runtime: Runtime, months: int
) -> None:
    counts = hot_town.usual(months=months, mean=1.5)
    hot_town.build(runtime, counts)

    look(runtime, hot_town.NOW)

    assert labour(runtime)[0] == about(counts[:-1][-12:].sum(axis=0))


def test_all_disputes_count_from_the_second_year_on(runtime: Runtime) -> None:
    counts = hot_town.usual(months=21, mean=1.5)
    hot_town.build(runtime, counts)

    look(runtime, MAY)

    assert labour(runtime)[0] == about(counts[8:20].sum(axis=0))


def test_in_a_first_year_the_number_stays_that_of_march_while_nothing_has_left(
    runtime: Runtime,
) -> None:
    counts = hot_town.usual(months=10, mean=1.5)
    hot_town.build(runtime, counts)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        installation.the(session).created_at = datetime(2026, 1, 10, tzinfo=UTC)
    march = counts[:3].sum(axis=0)

    before, _ = labour(runtime)
    look(runtime, hot_town.NOW)
    after, published = labour(runtime)

    assert before == about(march)
    assert after == about(np.maximum(march, published))
    assert after != before
