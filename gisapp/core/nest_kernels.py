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
    words = more.shape[1]
    up, up_all = np.zeros((3, months, words), np.int64), np.zeros((3, months), np.int64)
    down, down_all = np.zeros_like(up), np.zeros_like(up_all)
    elsewhere = np.zeros((4, words), np.int64)
    for grid in range(more.shape[2]):
        _read(months, grid, more, more_all, up, up_all)
        _read(months, grid, less, less_all, down, down_all)
        for month in range(months):
            _look(month, down, down_all, elsewhere)
            _mark(month, grid, up, up_all, down[2, month], elsewhere, found, found_all)
            _look(month, up, up_all, elsewhere)
            _mark(month, grid, down, down_all, up[2, month], elsewhere, found, found_all)


@Kernel
def _read(months: int, grid: int, room: Bits, room_all: Bits, each: Whole, every: Whole) -> None:
    """Read where a grid has room in each month, and in its quarter, and in the year, too."""
    last = len(room) - 1
    for month in range(months):
        row = months + month // QUARTER
        every[0, month] = room_all[month, grid]
        every[1, month] = every[0, month] & room_all[row, grid]
        every[2, month] = every[1, month] & room_all[last, grid]
        for word in range(room.shape[1]):
            each[0, month, word] = room[month, word, grid]
            each[1, month, word] = each[0, month, word] & room[row, word, grid]
            each[2, month, word] = each[1, month, word] & room[last, word, grid]


@Kernel
def _look(month: int, each: Whole, every: Whole, found: Whole) -> None:
    """
    Say where the other of two disputes finds room in another month, by categories.

    Returns
    -------
    found
        Of the same quarter, of it and the year, of another quarter, of it and the year.
    """
    found[:] = 0
    for other in range(each.shape[1]):
        near = other // QUARTER == month // QUARTER
        if near and other != month:
            for word in range(each.shape[2]):
                found[0, word] |= each[0, other, word] & every[0, other]
                found[1, word] |= each[2, other, word] & every[0, other]
        if not near:
            for word in range(each.shape[2]):
                found[2, word] |= each[1, other, word] & every[1, other]
                found[3, word] |= each[2, other, word] & every[1, other]


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
