"""The reader: a process of its own, shut in, that turns one file into our flat format.

``python -m gisapp.intake.reader ORDER``, where ORDER is JSON: folder, file, format, layer,
encoding, repair, limits. Everything it finds goes to standard output. With ``drivers`` for ORDER
it only names the drivers that GDAL would bring.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from gisapp.intake import flow, structure, table, wkb
from gisapp.intake.faults import (
    CrsUnknown,
    FileFault,
    GeometryDepth,
    GeometryLimit,
    TableFault,
    TypeMismatch,
)
from gisapp.intake.flow import Row
from gisapp.intake.gate import SAID
from gisapp.intake.limits import Limits
from gisapp.intake.sandbox import shut

DRIVERS: Final = {"gpkg": "GPKG", "geojson": "GeoJSON"}
HEAVY: Final = ("geopandas", "pandas", "pyarrow")
"""pyogrio looks for them and they take a second each; the reader needs none of them."""
EXACT: Final = 2**53


def main() -> None:
    """Read the file of the order; say a fault of the file as a message, not as a traceback."""
    if sys.argv[1] == "drivers":
        sys.stdout.write(",".join(sorted(_pyogrio().list_drivers())))
        return
    order = json.loads(sys.argv[1])
    driver = DRIVERS.get(order["format"])
    gdal = _gdal(driver) if driver else None
    if order["repair"]:
        import shapely  # noqa: F401, PLC0415  # its libraries, before the doors close
    limits = Limits(**order["limits"])
    out = sys.stdout.buffer
    locks = shut(Path(order["folder"]), limits)
    try:
        _read(order, gdal, limits, locks, out)
    except FileFault as fault:
        fields = {k: v for k, v in fault.fields.items() if isinstance(v, str | int | list)}
        flow.send(out, flow.FAULT, {"code": fault.code, "reason": _reason(fault)} | fields)
    out.flush()


def _reason(fault: FileFault) -> str | None:
    sentence = fault.fields.get("reason")
    said = getattr(sentence, "message", None)
    return next((name for name, text in fault.reasons.items() if text == said), None)


def _pyogrio() -> Any:
    for name in HEAVY:
        sys.modules[name] = None  # type: ignore[assignment]
    import pyogrio  # noqa: PLC0415
    import pyogrio.raw  # noqa: PLC0415

    return pyogrio


def _gdal(driver: str) -> Any:
    """Import pyogrio and make sure that it has no driver but one.

    A file's content may ask for any of them; ``GDAL_SKIP`` in our environment leaves them out.
    """
    gdal = _pyogrio()
    if others := sorted(set(gdal.list_drivers()) - {driver}):
        raise SystemExit(f"these drivers were not left out: {others}")
    return gdal


def _read(order: Any, gdal: Any, limits: Limits, locks: list[str], out: IO[bytes]) -> None:
    path = Path(order["folder"]) / order["file"]
    header: dict[str, Any] = {"locks": locks}
    if gdal is None:
        encoding = table.encoding_of(path, order["encoding"])
        names, rows = table.read(path, encoding, limits)
        header |= {"columns": names, "crs": None, "layer": "", "encoding": encoding}
    else:
        check = getattr(structure, {"gpkg": "geopackage"}.get(order["format"], "geojson"))
        inside = check(path, order["layer"], limits)
        found, rows = _features(gdal, path, inside, order, limits)
        header |= {
            **found,
            "layer": inside.layer,
            "encoding": "utf-8",
            "counted": len(inside.shaped),
        }
    flow.send(out, flow.HEADER, header)
    count = 0
    while batch := list(islice(rows, flow.ROWS_A_FRAME)):
        flow.send_rows(out, batch)
        count += len(batch)
    flow.send(out, flow.END, {"rows": count})


def _features(
    gdal: Any, path: Path, inside: structure.Inside, order: Any, limits: Limits
) -> tuple[dict[str, Any], Iterator[Row]]:
    package = order["format"] == "gpkg"
    try:
        meta, lines, shapes, columns = gdal.raw.read(
            path,
            layer=inside.layer if package else 0,
            force_2d=True,
            return_fids=True,
            datetime_as_string=True,
        )
    except (gdal.errors.DataSourceError, gdal.errors.DataLayerError, UnicodeError) as wrong:
        raise TypeMismatch(format=SAID[order["format"]]) from wrong
    names = [str(name) for name in meta["fields"]]
    if len(names) > limits.columns:
        raise TableFault.because("columns", limit=limits.columns)
    if not package:  # its numbers need not be ours: features are counted as they stand
        lines = range(1, len(lines) + 1)
    texts = [_texts(column.tolist()) for column in columns]
    header = {"columns": names, "crs": inside.crs if not package else _epsg(meta["crs"])}
    return header, _rows(lines, shapes, texts, inside, order, limits)


def _epsg(crs: str | None) -> str | None:
    """Name the system by its number; a text we do not know by number stays unknown."""
    if crs is None or crs.upper().startswith("EPSG:"):
        return crs
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        number = CRS.from_wkt(crs).to_epsg()
    except CRSError as wrong:
        raise CrsUnknown(said=crs[:60]) from wrong
    return f"EPSG:{number}" if number else crs[:60]


def _texts(values: list[Any]) -> list[str | None]:
    return [_text(value) for value in values]


def _text(value: Any) -> str | None:
    if value is None or value != value:  # noqa: PLR0124  # NaN stands for nothing
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _rows(
    lines: Any,
    shapes: Any,
    texts: list[list[str | None]],
    inside: structure.Inside,
    order: Any,
    limits: Limits,
) -> Iterator[Row]:
    total = 0
    for place, line in enumerate(lines):
        cells = [column[place] for column in texts]
        long = next((c for c in cells if c is not None and len(c) > limits.cell_characters), None)
        if long is not None:
            raise TableFault.because("cell", line=int(line), limit=limits.cell_characters)
        data: Any = None if shapes is None else shapes[place]
        note = ""
        if data is None:
            note = "lost" if inside.shaped.get(int(line)) else ""
        else:
            count, data, note = _shape(bytes(data), int(line), order["repair"], limits)
            total += count
            if total > limits.vertices_a_file:
                raise GeometryLimit(line=int(line), limit=limits.vertices_a_file)
        yield Row(int(line), cells, data, note)


def _shape(data: bytes, line: int, repair: bool, limits: Limits) -> tuple[int, bytes, str]:  # noqa: FBT001
    try:
        count = wkb.vertices(data, nesting=limits.nesting, most=limits.vertices_a_shape)
    except wkb.TooDeep as deep:
        raise GeometryDepth(line=line, limit=limits.nesting) from deep
    except wkb.TooMany as many:
        raise GeometryLimit(line=line, limit=limits.vertices_a_shape) from many
    except wkb.Broken:
        return 0, data, ""
    return (count, *_repaired(data)) if repair else (count, data, "")


def _repaired(data: bytes) -> tuple[bytes, str]:
    import shapely  # noqa: PLC0415

    shape: Any = shapely.from_wkb(data, on_invalid="ignore")
    if shape is None or shapely.is_valid(shape):
        return data, ""
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return shapely.to_wkb(mended), "repaired"


def order_of(folder: Path, file: str, kind: str, asked: dict[str, Any], limits: Limits) -> str:
    """Write the order that `main` reads."""
    order = {"folder": str(folder), "file": file, "format": kind, "limits": asdict(limits)}
    return json.dumps(order | asked)


if __name__ == "__main__":
    main()
