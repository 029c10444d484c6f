"""What follows at once from figures that hang together, for who also knows the states of coverage.

States tell where there is a case at all, and at the ends of quarters about how many there are
(`load`). That is no figure, and cannot be left out: published figures have to leave it room.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from gisapp.core import nest
from gisapp.core.areas import WHOLE, Areas
from gisapp.core.bounds_kernels import narrow
from gisapp.core.cells import Cells
from gisapp.core.publication import FEW
from gisapp.core.shown import Risk, Shown

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

ROUNDS: Final = 4
"""Times that bounds are handed up and down: more found nothing more in any town tried."""

MANY: Final = 10**9
"""Stands for no bound; finite, so that it can be taken off again."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The least and the most that figures can be, shape (rows, categories + 1, …)."""

    low: Ints
    high: Ints

    @classmethod
    def rounded(cls, sums: Whole, *, apart: bool) -> Self:
        """Bound ``sums`` that are told rounded; ``apart`` tells none from a few."""
        near = FEW * np.rint(sums / FEW)
        few = (sums > 0).astype(float) if apart else np.zeros(sums.shape)
        none = np.where(sums > 0, FEW - 1, 0) if apart else np.full(sums.shape, FEW - 1)
        small = sums < FEW
        low = np.where(small, few, np.maximum(near - FEW // 2, FEW))
        return cls(_ints(low), _ints(np.where(small, none, near + FEW // 2)))

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> Self:
        """Leave all open."""
        return cls(np.zeros(shape, np.int32), np.full(shape, MANY, np.int32))

    def beside(self, other: "_Bounds") -> "_Bounds":
        """Return these places and after them those of ``other``."""
        low = np.concatenate([self.low, other.low], axis=-1)
        return _Bounds(low, np.concatenate([self.high, other.high], axis=-1))

    def told(self, told: Flags, other: "_Bounds") -> "_Bounds":
        """Return these bounds where they are ``told`` and narrower, else ``other``."""
        low = np.where(told, np.maximum(self.low, other.low), other.low)
        return _Bounds(low, np.where(told, np.minimum(self.high, other.high), other.high))


_SO_FAR: Final = (nest.MONTHS, nest.ROWS, nest.ROWS + 1, nest.ROWS - 1)
"""Rows of the year up to the end of each quarter: the first quarter, then more, then the year."""


class Pins:
    """
    The figures of 1 to 4 that bounds alone give away, to who knows the states, too.

    Notes
    -----
    Known are, of each grid and category: in which months of the year there was nothing up to
    them, and that there was something in the month after (as if there had been nothing the
    year before); and up to the end of each quarter whether there is none, a few, or how many,
    rounded. Bounds are handed from cells to areas, from months to quarters and to
    the year, and from categories to all, and back.
    """

    def __init__(self, counts: Whole, cells: Cells, areas: Areas) -> None:
        """
        Learn what states tell.

        Parameters
        ----------
        counts
            Shape (months, categories, n). The months of one year from January on.
        cells, areas
            As in `protection.protect`.
        """
        self._areas = areas
        self._rows, self._links = _rows(len(counts))
        sums = _all(counts)
        own = cells.sums(sums)[self._rows]
        here = np.concatenate([own, areas.sums(own)], axis=-1).astype(np.int64)
        left = (np.array(self._rows) < nest.ROWS)[:, np.newaxis, np.newaxis]
        self._few: Flags = left & (here > 0) & (here < FEW)
        self._cells = cells.counted.size
        above = _Bounds.none((*here.shape[:-1], here.shape[-1] - self._cells))
        self._known = _told(counts, sums, cells, self._rows).beside(above)
        self._figures = _Bounds.rounded(here, apart=False)
        ends = np.cumsum([0, self._cells, areas.township.size, areas.townships, areas.wholes])
        holders = (areas.community, areas.township, areas.county, np.zeros(areas.wholes, np.int64))
        starts = (*ends[1:-1].tolist(), 0)
        parent = [each + start for each, start in zip(holders, starts, strict=True)]
        self._into = np.concatenate(parent).astype(np.int64), ends.astype(np.int64)

    def of(self, shown: Shown) -> Risk:
        """Find what follows from the figures that are ``shown``, as in `protection.protect`."""
        areas = self._areas
        told = np.concatenate([shown.figures, shown.totals], axis=-1)
        # Half a year and three quarters of it are nowhere shown.
        told = np.concatenate([told, np.zeros((2, *told.shape[1:]), np.bool_)])[self._rows]
        bounds = self._figures.told(told, self._known)
        narrow(bounds.low, bounds.high, self._links, *self._into, ROUNDS)
        pinned = (self._few & (bounds.low == bounds.high)).any(axis=0)
        found = pinned[:, : self._cells]
        far: Flags = pinned[:, self._cells :] & areas.counted
        community, township, county = (far[:, areas.places(level)] for level in range(WHOLE + 1))
        region = areas.region
        found |= community[:, areas.community] | township[:, region]
        found |= county[:, areas.county[region]]
        some = np.flatnonzero(found.any(axis=0))
        return Risk(some, found[:, some])


def _rows(months: int) -> tuple[list[int], Whole]:
    """List the rows of `_all` that are over, and who holds whom: first, end, and the whole."""
    size, quarters = nest.QUARTER, months // nest.QUARTER
    rows = list(range(months))
    links = []
    for quarter in range(quarters):
        rows.append(nest.MONTHS + quarter)
        links.append((size * quarter, size * (quarter + 1), len(rows) - 1))
        # A year is its last quarter and what was before it, and so is that.
        if quarter:
            rows.append(_SO_FAR[quarter])
            links.append((len(rows) - 3, len(rows) - 1, len(rows) - 1))
    return rows, np.array(links, np.int64).reshape(-1, 3)


def _told(counts: Whole, sums: Whole, cells: Cells, rows: list[int]) -> _Bounds:
    """Bound what each cell has by what states tell of its grids.

    Of all categories together nothing is told.
    """
    grids = _Bounds.none(sums.shape)
    low, high = grids.low[:, :-1], grids.high[:, :-1]
    there: Flags = np.asarray(np.cumsum(counts, axis=0) > 0)
    high[: len(counts)][~there] = 0
    low[: len(counts)] = np.diff(there, axis=0, prepend=False)
    for row in _SO_FAR[: len(counts) // nest.QUARTER]:
        told = _Bounds.rounded(sums[row, :-1], apart=True)
        low[row], high[row] = told.low, told.high
    least, most = (cells.sums(each[rows].astype(np.int64)) for each in (grids.low, grids.high))
    return _Bounds(_ints(least), _ints(np.minimum(most, MANY)))


def _all(counts: Whole) -> Whole:
    """Add up `nest.windows`, and half a year and three quarters of it."""
    sums = nest.windows(counts)
    quarters = sums[nest.MONTHS : nest.ROWS - 1]
    return np.concatenate([sums, np.cumsum(quarters, axis=0)[1:3]]).astype(np.int64)


def _ints(table: npt.NDArray[np.generic]) -> Ints:
    return table.astype(np.int32)
