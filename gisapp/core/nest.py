"""A year's figures of one cell hang together: months in quarters in the year, categories in all.

The windows of a calendar year are the rows of every table here: `MONTHS` months, then its
quarters, then the year itself. Categories are the columns, all of them together the last.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.core.marks import ALL, NONE, Bits, Marks

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
    found = Marks(np.zeros_like(more.each), np.zeros_like(more.every))
    for here, there in ((more, less), (less, more)):
        _move(found, _Room(months, here), _Room(months, there))
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
    ups, downs = _Room(months, more), _Room(months, less)
    up, down = ups.month & ups.month_all, downs.month & downs.month_all
    both = pairs(months)
    first, last = [one for one, _ in both], [other for _, other in both]
    return np.stack(
        [
            np.concatenate([ups.year & ups.year_all, up[first] & down[last]]),
            np.concatenate([downs.year & downs.year_all, down[first] & up[last]]),
        ]
    )


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


class _Room:
    """Room for a dispute in each month and category, in the windows and categories around it."""

    def __init__(self, months: int, room: Marks) -> None:
        rows = np.arange(months)
        quarters = months + rows // QUARTER
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
    months = len(month)
    found[:months] |= month
    for start in range(0, months, QUARTER):
        part = quarter[start : start + QUARTER]
        found[months + start // QUARTER] |= np.bitwise_or.reduce(part)


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
