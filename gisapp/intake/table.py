"""Reads a CSV file as text, cell by cell; nothing is guessed about types."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from gisapp.formula import plain
from gisapp.intake import encodings, heading
from gisapp.intake.faults import TableFault, TooManyRows
from gisapp.intake.flow import Row
from gisapp.intake.limits import Limits

SEPARATORS: Final = ",;\t"
CHUNK: Final = 1 << 20


def encoding_of(path: Path, named: str | None) -> str:
    """Return the encoding: the named one, what the file marks, UTF-8, else GB18030; strictly."""

    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece

    text = encodings.Text(pieces)
    with path.open("rb") as file:
        declared = named or encodings.marked(file.read(4096))
    try:
        found = encodings.strict(declared) if declared else encodings.found(text)
    except LookupError as wrong:
        raise TableFault.because("unknown_encoding", name=str(named)[:40]) from wrong
    if found is None or (declared and not encodings.fits(text, found)):
        raise TableFault.because("encoding")
    return found


def read(path: Path, encoding: str, limits: Limits) -> tuple[list[str], Iterator[Row]]:
    """Return the names of the columns, and the rows as they come."""
    csv.field_size_limit(max(limits.cell_characters, 100_000))
    separator = _separator(path, encoding)
    with _opened(path, encoding) as text:
        first = _first(csv.reader(text, delimiter=separator, strict=True))
    head = heading.line(first)
    names = _names(first[head] if first else [], limits)
    return names, _rows(path, encoding, separator, head, len(names), limits)


def _opened(path: Path, encoding: str) -> io.TextIOWrapper:
    return path.open("r", encoding=encoding, errors="strict", newline="")


def _separator(path: Path, encoding: str) -> str:
    """Return what parts the cells of the first line that has several; a title has none."""
    with _opened(path, encoding) as text:
        lines = [text.readline(1_000_000) for _ in range(heading.LOOKED_AT)]
    parted = next((line for line in lines if any(sign in line for sign in SEPARATORS)), "")
    return max(SEPARATORS, key=parted.count)


def _first(table: Any) -> list[list[str]]:
    """Read the first lines, as far as they can be."""
    found: list[list[str]] = []
    try:
        found.extend(islice(table, heading.LOOKED_AT))
    except csv.Error as wrong:
        if not found:
            raise TableFault.because("quotes", line=1) from wrong
    return found


def _names(first: list[str], limits: Limits) -> list[str]:
    names = [plain(name.strip()) for name in first]
    if not any(names):
        raise TableFault.because("header")
    if len(names) > limits.columns:
        raise TableFault.because("columns", limit=limits.columns)
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise TableFault.because("twice", name=twice[:80])
    return names


def _rows(
    path: Path, encoding: str, separator: str, head: int, width: int, limits: Limits
) -> Iterator[Row]:
    with _opened(path, encoding) as text:
        table = csv.reader(text, delimiter=separator, strict=True)
        for _ in range(head + 1):
            next(table)
        yield from _checked(table, width, limits)


def _checked(table: Any, width: int, limits: Limits) -> Iterator[Row]:
    count = 0
    while True:
        line = table.line_num + 1
        try:
            cells = next(table, None)
        except csv.Error as wrong:
            raise TableFault.because("quotes", line=line) from wrong
        if cells is None:
            return
        if not any(map(str.strip, cells)):
            continue  # an empty line is no row
        count += 1
        if count > limits.rows:
            raise TooManyRows(limit=limits.rows)
        if max(map(len, cells)) > limits.cell_characters:
            raise TableFault.because("cell", line=line, limit=limits.cell_characters)
        if "\0" in "".join(cells):
            raise TableFault.because("quotes", line=line)
        cells = [plain(cell) for cell in cells]
        yield Row(line, cells, None, "" if len(cells) == width else "short")
