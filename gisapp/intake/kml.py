"""Reads the placemarks of a KML file as rows; follows no link and draws nothing."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gisapp.intake import encodings, markup
from gisapp.intake.faults import TableFault, TooManyRows, XmlFault
from gisapp.intake.flow import Row
from gisapp.intake.limits import Limits

CHUNK: Final = 1 << 18
POINT, LINE, POLYGON, COLLECTION = 1, 2, 3, 7
MULTIPLE: Final = 3
"""A multipoint's number in WKB is a point's plus this, and so on."""
SHAPES: Final = {"Point": POINT, "LineString": LINE, "LinearRing": LINE, "Polygon": POLYGON}
OWN: Final = {"name", "description", "address"}
Take = Callable[[bytes, int], tuple[bytes, str]]
FOREIGN: Final = {"NetworkLink", "NetworkLinkControl"}


@dataclass(slots=True)
class Placemark:
    """One placemark, while it is read and after."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    shape: bytes | None = None
    note: str = ""


@dataclass(slots=True)
class _Shape:
    """One geometry at work: its own kind, and what lies in it."""

    tag: str
    parts: list[bytes] = field(default_factory=list)
    """Of a MultiGeometry shapes, of a polygon rings; a line and a point have one."""
    broken: bool = False


def read(path: Path, limits: Limits, take: Take) -> list[Placemark]:
    """Return all placemarks; ``take`` sees every shape as soon as it is there."""
    reading = _Reading(limits, take)
    markup.parse(_pieces(path), reading.start, reading.end, reading.text)
    return reading.found


def table(found: list[Placemark], limits: Limits) -> tuple[list[str], Iterator[Row]]:
    """Return the names of the columns, in the order in which they come up, and the rows."""
    names = list(dict.fromkeys(name for mark in found for name in mark.cells))
    if len(names) > limits.columns:
        raise TableFault.because("columns", limit=limits.columns)
    return names, (
        Row(
            mark.line,
            [mark.cells.get(name) for name in names],
            mark.shape,
            mark.note,
        )
        for mark in found
    )


def _pieces(path: Path) -> Iterator[bytes | str]:
    with path.open("rb") as file:
        start = file.read(1000)
    encoding = markup.encoding_of(start)
    if encoding is None:
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece
        return
    try:
        with path.open(encoding=encodings.strict(encoding), errors="strict") as file:
            while text := file.read(CHUNK):
                yield text
    except (UnicodeError, LookupError) as wrong:
        raise XmlFault.because("encoding") from wrong


@dataclass(slots=True)
class _Reading:
    limits: Limits
    take: Take
    found: list[Placemark] = field(default_factory=list)
    mark: Placemark | None = None
    shapes: list[_Shape] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    key: str = ""
    words: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in FOREIGN:
            raise XmlFault.because("link", name=tag)
        self.path.append(tag)
        self.words = []
        if tag == "Placemark":
            if len(self.found) >= self.limits.rows:
                raise TooManyRows(limit=self.limits.rows)
            self.mark = Placemark(len(self.found) + 1)
            self.shapes = []  # one that stood outside belongs to nobody
        elif tag in {"Data", "SimpleData"}:
            self.key = attributes.get("name", "").strip()
        elif tag in SHAPES or tag == "MultiGeometry":
            self.shapes.append(_Shape(tag))

    def text(self, piece: str) -> None:
        self.words.append(piece)

    def end(self, tag: str) -> None:
        self.path.pop()
        said = "".join(self.words).strip()
        self.words = []
        mark = self.mark
        if mark is None:
            return
        above = self.path[-1] if self.path else ""
        if tag == "Placemark":
            self.found.append(mark)
            self.mark = None
        elif tag == "coordinates" and self.shapes:
            self._coordinates(said)
        elif tag in SHAPES or tag == "MultiGeometry":
            self._close(mark)
        elif tag in OWN and above == "Placemark":
            self._cell(mark, tag, said)
        elif tag == "SimpleData" or (tag == "value" and above == "Data"):
            self._cell(mark, self.key, said)

    def _cell(self, mark: Placemark, name: str, said: str) -> None:
        if len(said) > self.limits.cell_characters:
            if name == "description":  # a page for a balloon, no value of anything
                return
            raise TableFault.because("cell", line=mark.line, limit=self.limits.cell_characters)
        if name and said:
            mark.cells[name] = said

    def _coordinates(self, said: str) -> None:
        shape = self.shapes[-1]
        try:
            # lon,lat or lon,lat,height, with white space between positions
            pairs = [tuple(map(float, word.split(",")[:2])) for word in said.split()]
            packed = b"".join(struct.pack("<2d", *pair) for pair in pairs)
        except (ValueError, struct.error):
            shape.broken = True
            return
        count = b"" if shape.tag == "Point" else struct.pack("<I", len(pairs))
        shape.parts.append(count + packed)

    def _close(self, mark: Placemark) -> None:
        done = self.shapes.pop()
        made = _wkb(done)
        if self.shapes:
            above = self.shapes[-1]
            above.broken |= made is None
            if made is not None:
                # A ring of a polygon is its numbers alone, a part of a collection a whole shape.
                above.parts.append(done.parts[0] if above.tag == "Polygon" else made)
            return
        if made is None:
            mark.note = "lost"
        else:
            mark.shape, mark.note = self.take(made, mark.line)


def _wkb(shape: _Shape) -> bytes | None:
    """Write a geometry as WKB; null when it has no sound coordinates."""
    if shape.broken or not shape.parts:
        return None
    if shape.tag == "MultiGeometry":
        kinds = {struct.unpack_from("<I", part, 1)[0] for part in shape.parts}
        alone = kinds.pop() if len(kinds) == 1 else 0
        kind = alone + MULTIPLE if alone in SHAPES.values() else COLLECTION
        return struct.pack("<BII", 1, kind, len(shape.parts)) + b"".join(shape.parts)
    head = struct.pack("<BI", 1, SHAPES[shape.tag])
    if shape.tag == "Polygon":
        return head + struct.pack("<I", len(shape.parts)) + b"".join(shape.parts)
    return head + shape.parts[0] if len(shape.parts) == 1 else None
