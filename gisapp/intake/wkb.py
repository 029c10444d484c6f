"""Reads WKB without GEOS: how deep, how many vertices, all finite; before anything else sees it."""

import math
import struct
import sys
from array import array

POINT, LINE, POLYGON, COLLECTION = 1, 2, 3, 7
EWKB_Z, EWKB_M, EWKB_SRID = 0x80000000, 0x40000000, 0x20000000


class Broken(Exception):
    """The bytes are no well-formed, finite shape."""


class TooDeep(Exception):
    """Shapes nest deeper than allowed."""


class TooMany(Exception):
    """There are more vertices than allowed."""


def vertices(data: bytes, *, nesting: int, most: int) -> int:
    """
    Count the vertices of one shape and prove that it is well-formed.

    Parameters
    ----------
    data
        WKB, ISO or extended, 2 to 4 dimensions.
    nesting
        How deep shapes may lie in shapes; a plain polygon is 1.
    most
        How many vertices there may be.

    Returns
    -------
    count
        0 for an empty shape.

    Raises
    ------
    Broken
        If it is cut, has bytes left over, an unknown type or a coordinate that
        is not finite. GEOS would crash on some of these.
    TooDeep, TooMany
        If it is over a limit; found before anything is allocated for it.
    """
    try:
        end, count = _walk(data, 0, nesting, most)
    except struct.error as cut:
        raise Broken from cut
    if end != len(data):
        raise Broken
    return count


def _walk(data: bytes, at: int, nesting: int, most: int) -> tuple[int, int]:
    if nesting < 1:
        raise TooDeep
    if at >= len(data) or data[at] > 1:
        raise Broken
    order = "<" if data[at] else ">"
    kind, dimensions, at = _kind(data, at + 1, order)
    if kind == POINT:
        return _point(data, at, order, dimensions)
    (parts,) = struct.unpack_from(f"{order}I", data, at)
    at += 4
    if kind == LINE:
        return _line(data, at, order, dimensions, parts, most)
    count = 0
    if parts > len(data) - at:
        raise Broken
    for _ in range(parts):
        if kind == POLYGON:
            (size,) = struct.unpack_from(f"{order}I", data, at)
            at, more = _line(data, at + 4, order, dimensions, size, most)
        else:
            at, more = _walk(data, at, nesting - 1, most)
        count += more
        if count > most:
            raise TooMany
    return at, count


def _kind(data: bytes, at: int, order: str) -> tuple[int, int, int]:
    (code,) = struct.unpack_from(f"{order}I", data, at)
    at += 4
    if code & EWKB_SRID:
        at += 4
    extra = bool(code & EWKB_Z) + bool(code & EWKB_M)
    plain = code & 0x0FFFFFFF
    iso, kind = divmod(plain, 1000)
    if iso > 3 or not POINT <= kind <= COLLECTION:  # noqa: PLR2004  # Z, M, ZM
        raise Broken
    return kind, 2 + max(extra, (0, 1, 1, 2)[iso]), at


def _point(data: bytes, at: int, order: str, dimensions: int) -> tuple[int, int]:
    x, y = struct.unpack_from(f"{order}2d", data, at)
    end = at + 8 * dimensions
    if end > len(data):
        raise Broken
    if x != x and y != y:  # noqa: PLR0124  # WKB writes an empty point as NaN
        return end, 0
    if not (math.isfinite(x) and math.isfinite(y)):
        raise Broken
    return end, 1


def _line(
    data: bytes, at: int, order: str, dimensions: int, size: int, most: int
) -> tuple[int, int]:
    if size > most:
        raise TooMany
    end = at + 8 * dimensions * size
    if end > len(data):
        raise Broken
    ordinates = array("d", data[at:end])
    if (order == "<") != (sys.byteorder == "little"):
        ordinates.byteswap()
    # One that is not finite spoils the sum; numpy would take longer to load than this takes.
    if not all(math.isfinite(sum(ordinates[axis::dimensions])) for axis in (0, 1)):
        raise Broken
    return end, size
