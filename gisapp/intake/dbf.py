"""Reads the table of a Shapefile as text, in the encoding it is really written in."""

import codecs
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gisapp.intake import encodings
from gisapp.intake.faults import ShapefileFault, TableFault
from gisapp.intake.limits import Limits

HEAD: Final = struct.Struct("<B3xIHH17xB2x")
FIELD: Final = struct.Struct("<11sc4xBB14x")
WHOLE: Final = struct.Struct("<i")
DAY: Final = re.compile(r"[0-9]{8}")
PADDING: Final = b" \0"
FIELDS_END: Final = 0x0D
DELETED: Final = ord("*")
CHUNK: Final = 1 << 20
LANGUAGE: Final = {
    **dict.fromkeys((0x4D, 0x7A), "gb18030"),
    **dict.fromkeys((0x4F, 0x78), "big5"),
    **dict.fromkeys((0x03, 0x57, 0x58, 0x59), "cp1252"),
    **dict.fromkeys((0x01, 0x1B), "cp437"),
    0x02: "cp850",
    0xC9: "cp1251",
    0x13: "shift_jis",
    0x4E: "cp949",
}
"""What the byte for the language stands for, as far as anybody agrees."""
CODE_PAGES: Final = {"936": "gb18030", "54936": "gb18030", "65001": "utf-8", "950": "big5"}


@dataclass(frozen=True, slots=True)
class Column:
    """One field of the table."""

    name: bytes
    kind: str
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """An opened .dbf."""

    path: Path
    count: int
    begins: int
    width: int
    language: int
    columns: list[Column]


def opened(path: Path, limits: Limits) -> Table:
    """Read the head of the table; raises when it does not say what a .dbf says."""
    with path.open("rb") as file:
        head = file.read(HEAD.size)
        if len(head) < HEAD.size:
            raise ShapefileFault.because("header", part="dbf")
        _, count, begins, width, language = HEAD.unpack(head)
        columns = []
        while len(field := file.read(FIELD.size)) == FIELD.size and field[0] != FIELDS_END:
            name, kind, size, decimals = FIELD.unpack(field)
            if kind == b"C":
                size += decimals << 8  # texts longer than 255
            columns.append(Column(name.partition(b"\0")[0], kind.decode("latin-1"), size))
            if len(columns) > limits.columns:
                raise TableFault.because("columns", limit=limits.columns)
    if begins < HEAD.size or width != 1 + sum(each.width for each in columns):
        raise ShapefileFault.because("header", part="dbf")
    if path.stat().st_size < begins + count * width:
        raise ShapefileFault.because("length", part="dbf")
    return Table(path, count, begins, width, language, columns)


def encoding_of(table: Table, said: str | None, named: str | None) -> str:
    """Return the encoding: the named one, the .cpg's, the language byte's, else by content."""

    def pieces() -> Iterator[bytes]:
        yield from (column.name for column in table.columns)
        for record in _records(table):
            if record.isascii():
                continue
            at = 1
            for column in table.columns:
                if column.kind == "C":
                    yield record[at : at + column.width].rstrip(PADDING)
                at += column.width

    # A text that is cut at its width may end in half a character, so each stands for itself.
    text = encodings.Text(pieces, apart=True)
    if named is not None:
        try:
            return encodings.strict(named)
        except LookupError as wrong:
            raise TableFault.because("unknown_encoding", name=named[:40]) from wrong
    declared = _code_page(said) or LANGUAGE.get(table.language)
    found = encodings.believed(declared, text) if declared else encodings.found(text)
    if found is None:
        raise TableFault.because("encoding")
    return found


def rows(table: Table, encoding: str) -> Iterator[list[str | None] | None]:
    """Yield the cells of each record, nothing for one that is deleted."""
    for record in _records(table):
        if record[0] == DELETED:
            yield None
            continue
        cells, at = [], 1
        for column in table.columns:
            cells.append(_cell(record[at : at + column.width], column, encoding))
            at += column.width
        yield cells


def names(table: Table, encoding: str) -> list[str]:
    """Return the names of the columns; one that is cut in half a character loses that half."""
    found: list[str] = []
    for column in table.columns:
        name = column.name.decode(encoding, "ignore").strip()
        if name in found:
            raise TableFault.because("twice", name=name[:80])
        found.append(name)
    return found


def _code_page(said: str | None) -> str | None:
    """Return the name of the encoding that a .cpg gives: a name, or a number of Windows."""
    plain = (said or "").strip().upper().removeprefix("CP").removeprefix("WINDOWS-")
    plain = plain.removeprefix("ANSI ").replace("ISO 8859", "ISO-8859").replace("ISO 88591", "L1")
    if not plain:
        return None
    return CODE_PAGES.get(plain, f"cp{plain}" if plain.isdigit() else plain)


def _records(table: Table) -> Iterator[bytes]:
    with table.path.open("rb") as file:
        file.seek(table.begins)
        left = table.count
        many = max(1, CHUNK // table.width)
        while left:
            block = file.read(min(left, many) * table.width)
            left -= min(left, many)
            for at in range(0, len(block), table.width):
                yield block[at : at + table.width]


def _cell(raw: bytes, column: Column, encoding: str) -> str | None:
    if column.kind == "C":
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            return decoder.decode(raw.rstrip(PADDING)) or None
        except UnicodeError as wrong:
            raise TableFault.because("encoding") from wrong
    if column.kind == "I" and len(raw) == WHOLE.size:
        return str(WHOLE.unpack(raw)[0])
    plain = raw.decode("ascii", "ignore").strip(" \0")
    if column.kind in "NF":
        return _number(plain)
    if column.kind == "D":
        return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}" if DAY.fullmatch(plain) else None
    if column.kind == "L":
        return {"T": "1", "Y": "1", "F": "0", "N": "0"}.get(plain.upper())
    return None  # memos and binary fields lie elsewhere


def _number(plain: str) -> str | None:
    """Keep the digits as they stand, zeros in front too; drop only a fraction of zeros."""
    if not plain or plain.strip("*") == "":
        return None
    if "." in plain and "e" not in plain.lower():
        return plain.rstrip("0").rstrip(".") or "0"
    return plain
