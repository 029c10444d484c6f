"""GeoPackage, GeoJSON, Shapefile, KML, CSV and Excel: out, to new files only."""

import csv
import io
import re
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyogrio.errors import DataSourceError

from gisapp import shapefile, workbook
from gisapp.core import coordinates
from gisapp.errors import InvalidInput, Unavailable
from gisapp.formula import neutral
from gisapp.i18n import N_

Shapes = npt.NDArray[np.object_]
Columns = Mapping[str, Sequence[Any]]

KINDS: Final = (".gpkg", ".geojson", ".shp.zip", ".kml", ".csv", ".xlsx")
TABLES: Final = (".csv", ".xlsx")
"""Without outlines: a point inside each stands for it."""
DIGITS: Final = 7
"""Of a degree: one centimetre."""


class UnknownFileKind(InvalidInput):
    """The name of the file to write says no format we write."""

    code = "unknown_file_kind"
    message = N_("“{name}” cannot be written: the name must end in {kinds}.")


class FileExists(InvalidInput):
    """A file to write is there already."""

    code = "file_exists"
    message = N_("“{name}” is there already. Choose another name, or say --force.")


class CannotWrite(Unavailable):
    """The folder is not there, the disk is full, or we may not write."""

    code = "cannot_write"
    message = N_("“{name}” cannot be written there. Check the folder, its rights and its space.")


class KmlInMetres(InvalidInput):
    """A KML file in a system of metres."""

    code = "kml_in_metres"
    message = N_("A .kml holds longitude and latitude only, not {crs}. Leave out --crs.")


class UnknownCrs(InvalidInput):
    """A coordinate system was asked for that we do not know."""

    code = "unknown_crs"
    message = N_("“{crs}” is no coordinate system: say EPSG:nnnn, gcj02 or bd09.")


def write(
    path: Path, columns: Columns, shapes: Shapes | None, crs: str = "EPSG:4326", *, force: bool
) -> None:
    """Write columns and shapes (lon/lat) to a new file, its kind told by its name.

    The file is there whole or not at all. In a table a point inside each shape stands as
    ``lon`` and ``lat`` (``x`` and ``y`` in metres), and no text can act as a formula.
    """
    kind = kind_of(path)
    if path.exists() and not force:
        raise FileExists(name=path.name)
    moved, system = _moved(shapes, crs)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".gisapp-") as folder:
            fresh = Path(folder) / path.name
            if kind in TABLES:
                _write_table(fresh, _table(columns, moved, system))
            else:
                _write_spatial(fresh, kind, columns, moved, system)
            fresh.replace(path)
    except (OSError, DataSourceError) as wrong:
        raise CannotWrite(name=path.name) from wrong


def kind_of(path: Path) -> str:
    """Return the kind of file that a name asks for; raises `UnknownFileKind`."""
    kind = next((kind for kind in KINDS if path.name.lower().endswith(kind)), None)
    if kind is None:
        raise UnknownFileKind(name=path.name, kinds=", ".join(KINDS))
    return kind


def csv_table(columns: Columns) -> bytes:
    """Write columns as CSV that spreadsheets read and do not compute."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([neutral(name) for name in columns])
    writer.writerows(
        [neutral(value) for value in row] for row in zip(*columns.values(), strict=True)
    )
    # With its mark at the front, or Excel shows the Chinese as rubbish.
    return text.getvalue().encode("utf-8-sig")


def xlsx_table(sheet: str, columns: Columns) -> bytes:
    """Write columns as a workbook whose texts stay texts and compute nothing."""
    found = io.BytesIO()
    workbook.write(found, sheet, _neutral(columns))
    return found.getvalue()


def _moved(shapes: Shapes | None, crs: str) -> tuple[Shapes | None, pyproj.CRS | None]:
    """Return the shapes in ``crs`` and the system to declare; a shifted datum has none."""
    if shift := coordinates.FROM_WGS.get(crs.lower()):
        if shapes is None:
            return None, None

        def shifted(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            return np.column_stack(shift(xy[:, 0], xy[:, 1]))

        return np.asarray(shapely.transform(shapes, shifted), dtype=object), None
    if not re.fullmatch(r"(?i)epsg:[0-9]{4,6}", crs):
        raise UnknownCrs(crs=crs)
    try:
        system = pyproj.CRS.from_user_input(crs.upper())
    except pyproj.exceptions.CRSError as wrong:
        raise UnknownCrs(crs=crs) from wrong
    plane = system.is_geographic or system.is_projected
    if not plane or len(system.axis_info) != 2:  # noqa: PLR2004  # heights alone, or with heights
        raise UnknownCrs(crs=crs)
    if shapes is None or system.to_epsg() in {4326, 4490}:
        return shapes, system
    frame = geopandas.GeoSeries(shapes, crs=4326).to_crs(system)
    return np.asarray(frame.array, dtype=object), system


def _write_spatial(
    path: Path, kind: str, columns: Columns, shapes: Shapes | None, system: pyproj.CRS | None
) -> None:
    if shapes is None:
        raise UnknownFileKind(name=path.name, kinds=", ".join(TABLES))
    frame = geopandas.GeoDataFrame(dict(columns), geometry=shapes, crs=system)
    with warnings.catch_warnings():
        # A shifted datum has no system that a file could declare.
        warnings.filterwarnings("ignore", message="'crs' was not provided", category=UserWarning)
        if kind == ".shp.zip":
            shapefile.write(path, frame)
        else:
            _to_file(frame, path, kind, system)


def _to_file(
    frame: geopandas.GeoDataFrame, path: Path, kind: str, system: pyproj.CRS | None
) -> None:
    if kind == ".gpkg":
        frame.to_file(path, driver="GPKG", layer=path.stem)
    elif kind == ".kml":
        if system is not None and system.is_projected:
            raise KmlInMetres(crs=system.to_string())
        frame.to_file(path, driver="LIBKML")
    else:
        plain = system is not None and system.to_epsg() == 4326  # noqa: PLR2004  # RFC 7946
        frame.to_file(path, driver="GeoJSON", RFC7946=plain, COORDINATE_PRECISION=DIGITS)


def _table(columns: Columns, shapes: Shapes | None, system: pyproj.CRS | None) -> Columns:
    table: dict[str, Sequence[Any]] = dict(columns)
    if shapes is not None:
        inside = shapely.point_on_surface(shapes)
        metric = system is not None and system.is_projected
        digits = 2 if metric else DIGITS
        table["x" if metric else "lon"] = np.round(shapely.get_x(inside), digits).tolist()
        table["y" if metric else "lat"] = np.round(shapely.get_y(inside), digits).tolist()
    return table


def _write_table(path: Path, table: Columns) -> None:
    if path.suffix.lower() == ".csv":
        path.write_bytes(csv_table(table))
        return
    workbook.write(path, path.stem, _neutral(table))


def _neutral(table: Columns) -> Columns:
    return {
        str(neutral(name)): [neutral(value) for value in values] for name, values in table.items()
    }
