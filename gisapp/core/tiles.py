"""Shapes into vector tiles (Mapbox Vector Tile 2.1), whole arrays at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import shapely

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

EXTENT: Final = 4096
"""Units along one side of a tile."""

BUFFER: Final = 64
"""Units beyond each side that are drawn too, so that borders join."""

NORTHERNMOST: Final = 85.0511287798066
"""Latitude at which the square world of Web Mercator ends."""

SIMPLIFIED: Final = (8, 10, 12)
"""Zooms for which a level is simplified; a tile takes the first that is not coarser."""

HALF_PIXEL: Final = 1 / 512
"""Of a tile's side: what is smaller than this is not seen."""

MOVE, CLOSE = 9, 15
LINE, POLYGON = 2, 3


def project(lonlat: Array) -> Array:
    """Bring longitude/latitude, shape (n, 2), into the unit square; y grows southwards."""
    latitude = np.radians(np.clip(lonlat[:, 1], -NORTHERNMOST, NORTHERNMOST))
    x = lonlat[:, 0] / 360 + 0.5
    y = 0.5 - np.arctanh(np.sin(latitude)) / (2 * np.pi)
    return np.column_stack([x, y])


def unproject(xy: Array) -> Array:
    """Bring points of the unit square back to longitude/latitude."""
    latitude = np.degrees(np.arctan(np.sinh((0.5 - xy[:, 1]) * 2 * np.pi)))
    return np.column_stack([(xy[:, 0] - 0.5) * 360, latitude])


@dataclass(frozen=True, slots=True)
class World:
    """Shapes in the unit square with their bounds; projected once, cut for every tile."""

    shapes: Shapes
    bounds: Array
    """Shape (n, 4); nan where a shape is empty."""
    tree: shapely.STRtree

    @classmethod
    def of(cls, lonlat: npt.ArrayLike) -> Self:
        """Project shapes in longitude/latitude."""
        array: Any = np.asarray(lonlat, dtype=object)
        return cls.made(np.asarray(shapely.transform(array, project), dtype=object))

    @classmethod
    def made(cls, shapes: Shapes) -> Self:
        """Take shapes that are in the unit square already."""
        return cls(shapes, shapely.bounds(shapes), shapely.STRtree(shapes))

    def simplified(self, zoom: int) -> Self:
        """Drop the corners nobody sees at ``zoom``; what neighbours share they go on sharing."""
        if not len(self.shapes):
            return self
        tolerance = HALF_PIXEL / 2**zoom
        return self.made(np.asarray(shapely.coverage_simplify(self.shapes, tolerance), object))

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        corners = int(shapely.get_num_coordinates(self.shapes).sum())
        return 16 * corners + 400 * len(self.shapes)


def detail(zoom: int) -> int | None:
    """Name the zoom for which a tile's shapes are simplified; None for not at all."""
    return next((fits for fits in SIMPLIFIED if zoom <= fits), None)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a tile; the id of a feature is its position in ``world``."""

    name: str
    world: World
    names: Sequence[str] | None = None
    """Property ``name`` of each feature."""


def tile(layers: Sequence[Layer], z: int, x: int, y: int) -> bytes:
    """Encode what of ``layers`` lies in a tile; empty when nothing does."""
    return b"".join(_field(3, body) for layer in layers if (body := _layer(layer, z, x, y)))


def cut(world: World, z: int, x: int, y: int) -> tuple[Ints, Shapes]:
    """Find the shapes in a tile and bring them into its whole units, valid.

    Returns positions, ascending, and shapes; both without those that shrank to nothing.
    """
    near, side = BUFFER / EXTENT, 2.0**z
    box = ((x - near) / side, (y - near) / side, (x + 1 + near) / side, (y + 1 + near) / side)
    found = np.sort(world.tree.query(shapely.box(*box)))
    pieces = world.shapes[found]
    bounds = world.bounds[found]
    crossing = (bounds[:, :2] < box[:2]).any(axis=1) | (bounds[:, 2:] > box[2:]).any(axis=1)
    pieces[crossing] = shapely.clip_by_rect(pieces[crossing], *box)
    # Rounded before the tile's corner is taken off: neighbouring tiles round alike.
    corner = np.array([x, y], np.float64) * EXTENT
    pieces = _array(shapely.transform(pieces, lambda xy: np.rint(xy * side * EXTENT) - corner))
    pieces = _array(shapely.remove_repeated_points(_valid(pieces)))
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


def _layer(layer: Layer, z: int, x: int, y: int) -> bytes:
    found, pieces = cut(layer.world, z, x, y)
    words = sorted({layer.names[at] for at in found.tolist()}) if layer.names else []
    number = {word: at for at, word in enumerate(words)}
    drawn = [_features(found, pieces, kind, layer.names, number) for kind in (LINE, POLYGON)]
    features = [one for each in drawn for one in each]
    if not features:
        return b""
    body = [_field(1, layer.name.encode()), *(_field(2, one) for one in features)]
    if words:
        body.append(_field(3, b"name"))
        body += [_field(4, _field(1, word.encode())) for word in words]
    return b"".join([*body, b"\x28" + _varint(EXTENT), b"\x78\x02"])


def _features(
    found: Ints, pieces: Shapes, kind: int, names: Sequence[str] | None, number: dict[str, int]
) -> list[bytes]:
    """Encode the pieces of one kind, one feature for each position."""
    owner, stream, starts = _commands(pieces, kind)
    if not len(owner):
        return []
    wide, packed = _varints(stream)
    lengths = np.add.reduceat(wide, starts)
    ends = np.cumsum(lengths)
    made = []
    for position, end, length in zip(
        found[owner].tolist(), ends.tolist(), lengths.tolist(), strict=True
    ):
        tags = b"" if names is None else _field(2, b"\x00" + _varint(number[names[position]]))
        geometry = packed[end - length : end]
        made.append(b"\x08" + _varint(position) + tags + bytes((0x18, kind)) + _field(4, geometry))
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


def _varints(values: Ints) -> tuple[Ints, bytes]:
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


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:  # noqa: PLR2004  # seven bits a byte
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body
