"""Questions about disputes: how many in each grid, month and category."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import String, cast, func, select

from gisapp.core import windows
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Name
from gisapp.store.models import Category, Dispute, Grid
from gisapp.store.needs import enterprises_by_grid, valid_on
from gisapp.store.session import Session

Whole = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

# Dates are text of this shape on SpatiaLite and cast to it on PostGIS: ten times as quick
# as taking year and month out of 2.4 million dates.
_MONTH = func.substr(cast(Dispute.reported_on, String), 1, 7)


class UnknownCategory(InvalidInput):
    """There is no such category of disputes."""

    code = "unknown_category"
    message = N_("There is no category “{category}”. There are: {known}.")


def recorded(session: Session) -> range | None:
    """Return the months from the first dispute to the last, or None where there is none."""
    first: date | None = session.scalar(select(func.min(Dispute.reported_on)))
    last: date | None = session.scalar(select(func.max(Dispute.reported_on)))
    if first is None or last is None:
        return None
    return range(windows.number(first), windows.number(last) + 1)


def categories(session: Session) -> dict[str, Name]:
    """Read the name of every category by its code."""
    rows = session.execute(select(Category.code, Category.name_zh, Category.name_en))
    return {code: Name(zh, en) for code, zh, en in sorted(tuple(row) for row in rows)}


def category_name(session: Session, category: str) -> Name:
    """Return the name of a category; raise `UnknownCategory` where there is none."""
    known = categories(session)
    if category not in known:
        raise UnknownCategory(category=category, known=", ".join(known))
    return known[category]


def counts(session: Session, codes: Sequence[str], months: range, category: str | None) -> Whole:
    """
    Count the disputes reported in each of ``months`` and grids.

    Returns
    -------
    counts
        Shape (t, n), months in order, grids in the order of ``codes`` (sorted). Disputes
        without a grid, or in one that is not among them, are left out.
    """
    question = (
        select(Dispute.grid_id, _MONTH, func.count())
        .where(Dispute.grid_id.is_not(None))
        .where(Dispute.reported_on >= windows.first_day(months.start))
        .where(Dispute.reported_on < windows.first_day(months.stop))
        .group_by(Dispute.grid_id, _MONTH)
    )
    if category is not None:
        question = question.where(Dispute.category_code == category)
    found = np.zeros((len(months), len(codes)), np.int64)
    rows = session.execute(question).all()
    if not rows or not codes:
        return found
    grids, written, numbers = zip(*rows, strict=True)
    row = {windows.name(month): place for place, month in enumerate(months)}
    month = np.fromiter((row[text] for text in written), np.int64, len(rows))
    place = _places(session, codes)
    grid = np.fromiter((place.get(grid, -1) for grid in grids), np.int64, len(rows))
    here = grid >= 0
    np.add.at(found, (month[here], grid[here]), np.array(numbers, np.int64)[here])
    return found


def by_category(session: Session, months: range) -> dict[str, int]:
    """Count the disputes reported in ``months`` and in any grid, by category."""
    rows = session.execute(
        select(Dispute.category_code, func.count().label("number"))
        .where(Dispute.grid_id.is_not(None))
        .where(Dispute.reported_on >= windows.first_day(months.start))
        .where(Dispute.reported_on < windows.first_day(months.stop))
        .group_by(Dispute.category_code)
    )
    return {row.category_code: row.number for row in rows}


def bases(session: Session, codes: Sequence[str], day: date) -> tuple[Array, Array]:
    """
    Read households and enterprises of each grid, in the order of ``codes``.

    Returns
    -------
    households, enterprises
        Shape (n,). nan where the number of households is missing: that is not zero.
        Enterprises are the file's own number, else those counted in the grid.
    """
    rows = session.execute(select(Grid.code, Grid.households).where(valid_on(Grid, day)))
    households = {code: number for code, number in rows if number is not None}
    enterprises = enterprises_by_grid(session, day)
    return (
        np.array([households.get(code, np.nan) for code in codes], np.float64),
        np.array([enterprises.get(code, 0) for code in codes], np.float64),
    )


def _places(session: Session, codes: Sequence[str]) -> dict[int, int]:
    """Return the position among ``codes`` of every grid that has one of them, by id."""
    position = {code: place for place, code in enumerate(codes)}
    rows = session.execute(select(Grid.id, Grid.code))
    return {grid: position[code] for grid, code in rows if code in position}
