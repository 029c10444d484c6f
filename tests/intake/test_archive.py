"""What an archive says of itself is checked before a byte is unpacked, and counted after."""

import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gisapp.intake.archive import opened, unpack
from gisapp.intake.faults import ArchiveBroken, ArchiveLimit, ArchivePath, FileFault
from gisapp.intake.limits import LIMITS

SMALL = replace(LIMITS, entries=5, unpacked_bytes=5_000, ratio=4, ratio_from_bytes=2_000)


def packed(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def look(path: Path) -> list[str]:
    with opened(path, path.name, SMALL) as (_, entries):
        return [entry.name for entry in entries]


@pytest.mark.parametrize(("count", "enters"), [(4, True), (5, True), (6, False)])
def test_t19_the_limit_of_entries_holds(tmp_path: Path, count: int, enters: bool) -> None:  # noqa: FBT001
    path = packed(tmp_path / "a.zip", **{f"{n}.shp": b"x" for n in range(count)})

    if enters:
        assert len(look(path)) == count
    else:
        with pytest.raises(ArchiveLimit):
            look(path)


@pytest.mark.parametrize(
    ("size", "enters"), [(1_999, True), (2_001, False), (4_999, False), (5_001, False)]
)
def test_t19_the_limits_of_size_and_ratio_hold(tmp_path: Path, size: int, enters: bool) -> None:  # noqa: FBT001
    path = packed(tmp_path / "a.zip", a=bytes(size))

    if enters:
        assert look(path) == ["a"]
    else:
        with pytest.raises(ArchiveLimit):
            look(path)


def test_t19_the_limit_of_entries_is_read_from_the_end_of_the_file(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", a=b"x")
    data = path.read_bytes()
    at = data.rindex(b"PK\5\6")
    path.write_bytes(data[: at + 8] + struct.pack("<2H", 60_000, 60_000) + data[at + 12 :])

    with pytest.raises(ArchiveLimit):
        look(path)


def changed(at: int, form: str, value: int, *, central: bool = True) -> Callable[[Path], None]:
    """Return a change of one number in the first entry's heading of the list or of its data."""

    def change(path: Path) -> None:
        data = bytearray(path.read_bytes())
        begin = data.index(b"PK\1\2") if central else 0
        struct.pack_into(form, data, begin + at, value)
        path.write_bytes(data)

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (changed(8, "<H", 1), ArchiveLimit),  # a password
        (changed(10, "<H", 12), ArchiveLimit),  # bzip2
        (changed(20, "<L", 3_000), ArchiveLimit),  # packed size over the next entry
        (changed(24, "<L", 3), ArchiveBroken),  # a false size
        (changed(16, "<L", 1), ArchiveBroken),  # a false sum
        (changed(42, "<L", 9), ArchiveLimit),  # its data lies elsewhere
        (changed(38, "<L", (stat.S_IFLNK | 0o777) << 16), ArchivePath),
        (changed(38, "<L", (stat.S_IFIFO | 0o777) << 16), ArchivePath),
        (lambda path: path.write_bytes(path.read_bytes()[:-30]), ArchiveBroken),
        (lambda path: path.write_bytes(b"PK\3\4" + path.read_bytes()), ArchiveBroken),
        (lambda path: path.write_bytes(b"PK\3\4"), ArchiveBroken),
    ],
)
def test_t19_an_archive_that_lies_is_refused(
    tmp_path: Path, change: Callable[[Path], None], fault: type[FileFault]
) -> None:
    path = packed(tmp_path / "a.zip", first=b"12345" * 20, second=b"x")
    change(path)

    with pytest.raises(fault), opened(path, "a.zip", SMALL) as (archive, entries):
        unpack(archive, [(entry, tmp_path / "out") for entry in entries], "a.zip", 5_000)


def test_t19_what_comes_out_is_counted(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", a=b"x" * 50, b=b"y" * 51)

    with pytest.raises(ArchiveLimit), opened(path, "a.zip", SMALL) as (archive, entries):
        unpack(archive, [(entry, tmp_path / "out") for entry in entries], "a.zip", 100)


@pytest.mark.parametrize(
    "name",
    ["../../x", "/etc/cron.d/x", "C:\\x", "a/../../b", "a\\..\\b", "a\x01b", "x\u202egnp"],
)
def test_t20_a_name_that_points_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", **{name: b"x"})

    with pytest.raises(ArchivePath):
        look(path)


@pytest.mark.parametrize("names", [("a.shp", "A.SHP"), ("a/b", "a\\b")])
def test_t20_two_files_of_one_name_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    with pytest.raises(ArchivePath):
        look(packed(tmp_path / "a.zip", **dict.fromkeys(names, b"x")))


@pytest.mark.parametrize("name", ["a.zip", "A.GZ", "x/a.7z", "a.kmz"])
def test_t19_an_archive_in_an_archive_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveLimit):
        look(packed(tmp_path / "a.zip", **{name: b"x"}))


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_that_windows_wrote_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.zip"
    raw = "社区网格.shp".encode(encoding)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x" * len(raw), b"")
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))

    assert look(path) == ["社区网格.shp"]
