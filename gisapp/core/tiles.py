"""Shapes into vector tiles (Mapbox Vector Tile 2.1), whole arrays at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gisapp.core import tiles_kernels as kernels
from gisapp.core import tiles_plain as plain
from gisapp.core.tiles_plain import BUFFER, EXTENT, field, varint
from gisapp.core.world import Ints, Rings, World

A_CORNER, A_RING, A_FEATURE = 36, 64, 40
"""Bytes that one takes at most; cutting may make a few corners more."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a tile; the id of a feature is its position in ``world``."""

    name: str
    world: World
    names: Sequence[str] | None = None
    """Property ``name`` of each feature."""


def tile(layers: Sequence[Layer], z: int, x: int, y: int, *, quick: bool = True) -> bytes:
    """Encode what of ``layers`` lies in a tile; empty when nothing does.

    The kernels and the plain way give the same bytes. ``quick=False`` takes the plain one, so
    that nobody waits for the compiler.
    """
    return b"".join(_layer(layer, z, x, y, quick) for layer in layers)


def reached(world: World, z: int) -> tuple[Ints, Ints]:
    """List the tiles of a zoom, x and y, in which something of a world may lie."""
    side, near = 1 << z, BUFFER / EXTENT
    bounds = world.bounds[~np.isnan(world.bounds[:, 0])] * side
    first = np.floor(bounds[:, :2] - near).astype(np.int64).clip(0, side - 1)
    many = np.floor(bounds[:, 2:] + near).astype(np.int64).clip(0, side - 1) - first + 1
    tiles = many[:, 0] * many[:, 1]
    whose = np.repeat(np.arange(len(tiles)), tiles)
    within = np.arange(len(whose)) - np.repeat(np.cumsum(tiles) - tiles, tiles)
    down, across = np.divmod(within, many[whose, 0])
    found = np.unique((first[whose, 1] + down) * side + first[whose, 0] + across)
    return found % side, found // side


def compile_kernels() -> None:
    """Compile the kernels, or read them from their cache: seconds, or a tenth of one."""
    corners = np.array([[0.1, 0.1], [0.4, 0.1], [0.1, 0.4], [0.1, 0.1]])
    one, two = np.array([0, 1]), np.array([0, 4])
    tile([Layer("", World.flat(Rings(corners, two, one, one)))], 1, 0, 0)


def compiled() -> bool:
    """Tell whether `tile` answers without waiting for the compiler."""
    return kernels.near.compiled and kernels.encode.compiled


def _layer(layer: Layer, z: int, x: int, y: int, quick: bool) -> bytes:  # noqa: FBT001
    world = layer.world
    words: list[str] = []
    if quick and layer.names is None and world.rings is not None:
        body = _quick(world, world.rings, z, x, y)
    else:
        found = plain.near(world, plain.box(z, x, y))
        if layer.names is None:
            made = plain.features(world, found, z, x, y)
        else:
            made, words = plain.named(world, found, layer.names, z, x, y)
        body = b"".join(each for _, each in made)
    if not body:
        return b""
    parts = [field(1, layer.name.encode()), body]
    if words:
        parts.append(field(3, b"name"))
        parts += [field(4, field(1, word.encode())) for word in words]
    return field(3, b"".join([*parts, b"\x28" + varint(EXTENT), b"\x78\x02"]))


def _quick(world: World, rings: Rings, z: int, x: int, y: int) -> bytes:
    """Encode polygons with the kernels, and what they are unsure of the plain way."""
    box, cells = np.array(plain.box(z, x, y)), world.cells
    found = kernels.near(box, world.bounds, cells.at, cells.across, cells.first, cells.order)
    found.sort()
    if not len(found):
        return b""
    corners = int((rings.first(found + 1) - rings.first(found)).sum())
    out = np.empty(A_CORNER * corners + (A_RING + A_FEATURE) * len(found), np.uint8)
    ends = np.empty(len(found), np.int64)
    kernels.encode(
        found,
        world.bounds,
        rings.xy,
        rings.ring,
        rings.part,
        rings.shape,
        2.0**z * EXTENT,
        np.array([x, y]) * EXTENT,
        BUFFER,
        EXTENT,
        ends,
        out,
    )
    unsure = found[ends == kernels.UNSURE]
    if not len(unsure):
        return out[: ends.max(initial=0)].tobytes()
    return _merged(found, ends, out.data, dict(plain.features(world, unsure, z, x, y)))


def _merged(found: Ints, ends: Ints, out: memoryview, others: dict[int, bytes]) -> bytes:
    """Put the features of both ways in the order of their positions."""
    parts: list[bytes | memoryview] = []
    begin = 0
    for one, end in zip(found.tolist(), ends.tolist(), strict=True):
        if end >= 0:
            parts.append(out[begin:end])
            begin = end
        elif one in others:
            parts.append(others[one])
    return b"".join(parts)
