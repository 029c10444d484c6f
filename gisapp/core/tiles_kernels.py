"""Polygons into the features of a vector tile: cut, rounded and written in one pass."""

import numpy as np

from gisapp.core.compiled import Kernel
from gisapp.core.world import Array, Ints

NOTHING = -1
"""In place of an end: the shape has shrunk to nothing."""

UNSURE = -2
"""In place of an end: more than one ring, or one that meets itself; left to `tiles_plain`."""

MANY = 600
"""A ring with more corners is looked at faster elsewhere."""

MOVE, CLOSE, LINE = 9, 15, 2
POLYGON = 3


@Kernel
def near(box: Array, bounds: Array, at: Array, across: int, first: Ints, order: Ints) -> Ints:
    """Find the shapes whose bounds meet a box, in no order; see `Cells` for the last four."""
    column = _cell((box[0] - at[4] - at[0]) / at[2], across)
    last_column = _cell((box[2] + at[4] - at[0]) / at[2], across)
    row = _cell((box[1] - at[5] - at[1]) / at[3], across)
    last_row = _cell((box[3] + at[5] - at[1]) / at[3], across)
    most = 0
    for line in range(row * across, (last_row + 1) * across, across):
        most += first[line + last_column + 1] - first[line + column]
    found = np.empty(most, np.int64)
    many = 0
    for line in range(row * across, (last_row + 1) * across, across):
        for k in range(first[line + column], first[line + last_column + 1]):
            one = order[k]
            if (
                bounds[one, 0] <= box[2]
                and bounds[one, 2] >= box[0]
                and bounds[one, 1] <= box[3]
                and bounds[one, 3] >= box[1]
            ):
                found[many] = one
                many += 1
    return found[:many]


@Kernel
def _cell(place: float, across: int) -> int:
    # A hair more than the sum says: rounding must not lose a shape at a cell's edge.
    return int(min(max(np.floor(place + (1e-9 if place > 0 else -1e-9)), 0), across - 1))


@Kernel
def encode(  # noqa: C901, PLR0912  # one loop over shapes; its parts are lines of it
    found: Ints,
    bounds: Array,
    xy: Array,
    ring: Ints,
    part: Ints,
    shape: Ints,
    scale: float,
    corner: Ints,
    buffer: int,
    extent: int,
    ends: Ints,
    out: np.ndarray,
) -> int:
    """Write the features of a tile into ``out``; fill where each ends, `NOTHING` or `UNSURE`.

    ``corner`` is the tile's upper left one in whole units, ``scale`` units the side of the world.
    """
    low = np.array([corner[0] - buffer, corner[1] - buffer], np.float64)
    high = low + extent + 2 * buffer
    used = 0
    x, y, more_x, more_y = np.empty(64), np.empty(64), np.empty(64), np.empty(64)
    ux, uy = np.empty(64, np.int64), np.empty(64, np.int64)
    rank = np.empty(64, np.int64)
    for k in range(len(found)):
        one = found[k]
        first, last = part[shape[one]], part[shape[one + 1]]
        if last - first != 1:
            ends[k] = NOTHING if last == first else UNSURE
            continue
        begin, stop = ring[first], ring[last] - 1
        many = stop - begin
        if 6 * many + 16 > len(x):
            room = 12 * many + 32
            x, y, more_x, more_y = np.empty(room), np.empty(room), np.empty(room), np.empty(room)
            ux, uy = np.empty(room, np.int64), np.empty(room, np.int64)
            rank = np.empty(room, np.int64)
        for v in range(many):
            x[v], y[v] = xy[begin + v, 0] * scale, xy[begin + v, 1] * scale
        crossing = (
            bounds[one, 0] * scale < low[0]
            or bounds[one, 1] * scale < low[1]
            or bounds[one, 2] * scale > high[0]
            or bounds[one, 3] * scale > high[1]
        )
        if crossing:
            many = _side(x, y, many, low[0], 1.0, more_x, more_y)
            many = _side(more_x, more_y, many, high[0], -1.0, x, y)
            many = _side(y, x, many, low[1], 1.0, more_y, more_x)
            many = _side(more_y, more_x, many, high[1], -1.0, y, x)
        corners = 0
        for v in range(many):
            # Rounded before the tile's corner is taken off: neighbouring tiles round alike.
            px = np.int64(np.rint(x[v])) - corner[0]
            py = np.int64(np.rint(y[v])) - corner[1]
            if corners == 0 or px != ux[corners - 1] or py != uy[corners - 1]:
                ux[corners], uy[corners] = px, py
                corners += 1
        while corners > 1 and ux[corners - 1] == ux[0] and uy[corners - 1] == uy[0]:
            corners -= 1
        area = np.int64(0)
        for v in range(corners):
            w = v + 1 if v + 1 < corners else 0
            area += ux[v] * uy[w] - ux[w] * uy[v]
        if corners < POLYGON:
            ends[k] = NOTHING
            continue
        if corners > MANY or area == 0 or not _simple(ux, uy, corners, rank):
            ends[k] = UNSURE
            continue
        start = 0
        if crossing:  # whoever cuts begins a ring where it likes; all begin it alike here
            for v in range(1, corners):
                if ux[v] < ux[start] or (ux[v] == ux[start] and uy[v] < uy[start]):
                    start = v
        used = _feature(out, used, one, ux, uy, corners, start, 1 if area > 0 else -1)
        ends[k] = used
    return used


@Kernel
def _side(
    a: Array, b: Array, many: int, limit: float, sign: float, to_a: Array, to_b: Array
) -> int:
    """Cut a ring along one side of the box: ``a`` is kept where it is within ``limit``.

    Sutherland and Hodgman (1974), Communications of the ACM 17(1), 32-42.
    """
    made = 0
    for v in range(many):
        u = v - 1 if v else many - 1
        was, is_ = sign * (a[u] - limit) >= 0, sign * (a[v] - limit) >= 0
        if was != is_:
            # From the same end whoever asks: neighbours round the shared corner alike.
            p, q = (u, v) if (a[u], b[u]) < (a[v], b[v]) else (v, u)
            to_a[made] = limit
            to_b[made] = b[p] + (b[q] - b[p]) * ((limit - a[p]) / (a[q] - a[p]))
            made += 1
        if is_:
            to_a[made], to_b[made] = a[v], b[v]
            made += 1
    return made


@Kernel
def _simple(x: Ints, y: Ints, many: int, rank: Ints) -> bool:
    """Tell whether a ring surely meets itself nowhere; corners that repeat are taken out before.

    Edges are sorted by their left end, so that only those side by side are compared.
    """
    for v in range(many):
        left = min(x[v], x[v + 1 if v + 1 < many else 0])
        k = v
        while k > 0 and _left(x, rank[k - 1], many) > left:
            rank[k] = rank[k - 1]
            k -= 1
        rank[k] = v
    for k in range(many):
        e = rank[k]
        e_next = e + 1 if e + 1 < many else 0
        right = max(x[e], x[e_next])
        low, high = min(y[e], y[e_next]), max(y[e], y[e_next])
        for j in range(k + 1, many):
            f = rank[j]
            f_next = f + 1 if f + 1 < many else 0
            if min(x[f], x[f_next]) > right:
                break
            if min(y[f], y[f_next]) > high or max(y[f], y[f_next]) < low:
                continue
            if e_next == f:
                meet = _folds(x, y, e, f, f_next)
            elif f_next == e:
                meet = _folds(x, y, f, e, e_next)
            else:
                meet = _meet(x, y, e, e_next, f, f_next)
            if meet:
                return False
    return True


@Kernel
def _left(x: Ints, e: int, many: int) -> int:
    return int(min(x[e], x[e + 1 if e + 1 < many else 0]))


@Kernel
def _turn(x: Ints, y: Ints, a: int, b: int, c: int) -> int:
    return int(np.sign((x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])))


@Kernel
def _folds(x: Ints, y: Ints, a: int, b: int, c: int) -> bool:
    """Tell whether the way from a over b to c goes straight back."""
    if _turn(x, y, a, b, c) != 0:
        return False
    return bool((x[b] - x[a]) * (x[c] - x[b]) + (y[b] - y[a]) * (y[c] - y[b]) <= 0)


@Kernel
def _meet(x: Ints, y: Ints, a: int, b: int, c: int, d: int) -> bool:
    """Tell whether two edges, whose bounds meet, have a point in common."""
    return (
        _turn(x, y, a, b, c) * _turn(x, y, a, b, d) <= 0
        and _turn(x, y, c, d, a) * _turn(x, y, c, d, b) <= 0
    )


@Kernel
def _feature(
    out: np.ndarray, used: int, id_: int, x: Ints, y: Ints, many: int, start: int, way: int
) -> int:
    """Write a feature of one ring; ``way`` is -1 to go round the other way."""
    length = 2 + _wide(((many - 1) << 3) | LINE)
    at_x = at_y = np.int64(0)
    for v in range(many):
        u = (start + way * v) % many
        length += _wide(_zigzag(x[u] - at_x)) + _wide(_zigzag(y[u] - at_y))
        at_x, at_y = x[u], y[u]
    out[used] = 0x12
    used = _put(out, used + 1, 1 + _wide(id_) + 2 + 1 + _wide(length) + length)
    out[used] = 0x08
    used = _put(out, used + 1, id_)
    out[used], out[used + 1], out[used + 2] = 0x18, POLYGON, 0x22
    used = _put(out, used + 3, length)
    out[used] = MOVE
    used += 1
    at_x = at_y = np.int64(0)
    for v in range(many):
        u = (start + way * v) % many
        if v == 1:
            used = _put(out, used, ((many - 1) << 3) | LINE)
        used = _put(out, used, _zigzag(x[u] - at_x))
        used = _put(out, used, _zigzag(y[u] - at_y))
        at_x, at_y = x[u], y[u]
    out[used] = CLOSE
    return used + 1


@Kernel
def _zigzag(step: int) -> int:
    return (step << 1) ^ (step >> 63)


@Kernel
def _wide(value: int) -> int:
    wide = 1
    while value > 0x7F:  # noqa: PLR2004  # seven bits a byte
        value >>= 7
        wide += 1
    return wide


@Kernel
def _put(out: np.ndarray, at: int, value: int) -> int:
    while value > 0x7F:  # noqa: PLR2004
        out[at] = (value & 0x7F) | 0x80
        value >>= 7
        at += 1
    out[at] = value
    return at + 1
