"""Keeps checked rows in a file between the gate and the one transaction, not in memory."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from gisapp.intake.cells import Value

CHUNK: Final = 5_000
"""Rows of one line of the file, written and read at once."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One row that passed the gate: its values by field, and its shape in longitude/latitude."""

    line: int
    values: dict[str, Value]
    shape: BaseGeometry | None = None


def stage(path: Path, drafts: Iterator[Draft]) -> int:
    """Put rows aside in ``path``; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        while chunk := list(islice(drafts, CHUNK)):
            # json.dump() would write sign by sign, in Python.
            file.write(json.dumps(_packed(chunk), separators=(",", ":")) + "\n")
            count += len(chunk)
    return count


def _packed(drafts: Sequence[Draft]) -> list[list[Any]]:
    shapes = shapely.to_wkb([draft.shape for draft in drafts], hex=True)
    return [[d.line, d.values, shape] for d, shape in zip(drafts, shapes, strict=True)]


def packed(chunks: Iterable[Sequence[Draft]]) -> bytes:
    """Write rows that wait for a decision, small enough to be kept in the database."""
    pack = zlib.compressobj(level=6)
    lines = (json.dumps(_packed(chunk), separators=(",", ":")) + "\n" for chunk in chunks)
    return b"".join([*(pack.compress(line.encode()) for line in lines), pack.flush()])


def unpacked(content: bytes) -> Iterator[list[Draft]]:
    """Read what `packed` wrote."""
    for line in zlib.decompress(content).decode().splitlines():
        yield _drafts(json.loads(line))


def staged(path: Path) -> Iterator[list[Draft]]:
    """Give the rows back in the order of the file, some thousands at a time."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield _drafts(json.loads(line))


def _drafts(rows: Sequence[Any]) -> list[Draft]:
    shapes = shapely.from_wkb([shape for _, _, shape in rows])
    return [
        Draft(number, values, shape)
        for (number, values, _), shape in zip(rows, shapes, strict=True)
    ]
