"""How many cases a year each grid brings for each specialty: its disputes and its enterprises.

Whatever leaves of a need can be found by trying: a state says whether it is over one and a half
times the supply, which who makes drafts can choose, and a cost says how dear an open seat is.
So the disputes of a grid and category enter as `coverage.cases` of what is true, the same for
every engine. Whether there is any is exact each month; how many moves with the quarters, and in
a county's first year of records is held back (`numbering`). With one for a few the fewest states
differ from those of the very numbers: 40 of 1,000 grids of the invented town, of which 28 hide
that a grid is stretched; 79 with two for a few, 207 with four.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import case, func, select

from gisapp.core import coverage
from gisapp.core.publication import FEW
from gisapp.store import counts, enterprises, numbering, told
from gisapp.store.counts import Table
from gisapp.store.days import four_quarters, year_before
from gisapp.store.models import (
    Category,
    CategorySpecialty,
    Dispute,
    NeedRate,
    Specialty,
)
from gisapp.store.releases import COUNTY
from gisapp.store.session import Session

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
    first_year: bool
    """Whether of some county only what is published counts, or not all (`numbering`)."""


def by_grid(session: Session, day: date) -> Needs:
    """Add up the need of every grid: disputes of the last 12 whole months, enterprises × rate.

    A dispute counts for each specialty its category calls for. Enterprises that only the grid's
    own number knows of, and industries without a rate, count at the rate of ``*``. Disputes
    are those known today, whatever the day: who asks about other days learns of no other month.
    """
    grids = counts.grids(session, day)
    row = {grid_id: position for position, (grid_id, _, _) in enumerate(grids)}
    specialties = list(session.scalars(select(Specialty.code).order_by(Specialty.code)))
    column = {code: position for position, code in enumerate(specialties)}

    categories, calls = _calls(session, column)
    by_industry, industries = enterprises.by_industry(session, day, row)
    firms = enterprises.numbers(grids, by_industry)
    unknown = firms - by_industry.sum(axis=1)
    by_industry[:, industries.index(enterprises.UNKNOWN)] += np.maximum(unknown, 0)
    of_firms = by_industry @ _rates(session, industries, column)
    codes = [code for _, code, _ in grids]
    there, many, first_year = _disputes(session, row, codes, categories)
    cases, in_sums = (
        coverage.cases(there, many, few) @ calls + of_firms for few in (ALONE, IN_SUMS)
    )
    told_of = categories, calls, first_year
    return Needs(codes, specialties, cases, in_sums, firms, of_firms, *told_of)


def disputes_by_grid(session: Session, day: date) -> dict[str, int]:
    """Say about how many disputes of a year each grid has, by code; of any category."""
    grids = counts.grids(session, day)
    row = {grid_id: position for position, (grid_id, _, _) in enumerate(grids)}
    categories = list(session.scalars(select(Category.code).order_by(Category.code)))
    codes = [code for _, code, _ in grids]
    there, many, _ = _disputes(session, row, codes, categories)
    found = coverage.cases(there, many, IN_SUMS).sum(axis=1)
    return {code: int(number) for code, number in zip(codes, found.tolist(), strict=True)}


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


def _disputes(
    session: Session, row: dict[int, int], codes: list[str], categories: list[str]
) -> tuple[Table, Table, bool]:
    """Count disputes per grid and category: of the last 12 whole months, and of four quarters.

    And say whether of some county only a part of the latter is counted.
    """
    start, end = year_before(session.today)
    first, last = four_quarters(session.today)
    limited = numbering.limited(session, {code[:COUNTY] for code in codes})
    # All that are limited at all are so after the same month.
    until = _after(last.year, max(limited.values(), default=0))
    those = Dispute.reported_on
    found = session.execute(
        select(
            Dispute.grid_id,
            Dispute.category_code,
            *(
                func.sum(case((which, 1), else_=0))
                for which in (those >= start, those < last, those < until)
            ),
        )
        .where(those >= first, those < end)
        .where(Dispute.grid_id.is_not(None))
        .group_by(Dispute.grid_id, Dispute.category_code)
    ).all()
    column = {code: place for place, code in enumerate(categories)}
    there, many, some = (
        counts.table([(one[0], one[1], one[at]) for one in found], row, column) for at in (2, 3, 4)
    )
    if here := [at for at, code in enumerate(codes) if code[:COUNTY] in limited]:
        published = told.year(session, [codes[at] for at in here], categories).least
        counted = np.array([limited[codes[at][:COUNTY]] > 0 for at in here])
        many[here] = np.maximum(published, some[here] * counted[:, np.newaxis])
    return there, many, bool(limited)


def _after(year: int, months: int) -> date:
    """Return the day after so many months of a year."""
    return date(year, months + 1, 1)


def _rates(session: Session, industries: list[str], column: dict[str, int]) -> Table:
    """Read cases a year that one enterprise brings; shape (industries, specialties)."""
    rates: dict[str, Table] = {}
    for industry, specialty, cases in session.execute(
        select(NeedRate.industry, NeedRate.specialty_code, NeedRate.cases_a_year)
    ):
        rates.setdefault(industry, np.zeros(len(column)))[column[specialty]] = cases
    unknown = rates.get(enterprises.UNKNOWN, np.zeros(len(column)))
    return np.vstack([rates.get(code, unknown) for code in industries])
