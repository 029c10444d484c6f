"""What follows at once from figures that hang together, for who also knows the states of coverage.

States tell where there is a case at all, and to who tries drafts about how many there are
(`coverage.cases`). That is no figure, and is not left out: published figures leave it room.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import nest
from gisapp.core.areas import WHOLE, Areas
from gisapp.core.bounds_kernels import narrow
from gisapp.core.cells import Cells
from gisapp.core.publication import EVIDENCE, FEW
from gisapp.core.shown import Bins, Risk, Shown
from gisapp.core.watched import Watched

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Table = npt.NDArray[np.float64]

ROUNDS: Final = 4
"""Times that bounds are handed up and down: more found nothing more in any town tried."""

MANY: Final = 10**9
"""Stands for no bound; finite, so that it can be taken off again."""

NO_ROW: Final = -1


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The least and the most that figures can be, shape (rows, categories + 1, …)."""

    low: Ints
    high: Ints

    @classmethod
    def rounded(cls, sums: npt.NDArray[np.integer], *, apart: bool) -> Self:
        """Bound ``sums`` that are told rounded; ``apart`` tells none from a few."""
        # Whole numbers are never half-way between two fives.
        near = FEW * ((sums + FEW // 2) // FEW)
        few = sums > 0 if apart else np.zeros(sums.shape, np.bool_)
        none = np.where(sums > 0, FEW - 1, 0) if apart else np.full(sums.shape, FEW - 1)
        small = sums < FEW
        low = np.where(small, few, np.maximum(near - FEW // 2, FEW))
        return cls(_ints(low), _ints(np.where(small, none, near + FEW // 2)))

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> Self:
        """Leave all open."""
        return cls(np.zeros(shape, np.int32), np.full(shape, MANY, np.int32))

    def told(self, told: Flags, other: "_Bounds") -> "_Bounds":
        """Return these bounds where they are ``told`` and narrower, else ``other``."""
        low = np.where(told, np.maximum(self.low, other.low), other.low)
        return _Bounds(low, np.where(told, np.minimum(self.high, other.high), other.high))


class Pins:
    """
    The figures of 1 to 4 that bounds alone give away, to who knows the states, too.

    Notes
    -----
    Known is, of each grid and category, what `watched.Watched` says of the twelve months that end
    with each month; at worst those of them that lie in the year before, each as it is; and what
    each bin says of the sum around its grid. Bounds are handed from cells to areas, from months
    to quarters and to the year, and from categories to all, and back.
    """

    def __init__(
        self,
        counts: npt.NDArray[np.integer],
        ground: tuple[Cells, Areas, csr_array],
        bins: Bins,
        watched: Watched,
    ) -> None:
        """
        Learn what states tell.

        Parameters
        ----------
        counts
            Shape (months, categories, n). The months of one year from January on.
        ground
            Cells, areas and star; these and what follows as in `protection.protect`.
        """
        cells, areas, star = ground
        self._areas, self._cells = areas, cells.counted.size
        self._rows = _rows(len(counts))
        so_far, number = _so_far(self._rows, len(counts))
        self._links = np.array([*_links(so_far, len(counts))], np.int64).reshape(-1, 4)
        sums = np.zeros((number, counts.shape[1] + 1, counts.shape[2]), np.int64)
        sums[: len(self._rows)] = nest.windows(counts)[self._rows]
        sums[so_far, :-1] = np.cumsum(counts, axis=0)
        sums[so_far, -1] = sums[so_far, :-1].sum(axis=1)
        own = cells.sums(sums)
        here = np.concatenate([own, areas.sums(own)], axis=-1)
        self._few: Flags = (here > 0) & (here < FEW)
        self._few[len(self._rows) :] = False
        self._known = _Bounds.none(here.shape)
        for bounds, known in zip(
            (self._known.low, self._known.high),
            _learned(watched, sums[so_far, :-1]),
            strict=True,
        ):
            bounds[so_far, :-1, : self._cells] = np.minimum(cells.sums(known), MANY)
        self._figures = _Bounds.rounded(here, apart=False)
        self._bins = np.nonzero(bins.there)
        self._ending = nest.ending(len(counts))
        self._around = self._lines(nest.windows(counts)[self._ending], cells, star, bins)
        ends = np.cumsum([0, self._cells, areas.township.size, areas.townships, areas.wholes])
        holders = (areas.community, areas.township, areas.county, np.zeros(areas.wholes, np.int64))
        starts = (*ends[1:-1].tolist(), 0)
        parent = [each + start for each, start in zip(holders, starts, strict=True)]
        self._into = np.concatenate(parent).astype(np.int64), ends.astype(np.int64)

    def of(self, shown: Shown) -> Risk:
        """Find what follows from the figures that are ``shown``, as in `protection.protect`."""
        areas = self._areas
        told = np.zeros(self._few.shape, np.bool_)
        told[: len(self._rows), :, : self._cells] = shown.figures[self._rows]
        told[: len(self._rows), :, self._cells :] = shown.totals[self._rows]
        bounds = self._figures.told(told, self._known)
        seen = shown.bins[self._ending][self._bins]
        around = (*self._around, np.concatenate([seen, seen]))
        narrow(bounds.low, bounds.high, self._links, *self._into, around, ROUNDS)
        pinned = (self._few & (bounds.low == bounds.high)).any(axis=0)
        found = pinned[:, : self._cells]
        far: Flags = pinned[:, self._cells :] & areas.counted
        community, township, county = (far[:, areas.places(level)] for level in range(WHOLE + 1))
        region = areas.region
        found |= community[:, areas.community] | township[:, region]
        found |= county[:, areas.county[region]]
        some = np.flatnonzero(found.any(axis=0))
        return Risk(some, found[:, some])

    def _lines(
        self, sums: npt.NDArray[np.integer], cells: Cells, star: csr_array, bins: Bins
    ) -> tuple[Whole, Whole, Whole, Table, Table, Table]:
        """Write down what each bin says of the sum around it, then that there is evidence."""
        at, column, grid = self._bins
        row = np.array([self._rows.index(each) for each in self._ending], np.int64)[at]
        around = star[grid]
        start, members = around.indptr, around.indices
        line = np.repeat(np.arange(at.size), np.diff(start))
        where = at[line], column[line], members
        weights = bins.steps[where]
        here = np.bincount(line, weights * sums[where], at.size)
        cell = cells.of[members]
        places = np.where(cells.size[cell] == 1, cell, -1 - cell)
        evidence, no_end = np.full(at.size, float(EVIDENCE)), np.full(at.size, float(MANY))
        found = np.column_stack([row, column]).astype(np.int64)
        return (
            np.concatenate([found, found]),
            np.concatenate([start, start[1:] + start[-1]]).astype(np.int64),
            np.concatenate([places, places]).astype(np.int64),
            np.concatenate([weights, np.ones(weights.size)]),
            np.concatenate([here - bins.fall[at, column, grid], evidence]),
            np.concatenate([here + bins.rise[at, column, grid], no_end]),
        )


def _rows(months: int) -> list[int]:
    """List the rows of `nest` that are over: months, quarters, the year."""
    quarters = range(nest.MONTHS, nest.MONTHS + months // nest.QUARTER)
    return [*range(months), *quarters, *([nest.ROWS - 1] if months == nest.MONTHS else [])]


def _so_far(rows: list[int], months: int) -> tuple[list[int], int]:
    """
    Find the places for what the year has had up to each month.

    Returns
    -------
    so_far
        Positions: of January itself, of the first quarter and of the year in ``rows``, the
        others after them.
    number
        How many rows there are then.
    """
    same = {0: 0, nest.QUARTER - 1: nest.MONTHS, nest.MONTHS - 1: nest.ROWS - 1}
    found, number = [], len(rows)
    for month in range(months):
        if month in same:
            found.append(rows.index(same[month]))
        else:
            found.append(number)
            number += 1
    return found, number


def _links(so_far: list[int], months: int) -> Iterator[tuple[int, int, int, int]]:
    """Give up to three rows, `NO_ROW` where there are fewer, and the one that is their sum."""
    size = nest.QUARTER
    for quarter in range(months // size):
        first, row = size * quarter, months + quarter
        yield first, first + 1, first + 2, row
        if quarter:
            yield so_far[first - 1], row, NO_ROW, so_far[first + size - 1]
    for month in range(1, months):
        yield so_far[month - 1], month, NO_ROW, so_far[month]


def _learned(watched: Watched, year: Whole) -> tuple[Whole, Whole]:
    """Bound what the year has had up to each month by what is said of twelve months.

    Parameters
    ----------
    year
        Shape (months, categories, n).
    """
    months = np.arange(len(year))[:, np.newaxis, np.newaxis]
    # Twelve months that end with January hold all of these, with each month after it one less.
    gone = np.cumsum(watched.before[::-1], axis=0)[::-1]
    rest = np.concatenate([gone, np.zeros_like(gone[:1])])[: len(year)]
    window = rest + year
    about = _Bounds.rounded(window, apart=True)
    ends = np.isin(months + 1, watched.ends)
    low = np.where(ends, about.low - rest, (window > 0) & (rest == 0))
    high = np.where(ends, about.high - rest, np.where(window > 0, MANY, 0))
    return np.maximum(low, 0).astype(np.int64), high.astype(np.int64)


def _ints(table: npt.NDArray[np.generic]) -> Ints:
    return table.astype(np.int32)
