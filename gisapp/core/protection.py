"""What may be shown of a month that is over, so that no cell of one to four can be worked out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core.cells import Cells
from gisapp.core.disclosure import Bins, Disclosure, Shown
from gisapp.core.hotspots import SIGNIFICANT
from gisapp.core.publication import FEW

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


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
    leaving = Disclosure(counts, cells, star, bins, shown)
    # Counts alone first: what is shown of them must not hang on who else is there.
    _clear(leaving, _figures(leaving))
    leaving.add_bins()
    _clear(leaving, [*_levels(leaving), *_figures(leaving)])


def _columns(leaving: Disclosure) -> list[slice]:
    """Return the single categories, and all of them together."""
    every = leaving.sums.shape[1] - 1
    return [slice(0, every), slice(every, every + 1)]


def _figures(leaving: Disclosure) -> list["_Figures"]:
    """List the new counts, the least telling first; those below five come last."""
    return [
        _Figures(leaving, at, columns, few=few)
        for few in (False, True)
        for at in reversed(range(len(leaving.rows)))
        for columns in _columns(leaving)
    ]


def _levels(leaving: Disclosure) -> list["_Levels"]:
    """List the new bins that would not stay, the least telling first."""
    weak = np.abs(leaving.bins.level) < SIGNIFICANT
    more, less = leaving.loose(more=True), leaving.loose(more=False)
    return [
        _Levels(leaving, at, columns, loose[at])
        for strength in (weak, ~weak)
        for at in reversed(range(len(leaving.rows)))
        for columns in _columns(leaving)
        for loose in (more & strength, less & strength)
    ]


def _clear(leaving: Disclosure, steps: Sequence["_Figures | _Levels"]) -> None:
    """Leave out step by step until nothing is at risk, then put back what can be shown."""
    risky = leaving.at_risk(np.arange(leaving.cells.counted.size))
    taken: list[_Figures | _Levels] = []
    for step in steps:
        if not risky.size:
            break
        step.hide(risky)
        taken.append(step)
        risky = leaving.at_risk(risky)
    for step in reversed(taken):
        for part in step.parts():
            touched = part.show()
            if touched.size:
                part.hide(leaving.at_risk(touched))


class _Figures:
    """New counts of one window, of all its categories or one: those below five, or the others."""

    def __init__(self, leaving: Disclosure, at: int, columns: slice, *, few: bool) -> None:
        self._leaving, self._at, self._columns, self._few = leaving, at, columns, few
        row = leaving.rows[at]
        self._shown = leaving.shown.figures[row, columns]
        self._these = (leaving.sums[row, columns] < FEW) == few
        self._before = self._shown.copy()

    def parts(self) -> list["_Figures"]:
        """Return the columns one by one."""
        return [self._part(one) for one in range(self._shown.shape[0])]

    def _part(self, one: int) -> "_Figures":
        start = self._columns.start + one
        part = _Figures(self._leaving, self._at, slice(start, start + 1), few=self._few)
        part._before = self._before[one : one + 1]  # of the same step
        return part

    def hide(self, cells: Whole) -> None:
        """Leave the counts of ``cells`` out."""
        self._shown[:, cells] &= ~self._these[:, cells]

    def show(self) -> Whole:
        """Put all counts back; return the cells that had lost one."""
        missing = self._before & ~self._shown & self._these
        self._shown |= missing
        return np.flatnonzero(missing.any(axis=0))


class _Levels:
    """New bins of one window, of all its categories or one, that would not stay."""

    def __init__(self, leaving: Disclosure, at: int, columns: slice, loose: Flags) -> None:
        self._leaving, self._at, self._columns, self._loose = leaving, at, columns, loose
        self._shown = leaving.shown.bins[leaving.rows[at], columns]

    def parts(self) -> list["_Levels"]:
        """Return the columns one by one."""
        return [
            _Levels(self._leaving, self._at, slice(one, one + 1), self._loose)
            for one in range(self._columns.start, self._columns.stop)
        ]

    def hide(self, cells: Whole) -> None:
        """Leave out the bins around ``cells`` that a dispute more, or less, might change."""
        near = self._leaving.near(cells)
        gone = np.zeros_like(self._shown)
        gone[:, near] = self._shown[:, near] & self._loose[self._columns][:, near]
        self._shown &= ~gone
        self._feel(gone)

    def show(self) -> Whole:
        """Put all of them back; return the cells around which some had been left out."""
        missing = self._loose[self._columns] & ~self._shown
        self._shown |= missing
        return np.unique(self._leaving.cells.of[self._feel(missing)])

    def _feel(self, changed: Flags) -> Whole:
        """Look anew at the grids around bins that are shown or left out now; return those."""
        grids = self._leaving.around(changed)
        if grids.size:
            self._leaving.feel(self._at, self._columns, grids)
        return grids
