"""Questions about disputes: how many in each grid, month and category."""

from collections.abc import Sequence
from datetime import date
from itertools import chain

import numpy as np
import numpy.typing as npt
from sqlalchemy import Integer, String, cast, func, select

from gisapp.core import windows
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Name
from gisapp.store.models import Category, Dispute, Grid
from gisapp.store.needs import enterprises_by_grid, valid_on
from gisapp.store.session import Session

Whole = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

# Dates are text on SpatiaLite and cast to it on PostGIS: one expression for both, the number
# that `windows` gives a month.
_WRITTEN = cast(Dispute.reported_on, String)
_MONTH = (
    12 * cast(func.substr(_WRITTEN, 1, 4), Integer) + cast(func.substr(_WRITTEN, 6, 2), Integer) - 1
)


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
    month = _MONTH.label("month")
    question = (
        select(Dispute.grid_id, month, func.count())
        .where(Dispute.grid_id.is_not(None))
        .where(Dispute.reported_on >= windows.first_day(months.start))
        .where(Dispute.reported_on < windows.first_day(months.stop))
        .group_by(Dispute.grid_id, month)
    )
    if category is not None:
        question = question.where(Dispute.category_code == category)
    rows = session.execute(question).all()
    flat = np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3)
    ids, places = _places(session, codes)
    found = np.zeros((len(months), len(codes)), np.int64)
    if not ids.size:
        return found
    at = np.minimum(np.searchsorted(ids, flat[:, 0]), ids.size - 1)
    here = ids[at] == flat[:, 0]
    # Two rows of one grid, before and after a change, add up.
    np.add.at(found, (flat[here, 1] - months.start, places[at[here]]), flat[here, 2])
    return found


def by_month(session: Session, months: range, category: str | None) -> dict[int, int]:
    """Count the disputes reported in each of ``months`` and in any grid, none of them left out."""
    month = _MONTH.label("month")
    question = (
        select(month, func.count())
        .where(Dispute.grid_id.is_not(None))
        .where(Dispute.reported_on >= windows.first_day(months.start))
        .where(Dispute.reported_on < windows.first_day(months.stop))
        .group_by(month)
    )
    if category is not None:
        question = question.where(Dispute.category_code == category)
    return dict.fromkeys(months, 0) | dict(session.execute(question).all())


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


def _places(session: Session, codes: Sequence[str]) -> tuple[Whole, Whole]:
    """Return the ids of all grids with one of ``codes``, sorted, and the position of each."""
    position = {code: place for place, code in enumerate(codes)}
    rows = session.execute(select(Grid.id, Grid.code).order_by(Grid.id))
    known = [(grid, position[code]) for grid, code in rows if code in position]
    ids, places = np.array(known, np.int64).reshape(-1, 2).T
    return ids, places
