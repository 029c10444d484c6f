"""How far a sum over a neighbourhood may move before the bin of its grid might change."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import permutation
from gisapp.core.convolution import STEPS, Sums, countable, lattice, whole
from gisapp.core.hotspots import LEVELS, bins_of
from gisapp.core.hotspots import bins as bins_of_maps
from gisapp.core.method import Method

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

HIGHEST: Final = LEVELS[-1][0]

HAIR: Final = 1e-9
"""What sums of fractions may be off by."""

TINY: Final = float(np.finfo(float).tiny)


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


def lowered(
    values: Array,
    star: csr_array,
    moves: tuple[Array, Array],
    rng: np.random.Generator,
    method: Method,
) -> Whole:
    """
    Make bins, as weak as they would be with a dispute less, or more, around every grid at once.

    Parameters
    ----------
    values, star
        As in `steady`; ``method`` is how the bins are made, and ``rng`` draws where it must.
    moves
        How much more, and how much less, each value might be; twice shape (t, n). Of the
        values around a grid, the one that moves most is taken.

    Returns
    -------
    lowered
        Shape (t, n). Whichever single sums move so far, all bins stay at least as strong: to
        raise some of the chances and lower none takes no discovery away. 0 says nothing.
        Where sums cannot be counted, a bin holds beyond the least sum that has it.
    """
    found = np.zeros(values.shape, np.int64)
    sizes = np.diff(star.indptr)
    for row, line in enumerate(values):
        if method.randomisation == "total":
            curves = _Curves.of(line, star, sizes)
            if curves.complete:
                strong = bins_of(*permutation.fold(*curves.chances), method.correction)
            else:
                strong = bins_of_maps(line[np.newaxis], star, rng, method)[0]
            p = curves.worst(np.sign(strong), *_widest(moves, row, star, strong))
            weak = bins_of(p, np.sign(strong), method.correction)
        else:
            strong = bins_of_maps(line[np.newaxis], star, rng, method)[0]
            more, less = _widest(moves, row, star, strong)
            weak = _seen_beyond(strong, star @ line, sizes, more, less)
        found[row] = np.where(np.abs(weak) < np.abs(strong), weak, strong)
    return found


def _widest(
    moves: tuple[Array, Array], row: int, star: csr_array, bins: Whole
) -> tuple[Array, Array]:
    """Say how far the sum of each grid with a bin might move, up and down; 0 of the others."""
    there = np.flatnonzero(bins)
    near = star[there]
    found = np.zeros((2, bins.size))
    if there.size:
        for side, lines in zip(found, moves, strict=True):
            side[there] = np.maximum.reduceat(lines[row][near.indices], near.indptr[:-1])
    return found[0], found[1]


def _seen_beyond(bins: Whole, sums: Array, sizes: Whole, more: Array, less: Array) -> Whole:
    found = np.zeros_like(bins)
    for level in range(1, HIGHEST + 1):
        for sign, move in ((1, less), (-1, more)):
            these = sign * bins >= level
            room = _beyond(these, sign * sums, sizes)
            found[these & (move <= room + HAIR)] = sign * level
    return found


def _beyond(these: Flags, sums: Array, sizes: Whole) -> Array:
    """Say how far each sum lies above the least of ``these`` with as many neighbours."""
    bottom = np.full(sizes.max(initial=0) + 1, np.inf)
    np.minimum.at(bottom, sizes[these], sums[these])
    away: Array = sums - bottom[sizes]
    return away


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


@dataclass(frozen=True, slots=True)
class _Curves:
    """The chances of all sums over neighbourhoods of one map, where they can be counted."""

    of_size: dict[int, tuple[Array, Array]]
    """By the number of neighbours: of each sum, that chance stays below and above it."""
    seen: Whole
    """Shape (n,). The sum of each grid, in steps of the lattice."""
    unit: float
    """What such a step is in the unit of the values."""
    chances: tuple[Array, Array]
    """Of what is seen; twice shape (n,)."""
    sizes: Whole

    @classmethod
    def of(cls, line: Array, star: csr_array, sizes: Whole) -> Self:
        level = lattice(line)
        unit = 1.0 if whole(line) else float(np.ptp(line)) / STEPS
        seen = np.rint(star @ level.astype(np.float64)).astype(np.int64)
        alike = [k for k in np.flatnonzero(np.bincount(sizes)).tolist() if countable(k, level)]
        sums = Sums(level, max(alike, default=1))
        curves = {k: sums.curve(k) for k in alike}
        place = _laid(curves, seen, sizes)
        low, high = (_end_to_end(curves, side)[place] for side in (0, 1))
        return cls(curves, seen, unit, (low, high), sizes)

    @property
    def complete(self) -> bool:
        """Whether the sums of all grids are counted."""
        many = np.bincount(self.sizes)
        return set(np.flatnonzero(many).tolist()) <= self.of_size.keys()

    def worst(self, side: Whole, more: Array, less: Array) -> Array:
        """Return the two-sided p of each grid if its sum lay nearer to the middle."""
        found = np.ones(side.size)
        here = np.flatnonzero(side != 0)
        steps = np.where(side[here] > 0, -less[here], more[here]) / max(self.unit, TINY)
        # Away from the middle by no more than what rounding adds up to.
        nearer = self.seen[here] + np.sign(steps) * np.ceil(np.abs(steps) - HAIR)
        place = _laid(self.of_size, nearer, self.sizes[here])
        below, above = (_end_to_end(self.of_size, one)[place] for one in (0, 1))
        found[here] = np.minimum(2 * np.where(side[here] > 0, above, below), 1.0)
        return found


def _end_to_end(curves: dict[int, tuple[Array, Array]], side: int) -> Array:
    """Lay the curves of one side end to end; a last 1 stands for what cannot be counted."""
    return np.concatenate([*(curve[side] for curve in curves.values()), [1.0]])


def _laid(curves: dict[int, tuple[Array, Array]], sums: Whole | Array, sizes: Whole) -> Whole:
    """Say where in `_end_to_end` the chance of each sum lies; one there cannot be is at an end."""
    length = np.array([below.size for below, _ in curves.values()], np.int64)
    most = max([*curves, int(sizes.max(initial=0))])
    start, last = np.full(most + 1, length.sum()), np.zeros(most + 1, np.int64)
    start[[*curves]], last[[*curves]] = np.cumsum(length) - length, length - 1
    place: Whole = start[sizes] + np.clip(sums, 0, last[sizes]).astype(np.int64)
    return place


def _counted(bins: Whole, line: Array, star: csr_array, sizes: Whole) -> tuple[Array, Array]:
    rise, fall = np.zeros(bins.size), np.zeros(bins.size)
    curves = _Curves.of(line, star, sizes)
    for k, curve in curves.of_size.items():
        these = np.flatnonzero(sizes == k)
        for level_of_bin in np.unique(bins[these]).tolist():
            here = these[bins[these] == level_of_bin]
            rise[here] = _most(level_of_bin, bins, curves.chances, curve) - curves.seen[here]
            fall[here] = curves.seen[here] - _least(level_of_bin, bins, curves.chances, curve)
    return rise * curves.unit, fall * curves.unit


def _least(
    one: int, bins: Whole, chances: tuple[Array, Array], curve: tuple[Array, Array]
) -> float:
    """Return the least sum that is surely in bin ``one`` or a higher one."""
    (low, high), (below, above) = chances, curve
    if one == -HIGHEST:
        return -np.inf
    if one > 0:
        return float(np.count_nonzero(above > high[bins >= one].max()))
    return float(np.count_nonzero(below < low[bins >= one].min()))


def _most(one: int, bins: Whole, chances: tuple[Array, Array], curve: tuple[Array, Array]) -> float:
    """Return the greatest sum that is surely in bin ``one`` or a lower one."""
    (low, high), (below, above) = chances, curve
    if one == HIGHEST:
        return np.inf
    if one < 0:
        return float(np.count_nonzero(below <= low[bins <= one].max())) - 1
    return float(np.count_nonzero(above >= high[bins <= one].min())) - 1
