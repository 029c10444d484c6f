"""Checks a zip archive by its own list before anything is unpacked; unpacks with a count."""

import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from gisapp.intake.faults import ArchiveBroken, ArchiveLimit, ArchivePath
from gisapp.intake.limits import MEGABYTE, Limits

END_MARK: Final = b"PK\5\6"
END: Final = struct.Struct("<4s4H2LH")
ZIP64: Final = (0xFFFF, 0xFFFFFFFF)
LOCAL_BYTES: Final = 30
"""Of the header before each entry's data, without its name."""
ENTRY_BYTES: Final = 1_000
"""Of the list, for one entry: names and notes are shorter."""
SECRET: Final = 0x1 | 0x40 | 0x2000
UTF8_NAME: Final = 0x800
ARCHIVES: Final = {
    *(".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst", ".lz4", ".cab"),
    *(".kmz", ".jar", ".xlsx", ".xlsm", ".docx"),
}
CHUNK: Final = 1 << 20
CUT: Final = (BadZipFile, EOFError, zlib.error)
BROKEN: Final = (*CUT, NotImplementedError, ValueError, struct.error)
"""What the library raises while it reads the list; of the entries only `CUT`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive; its name is for pairing and sentences, never a path of ours."""

    name: str
    info: ZipInfo


@contextmanager
def opened(path: Path, name: str, limits: Limits) -> Iterator[tuple[ZipFile, list[Entry]]]:
    """Lend the archive at ``path`` and its entries; raises before a byte is unpacked.

    ``name`` is what people call the file.
    """
    with path.open("rb") as file:
        try:
            listed = _end(path, name, limits)
            archive = ZipFile(file)
            entries = _checked(archive, listed, path.stat().st_size, name, limits)
        except BROKEN as wrong:
            raise ArchiveBroken(file=name) from wrong
        try:
            yield archive, entries
        except CUT as wrong:
            raise ArchiveBroken(file=name) from wrong


def unpack(archive: ZipFile, entries: Sequence[tuple[Entry, Path]], name: str, most: int) -> None:
    """Write each entry to its place, not more than ``most`` bytes in all."""
    made = 0
    for entry, place in entries:
        with archive.open(entry.info) as packed, place.open("wb") as plain:
            while piece := packed.read(CHUNK):
                made += len(piece)
                if made > most:
                    raise ArchiveLimit.because("size", file=name, limit=most // MEGABYTE)
                plain.write(piece)


def _end(path: Path, name: str, limits: Limits) -> int:
    """Return where the list begins; read before the library makes an object for every entry."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END.size - 0xFFFF))
        tail = file.read()
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) - at < END.size:
        raise ArchiveBroken(file=name)
    _, disk, _, here, count, list_bytes, begins, _ = END.unpack_from(tail, at)
    if count in ZIP64 or list_bytes in ZIP64 or begins in ZIP64:
        raise ArchiveLimit.because("zip64", file=name)
    if count > limits.entries or list_bytes > ENTRY_BYTES * limits.entries:
        raise ArchiveLimit.because("entries", file=name, limit=limits.entries)
    # Something before the archive, or two disks: others would read another list than we do.
    if disk or here != count or begins + list_bytes != size - len(tail) + at:
        raise ArchiveBroken(file=name)
    return int(begins)


def _checked(archive: ZipFile, listed: int, size: int, name: str, limits: Limits) -> list[Entry]:
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise ArchiveLimit.because("entries", file=name, limit=limits.entries)
    total = sum(info.file_size for info in infos)
    if total > limits.unpacked_bytes:
        limit = limits.unpacked_bytes // MEGABYTE
        raise ArchiveLimit.because("size", file=name, limit=limit)
    if total > limits.ratio_from_bytes and total > limits.ratio * size:
        raise ArchiveLimit.because("ratio", file=name, limit=limits.ratio)
    _apart(infos, listed, name)
    entries, seen = [], set()
    for info in infos:
        if info.flag_bits & SECRET:
            raise ArchiveLimit.because("secret", file=name)
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise ArchiveLimit.because("method", file=name)
        said = _name(info, name)
        if said.casefold() in seen:
            raise ArchivePath.because("twice", file=name, name=_short(said))
        seen.add(said.casefold())
        if info.is_dir() or said.startswith("__MACOSX/"):
            continue
        if PurePosixPath(said).suffix.lower() in ARCHIVES:
            raise ArchiveLimit.because("nested", file=name, name=_short(said))
        entries.append(Entry(said, info))
    return entries


def _apart(infos: Sequence[ZipInfo], listed: int, name: str) -> None:
    """Refuse entries that share bytes: that is how a small file becomes a large one."""
    end = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.header_offset < end:
            raise ArchiveLimit.because("overlap", file=name)
        end = info.header_offset + LOCAL_BYTES + info.compress_size
    if end > listed:
        raise ArchiveLimit.because("overlap", file=name)


def _name(info: ZipInfo, file: str) -> str:
    """Return an entry's name with slashes; raises when it points out of the archive."""
    said = info.orig_filename
    if not info.flag_bits & UTF8_NAME:
        said = _of_old(said)
    said = said.replace("\\", "/")
    parts = said.split("/")
    if said.startswith("/") or ".." in parts or ":" in said or not said.isprintable():
        raise ArchivePath.because("path", file=file, name=_short(said))
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ArchivePath.because("link", file=file, name=_short(said))
    return said


def _of_old(said: str) -> str:
    """Read a name without the mark of UTF-8: it may be UTF-8 all the same, or GBK of Windows."""
    raw = said.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return said


def _short(said: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in said)[:80]
