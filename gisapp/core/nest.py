"""A year's figures of one cell hang together: months in quarters in the year, categories in all.

The windows of a calendar year are the rows of every table here: `MONTHS` months, then its
quarters, then the year itself. Categories are the columns, all of them together the last.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Table = npt.NDArray[np.integer]

MONTHS: Final = 12
QUARTER: Final = 3
"""Months of a quarter."""

ROWS: Final = MONTHS + MONTHS // QUARTER + 1

WIDTH: Final = 8
"""Categories in a word."""

NONE: Final = np.uint8(0)
ALL: Final = ~NONE


def ending(months: int) -> list[int]:
    """Return the rows of the windows that end with the last of so many months, longest first."""
    year = [ROWS - 1] if months == MONTHS else []
    quarter = [] if months % QUARTER else [MONTHS + months // QUARTER - 1]
    return [*year, *quarter, months - 1]


def row(first: int, months: int) -> int:
    """Return the row of a window by its first month, counted from 0, and its length."""
    if months == MONTHS:
        return ROWS - 1
    return MONTHS + first // QUARTER if months == QUARTER else first


def windows(table: Table) -> Table:
    """
    Add up months to all windows that are over, and categories to all.

    Parameters
    ----------
    table
        Shape (months, categories, n), up to twelve months from January on.

    Returns
    -------
    sums
        Shape (`ROWS`, categories + 1, n). 0 in windows that are not over.
    """
    months, categories, n = table.shape
    sums = np.zeros((ROWS, categories + 1, n), table.dtype)
    sums[:months, :-1] = table
    for start in range(0, months - months % QUARTER, QUARTER):
        sums[MONTHS + start // QUARTER, :-1] = table[start : start + QUARTER].sum(axis=0)
    if months == MONTHS:
        sums[-1, :-1] = table.sum(axis=0)
    sums[:, -1] = sums[:, :-1].sum(axis=1)
    return sums


@dataclass(frozen=True, slots=True)
class Marks:
    """True or false for each figure, the categories packed into the bits of whole numbers."""

    each: Bits
    """Shape (`ROWS`, words, n). One bit a category."""
    every: Bits
    """Shape (`ROWS`, 1, n). Of all categories together: all bits or none."""

    @classmethod
    def of(cls, flags: Flags) -> Self:
        """Pack flags of shape (`ROWS`, categories + 1, n)."""
        rows, columns, n = flags.shape
        each = np.zeros((rows, -(-(columns - 1) // WIDTH), n), np.uint8)
        for column in range(columns - 1):
            word, bit = divmod(column, WIDTH)
            each[:, word] |= flags[:, column].view(np.uint8) << np.uint8(bit)
        return cls(each, np.where(flags[:, -1:], ALL, NONE))

    def __and__(self, other: Self) -> Self:
        return type(self)(self.each & other.each, self.every & other.every)

    def __or__(self, other: Self) -> Self:
        return type(self)(self.each | other.each, self.every | other.every)

    def take(self, places: npt.NDArray[np.int64]) -> Self:
        """Return the marks of some of n."""
        return type(self)(self.each[..., places], self.every[..., places])

    def missing(self, found: Self) -> Flags:
        """Say who, of n, has a mark here that is not in ``found``."""
        each, every = self.each & ~found.each, self.every & ~found.every
        missing: Flags = np.any(each, axis=(0, 1)) | np.any(every, axis=(0, 1))
        return missing


def movable(months: int, more: Marks, less: Marks) -> Marks:
    """
    Say which figures differ in some other year that reads the same.

    One dispute more or less in one month and category, or one moved to another month or
    category of the same grid: where each window and category that it changes has room for
    it, the year that would result cannot be told from the true one.

    Parameters
    ----------
    months
        Months that are over, counted from January.
    more, less
        Whether a figure, and all that is published around it, would read the same with one
        dispute more, and with one less. In a month's own category ``less`` is false where
        there is none.

    Returns
    -------
    found
        Nothing is known of figures that are left out: to exchange more than two disputes
        might change them.
    """
    found = Marks(np.zeros_like(more.each), np.zeros_like(more.every))
    for here, there in ((more, less), (less, more)):
        _move(found, _Room(months, here), _Room(months, there))
    return found


class _Room:
    """Room for a dispute in each month and category, in the windows and categories around it."""

    def __init__(self, months: int, room: Marks) -> None:
        rows = np.arange(months)
        quarters = MONTHS + rows // QUARTER
        self.month = room.each[:months]
        self.quarter = self.month & room.each[quarters]
        self.year = self.quarter & room.each[-1]
        self.month_all = room.every[:months]
        self.quarter_all = self.month_all & room.every[quarters]
        self.year_all = self.quarter_all & room.every[-1]


def _move(found: Marks, one: _Room, other: _Room) -> None:
    """Put a dispute where there is room for ``one``, alone or for an``other``, and mark it."""
    alone = one.year & one.year_all
    # For another in the same month, quarter and category, category, quarter, or year.
    in_month = one.year & _in_others(other.year)
    within = one.month & one.month_all & _next_to(other.month & other.month_all)
    along = one.quarter & one.quarter_all & _far_from(other.quarter & other.quarter_all)
    across = one.year & one.month_all & _in_others(_next_to(other.year & other.month_all))
    over = one.year & one.quarter_all & _in_others(_far_from(other.year & other.quarter_all))

    year = alone | in_month | across | over
    _mark(found.each, year | along, year | along | within)
    found.each[-1] |= np.bitwise_or.reduce(year)
    quarter, month = alone | along | over, alone | along | over | across | within
    _mark(found.every, _any(quarter), _any(month))
    found.every[-1] |= np.bitwise_or.reduce(_any(alone))


def _mark(found: Bits, quarter: Bits, month: Bits) -> None:
    found[: len(month)] |= month
    for start in range(0, len(quarter), QUARTER):
        part = quarter[start : start + QUARTER]
        found[MONTHS + start // QUARTER] |= np.bitwise_or.reduce(part)


def _any(marks: Bits) -> Bits:
    """Say whether any category is marked: all bits or none."""
    return np.where(marks.any(axis=1, keepdims=True), ALL, NONE)


def _in_others(marks: Bits) -> Bits:
    """Say of each category whether any other one is marked."""
    number = np.bitwise_count(marks).sum(axis=1, keepdims=True, dtype=np.int64)
    return np.where(number > 1, ALL, np.where(number == 1, ~marks, NONE))


def _next_to(marks: Bits) -> Bits:
    """Say where another month of the same quarter is marked."""
    found = np.zeros_like(marks)
    for month in range(len(marks)):
        start = month - month % QUARTER
        for other in range(start, min(start + QUARTER, len(marks))):
            if other != month:
                found[month] |= marks[other]
    return found


def _far_from(marks: Bits) -> Bits:
    """Say where a month of another quarter is marked."""
    found = np.zeros_like(marks)
    starts = range(0, len(marks), QUARTER)
    parts = [np.bitwise_or.reduce(marks[start : start + QUARTER]) for start in starts]
    for quarter, start in enumerate(starts):
        for other, part in enumerate(parts):
            if other != quarter:
                found[start : start + QUARTER] |= part
    return found
