"""Looks at a file's own structure, without GDAL, before anything else opens it.

Runs inside the reader's sandbox: even this may meet a file made to break it.
"""

import json
import math
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from gisapp.intake import wkb
from gisapp.intake.faults import (
    GeometryDepth,
    GeometryLimit,
    GpkgSchema,
    JsonFault,
    LayerUnknown,
    ShapeAlone,
    TableFault,
    TooManyRows,
    TypeMismatch,
)
from gisapp.intake.limits import Limits

TRIGGERS: Final = (
    "gpkg_",
    "rtree_",
    "trigger_insert_feature_count_",
    "trigger_delete_feature_count_",
)
EXTENSIONS: Final = {
    "gpkg_rtree_index",
    "gpkg_schema",
    "gpkg_metadata",
    "gpkg_crs_wkt",
    "gpkg_crs_wkt_1_1",
    "gpkg_geom_TRIANGLE",
    "gdal_aspatial",
}
RTREE: Final = re.compile(
    r"\s*CREATE\s+VIRTUAL\s+TABLE\s+.+?\s+USING\s+rtree\s*\(", re.IGNORECASE | re.DOTALL
)
OWN: Final = ("fid", "geom")
"""Columns of a layer that are none of the table."""
ENVELOPES: Final = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
SHAPES: Final = {
    *("Point", "LineString", "Polygon", "GeometryCollection"),
    *("MultiPoint", "MultiLineString", "MultiPolygon"),
}
OTHERS: Final = re.compile(rb"[^][{}]+")
STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
TEXTS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"')


@dataclass(frozen=True, slots=True)
class Inside:
    """What the file itself says it holds."""

    layer: str
    shaped: dict[int, bool]
    """By line: whether the file has a shape for it."""
    crs: str | None = None
    """As the file says; null when it says nothing."""


def geopackage(path: Path, layer: str | None, limits: Limits) -> Inside:
    """Check the schema of a GeoPackage by plain SQLite, no extension loaded."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as file:
            file.execute("PRAGMA trusted_schema=OFF")
            file.execute("PRAGMA cell_size_check=ON")
            _schema(file)
            name = _choose(_layers(file, limits), layer)
            _columns(file, name, limits)
            return Inside(name, _blobs(file, name, limits))
    except (sqlite3.Error, UnicodeDecodeError) as broken:  # a name or a message that is no text
        raise GpkgSchema.because("broken") from broken


def _schema(file: sqlite3.Connection) -> None:
    if file.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise GpkgSchema.because("broken")
    tables = set()
    for kind, name, sql in file.execute("SELECT type, name, sql FROM sqlite_master"):
        tables.add(name)
        if kind == "view":
            raise GpkgSchema.because("view", name=name)
        if kind == "trigger" and not str(name).startswith(TRIGGERS):
            raise GpkgSchema.because("trigger", name=name)
        virtual = kind == "table" and re.match(r"\s*CREATE\s+VIRTUAL", sql or "", re.IGNORECASE)
        if virtual and not (str(name).startswith("rtree_") and RTREE.match(sql)):
            raise GpkgSchema.because("virtual", name=name)
    if not {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= tables:
        raise GpkgSchema.because("tables")
    if "gpkg_extensions" in tables:
        for (name,) in file.execute("SELECT DISTINCT extension_name FROM gpkg_extensions"):
            if name not in EXTENSIONS:
                raise GpkgSchema.because("extension", name=name)


def _layers(file: sqlite3.Connection, limits: Limits) -> list[str]:
    rows = file.execute(
        "SELECT c.table_name FROM gpkg_contents AS c JOIN sqlite_master AS m"
        " ON m.name = c.table_name AND m.type = 'table'"
        " WHERE c.data_type IN ('features', 'attributes')"
        " ORDER BY c.table_name"
    ).fetchall()
    if len(rows) > limits.layers:
        raise TooManyRows(limit=limits.layers)
    if not rows:
        raise GpkgSchema.because("tables")
    return [str(name) for (name,) in rows]


def _choose(layers: list[str], asked: str | None) -> str:
    if asked is None and len(layers) == 1:
        return layers[0]
    if asked not in layers:
        raise LayerUnknown(layers=layers)
    return asked


def _columns(file: sqlite3.Connection, layer: str, limits: Limits) -> None:
    """Refuse a column that is computed while it is read: others would compute it."""
    columns = file.execute(f"PRAGMA table_xinfo({_quoted(layer)})").fetchall()
    if computed := next((name for _, name, *_, hidden in columns if hidden), None):
        raise GpkgSchema.because("computed", name=computed)
    if len(columns) > limits.columns + len(OWN):
        raise TableFault.because("columns", limit=limits.columns)


def _blobs(file: sqlite3.Connection, layer: str, limits: Limits) -> dict[int, bool]:
    """Walk every shape: the reader may turn one that is nested too deep into nothing."""
    found = file.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
    ).fetchone()
    count = file.execute(f"SELECT count(*) FROM {_quoted(layer)}").fetchone()[0]  # noqa: S608
    if count > limits.rows:
        raise TooManyRows(limit=limits.rows)
    shape = _quoted(found[0]) if found else "NULL"
    key = _key(file, layer)
    shaped: dict[int, bool] = {}
    total = 0
    rows = file.execute(f"SELECT {key}, {shape} FROM {_quoted(layer)} ORDER BY {key}")  # noqa: S608
    for line, blob in rows:
        shaped[line] = isinstance(blob, bytes) and not _empty(blob)
        if isinstance(blob, bytes):
            total += _vertices(blob, line, limits)
            if total > limits.vertices_a_file:
                raise GeometryLimit(line=line, limit=limits.vertices_a_file)
    return shaped


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _key(file: sqlite3.Connection, layer: str) -> str:
    for _, name, kind, _, _, primary in file.execute(f"PRAGMA table_info({_quoted(layer)})"):
        if primary and str(kind).upper() in {"INTEGER", "INT"}:
            return _quoted(name)
    return "rowid"


def _empty(blob: bytes) -> bool:
    return blob[:2] == b"GP" and len(blob) > 3 and bool(blob[3] & 0b10000)  # noqa: PLR2004


def _vertices(blob: bytes, line: int, limits: Limits) -> int:
    if blob[:2] != b"GP" or len(blob) < 8:  # noqa: PLR2004
        return 0
    at = 8 + ENVELOPES.get(blob[3] >> 1 & 0b111, 0)
    return _walked(blob[at:], line, limits)


def _walked(data: bytes, line: int, limits: Limits) -> int:
    try:
        return wkb.vertices(data, nesting=limits.nesting, most=limits.vertices_a_shape)
    except wkb.TooDeep as deep:
        raise GeometryDepth(line=line, limit=limits.nesting) from deep
    except wkb.TooMany as many:
        raise GeometryLimit(line=line, limit=limits.vertices_a_shape) from many
    except wkb.Broken:
        return 0  # the row is refused later, by its line


def geojson(path: Path, layer: str | None, limits: Limits) -> Inside:
    """Check that a file is strict JSON and a collection of features."""
    document = _loaded(path.read_bytes().removeprefix(b"\xef\xbb\xbf"), limits)
    kind = document.get("type") if isinstance(document, dict) else None
    if isinstance(kind, str) and kind.startswith("gdal"):
        raise TypeMismatch(format="GeoJSON")
    if kind in SHAPES:
        raise ShapeAlone(shape=kind)
    features = [document] if kind == "Feature" else None
    if kind == "FeatureCollection":
        features = document.get("features")
    if not isinstance(features, list):
        raise JsonFault.because("collection")
    if len(features) > limits.rows:
        raise TooManyRows(limit=limits.rows)
    return Inside("", dict(_features(features, limits)), _declared(document))


def geojsonseq(path: Path, layer: str | None, limits: Limits) -> Inside:
    """Check that every line of a file, or every record after RS, is a feature in strict JSON."""
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    records = data.split(b"\x1e" if b"\x1e" in data else b"\n")
    texts = [record for record in records if record.strip()]
    if len(texts) > limits.rows:
        raise TooManyRows(limit=limits.rows)
    return Inside("", dict(_features([_loaded(text, limits) for text in texts], limits)))


def _loaded(data: bytes, limits: Limits) -> Any:
    """Parse strict JSON: finite numbers, keys that stand once, text that is text."""
    _depth(data, limits)
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError as wrong:
        raise JsonFault.because("encoding") from wrong
    except json.JSONDecodeError as wrong:
        raise JsonFault.because("syntax", place=wrong.pos) from wrong


def _declared(document: dict[str, Any]) -> str | None:
    """Return the old member "crs" when there is one; GeoJSON without it is WGS 84."""
    crs = document.get("crs")
    if crs is None:
        return None
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    return str(name)


def _features(features: list[Any], limits: Limits) -> Iterable[tuple[int, bool]]:
    names: set[str] = set()
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise JsonFault.because("feature", place=number)
        shape = feature.get("geometry")
        if not isinstance(feature.get("properties"), dict | None) or not isinstance(
            shape, dict | None
        ):
            raise JsonFault.because("feature", place=number)
        names.update(feature.get("properties") or ())
        if len(names) > limits.columns:
            raise TableFault.because("columns", limit=limits.columns)
        yield number, shape is not None


def _depth(data: bytes, limits: Limits) -> None:
    brackets = OTHERS.sub(b"", TEXTS.sub(b"", data))
    if max(accumulate(map(STEPS.__getitem__, brackets)), default=0) > limits.json_depth:
        raise JsonFault.because("depth", limit=limits.json_depth)


def _constant(name: str) -> float:
    raise JsonFault.because("number", name=name)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonFault.because("number", name=text[:40])
    return number


def _int(text: str) -> int:
    if len(text) > 18:  # noqa: PLR2004  # beyond 64 bits others round it in silence
        raise JsonFault.because("number", name=text[:40])
    return int(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise JsonFault.because("twice", name=next(k for k in keys if keys.count(k) > 1)[:80])
    for key, value in pairs:
        for text in (key, value):
            if isinstance(text, str) and not text.isascii() and not _unicode(text):
                raise JsonFault.because("encoding")
    return made


def _unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
