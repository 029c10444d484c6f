"""The layout of a PMTiles file (version 3): ids along a Hilbert curve, directories, header.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

import gzip
import struct
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from gisapp.core.tiles_plain import varints
from gisapp.errors import InvalidInput
from gisapp.i18n import N_

Ints = npt.NDArray[np.int64]

ROOM: Final = 16_384
"""Bytes at the front in which header and root directory must lie."""

IN_ROOT: Final = 1024
"""Entries of a root directory at most; more go into leaves."""

IN_LEAF: Final = 4096

LAYOUT: Final = struct.Struct("<7sB11Q6B4iB2i")
MAGIC: Final = b"PMTiles"
VERSION: Final = 3
GZIP, MVT = 2, 1
DEGREE: Final = 1e7


class NoTileFile(InvalidInput):
    """Bytes are no PMTiles file of this version, or not a whole one."""

    code = "no_tile_file"
    message = N_("This is no whole PMTiles file of version 3.")


def ids(z: int, x: Ints, y: Ints) -> Ints:
    """Give tiles of one zoom their numbers, along the Hilbert curve, after all zooms before."""
    x, y = x.copy(), y.copy()
    found = np.full(len(x), ((1 << 2 * z) - 1) // 3, np.int64)
    for level in range(z - 1, -1, -1):
        side = 1 << level
        right, down = (x >> level) & 1, (y >> level) & 1
        found += ((3 * right) ^ down) << 2 * level
        turned = (down == 0) & (right == 1)
        x[turned], y[turned] = side - 1 - x[turned], side - 1 - y[turned]
        upper = down == 0
        x[upper], y[upper] = y[upper], x[upper]
    return found


@dataclass(frozen=True, slots=True)
class Directory:
    """Where tiles lie, ascending by id; without runs: every tile has its own bytes."""

    id: Ints
    offset: Ints
    length: Ints

    def __len__(self) -> int:
        return len(self.id)

    def part(self, begin: int, end: int) -> "Directory":
        return Directory(self.id[begin:end], self.offset[begin:end], self.length[begin:end])

    def packed(self, *, leaves: bool = False) -> bytes:
        """Write the directory; its entries point to tiles, or to ``leaves``."""
        run = np.full(len(self), 0 if leaves else 1, np.int64)
        follows = np.concatenate([[False], self.offset[1:] == (self.offset + self.length)[:-1]])
        offset = np.where(follows, 0, self.offset + 1)
        steps = np.diff(self.id, prepend=0)
        numbers = np.concatenate([[len(self)], steps, run, self.length, offset])
        return gzip.compress(varints(numbers)[1], mtime=0)

    @classmethod
    def unpacked(cls, body: bytes) -> tuple[Self, Ints]:
        """Read a directory; also returns the run of each entry: 0 where it points to a leaf."""
        numbers = _integers(gzip.decompress(body))
        many = int(numbers[0])
        if len(numbers) != 4 * many + 1:
            raise NoTileFile
        steps, run, length, offset = numbers[1:].reshape(4, many)
        # A zero follows the entry before; all that follow one another add their lengths.
        begin = np.flatnonzero(offset)
        last = begin[np.searchsorted(begin, np.arange(many), "right") - 1]
        before = np.concatenate([[0], np.cumsum(length)])[:-1]
        return cls(np.cumsum(steps), offset[last] - 1 + before - before[last], length), run


def _integers(body: bytes) -> Ints:
    raw = np.frombuffer(body, np.uint8).astype(np.int64)
    ends = np.flatnonzero(raw < 1 << 7)
    if not len(ends) or ends[-1] != len(raw) - 1:
        raise NoTileFile
    first = np.concatenate([[0], ends[:-1] + 1])
    place = np.arange(len(raw)) - np.repeat(first, ends - first + 1)
    found: Ints = np.add.reduceat((raw & 0x7F) << 7 * place, first)
    return found


@dataclass(frozen=True, slots=True)
class Header:
    """Where the parts of a file lie, as (offset, length), and what is in it."""

    root: tuple[int, int]
    about: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    many: int
    zooms: tuple[int, int]
    extent: tuple[float, float, float, float]
    """West, south, east, north."""

    def packed(self) -> bytes:
        """Write the header."""
        west, south, east, north = (round(DEGREE * one) for one in self.extent)
        return LAYOUT.pack(
            *(MAGIC, VERSION, *self.root, *self.about, *self.leaves, *self.tiles),
            *(self.many, self.many, self.many, 1, GZIP, GZIP, MVT, *self.zooms),
            *(west, south, east, north, self.zooms[0], (west + east) // 2, (south + north) // 2),
        )

    @classmethod
    def unpacked(cls, body: bytes) -> Self:
        """Read a header; raise `NoTileFile` when it is none that we write."""
        if len(body) < LAYOUT.size:
            raise NoTileFile
        magic, version, *rest = LAYOUT.unpack(body[: LAYOUT.size])
        kinds = (GZIP, GZIP, MVT)
        if magic != MAGIC or version != VERSION or tuple(rest[12:15]) != kinds:
            raise NoTileFile
        root, about, leaves, tiles = ((rest[at], rest[at + 1]) for at in range(0, 8, 2))
        west, south, east, north = (one / DEGREE for one in rest[17:21])
        zooms = (rest[15], rest[16])
        return cls(root, about, leaves, tiles, rest[8], zooms, (west, south, east, north))


def directories(tiles: Directory) -> tuple[bytes, bytes]:
    """Write the root directory and all leaves."""
    if len(tiles) <= IN_ROOT:
        return tiles.packed(), b""
    begins = range(0, len(tiles), IN_LEAF)
    leaves = [tiles.part(begin, begin + IN_LEAF).packed() for begin in begins]
    length = np.array([len(leaf) for leaf in leaves])
    root = Directory(tiles.id[::IN_LEAF], np.cumsum(length) - length, length)
    return root.packed(leaves=True), b"".join(leaves)
