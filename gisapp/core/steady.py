"""How far a sum over a neighbourhood may move before the bin of its grid might change."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core.convolution import STEPS, Sums, countable, lattice, whole
from gisapp.core.hotspots import LEVELS

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

HIGHEST: Final = LEVELS[-1][0]


def steady(bins: Whole, values: Array, star: csr_array, *, counted: Flags) -> tuple[Array, Array]:
    """
    Say how much more, and how much less, may lie around each grid for its bin to stay.

    Parameters
    ----------
    bins
        Shape (t, n). −3 to 3; one map a row.
    values
        Shape (t, n). What the bins were made of.
    star
        Shape (n, n). 1 where two grids are neighbours and on the diagonal.
    counted
        Shape (t,). Of which maps sums are counted, where neighbours are so few that they can
        be: for others less is known, and more is left out than need be.

    Returns
    -------
    rise, fall
        Shape (t, n), in the unit of ``values``. A bin holds as long as its sum is no less
        likely than the likeliest of the next bin in the same map, and no likelier than
        the likeliest of its own: of either side, hot or cold, a smaller chance is never
        in a weaker bin. Where sums cannot be counted, a bin holds between two sums that
        have it in the same map, of grids with as many neighbours. Above the highest bin
        and below the lowest there is no other: infinite.
    """
    sums = values @ star.T
    sizes = np.diff(star.indptr)
    rise, fall = np.zeros(sums.shape), np.zeros(sums.shape)
    for row, line in enumerate(values):
        rise[row], fall[row] = _seen(bins[row], sums[row], sizes)
        if counted[row]:
            further = _counted(bins[row], line, star, sizes)
            rise[row] = np.maximum(rise[row], further[0])
            fall[row] = np.maximum(fall[row], further[1])
    return rise, fall


def _seen(bins: Whole, sums: Array, sizes: Whole) -> tuple[Array, Array]:
    kind = sizes * (2 * HIGHEST + 1) + bins + HIGHEST
    top = np.full(kind.max(initial=0) + 1, -np.inf)
    np.maximum.at(top, kind, sums)
    bottom = np.full(top.size, np.inf)
    np.minimum.at(bottom, kind, sums)
    return (
        np.where(bins == HIGHEST, np.inf, top[kind] - sums),
        np.where(bins == -HIGHEST, np.inf, sums - bottom[kind]),
    )


def _counted(bins: Whole, line: Array, star: csr_array, sizes: Whole) -> tuple[Array, Array]:
    rise, fall = np.zeros(bins.size), np.zeros(bins.size)
    level = lattice(line)
    unit = 1.0 if whole(line) else float(np.ptp(line)) / STEPS
    seen = np.rint(star @ level.astype(np.float64)).astype(np.int64)
    alike = [k for k in np.unique(sizes).tolist() if countable(k, level)]
    sums = Sums(level, max(alike, default=1))
    curves = {k: sums.tails(k, np.arange(k * sums.width + 1)) for k in alike}
    low, high = np.ones(bins.size), np.ones(bins.size)
    for k, (below, above) in curves.items():
        these = sizes == k
        low[these], high[these] = below[seen[these]], above[seen[these]]
    for k, curve in curves.items():
        these = np.flatnonzero(sizes == k)
        for level_of_bin in np.unique(bins[these]).tolist():
            here = these[bins[these] == level_of_bin]
            least, most = _between(level_of_bin, bins, (low, high), curve)
            rise[here], fall[here] = most - seen[here], seen[here] - least
    return rise * unit, fall * unit


def _between(
    one: int, bins: Whole, chances: tuple[Array, Array], curve: tuple[Array, Array]
) -> tuple[float, float]:
    """Return the least and the greatest sum that is surely in bin ``one``."""
    (low, high), (below, above) = chances, curve
    if one > 0:
        least = np.count_nonzero(above > high[bins >= one].max())
    else:
        least = np.count_nonzero(below < low[bins >= one].min())
    if one < 0:
        most = np.count_nonzero(below <= low[bins <= one].max()) - 1
    else:
        most = np.count_nonzero(above >= high[bins <= one].min()) - 1
    return (
        -np.inf if one == -HIGHEST else float(least),
        np.inf if one == HIGHEST else float(most),
    )
