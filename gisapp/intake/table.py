"""Reads a CSV file as text, cell by cell; nothing is guessed about types."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from gisapp.formula import plain
from gisapp.intake import encodings
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
    with _opened(path, encoding) as text:
        names = _names(csv.reader(text, delimiter=_separator(text), strict=True), limits)
    return names, _rows(path, encoding, len(names), limits)


def _opened(path: Path, encoding: str) -> io.TextIOWrapper:
    return path.open("r", encoding=encoding, errors="strict", newline="")


def _separator(text: io.TextIOWrapper) -> str:
    first = text.readline(1_000_000)
    text.seek(0)
    return max(SEPARATORS, key=first.count)


def _names(table: Any, limits: Limits) -> list[str]:
    try:
        names = [plain(name.strip()) for name in next(table, [])]
    except csv.Error as wrong:
        raise TableFault.because("quotes", line=1) from wrong
    if not any(names):
        raise TableFault.because("header")
    if len(names) > limits.columns:
        raise TableFault.because("columns", limit=limits.columns)
    if len(set(names)) < len(names):
        raise TableFault.because("twice", name=next(n for n in names if names.count(n) > 1)[:80])
    return names


def _rows(path: Path, encoding: str, width: int, limits: Limits) -> Iterator[Row]:
    with _opened(path, encoding) as text:
        table = csv.reader(text, delimiter=_separator(text), strict=True)
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
        if not cells:
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
