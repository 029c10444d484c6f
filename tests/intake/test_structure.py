import json
import struct
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp.intake import structure, wkb
from gisapp.intake.faults import (
    FileFault,
    GeometryDepth,
    GeometryLimit,
    GpkgSchema,
    JsonFault,
    LayerUnknown,
    ShapeAlone,
    TooManyRows,
)
from gisapp.intake.limits import LIMITS
from tests.intake.built import alter, geojson, gpkg, gpkg_blob, nested_wkb, square

POINT = {"type": "Point", "coordinates": [120.0, 30.0]}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "plain.gpkg"
    return gpkg(path, [{"code": "1"}, {"code": "2"}])


@pytest.fixture
def package(plain: Path, tmp_path: Path) -> Path:
    path = tmp_path / "a.gpkg"
    path.write_bytes(plain.read_bytes())
    return path


def test_a_plain_package_says_what_it_holds(package: Path) -> None:
    found = structure.geopackage(package, None, LIMITS)

    assert (found.layer, found.shaped) == ("grids", {1: True, 2: True})


def module(name: str, using: str) -> str:
    # Written past SQLite, which would ask for the module while it makes the table.
    sql = f'CREATE VIRTUAL TABLE "{name}" USING {using}'
    return (
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql)"  # noqa: S608
        f" VALUES ('table', '{name}', '{name}', 0, '{sql}')"
    )


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (module("leak", "VirtualText(''/etc/passwd'', ''UTF-8'')"), "virtual"),
        (module("leak", "VirtualShape(''/etc/x'', ''UTF-8'', 4326)"), "virtual"),
        (module("leak", "VirtualDbf(''/etc/x'', ''UTF-8'')"), "virtual"),
        (module("leak", "VirtualOGR(''CSV:/etc/passwd'')"), "virtual"),
        (module("rtree_leak", "VirtualText(''/etc/passwd'')"), "virtual"),
        (module("leak", "rtree(id, a, b)"), "virtual"),
        ("CREATE VIEW secret AS SELECT * FROM grids", "view"),
        ("CREATE TRIGGER mine AFTER INSERT ON grids BEGIN SELECT 1; END", "trigger"),
        (
            "INSERT INTO gpkg_extensions VALUES ('grids', 'geom', 'evil_ext', 'x', 'read-write')",
            "extension",
        ),
        ("DROP TABLE gpkg_geometry_columns", "tables"),
    ],
)
def test_t16_a_package_with_more_than_tables_is_refused(
    package: Path, statement: str, reason: str
) -> None:
    alter(package, statement)

    with pytest.raises(GpkgSchema) as wrong:
        structure.geopackage(package, None, LIMITS)

    assert wrong.value.fields["reason"].message == GpkgSchema.reasons[reason]  # type: ignore[attr-defined]


@pytest.mark.parametrize("damage", ["pages", "cut", "middle"])
def test_t16_damaged_pages_are_refused(package: Path, damage: str) -> None:
    data = bytearray(package.read_bytes())
    if damage == "pages":
        data[28:32] = struct.pack(">I", 2**31 - 1)
    elif damage == "cut":
        data = data[: len(data) // 2]
    else:
        data[4096:20000] = b"\xa5" * (20000 - 4096)
    package.write_bytes(data)

    with pytest.raises(GpkgSchema):
        structure.geopackage(package, None, LIMITS)


def test_t16_a_name_that_is_no_text_is_damage(package: Path) -> None:
    data = package.read_bytes()
    package.write_bytes(data.replace(b"CREATE TABLE", b"CREATE\x8eTABLE"))

    with pytest.raises(GpkgSchema):
        structure.geopackage(package, None, LIMITS)


def test_a_package_of_several_layers_asks_which(package: Path) -> None:
    gpkg(package, [{"code": "9"}], layer="other")

    with pytest.raises(LayerUnknown):
        structure.geopackage(package, None, LIMITS)

    assert structure.geopackage(package, "other", LIMITS).shaped == {1: True}


@pytest.mark.parametrize("name", ['x"; DROP TABLE grids;--', "a]b", "a%s", "a:b", "网格"])
def test_t28_a_layer_of_any_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    path = gpkg(tmp_path / "a.gpkg", [{"code": "1"}], layer=name)

    assert structure.geopackage(path, name, LIMITS).shaped == {1: True}


@pytest.mark.parametrize("depth", [4, 150, 13_000, 100_000])
def test_t17_nested_shapes_in_a_package_never_reach_a_library(package: Path, depth: int) -> None:
    blob = gpkg_blob(nested_wkb(depth))
    alter(
        package,
        "DROP TRIGGER rtree_grids_geom_update6",
        "DROP TRIGGER rtree_grids_geom_update7",
        "DROP TRIGGER rtree_grids_geom_update2",
        "DROP TRIGGER rtree_grids_geom_update5",
        "DROP TRIGGER rtree_grids_geom_update4",
        "UPDATE grids SET geom = ? WHERE fid = 2",
        values=(blob,),
    )

    with pytest.raises(GeometryDepth) as wrong:
        structure.geopackage(package, None, LIMITS)

    assert wrong.value.fields["line"] == 2


def test_t17_the_limit_of_nesting_holds_to_the_level() -> None:
    assert wkb.vertices(nested_wkb(3), nesting=4, most=10) == 1

    with pytest.raises(wkb.TooDeep):
        wkb.vertices(nested_wkb(4), nesting=4, most=10)


def test_the_limit_of_vertices_holds_to_the_vertex(package: Path) -> None:
    five = replace(LIMITS, vertices_a_shape=5, vertices_a_file=10)

    assert len(structure.geopackage(package, None, five).shaped) == 2

    for less in (replace(five, vertices_a_shape=4), replace(five, vertices_a_file=9)):
        with pytest.raises(GeometryLimit):
            structure.geopackage(package, None, less)


def test_the_limit_of_rows_holds_to_the_row(package: Path) -> None:
    assert structure.geopackage(package, None, replace(LIMITS, rows=2))

    with pytest.raises(TooManyRows):
        structure.geopackage(package, None, replace(LIMITS, rows=1))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_shape_or_are_refused(data: bytes) -> None:
    try:
        wkb.vertices(data, nesting=4, most=1000)
    except (wkb.Broken, wkb.TooDeep, wkb.TooMany):
        return
    shapely.from_wkb(data, on_invalid="ignore")


@given(st.integers(0, 92), st.integers(0, 255))
def test_a_spoilt_shape_is_refused_or_harmless(at: int, byte: int) -> None:
    data = bytearray(shapely.to_wkb(square()))
    data[at] = byte

    test_any_bytes_are_a_shape_or_are_refused.hypothesis.inner_test(bytes(data))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(1, 2),
        shapely.Point(1, 2, 3),
        shapely.LineString([(0, 0), (1, 1)]),
        square(),
        shapely.MultiPolygon([square(), square(121)]),
        shapely.force_3d(square(), 7.0),
        shapely.Polygon(square().exterior, [square(120.002, 30.002, 0.001).exterior]),
        shapely.Polygon(),
    ],
)
@pytest.mark.parametrize("flavor", ["iso", "extended"])
def test_vertices_are_counted_as_geos_counts_them(shape: shapely.Geometry, flavor: str) -> None:
    for order in (0, 1):
        data = shapely.to_wkb(
            shape, byte_order=order, flavor=flavor, include_srid=flavor == "extended"
        )

        counted = wkb.vertices(data, nesting=4, most=100)

        assert counted == shapely.get_num_coordinates(shape)


def bring(tmp_path: Path, text: bytes | str) -> structure.Inside:
    path = tmp_path / "a.geojson"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return structure.geojson(path, None, LIMITS)


def feature(geometry: str = json.dumps(POINT), properties: str = '{"code": "1"}') -> str:
    return (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", '
        f'"geometry": {geometry}, "properties": {properties}}}]}}'
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (feature('{"type": "Point", "coordinates": [NaN, 1]}'), "number"),
        (feature('{"type": "Point", "coordinates": [Infinity, 1]}'), "number"),
        (feature('{"type": "Point", "coordinates": [1e400, 1]}'), "number"),
        (feature(properties='{"n": ' + "9" * 5000 + "}"), "number"),
        (feature(properties='{"a": 1, "a": 2}'), "twice"),
        (feature(properties='{"a": "\\ud800"}'), "encoding"),
        (feature(properties='{"a": "' + "é" + '"}').encode("latin-1"), "encoding"),
        (feature().encode("utf-16"), "encoding"),
        (feature(properties='{"a": ' + "[" * 40 + "]" * 40 + "}"), "depth"),
        ("[" * 100_000, "depth"),
        ("[]", "collection"),
        ("{}", "collection"),
        ('{"type": "FeatureCollection", "features": [1]}', "feature"),
        (feature(geometry="[1, 2]"), "feature"),
        (feature(properties="7"), "feature"),
    ],
)
def test_t22_what_is_not_strict_is_refused(tmp_path: Path, text: bytes | str, reason: str) -> None:
    with pytest.raises(JsonFault) as wrong:
        bring(tmp_path, text)

    assert wrong.value.fields["reason"].message == JsonFault.reasons[reason]  # type: ignore[attr-defined]


def test_t22_a_shape_alone_is_refused_for_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ShapeAlone) as wrong:
        bring(tmp_path, json.dumps(POINT))

    assert wrong.value.fields == {"shape": "Point"}


def test_t22_a_mark_of_utf_8_is_no_fault(tmp_path: Path) -> None:
    assert bring(tmp_path, b"\xef\xbb\xbf" + feature().encode()).shaped == {1: True}


def test_t22_a_feature_without_a_shape_counts(tmp_path: Path) -> None:
    assert bring(tmp_path, feature(geometry="null", properties="null")).shaped == {1: False}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_t22_a_cut_file_is_refused_wherever_it_is_cut(tmp_path: Path, data: st.DataObject) -> None:
    whole = feature(properties='{"name": "网格"}').encode()
    cut = data.draw(st.integers(1, len(whole) - 1))

    with pytest.raises(FileFault):
        bring(tmp_path, whole[:cut])


def test_brackets_in_text_are_no_depth(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [(POINT, {"name": '[{"' * 50 + "\\"})])

    assert structure.geojson(path, None, LIMITS).shaped == {1: True}
