"""A month goes out: its counts and bins, and those of the quarter and year that end with it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import hotmap, nest, protection
from gisapp.core.areas import Areas
from gisapp.core.cells import Cells
from gisapp.core.method import USUAL, Method
from gisapp.core.publication import EVIDENCE, NO_BIN
from gisapp.core.shown import Bins, Shown
from gisapp.core.steady import lowered, steady
from gisapp.core.watched import Watched

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ground:
    """What does not change from month to month."""

    base: Array
    """Shape (n,). Households and enterprises together; nan where a number is missing."""
    star: csr_array
    """Shape (n, n). 1 where two grids are neighbours and on the diagonal."""
    cells: Cells
    areas: Areas


def month(
    counts: npt.NDArray[np.integer],
    ground: Ground,
    shown: Shown,
    rng: np.random.Generator,
    method: Method = USUAL,
    watched: Watched | None = None,
) -> Whole:
    """
    Release the last of some months with the windows that end with it.

    Parameters
    ----------
    counts
        Shape (months, categories, n). The months of one year from January on.
    ground
        Bases, borders, cells and areas.
    shown
        What left of the earlier months; what leaves now is added.
    rng
        Asked only where bins cannot be counted exactly.
    method
        How the bins are made.
    watched
        As in `protection.protect`.

    Returns
    -------
    bins
        Shape (windows, categories + 1, n), the windows as in `nest.ending`. −3 to 3 from
        the true counts, or `NO_BIN`.
    """
    rows = nest.ending(len(counts))
    maps = nest.windows(counts)[rows].astype(np.int64)
    said = _bins(maps, ground, rng, method)
    protection.protect(counts, ground.cells, ground.areas, ground.star, said, shown, watched)
    return np.where(shown.bins[rows], said.level, NO_BIN)


def cautious(
    maps: Whole,
    base: Array,
    star: csr_array,
    rng: np.random.Generator,
    method: Method = USUAL,
) -> Whole:
    """
    Make bins that tell nothing which a dispute more, less or elsewhere would take back.

    Parameters
    ----------
    maps
        Shape (t, n). Counts, one map a row.
    base, star, rng, method
        As in `month`.

    Returns
    -------
    bins
        Shape (t, n). Each as weak as it might be with a dispute less, or more, anywhere in the
        neighbourhood.

    Notes
    -----
    `protection.protect` leaves every figure of 1 to 4 a second value in a year that differs by
    one dispute, or by one of two grids each. In such a year, too, every bin is at least as strong
    as it is said to be here; but it may be said to be weaker there, which only who repeats this
    very weakening could tell.
    """
    found = np.zeros(maps.shape, np.int64)
    there = np.flatnonzero(maps.any(axis=1))
    if not there.size:
        return found
    counts = maps[there]
    values, steps = hotmap.values_and_steps(counts, base)
    # Only where there is a dispute can there be one less.
    moves = steps, np.where(counts > 0, steps, 0.0)
    found[there] = lowered(values, star, moves, rng, method)
    return found


def firm(
    counts: npt.NDArray[np.integer],
    base: Array,
    star: csr_array,
    rng: np.random.Generator,
    method: Method = USUAL,
) -> Whole:
    """
    Make `cautious` bins of the windows that end with the last of some months.

    Parameters
    ----------
    counts
        Shape (months, categories, n). The months of one year from January on.
    base, star, rng, method
        As in `month`.

    Returns
    -------
    bins
        As of `month`; `NO_BIN` also where a dispute less would leave too few around a grid.
    """
    maps = nest.windows(counts)[nest.ending(len(counts))].astype(np.int64)
    lines = maps.reshape(-1, maps.shape[2])
    there = lines @ star.T > EVIDENCE
    bins = np.full(lines.shape, NO_BIN)
    busy = np.flatnonzero(there.any(axis=1))
    bins[busy] = np.where(there[busy], cautious(lines[busy], base, star, rng, method), NO_BIN)
    return bins.reshape(maps.shape)


def _bins(maps: Whole, ground: Ground, rng: np.random.Generator, method: Method) -> Bins:
    """Make the bins of maps of shape (windows, categories + 1, n), and say how firm they are."""
    lines = maps.reshape(-1, maps.shape[2])
    around = lines @ ground.star.T
    there = around >= EVIDENCE
    bins = np.full(lines.shape, NO_BIN)
    rise, fall, steps = (np.zeros(lines.shape) for _ in range(3))
    # A map without enough disputes anywhere needs no test.
    busy = np.flatnonzero(there.any(axis=1))
    if busy.size:
        values, steps[busy] = hotmap.values_and_steps(lines[busy], ground.base)
        bins[busy] = hotmap.bins(lines[busy], ground.base, ground.star, rng, method)
        # Of single categories few grids have a bin, and counting takes as long as testing.
        every = busy % maps.shape[1] == maps.shape[1] - 1
        counted = every & (method.randomisation == "total")
        rise[busy], fall[busy] = steady(bins[busy], values, ground.star, counted=counted)
    # A bin says, too, that there are so many disputes.
    fall[around == EVIDENCE] = 0.0
    shape = maps.shape
    return Bins(
        there.reshape(shape),
        bins.reshape(shape),
        rise.reshape(shape),
        fall.reshape(shape),
        steps.reshape(shape),
    )
