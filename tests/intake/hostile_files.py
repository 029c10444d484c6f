"""Makes more than 300 files that were built to break a reader, the same ones every time."""

import gzip
import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyogrio
import shapely

from tests.intake.built import alter, gpkg, gpkg_blob, nested_wkb, square, xlsx, zipped

MARKER = "MARKER-7c1f"
"""Stands in the canary alone; whoever says it has read a file that was not brought."""
TEXTS = (".geojson", ".json", ".geojsonl", ".csv", ".tsv", ".txt", ".kml")
NAMES = (*TEXTS, ".gpkg", ".xlsx", ".zip")
FEATURE = (
    '{{"type":"FeatureCollection","features":'
    '[{{"type":"Feature","properties":{0},"geometry":{1}}}]}}'
)
POINT = '{"type":"Point","coordinates":[120,30]}'
KML = "<kml><Document><Placemark><name>a</name>{}</Placemark></Document></kml>"


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file, and the threat of the list that it belongs to."""

    case: str
    name: str
    data: bytes
    enters: bool = False
    """May be read, so long as nothing but its own content comes out."""


def all_of_them(canary: Path, tcp: int, udp: int) -> Iterator[Hostile]:
    """Yield every file; those that fetch are after the canary and the ports of 127.0.0.1."""
    yield from cheap(canary, tcp, udp)
    with TemporaryDirectory() as folder:
        yield from _packages(Path(folder), canary)
        yield from _books(Path(folder))
        yield from _shapes(Path(folder), canary)
        yield from _archives(Path(folder))


def cheap(canary: Path, tcp: int, udp: int) -> Iterator[Hostile]:
    """Yield those that are made and refused in no time."""
    yield from _sources(canary, tcp, udp)
    yield from _json()
    yield from _kml(tcp)
    yield from _tables()
    yield from _strangers()


def _sources(canary: Path, tcp: int, udp: int) -> Iterator[Hostile]:
    """Files that name another file or another machine (T13, T14, T15)."""
    web = f"127.0.0.1:{tcp}/"
    sources = {
        "T13": (f"CSV:{canary}", str(canary), f"/vsisubfile/0,{canary}"),
        "T15": (f"/vsicurl/http://{web}", f"WFS:http://{web}", f"/vsicurl/http://127.0.0.1:{udp}/"),
    }
    for case, named in sources.items():
        for number, source in enumerate(named):
            drawn = (
                f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource>'
                "</OGRVRTLayer></OGRVRTDataSource>"
            )
            steps = f"gdal vector pipeline ! read {source} ! write stream"
            run = json.dumps({"type": "gdal_streamed_alg", "command_line": steps})
            for name in NAMES:
                yield Hostile(case, f"vrt-{case}-{number}{name}", drawn.encode())
                yield Hostile("T14", f"run-{case}-{number}{name}", run.encode())
    for name in NAMES:
        text = f"<OGRWFSDataSource><URL>http://{web}</URL></OGRWFSDataSource>"
        yield Hostile("T15", f"wfs{name}", text.encode())


def _json() -> Iterator[Hostile]:
    """GeoJSON that is none, or too much (T17, T22, T23)."""
    bad = [
        '{"type":"Point","coordinates":[NaN,1]}',
        '{"type":"Point","coordinates":[Infinity,1]}',
        '{"type":"Point","coordinates":[1e400,1]}',
        '{"type":"Point","coordinates":[' + "9" * 5000 + ",1]}",
        '{"type":"Point","type":"Point","coordinates":[1,1]}',
        "[1, 2]",
        '{"type":"Point","coordinates":' + "[" * 50 + "]" * 50 + "}",
    ]
    odd = [
        '{"type":"Point","coordinates":[1e308,1e308]}',
        '{"type":"Point","coordinates":["1","2"]}',
        '{"type":"Point","coordinates":[]}',
        '{"type":"Point","coordinates":[1]}',
        '{"type":"Point","coordinates":[1,2,3,4]}',
        '{"type":"Polygon","coordinates":[[[1,1],[2,2]]]}',
        '{"type":"Polygon","coordinates":[[[1,1],[2,2],[3,1]]]}',
        '{"type":"Polygon","coordinates":[]}',
        '{"type":"Nothing"}',
        '{"coordinates":[1,2]}',
        "null",
    ]
    for number, shape in enumerate(bad):
        yield Hostile("T22", f"bad{number}.geojson", FEATURE.format("{}", shape).encode())
    for number, shape in enumerate(odd):
        text = FEATURE.format("{}", shape).encode()
        yield Hostile("T22", f"odd{number}.geojson", text, enters=True)
    for depth in (5, 150, 13_000, 100_000):
        nested = '{"type":"GeometryCollection","geometries":[' * depth + POINT + "]}" * depth
        text = FEATURE.format('{"a":1}', nested).encode()
        yield Hostile("T17", f"nested{depth}.geojson", text)
    whole = FEATURE.format('{"名":"格"}', POINT).encode()
    for cut in range(1, len(whole), 4):
        yield Hostile("T22", f"cut{cut}.geojson", whole[:cut])
    yield Hostile("T22", "wide.geojson", whole.decode().encode("utf-16"))
    yield Hostile("T22", "mark.geojson", b"\xef\xbb\xbf" + whole, enters=True)
    yield Hostile("T22", "half.geojson", FEATURE.format('{"a":"\\ud800"}', POINT).encode())
    yield Hostile(
        "T28", "nul.geojson", FEATURE.format('{"a\\u0000b":1}', POINT).encode(), enters=True
    )
    for number, said in enumerate(("http://127.0.0.1/x", "EPSG:999999", "+proj=pipeline", "")):
        text = whole.replace(
            b'{"type"', b'{"crs":{"properties":{"name":"%s"}},"type"' % said.encode(), 1
        )
        yield Hostile("T23", f"crs{number}.geojson", text, enters=True)


def _kml(tcp: int) -> Iterator[Hostile]:
    """KML with entities, links and shapes in shapes (T15, T17, T21)."""
    link = f"<Link><href>http://127.0.0.1:{tcp}/</href></Link>"
    for tag in ("NetworkLink", "NetworkLinkControl"):
        yield Hostile("T15", f"{tag}.kml", KML.format(f"<{tag}>{link}</{tag}>").encode())
    style = f"<styleUrl>http://127.0.0.1:{tcp}/</styleUrl><Icon>{link}</Icon>"
    yield Hostile("T15", "style.kml", KML.format(style).encode(), enters=True)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for number, types in enumerate(
        (
            f'<!DOCTYPE k [<!ENTITY l0 "ha">{laughs}]>',
            '<!DOCTYPE k [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
            f'<!DOCTYPE k SYSTEM "http://127.0.0.1:{tcp}/x.dtd">',
            '<!DOCTYPE k [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        )
    ):
        yield Hostile("T21", f"entity{number}.kml", (types + KML.format("&l9;")).encode())
    for depth in (5, 30, 150, 13_000, 100_000):
        nested = "<MultiGeometry>" * depth + "<Point><coordinates>1,2</coordinates></Point>"
        text = KML.format(nested + "</MultiGeometry>" * depth)
        yield Hostile("T17", f"nested{depth}.kml", text.encode())
    for number, said in enumerate(("nan,nan", "inf,1", "1e999,1", "x", "", "1", "1,2,3,4,5")):
        text = KML.format(f"<Point><coordinates>{said}</coordinates></Point>")
        yield Hostile("T22", f"place{number}.kml", text.encode(), enters=True)
    yield Hostile("T22", "unknown.kml", b'<?xml version="1.0" encoding="hex"?>' + KML.encode())


def _tables() -> Iterator[Hostile]:
    """CSV that is no table, or names what no name is (T25, T28)."""
    bad = {
        "open": b'a,b\n"1,2\n',
        "nul": b"a,b\n1,\x002\n",
        "twice": b"a,a\n1,2\n",
        "nothing": b"\n",
        "long": b"a\n" + b"x" * 200_000 + b"\n",
        "wide": b",".join(b"c%d" % n for n in range(100_000)) + b"\n",
        "neither": b"a,b\n\xff\xff\xff,1\n",
    }
    for name, data in bad.items():
        yield Hostile("T25", f"{name}.csv", data)
        yield Hostile("T25", f"{name}.csv.gz", gzip.compress(data, mtime=0))
    names = (
        'x""; DROP TABLE cadre;--',
        "a]b",
        "a%s",
        "a:b",
        "n" * 900,
        "😀",
        "\x1b[2J",
        "\u202egnp",
        "{0}",
    )
    for number, name in enumerate(names):
        text = f'"{name}",b\n1,2\n'
        yield Hostile("T28", f"name{number}.csv", text.encode(), enters=True)
    yield Hostile("T25", "nul16.csv", "a\0b,c\n1,2\n".encode("utf-16"), enters=True)
    yield Hostile("T25", "half16.csv", b"\xff\xfea\0\n\0\x00\xd8\n\0")
    yield Hostile("T30", "one.csv", b"x", enters=True)


def _strangers() -> Iterator[Hostile]:
    """Other formats under our names (T30)."""
    content = (b"%PDF-1.7\n", b"MZ\x90\0\0", b"\x7fELF\2\1", b"\x89PNG\r\n", b"PK\3\4x", b"\0", b"")
    for number, start in enumerate((*content, b"SQLite format 3\0" + bytes(84))):
        for name in NAMES:
            yield Hostile("T30", f"strange{number}{name}", start)


def _packages(folder: Path, canary: Path) -> Iterator[Hostile]:
    """GeoPackages with more than tables, or with pages that lie (T16, T17, T28)."""
    whole = gpkg(folder / "whole.gpkg", [{"code": "1"}, {"code": "2"}]).read_bytes()

    def changed(*statements: str, values: tuple[object, ...] = ()) -> bytes:
        path = folder / "changed.gpkg"
        path.write_bytes(whole)
        return alter(path, *statements, values=values).read_bytes()

    insert = (
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql)"
        " VALUES ('table', '{0}', '{0}', 0, '{1}')"
    )
    for number, using in enumerate(
        ("VirtualText", "VirtualShape", "VirtualDbf", "VirtualOGR", "fts3")
    ):
        for name in ("leak", "rtree_leak", "gpkg_leak"):
            sql = f"CREATE VIRTUAL TABLE {name} USING {using}(''{canary}'')"
            yield Hostile("T16", f"virtual{number}{name}.gpkg", changed(insert.format(name, sql)))
    for number, statement in enumerate(
        (
            "CREATE VIEW v AS SELECT load_extension('x')",
            "CREATE TRIGGER mine AFTER INSERT ON grids BEGIN SELECT 1; END",
            "INSERT INTO gpkg_extensions VALUES ('grids', 'geom', 'evil', 'x', 'read-write')",
            "DROP TABLE gpkg_geometry_columns",
            "DELETE FROM gpkg_contents",
            "UPDATE gpkg_contents SET table_name = 'sqlite_master'",
        )
    ):
        yield Hostile("T16", f"schema{number}.gpkg", changed(statement))
    for at in (16, 18, 28, 32, 40, 44, 52, 56, 100, 103, 105, 110, 4096, 8192):
        data = bytearray(whole)
        data[at : at + 4] = b"\x7f\xff\xff\xff"
        yield Hostile("T16", f"header{at}.gpkg", bytes(data), enters=True)
    for part in range(1, 10):
        yield Hostile("T16", f"cut{part}.gpkg", whole[: len(whole) * part // 10])
    with closing(sqlite3.connect(folder / "whole.gpkg")) as file:
        found = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        drops = [f'DROP TRIGGER "{name}"' for (name,) in found]
    update = "UPDATE grids SET geom = ? WHERE fid = 2"
    for depth in (5, 150, 13_000, 100_000):
        blob = gpkg_blob(nested_wkb(depth))
        yield Hostile("T17", f"nested{depth}.gpkg", changed(*drops, update, values=(blob,)))
    for number, blob in enumerate(_blobs()):
        data = changed(*drops, update, values=(blob,))
        yield Hostile("T26", f"blob{number}.gpkg", data, enters=True)
    many = shapely.to_wkb(shapely.LineString(np.zeros((100_001, 2))))
    yield Hostile("T18", "many.gpkg", changed(*drops, update, values=(gpkg_blob(many),)))


def _blobs() -> Iterator[bytes]:
    plain = gpkg_blob(shapely.to_wkb(square()))
    yield from (b"", b"GP", b"XX" + plain[2:], plain[:-1], plain + b"\0", plain[:20])
    for at, lie in ((3, 0b1110), (8, 9), (9, 0xFF), (13, 0xFF), (17, 0xFF)):
        yield plain[:at] + bytes([lie]) + plain[at + 1 :]
    nowhere = struct.pack("<d", float("nan"))
    yield plain[:-16] + nowhere + plain[-8:]


def _books(folder: Path) -> Iterator[Hostile]:
    """Workbooks that are bombs or hold more than a table (T21)."""
    path = folder / "a.xlsx"
    rows = {"s": [["a"], ["1"]]}
    laughs = "<!DOCTYPE s [<!ENTITY a 'b'>]><sst>&a;</sst>"
    for number, (part, text) in enumerate(
        (
            ("xl/externalLinks/externalLink1.xml", "<x/>"),
            ("xl/vbaProject.bin", "x"),
            ("xl/sharedStrings.xml", laughs),
            ("xl/styles.xml", laughs),
            ("xl/workbook.xml", laughs),
            ("xl/workbook.xml", "<workbook/>"),
            ("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"),
            ("xl/worksheets/sheet1.xml", "<a>" * 100_000),
            ("xl/embeddings/book.zip", "x"),
            ("../../x.xml", "x"),
            ("xl/sharedStrings.xml", "<sst><si><t>" + "x" * 60_000_000 + "</t></si></sst>"),
        )
    ):
        yield Hostile("T21", f"part{number}.xlsx", xlsx(path, rows, {part: text}).read_bytes())
    for number, more in enumerate(
        (
            '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>',
            '<row r="2"><c t="s"><v>7</v></c></row>',
            f'<row r="{"9" * 5000}"><c t="str"><v>x</v></c></row>',
            f'<row><c t="str"><v>{"x" * 1001}</v></c></row>',
        )
    ):
        yield Hostile("T21", f"cell{number}.xlsx", xlsx(path, rows, more=more).read_bytes())
    for number, name in enumerate(("_xD800_", "_x0000_", "_x001B_[2J")):
        data = xlsx(path, {"s": [[name, "b"], [name, "1"]]}).read_bytes()
        yield Hostile("T28", f"escaped{number}.xlsx", data, enters=True)
    yield Hostile(
        "T21", "sheets.xlsx", xlsx(path, {f"s{n}": [["a"]] for n in range(30)}).read_bytes()
    )
    merged = "".join(f'<mergeCell ref="A{n}:XFD{n}"/>' for n in range(1, 10_000))
    data = xlsx(path, rows, more=f"</sheetData><mergeCells>{merged}</mergeCells><sheetData>")
    yield Hostile("T21", "merged.xlsx", data.read_bytes(), enters=True)


def _shapes(folder: Path, canary: Path) -> Iterator[Hostile]:
    """Shapefiles whose parts lie (T23, T24)."""
    pyogrio.raw.write(
        folder / "a.shp",
        np.array([shapely.to_wkb(square())], dtype=object),
        field_data=[np.array(["1"], dtype=object)],
        fields=["code"],
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs="EPSG:4326",
    )
    whole = {part: (folder / f"a.{part}").read_bytes() for part in ("shp", "shx", "dbf", "prj")}

    def packed(**changed: bytes) -> bytes:
        return _zip({f"a.{part}": data for part, data in (whole | changed).items()})

    for part in ("shp", "shx", "dbf"):
        for at in (0, 4, 8, 10, 24, 28, 32, 36, 43, 48, 100, 104, 108, 144, 148, 152):
            data = bytearray(whole[part])
            data[at : at + 4] = b"\x7f\xff\xff\xff"
            name = f"{part}{at}.zip"
            yield Hostile("T24", name, packed(**{part: bytes(data)}), enters=True)
        for cut in (10, 50, 99):
            yield Hostile("T24", f"{part}-cut{cut}.zip", packed(**{part: whole[part][:cut]}))
        yield Hostile(
            "T24", f"no-{part}.zip", _zip({f"a.{p}": d for p, d in whole.items() if p != part})
        )
    for number, said in enumerate((b"http://127.0.0.1/x.prj", str(canary).encode(), b"\xff" * 99)):
        yield Hostile("T23", f"prj{number}.zip", packed(prj=said), enters=True)
        yield Hostile("T24", f"cpg{number}.zip", packed(cpg=said), enters=True)
    vrt = (
        f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{canary}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    yield Hostile("T13", "vrt.shp.zip", packed(shp=vrt.encode()))


def _archives(folder: Path) -> Iterator[Hostile]:
    """Archives that burst, lie or point elsewhere (T19, T20)."""
    plain = {"a.shp": b"x", "a.shx": b"x", "a.dbf": b"x"}
    for number, name in enumerate(
        ("../../x", "/etc/cron.d/x", "C:\\x", "a/../../b", "a\\..\\b", "a\x01b", "A.SHP", "x.zip")
    ):
        yield Hostile("T20", f"path{number}.zip", _zip({**plain, name: b"x"}))
    link = zipfile.ZipInfo("link.shp")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    yield Hostile("T20", "link.zip", out.getvalue())
    yield Hostile("T19", "many.zip", _zip({f"{n}.shp": b"" for n in range(10_001)}))
    yield Hostile("T19", "burst.zip", _zip({**plain, "b.shp": bytes(60_000_000)}))
    yield Hostile("T19", "burst.csv.gz", gzip.compress(bytes(60_000_000), mtime=0))
    sound = _zip(plain)
    begin = sound.index(b"PK\1\2")
    for at, lie in (
        (8, b"\1"),
        (10, b"\x0c"),
        (24, b"\7"),
        (16, b"\7"),
        (42, b"\x09"),
        (20, b"\xff"),
    ):
        data = sound[: begin + at] + lie + sound[begin + at + 1 :]
        yield Hostile("T19", f"list{at}.zip", data)
    for cut in (5, 30, len(sound) // 2, len(sound) - 5):
        yield Hostile("T19", f"cut{cut}.zip", sound[:cut])
    zipped(folder / "in.zip", folder / "a.shp")
    yield Hostile("T19", "nested.zip", _zip({"in.zip": (folder / "in.zip").read_bytes()}))


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
