"""Connected windows of any shape among the nearest of each centre, for many sets of counts."""

import math

import numpy as np
import numpy.typing as npt

from gisapp.core.compiled import Kernel
from gisapp.core.scan.likelihood_kernels import ratio

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@Kernel
def connected(touch: Longs, place: Longs, depth: Longs) -> int:
    """
    List every connected set of places that holds place 0, each once.

    Parameters
    ----------
    touch
        Shape (k,). Bit j of ``touch[i]`` says whether places i and j touch.
    place, depth
        Shape (2 ** (k - 1),). Filled in place: which place each set adds to the one it grew
        from, and how many places it holds, less one. A set grew from the last one before it
        that holds one place less.

    Returns
    -------
    many
        How many sets there are.

    Notes
    -----
    Grown from place 0: when a neighbour has been added, its siblings leave it out.
    """
    k = touch.size
    chosen, barred = np.zeros(k + 1, np.int64), np.zeros(k + 1, np.int64)
    edge = np.zeros(k + 1, np.int64)
    place[0], depth[0] = 0, 0
    many, at = 1, 0
    chosen[0], edge[0] = 1, touch[0] & ~1
    while at >= 0:
        if edge[at] == 0:
            at -= 1
            continue
        bit = edge[at] & -edge[at]
        one = 0
        while bit >> one != 1:
            one += 1
        edge[at] &= ~bit
        chosen[at + 1] = chosen[at] | bit
        barred[at + 1] = barred[at]
        barred[at] |= bit
        # What the set touches already and was not tried yet, and what its new place touches.
        edge[at + 1] = (edge[at] | touch[one]) & ~chosen[at + 1] & ~barred[at + 1]
        at += 1
        place[many], depth[many] = one, at
        many += 1
    return many


@Kernel
def touching(nearest: Longs, begin: Longs, near: Ints, touch: Longs) -> None:
    """Fill ``touch`` for `connected` from the neighbours of all grids, as a sparse matrix."""
    k = nearest.size
    for one in range(k):
        bits = 0
        for at in range(begin[nearest[one]], begin[nearest[one] + 1]):
            for other in range(k):
                if nearest[other] == near[at] and other != one:
                    bits |= 1 << other
        touch[one] = bits


@Kernel
def climb(
    nearest: Longs,
    begin: Longs,
    near: Ints,
    mass: Array,
    most: float,
    drawn: Ints,
    total: float,
    limits: Ints,
    steps: Array,
    best: Array,
) -> None:
    """
    Raise ``best`` to the highest ratio of any connected window in each set of counts.

    Parameters
    ----------
    nearest
        Shape (c, k). Each centre and its nearest grids.
    begin, near
        Which grids touch: `csr_array.indptr` and `indices`.
    most
        The share of the base that a window may hold.
    drawn
        Shape (n, lanes). Cases of each grid in each set of counts.

    The others are those of `circles_kernels.climb`.
    """
    k, lanes = nearest.shape[1], drawn.shape[1]
    run, held = np.zeros((k + 1, lanes), np.int32), np.zeros(k + 1)
    place, depth = np.empty(1 << (k - 1), np.int64), np.empty(1 << (k - 1), np.int64)
    touch = np.empty(k, np.int64)
    highest = limits.shape[1] - 1
    lowest = min(int(best.min() * steps[1]), highest)
    for centre in range(len(nearest)):
        touching(nearest[centre], begin, near, touch)
        for one in range(connected(touch, place, depth)):
            grid, at = nearest[centre, place[one]], depth[one]
            held[at + 1] = held[at] + mass[grid]
            expected = held[at + 1] * total
            row = min(int(math.sqrt(expected) * steps[0]), len(limits) - 1)
            least = limits[row, lowest]
            above = np.int32(0)
            for lane in range(lanes):
                run[at + 1, lane] = run[at, lane] + drawn[grid, lane]
                above = max(above, np.int32(run[at + 1, lane] + 1 - least))
            if above == 0 or held[at + 1] > most:
                continue
            raised = False
            for lane in range(lanes):
                level = min(int(best[lane] * steps[1]), highest)
                if run[at + 1, lane] >= limits[row, level]:
                    found = ratio(run[at + 1, lane], expected, total)
                    if found > best[lane]:
                        best[lane], raised = found, True
            if raised:
                lowest = min(int(best.min() * steps[1]), highest)


@Kernel
def peaks(
    nearest: Longs, begin: Longs, near: Ints, mass: Array, most: float, seen: Ints, total: float
) -> tuple[Array, Longs]:
    """
    Find the highest connected window round each centre.

    Returns
    -------
    height, chosen
        Shape (c,). The ratio, 0 where no window is high, and which of the centre's nearest
        the window holds, a bit each.
    """
    centres, k = nearest.shape
    height, chosen = np.zeros(centres), np.zeros(centres, np.int64)
    run, held = np.zeros(k + 1, np.int64), np.zeros(k + 1)
    inside = np.zeros(k + 1, np.int64)
    place, depth = np.empty(1 << (k - 1), np.int64), np.empty(1 << (k - 1), np.int64)
    touch = np.empty(k, np.int64)
    for centre in range(centres):
        touching(nearest[centre], begin, near, touch)
        for one in range(connected(touch, place, depth)):
            grid, at = nearest[centre, place[one]], depth[one]
            held[at + 1] = held[at] + mass[grid]
            run[at + 1] = run[at] + seen[grid]
            inside[at + 1] = inside[at] | 1 << place[one]
            expected = held[at + 1] * total
            if held[at + 1] > most or expected <= 0 or run[at + 1] < 2:  # noqa: PLR2004
                continue
            found = ratio(run[at + 1], expected, total)
            if found > height[centre]:
                height[centre], chosen[centre] = found, inside[at + 1]
    return height, chosen
