"""What left of the windows of one year, and what there is to be shown of those that end."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from gisapp.core import nest
from gisapp.core.areas import Areas
from gisapp.core.cells import Cells

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


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
    totals: Flags
    """Shape (`nest.ROWS`, categories + 1, a). Whether the total of an area is shown."""

    def tables(self) -> tuple[Flags, Flags, Flags, Flags, Flags]:
        """Return the five tables in order."""
        return self.figures, self.bins, self.more, self.less, self.totals

    @classmethod
    def nothing(cls, categories: int, cells: Cells, areas: Areas) -> Self:
        """Return what is shown before January is over."""
        shape = (nest.ROWS, categories + 1)
        return cls(
            np.zeros((*shape, cells.counted.size), np.bool_),
            np.zeros((*shape, cells.of.size), np.bool_),
            np.ones((*shape, cells.of.size), np.bool_),
            np.ones((*shape, cells.of.size), np.bool_),
            np.zeros((*shape, areas.counted.size), np.bool_),
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


@dataclass(frozen=True, slots=True)
class Risk:
    """Cells with a figure of 1 to 4, theirs or of an area above, without a second value."""

    cells: Whole
    columns: Flags
    """Shape (categories + 1, cells). In which categories; all together are the last column."""

    def __bool__(self) -> bool:
        return self.cells.size > 0

    def without(self, other: "Risk") -> "Risk":
        """Leave out what is in another."""
        columns = self.columns.copy()
        _, mine, theirs = np.intersect1d(self.cells, other.cells, return_indices=True)
        columns[:, mine] &= ~other.columns[:, theirs]
        some = columns.any(axis=0)
        return Risk(self.cells[some], columns[:, some])
