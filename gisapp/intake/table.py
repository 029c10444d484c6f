"""Reads a CSV file as text, cell by cell; nothing is guessed about types."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from gisapp.intake.faults import TableFault, TooManyRows
from gisapp.intake.flow import Row
from gisapp.intake.limits import Limits

SEPARATORS: Final = ",;\t"
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path, named: str | None) -> str:
    """Return the encoding: the named one, what the file marks, UTF-8, else GB18030; strictly."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    tries = [named] if named else [marked] if marked else ["utf-8", "gb18030"]
    for name in tries:
        if _decodes(path, name):
            return name
    raise TableFault.because("encoding")


def _decodes(path: Path, name: str) -> bool:
    try:
        with path.open(encoding=name, errors="strict") as text:
            while text.read(1 << 20):
                pass
    except UnicodeError:
        return False
    except LookupError as wrong:
        raise TableFault.because("unknown_encoding", name=name) from wrong
    return True


def read(path: Path, encoding: str, limits: Limits) -> tuple[list[str], Iterator[Row]]:
    """Return the names of the columns, and the rows as they come."""
    csv.field_size_limit(max(limits.cell_characters, 100_000))
    text = io.TextIOWrapper(path.open("rb"), encoding=encoding, errors="strict", newline="")
    first = text.readline(1_000_000)
    text.seek(0)
    separator = max(SEPARATORS, key=first.count)
    table = csv.reader(text, delimiter=separator, strict=True)
    try:
        names = [name.strip() for name in next(table, [])]
    except csv.Error as wrong:
        raise TableFault.because("quotes", line=1) from wrong
    if not any(names):
        raise TableFault.because("header")
    if len(names) > limits.columns:
        raise TableFault.because("columns", limit=limits.columns)
    if len(set(names)) < len(names):
        raise TableFault.because("twice", name=next(n for n in names if names.count(n) > 1)[:80])
    return names, _rows(table, len(names), limits)


def _rows(table: Any, width: int, limits: Limits) -> Iterator[Row]:
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
        yield Row(line, cells, None, "" if len(cells) == width else "short")
