"""What leaves as a file is whole, new, and computes nothing."""

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp import files, formula, shapefile, workbook
from gisapp.core import coordinates
from tests.intake.built import read, read_here

SQUARES = np.array([shapely.box(x, 30, x + 0.01, 30.01) for x in (114.0, 114.01)], dtype=object)
TABLE = {"code": ["001", "002"], "state": ["served", "far"], "minutes": [3.5, 47.0]}


@pytest.mark.parametrize("kind", [".gpkg", ".geojson"])
def test_shapes_and_columns_come_back_as_they_went_out(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"layer{kind}"

    files.write(path, TABLE, SQUARES, force=False)

    meta, _, shapes, columns = pyogrio.raw.read(path)
    assert meta["crs"] == "EPSG:4326"
    assert {name: list(column) for name, column in zip(meta["fields"], columns)} == TABLE  # noqa: B905
    assert shapely.equals_exact(
        shapely.normalize(shapely.from_wkb(shapes)), shapely.normalize(SQUARES), 1e-7
    ).all()


def test_a_csv_opens_in_a_spreadsheet_with_its_codes_whole(tmp_path: Path) -> None:
    path = tmp_path / "layer.csv"

    files.write(path, TABLE | {"name": ["江澜", "东岗"]}, SQUARES, force=False)

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["code"] for row in rows] == ["001", "002"]
    assert rows[0]["name"] == "江澜"
    assert 114.0 <= float(rows[0]["lon"]) <= 114.01


NAMES = ["东岗网格", "𠮷祥里 <&\"'>", " a, b\t", "_x000D_", "", "=1+1", "'=1"]
CODES = ["001", "010", "1e5", "1.0", "13800138000", "-5", "000000000000000001"]
STRIP = np.array(
    [shapely.box(114 + n / 100, 30, 114.01 + n / 100, 30.01) for n in range(7)], object
)


@pytest.mark.parametrize("kind", files.KINDS)
def test_what_goes_out_comes_in_again_through_the_gate(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"网格{kind}"
    here = kind in {".csv", ".xlsx", ".kml"}
    # Not every format tells an empty text from none, or keeps white space at the ends.
    kept = [name.strip() for name in NAMES] if kind == ".kml" else NAMES

    files.write(path, {"编码": CODES, "名称": NAMES, "数": [0.1] * 7}, STRIP, force=False)
    found = read_here(path) if here else read(path)

    assert found.columns[:3] == ["编码", "名称", "数"]
    assert [row.cells[0] for row in found.rows] == CODES
    assert [row.cells[1] or "" for row in found.rows] == kept
    assert {row.cells[2] for row in found.rows} == {"0.1"}
    if kind not in files.TABLES:
        came = shapely.normalize(shapely.from_wkb([row.wkb for row in found.rows]))
        assert shapely.equals_exact(came, shapely.normalize(STRIP), 1e-7).all()
        assert found.crs in {"EPSG:4326", None}


WORDS = st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=5)


@settings(max_examples=30)
@given(words=WORDS)
def test_any_text_comes_back_from_a_workbook(tmp_path_factory: Any, words: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xlsx"

    workbook.write(path, "any", {"n": list(range(len(words))), "text": words})

    found = read_here(path)
    assert [row.cells[1] or "" for row in found.rows] == words
    assert [row.cells[0] for row in found.rows] == [str(n) for n in range(len(words))]


@given(st.lists(st.text(min_size=1, max_size=12), max_size=12))
def test_short_names_are_all_different_and_fit(names: list[str]) -> None:
    short = shapefile.short_names(names)

    assert len({name.casefold() for name in short}) == len(names)
    assert all(len(name.encode("gb18030", "replace")) <= 10 for name in short)


def test_a_shapefile_says_the_full_names_it_had_to_cut(tmp_path: Path) -> None:
    path = tmp_path / "layer.shp.zip"

    files.write(path, {"最近成员路程分钟": [1.0, 2.0]}, SQUARES, "EPSG:4490", force=False)

    with zipfile.ZipFile(path) as archive:
        assert "最近成员路,最近成员路程分钟" in archive.read("字段说明.csv").decode("utf-8-sig")
        assert archive.read("layer.cpg") == b"GB18030"
        assert b"2000" in archive.read("layer.prj")


def test_a_kml_in_metres_is_refused(tmp_path: Path) -> None:
    with pytest.raises(files.KmlInMetres):
        files.write(tmp_path / "layer.kml", TABLE, SQUARES, "EPSG:4547", force=False)


SIGNS = "=+-@＝＋－＠\t\r\0"


@given(st.sampled_from(["", " ", "\n", "'", "''"]), st.sampled_from(SIGNS), st.text(max_size=9))
def test_t34_no_text_leaves_as_a_formula(before: str, sign: str, rest: str) -> None:
    assert str(formula.neutral(before + sign + rest)).startswith("'" + before)


@given(st.text(st.sampled_from(f"{SIGNS}' \na"), max_size=6))
def test_t34_what_was_marked_comes_back_as_it_was(text: str) -> None:
    assert formula.plain(str(formula.neutral(text))) == text


@pytest.mark.parametrize("kind", [".csv", ".xlsx", ".shp.zip"])
def test_t34_a_spreadsheet_computes_nothing_of_what_we_write(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"layer{kind}"
    evil = [f"{sign}cmd|' /C calc'!A0" for sign in SIGNS]

    files.write(path, {"=1+1": evil, "名": evil}, np.repeat(SQUARES[:1], 11), force=False)

    if kind == ".xlsx":
        book = openpyxl.load_workbook(path)
        cells = [cell for row in book.active for cell in row]
        assert {cell.data_type for cell in cells} == {"s", "n"}
    else:
        data = path.read_bytes()
        if kind == ".shp.zip":
            with zipfile.ZipFile(path) as archive:
                data = archive.read(shapefile.NAMES)
        cells = [cell for row in csv.reader(data.decode("utf-8-sig").splitlines()) for cell in row]
        assert not [cell for cell in cells if cell[:1] in set(SIGNS)]


@settings(max_examples=10)
@given(words=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=9)))
def test_another_program_reads_the_workbook_we_write(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "ours.xlsx"
    numbers = [0.1 + 0.2, 12345678901234567, -7] * len(words)

    workbook.write(path, "表", {"码": words, "数": numbers[: len(words)]})

    (table,) = openpyxl.load_workbook(path).worksheets
    (names, *rows) = table.iter_rows(values_only=True)
    assert (table.title, names) == ("表", ("码", "数"))
    found = [(str(word or "").replace("_x005F_", "_"), number) for word, number in rows]
    assert found == list(zip(words, numbers, strict=False))


@given(st.one_of(st.integers(), st.floats(allow_nan=False), st.none()))
def test_numbers_leave_as_they_are(value: object) -> None:
    assert formula.neutral(value) == value


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "layer.csv"
    path.write_text("mine", "utf-8")

    with pytest.raises(files.FileExists):
        files.write(path, TABLE, SQUARES, force=False)

    assert path.read_text("utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_there_is_written_over_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "layer.geojson"
    path.write_text("mine", "utf-8")

    files.write(path, TABLE, SQUARES, force=True)

    assert len(json.loads(path.read_text("utf-8"))["features"]) == 2


@pytest.mark.parametrize("name", ["layer", "layer.docx", "layer.GPKG.zip"])
def test_a_name_that_says_no_format_is_refused_with_the_formats(tmp_path: Path, name: str) -> None:
    with pytest.raises(files.UnknownFileKind) as wrong:
        files.write(tmp_path / name, TABLE, SQUARES, force=False)

    assert ".gpkg, .geojson, .shp.zip" in str(wrong.value)


@pytest.mark.parametrize("crs", ["EPSG:999999", "wgs84", "4326", "gcj03"])
def test_a_coordinate_system_nobody_knows_is_refused(tmp_path: Path, crs: str) -> None:
    with pytest.raises(files.UnknownCrs):
        files.write(tmp_path / "layer.gpkg", TABLE, SQUARES, crs, force=False)

    assert list(tmp_path.iterdir()) == []


def test_a_projected_export_is_in_metres_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "layer.gpkg"

    files.write(path, TABLE, SQUARES, "EPSG:4547", force=False)

    meta, _, shapes, _ = pyogrio.raw.read(path)
    assert meta["crs"] == "EPSG:4547"
    assert shapely.area(shapely.from_wkb(shapes)).min() > 1e6


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_shifted_export_comes_back_to_the_same_place(tmp_path: Path, crs: str) -> None:
    path = tmp_path / "layer.gpkg"
    back = {"gcj02": coordinates.gcj_to_wgs, "bd09": coordinates.bd_to_wgs}[crs]

    files.write(path, TABLE, SQUARES, crs, force=False)

    _, _, shapes, _ = pyogrio.raw.read(path)
    shifted = shapely.get_coordinates(shapely.normalize(shapely.from_wkb(shapes)))
    lon, lat = back(shifted[:, 0], shifted[:, 1])
    original = shapely.get_coordinates(shapely.normalize(SQUARES))
    assert not np.allclose(shifted, original, atol=1e-4)
    assert np.allclose(np.column_stack([lon, lat]), original, atol=1e-9)


@pytest.mark.parametrize("crs", ["EPSG:5773", "EPSG:4979", "EPSG:4978"])
def test_a_system_that_is_not_of_the_plane_is_refused(tmp_path: Path, crs: str) -> None:
    with pytest.raises(files.UnknownCrs):
        files.write(tmp_path / "layer.gpkg", TABLE, SQUARES, crs, force=False)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [".gpkg", ".csv"])
def test_a_folder_that_is_not_there_is_said_and_not_made(tmp_path: Path, kind: str) -> None:
    with pytest.raises(files.CannotWrite):
        files.write(tmp_path / "typo" / f"layer{kind}", TABLE, SQUARES, force=False)

    assert list(tmp_path.iterdir()) == []
