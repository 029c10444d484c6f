"""How many cases a year each grid brings for each specialty: its disputes and its enterprises."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, func, or_, select

from gisapp.store.models import (
    CategorySpecialty,
    Dated,
    Dispute,
    Enterprise,
    Grid,
    NeedRate,
    Specialty,
)
from gisapp.store.session import Session

Table = npt.NDArray[np.float64]

UNKNOWN_INDUSTRY = "*"


@dataclass(frozen=True, slots=True)
class Needs:
    """Need of a specialty, in cases a year, for every grid that is valid on the day."""

    grid_codes: list[str]
    """Sorted."""
    specialties: list[str]
    """Codes, sorted."""
    cases: Table
    """Shape (grids, specialties)."""
    enterprises: npt.NDArray[np.int64]
    """Shape (grids,). Enterprises in each grid: the file's own number, else those counted."""


def valid_on(kind: type[Dated], day: date) -> ColumnElement[bool]:
    """Keep the rows of ``kind`` that hold on ``day``; both days of a row are included."""
    return (kind.valid_from <= day) & or_(kind.valid_to.is_(None), kind.valid_to >= day)


def year_before(day: date) -> tuple[date, date]:
    """Return the first day of the last 12 whole months before ``day``, and the day after them."""
    end = day.replace(day=1)
    return end.replace(year=end.year - 1), end


def by_grid(session: Session, day: date) -> Needs:
    """Add up the need of every grid: disputes of the last 12 whole months, enterprises × rate.

    A dispute counts for each specialty its category calls for. Enterprises that only the grid's
    own number knows of, and industries without a rate, count at the rate of ``*``.
    """
    grids = session.execute(
        select(Grid.id, Grid.code, Grid.enterprises).where(valid_on(Grid, day)).order_by(Grid.code)
    ).all()
    row = {grid_id: position for position, (grid_id, _, _) in enumerate(grids)}
    specialties = list(session.scalars(select(Specialty.code).order_by(Specialty.code)))
    column = {code: position for position, code in enumerate(specialties)}

    cases = _disputes(session, day, row, column)
    by_industry, industries = _enterprises(session, day, row)
    counted = by_industry.sum(axis=1)
    told = np.array([np.nan if number is None else number for _, _, number in grids], np.float64)
    by_industry[:, industries.index(UNKNOWN_INDUSTRY)] += np.fmax(told - counted, 0)
    cases += by_industry @ _rates(session, industries, column)
    enterprises = np.where(np.isnan(told), counted, told).astype(np.int64)
    return Needs([code for _, code, _ in grids], specialties, cases, enterprises)


def _disputes(session: Session, day: date, row: dict[int, int], column: dict[str, int]) -> Table:
    """Count the disputes of the window per grid and specialty."""
    start, end = year_before(day)
    calls: dict[str, list[int]] = {}
    for category, specialty in session.execute(
        select(CategorySpecialty.category_code, CategorySpecialty.specialty_code)
    ):
        calls.setdefault(category, []).append(column[specialty])
    cases = np.zeros((len(row), len(column)))
    counts = session.execute(
        select(Dispute.grid_id, Dispute.category_code, func.count())
        .where(Dispute.reported_on >= start, Dispute.reported_on < end)
        .where(Dispute.grid_id.is_not(None))
        .group_by(Dispute.grid_id, Dispute.category_code)
    )
    for grid_id, category, number in counts:
        if grid_id in row:
            cases[row[grid_id], calls.get(category, [])] += number
    return cases


def _enterprises(session: Session, day: date, row: dict[int, int]) -> tuple[Table, list[str]]:
    """Count the enterprises per grid and section of industry; `UNKNOWN_INDUSTRY` comes first."""
    section = func.substr(func.coalesce(Enterprise.industry, UNKNOWN_INDUSTRY), 1, 1)
    counts = session.execute(
        select(Enterprise.grid_id, section, func.count())
        .where(valid_on(Enterprise, day), Enterprise.grid_id.is_not(None))
        .group_by(Enterprise.grid_id, section)
    ).all()
    industries = [UNKNOWN_INDUSTRY, *sorted({code for _, code, _ in counts} - {UNKNOWN_INDUSTRY})]
    place = {code: position for position, code in enumerate(industries)}
    found = np.zeros((len(row), len(industries)))
    for grid_id, code, number in counts:
        if grid_id in row:
            found[row[grid_id], place[code]] += number
    return found, industries


def _rates(session: Session, industries: list[str], column: dict[str, int]) -> Table:
    """Read cases a year that one enterprise brings; shape (industries, specialties)."""
    rates: dict[str, Table] = {}
    for industry, specialty, cases in session.execute(
        select(NeedRate.industry, NeedRate.specialty_code, NeedRate.cases_a_year)
    ):
        rates.setdefault(industry, np.zeros(len(column)))[column[specialty]] = cases
    unknown = rates.get(UNKNOWN_INDUSTRY, np.zeros(len(column)))
    return np.array([rates.get(code, unknown) for code in industries]).reshape(-1, len(column))
