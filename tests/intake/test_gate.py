import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gisapp.errors import InvalidInput
from gisapp.intake.faults import (
    ArchiveBroken,
    ArchiveLimit,
    FileEmpty,
    FileFault,
    FileForeign,
    FileTooLarge,
    FileType,
    TypeMismatch,
)
from gisapp.intake.gate import admit, shown
from gisapp.intake.limits import LIMITS
from tests.intake.built import gpkg, read

MARKER = "MARKER-7c1f"
SMALL = replace(LIMITS, upload_bytes=1000, unpacked_bytes=5000, ratio=4, ratio_from_bytes=2000)


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "canary.csv"
    path.write_text(f"secret\n{MARKER}\n")
    return path


def refused(path: Path) -> FileFault:
    with pytest.raises(FileFault) as wrong:
        read(path)
    return wrong.value


def vrt(canary: Path) -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="canary"><SrcDataSource>CSV:{canary}'
        f"</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


def gdalg(canary: Path) -> str:
    return (
        '{"type":"gdal_streamed_alg","command_line":'
        f'"gdal vector pipeline ! read CSV:{canary} ! write stream"}}'
    )


@pytest.mark.parametrize("name", ["t13.geojson", "t13.csv", "t13.gpkg", "t13.json"])
def test_t13_a_virtual_source_under_any_name_reads_no_other_file(
    tmp_path: Path, canary: Path, name: str
) -> None:
    (tmp_path / name).write_text(vrt(canary))

    wrong = refused(tmp_path / name)

    assert wrong.code == "type_mismatch"
    assert MARKER not in str(wrong)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.shp", ".zip"),
        ("a.xls", ".xlsx"),
        ("a.xlsm", ".xlsx"),
        ("a.dwg", ".gpkg"),
        ("a.kmz", ".kml"),
    ],
)
def test_a_format_we_do_not_read_is_refused_with_what_to_do(
    tmp_path: Path, name: str, advice: str
) -> None:
    (tmp_path / name).write_text("a\n")

    with pytest.raises(FileForeign) as wrong, admit(tmp_path / name, LIMITS):
        pass

    assert advice in str(wrong.value)


@pytest.mark.parametrize("name", ["t14.geojson", "t14.csv", "t14.gpkg"])
def test_t14_a_pipeline_under_any_name_is_not_run(tmp_path: Path, canary: Path, name: str) -> None:
    (tmp_path / name).write_text(gdalg(canary))

    wrong = refused(tmp_path / name)

    assert wrong.code == "type_mismatch"
    assert MARKER not in str(wrong)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pdf.gpkg", b"%PDF-1.7\n"),
        ("exe.csv", b"MZ\x90\x00"),
        ("zip.csv", b"PK\x03\x04rest"),
        ("database.gpkg", b"SQLite format 3\0" + bytes(84)),
        ("database.csv", b"SQLite format 3\0" + bytes(84)),
        ("drawing.geojson", b"  0\nSECTION\n"),
        ("one.geojson", b"x"),
        ("bytes.csv", b"a,b\n\0\0\0"),
    ],
)
def test_t30_what_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(TypeMismatch), admit(path, LIMITS):
        pass


@pytest.mark.parametrize("name", ["a.pdf", "a.zip.gz", "a.xlsx.gz", "a", ".gz", "a.csv.exe"])
def test_t30_a_name_of_no_known_format_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a\n")

    with pytest.raises(FileType), admit(tmp_path / name, LIMITS):
        pass


def test_t30_an_empty_file_is_refused_packed_or_not(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.touch()
    packed.write_bytes(gzip.compress(b""))

    for path in (plain, packed):
        with pytest.raises(FileEmpty), admit(path, LIMITS):
            pass


@pytest.mark.parametrize(("size", "enters"), [(999, True), (1000, True), (1001, False)])
def test_t30_the_limit_of_size_holds_to_the_byte(tmp_path: Path, size: int, enters: bool) -> None:  # noqa: FBT001
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * size)

    if enters:
        with admit(path, SMALL) as file:
            assert (file.folder / file.file).stat().st_size == size
    else:
        with pytest.raises(FileTooLarge), admit(path, SMALL):
            pass


@pytest.mark.parametrize(
    ("size", "ratio", "enters"),
    [(4999, 100, True), (5000, 100, True), (5001, 100, False), (4900, 4, False), (1999, 4, True)],
)
def test_t19_what_comes_out_of_an_archive_is_counted_while_it_comes(
    tmp_path: Path,
    size: int,
    ratio: int,
    enters: bool,  # noqa: FBT001
) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a" * size))
    limits = replace(SMALL, ratio=ratio * (1 if ratio == 4 else 10))

    if enters:
        with admit(path, limits) as file:
            assert (file.folder / file.file).stat().st_size == size
    else:
        with pytest.raises(ArchiveLimit), admit(path, limits):
            pass


def test_t19_a_bomb_is_left_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.geojson.gz"
    with gzip.open(path, "wb", 9) as bomb:
        for _ in range(100):
            bomb.write(bytes(1_000_000))

    with pytest.raises(ArchiveLimit), admit(path, LIMITS):
        pass


@pytest.mark.parametrize("cut", [5, 20, -1])
def test_t19_a_cut_or_spoilt_archive_is_refused(tmp_path: Path, cut: int) -> None:
    whole = gzip.compress(b"code,name\n" + b"1,a\n" * 50)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(whole[:cut])

    with pytest.raises(ArchiveBroken), admit(path, LIMITS):
        pass


def test_t19_an_archive_of_two_members_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"code\n1\n") + gzip.compress(b"2\n"))

    assert [row.cells for row in read(path).rows] == [["1"], ["2"]]


def test_nothing_of_a_file_stays_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code\n1\n")

    with admit(path, LIMITS) as file:
        folder = file.folder
        assert [each.name for each in folder.iterdir()] == ["file.csv"]

    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../x.csv", "x.csv"),
        ("a\r\nb.csv", "a��b.csv"),
        ("a\u202egnp.csv", "a�gnp.csv"),
        ("C:\\x\\y.csv", "y.csv"),
        ("x" * 300, "x" * 99 + "…" + "x" * 20),
    ],
)
def test_t27_a_strange_name_is_shown_harmlessly(name: str, safe: str) -> None:
    assert shown(name) == safe


def test_every_fault_of_a_file_is_an_input_to_mend() -> None:
    assert all(issubclass(kind, InvalidInput) for kind in FileFault.__subclasses__())


@pytest.mark.parametrize("name", ["rows.gz", ".gz", "rows", "rows.tar.gz", ".csv"])
def test_a_name_that_says_no_format_is_refused_for_that(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"code\n1\n"))

    assert isinstance(refused(tmp_path / name), FileType)


def test_text_of_no_encoding_in_a_geopackage_is_said_by_the_name_people_know(
    tmp_path: Path,
) -> None:
    path = gpkg(tmp_path / "grids.gpkg", [{"code": "a"}])
    with closing(sqlite3.connect(path)) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute("UPDATE grids SET code = CAST(x'c3ff' AS TEXT)")
        file.commit()

    wrong = refused(path)

    assert isinstance(wrong, TypeMismatch)
    assert wrong.fields["format"] == "GeoPackage"
