"""What can be left out of the windows that end together, step by step, the least telling first."""

from abc import ABC, abstractmethod
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from gisapp.core.disclosure import Disclosure
from gisapp.core.hotspots import SIGNIFICANT
from gisapp.core.publication import FEW
from gisapp.core.shown import Risk

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


class Reach(Enum):
    """How far around what is at risk something is left out."""

    NEAR = auto()
    CATEGORY = auto()
    TOWNSHIP = auto()
    ALL = auto()


class Step(ABC):
    """Something of one window, of each category or of all of them together."""

    def __init__(self, leaving: Disclosure, table: Flags, columns: slice, these: Flags) -> None:
        """Take what ``these`` marks of ``table``, which has ``columns`` only."""
        self._leaving, self._columns = leaving, columns
        self._shown, self._these = table, these
        self._gone = np.zeros_like(table)

    def hide(self, risk: Risk, reach: Reach) -> bool:
        """Leave out what is as near as ``reach`` to ``risk``; say whether that was any."""
        gone = self._shown & self._these
        if reach is not Reach.ALL:
            gone &= self._where(self._widened(risk, reach))
        self._shown &= ~gone
        self._gone |= gone
        return bool(self._felt(gone).size)

    def show(self) -> Whole:
        """Put all of it back, for once; return the townships that feel it."""
        self._these = self._gone.copy()
        self._shown |= self._gone
        return self._felt(self._gone)

    @property
    def size(self) -> int:
        """Count what of it is shown."""
        return int(np.count_nonzero(self._shown))

    def _widened(self, risk: Risk, reach: Reach) -> Risk:
        if reach is Reach.NEAR:
            return risk
        region = self._leaving.areas.region
        cells = np.flatnonzero(np.isin(region, region[risk.cells]))
        every = risk.columns.any(axis=1, keepdims=True) | (reach is Reach.TOWNSHIP)
        return Risk(cells, np.broadcast_to(every, (len(risk.columns), cells.size)))

    def _these_of(self, columns: Flags) -> Flags:
        """Take the step's columns; all categories together are concerned by any."""
        if self._columns.stop != len(columns):
            return columns[self._columns]
        some: Flags = np.asarray(columns.any(axis=0, keepdims=True))
        return some

    @abstractmethod
    def _where(self, risk: Risk) -> Flags:
        """Say what of the step is near ``risk``; its shape is that of the step."""

    @abstractmethod
    def _felt(self, changed: Flags) -> Whole:
        """Take note of what is shown or left out now; return the townships that feel it."""


class _Counts(Step):
    """Counts of cells."""

    def __init__(self, leaving: Disclosure, row: int, columns: slice, these: Flags) -> None:
        """Take what ``these`` marks in a row."""
        super().__init__(leaving, leaving.shown.figures[row, columns], columns, these)
        self._row = row

    def _where(self, risk: Risk) -> Flags:
        found = np.zeros_like(self._shown)
        found[:, risk.cells] = self._these_of(risk.columns)
        return found

    def _felt(self, changed: Flags) -> Whole:
        cells = changed.any(axis=0)
        if cells.any():
            self._leaving.counts.renew(self._row)
        return np.unique(self._leaving.areas.region[cells])


class _Totals(Step):
    """Totals of communities, of townships, or of the whole."""

    def __init__(self, leaving: Disclosure, row: int, columns: slice, level: int) -> None:
        """Take all totals of a level of areas in a row."""
        table = leaving.shown.totals[row, columns, leaving.areas.places(level)]
        super().__init__(leaving, table, columns, np.ones_like(table))
        self._row = row
        self._above, self._townships = leaving.areas.above(level)

    def _where(self, risk: Risk) -> Flags:
        found = np.zeros_like(self._shown)
        column, cell = np.nonzero(self._these_of(risk.columns))
        found[column, self._above[risk.cells[cell]]] = True
        return found

    def _felt(self, changed: Flags) -> Whole:
        areas = changed.any(axis=0)
        if areas.any():
            self._leaving.totals.renew(self._row)
        # All townships feel the total of the whole.
        every = self._townships.size != areas.size and bool(areas.any())
        return self._townships if every else np.unique(self._townships[: areas.size][areas])


class _Levels(Step):
    """Bins that a dispute more, or less, around the grid might change."""

    def __init__(self, leaving: Disclosure, at: int, columns: slice, loose: Flags) -> None:
        """Take those of window ``at`` that are ``loose``."""
        row = leaving.rows[at]
        super().__init__(leaving, leaving.shown.bins[row, columns], columns, loose)
        self._at = at

    def _where(self, risk: Risk) -> Flags:
        return self._these_of(self._leaving.near(risk))

    def _felt(self, changed: Flags) -> Whole:
        grids = self._leaving.around(changed)
        if grids.size:
            self._leaving.feel(self._at, self._columns, grids)
        cells = self._leaving.cells.of[grids]
        return np.unique(self._leaving.areas.region[cells])


def _columns(leaving: Disclosure) -> list[slice]:
    """Return the single categories, and all of them together."""
    every = leaving.sums.shape[1] - 1
    return [slice(0, every), slice(every, every + 1)]


def counts_of(leaving: Disclosure) -> list[Step]:
    """List the new counts of cells; those below five come last."""
    found: list[Step] = []
    for few in (False, True):
        for row in reversed(leaving.rows):
            for columns in _columns(leaving):
                these = (leaving.sums[row, columns] < FEW) == few
                found.append(_Counts(leaving, row, columns, these))
    return found


def levels_of(leaving: Disclosure) -> list[Step]:
    """List the new bins that would not stay; significant ones come last."""
    weak = np.abs(leaving.bins.level) < SIGNIFICANT
    loose = leaving.loose()
    return [
        _Levels(leaving, at, columns, (loose & strength)[at, columns])
        for strength in (weak, ~weak)
        for at in reversed(range(len(leaving.rows)))
        for columns in _columns(leaving)
    ]


def totals_of(leaving: Disclosure, level: int) -> list[Step]:
    """List the new totals of one level of areas."""
    return [
        _Totals(leaving, row, columns, level)
        for row in reversed(leaving.rows)
        for columns in _columns(leaving)
    ]
