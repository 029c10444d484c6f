"""The reader: a process of its own, shut in, that turns one file into our flat format.

``python -m gisapp.intake.reader ORDER``, where ORDER is JSON: folder, file, format, layers, layer,
encoding, repair, limits. Everything it finds goes to standard output. With ``drivers`` for ORDER
it only names the drivers that GDAL would bring.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from gisapp.intake import flow
from gisapp.intake.faults import SAID, FileFault, LayerUnknown, TableFault, TypeMismatch
from gisapp.intake.flow import Row
from gisapp.intake.limits import Limits
from gisapp.intake.sandbox import shut
from gisapp.intake.walk import Walk

if TYPE_CHECKING:
    from gisapp.intake.gate import Admitted

# ruff: noqa: PLC0415  # a reader loads what its one format needs

DRIVERS: Final = {
    "gpkg": "GPKG",
    "geojson": "GeoJSON",
    "geojsonseq": "GeoJSONSeq",
    "shp": "ESRI Shapefile",
}
"""All else is read without GDAL."""
NEEDED: Final = {
    "csv": ("gisapp.intake.table",),
    "xlsx": ("gisapp.intake.sheet", "defusedxml.sax"),
    "kml": ("gisapp.intake.kml", "defusedxml.sax"),
    "shp": ("gisapp.intake.dbf", "gisapp.intake.shapefile", "gisapp.intake.systems"),
    "gpkg": ("gisapp.intake.structure", "gisapp.intake.systems"),
    "geojson": ("gisapp.intake.structure", "gisapp.intake.systems"),
    "geojsonseq": ("gisapp.intake.structure", "gisapp.intake.systems"),
}
"""By format: what is loaded before the doors close. The rest would take as long as most files."""
HEAVY: Final = ("geopandas", "pandas", "pyarrow")
"""pyogrio looks for them and they take a second each; the reader needs none of them."""
EXACT: Final = 2**53
BEHIND_PAGES: Final = 5
"""How far the reader steps back for others who want the processors."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read, and how."""

    path: Path
    format: str
    layers: list[str]
    layer: str | None
    encoding: str | None
    walk: Walk
    limits: Limits
    gdal: Any


Found = tuple[dict[str, Any], Iterator[Row]]
"""What the file says of itself, and its rows."""


def main() -> None:
    """Read the file of the order; say a fault of the file as a message, not as a traceback."""
    if sys.argv[1] == "drivers":
        sys.stdout.write(",".join(sorted(_pyogrio().list_drivers())))
        return
    asked = json.loads(sys.argv[1])
    driver = DRIVERS.get(asked["format"])
    gdal = _gdal(driver) if driver else None
    for name in NEEDED[asked["format"]]:
        import_module(name)
    if asked["repair"]:
        import shapely  # noqa: F401  # its libraries, before the doors close
    limits = Limits(**asked["limits"])
    os.nice(BEHIND_PAGES)
    out = sys.stdout.buffer
    folder = Path(asked["folder"])
    locks = shut(folder, limits)
    order = Order(
        folder / asked["file"],
        asked["format"],
        asked["layers"],
        asked["layer"],
        asked["encoding"],
        Walk(limits, asked["repair"]),
        limits,
        gdal,
    )
    try:
        with ExitStack() as stack:
            _send(found(order, stack), locks, out)
    except FileFault as fault:
        fields = {k: v for k, v in fault.fields.items() if isinstance(v, str | int | list)}
        flow.send(out, flow.FAULT, {"code": fault.code, "reason": _reason(fault)} | fields)
    out.flush()


def _reason(fault: FileFault) -> str | None:
    sentence = fault.fields.get("reason")
    said = getattr(sentence, "message", None)
    return next((name for name, text in fault.reasons.items() if text == said), None)


def _send(what: Found, locks: list[str], out: IO[bytes]) -> None:
    header, rows = what
    flow.send(out, flow.HEADER, {"locks": locks, "crs": None, "layer": ""} | header)
    count = 0
    while batch := list(islice(rows, flow.ROWS_A_FRAME)):
        flow.send_rows(out, batch)
        count += len(batch)
    flow.send(out, flow.END, {"rows": count})


def _pyogrio() -> Any:
    for name in HEAVY:
        sys.modules[name] = None  # type: ignore[assignment]
    import pyogrio
    import pyogrio.raw

    return pyogrio


def _gdal(driver: str) -> Any:
    """Import pyogrio and make sure that it has no driver but one.

    A file's content may ask for any of them; ``GDAL_SKIP`` in our environment leaves them out.
    """
    gdal = _pyogrio()
    if others := sorted(set(gdal.list_drivers()) - {driver}):
        raise SystemExit(f"these drivers were not left out: {others}")
    return gdal


def found(order: Order, stack: ExitStack) -> Found:
    """Open the file of the order; what must be closed again goes on the stack."""
    match order.format:
        case "csv":
            from gisapp.intake import table

            encoding = table.encoding_of(order.path, order.encoding)
            names, rows = table.read(order.path, encoding, order.limits)
            return {"columns": names, "encoding": encoding}, rows
        case "xlsx":
            from gisapp.intake import sheet

            book = stack.enter_context(sheet.opened(order.path, order.limits))
            layer, names, rows = sheet.read(book, order.layer)
            return {"columns": names, "layer": layer, "encoding": "utf-8"}, rows
        case "kml":
            from gisapp.intake import kml

            marks = kml.read(order.path, order.limits, order.walk.take)
            names, rows = kml.table(marks, order.limits)
            header = {"columns": names, "crs": "EPSG:4326", "encoding": "utf-8"}
            return header | {"counted": len(marks)}, rows
        case "shp":
            return _shapefile(order)
    return _features(order)


def _shapefile(order: Order) -> Found:
    from gisapp.intake import dbf, shapefile, systems

    layers = order.layers
    if order.layer is not None and order.layer not in layers:
        raise LayerUnknown(layers=layers)
    if order.layer is None and len(layers) != 1:
        raise LayerUnknown(layers=layers)
    number = layers.index(order.layer) if order.layer is not None else 0
    path = order.path.with_name(f"{number}.shp")
    inside = shapefile.check(path, order.limits)
    meta, lines, shapes, _ = _raw(order, path, columns=[])
    encoding = dbf.encoding_of(inside.table, inside.code_page, order.encoding)
    header = {
        "columns": dbf.names(inside.table, encoding),
        "crs": systems.declared(meta["crs"], inside.projection),
        "layer": layers[number],
        "encoding": encoding,
    }
    # What the table marks as deleted is no row.
    drawn = {int(line) + 1: shape for line, shape in zip(lines, shapes, strict=True)}
    kept = sum(1 for cells in dbf.rows(inside.table, encoding) if cells is not None)
    records = enumerate(dbf.rows(inside.table, encoding), 1)
    rows = (
        _row(line, cells, drawn.get(line), order, shaped=inside.shaped[line])
        for line, cells in records
        if cells is not None
    )
    return header | {"counted": kept}, rows


def _features(order: Order) -> Found:
    from gisapp.intake import structure, systems

    package = order.format == "gpkg"
    check = structure.geopackage if package else getattr(structure, order.format)
    inside: structure.Inside = check(order.path, order.layer, order.limits)
    meta, lines, shapes, columns = _raw(order, order.path, layer=inside.layer if package else 0)
    if not package:  # its numbers need not be ours: features are counted as they stand
        lines = range(1, len(lines) + 1)
    texts = [[_text(value) for value in column.tolist()] for column in columns]
    header = {
        "columns": [str(name) for name in meta["fields"]],
        "crs": systems.declared(meta["crs"], None) if package else inside.crs,
        "layer": inside.layer,
        "encoding": "utf-8",
        "counted": len(inside.shaped),
    }
    rows = (
        _row(
            int(line),
            [column[place] for column in texts],
            None if shapes is None else shapes[place],
            order,
            shaped=bool(inside.shaped.get(int(line))),
        )
        for place, line in enumerate(lines)
    )
    return header, rows


def _raw(order: Order, path: Path, **asked: Any) -> Any:
    gdal = order.gdal
    try:
        read = gdal.raw.read(
            path, force_2d=True, return_fids=True, datetime_as_string=True, **asked
        )
    except (gdal.errors.DataSourceError, gdal.errors.DataLayerError, UnicodeError) as wrong:
        raise TypeMismatch(format=SAID[order.format]) from wrong
    if len(read[0]["fields"]) > order.limits.columns:
        raise TableFault.because("columns", limit=order.limits.columns)
    return read


def _text(value: Any) -> str | None:
    if value is None or value != value:  # noqa: PLR0124  # NaN stands for nothing
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _row(line: int, cells: list[str | None], data: Any, order: Order, *, shaped: bool) -> Row:
    limit = order.limits.cell_characters
    if any(cell is not None and len(cell) > limit for cell in cells):
        raise TableFault.because("cell", line=line, limit=limit)
    if data is None:
        return Row(line, cells, None, "lost" if shaped else "")
    return Row(line, cells, *order.walk.take(bytes(data), line))


def order_of(admitted: "Admitted", asked: dict[str, Any], limits: Limits) -> str:
    """Write the order that `main` reads."""
    order = {
        "folder": str(admitted.folder),
        "file": admitted.file,
        "format": admitted.format,
        "layers": list(admitted.layers),
        "limits": asdict(limits),
    }
    return json.dumps(order | asked)


if __name__ == "__main__":
    main()
