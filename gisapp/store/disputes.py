"""Questions about disputes: how many in each grid, month and category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Integer, String, cast, func, or_, select

from gisapp.core import windows
from gisapp.core.areas import NOWHERE
from gisapp.core.publication import FEW
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Name
from gisapp.store import enterprises as firms
from gisapp.store import lineage
from gisapp.store.days import valid_on
from gisapp.store.models import Category, Dispute, Grid, ReleasedCount, ReleasedOpen
from gisapp.store.narrow import below
from gisapp.store.session import Session

Whole = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]
Column = npt.NDArray[np.int32]


def month_of(day: Any) -> Any:
    """Return the number of the month of a column of days, as `windows` gives it."""
    # Dates are text on SpatiaLite and cast to it on PostGIS: one expression for both.
    written = cast(day, String)
    year, month = func.substr(written, 1, 4), func.substr(written, 6, 2)
    return 12 * cast(year, Integer) + cast(month, Integer) - 1


class UnknownCategory(InvalidInput):
    """There is no such category of disputes."""

    code = "unknown_category"
    message = N_("There is no category “{category}”. There are: {known}.")


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


OUTSIDE: Final = -1
"""Stands for a grid that the boundaries in force do not hold."""


@dataclass(frozen=True, slots=True)
class Tally:
    """All disputes that lie in a grid, counted by grid, month and category; one line each."""

    grid: Column
    """Position of the grid, or `OUTSIDE`."""
    month: Column
    category: Column
    """Position in `categories`."""
    number: Column
    categories: list[str]
    """Codes, sorted."""
    recorded: range | None
    """Months from the first dispute to the last, whether in a grid or not."""
    loose: Mapping[int, int]
    """Disputes of each month that lie in no grid at all."""

    def outside(self, months: range) -> int:
        """Return the disputes of ``months`` that lie in no grid of now."""
        gone = self.number[self._these(months, None) & (self.grid < 0)]
        return int(gone.sum()) + sum(self.loose.get(month, 0) for month in months)

    def counts(self, months: range, grids: int, category: str | None) -> Whole:
        """
        Return the disputes of each of ``months`` and grids.

        Returns
        -------
        counts
            Shape (t, grids), months in order. Disputes in no grid of now are left out.
        """
        these = self._these(months, category) & (self.grid >= 0)
        place = (self.month[these].astype(np.int64) - months.start) * grids + self.grid[these]
        # Two lines of one grid, before and after a change, add up.
        found = np.bincount(place, self.number[these], minlength=len(months) * grids)
        return found.astype(np.int64).reshape(len(months), grids)

    def sums(self, months: range, home: Whole, homes: int) -> Whole:
        """
        Add up what `counts` gives.

        Parameters
        ----------
        home
            Shape (grids,). Where each grid belongs, from 0 to below ``homes``.

        Returns
        -------
        sums
            Shape (t, categories + 1, homes), all categories together last.
        """
        these = self._these(months, None) & (self.grid >= 0)
        shape = (len(months), len(self.categories), homes)
        month = self.month[these].astype(np.int64) - months.start
        place = (month * shape[1] + self.category[these]) * homes + home[self.grid[these]]
        found = np.bincount(place, self.number[these], minlength=int(np.prod(shape)))
        table = found.astype(np.int64).reshape(shape)
        return np.concatenate([table, table.sum(axis=1, keepdims=True)], axis=1)

    def cube(self, months: range, grids: int, categories: Sequence[str]) -> npt.NDArray[np.int32]:
        """
        Return the disputes of each of ``months``, ``categories`` and grids.

        Returns
        -------
        counts
            Shape (t, categories, grids), months and categories in order.
        """
        position = {code: place for place, code in enumerate(categories)}
        column = np.array([position.get(code, -1) for code in self.categories] or [-1])
        these = self._these(months, None) & (self.grid >= 0) & (column[self.category] >= 0)
        month = self.month[these].astype(np.int64) - months.start
        place = (month * len(categories) + column[self.category[these]]) * grids + self.grid[these]
        shape = (len(months), len(categories), grids)
        found = np.bincount(place, self.number[these], minlength=int(np.prod(shape)))
        return found.astype(np.int32).reshape(shape)

    def _these(self, months: range, category: str | None) -> npt.NDArray[np.bool_]:
        these = (self.month >= months.start) & (self.month < months.stop)
        if category is not None:
            known = category in self.categories
            these &= self.category == (self.categories.index(category) if known else -1)
        return these


_NONE: Final = np.zeros(0, np.int32)

NO_TALLY: Final = Tally(_NONE, _NONE, _NONE, _NONE, [], None, {})
"""Of an area without grids."""


def tally(session: Session, codes: Sequence[str]) -> Tally:
    """Count the released disputes in grids; ``codes`` (sorted) gives the positions.

    Those of a grid that is no more are counted where its land goes on, by the shares of it.
    """
    found, flat, categories = _lines(session, codes)
    when = flat[:, 1].astype(np.int32)
    month = month_of(Dispute.reported_on).label("month")
    nowhere = select(month, func.count()).where(Dispute.grid_id.is_(None)).group_by(month)
    loose = {row[0]: row[1] for row in session.execute(nowhere)}
    return Tally(
        found.astype(np.int32),
        when,
        flat[:, 2].astype(np.int32),
        flat[:, 3].astype(np.int32),
        categories,
        _recorded(when, loose),
        loose,
    )


def many(
    session: Session, codes: Sequence[str], areas: Sequence[str], months: range, size: int
) -> list[tuple[int, str, int, int]]:
    """
    List where at least `FEW` disputes of one category were released in a window of some areas.

    Parameters
    ----------
    codes
        Sorted. Gives the positions; counts of grids that are no more go on as in `tally`.
    months, size
        Windows of ``size`` months each fill ``months``.

    Returns
    -------
    rows
        Position of the grid, category, number of the window, disputes.
    """
    grid, category, since, number = (
        ReleasedCount.grid_id,
        ReleasedCount.category_code,
        ReleasedCount.month - months.start,
        func.sum(ReleasedCount.number),
    )
    within = (
        or_(*(below(ReleasedCount.area_code, area) for area in areas)),
        ReleasedCount.month >= months.start,
        ReleasedCount.month < months.stop,
    )
    position = lineage.positions(session, codes)
    if position.keys() >= set(session.scalars(select(grid).where(*within).distinct())):
        # Most counts are small: to read them all takes many times as long.
        named = grid, category, (since - since % size).label("since")
        large = select(*named, number).where(*within).group_by(*named).having(number >= FEW)
        return [
            (position[one], code, start // size, int(sum_))
            for one, code, start, sum_ in session.execute(large)
        ]
    found, flat, known = _lines(session, codes, *within)
    here = found >= 0
    shape = (len(codes), len(known), len(months) // size)
    window = (flat[here, 1] - months.start) // size
    place = np.ravel_multi_index((found[here], flat[here, 2], window), shape)
    sums = np.bincount(place, flat[here, 3], int(np.prod(shape))).astype(np.int64).reshape(shape)
    return [
        (one, known[column], at, int(sums[one, column, at]))
        for one, column, at in np.argwhere(sums >= FEW).tolist()
    ]


def _lines(
    session: Session, codes: Sequence[str], *rules: ColumnElement[bool]
) -> tuple[Whole, Whole, list[str]]:
    """Read released counts: positions in ``codes``, lines as `lineage.placed`, the categories."""
    rows = session.execute(
        select(
            ReleasedCount.grid_id,
            ReleasedCount.month,
            ReleasedCount.category_code,
            ReleasedCount.number,
        ).where(*rules)
    ).all()
    categories = sorted({row[2] for row in rows})
    position = {code: place for place, code in enumerate(categories)}
    lines = ((grid, when, position[code], number) for grid, when, code, number in rows)
    flat = np.fromiter(chain.from_iterable(lines), np.int64, 4 * len(rows)).reshape(-1, 4)
    return *lineage.placed(session, codes, flat), categories


def left_open(session: Session, codes: Sequence[str], end: int) -> Whole:
    """
    Read how many disputes of the quarter that ends with a month were open then, as released.

    Returns
    -------
    left
        Shape (n,), in the order of ``codes`` (sorted). Where boundaries changed they are
        divided as in `tally`.
    """
    question = select(ReleasedOpen.grid_id, ReleasedOpen.number).where(ReleasedOpen.month == end)
    lines = [(grid, end, 0, number) for grid, number in session.execute(question)]
    found, flat = lineage.placed(session, codes, np.array(lines, np.int64).reshape(-1, 4))
    here = found >= 0
    left = np.bincount(found[here], flat[here, 3], minlength=len(codes))
    return left.astype(np.int64)


def any_in(session: Session, month: int) -> bool:
    """Whether a dispute of a month is recorded."""
    question = select(Dispute.id).where(
        Dispute.reported_on >= windows.first_day(month),
        Dispute.reported_on < windows.first_day(month + 1),
    )
    return session.scalar(question.limit(1)) is not None


def known(session: Session) -> dict[int, int]:
    """Count the disputes in grids that are known now, by month."""
    month = month_of(Dispute.reported_on).label("month")
    rows = session.execute(
        select(month, func.count()).where(Dispute.grid_id.is_not(None)).group_by(month)
    )
    return {row[0]: row[1] for row in rows}


def _recorded(months: Column, loose: Mapping[int, int]) -> range | None:
    """Return the months from the first dispute to the last; ``months`` are of those in grids."""
    ends = [*loose] if not months.size else [*loose, int(months.min()), int(months.max())]
    return range(min(ends), max(ends) + 1) if ends else None


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
    enterprises = firms.by_grid(session, day)
    return (
        np.array([households.get(code, np.nan) for code in codes], np.float64),
        np.array([enterprises.get(code, 0) for code in codes], np.float64),
    )


def homes(session: Session, codes: Sequence[str], day: date) -> list[str]:
    """Return the community of each of ``codes``, `NOWHERE` where there is none."""
    rows = session.execute(select(Grid.code, Grid.area_code).where(valid_on(Grid, day)))
    home = {row[0]: row[1] for row in rows}
    return [home.get(code, NOWHERE) for code in codes]
