"""How many cases a year each grid brings for each specialty: its disputes and its enterprises.

Whatever leaves of a need can be found by trying: a state says whether it is over one and a half
times the supply, which who makes drafts can choose, and a cost says how dear an open seat is.
So the disputes of a grid and category enter as `coverage.cases` of what is true, the same for
every engine. Whether there is any is exact each month; how many moves with the quarters. With one
for a few the fewest states differ from those of the very numbers: 40 of 1,000 grids of the
invented town, of which 28 hide that a grid is stretched; 79 with two for a few, 207 with four.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, case, func, or_, select

from gisapp.core import coverage
from gisapp.core.nest import MONTHS, QUARTER
from gisapp.core.publication import FEW
from gisapp.store.models import (
    Category,
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

ALONE: Final = 1
"""What a few disputes of a grid and category count as: most that have any have one a year."""

IN_SUMS: Final = FEW // 2
"""The same where grids are added up, as in `publication.together`."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Need of a specialty, in cases a year, for every grid that is valid on the day."""

    grid_codes: list[str]
    """Sorted."""
    specialties: list[str]
    """Codes, sorted."""
    cases: Table
    """Shape (grids, specialties). Where fewer than five are recorded, as if it were one."""
    in_sums: Table
    """Shape (grids, specialties). The same as if it were `FEW` // 2: for sums over grids."""
    enterprises: npt.NDArray[np.int64]
    """Shape (grids,). Enterprises in each grid: the file's own number, else those counted."""
    of_enterprises: Table
    """Shape (grids, specialties). What of it the enterprises bring."""
    categories: list[str]
    """Codes, sorted, of those that call for a specialty."""
    calls: npt.NDArray[np.bool_]
    """Shape (categories, specialties). Which specialties each calls for."""


def valid_on(kind: type[Dated], day: date) -> ColumnElement[bool]:
    """Keep the rows of ``kind`` that hold on ``day``; both days of a row are included."""
    return (kind.valid_from <= day) & or_(kind.valid_to.is_(None), kind.valid_to >= day)


def year_before(day: date) -> tuple[date, date]:
    """Return the first day of the last 12 whole months before ``day``, and the day after them."""
    end = day.replace(day=1)
    return end.replace(year=end.year - 1), end


def four_quarters(day: date) -> tuple[date, date]:
    """
    Return the first day of the last four whole quarters before ``day``, and the day after them.

    Never those of a calendar year: what is published of it may have been left out, and would be
    told here. From January to March it is those up to September, as before.
    """
    quarter = (day.month - 1) // QUARTER
    end = day.replace(month=QUARTER * quarter + 1, day=1)
    if not quarter:
        end = date(day.year - 1, MONTHS - QUARTER + 1, 1)
    return end.replace(year=end.year - 1), end


def by_grid(session: Session, day: date) -> Needs:
    """Add up the need of every grid: disputes of the last 12 whole months, enterprises × rate.

    A dispute counts for each specialty its category calls for. Enterprises that only the grid's
    own number knows of, and industries without a rate, count at the rate of ``*``. Disputes
    are those known today, whatever the day: who asks about other days learns of no other month.
    """
    grids = _grids(session, day)
    row = {grid_id: position for position, (grid_id, _, _) in enumerate(grids)}
    specialties = list(session.scalars(select(Specialty.code).order_by(Specialty.code)))
    column = {code: position for position, code in enumerate(specialties)}

    categories, calls = _calls(session, column)
    by_industry, industries = _enterprises(session, day, row)
    enterprises = _told(grids, by_industry)
    unknown = enterprises - by_industry.sum(axis=1)
    by_industry[:, industries.index(UNKNOWN_INDUSTRY)] += np.maximum(unknown, 0)
    of_enterprises = by_industry @ _rates(session, industries, column)
    there, many = _disputes(session, row, categories)
    cases, in_sums = (
        coverage.cases(there, many, few) @ calls + of_enterprises for few in (ALONE, IN_SUMS)
    )
    codes = [code for _, code, _ in grids]
    return Needs(codes, specialties, cases, in_sums, enterprises, of_enterprises, categories, calls)


def enterprises_by_grid(session: Session, day: date) -> dict[str, int]:
    """Say how many enterprises each grid holds: the grid's own number, else those counted."""
    grids = _grids(session, day)
    row = {grid_id: position for position, (grid_id, _, _) in enumerate(grids)}
    numbers = _told(grids, _enterprises(session, day, row)[0]).tolist()
    return {code: number for (_, code, _), number in zip(grids, numbers, strict=True)}


def disputes_by_grid(session: Session, day: date) -> dict[str, int]:
    """Say about how many disputes of a year each grid has, by code; of any category."""
    grids = _grids(session, day)
    row = {grid_id: position for position, (grid_id, _, _) in enumerate(grids)}
    categories = list(session.scalars(select(Category.code).order_by(Category.code)))
    found = coverage.cases(*_disputes(session, row, categories), IN_SUMS).sum(axis=1)
    return {code: int(many) for (_, code, _), many in zip(grids, found.tolist(), strict=True)}


def _grids(session: Session, day: date) -> list[tuple[int, str, int | None]]:
    """Read id, code and own number of enterprises of the grids valid on ``day``, by code."""
    question = (
        select(Grid.id, Grid.code, Grid.enterprises).where(valid_on(Grid, day)).order_by(Grid.code)
    )
    return [(row.id, row.code, row.enterprises) for row in session.execute(question)]


def _told(grids: list[tuple[int, str, int | None]], by_industry: Table) -> npt.NDArray[np.int64]:
    """Take each grid's own number of enterprises, or the number counted where it has none."""
    counted = by_industry.sum(axis=1).astype(np.int64).tolist()
    numbers = [
        count if own is None else own for (_, _, own), count in zip(grids, counted, strict=True)
    ]
    return np.array(numbers, np.int64)


def _calls(session: Session, column: dict[str, int]) -> tuple[list[str], npt.NDArray[np.bool_]]:
    """Read which specialties each category of disputes calls for."""
    rows = session.execute(
        select(CategorySpecialty.category_code, CategorySpecialty.specialty_code)
    ).all()
    categories = sorted({category for category, _ in rows})
    place = {code: at for at, code in enumerate(categories)}
    calls = np.zeros((len(categories), len(column)), np.bool_)
    for category, specialty in rows:
        calls[place[category], column[specialty]] = True
    return categories, calls


def _disputes(session: Session, row: dict[int, int], categories: list[str]) -> tuple[Table, Table]:
    """Count disputes per grid and category: of the last 12 whole months, and of four quarters."""
    start, end = year_before(session.today)
    first, last = four_quarters(session.today)
    those = Dispute.reported_on
    counts = session.execute(
        select(
            Dispute.grid_id,
            Dispute.category_code,
            func.sum(case((those >= start, 1), else_=0)),
            func.sum(case((those < last, 1), else_=0)),
        )
        .where(those >= first, those < end)
        .where(Dispute.grid_id.is_not(None))
        .group_by(Dispute.grid_id, Dispute.category_code)
    ).all()
    column = {code: place for place, code in enumerate(categories)}
    there = _table([(grid, code, number) for grid, code, number, _ in counts], row, column)
    return there, _table([(grid, code, number) for grid, code, _, number in counts], row, column)


def _table(counts: Iterable[Sequence[Any]], row: dict[int, int], column: dict[str, int]) -> Table:
    """Lay out (grid id, code, number) as a table; what has no row or column is left out."""
    found = np.zeros((len(row), len(column)))
    known = [
        (row[grid], column[code], number)
        for grid, code, number in counts
        if grid in row and code in column
    ]
    if known:
        grids, codes, numbers = (np.array(side) for side in zip(*known, strict=True))
        found[grids, codes] = numbers
    return found


def _enterprises(session: Session, day: date, row: dict[int, int]) -> tuple[Table, list[str]]:
    """Count the enterprises per grid and section of industry; `UNKNOWN_INDUSTRY` comes first."""
    section = func.substr(func.coalesce(Enterprise.industry, UNKNOWN_INDUSTRY), 1, 1)
    counts = session.execute(
        select(Enterprise.grid_id, section, func.count())
        .where(valid_on(Enterprise, day), Enterprise.grid_id.is_not(None))
        .group_by(Enterprise.grid_id, section)
    ).all()
    industries = [UNKNOWN_INDUSTRY, *sorted({code for _, code, _ in counts} - {UNKNOWN_INDUSTRY})]
    return _table(counts, row, {code: place for place, code in enumerate(industries)}), industries


def _rates(session: Session, industries: list[str], column: dict[str, int]) -> Table:
    """Read cases a year that one enterprise brings; shape (industries, specialties)."""
    rates: dict[str, Table] = {}
    for industry, specialty, cases in session.execute(
        select(NeedRate.industry, NeedRate.specialty_code, NeedRate.cases_a_year)
    ):
        rates.setdefault(industry, np.zeros(len(column)))[column[specialty]] = cases
    unknown = rates.get(UNKNOWN_INDUSTRY, np.zeros(len(column)))
    return np.vstack([rates.get(code, unknown) for code in industries])
