"""Builds the files that the tests of the gate bring."""

import json
import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from gisapp.intake.flow import Row
from gisapp.intake.gate import admit
from gisapp.intake.limits import LIMITS, Limits
from gisapp.intake.process import content


@dataclass(frozen=True, slots=True)
class Read:
    columns: list[str]
    crs: str | None
    layer: str
    locks: list[str]
    rows: list[Row]


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
        return Read(found.columns, found.crs, found.layer, found.locks, list(found.rows))


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
