"""The first two doors of the gate: what the name says, what the first bytes say, how much it is."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from gisapp.intake import archive, encodings, leftovers, shapefile
from gisapp.intake.faults import (
    SAID,
    ArchiveBroken,
    ArchiveContent,
    ArchiveLimit,
    FileEmpty,
    FileForeign,
    FileTooLarge,
    FileType,
    NoLayers,
    TooManyRows,
    TypeMismatch,
)
from gisapp.intake.limits import MEGABYTE, Limits

FORMATS: Final = {
    ".gpkg": "gpkg",
    ".geojson": "geojson",
    ".json": "geojson",
    **dict.fromkeys((".geojsonl", ".geojsons", ".geojsonseq", ".ndjson"), "geojsonseq"),
    ".kml": "kml",
    **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
    ".xlsx": "xlsx",
    ".zip": "shp",
}
TABLES: Final = {"csv", "xlsx"}
"""Formats without shapes of their own."""
ZIPPED: Final = {"xlsx", "shp"}
FOREIGN: Final = {
    **dict.fromkeys((".shp", ".dbf", ".shx", ".prj", ".cpg"), "shapefile"),
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".et", ".ods"), "workbook"),
    **dict.fromkeys((".dwg", ".dxf", ".mdb", ".udb", ".udbx", ".wt", ".wp", ".mpj"), "map"),
    **dict.fromkeys((".ovkml", ".ovobj", ".gdb", ".tab", ".mif", ".fgb", ".gml"), "map"),
    ".kmz": "kmz",
}
LAYERED: Final = {"gpkg", "xlsx", "shp"}
"""Formats whose files may hold several layers."""
PARTS: Final = ("shp", "shx", "dbf", "prj", "cpg")
NEEDED: Final = PARTS[:3]
"""Without a .dbf nothing says which shape is which."""
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
    b"\xd0\xcf\x11\xe0",
    SQLITE,
    b"\x7fELF",
)
PACKED: Final = b"PK\3\4"
GZIP: Final = b"\x1f\x8b"
SEQUENCE: Final = "\x1e\ufeff \t\r\n"
"""What may stand before the first feature of a sequence."""
CHUNK: Final = 1 << 20
MOST_SHOWN: Final = 120
"""Signs of a file's name that are kept; its ending is among them."""


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
    layers: tuple[str, ...] = ()
    """Of an archive: the names of its Shapefiles, which lie here as 0.shp, 1.shp, …"""

    def must_hold(self, layer: str | None) -> None:
        """Raise when a layer is asked for by name and there are none: the reader finds others."""
        if layer is not None and self.format not in LAYERED:
            raise NoLayers(file=self.name, layer=layer[:60])


@contextmanager
def admit(path: Path, limits: Limits, called: str | None = None) -> Iterator[Admitted]:
    """Check ``path`` by name, size and first bytes, and lend a private copy; erased at the end.

    ``called`` is what the person called it, where that is not the name of the path.
    """
    name = shown(called or path.name)
    packed, kind = _format(name)
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty(file=name)
    if size > limits.upload_bytes:
        limit = limits.upload_bytes // MEGABYTE
        raise FileTooLarge(file=name, size=-(-size // MEGABYTE), limit=limit)
    with leftovers.folder("gisapp-import-") as folder:
        copy = folder / f"file.{kind}"
        digest = hashlib.sha256()
        with path.open("rb") as source, copy.open("wb") as target:
            pieces = _pieces(source, digest, size)
            for piece in _unpacked(pieces, name, limits) if packed else pieces:
                target.write(piece)
        if copy.stat().st_size == 0:
            raise FileEmpty(file=name)
        if not _is(copy, kind):
            raise TypeMismatch(file=name, format=SAID[kind])
        layers = _unzipped(copy, name, limits) if kind == "shp" else ()
        yield Admitted(name, folder, copy.name, kind, digest.hexdigest(), layers)


def shown(name: str) -> str:
    """Return a file's name as it may be shown and kept: no controls, no turned text, not long."""
    plain = "".join(c if c.isprintable() else "�" for c in name.replace("\\", "/").split("/")[-1])
    return plain if len(plain) <= MOST_SHOWN else f"{plain[:99]}…{plain[-20:]}"


def known(called: str) -> str:
    """Return the name of a file as it is shown; raises for one that cannot be of ours."""
    name = shown(called)
    _format(name)
    return name


def glance(path: Path, called: str) -> None:
    """Raise when a file is empty, or its first bytes are not what its name says."""
    packed, kind = _format(called)
    if path.stat().st_size == 0:
        raise FileEmpty(file=called)
    if packed:
        with path.open("rb") as file:
            if not file.read(2).startswith(GZIP):
                raise ArchiveBroken(file=called)
    elif not _is(path, kind):
        raise TypeMismatch(file=called, format=SAID[kind])


def _format(name: str) -> tuple[bool, str]:
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    packed = suffixes[-1:] == [".gz"]
    suffix = "".join((suffixes[:-1] if packed else suffixes)[-1:])
    if suffix in FOREIGN:
        raise FileForeign.because(FOREIGN[suffix], file=name)
    kind = FORMATS.get(suffix)
    if kind is None or (packed and kind in ZIPPED):
        raise FileType(file=name)
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
                if ratio:
                    raise ArchiveLimit.because("ratio", file=name, limit=limits.ratio)
                limit = limits.unpacked_bytes // MEGABYTE
                raise ArchiveLimit.because("size", file=name, limit=limit)
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
    if kind in ZIPPED:
        return start.startswith(PACKED)
    if kind == "gpkg":
        return start.startswith(SQLITE) and start[68:72] in GEOPACKAGES
    wide = encodings.marked(start) if kind in {"csv", "kml"} else None
    if wide is None and b"\0" in start:
        return False
    text = start.decode(wide or "latin-1", "replace").removeprefix("ï»¿").lstrip(SEQUENCE)
    if kind == "kml":
        return text.startswith("<") and "<kml" in text
    if kind.startswith("geojson"):
        return text.startswith("{")
    signs = tuple(sign.decode("latin-1") for sign in NO_TABLES)
    return not (text.startswith(signs) or start.startswith(NO_TABLES))


def _unzipped(packed: Path, name: str, limits: Limits) -> tuple[str, ...]:
    """Put the Shapefiles of an archive beside it under names of ours; returns their own."""
    found: dict[str, dict[str, archive.Entry]] = {}
    with archive.opened(packed, name, limits) as (zipped, entries):
        for entry in entries:
            stem, _, part = entry.name.rpartition(".")
            if part.lower() in PARTS:
                found.setdefault(stem.casefold(), {})[part.lower()] = entry
        layers = [parts for parts in found.values() if "shp" in parts]
        if not layers:
            raise ArchiveContent.because("none", file=name)
        if len(layers) > limits.layers:
            raise TooManyRows(file=name, limit=limits.layers)
        wanted, names = [], []
        for number, parts in enumerate(layers):
            layer = parts["shp"].name.rpartition(".")[0].rpartition("/")[2]
            for part in NEEDED:
                if part not in parts:
                    raise ArchiveContent.because("part", file=name, name=layer[:80], part=part)
            wanted += [
                (entry, packed.with_name(f"{number}.{shapefile.PLACED.get(part, part)}"))
                for part, entry in parts.items()
            ]
            names.append(layer)
        archive.unpack(zipped, wanted, name, limits.unpacked_bytes)
    packed.unlink()
    return tuple(names)


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
