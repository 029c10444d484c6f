"""The list of threats by its numbers: what other modules of the gate leave untried."""

import csv
import json
import os
import re
import socket
import struct
import subprocess
import sys
import zipfile
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gisapp import files
from gisapp.intake import flow, process, structure, validate
from gisapp.intake.cells import Wrong, value
from gisapp.intake.faults import (
    ArchiveLimit,
    ArchivePath,
    FileFault,
    GeometryDepth,
    LayerUnknown,
    LostFeatures,
    ReaderFailed,
    TableFault,
)
from gisapp.intake.flow import Row
from gisapp.intake.gate import admit, environment
from gisapp.intake.kinds import Field
from gisapp.intake.limits import LIMITS
from gisapp.intake.positions import system
from gisapp.intake.systems import declared
from tests.intake.built import (
    alter,
    geojson,
    gpkg,
    nested_wkb,
    read,
    read_here,
    square,
    xlsx,
    zipped,
)
from tests.intake.hostile_files import FEATURE, KML, MARKER

DEGREES = system("EPSG:4326", "a")
HOME = Path(__file__).resolve().parents[2]


def written(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refused(path: Path) -> str:
    with pytest.raises(FileFault) as wrong:
        read_here(path)
    return wrong.value.code


INNER = """
import json, pathlib, sys
sys.modules.update(dict.fromkeys(("geopandas", "pandas", "pyarrow")))
import pyogrio.raw
from gisapp.intake.limits import LIMITS
from gisapp.intake.sandbox import shut
folder = pathlib.Path(sys.argv[1])
if sys.argv[2]:
    shut(folder, LIMITS)
told = {}
for path in sorted(folder.iterdir()):
    try:
        told[path.name] = repr(pyogrio.raw.read(path)[3])
    except Exception as wrong:
        told[path.name] = type(wrong).__name__
print(json.dumps(told))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the locks are Linux's")
@pytest.mark.parametrize("door", ["", "sandbox"], ids=["drivers", "sandbox"])
def test_t13_to_t16_one_inner_door_holds_when_all_others_stand_open(
    tmp_path: Path, door: str
) -> None:
    canary = written(tmp_path, "canary.csv", f"a\n{MARKER}\n")
    folder = tmp_path / "in"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        web = f"http://127.0.0.1:{server.getsockname()[1]}/x.csv"
        for number, source in enumerate((f"CSV:{canary}", f"/vsicurl/{web}")):
            drawn = f"<SrcDataSource>{source}</SrcDataSource><SrcLayer>canary</SrcLayer>"
            text = f'<OGRVRTDataSource><OGRVRTLayer name="canary">{drawn}</OGRVRTLayer>'
            written(folder, f"vrt{number}.geojson", f"{text}</OGRVRTDataSource>")
            steps = f"gdal vector pipeline ! read {source} ! write stream"
            run = json.dumps({"type": "gdal_streamed_alg", "command_line": steps})
            written(folder, f"run{number}.geojson", run)
        written(folder, "wfs.gpkg", f"<OGRWFSDataSource><URL>{web}</URL></OGRWFSDataSource>")
        if door:
            leak = f"CREATE VIRTUAL TABLE leak USING VirtualText(''{canary}'', ''UTF-8'', 1)"
            alter(
                gpkg(folder / "leak.gpkg", [{"code": "1"}]),
                "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql)"  # noqa: S608
                f" VALUES ('table', 'leak', 'leak', 0, '{leak}')",
                "UPDATE gpkg_contents SET table_name = 'leak', data_type = 'attributes'",
                "DELETE FROM gpkg_geometry_columns",
            )
        drivers = set(pyogrio.list_drivers()) - {"GeoJSON", "GPKG"}
        skipped = {} if door else {"GDAL_SKIP": ",".join(drivers)}
        words = [sys.executable, "-c", INNER, str(folder), door]

        told = subprocess.run(
            words, env=environment() | skipped, capture_output=True, text=True, check=True
        ).stdout

        with pytest.raises(BlockingIOError):
            server.accept()
    assert len(json.loads(told)) == 5 + bool(door)
    assert MARKER not in told


def test_t13_a_virtual_source_in_an_archive_reads_no_other_file(tmp_path: Path) -> None:
    for part in ("shx", "dbf"):
        written(tmp_path, f"a.{part}", bytes(100))
    source = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource>"
    shape = written(tmp_path, "a.shp", source + "</OGRVRTLayer></OGRVRTDataSource>")

    path = zipped(tmp_path / "a.zip", shape, tmp_path / "a.shx", tmp_path / "a.dbf")

    assert refused(path) == "shapefile"


def test_t17_shapes_that_brackets_allow_are_counted_as_shapes(tmp_path: Path) -> None:
    shapes = '{"type":"GeometryCollection","geometries":[' * 5 + "]}" * 5

    with pytest.raises(GeometryDepth):
        read(written(tmp_path, "a.geojson", FEATURE.format("{}", shapes)))


@pytest.mark.parametrize("depth", [150, 13_000, 100_000])
def test_t17_nested_shapes_are_refused_in_every_format(tmp_path: Path, depth: int) -> None:
    one = '{"type":"Point","coordinates":[1,2]}'
    shapes = '{"type":"GeometryCollection","geometries":[' * depth + one + "]}" * depth
    marks = "<MultiGeometry>" * depth + "<Point><coordinates>1,2</coordinates></Point>"

    codes = {
        refused(written(tmp_path, "a.kml", KML.format(marks + "</MultiGeometry>" * depth))),
        refused_text(written(tmp_path, "a.geojson", FEATURE.format("{}", shapes))),
    }

    assert codes <= {"geometry_depth", "xml", "json"}
    with pytest.raises(GeometryDepth):
        validate.checked(Row(1, [], nested_wkb(depth)), "a", LIMITS)


def refused_text(path: Path) -> str:
    with pytest.raises(FileFault) as wrong:
        structure.geojson(path, None, LIMITS)
    return wrong.value.code


def test_t17_shapes_are_parsed_behind_the_gate_alone() -> None:
    parsed = re.compile(r"shapely\.(?:from_wkt|from_geojson)\b|\b(?:wkt|wkb|geojson)\.loads\b")

    assert [p for p in HOME.glob("gisapp/**/*.py") if parsed.search(p.read_text("utf-8"))] == []


def test_t19_an_archive_of_64_bits_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed, packed.open("a.shp", "w", force_zip64=True) as entry:
        entry.write(b"x")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\5\6")
    struct.pack_into("<L", data, at + 16, 0xFFFFFFFF)

    with pytest.raises(ArchiveLimit), admit(written(tmp_path, "b.zip", bytes(data)), LIMITS):
        pass


@pytest.mark.parametrize("name", ["../x.shp", "/x.shp", "a\0b.shp", "C:\\x.shp", "a/../../x.shp"])
def test_t20_a_name_that_points_elsewhere_writes_nothing_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for part in ("a.shp", "a.shx", "a.dbf"):
            packed.writestr(part, b"x")
        entry = zipfile.ZipInfo("x" * len(name))
        packed.writestr(entry, b"x")
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name.encode()))

    with pytest.raises(ArchivePath), admit(path, LIMITS):
        pass

    assert sorted(tmp_path.rglob("*")) == [path, tmp_path / "temporary"]


SST = "<sst><si><t>{}</t></si></sst>"


@pytest.mark.parametrize(
    ("rows", "parts", "more", "code"),
    [
        (1, {"xl/sharedStrings.xml": SST.format("x" * 20_000_000)}, "", "archive_limit"),
        (1, {"xl/workbook.xml": "<workbook><sheets>" + "<sheet/>" * 60_000}, "", "xml"),
        (1, {}, '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>', "xlsx_limit"),
        (1, {}, f'<row r="{"9" * 5000}"><c t="str"><v>{"x" * 1001}</v></c></row>', "xlsx_limit"),
        (1, {"xl/worksheets/sheet1.xml": "<a>" * 100_000}, "", "xml"),
        (1, {"xl/styles.xml": "<!DOCTYPE s SYSTEM 'file:///etc/passwd'><s/>"}, "", "xml"),
        (1, {"xl/styles.xml": "<!DOCTYPE s [<!ENTITY a 'b'>]><s>&a;</s>"}, "", "xml"),
    ],
)
def test_t21_a_workbook_that_bursts_is_left_at_its_limit(
    tmp_path: Path, rows: int, parts: dict[str, str], more: str, code: str
) -> None:
    assert refused(xlsx(tmp_path / "a.xlsx", {"s": [["a"], ["1"]] * rows}, parts, more)) == code


def test_t21_merged_cells_and_links_make_no_more_rows(tmp_path: Path) -> None:
    merged = "".join(f'<mergeCell ref="A{n}:XFD{n}"/>' for n in range(1, 50_000))
    more = f"</sheetData><mergeCells>{merged}</mergeCells><sheetData>"

    assert len(read_here(xlsx(tmp_path / "a.xlsx", {"s": [["a"], ["1"]]}, more=more)).rows) == 1


ODD = [
    {"type": "Point", "coordinates": [1e308, 1e308]},
    {"type": "Point", "coordinates": ["1", "2"]},
    {"type": "Point", "coordinates": []},
    {"type": "Point", "coordinates": [1]},
    {"type": "Polygon", "coordinates": [[[1, 1], [2, 2]]]},
    {"type": "Polygon", "coordinates": [[[120, 30], [121, 30], [121, 31]]]},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[[120, 30, 1, 2]] * 4]},
    {"type": "Nothing"},
    {"coordinates": [1, 2]},
    {},
    None,
]


def test_t22_t26_an_odd_shape_is_a_line_to_mend_and_never_lost(tmp_path: Path) -> None:
    shapes = [*ODD, shapely.geometry.mapping(square())]
    path = geojson(tmp_path / "a.geojson", [(shape, {"n": n}) for n, shape in enumerate(shapes)])

    rows = read(path).rows

    assert [row.cells for row in rows] == [[str(n)] for n in range(len(shapes))]
    for check in (validate.surfaces, validate.points):
        placed = check(rows, DEGREES)
        for shape, finding in zip(placed.shapes, placed.findings, strict=True):
            whole = shape is not None and not shape.is_empty
            assert finding or shape is None or whole
            assert np.isfinite(shapely.get_coordinates(shape)).all()
    good = [shape is not None for shape in validate.surfaces(rows, DEGREES).shapes]
    assert sum(good) >= 1
    assert good[-1]


@pytest.mark.parametrize("said", ["http://127.0.0.1/x.prj", "rubbish", "\ufffd" * 99, "GEOGCS["])
def test_t23_a_projection_in_words_that_say_nothing_is_refused(said: str) -> None:
    with pytest.raises(FileFault) as wrong:
        declared(None, said)

    assert wrong.value.code == "crs_unknown"
    assert declared(None, None) is None


def test_t23_metres_and_turned_coordinates_are_no_degrees() -> None:
    xy = np.array([(500_000.0, 3_300_000.0), (30.0, 120.0), (181.0, 30.0), (120.0, 30.0)])

    placed = validate.coordinates(xy, [2, 3, 4, 5], DEGREES)

    assert [finding and finding.code for finding in placed.findings] == [
        "outside_system", "outside_system", "outside_system", None,
    ]  # fmt: skip


def parts(folder: Path, stem: str, names: list[str]) -> list[Path]:
    pyogrio.raw.write(
        folder / f"{stem}.shp",
        np.array([shapely.to_wkb(square())], dtype=object),
        field_data=[np.array([str(n)], dtype=object) for n in range(len(names))],
        fields=names,
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs="EPSG:4326",
        encoding="GB18030",
    )
    return sorted(folder.glob(f"{stem}.*"))


def test_t24_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    found = parts(tmp_path, "a", ["code", "name"])
    table = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(table.replace(b"name", b"code", 1))

    with pytest.raises(TableFault):
        read(zipped(tmp_path / "a.zip", *found))


@pytest.mark.parametrize(
    ("part", "at", "form", "lie"),
    [("dbf", 4, "<I", 2**31 - 1), ("shp", 24, ">i", 2**30), ("shx", 24, ">i", 1)],
)
def test_t24_a_shapefile_that_lies_is_refused(
    tmp_path: Path, part: str, at: int, form: str, lie: int
) -> None:
    found = parts(tmp_path, "a", ["code"])
    data = bytearray((tmp_path / f"a.{part}").read_bytes())
    struct.pack_into(form, data, at, lie)
    (tmp_path / f"a.{part}").write_bytes(data)

    assert refused(zipped(tmp_path / "a.zip", *found)) == "shapefile"


def test_t24_two_layers_in_one_archive_ask_which(tmp_path: Path) -> None:
    both = parts(tmp_path, "a", ["code"]) + parts(tmp_path, "b", ["code"])

    with pytest.raises(LayerUnknown) as wrong:
        read_here(zipped(tmp_path / "a.zip", *both))

    assert wrong.value.fields["layers"] == ["a", "b"]


@pytest.mark.parametrize("text", ["2026/13/45", "2026-02-30", "１２", "1e5", "0x10", "1,5", "--1"])
def test_t25_what_is_no_number_or_day_is_a_line_to_mend(text: str) -> None:
    for kind in ("date", "whole"):
        with pytest.raises(Wrong):
            value(Field("x", "x", kind), text)


@pytest.mark.parametrize("text", ["001", "013800138000", "NA", "1e5", "null", "𠮷", "１２", "  a"])
def test_t25_a_code_stays_the_text_it_is(text: str) -> None:
    assert value(Field("x", "x", "code"), text) == text.strip()


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)


@settings(max_examples=40)
@example([("", "\r"), ("\t", " ")])
@example([("", "\n"), (" \t", "")])
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_t25_a_table_that_we_wrote_comes_back_without_its_empty_lines(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "t25.csv"
    path.write_bytes(files.csv_table({"甲": [a for a, _ in rows], "乙": [b for _, b in rows]}))

    # Blanks that may begin a formula are written behind a quotation mark: no empty line.
    written = csv.reader(StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    lines = list(written)[1:]
    filled = [row for row, line in zip(rows, lines, strict=True) if any(map(str.strip, line))]
    assert [tuple(row.cells) for row in read_here(path).rows] == filled


def test_t26_a_field_that_some_features_lack_is_empty_and_none_is_dropped(tmp_path: Path) -> None:
    values: list[dict[str, Any]] = [{"a": "01"}, {"b": [1, {"c": 2}]}, {}, {"a": 1.5, "d": True}]

    found = read(geojson(tmp_path / "a.geojson", [(None, row) for row in values]))

    assert sorted(found.columns) == ["a", "b", "d"]
    cells = [dict(zip(found.columns, row.cells, strict=True)) for row in found.rows]
    assert [row["a"] for row in cells] == ["01", None, None, "1.5"]
    assert json.loads(str(cells[1]["b"])) == [1, {"c": 2}]


def stream(*messages: tuple[bytes, Any], path: Path) -> None:
    with path.open("wb") as out:
        for kind, document in messages:
            rows = kind == flow.ROWS
            flow.send_rows(out, document) if rows else flow.send(out, kind, document)


HEADER = {"columns": ["a"], "layer": "", "crs": None, "encoding": "utf-8", "locks": []}
ONE = [Row(1, ["x"], nested_wkb(0))]


@pytest.mark.parametrize(
    ("messages", "end", "fault"),
    [
        ([(flow.HEADER, HEADER | {"counted": 2}), (flow.ROWS, ONE)], "E", LostFeatures),
        ([(flow.HEADER, HEADER), (flow.ROWS, ONE)], "", ReaderFailed),
        ([(flow.HEADER, HEADER), (flow.ROWS, ONE)], "kill -SEGV $$", ReaderFailed),
        ([(flow.HEADER, HEADER), (flow.ROWS, [Row(1, [], nested_wkb(9000))])], "E", GeometryDepth),
        ([(flow.ROWS, ONE)], "E", ReaderFailed),
        ([(flow.FAULT, {"code": "no_such_fault", "reason": None})], "", ReaderFailed),
        ([], "printf 'H\\377\\377\\377\\377\\377\\377\\377\\377'", ReaderFailed),
        ([], "echo rubbish", ReaderFailed),
        ([], "kill -KILL $$", ReaderFailed),
    ],
)
def test_t26_a_reader_that_dies_or_lies_is_a_fault_of_the_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    messages: list[tuple[bytes, Any]],
    end: str,
    fault: type[FileFault],
) -> None:
    told = tmp_path / "told"
    stream(*messages, *([(flow.END, {"rows": 1})] if end == "E" else []), path=told)
    program = written(tmp_path, "program", f"#!/bin/sh\ncat {told}\n{end.removeprefix('E')}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))

    with pytest.raises(fault):
        read(written(tmp_path, "a.csv", "a\nx\n"))


@pytest.mark.parametrize("name", ["../../x", "a\r\nb", "\u202egnp", '"><img onerror=x>', "x" * 200])
def test_t27_a_file_is_kept_under_a_name_of_ours(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, f"{name.replace('/', '_')}.csv", "a\n1\n")

    with admit(path, LIMITS) as file:
        assert [each.name for each in file.folder.iterdir()] == ["file.csv"]
        assert file.name.isprintable()


def test_t29_a_reader_is_ended_when_nobody_listens_any_more(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a\n" + "1\n" * 50_000)
    asked = {"layer": None, "encoding": None, "repair": False}
    readers = []

    with suppress(KeyboardInterrupt), admit(path, LIMITS) as file:
        folder = file.folder
        with process.content(file, asked, LIMITS) as found:
            next(found.rows)
            readers = children()
            raise KeyboardInterrupt

    assert readers
    assert not set(readers) & set(children())
    assert not folder.exists()


def children() -> list[int]:
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(word) for task in tasks for word in task.read_text().split()]


@pytest.mark.parametrize(
    "data", [b"!table\n!version 300\n", b"  0\nSECTION\n", b"<kml/>", b"\x89PNG", b"x", b"\0" * 200]
)
@pytest.mark.parametrize("name", ["a.gpkg", "a.xlsx", "a.zip", "a.geojson"])
def test_t30_other_formats_under_our_names_are_no_match(
    tmp_path: Path, name: str, data: bytes
) -> None:
    assert refused(written(tmp_path, name, data)) == "type_mismatch"
