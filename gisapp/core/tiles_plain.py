"""Any shape into the features of a vector tile, with GEOS: plain, and right for every case."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from gisapp.core.world import Box, Ints, Shapes, World

EXTENT: Final = 4096
"""Units along one side of a tile."""

BUFFER: Final = 64
"""Units beyond each side that are drawn too, so that borders join."""

MOVE, CLOSE = 9, 15
LINE, POLYGON = 2, 3

Feature = tuple[int, bytes]
"""Position of a shape in its world, and what stands in the tile."""


def box(z: int, x: int, y: int) -> Box:
    """Return the part of the unit square that a tile draws."""
    near, side = BUFFER / EXTENT, 2.0**z
    return (x - near) / side, (y - near) / side, (x + 1 + near) / side, (y + 1 + near) / side


def near(world: World, box: Box) -> Ints:
    """Find the shapes whose bounds meet a box, ascending."""
    low, high = world.bounds[:, :2], world.bounds[:, 2:]
    return np.flatnonzero((low <= box[2:]).all(axis=1) & (high >= box[:2]).all(axis=1))


def features(world: World, found: Ints, z: int, x: int, y: int) -> list[Feature]:
    """Encode shapes without names, in the order of ``found``; lines before polygons."""
    return _both(world, *cut(world, found, z, x, y))


def named(
    world: World, found: Ints, names: Sequence[str], z: int, x: int, y: int
) -> tuple[list[Feature], list[str]]:
    """Encode shapes with their names; returns the features and the words they point to."""
    kept, pieces = cut(world, found, z, x, y)
    words = sorted({names[at] for at in kept.tolist()})
    number = {word: at for at, word in enumerate(words)}
    tags = {at: b"\x12" + _sized(b"\x00" + varint(number[names[at]])) for at in kept.tolist()}
    return _both(world, kept, pieces, tags), words


def cut(world: World, found: Ints, z: int, x: int, y: int) -> tuple[Ints, Shapes]:
    """Bring shapes into a tile's whole units, valid.

    Returns positions and shapes; both without those that shrank to nothing.
    """
    edges, side = box(z, x, y), 2.0**z
    pieces = world.take(found)
    bounds = world.bounds[found]
    crossing = (bounds[:, :2] < edges[:2]).any(axis=1) | (bounds[:, 2:] > edges[2:]).any(axis=1)
    pieces[crossing] = shapely.clip_by_rect(pieces[crossing], *edges)
    # Rounded before the tile's corner is taken off: neighbouring tiles round alike.
    corner = np.array([x, y], np.float64) * EXTENT
    pieces = _array(shapely.transform(pieces, lambda xy: np.rint(xy * side * EXTENT) - corner))
    pieces = _array(shapely.remove_repeated_points(_valid(pieces)))
    # GEOS begins what it cuts where it likes; the kernel begins it at its least corner.
    pieces[crossing] = shapely.normalize(pieces[crossing])
    kept = ~shapely.is_empty(pieces)
    return found[kept], pieces[kept]


def _valid(pieces: Shapes) -> Shapes:
    """Mend what rounding has folded; what has shrunk to a line or a point becomes empty."""
    areas = shapely.get_dimensions(pieces) == POLYGON - 1
    bad = areas & ~shapely.is_valid(pieces)
    mended = shapely.make_valid(pieces[bad], method="structure", keep_collapsed=False)
    pieces[bad] = shapely.set_precision(mended, 1.0)
    return pieces


def _array(shapes: Any) -> Shapes:
    return np.asarray(shapes, dtype=object)


def _both(
    world: World, found: Ints, pieces: Shapes, tags: dict[int, bytes] | None = None
) -> list[Feature]:
    # What is cut off a polygon may touch it in a line, which is not of it.
    kinds = (POLYGON,) if world.rings is not None else (LINE, POLYGON)
    return [each for kind in kinds for each in _features(found, pieces, kind, tags)]


def _features(
    found: Ints, pieces: Shapes, kind: int, tags: dict[int, bytes] | None = None
) -> list[Feature]:
    """Encode the pieces of one kind, one feature for each position."""
    owner, stream, starts = _commands(pieces, kind)
    if not len(owner):
        return []
    wide, packed = varints(stream)
    lengths = np.add.reduceat(wide, starts)
    ends = np.cumsum(lengths)
    made = []
    for position, end, length in zip(
        found[owner].tolist(), ends.tolist(), lengths.tolist(), strict=True
    ):
        told = b"" if tags is None else tags[position]
        geometry = b"\x22" + _sized(packed[end - length : end])
        body = b"\x08" + varint(position) + told + bytes((0x18, kind)) + geometry
        made.append((position, b"\x12" + _sized(body)))
    return made


def _commands(pieces: Shapes, kind: int) -> tuple[Ints, Ints, Ints]:
    """Write the pieces of one kind as command integers.

    Returns for each feature its position in ``pieces`` and where its integers begin, and all
    the integers between them.
    """
    xy, path, owner = _paths(pieces, kind)
    nothing = np.zeros(0, np.int64)
    if not len(owner):
        return nothing, nothing, nothing
    count = np.bincount(path, minlength=len(owner))
    first = np.cumsum(count) - count
    begins = np.flatnonzero(np.diff(owner, prepend=-1))  # paths that begin a feature
    step = np.diff(xy, axis=0, prepend=np.zeros((1, 2), np.int64))
    step[first[begins]] = xy[first[begins]]
    step = (step << 1) ^ (step >> 63)
    closing = kind == POLYGON
    base = np.concatenate([[0], np.cumsum(2 * count + 2 + closing)])
    stream = np.empty(base[-1], np.int64)
    base = base[:-1]
    within = np.arange(len(xy)) - first[path]
    at = base[path] + 1 + 2 * within + (within > 0)
    stream[at], stream[at + 1] = step[:, 0], step[:, 1]
    stream[base] = MOVE
    stream[base + 3] = ((count - 1) << 3) | 2
    if closing:
        stream[base + 2 * count + 2] = CLOSE
    return owner[begins], stream, base[begins]


def _paths(pieces: Shapes, kind: int) -> tuple[Ints, Ints, Ints]:
    """Take shapes apart: points, the path of each point, the owner of each path."""
    parts, owner = shapely.get_parts(pieces, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)  # a collection may hold multis
    owner = owner[inner]
    right = (shapely.get_dimensions(parts) == kind - 1) & ~shapely.is_empty(parts)
    paths, owner = parts[right], owner[right]
    if kind == POLYGON:
        # Counter-clockwise where y grows upwards is what the format calls positive.
        paths, whose = shapely.get_rings(shapely.orient_polygons(paths), return_index=True)
        owner = owner[whose]
    xy, path = shapely.get_coordinates(paths, return_index=True)
    points = xy.astype(np.int64)
    if kind == POLYGON:
        again = np.diff(path, append=-1) != 0  # a ring ends where it began
        points, path = points[~again], path[~again]
    return points, path, owner


def varints(values: Ints) -> tuple[Ints, bytes]:
    """Encode many integers; returns how wide each is and all bytes."""
    wide = np.ones(len(values), np.int64)
    for bits in range(7, 42, 7):
        wide += values >= 1 << bits
    at = np.cumsum(wide) - wide
    packed = np.empty(int(wide.sum()), np.uint8)
    for byte in range(int(wide.max(initial=0))):
        has = wide > byte
        more = np.where(wide[has] > byte + 1, 0x80, 0)
        packed[at[has] + byte] = (values[has] >> 7 * byte) & 0x7F | more
    return wide, packed.tobytes()


def varint(value: int) -> bytes:
    """Encode one integer."""
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004  # seven bits a byte
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def field(number: int, body: bytes) -> bytes:
    """Encode a field of bytes."""
    return varint(number << 3 | 2) + _sized(body)


def _sized(body: bytes) -> bytes:
    return varint(len(body)) + body
