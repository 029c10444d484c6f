"""Circles growing round each centre, over stacks of months, for many sets of counts at once."""

import math

import numpy as np
import numpy.typing as npt

from gisapp.core.compiled import Kernel
from gisapp.core.scan.likelihood_kernels import ratio

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@Kernel
def climb(  # noqa: C901, PLR0912  # one loop: a call would cost more than a circle
    first: Longs,
    member: Ints,
    mass: Array,
    within: Array,
    drawn: Ints,
    total: float,
    limits: Ints,
    steps: Array,
    best: Array,
) -> None:
    """
    Raise ``best`` to the highest ratio of any circle and stack of months in each set of counts.

    Parameters
    ----------
    first
        Shape (c + 1,). Where the grids round each centre begin in ``member``.
    member
        Grids in the order in which a growing circle reaches them; ``~grid`` where others
        lie as far, so that the circle is not whole yet.
    mass
        Shape (n,). Each grid's share of the base.
    within
        Shape (w,). All cases of each stack of months.
    drawn
        Shape (n, w, lanes). Cases of each grid in each stack and set of counts.
    total
        Cases of all months.
    limits, steps
        As `likelihood.limits` makes them: the least count, by expected cases and by the ratio
        reached so far, that can be higher still.
    best
        Shape (lanes,). Changed in place.
    """
    stacks, lanes = drawn.shape[1], drawn.shape[2]
    run = np.empty((stacks, lanes), np.int32)
    limit = np.empty((stacks, lanes), np.int32)
    level = np.empty(lanes, np.int64)
    slot = np.empty(stacks, np.int64)
    highest = limits.shape[1] - 1
    for lane in range(lanes):
        level[lane] = min(int(best[lane] * steps[1]), highest)
    for centre in range(first.size - 1):
        held = 0.0
        run[:] = 0
        slot[:] = -1
        for at in range(first[centre], first[centre + 1]):
            code = member[at]
            grid = code if code >= 0 else ~code
            held += mass[grid]
            for stack in range(stacks):
                if code < 0:
                    for lane in range(lanes):
                        run[stack, lane] += drawn[grid, stack, lane]
                    continue
                expected = held * within[stack]
                now = int(math.sqrt(expected) * steps[0])
                if now != slot[stack]:
                    slot[stack] = now
                    for lane in range(lanes):
                        limit[stack, lane] = limits[now, level[lane]]
                # The largest surplus: one test for all sets of counts.
                above = np.int32(0)
                for lane in range(lanes):
                    run[stack, lane] += drawn[grid, stack, lane]
                    above = max(above, np.int32(run[stack, lane] + 1 - limit[stack, lane]))
                if above == 0:
                    continue
                for lane in range(lanes):
                    if run[stack, lane] >= limit[stack, lane]:
                        found = ratio(run[stack, lane], expected, total)
                        if found > best[lane]:
                            best[lane] = found
                            level[lane] = min(int(found * steps[1]), highest)
                            limit[stack, lane] = limits[now, level[lane]]


@Kernel
def peaks(
    first: Longs, member: Ints, mass: Array, within: Array, seen: Ints, total: float
) -> tuple[Array, Longs, Longs]:
    """
    Find the highest circle and stack of months round each centre.

    Parameters are those of `climb`, but ``seen``, shape (n, w), is one set of counts.

    Returns
    -------
    height, size, stack
        Shape (c,). The ratio, how many of the centre's grids the circle holds, and which
        stack; the smaller circle and the shorter stack where two are equal, 0 where none
        is high. A window of a single case is none.
    """
    centres, stacks = first.size - 1, within.size
    height = np.zeros(centres)
    size, months = np.zeros(centres, np.int64), np.zeros(centres, np.int64)
    run = np.empty(stacks, np.int64)
    for centre in range(centres):
        held = 0.0
        run[:] = 0
        for at in range(first[centre], first[centre + 1]):
            code = member[at]
            grid = code if code >= 0 else ~code
            held += mass[grid]
            for stack in range(stacks):
                run[stack] += seen[grid, stack]
                expected = held * within[stack]
                if code < 0 or run[stack] < 2 or run[stack] <= expected or expected <= 0:  # noqa: PLR2004
                    continue
                found = ratio(run[stack], expected, total)
                if found > height[centre]:
                    height[centre] = found
                    size[centre] = at + 1 - first[centre]
                    months[centre] = stack
    return height, size, months
