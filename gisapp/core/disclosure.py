"""What is known of a year to who kept all that left of it, and what its new windows would add."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import nest
from gisapp.core.cells import Cells
from gisapp.core.nest import Marks
from gisapp.core.publication import FEW, room

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

HAIR: Final = 1e-9
"""What sums of fractions may be off by."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What left of the windows of one year that are over; rows and columns as in `nest`."""

    figures: Flags
    """Shape (`nest.ROWS`, categories + 1, k). Whether the count of a cell is shown."""
    bins: Flags
    """Shape (`nest.ROWS`, categories + 1, n). Whether the bin of a grid is shown."""
    more: Flags
    """Shape (`nest.ROWS`, categories + 1, n). Whether all bins shown around a grid would stay
    the same with one dispute more in it."""
    less: Flags
    """The same with one dispute less."""

    def tables(self) -> tuple[Flags, Flags, Flags, Flags]:
        """Return the four tables in order."""
        return self.figures, self.bins, self.more, self.less

    @classmethod
    def nothing(cls, categories: int, cells: Cells) -> Self:
        """Return what is shown before January is over."""
        shape = (nest.ROWS, categories + 1)
        return cls(
            np.zeros((*shape, cells.counted.size), np.bool_),
            np.zeros((*shape, cells.of.size), np.bool_),
            np.ones((*shape, cells.of.size), np.bool_),
            np.ones((*shape, cells.of.size), np.bool_),
        )


@dataclass(frozen=True, slots=True)
class Bins:
    """What there is to be shown of the windows that have just ended, as `nest.ending` has them."""

    there: Flags
    """Shape (rows, categories + 1, n). Whether a grid has a bin."""
    level: Whole
    """Shape (rows, categories + 1, n). −3 to 3."""
    rise: Array
    """Shape (rows, categories + 1, n). How much more there may be in the neighbourhood for the
    bin to stay."""
    fall: Array
    """The same, how much less."""
    steps: Array
    """Shape (rows, categories + 1, n). How much a dispute in the grid is."""


class Disclosure:
    """The windows that end together, on their way out; t of them."""

    def __init__(
        self,
        counts: npt.NDArray[np.integer],
        cells: Cells,
        star: csr_array,
        bins: Bins,
        shown: Shown,
    ) -> None:
        """Begin with the counts of all cells; the arguments are those of `protection.protect`."""
        self.months = len(counts)
        self.rows = nest.ending(self.months)
        self.cells, self.star, self.bins, self.shown = cells, star, bins, shown
        self.sums = nest.windows(cells.sums(counts))
        self._held = Marks.of(nest.windows(counts) > 0)
        self._more, self._less = (Marks.of(flags) for flags in room(self.sums))
        self._risky = Marks.of((self.sums > 0) & (self.sums < FEW))
        # Row by row who has a grid in the neighbourhood: at least the grid itself.
        self._holders = csr_array(star.T)
        shown.figures[self.rows] = cells.counted
        self.plain = True
        """Whether counts are looked at alone."""

    def add_bins(self) -> None:
        """Show the bins, too."""
        self.plain = False
        self.shown.bins[self.rows] = self.bins.there
        every = np.arange(self.cells.of.size)
        for at in range(len(self.rows)):
            self.feel(at, slice(None), every)

    def at_risk(self, cells: Whole) -> Whole:
        """Return those of ``cells`` with a figure of 1 to 4 for which no second value is known."""
        grids = np.flatnonzero(np.isin(self.cells.of, cells))
        inner = Cells(np.searchsorted(cells, self.cells.of[grids]), self.cells.counted[cells])
        free = Marks.of(~self.shown.figures[..., cells])
        more = (free | self._more.take(cells)).take(inner.of)
        less = (free | self._less.take(cells)).take(inner.of)
        if not self.plain:
            more &= Marks.of(self.shown.more[..., grids])
            less &= Marks.of(self.shown.less[..., grids])
        less.each[: self.months] &= self._held.each[: self.months][..., grids]
        found = nest.movable(self.months, more, less)
        known = Marks(inner.any(found.each), inner.any(found.every))
        return cells[self._risky.take(cells).missing(known)]

    def feel(self, at: int, columns: slice, grids: Whole) -> None:
        """Note round which of ``grids`` a dispute more or less would change a bin that is shown."""
        row, bins = self.rows[at], self.bins
        holders = self._holders[grids]
        shown = self.shown.bins[row, columns][:, holders.indices]
        step = bins.steps[at, columns][:, grids] - HAIR
        for most, around in ((bins.rise, self.shown.more), (bins.fall, self.shown.less)):
            free = np.where(shown, most[at, columns][:, holders.indices], np.inf)
            least = np.minimum.reduceat(free, holders.indptr[:-1], axis=1)
            around[row, columns][:, grids] = step <= least

    def around(self, bins: Flags) -> Whole:
        """Return the grids that lie in the neighbourhood of some of ``bins``, shape (…, n)."""
        some = np.flatnonzero(bins.any(axis=0))
        return np.unique(self.star[some].indices).astype(np.int64)

    def near(self, cells: Whole) -> Whole:
        """Return the grids that have one of ``cells`` in their neighbourhood."""
        grids = np.flatnonzero(np.isin(self.cells.of, cells))
        return np.unique(self._holders[grids].indices).astype(np.int64)

    def loose(self, *, more: bool) -> Flags:
        """Say which bins some dispute more, or less, around the grid would change."""
        step = self.bins.steps[..., self.star.indices]
        widest = np.maximum.reduceat(step, self.star.indptr[:-1], axis=-1)
        loose: Flags = (self.bins.rise if more else self.bins.fall) < widest - HAIR
        return loose & self.bins.there
