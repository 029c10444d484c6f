"""Which figures of a grid's year can differ, grid after grid; the bits of a word are categories."""

import numpy as np

from gisapp.core.compiled import Kernel
from gisapp.core.marks_kernels import Bits, Whole

QUARTER = 3
"""Months of a quarter."""

ALL = 255
"""All bits of a word."""


@Kernel
def move(
    months: int,
    more: Bits,
    more_all: Bits,
    less: Bits,
    less_all: Bits,
    found: Bits,
    found_all: Bits,
) -> None:
    """
    Mark in ``found`` what `nest.movable` says; rows, words and grids as there.

    Parameters
    ----------
    more, less, found
        Shape (rows, words, n). Single categories.
    more_all, less_all
        Shape (rows, n). All categories together.
    found_all
        Shape (rows, 1, n).
    """
    words, quarters = more.shape[1], len(more) - 1 - months
    up, up_all = np.zeros((3, months, words), np.int64), np.zeros((3, months), np.int64)
    down, down_all = np.zeros_like(up), np.zeros_like(up_all)
    far_up = np.zeros((2, quarters, words), np.int64)
    far_down = np.zeros_like(far_up)
    elsewhere = np.zeros((4, words), np.int64)
    for grid in range(more.shape[2]):
        some_up = _read(months, grid, more, more_all, up, up_all, far_up)
        some_down = _read(months, grid, less, less_all, down, down_all, far_down)
        for month in range(months):
            if some_up:
                _look(month, down, down_all, far_down, elsewhere)
                _mark(month, grid, up, up_all, down[2, month], elsewhere, found, found_all)
            if some_down:
                _look(month, up, up_all, far_up, elsewhere)
                _mark(month, grid, down, down_all, up[2, month], elsewhere, found, found_all)


@Kernel
def _read(
    months: int, grid: int, room: Bits, room_all: Bits, each: Whole, every: Whole, far: Whole
) -> bool:
    """
    Read where a grid has room in each month, and in its quarter, and in the year, too.

    ``far`` is where it has in any month of a quarter, without and with the year. Returns
    whether it has any.
    """
    last = len(room) - 1
    some = 0
    far[:] = 0
    for month in range(months):
        quarter = month // QUARTER
        row = months + quarter
        every[0, month] = room_all[month, grid]
        every[1, month] = every[0, month] & room_all[row, grid]
        every[2, month] = every[1, month] & room_all[last, grid]
        for word in range(room.shape[1]):
            each[0, month, word] = room[month, word, grid]
            each[1, month, word] = each[0, month, word] & room[row, word, grid]
            each[2, month, word] = each[1, month, word] & room[last, word, grid]
            far[0, quarter, word] |= each[1, month, word] & every[1, month]
            far[1, quarter, word] |= each[2, month, word] & every[1, month]
            some |= each[0, month, word]
    return some > 0


@Kernel
def _look(month: int, each: Whole, every: Whole, far: Whole, found: Whole) -> None:
    """
    Say where the other of two disputes finds room in another month, by categories.

    Fills ``found``: of the same quarter, of it and the year, of another quarter, of it and the
    year.
    """
    found[:] = 0
    own = month // QUARTER
    for other in range(own * QUARTER, min(own * QUARTER + QUARTER, each.shape[1])):
        if other != month:
            for word in range(each.shape[2]):
                found[0, word] |= each[0, other, word] & every[0, other]
                found[1, word] |= each[2, other, word] & every[0, other]
    for quarter in range(far.shape[1]):
        if quarter != own:
            for word in range(each.shape[2]):
                found[2, word] |= far[0, quarter, word]
                found[3, word] |= far[1, quarter, word]


@Kernel
def _mark(
    month: int,
    grid: int,
    each: Whole,
    every: Whole,
    same: Whole,
    elsewhere: Whole,
    found: Bits,
    found_all: Bits,
) -> None:
    """Put a dispute where there is room in ``month``, alone or for another, and mark it.

    ``same`` is where the other finds room in the same month, ``elsewhere`` what `_look` says.
    """
    row, last = each.shape[1] + month // QUARTER, len(found) - 1
    here, near, far = _bits(same), _bits(elsewhere[1]), _bits(elsewhere[3])
    in_month, in_quarter, in_year = 0, 0, 0
    for word in range(each.shape[2]):
        mine = each[2, month, word]
        alone = mine & every[2, month]
        across = mine & every[0, month] & _others(elsewhere[1, word], near)
        over = mine & every[1, month] & _others(elsewhere[3, word], far)
        along = each[1, month, word] & every[1, month] & elsewhere[2, word]
        within = each[0, month, word] & every[0, month] & elsewhere[0, word]
        year = alone | (mine & _others(same[word], here)) | across | over
        found[month, word, grid] |= year | along | within
        found[row, word, grid] |= year | along
        found[last, word, grid] |= year
        in_year |= alone
        in_quarter |= alone | along | over
        in_month |= across | within
    if in_quarter | in_month:
        found_all[month, 0, grid] = ALL
    if in_quarter:
        found_all[row, 0, grid] = ALL
    if in_year:
        found_all[last, 0, grid] = ALL


@Kernel
def rooms(
    months: int, pairs: Whole, more: Bits, more_all: Bits, less: Bits, less_all: Bits
) -> Bits:
    """Return what `nest.room` says; ``pairs`` has shape (pairs, 2), the others as of `move`."""
    last, words, grids = more.shape[0] - 1, more.shape[1], more.shape[2]
    found = np.empty((2, months + len(pairs), words, grids), np.uint8)
    for one in range(months):
        row = months + one // QUARTER
        for word in range(words):
            for grid in range(grids):
                found[0, one, word, grid] = (
                    more[one, word, grid] & more[row, word, grid] & more[last, word, grid]
                ) & (more_all[one, grid] & more_all[row, grid] & more_all[last, grid])
                found[1, one, word, grid] = (
                    less[one, word, grid] & less[row, word, grid] & less[last, word, grid]
                ) & (less_all[one, grid] & less_all[row, grid] & less_all[last, grid])
    for place in range(len(pairs)):
        one, other, at = pairs[place, 0], pairs[place, 1], months + place
        for word in range(words):
            for grid in range(grids):
                found[0, at, word, grid] = (more[one, word, grid] & more_all[one, grid]) & (
                    less[other, word, grid] & less_all[other, grid]
                )
                found[1, at, word, grid] = (less[one, word, grid] & less_all[one, grid]) & (
                    more[other, word, grid] & more_all[other, grid]
                )
    return found


@Kernel
def _bits(words: Whole) -> int:
    """Count the bits."""
    number = 0
    for word in words:
        left = word
        while left:
            left &= left - 1
            number += 1
    return number


@Kernel
def _others(word: int, number: int) -> int:
    """Say of each bit whether another one is set, in this word or in one beside it."""
    if number > 1:
        return ALL
    return word ^ ALL if number == 1 else 0
