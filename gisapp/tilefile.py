"""Files of ready tiles, in the layout of PMTiles: written once, never changed."""

import contextlib
import gzip
import json
import mmap
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import numpy as np

from gisapp.core.pmtiles import LAYOUT, ROOM, Directory, Header, NoTileFile, directories, ids
from gisapp.errors import Unavailable
from gisapp.i18n import N_

ENDING: Final = ".pmtiles"
UNFINISHED: Final = ".part"


class TilesUnwritable(Unavailable):
    """The folder of tiles cannot be written, or its disk is full."""

    code = "tiles_unwritable"
    message = N_("Tiles cannot be written to {folder}: {reason}.")


@dataclass(frozen=True, slots=True)
class TileFile:
    """An open file; tiles are as they lie in it, compressed."""

    zooms: tuple[int, int]
    _start: int
    _tiles: Directory
    _bytes: mmap.mmap

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file; raise `NoTileFile` when it is none, or not a whole one."""
        try:
            return cls._open(path)
        except (OSError, EOFError, ValueError, IndexError, zlib.error) as wrong:
            raise NoTileFile from wrong

    @classmethod
    def _open(cls, path: Path) -> Self:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < ROOM:
                raise NoTileFile
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        head = Header.unpacked(mapped[:ROOM])
        if max(sum(head.tiles), sum(head.leaves), sum(head.root)) > len(mapped):
            raise NoTileFile
        found, run = Directory.unpacked(_part(mapped, 0, head.root))
        if (run == 0).all() and len(found):
            each = [
                Directory.unpacked(_part(mapped, head.leaves[0], one))[0]
                for one in zip(found.offset.tolist(), found.length.tolist(), strict=True)
            ]
            found = Directory(
                np.concatenate([one.id for one in each]),
                np.concatenate([one.offset for one in each]),
                np.concatenate([one.length for one in each]),
            )
        return cls(head.zooms, head.tiles[0], found, mapped)

    def get(self, z: int, x: int, y: int) -> bytes:
        """Return a tile, compressed; empty when nothing lies in it."""
        wanted = ids(z, np.array([x]), np.array([y]))[0]
        at = int(np.searchsorted(self._tiles.id, wanted))
        if at == len(self._tiles) or self._tiles.id[at] != wanted:
            return b""
        place = int(self._tiles.offset[at]), int(self._tiles.length[at])
        return _part(self._bytes, self._start, place)

    @property
    def size(self) -> int:
        """About how many bytes this keeps in memory; the tiles stay in the file."""
        return 24 * len(self._tiles) + 1000


def write(
    path: Path,
    tiles: Iterable[tuple[int, bytes]],
    about: dict[str, Any],
    zooms: tuple[int, int],
    extent: tuple[float, float, float, float],
) -> int:
    """Write a file of compressed tiles, given with their ids, ascending; returns how many.

    It appears under its name when it is whole.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            many = _fill(file, tiles, about, zooms, extent)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as wrong:
        reason = os.strerror(wrong.errno or 0)
        raise TilesUnwritable(folder=str(path.parent), reason=reason) from wrong
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return many


def _fill(
    file: BinaryIO,
    tiles: Iterable[tuple[int, bytes]],
    about: dict[str, Any],
    zooms: tuple[int, int],
    extent: tuple[float, float, float, float],
) -> int:
    file.write(bytes(ROOM))  # header and root directory come here when all else is known
    numbers, lengths = [], []
    for number, body in tiles:
        file.write(body)
        numbers.append(number)
        lengths.append(len(body))
    length = np.array(lengths, np.int64)
    found = Directory(np.array(numbers, np.int64), np.cumsum(length) - length, length)
    root, leaves = directories(found)
    told = _packed_json(about)
    after = ROOM + int(length.sum())
    file.write(leaves + told)
    head = Header(
        (LAYOUT.size, len(root)),
        (after + len(leaves), len(told)),
        (after, len(leaves)),
        (ROOM, int(length.sum())),
        len(found),
        zooms,
        extent,
    )
    file.seek(0)
    file.write(head.packed() + root)
    return len(found)


def _packed_json(document: dict[str, Any]) -> bytes:
    return gzip.compress(json.dumps(document, ensure_ascii=False).encode(), mtime=0)


def _part(mapped: mmap.mmap, start: int, place: tuple[int, int]) -> bytes:
    begin = start + place[0]
    return mapped[begin : begin + place[1]]
