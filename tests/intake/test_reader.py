import json
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from gisapp.intake.faults import (
    CrsUnknown,
    CrsUnsure,
    FileFault,
    GeometryCost,
    ReaderFailed,
    ResidentData,
)
from gisapp.intake.flow import Row
from gisapp.intake.limits import LIMITS
from gisapp.intake.positions import system
from gisapp.intake.residents import cell, column, identity
from tests.intake.built import geojson, gpkg, read, square

TRY = """
import ctypes, os, pathlib, socket, sys
from gisapp.intake.limits import LIMITS
from gisapp.intake.sandbox import shut
held = shut(pathlib.Path(sys.argv[1]), LIMITS)
def attempt(what):
    try:
        return bool(what()) or True
    except OSError:
        return False
where = ("127.0.0.1", int(sys.argv[3]))
print(held)
print({
    "own": attempt(lambda: open(sys.argv[1] + "/file.csv").read()),
    "canary": attempt(lambda: open(sys.argv[2]).read()),
    "write": attempt(lambda: open(sys.argv[1] + "/new", "w")),
    "connect": attempt(lambda: socket.create_connection(where, 1)),
    "call": attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", where)),
    "unix": attempt(lambda: socket.socket(socket.AF_UNIX)),
    "raw": attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
    "fork": attempt(os.fork),
    "program": attempt(lambda: os.execv("/bin/true", ["true"])),
})
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the locks are Linux's")
def test_t15_the_reader_reaches_no_network_no_program_and_no_other_file(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "file.csv").write_text("a\n")
    canary = tmp_path / "canary"
    canary.write_text("MARKER")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        words = [sys.executable, "-c", TRY, str(folder), str(canary), port]

        told = subprocess.run(words, capture_output=True, text=True, check=True).stdout

    held, could = told.splitlines()
    if "files" not in held or "calls" not in held:
        pytest.skip(f"this kernel has only {held}")
    assert json.loads(could.replace("'", '"').replace("True", "1").replace("False", "0")) == {
        "own": 1, "canary": 0, "write": 0, "connect": 0, "call": 0, "unix": 0, "raw": 0,
        "fork": 0, "program": 0,
    }  # fmt: skip


def test_a_package_and_a_geojson_come_through_whole(tmp_path: Path) -> None:
    package = read(gpkg(tmp_path / "a.gpkg", [{"code": 17031842400.0, "name": "网格"}]))
    shape = shapely.geometry.mapping(square())
    text = read(geojson(tmp_path / "a.geojson", [(shape, {"code": "001", "n": 1.5}), (None, {})]))

    assert (package.crs, package.rows[0].cells) == ("EPSG:4326", ["17031842400", "网格"])
    assert shapely.from_wkb(package.rows[0].wkb).equals(square())
    assert [row.cells for row in text.rows] == [["001", "1.5"], [None, None]]
    assert [row.wkb is None for row in text.rows] == [False, True]


def test_t22_one_feature_alone_is_a_file_of_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    shape = shapely.geometry.mapping(square())
    path.write_text(json.dumps({"type": "Feature", "geometry": shape, "properties": {"a": "01"}}))

    (row,) = read(path).rows

    assert (row.line, row.cells, row.wkb is not None) == (1, ["01"], True)


def test_t26_a_shape_that_the_library_drops_is_not_lost_in_silence(tmp_path: Path) -> None:
    bad = {"type": "Polygon", "coordinates": [[[120.0], [121.0], [121.0]]]}
    good = shapely.geometry.mapping(square())

    found = read(geojson(tmp_path / "a.geojson", [(good, {"a": 1}), (bad, {"a": 2})]))

    assert len(found.rows) == 2
    assert found.rows[1].note == "lost" or found.rows[1].wkb is not None


def test_t18_a_ring_that_crosses_itself_is_repaired_within_limits(tmp_path: Path) -> None:
    bow = shapely.Polygon([(120, 30), (120.01, 30.01), (120.01, 30), (120, 30.01)])

    found = read(gpkg(tmp_path / "a.gpkg", [{"a": "1"}], [bow]), repair=True)

    assert found.rows[0].note == "repaired"
    assert shapely.is_valid(shapely.from_wkb(found.rows[0].wkb))


def test_t18_rings_made_to_cost_hours_are_refused_by_their_line(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    tangle = shapely.Polygon(rng.uniform((120, 30), (120.01, 30.01), (2_000, 2)))
    angles = np.arange(21_001) * 2 * np.pi * 10_500 / 21_001
    star = shapely.Polygon(np.column_stack([120 + np.cos(angles) / 100, 30 + np.sin(angles) / 100]))
    little = replace(LIMITS, geometry_seconds=0.05)

    for shape, repair in ((tangle, True), (star, False)):
        path = tmp_path / f"{repair}.gpkg"
        with pytest.raises(GeometryCost) as wrong:
            read(gpkg(path, [{"a": "1"}, {"a": "2"}], [square(), shape]), little, repair=repair)

        assert wrong.value.fields["line"] == 2


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")

    with pytest.raises(ReaderFailed):
        read(path, replace(LIMITS, wall_seconds=0))


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        ("代码,名\n001,𠮷\n".encode("gb18030"), ["001", "𠮷"]),
        ("代码,名\n001,格\n".encode("gbk"), ["001", "格"]),
        ("代码,名\n001,格\n".encode("utf-8-sig"), ["001", "格"]),
        ("代码,名\n001,格\n".encode("utf-16"), ["001", "格"]),
        (b"a;b\n013800138000;NA\n", ["013800138000", "NA"]),
        (b"a\tb\n1e5\t001\n", ["1e5", "001"]),
        (b"a,b\r1,2\r", ["1", "2"]),
        (b'a,b\n"1,\n2",3\n', ["1,\n2", "3"]),
    ],
)
def test_t25_a_table_is_read_as_the_text_it_is(
    tmp_path: Path, data: bytes, cells: list[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)

    assert [list(row.cells) for row in read(path).rows] == [cells]


@pytest.mark.parametrize(
    "data",
    [
        b'a,b\n"1,2\n',
        b"a,b\n1,\x002\n" + b" " * 5000,
        b"a,a\n1,2\n",
        b"\n",
        b"a\n" + b"x" * 1001,
        b",".join(b"c%d" % n for n in range(101)) + b"\n",
    ],
)
def test_t25_what_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)

    with pytest.raises(FileFault) as wrong:
        read(path)

    assert wrong.value.code in {"table", "type_mismatch"}


@pytest.mark.parametrize(
    "said", [None, "", "EPSG:999999", "http://x/y.prj", "rubbish", "EPSG:5773"]
)
def test_t23_a_system_that_nobody_knows_is_never_guessed(said: str | None) -> None:
    with pytest.raises(CrsUnknown):
        system(said, "a.csv")


def test_t23_a_system_that_needs_local_parameters_is_refused() -> None:
    with pytest.raises(CrsUnsure):
        system("EPSG:4610", "a.csv")


def test_t52_identity_numbers_are_noticed_by_their_check_digit() -> None:
    first = "99000119850412001"
    digits = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(sign) * weight for sign, weight in zip(first, digits, strict=True))
    right = first + "10X98765432"[total % 11]
    wrong = first + ("0" if right[-1] != "0" else "1")

    assert identity(right)
    assert not identity(wrong)
    assert cell(Row(2, ["x", f"call {right}, please"])) == 2
    assert cell(Row(2, ["x", wrong, None])) is None


@pytest.mark.parametrize("name", ["身份证号", "户主", "住户姓名", "居民电话", "ID card"])
def test_t52_columns_about_residents_are_noticed(name: str) -> None:
    assert column(["code", name]) == 2
    assert column(["code", "户数", "电话", "网格名称"]) is None


def test_t52_the_sentence_names_the_place_and_not_the_data() -> None:
    wrong = ResidentData(file="a.csv", line=14, column="C")

    assert "line 14, column “C”" in str(wrong)
