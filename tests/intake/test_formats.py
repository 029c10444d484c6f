"""Every format comes in as the text it holds, whatever its encoding."""

import json
import struct
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.intake import dbf
from gisapp.intake.faults import (
    ArchiveContent,
    FileFault,
    LayerUnknown,
    TableFault,
    XlsxLimit,
    XmlFault,
)
from gisapp.intake.gate import admit
from gisapp.intake.limits import LIMITS
from gisapp.intake.shapefile import check
from tests.intake.built import Read, geojson, read, read_here, square, xlsx, zipped

ROWS = [{"编码": "001", "名称": "东岗网格"}, {"编码": "010", "名称": "𠮷祥里"}]
CELLS = [["001", "东岗网格"], ["010", "𠮷祥里"]]


def shapefile(folder: Path, encoding: str, *, said: str | None, language: int = 0) -> Path:
    """Write a Shapefile in ``encoding`` and pack it; ``said`` goes into the .cpg."""
    names = list(ROWS[0])
    pyogrio.raw.write(
        folder / "网格.shp",
        np.array([shapely.to_wkb(square(120 + 0.01 * n)) for n in range(2)], dtype=object),
        field_data=[np.array([row[name] for row in ROWS], dtype=object) for name in names],
        fields=names,
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs="EPSG:4549",
        encoding=encoding,
    )
    table = folder / "网格.dbf"
    data = bytearray(table.read_bytes())
    data[29] = language
    table.write_bytes(data)
    page = folder / "网格.cpg"
    page.unlink(missing_ok=True)
    if said is not None:
        page.write_text(said)
    return zipped(folder / "格.zip", *folder.glob("网格.*"))


def table_of(
    path: Path, named: str | None = None
) -> tuple[list[str], list[list[str | None] | None]]:
    with admit(path, LIMITS) as file:
        inside = check(file.folder / "0.shp", LIMITS)
        encoding = dbf.encoding_of(inside.table, inside.code_page, named)
        return dbf.names(inside.table, encoding), list(dbf.rows(inside.table, encoding))


@pytest.mark.parametrize(
    ("encoding", "said", "language"),
    [
        ("GB18030", "GB18030", 0),
        ("GB18030", "936", 0),
        ("GB18030", None, 0x4D),
        ("GB18030", None, 0),
        ("GB18030", "ISO-8859-1", 0),
        ("GB18030", "UTF-8", 0x57),
        ("UTF-8", "UTF-8", 0),
        ("UTF-8", None, 0),
        ("UTF-8", "ISO 88591", 0x57),
    ],
)
def test_t24_a_shapefile_is_read_in_the_encoding_it_is_written_in(
    tmp_path: Path, encoding: str, said: str | None, language: int
) -> None:
    path = shapefile(tmp_path, encoding, said=said, language=language)

    assert table_of(path) == (["编码", "名称"], CELLS)


def test_a_shapefile_comes_through_whole_though_it_names_the_wrong_encoding(
    tmp_path: Path,
) -> None:
    found = read(shapefile(tmp_path, "GB18030", said="UTF-8", language=0x57))

    assert (found.columns, [list(row.cells) for row in found.rows]) == (["编码", "名称"], CELLS)
    assert (found.layer, found.crs, found.encoding) == ("网格", "EPSG:4549", "gb18030")
    assert shapely.from_wkb(found.rows[1].wkb).equals(square(120.01))


@pytest.mark.parametrize("said", ["HEX", "x\0y", "unicode_escape", "\ufffd" * 99, "../x"])
def test_t24_an_encoding_that_is_none_is_found_by_content_or_said(
    tmp_path: Path, said: str
) -> None:
    path = shapefile(tmp_path, "GB18030", said=said)

    assert table_of(path) == (["编码", "名称"], CELLS)
    with pytest.raises(TableFault) as wrong:
        table_of(path, said)
    assert wrong.value.fields["name"] == said[:40]


def test_a_name_cut_in_half_a_character_loses_that_half_alone(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said=None)
    table = tmp_path / "网格.dbf"
    data = bytearray(table.read_bytes())
    data[32:42] = "社区网格".encode()[:10]  # a name has room for ten bytes
    table.write_bytes(data)

    assert table_of(zipped(path, *tmp_path.glob("网格.*")))[0] == ["社区网", "名称"]


def test_an_archive_with_several_layers_asks_which(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", said="UTF-8")
    with zipfile.ZipFile(path, "a") as archive:
        for part in ("shp", "shx", "dbf"):
            archive.write(tmp_path / f"网格.{part}", f"old/parks.{part}")

    with pytest.raises(LayerUnknown) as wrong:
        read(path)

    assert wrong.value.fields["layers"] == ["网格", "parks"]


@pytest.mark.parametrize("part", ["dbf", "shx", "shp"])
def test_t24_half_a_shapefile_is_refused_with_what_is_missing(tmp_path: Path, part: str) -> None:
    shapefile(tmp_path, "UTF-8", said="UTF-8")
    (tmp_path / f"网格.{part}").unlink()

    with pytest.raises(ArchiveContent):
        table_of(zipped(tmp_path / "half.zip", *tmp_path.glob("网格.*")))


@pytest.mark.parametrize(
    ("part", "at", "lie"),
    [
        ("shp", 24, struct.pack(">i", 2**30)),
        ("shp", 104, struct.pack(">i", 2**30)),
        ("shp", 148, struct.pack("<i", 2**31 - 1)),
        ("shx", 0, b"\0\0\0\0"),
        ("dbf", 4, struct.pack("<I", 2**31 - 1)),
        ("dbf", 4, struct.pack("<I", 1)),
        ("dbf", 10, struct.pack("<H", 1)),
    ],
)
def test_t24_a_shapefile_that_lies_about_its_size_is_refused(
    tmp_path: Path, part: str, at: int, lie: bytes
) -> None:
    shapefile(tmp_path, "UTF-8", said="UTF-8")
    path = tmp_path / f"网格.{part}"
    data = bytearray(path.read_bytes())
    data[at : at + len(lie)] = lie
    path.write_bytes(data)

    with pytest.raises(FileFault) as wrong:
        table_of(zipped(tmp_path / "lie.zip", *tmp_path.glob("网格.*")))

    assert wrong.value.code in {"shapefile", "geometry_limit"}


def test_a_sequence_of_features_is_read_with_and_without_its_marks(tmp_path: Path) -> None:
    shape = shapely.geometry.mapping(square())
    features = [{"type": "Feature", "geometry": shape, "properties": row} for row in ROWS]
    lines = [json.dumps(each, ensure_ascii=False) for each in features]
    plain, marked = tmp_path / "a.geojsonl", tmp_path / "a.geojsons"
    plain.write_text("\n".join(lines), "utf-8")
    marked.write_text("".join(f"\x1e{line}\n" for line in lines), "utf-8")

    for path in (plain, marked):
        assert [list(row.cells) for row in read(path).rows] == CELLS


def test_a_sequence_with_one_bad_line_is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojsonl", [(None, ROWS[0])])
    path.write_text('{"type":"Feature","geometry":null,"properties":{"a":NaN}}\n')

    with pytest.raises(FileFault) as wrong:
        read(path)

    assert wrong.value.code == "json"


KML = """<?xml version="1.0" encoding="{encoding}"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<Placemark><name>东岗</name>
<ExtendedData><Data name="编码"><value>001</value></Data></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>
120,30,0 120.01,30,0 120.01,30.01,0 120,30.01,0 120,30,0</coordinates></LinearRing>
</outerBoundaryIs></Polygon></Placemark>
<Placemark><name>甲</name><ExtendedData><SchemaData><SimpleData name="编码">010</SimpleData>
</SchemaData></ExtendedData><MultiGeometry><Point><coordinates>120.5,30.5</coordinates></Point>
<Point><coordinates>120.6,30.6,9</coordinates></Point></MultiGeometry></Placemark>
<Placemark><name>乙</name><Point><coordinates>x,y</coordinates></Point></Placemark>
<Placemark><name>丙</name></Placemark>{more}
</Folder></Document></kml>"""


def kml(path: Path, encoding: str = "UTF-8", more: str = "", python: str = "") -> Read:
    text = KML.format(encoding=encoding, more=more)
    path.write_bytes(text.encode(python or encoding))
    return read_here(path)


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030", "UTF-16"])
def test_a_kml_file_gives_its_placemarks_as_rows(tmp_path: Path, encoding: str) -> None:
    found = kml(tmp_path / "a.kml", encoding)

    assert (found.columns, found.crs) == (["name", "编码"], "EPSG:4326")
    assert [list(row.cells) for row in found.rows] == [
        ["东岗", "001"],
        ["甲", "010"],
        ["乙", None],
        ["丙", None],
    ]
    assert shapely.from_wkb(found.rows[0].wkb).equals(square())
    assert shapely.from_wkb(found.rows[1].wkb).geom_type == "MultiPoint"
    assert [row.note for row in found.rows] == ["", "", "lost", ""]


@pytest.mark.parametrize(
    "more",
    [
        "<NetworkLink><Link><href>http://127.0.0.1/</href></Link></NetworkLink>",
        "<a>" * 70 + "</a>" * 70,
        "<Placemark>",
    ],
)
def test_t15_a_kml_file_that_fetches_or_breaks_off_is_refused(tmp_path: Path, more: str) -> None:
    with pytest.raises(XmlFault):
        kml(tmp_path / "a.kml", more=more)


def test_t21_entities_in_a_kml_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<kml><Placemark><name>&x;</name></Placemark></kml>"
    )

    with pytest.raises(XmlFault) as wrong:
        read_here(path)

    assert "document type" in wrong.value.fields["reason"].message


def cells(path: Path, **asked: Any) -> list[list[str | None]]:
    return [list(row.cells) for row in read_here(path, **asked).rows]


def test_a_workbook_gives_the_text_people_see_without_loss(tmp_path: Path) -> None:
    rows = [
        ["代码", "数", "日", "时", "码"],
        ["001", 17031842400.0, ("day", 45231), ("day", 45231.5), ("zeros", 10100)],
        ["𠮷_x000D_", 0.1, None, None, ("zeros", 7)],
    ]

    found = cells(xlsx(tmp_path / "a.xlsx", {"表": rows}))

    assert found == [
        ["001", "17031842400", "2023-11-01", "2023-11-01 12:00:00", "010100"],
        ["𠮷\r", "0.1", None, None, "000007"],
    ]


VALUES = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8),
    st.integers(-(10**15), 10**15),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 6)),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(2199, 1, 1)).map(  # noqa: DTZ001  # cells have none
        lambda moment: moment.replace(microsecond=0)
    ),
)


def told(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value) if value not in {None, ""} else None


@settings(max_examples=20)
@given(rows=st.lists(st.tuples(VALUES, VALUES), max_size=4))
def test_a_workbook_of_another_program_is_read_as_that_program_reads_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, Any]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "theirs.xlsx"
    book = openpyxl.Workbook()
    for row in [("a", "b"), *rows]:
        book.active.append(row)
    book.save(path)

    found = cells(path)

    (table,) = openpyxl.load_workbook(path, data_only=True).worksheets
    theirs = [[told(value) for value in row] for row in table.iter_rows(2, values_only=True)]
    assert found == [row for row in theirs if any((cell or "").strip() for cell in row)]


def test_of_several_sheets_the_one_that_is_filled_is_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"Sheet1": [], "网格": [["a"], ["1"]], "Sheet3": []})
    two = xlsx(tmp_path / "b.xlsx", {"x": [["a"], ["1"]], "y": [["a"], ["2"]]})

    assert cells(path) == [["1"]]
    assert cells(two, layer="y") == [["2"]]
    with pytest.raises(LayerUnknown):
        read_here(two)


def test_t21_a_formula_counts_by_what_it_last_showed_and_is_marked(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"s": [["a", "b"], ["x", ("formula", 2)]]})

    (row,) = read_here(path).rows

    assert (list(row.cells), row.note) == (["x", "2"], "computed")


@pytest.mark.parametrize(
    ("part", "text", "code"),
    [
        ("xl/externalLinks/externalLink1.xml", "<x/>", "xlsx_limit"),
        ("xl/vbaProject.bin", "x", "xlsx_limit"),
        ("xl/sharedStrings.xml", "<!DOCTYPE s [<!ENTITY a 'b'>]><sst>&a;</sst>", "xml"),
        ("xl/embeddings/book.zip", "x", "archive_limit"),
        ("../../x.xml", "x", "archive_path"),
    ],
)
def test_t21_a_workbook_with_more_than_a_table_is_refused(
    tmp_path: Path, part: str, text: str, code: str
) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"s": [["a"], ["1"]]}, {part: text})

    with pytest.raises(FileFault) as wrong:
        read_here(path)

    assert wrong.value.code == code


def test_t21_one_cell_at_the_far_end_is_refused_at_once(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'

    with pytest.raises(XlsxLimit):
        read_here(xlsx(tmp_path / "a.xlsx", {"s": [["a"], ["1"]]}, more=far))
