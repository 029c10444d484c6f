"""Looks at the three files of a Shapefile, without GDAL, before anything else opens them."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gisapp.intake import dbf
from gisapp.intake.faults import GeometryLimit, ShapefileFault, TooManyRows
from gisapp.intake.limits import Limits

MAGIC: Final = struct.Struct(">i20xi")
HEAD_BYTES: Final = 100
RECORD: Final = struct.Struct(">ii")
KIND: Final = struct.Struct("<i")
MULTIPOINTS: Final = {8, 18, 28}
PLACED: Final = {"dbf": "table", "cpg": "page"}
"""By other names GDAL does not find them: it would decode texts before we know their encoding."""
PARTED: Final = {3, 5, 13, 15, 23, 25, 31}
"""Kinds of shapes that count their parts and vertices after their bounds."""
BOUNDS_BYTES: Final = 36


@dataclass(frozen=True, slots=True)
class Inside:
    """What the files say of themselves."""

    shaped: dict[int, bool]
    """By line: whether there is a shape."""
    table: dbf.Table
    projection: str | None
    """The text of the .prj."""
    code_page: str | None
    """The text of the .cpg."""


def check(path: Path, limits: Limits) -> Inside:
    """Check the Shapefile at ``path`` (its .shp), record by record."""
    _head(path.with_suffix(".shx"), "shx")
    _head(path, "shp")
    shaped = _records(path, limits)
    table = dbf.opened(path.with_suffix(".table"), limits)
    if table.count != len(shaped):
        raise ShapefileFault.because("count", shapes=len(shaped), rows=table.count)
    return Inside(shaped, table, _text(path.with_suffix(".prj")), _text(path.with_suffix(".page")))


def _head(path: Path, part: str) -> None:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if len(head) < HEAD_BYTES:
        raise ShapefileFault.because("header", part=part)
    magic, words = MAGIC.unpack_from(head)
    if magic != 9994:  # noqa: PLR2004  # every .shp and .shx begins with it
        raise ShapefileFault.because("header", part=part)
    if words < HEAD_BYTES // 2 or 2 * words > path.stat().st_size:
        raise ShapefileFault.because("length", part=part)


def _records(path: Path, limits: Limits) -> dict[int, bool]:
    shaped: dict[int, bool] = {}
    total, line = 0, 0
    with path.open("rb") as file:
        file.seek(HEAD_BYTES)
        while head := file.read(RECORD.size):
            line += 1
            if line > limits.rows:
                raise TooManyRows(limit=limits.rows)
            words = RECORD.unpack(head)[1] if len(head) == RECORD.size else -1
            body = file.read(2 * words) if 2 <= words <= limits.frame_bytes // 2 else b""  # noqa: PLR2004
            if len(body) < KIND.size or len(body) < 2 * words:
                raise ShapefileFault.because("record", line=line)
            total += _vertices(body, line, limits)
            if total > limits.vertices_a_file:
                raise GeometryLimit(line=line, limit=limits.vertices_a_file)
            shaped[line] = KIND.unpack_from(body)[0] != 0
    return shaped


def _vertices(body: bytes, line: int, limits: Limits) -> int:
    (kind,) = KIND.unpack_from(body)
    if kind not in PARTED | MULTIPOINTS:
        return 1
    parts = 0
    at = BOUNDS_BYTES
    if kind in PARTED:
        at += KIND.size
    if len(body) < at + KIND.size:
        raise ShapefileFault.because("record", line=line)
    if kind in PARTED:
        (parts,) = KIND.unpack_from(body, BOUNDS_BYTES)
    (count,) = KIND.unpack_from(body, at)
    # Every part has an index of four bytes, every vertex two numbers of eight.
    if parts < 0 or count < 0 or 4 * parts + 16 * count > len(body) - at:
        raise ShapefileFault.because("record", line=line)
    if max(parts, count) > limits.vertices_a_shape:
        raise GeometryLimit(line=line, limit=limits.vertices_a_shape)
    return int(count)


def _text(path: Path) -> str | None:
    if not path.exists():
        return None
    with path.open("rb") as file:
        return file.read(10_000).decode("utf-8", "replace").strip() or None
