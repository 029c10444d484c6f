"""Points against the polygons of their cell, one crossing test after the other."""

import numpy as np

from gisapp.core.compiled import Kernel
from gisapp.core.world import Array, Ints

NOWHERE = -1
UNSURE = -2
"""Nearer to an edge than the arithmetic can tell; left to GEOS."""

ROUNDING = 3.3306690738754716e-16
"""Beyond this share of its terms the sign of a determinant is right (Shewchuk 1997)."""


@Kernel
def fill(bounds: Array, at: Array, across: int, down: int) -> tuple[Ints, Ints]:
    """List the shapes of each cell in order; returns where each cell's begin, and the list.

    ``at`` is the least corner and the sides of a cell.
    """
    first = np.zeros(across * down + 1, np.int64)
    order = np.empty(0, np.int64)
    for again in range(2):
        for one in range(len(bounds)):
            if np.isnan(bounds[one, 0]):
                continue
            left, right = _cell(bounds[one, 0], at[0], at[2]), _cell(bounds[one, 2], at[0], at[2])
            low, high = _cell(bounds[one, 1], at[1], at[3]), _cell(bounds[one, 3], at[1], at[3])
            for row in range(max(low, 0), min(high, down - 1) + 1):
                for column in range(max(left, 0), min(right, across - 1) + 1):
                    cell = row * across + column
                    if again:
                        order[first[cell]] = one
                        first[cell] += 1
                    else:
                        first[cell + 1] += 1
        if again == 0:
            first = np.cumsum(first)
            order = np.empty(first[-1], np.int64)
    first[1:] = first[:-1].copy()
    first[0] = 0
    return first, order


@Kernel
def hold(
    x: Array,
    y: Array,
    bounds: Array,
    at: Array,
    across: int,
    down: int,
    first: Ints,
    order: Ints,
    xy: Array,
    ring: Ints,
    begin: Ints,
) -> Ints:
    """Find the first shape that holds each point, `NOWHERE` or `UNSURE`.

    ``begin`` says where the rings of each shape begin in ``ring``.
    """
    home = np.full(len(x), NOWHERE, np.int64)
    cell = np.full(len(x), NOWHERE, np.int64)
    many = np.zeros(across * down + 1, np.int64)
    for p in range(len(x)):
        if np.isnan(x[p]) or np.isnan(y[p]):
            continue
        column, row = _cell(x[p], at[0], at[2]), _cell(y[p], at[1], at[3])
        if 0 <= column < across and 0 <= row < down:
            cell[p] = row * across + column
            many[cell[p] + 1] += 1
    # Cell by cell: the corners a point is compared with are those of the point before.
    begins = np.cumsum(many)
    sorted_ = np.empty(begins[-1], np.int64)
    for p in range(len(x)):
        if cell[p] != NOWHERE:
            sorted_[begins[cell[p]]] = p
            begins[cell[p]] += 1
    for k in range(len(sorted_)):
        p = sorted_[k]
        for entry in range(first[cell[p]], first[cell[p] + 1]):
            one = order[entry]
            if (
                bounds[one, 0] <= x[p] <= bounds[one, 2]
                and bounds[one, 1] <= y[p] <= bounds[one, 3]
            ):
                found = _inside(x[p], y[p], xy, ring, begin[one], begin[one + 1])
                if found:
                    home[p] = one if found == 1 else UNSURE
                    break
    return home


@Kernel
def _inside(x: float, y: float, xy: Array, ring: Ints, first: int, last: int) -> int:
    """Tell whether rings go round a point an odd number of times: 1, 0, or `UNSURE`."""
    odd = 0
    for r in range(first, last):
        for v in range(ring[r], ring[r + 1] - 1):
            ay, by = xy[v, 1], xy[v + 1, 1]
            if (ay < y and by < y) or (ay > y and by > y):
                continue
            ax, bx = xy[v, 0], xy[v + 1, 0]
            if ax < x and bx < x:
                continue
            across = (ay > y) != (by > y)
            if ax > x and bx > x:
                odd ^= across
                continue
            one, other = (ax - x) * (by - y), (ay - y) * (bx - x)
            if abs(one - other) <= ROUNDING * (abs(one) + abs(other)):
                return UNSURE
            # Of the edges that cross the point's height, those to its right count.
            odd ^= across and ((one > other) == (by > ay))
    return odd


@Kernel
def _cell(place: float, least: float, side: float) -> int:
    cell = np.floor((place - least) / side)
    return int(cell) if abs(cell) < 2**31 else -1  # else far away, or no number
