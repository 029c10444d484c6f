"""Cuts tiles out of the shapes that maps keep."""

import gzip
from collections.abc import Callable
from typing import Final

from gisapp.actions.maps import Surroundings
from gisapp.core import tiles
from gisapp.core.world import THINNED, World, detail

PACKED: Final = 6
"""How hard tiles are compressed."""

Find = Callable[[str, str, int | None], World]
"""Gives the shapes of a key and level, simplified for a zoom."""


def usual(z: int) -> str:
    """Name the level that a tile holds when nobody asks for another."""
    return "township" if z <= 10 else "community" if z <= 12 else "grid"  # noqa: PLR2004


def prepare() -> None:
    """Have the kernels compiled, or read from their cache; nobody waits for them meanwhile."""
    tiles.compile_kernels()


def pack(body: bytes) -> bytes:
    """Compress a tile; an empty one stays empty."""
    return gzip.compress(body, PACKED, mtime=0) if body else b""


def cut(find: Find, key: str, level: str, z: int, x: int, y: int) -> bytes:
    """Encode one tile of one level; empty when nothing lies in it."""
    world = find(key, level, detail(z))
    return tiles.tile([tiles.Layer(level, world)], z, x, y, quick=tiles.compiled())


def thinned(z: int) -> int | None:
    """Name the zoom for which the roads and water of a tile are thinned; None for not at all."""
    return detail(z, THINNED)


def cut_context(around: Surroundings, z: int, x: int, y: int) -> bytes:
    """Encode one tile of water, roads and streets."""
    layers = [
        tiles.Layer(kind, world, around.names.get(kind)) for kind, world in around.worlds.items()
    ]
    return tiles.tile(layers, z, x, y, quick=tiles.compiled())
