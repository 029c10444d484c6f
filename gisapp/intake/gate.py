"""The first two doors of the gate: what the name says, what the first bytes say, how much it is."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from gisapp.intake.faults import (
    ArchiveBroken,
    ArchiveLimit,
    FileEmpty,
    FileTooLarge,
    FileType,
    TypeMismatch,
)
from gisapp.intake.limits import MEGABYTE, Limits

FORMATS: Final = {".gpkg": "gpkg", ".geojson": "geojson", ".json": "geojson", ".csv": "csv"}
SAID: Final = {"gpkg": "GeoPackage", "geojson": "GeoJSON", "csv": "CSV"}
SQLITE: Final = b"SQLite format 3\0"
GEOPACKAGES: Final = (b"GPKG", b"GP10", b"GP11")
NO_TABLES: Final = (
    b"<",
    b"{",
    b"%PDF",
    b"PK\3\4",
    b"MZ",
    b"\x89PNG",
    b"\x1f\x8b",
    SQLITE,
    b"\x7fELF",
)
WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Admitted:
    """A file that passed the first doors: our own copy, in a folder that holds nothing else."""

    name: str
    """As the person called it, for sentences; never part of a path."""
    folder: Path
    file: str
    format: str
    digest: str
    """SHA-256 of the file as it was brought."""


@contextmanager
def admit(path: Path, limits: Limits) -> Iterator[Admitted]:
    """Check ``path`` by name, size and first bytes, and lend a private copy; erased at the end."""
    name = shown(path.name)
    packed, kind = _format(path)
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty(file=name)
    if size > limits.upload_bytes:
        limit = limits.upload_bytes // MEGABYTE
        raise FileTooLarge(file=name, size=-(-size // MEGABYTE), limit=limit)
    with TemporaryDirectory(prefix="gisapp-import-") as folder:
        copy = Path(folder) / f"file.{kind}"
        digest = hashlib.sha256()
        with path.open("rb") as source, copy.open("wb") as target:
            pieces = _pieces(source, digest, size)
            for piece in _unpacked(pieces, name, limits) if packed else pieces:
                target.write(piece)
        if copy.stat().st_size == 0:
            raise FileEmpty(file=name)
        if not _is(copy, kind):
            raise TypeMismatch(file=name, format=SAID[kind])
        yield Admitted(name, Path(folder), copy.name, kind, digest.hexdigest())


def shown(name: str) -> str:
    """Return a file's name as it may be shown and kept: no controls, no turned text, not long."""
    plain = "".join(c if c.isprintable() else "�" for c in name.replace("\\", "/").split("/")[-1])
    return plain[:120]


def _format(path: Path) -> tuple[bool, str]:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = suffixes[-1:] == [".gz"]
    kind = FORMATS.get("".join((suffixes[:-1] if packed else suffixes)[-1:]))
    if kind is None:
        raise FileType(file=shown(path.name))
    return packed, kind


def _pieces(source: IO[bytes], digest: "hashlib._Hash", most: int) -> Iterator[bytes]:
    left = most  # a file that grows while it is read stays what it was
    while left and (piece := source.read(min(CHUNK, left))):
        left -= len(piece)
        digest.update(piece)
        yield piece


def _unpacked(pieces: Iterator[bytes], name: str, limits: Limits) -> Iterator[bytes]:
    """Unpack a .gz piece by piece; what it says of its own size is not asked."""
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    packed = made = 0
    for piece in pieces:
        packed += len(piece)
        rest = piece
        while rest:
            try:
                out = unpack.decompress(rest, CHUNK)
            except zlib.error as wrong:
                raise ArchiveBroken(file=name) from wrong
            made += len(out)
            ratio = made > limits.ratio * packed and made > limits.ratio_from_bytes
            if made > limits.unpacked_bytes or ratio:
                limit = min(limits.unpacked_bytes, max(limits.ratio * packed, made if ratio else 0))
                raise ArchiveLimit(file=name, limit=limit // MEGABYTE)
            yield out
            rest = unpack.unconsumed_tail
            if unpack.eof:
                rest = unpack.unused_data
                if rest.strip(b"\0"):
                    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # a further member
                else:
                    rest = b""
    if not unpack.eof:
        raise ArchiveBroken(file=name)


def _is(path: Path, kind: str) -> bool:
    with path.open("rb") as file:
        start = file.read(4096)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if kind == "gpkg":
        return start.startswith(SQLITE) and start[68:72] in GEOPACKAGES
    if kind == "geojson":
        return text.startswith(b"{") and b"\0" not in start
    if start.startswith(WIDE):
        return True
    return b"\0" not in start and not text.startswith(NO_TABLES)


def environment() -> dict[str, str]:
    """Return all that the reader's process may know of ours."""
    home = Path(__file__).resolve().parents[2]
    return {
        "PYTHONPATH": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "GDAL_NUM_THREADS": "1",
        "CPL_DEBUG": "OFF",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "OGR_SQLITE_LIST_ALL_TABLES": "NO",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "TMPDIR": os.devnull,
    }
