"""Of the rows of a file those around its findings are kept, and no more than may be."""

import json
from collections.abc import Sequence
from pathlib import Path
from time import process_time

import numpy as np
import pytest
import shapely

from gisapp.i18n import Sentence
from gisapp.intake import excerpt
from gisapp.intake.excerpt import Kept
from gisapp.intake.faults import Finding
from gisapp.intake.flow import Row
from gisapp.intake.kinds import KINDS
from gisapp.intake.mapping import Mapping, mapping
from gisapp.intake.profiles import NONE


def finding(line: int, code: str) -> Finding:
    return Finding(line, code, Sentence("wrong"))


def kept(path: Path, rows: Sequence[Row], lines: Sequence[int]) -> list[Kept]:
    with path.open("wb") as out:
        excerpt.put(out, rows, placed=True)
    blocks, _ = excerpt.packed(path, lines, range(2), lambda row: [1.0, 2.0])
    return list(excerpt.unpacked(blocks))


def table(kind: str, columns: Sequence[str]) -> Mapping:
    return mapping(KINDS[kind], NONE, columns, shaped=False, file="a.csv", layer="")


def test_the_row_of_a_finding_is_kept_with_those_beside_it(tmp_path: Path) -> None:
    rows = [Row(line, [f"a{line}", "=1+1"]) for line in (2, 3, 5, 8, 9, 10)]

    found = kept(tmp_path / "rows", rows, [5])

    assert found == [
        Kept(1, 3, ["a3", "=1+1"], None),
        Kept(2, 5, ["a5", "=1+1"], [1.0, 2.0]),
        Kept(3, 8, ["a8", "=1+1"], None),
    ]


def test_rows_that_overlap_are_kept_once_and_a_short_row_has_fewer_cells(tmp_path: Path) -> None:
    rows = [Row(2, ["a"]), Row(3, ["b", "c", "too many"]), Row(4, [None, "d"])]

    found = kept(tmp_path / "rows", rows, [3, 2])

    assert [(one.line, one.cells) for one in found] == [
        (2, ["a", None]),
        (3, ["b", "c"]),
        (4, [None, "d"]),
    ]


def test_no_more_rows_are_kept_than_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row(line, ["a", "b"]) for line in range(1, 2_000)]
    monkeypatch.setattr(excerpt, "KEPT_ROWS", 3)

    found = kept(tmp_path / "rows", rows, [1_900, 100, 700, 300])

    assert [one.line for one in found if one.place] == [100, 700, 1_900]
    assert len(found) == 9


def test_long_rows_leave_less_room_and_the_most_telling_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Row(line, ["字" * 100, "b"]) for line in range(1, 1_000)]
    monkeypatch.setattr(excerpt, "KEPT_ROW_BYTES", 10_000)
    lines = [900, *range(1, 900, 9)]

    found = kept(tmp_path / "rows", rows, lines)

    size = sum(len(json.dumps(one.cells, ensure_ascii=False).encode()) for one in found)
    assert 2_000 < size <= 10_000
    assert 900 in [one.line for one in found if one.place]


def test_rows_about_a_line_are_found_wherever_they_are_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excerpt, "BLOCK", 3)
    lines = [30, 7, 8, 9, 2, 41, 40, 39, 38]
    with (tmp_path / "rows").open("wb") as out:
        excerpt.put(out, [Row(line, []) for line in lines], placed=True)
    blocks, there = excerpt.packed(tmp_path / "rows", lines, [], lambda row: None)

    assert there == set(lines)
    for at, line in enumerate(lines):
        found = [one.line for one in excerpt.around(blocks, line) if abs(one.at - at) <= 1]
        assert found == lines[max(0, at - 1) : at + 2]
    assert excerpt.around(blocks, 10) == []


def test_each_kind_of_finding_has_its_turn_before_what_is_refused_and_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(excerpt, "OF_EACH_KIND", 2)
    every = [finding(line, "note") for line in range(1, 6)]
    every += [finding(line, "refused") for line in range(10, 15)]
    every += [finding(0, "datum"), finding(3, "refused")]

    lines = excerpt.chosen(every, lambda one: one.code == "refused")

    assert lines == [1, 10, 2, 11, 12, 13, 14, 3, 4, 5]


@pytest.mark.parametrize(
    ("kind", "columns", "left"),
    [
        ("enterprises", ["register_number", "name", "lon", "lat", "x"], [0, 1, 2, 3, 4]),
        ("disputes", ["case_number", "category", "reported_on", "lon", "lat", "地址"], [0, 1, 2]),
        ("cadres", ["staff_number", "name", "department", "office", "phone", "手机"], [0, 1, 2, 3]),
    ],
)
def test_places_of_disputes_phones_and_what_nobody_named_beside_them_are_not_kept(
    kind: str, columns: list[str], left: list[int]
) -> None:
    assert excerpt.columns(table(kind, columns), columns) == left


def test_a_place_comes_from_two_columns_but_none_of_a_dispute() -> None:
    row = Row(2, ["E1", "a", "120,5", "30"])
    firms = table("enterprises", ["register_number", "name", "lon", "lat"])
    disputes = table("disputes", ["case_number", "category", "lon", "lat", "reported_on"])

    assert excerpt.placing(firms, shaped=False)(row) == [120.5, 30.0]
    assert excerpt.placing(firms, shaped=False)(Row(3, ["E2", "b", "0", "0"])) is None
    assert excerpt.placing(firms, shaped=False)(Row(4, ["E2", "b", "east", None])) is None
    assert excerpt.placing(firms, shaped=False)(Row(4, ["E2"])) is None
    assert excerpt.placing(disputes, shaped=False)(Row(2, ["D1", "x", "120", "30", ""])) is None
    assert excerpt.placing(disputes, shaped=True)(shaped(shapely.Point(1, 2))) is None


def shaped(shape: shapely.Geometry | None) -> Row:
    return Row(1, [], None if shape is None else shapely.to_wkb(shape))


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        (None, None),
        (shapely.Polygon(), None),
        (shapely.Point(1, 2), [1.0, 2.0]),
        (shapely.box(0, 0, 1, 1), [[1, 0, 1, 1, 0, 1, 0, 0, 1, 0]]),
        (shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), [[0, 0, 1, 1, 1, 0, 0, 1, 0, 0]]),
        (shapely.LineString([(0, 0), (1, 1)]), [[0, 0, 1, 1]]),
    ],
)
def test_a_place_is_kept_as_it_stands_in_the_file_even_where_it_crosses_itself(
    shape: shapely.Geometry | None, place: object
) -> None:
    grids = mapping(KINDS["grids"], NONE, ["code"], shaped=True, file="a.gpkg", layer="")

    assert excerpt.placing(grids, shaped=True)(shaped(shape)) == place


def test_a_place_has_few_corners_however_many_the_file_has() -> None:
    grids = mapping(KINDS["grids"], NONE, ["code"], shaped=True, file="a.gpkg", layer="")
    many = shapely.MultiPolygon(
        [shapely.Point(x, y).buffer(0.4, 100) for x in range(20) for y in range(20)]
    )

    for shape in (shapely.Point(0, 0).buffer(1, 20_000), many):
        place = excerpt.placing(grids, shaped=True)(shaped(shape))
        assert place
        assert sum(len(ring) for ring in place if isinstance(ring, list)) <= 2 * 300


def test_an_outline_made_to_cost_hours_costs_no_time() -> None:
    grids = mapping(KINDS["grids"], NONE, ["code"], shaped=True, file="a.gpkg", layer="")
    turns = np.linspace(0, 600 * np.pi, 99_999)
    spiral = np.column_stack([turns * np.cos(turns), turns * np.sin(turns)])
    hostile = shaped(shapely.Polygon(spiral))
    started = process_time()

    place = excerpt.placing(grids, shaped=True)(hostile)

    assert place
    assert process_time() - started < 1
