"""Reads the rows of a workbook as text: codes keep their zeros, dates become ISO days.

XML is taken apart by defusedxml. openpyxl, which the tests compare with, was tried for the rest and
lost what files of offices hold: days in the formats of Chinese Excel (31, 57 …), rows that stand
out of order, signs that XML escapes; one odd colour made it refuse a workbook; it took 1.8 times
as long, and cannot give what a formula showed and say that there is one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from gisapp.formula import plain
from gisapp.intake import archive, heading, markup
from gisapp.intake.faults import LayerUnknown, XlsxLimit
from gisapp.intake.flow import Row
from gisapp.intake.limits import Limits
from gisapp.intake.sheet_values import Formats

CHUNK: Final = 1 << 18
REFERENCE: Final = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
NUMBER: Final = re.compile(r"[0-9]{1,9}")
ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
MACROS: Final = "vbaproject"
LINKS: Final = "externallink"


@dataclass(slots=True)
class Book:
    """An opened workbook."""

    zip: ZipFile
    entries: dict[str, archive.Entry]
    limits: Limits
    sheets: dict[str, str] = field(default_factory=dict)
    """Path of each sheet that people see, by its name."""
    texts: list[str] = field(default_factory=list)
    formats: Formats = field(default_factory=Formats)
    unpacked: int = 0

    def pieces(self, part: str) -> Iterator[bytes]:
        """Unpack one part; all parts together may not be more than the limit."""
        entry = self.entries.get(part.casefold())
        if entry is None:
            raise XlsxLimit.because("part", name=part[:80])
        with self.zip.open(entry.info) as packed:
            while piece := packed.read(CHUNK):
                self.unpacked += len(piece)
                if self.unpacked > 2 * self.limits.unpacked_bytes:
                    raise XlsxLimit.because("part", name=part[:80])
                yield piece


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Book]:
    """Open the workbook at ``path`` and read all but its sheets."""
    with archive.opened(path, "", limits) as (zipped, entries):
        book = Book(zipped, {each.name.casefold(): each for each in entries}, limits)
        for name in book.entries:
            if MACROS in name:
                raise XlsxLimit.because("macros")
            if LINKS in name:
                raise XlsxLimit.because("links")
        _sheets(book)
        if "xl/sharedstrings.xml" in book.entries:
            book.texts = _texts(book)
        if "xl/styles.xml" in book.entries:
            book.formats.read(book.pieces("xl/styles.xml"))
        yield book


def read(book: Book, layer: str | None) -> tuple[str, list[str], Iterator[Row]]:
    """Return the sheet's name, its columns, and its rows as they come."""
    name = _choose(book, layer)
    rows = _rows(book, book.sheets[name])
    first = list(islice(rows, heading.LOOKED_AT))
    if not first:
        raise XlsxLimit.because("header")
    head = heading.line([row.cells for row in first])
    names = [(text or "").strip() for text in first[head].cells]
    while names and not names[-1]:
        names.pop()
    if twice := next((n for n in names if n and names.count(n) > 1), None):
        raise XlsxLimit.because("twice", name=twice[:80])
    return name, names, _table(chain(first[head + 1 :], rows), len(names))


def _table(rows: Iterator[Row], width: int) -> Iterator[Row]:
    for row in rows:
        cells = list(row.cells[:width]) + [None] * (width - len(row.cells))
        more = any(text for text in row.cells[width:])
        yield Row(row.line, cells, None, "short" if more else row.note)


def _choose(book: Book, layer: str | None) -> str:
    if layer is not None:
        if layer not in book.sheets:
            raise LayerUnknown(layers=list(book.sheets))
        return layer
    # A new workbook often has two empty sheets behind the one that is used.
    full = [
        name
        for name, part in book.sheets.items()
        if len(book.sheets) == 1 or next(_rows(book, part), None)
    ]
    if len(full) != 1:
        raise LayerUnknown(layers=full or list(book.sheets))
    return full[0]


def _sheets(book: Book) -> None:
    targets: dict[str, str] = {}
    found: list[tuple[str, str]] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            plain = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[attributes.get("Id", "")] = plain

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            book.formats.from_1904 = attributes.get("date1904") in {"1", "true"}
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            found.append((attributes.get("name", ""), attributes.get("id", "")))

    for part, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        markup.parse(book.pieces(part), start, _nothing, _nothing)
    if len(found) > book.limits.layers:
        raise XlsxLimit.because("sheets", limit=book.limits.layers)
    book.sheets = {name: targets[key] for name, key in found if key in targets}
    if not book.sheets:
        raise XlsxLimit.because("part", name="xl/workbook.xml")


def _nothing(_: str) -> None:
    pass


def _texts(book: Book) -> list[str]:
    texts: list[str] = []
    parts: list[str] = []
    inside, reading = False, 0  # a phonetic guide repeats the text beside it

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal inside, reading
        if tag == "si":
            parts.clear()
        reading += tag == "rPh"
        inside = tag == "t" and not reading

    def end(tag: str) -> None:
        nonlocal inside, reading
        inside = False
        reading -= tag == "rPh"
        if tag == "si":
            texts.append(_signs("".join(parts)))

    def text(piece: str) -> None:
        if inside:
            parts.append(piece)

    markup.parse(book.pieces("xl/sharedStrings.xml"), start, end, text)
    return texts


def _signs(text: str) -> str:
    """Undo the way in which XML writes signs that it cannot hold."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@dataclass(slots=True)
class _Sheet:
    """What is met while one sheet is read."""

    book: Book
    ready: list[Row] = field(default_factory=list)
    line: int = 0
    cells: list[str | None] = field(default_factory=list)
    column: int = 0
    kind: str = "n"
    style: int = 0
    parts: list[str] = field(default_factory=list)
    inside: bool = False
    computed: bool = False
    reading: int = 0
    rows: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._row(attributes.get("r", ""))
        elif tag == "c":
            self._cell(attributes)
        elif tag == "f":
            self.computed = True
        self.reading += tag == "rPh"
        self.inside = tag in {"v", "t"} and not self.reading

    def end(self, tag: str) -> None:
        self.inside = False
        self.reading -= tag == "rPh"
        if tag == "c":
            self._keep()
        elif tag == "row" and any(cell and cell.strip() for cell in self.cells):
            self.rows += 1
            if self.rows > self.book.limits.rows + 1:  # and the line of names
                raise XlsxLimit.because("rows", limit=self.book.limits.rows)
            note = "computed" if self.computed else ""
            self.ready.append(Row(self.line, self.cells, None, note))

    def text(self, piece: str) -> None:
        if self.inside:
            self.parts.append(piece)

    def _row(self, said: str) -> None:
        self.line = int(said) if NUMBER.fullmatch(said) else self.line + 1
        self.cells, self.column, self.computed = [], 0, False

    def _cell(self, attributes: dict[str, str]) -> None:
        place = REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = _column(place[1]) if place else self.column + 1
        self.kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self.style = int(style) if NUMBER.fullmatch(style) else 0
        self.parts = []

    def _keep(self) -> None:
        raw = "".join(self.parts)
        if not raw:
            return
        limits = self.book.limits
        if self.column > limits.columns:
            raise XlsxLimit.because("columns", limit=limits.columns, line=self.line)
        said = self._value(raw)
        if len(said) > limits.cell_characters:
            raise XlsxLimit.because("cell", line=self.line, limit=limits.cell_characters)
        self.cells += [None] * (self.column - len(self.cells))
        self.cells[self.column - 1] = said

    def _value(self, raw: str) -> str:
        if self.kind == "s":
            place = int(raw) if NUMBER.fullmatch(raw.strip()) else -1
            if not 0 <= place < len(self.book.texts):
                raise XlsxLimit.because("part", name="xl/sharedStrings.xml")
            return plain(self.book.texts[place])
        if self.kind in {"str", "inlineStr"}:
            return plain(_signs(raw))
        return self.book.formats.said(raw, self.style) if self.kind == "n" else raw


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _rows(book: Book, part: str) -> Iterator[Row]:
    sheet = _Sheet(book)
    # The parser calls back, so rows are handed on between two pieces of the file.
    for _ in markup.stepwise(book.pieces(part), sheet.start, sheet.end, sheet.text):
        yield from sheet.ready
        sheet.ready = []
