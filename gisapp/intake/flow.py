"""The flat format between the reader and us: length-prefixed JSON and WKB, never pickle."""

import json
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

HEADER, ROWS, FAULT, END = b"H", b"R", b"F", b"E"
NO_SHAPE: Final = 0xFFFFFFFF
ROWS_A_FRAME: Final = 1000
HARMFUL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Commands a terminal, turns text round, or is stored by no database."""


class Torn(Exception):
    """The stream ends in the middle, or is none of ours."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file, all of it text."""

    line: int
    cells: Sequence[str | None]
    wkb: bytes | None = None
    note: str = ""
    """repaired, lost (the file has a shape, the reader got none) or short (wrong cell count)."""


def harmless(text: str) -> str:
    """Return a name from a file as it may be shown and kept, its harmful signs replaced."""
    return HARMFUL.sub("\N{REPLACEMENT CHARACTER}", text)


def send(out: IO[bytes], kind: bytes, document: Any, blob: bytes = b"") -> None:
    """Write one message."""
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    out.write(kind + struct.pack(">II", len(text), len(blob)))
    out.write(text)
    out.write(blob)


def send_rows(out: IO[bytes], rows: Sequence[Row]) -> None:
    """Write one message of rows."""
    shapes = bytearray()
    for row in rows:
        if row.wkb is None:
            shapes += struct.pack(">I", NO_SHAPE)
        else:
            shapes += struct.pack(">I", len(row.wkb)) + row.wkb
    send(out, ROWS, [[row.line, row.note, list(row.cells)] for row in rows], bytes(shapes))


def receive(pipe: IO[bytes], most_bytes: int) -> Iterator[tuple[bytes, Any, bytes]]:
    """Read message after message to the end; raises `Torn` when one is cut or too long."""
    while head := pipe.read(9):
        if len(head) < 9 or head[:1] not in (HEADER, ROWS, FAULT, END):  # noqa: PLR2004
            raise Torn
        text_bytes, blob_bytes = struct.unpack(">II", head[1:])
        if text_bytes + blob_bytes > most_bytes:
            raise Torn
        text, blob = pipe.read(text_bytes), pipe.read(blob_bytes)
        if len(text) < text_bytes or len(blob) < blob_bytes:
            raise Torn
        try:
            yield head[:1], json.loads(text), blob
        except ValueError as wrong:
            raise Torn from wrong


def rows(document: Any, blob: bytes) -> Iterator[Row]:
    """Take one message of rows apart; raises `Torn` when it does not add up."""
    at = 0
    try:
        for line, note, cells in document:
            (size,) = struct.unpack_from(">I", blob, at)
            at += 4
            wkb = None
            if size != NO_SHAPE:
                wkb = blob[at : at + size]
                if len(wkb) < size:
                    raise Torn
                at += size
            yield Row(int(line), cells, wkb, str(note))
    except (struct.error, TypeError, ValueError) as wrong:
        raise Torn from wrong
