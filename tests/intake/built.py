"""Builds the files that the tests of the gate bring."""

import json
import sqlite3
import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from gisapp.intake.flow import Row
from gisapp.intake.gate import Admitted, admit
from gisapp.intake.limits import LIMITS, Limits
from gisapp.intake.process import Content, content
from gisapp.intake.reader import Order, found
from gisapp.intake.walk import Walk


@dataclass(frozen=True, slots=True)
class Read:
    columns: list[str]
    crs: str | None
    layer: str
    locks: list[str]
    rows: list[Row]
    encoding: str = ""


def read(
    path: Path,
    limits: Limits = LIMITS,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    repair: bool = False,
) -> Read:
    """Bring a file through the gate and the reader."""
    asked = {"layer": layer, "encoding": encoding, "repair": repair}
    with admit(path, limits) as file, content(file, asked, limits) as found:
        return Read(
            found.columns, found.crs, found.layer, found.locks, list(found.rows), found.encoding
        )


def read_here(path: Path, layer: str | None = None, limits: Limits = LIMITS) -> Read:
    """Read a file whose format needs no GDAL in this process, a hundred times as fast."""
    with admit(path, limits) as file, ExitStack() as stack:
        walk = Walk(limits, repair=False)
        place, layers = file.folder / file.file, list(file.layers)
        order = Order(place, file.format, layers, layer, None, walk, limits, None)
        header, rows = found(order, stack)
        said = header["columns"], header.get("crs"), header.get("layer", "")
        return Read(*said, [], list(rows), header["encoding"])


@contextmanager
def content_here(file: Admitted, asked: dict[str, Any], limits: Limits) -> Iterator[Content]:
    """Read an admitted file in this process: for tests of what becomes of its rows."""
    walk = Walk(limits, repair=asked["repair"])
    path, words = file.folder / file.file, (asked["layer"], asked["encoding"])
    order = Order(path, file.format, file.layers, *words, walk, limits, pyogrio)
    with ExitStack() as stack:
        header, rows = found(order, stack)
        said = header.get("layer", ""), header.get("crs"), header["encoding"]
        yield Content(header["columns"], *said, header.get("counted"), [], rows)


def square(west: float = 120.0, south: float = 30.0, side: float = 0.01) -> shapely.Polygon:
    return shapely.box(west, south, west + side, south + side)


def gpkg(
    path: Path,
    rows: Sequence[dict[str, Any]],
    shapes: Sequence[Any] | None = None,
    crs: str | None = "EPSG:4326",
    layer: str = "grids",
) -> Path:
    """Write a plain GeoPackage."""
    names = list(rows[0])
    shapes = [square(120 + 0.01 * n) for n in range(len(rows))] if shapes is None else shapes
    pyogrio.raw.write(
        path,
        np.array([None if s is None else shapely.to_wkb(s) for s in shapes], dtype=object),
        field_data=[_column([row[name] for row in rows]) for name in names],
        fields=names,
        layer=layer,
        driver="GPKG",
        geometry_type="Unknown",
        crs=crs,
        append=path.exists(),
    )
    return path


def _column(values: list[Any]) -> Any:
    plain = all(isinstance(value, float) for value in values)
    return np.array(values, dtype=np.float64 if plain else object)


def alter(path: Path, *statements: str, values: Sequence[Any] = ()) -> Path:
    """Change a GeoPackage behind its back."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA writable_schema=ON")
        for statement in statements:
            file.execute(statement, values if "?" in statement else ())
        file.commit()
    return path


def geojson(path: Path, features: Sequence[tuple[Any, dict[str, Any]]], **more: Any) -> Path:
    """Write a plain GeoJSON file."""
    document = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": shape, "properties": row} for shape, row in features
        ],
    }
    path.write_text(json.dumps(document | more, ensure_ascii=False), "utf-8")
    return path


def nested_wkb(depth: int) -> bytes:
    """A geometry collection in a geometry collection in a …, without recursion."""
    inner = struct.pack("<BIdd", 1, 1, 120.0, 30.0)
    return struct.pack("<BII", 1, 7, 1) * depth + inner


def gpkg_blob(wkb: bytes) -> bytes:
    return b"GP" + struct.pack("<BBi", 0, 1, 4326) + wkb


def zipped(path: Path, *files: Path) -> Path:
    """Pack files by their names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return path


STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
    '<numFmt numFmtId="164" formatCode="000000"/></numFmts><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsx(
    path: Path,
    sheets: dict[str, list[list[Any]]],
    parts: dict[str, str] | None = None,
    more: str = "",
) -> Path:
    """Write a workbook by hand: texts, numbers, and pairs of what a number is and its value."""
    names = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    inside = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "xl/styles.xml": STYLES,
    }
    for number, rows in enumerate(sheets.values(), 1):
        text = "".join(f"<row>{''.join(map(_xlsx_cell, row))}</row>" for row in rows)
        inside[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet><sheetData>{text}{more}</sheetData></worksheet>"
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (inside | (parts or {})).items():
            archive.writestr(name, text)
    return path


def _xlsx_cell(value: Any) -> str:
    if value is None:
        return '<c s="1"/>'
    if isinstance(value, tuple):
        kind, number = value
        style = {"day": 1, "zeros": 2}.get(kind, 0)
        formula = "<f>1+1</f>" if kind == "formula" else ""
        return f'<c s="{style}">{formula}<v>{number}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"
