"""What is counted and told to who sees a part of a county, or several: as the counties have it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.core.areas import COMMUNITIES, TOWNSHIPS, WHOLE, Areas
from gisapp.core.cells import Cells
from gisapp.core.publication import NO_BIN
from gisapp.core.shown import Shown
from gisapp.store.disputes import OUTSIDE, Column, Tally
from gisapp.store.yearbook import Year

Whole = npt.NDArray[np.int64]

ELSEWHERE: Final = -2
"""Stands for a grid that the county holds and the tally does not."""


def counted(own: Tally, counties: Sequence[tuple[Sequence[str], Tally]], codes: list[str]) -> Tally:
    """
    Count the grids ``codes`` as the counties count them that hold them or are made up of them.

    Of a grid that is no more, a county may know other heirs than who sees more, or less.

    Parameters
    ----------
    own
        What was counted without asking the counties.
    counties
        Of each the codes of its grids, and its tally.
    """
    position = {code: place for place, code in enumerate(codes)}
    parts: list[Tally] = []
    for theirs, tally in counties:
        places = [position.get(code, ELSEWHERE) for code in theirs]
        # What lies outside is -1, which picks the last: it stays outside.
        grid = np.array([*places, OUTSIDE], np.int32)[tally.grid]
        if ELSEWHERE in places:
            parts += [_lines(tally, grid, grid >= 0), _lines(own, own.grid, own.grid == OUTSIDE)]
        else:
            parts.append(_lines(tally, grid, grid >= OUTSIDE))
    categories = sorted({code for part in parts for code in part.categories})
    column = {code: place for place, code in enumerate(categories)}
    of = [np.array([*(column[code] for code in part.categories), 0], np.int32) for part in parts]
    return replace(
        own,
        grid=np.concatenate([part.grid for part in parts]),
        month=np.concatenate([part.month for part in parts]),
        category=np.concatenate([at[part.category] for at, part in zip(of, parts, strict=True)]),
        number=np.concatenate([part.number for part in parts]),
        categories=categories,
    )


def _lines(tally: Tally, grid: Column, these: npt.NDArray[np.bool_]) -> Tally:
    return replace(
        tally,
        grid=grid[these],
        month=tally.month[these],
        category=tally.category[these],
        number=tally.number[these],
    )


def cut(book: Year, codes: Sequence[str], area: str) -> Year:
    """
    Take out of a county's year the grids ``codes``, which ``area`` holds.

    Figures of cells and areas that reach beyond these grids are left out. ``area`` has the
    total of that one of the county's areas that holds the same grids.
    """
    position = {code: place for place, code in enumerate(book.codes)}
    grids = np.array([position[code] for code in codes], np.int64)
    mine = np.bincount(book.cells.of[grids], minlength=book.cells.counted.size)
    kept = np.flatnonzero(mine)
    there = book.cells.counted & (mine == book.cells.size)
    cells = Cells(np.searchsorted(kept, book.cells.of[grids]), there[kept])

    held = book.areas.sums(mine)
    entire = held == book.areas.sums(book.cells.size)
    same = np.flatnonzero(entire & (held == grids.size))
    near, community = np.unique(book.areas.community[kept], return_inverse=True)
    far, township = np.unique(book.areas.township[near], return_inverse=True)
    inside = np.concatenate([near, book.areas.township.size + far])
    areas = Areas(
        [*(book.areas.codes[place] for place in inside.tolist()), area],
        community.astype(np.int64),
        township.astype(np.int64),
        np.zeros(far.size, np.int64),
        np.append(book.areas.counted[inside], book.areas.counted[same].any()),
    )
    shown = Shown.nothing(len(book.categories), cells, areas)
    shown.figures[:] = book.shown.figures[..., kept] & cells.counted
    shown.totals[..., :-1] = (book.shown.totals & entire)[..., inside]
    shown.totals[..., -1] = book.shown.totals[..., same].any(axis=-1)
    bins = book.bins[..., grids]
    shown.bins[:] = bins != NO_BIN
    return replace(book, codes=list(codes), cells=cells, areas=areas, shown=shown, bins=bins)


def joined(books: Sequence[Year], common: Year) -> Year:
    """
    Lay the years of several counties side by side, with the bins of a year of all their grids.

    Cells, counts and totals are those of the counties: nothing else of theirs is told.
    """
    position = {code: place for place, code in enumerate(common.codes)}
    of = np.zeros(len(common.codes), np.int64)
    cells = 0
    for book in books:
        of[[position[code] for code in book.codes]] = cells + book.cells.of
        cells += book.cells.counted.size
    counted = Cells(of, np.concatenate([book.cells.counted for book in books]))
    parts = [
        (book, book.areas.places(level))
        for level in (COMMUNITIES, TOWNSHIPS, WHOLE)
        for book in books
    ]
    areas = Areas(
        [code for book, place in parts for code in book.areas.codes[place]],
        _stacked([(book.areas.community, book.areas.township.size) for book in books]),
        _stacked([(book.areas.township, book.areas.townships) for book in books]),
        _stacked([(book.areas.county, book.areas.wholes) for book in books]),
        np.concatenate([book.areas.counted[place] for book, place in parts]),
    )
    shown = Shown.nothing(len(common.categories), counted, areas)
    shown.figures[:] = np.concatenate([book.shown.figures for book in books], axis=-1)
    shown.totals[:] = np.concatenate(
        [book.shown.totals[..., place] for book, place in parts], axis=-1
    )
    shown.bins[:] = common.bins != NO_BIN
    return replace(common, cells=counted, areas=areas, shown=shown)


def _stacked(parts: Sequence[tuple[Whole, int]]) -> Whole:
    """Put positions side by side; each part counts on from where the last one ended."""
    ends = np.cumsum([0, *(size for _, size in parts)]).tolist()
    return np.concatenate([of + start for (of, _), start in zip(parts, ends, strict=False)])
