"""What may be shown of a month that is over, so that no cell of one to four can be worked out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import nest
from gisapp.core.cells import Cells
from gisapp.core.hotspots import SIGNIFICANT
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


def protect(
    counts: npt.NDArray[np.integer], cells: Cells, star: csr_array, bins: Bins, shown: Shown
) -> None:
    """
    Decide what is shown of the windows that end with the last of some months.

    Parameters
    ----------
    counts
        Shape (months, categories, n). The months of one year from January on.
    cells
        Which grids are counted together.
    star
        Shape (n, n). Not 0 where two grids are neighbours and on the diagonal.
    bins
        What there is to be shown of the windows that end with the last month.
    shown
        What left of the earlier windows, which cannot be taken back; the windows that have
        just ended are added.

    Notes
    -----
    What leaves is a list of inequalities about whole numbers. Every figure of 1 to 4 must
    have a second possible value: `nest.movable` looks for another year that satisfies all
    of them. Where it finds none, new bins and figures near by are left out until it does,
    at last all of them: without them nothing is known of the new month, and the old ones
    were safe. Then whatever can be shown after all is put back, the most telling first.
    """
    release = _Release(counts, cells, star, bins, shown)
    release.figures_first()
    release.then_bins()


class _Release:
    """The windows that end together, on their way out."""

    def __init__(
        self,
        counts: npt.NDArray[np.integer],
        cells: Cells,
        star: csr_array,
        bins: Bins,
        shown: Shown,
    ) -> None:
        self.months = len(counts)
        self.rows = nest.ending(self.months)
        self.cells, self.star, self.bins, self.shown = cells, star, bins, shown
        self.held = Marks.of(nest.windows(counts) > 0)
        self.sums = nest.windows(cells.sums(counts))
        self.more, self.less = (Marks.of(flags) for flags in room(self.sums))
        self.risky = Marks.of((self.sums > 0) & (self.sums < FEW))
        shown.figures[self.rows] = cells.counted
        self.allowed = shown.figures[self.rows]
        # Who has a grid in the neighbourhood: at least the grid itself.
        holders = star.tocsc()
        self._near, self._starts = holders.indices, holders.indptr[:-1]

    def figures_first(self) -> None:
        """Protect the counts alone: what is shown of them must not hang on who else is there."""
        self._clear(self._figures(), plain=True)
        self.allowed = self.shown.figures[self.rows]

    def then_bins(self) -> None:
        """Add the bins; counts are left out for their sake only where nothing else helps."""
        self.shown.bins[self.rows] = self.bins.there
        for at in range(len(self.rows)):
            self.feel(at, slice(None))
        steps: list[_Figures | _Levels] = [*self._levels(), *self._figures()]
        self._clear(steps, plain=False)

    def _figures(self) -> list["_Figures"]:
        """List the new counts, the least telling first; those below five come last."""
        return [
            _Figures(self, at, column, few=few)
            for few in (False, True)
            for at in reversed(range(len(self.rows)))
            for column in self._columns()
        ]

    def _levels(self) -> list["_Levels"]:
        return [
            _Levels(self, at, column, more=more, weak=weak)
            for weak in (True, False)
            for at in reversed(range(len(self.rows)))
            for column in self._columns()
            for more in (True, False)
        ]

    def _columns(self) -> list[slice]:
        """Return the single categories, and all of them together."""
        every = self.sums.shape[1] - 1
        return [slice(every), slice(every, every + 1)]

    def _clear(self, steps: Sequence["_Figures | _Levels"], *, plain: bool) -> None:
        every = risky = self._at_risk(np.arange(self.cells.counted.size), plain=plain)
        taken: list[_Figures | _Levels] = []
        for step in steps:
            if not risky.size:
                break
            step.hide(risky)
            taken.append(step)
            risky = self._at_risk(risky, plain=plain)
        for step in reversed(taken):
            for part in step.parts():
                if part.show():
                    part.hide(self._at_risk(every, plain=plain))

    def _at_risk(self, cells: Whole, *, plain: bool) -> Whole:
        """Return those of ``cells`` with a figure of 1 to 4 for which no second value is known."""
        grids = np.flatnonzero(np.isin(self.cells.of, cells))
        inner = Cells(np.searchsorted(cells, self.cells.of[grids]), self.cells.counted[cells])
        free = Marks.of(~self.shown.figures[..., cells])
        more = (free | self.more.take(cells)).take(inner.of)
        less = (free | self.less.take(cells)).take(inner.of)
        if not plain:
            more &= Marks.of(self.shown.more[..., grids])
            less &= Marks.of(self.shown.less[..., grids])
        less.each[: self.months] &= self.held.each[: self.months][..., grids]
        found = nest.movable(self.months, more, less)
        known = Marks(inner.any(found.each), inner.any(found.every))
        return cells[self.risky.take(cells).missing(known)]

    def feel(self, at: int, columns: slice) -> None:
        """Note round which grids a dispute more or less would change a bin that is shown."""
        row, bins = self.rows[at], self.bins
        shown = self.shown.bins[row, columns]
        step = bins.steps[at, columns] - HAIR
        for most, around in ((bins.rise, self.shown.more), (bins.fall, self.shown.less)):
            free = np.where(shown, most[at, columns], np.inf)
            least = np.minimum.reduceat(free[:, self._near], self._starts, axis=1)
            around[row, columns] = step <= least

    def near(self, cells: Whole) -> Flags:
        """Say which grids have one of ``cells`` in their neighbourhood."""
        near: Flags = self.star @ np.isin(self.cells.of, cells) > 0
        return near


class _Figures:
    """New counts of one window, of all its categories or one: those below five, or the others."""

    def __init__(self, release: _Release, at: int, columns: slice, *, few: bool) -> None:
        self._release, self._at, self._columns, self._few = release, at, columns, few
        self._row = release.rows[at]

    def parts(self) -> list["_Figures"]:
        """Return the columns one by one."""
        return [
            _Figures(self._release, self._at, slice(one, one + 1), few=self._few)
            for one in range(self._columns.start or 0, self._columns.stop)
        ]

    def hide(self, cells: Whole) -> None:
        """Leave the counts of ``cells`` out."""
        few = self._release.sums[self._row, self._columns][:, cells] < FEW
        self._release.shown.figures[self._row, self._columns][:, cells] &= few != self._few

    def show(self) -> bool:
        """Put all counts back; say whether any had been left out."""
        shown = self._release.shown.figures[self._row, self._columns]
        few = self._release.sums[self._row, self._columns] < FEW
        missing = self._release.allowed[self._at, self._columns] & ~shown & (few == self._few)
        shown |= missing
        return bool(missing.any())


class _Levels:
    """New bins of one window, of all its categories or one, that would not stay."""

    def __init__(
        self, release: _Release, at: int, columns: slice, *, more: bool, weak: bool
    ) -> None:
        self._release, self._at, self._columns = release, at, columns
        self._more, self._weak = more, weak

    def parts(self) -> list["_Levels"]:
        """Return the columns one by one."""
        return [
            _Levels(self._release, self._at, slice(one, one + 1), more=self._more, weak=self._weak)
            for one in range(self._columns.start or 0, self._columns.stop)
        ]

    def hide(self, cells: Whole) -> None:
        """Leave out the bins around ``cells`` that a dispute more, or less, might change."""
        release, at, columns = self._release, self._at, self._columns
        shown = release.shown.bins[release.rows[at], columns]
        near = shown & release.near(cells)
        shown &= ~(near & self._loose())
        release.feel(at, columns)

    def show(self) -> bool:
        """Put all of them back; say whether any had been left out."""
        release, at, columns = self._release, self._at, self._columns
        shown = release.shown.bins[release.rows[at], columns]
        missing = release.bins.there[at, columns] & ~shown & self._loose()
        shown |= missing
        if missing.any():
            release.feel(at, columns)
        return bool(missing.any())

    def _loose(self) -> Flags:
        bins, at, columns = self._release.bins, self._at, self._columns
        room = bins.rise if self._more else bins.fall
        step = bins.steps[at, columns]
        star = self._release.star
        widest = np.maximum.reduceat(step[:, star.indices], star.indptr[:-1], axis=1)
        weak = np.abs(bins.level[at, columns]) < SIGNIFICANT
        loose: Flags = (room[at, columns] < widest - HAIR) & (weak == self._weak)
        return loose
