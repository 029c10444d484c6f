"""A year's figures of one cell hang together: months in quarters in the year, categories in all.

The windows of a calendar year are the rows of every table here: `MONTHS` months, then its
quarters, then the year itself. Categories are the columns, all of them together the last.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.core.marks import ALL, NONE, Bits, Marks
from gisapp.core.nest_kernels import move, rooms

Table = npt.NDArray[np.integer]

MONTHS: Final = 12
QUARTER: Final = 3
"""Months of a quarter."""

ROWS: Final = MONTHS + MONTHS // QUARTER + 1


def ending(months: int) -> list[int]:
    """Return the rows of the windows that end with the last of so many months, longest first."""
    year = [ROWS - 1] if months == MONTHS else []
    quarter = [] if months % QUARTER else [MONTHS + months // QUARTER - 1]
    return [*year, *quarter, months - 1]


def span(months: int) -> range:
    """Return the months whose figures the last of so many can give away.

    Those of its quarter; once the year is over, all of them.
    """
    return range(0 if months == MONTHS else (months - 1) // QUARTER * QUARTER, months)


def around(months: range) -> list[int]:
    """Return the rows of some months, from the first of a quarter on, and of what holds them."""
    first, last = months.start // QUARTER, -(-months.stop // QUARTER)
    return [*months, *range(MONTHS + first, MONTHS + last), ROWS - 1]


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


def movable(months: int, more: Marks, less: Marks) -> Marks:
    """
    Say which figures differ in some other year that reads the same.

    One dispute more or less in one month and category, or one moved to another month or
    category of the same grid: where each window and category that it changes has room for
    it, the year that would result cannot be told from the true one.

    Parameters
    ----------
    months
        How many are looked at, from the first of a quarter on; the rows of ``more`` and
        ``less`` are those of `around`.
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
    found = Marks.none(*more.each.shape)
    move(months, *_tables(more), *_tables(less), found.each, found.every)
    return found


def pairs(months: int) -> list[tuple[int, int]]:
    """List which two of some months, from the first of a quarter on, lie in one quarter."""
    return [
        (one, other)
        for one in range(months)
        for other in range(one + 1, min(one // QUARTER * QUARTER + QUARTER, months))
    ]


def room(months: int, more: Marks, less: Marks) -> Bits:
    """
    Say where a place can take a dispute from another, or give it one, so that it reads the same.

    Parameters
    ----------
    months, more, less
        As in `movable`.

    Returns
    -------
    room
        Shape (2, months + pairs, words, n). One bit a category. For each month: whether there
        is room for one more, and for one less, in every window around it. For each of
        `pairs`: whether one more finds room in the first of the two months and one less in
        the other, and the other way round; the quarter does not change.
    """
    both = np.array(pairs(months), np.int64).reshape(-1, 2)
    return rooms(months, both, *_tables(more), *_tables(less))


def _tables(marks: Marks) -> tuple[Bits, Bits]:
    return np.ascontiguousarray(marks.each), np.ascontiguousarray(marks.every[:, 0])


def moved(found: Marks, months: int, where: Bits) -> None:
    """Mark the figures that change with an exchange of disputes, shaped as half of `room`."""
    alone = where[:months]
    _mark(found.each, alone, alone)
    found.each[-1] |= np.bitwise_or.reduce(alone)
    every = _any(where)
    _mark(found.every, every[:months], every[:months])
    found.every[-1] |= np.bitwise_or.reduce(every[:months])
    for both, one, all_ in zip(pairs(months), where[months:], every[months:], strict=True):
        for month in both:
            found.each[month] |= one
            found.every[month] |= all_


def _mark(found: Bits, quarter: Bits, month: Bits) -> None:
    months = len(month)
    found[:months] |= month
    for start in range(0, months, QUARTER):
        part = quarter[start : start + QUARTER]
        found[months + start // QUARTER] |= np.bitwise_or.reduce(part)


def _any(marks: Bits) -> Bits:
    """Say whether any category is marked: all bits or none."""
    return np.where(marks.any(axis=1, keepdims=True), ALL, NONE)
