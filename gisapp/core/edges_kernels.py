"""Edges of many polygons in one table: which of them have no counterpart, and who lies near."""

import numpy as np

from gisapp.core.compiled import Kernel
from gisapp.core.world import Array, Ints

EMPTY = -1
FREE, CLEAN, CROWDED = 0, 1, 2
"""An edge met once, once in each direction, or otherwise."""


@Kernel
def unmatched(  # noqa: C901, PLR0912  # one loop over rings; its parts are lines of it
    xy: Array, ring: Ints, part: Ints, shape: Ints, low: Array, quantum: float, bits: int
) -> np.ndarray:
    """Tell which shapes have an edge that is not met exactly once in each direction.

    Open addressing: a line of the table holds both ends of an edge, and its owner with its state.
    """
    mask = (1 << bits) - 1
    table = np.full((mask + 1, 3), EMPTY, np.int64)
    n = len(shape) - 1
    bad = np.zeros(n, np.bool_)
    for one in range(n):
        for piece in range(shape[one], shape[one + 1]):
            for r in range(part[piece], part[piece + 1]):
                begin, end = ring[r], ring[r + 1]
                # The land lies to the left of an outer ring, and right of an inner one, that
                # goes counter-clockwise.
                left = (_twice_area(xy, begin, end) > 0) == (r == part[piece])
                if end <= begin:
                    continue
                a = _key(xy, begin, low, quantum)
                for v in range(begin + 1, end):
                    b = _key(xy, v, low, quantum)
                    if a == b:
                        continue
                    forward = (a < b) == left
                    least, most = min(a, b), max(a, b)
                    at = _slot(least, most, mask)
                    while table[at, 0] != EMPTY and (table[at, 0] != least or table[at, 1] != most):
                        at = (at + 1) & mask
                    if table[at, 0] == EMPTY:
                        table[at, 0], table[at, 1] = least, most
                        table[at, 2] = (one << 3) | (FREE << 1) | forward
                    else:
                        owner = table[at, 2] >> 3
                        same = (table[at, 2] & 1) == forward
                        if same or (table[at, 2] >> 1) & 3 != FREE:
                            bad[one] = bad[owner] = True
                            # Whoever met it second is found again in a second pass.
                            table[at, 2] = (owner << 3) | (CROWDED << 1) | (table[at, 2] & 1)
                        else:
                            table[at, 2] |= CLEAN << 1
                    a = b
    crowded = False
    for at in range(mask + 1):
        if table[at, 0] != EMPTY:
            state = (table[at, 2] >> 1) & 3
            if state == FREE:
                bad[table[at, 2] >> 3] = True
            crowded |= state == CROWDED
    if crowded:
        _mark_crowded(xy, ring, part, shape, low, quantum, table, bad)
    return bad


@Kernel
def _mark_crowded(
    xy: Array,
    ring: Ints,
    part: Ints,
    shape: Ints,
    low: Array,
    quantum: float,
    table: Ints,
    bad: np.ndarray,
) -> None:
    mask = len(table) - 1
    for one in range(len(shape) - 1):
        for r in range(part[shape[one]], part[shape[one + 1]]):
            if bad[one] or ring[r + 1] <= ring[r]:
                continue
            a = _key(xy, ring[r], low, quantum)
            for v in range(ring[r] + 1, ring[r + 1]):
                b = _key(xy, v, low, quantum)
                least, most = min(a, b), max(a, b)
                a = b
                if least == most:
                    continue
                at = _slot(least, most, mask)
                while table[at, 0] != least or table[at, 1] != most:
                    at = (at + 1) & mask
                if (table[at, 2] >> 1) & 3 == CROWDED:
                    bad[one] = True
                    break


@Kernel
def _twice_area(xy: Array, begin: int, end: int) -> float:
    area = 0.0
    for v in range(begin + 1, end - 1):
        area += (xy[v, 0] - xy[begin, 0]) * (xy[v + 1, 1] - xy[begin, 1])
        area -= (xy[v + 1, 0] - xy[begin, 0]) * (xy[v, 1] - xy[begin, 1])
    return area


@Kernel
def _key(xy: Array, v: int, low: Array, quantum: float) -> int:
    x = np.int64(np.rint((xy[v, 0] - low[0]) / quantum))
    y = np.int64(np.rint((xy[v, 1] - low[1]) / quantum))
    return int((x << 31) | y)


@Kernel
def _slot(least: int, most: int, mask: int) -> int:
    # The multipliers of Fibonacci hashing and of xxHash: both odd, both without a pattern.
    mixed = (np.uint64(least) * np.uint64(0x9E3779B97F4A7C15)) ^ (
        np.uint64(most) * np.uint64(0xC2B2AE3D27D4EB4F)
    )
    mixed ^= mixed >> np.uint64(29)
    return int(np.int64(mixed & np.uint64(mask)))


@Kernel
def beside(bounds: Array, chosen: np.ndarray, away: float, at: Array, across: int) -> np.ndarray:
    """Tell which shapes may lie within ``away`` of a chosen one: by cells that both bounds meet.

    ``at`` is the least corner and the sides of a cell; ``across`` how many are in a row, and rows.
    """
    marked = np.zeros((across, across), np.bool_)
    near = np.zeros(len(bounds), np.bool_)
    for again in range(2):
        for one in range(len(bounds)):
            if np.isnan(bounds[one, 0]) or (again == 0 and not chosen[one]):
                continue
            wide = away if again == 0 else 0.0
            left = _cell((bounds[one, 0] - wide - at[0]) / at[2], across)
            right = _cell((bounds[one, 2] + wide - at[0]) / at[2], across)
            down = _cell((bounds[one, 1] - wide - at[1]) / at[3], across)
            up = _cell((bounds[one, 3] + wide - at[1]) / at[3], across)
            if again == 0:
                marked[down : up + 1, left : right + 1] = True
            else:
                near[one] = chosen[one] or marked[down : up + 1, left : right + 1].any()
    return near


@Kernel
def _cell(place: float, across: int) -> int:
    return int(min(max(np.floor(place), 0), across - 1))
