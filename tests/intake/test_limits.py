"""Every limit of the gate holds to the last unit, and the manual names it."""

import gzip
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from gisapp.intake import flow, structure
from gisapp.intake.archive import opened
from gisapp.intake.faults import (
    ArchiveLimit,
    FileTooLarge,
    GeometryCost,
    GeometryDepth,
    GeometryLimit,
    JsonFault,
    TableFault,
    TooManyRows,
    XlsxLimit,
)
from gisapp.intake.flow import Torn
from gisapp.intake.gate import admit
from gisapp.intake.limits import (
    KEPT_ROW_BYTES,
    KEPT_ROWS,
    LIMITS,
    MEGABYTE,
    ON_THE_WEB,
    Limits,
)
from gisapp.intake.walk import Walk
from tests.intake.built import geojson, gpkg, nested_wkb, read_here, xlsx

POINT = {"type": "Point", "coordinates": [120.0, 30.0]}
README = Path(__file__).resolve().parents[2] / "README.md"


def stored(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def enter(path: Path, limits: Limits) -> None:
    with admit(path, limits):
        pass


def table(path: Path, limits: Limits) -> None:
    read_here(path, limits=limits)


def unpacked(folder: Path, count: int) -> Path:
    return stored(folder / "a.csv.gz", gzip.compress(b"a" * count))


def padded(folder: Path, count: int) -> Path:
    """A hundred bytes that say they are packed, of which as many thousands come."""
    data = gzip.compress(b"a" * count)
    return stored(folder / "a.csv.gz", data + bytes(100 - len(data)))


def archive(folder: Path, names: list[str]) -> Path:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, b"x")
    return stored(folder / "a.zip", out.getvalue())


def entries(path: Path, limits: Limits) -> None:
    with opened(path, "a.zip", limits):
        pass


def csv(folder: Path, rows: int, columns: int = 1, cell: str = "1") -> Path:
    lines = [",".join(f"c{n}" for n in range(columns))] + [",".join([cell] * columns)] * rows
    return stored(folder / "a.csv", "\n".join(lines).encode())


def book(folder: Path, rows: int, columns: int = 1, cell: str = "1") -> Path:
    names = [f"c{n}" for n in range(columns)]
    return xlsx(folder / "a.xlsx", {"s": [names, *[[cell] * columns] * rows]})


def marks(folder: Path, rows: int, columns: int = 1, cell: str = "1") -> Path:
    data = "".join(f'<Data name="c{n}"><value>{cell}</value></Data>' for n in range(columns))
    mark = f"<Placemark><ExtendedData>{data}</ExtendedData></Placemark>"
    return stored(folder / "a.kml", f"<kml>{mark * rows}</kml>".encode())


def features(folder: Path, rows: int, columns: int = 1, cell: str = "1") -> Path:
    row = {f"c{n}": cell for n in range(columns)}
    return geojson(folder / "a.geojson", [(POINT, row)] * rows)


def package(folder: Path, rows: int, columns: int = 1, cell: str = "1") -> Path:
    return gpkg(folder / "a.gpkg", [{f"c{n}": cell for n in range(columns)}] * rows)


def layers(folder: Path, count: int) -> Path:
    for number in range(count):
        gpkg(folder / "a.gpkg", [{"a": "1"}], layer=f"l{number}")
    return folder / "a.gpkg"


def inside(path: Path, limits: Limits) -> None:
    check = structure.geopackage if path.suffix == ".gpkg" else structure.geojson
    check(path, "l0" if limits.layers == FEW else None, limits)


def line(folder: Path, count: int) -> Path:
    return stored(folder / "a", shapely.to_wkb(shapely.LineString([(n, n) for n in range(count)])))


def lines(folder: Path, count: int) -> Path:
    return line(folder, count)


def walked(path: Path, limits: Limits) -> None:
    Walk(limits, repair=False).take(path.read_bytes(), 1)


def message(path: Path, limits: Limits) -> None:
    out = io.BytesIO()
    flow.send(out, flow.END, "x" * (int(path.read_bytes()) - 2))
    out.seek(0)
    list(flow.receive(out, limits.frame_bytes))


def brackets(folder: Path, depth: int) -> Path:
    value = "[" * (depth - 4) + "]" * (depth - 4)
    feature = f'{{"type":"Feature","properties":{{"a":{value}}},"geometry":null}}'
    text = f'{{"type":"FeatureCollection","features":[{feature}]}}'
    return stored(folder / "a.geojson", text.encode())


FEW = 3
Build = Callable[[Path, int], Path]
Bring = Callable[[Path, Limits], None]
CASES: list[tuple[str, int, type[Exception], Build, Bring]] = [
    ("upload_bytes", 90, FileTooLarge, lambda f, n: stored(f / "a.csv", b"a" * n), enter),
    ("unpacked_bytes", 5_000, ArchiveLimit, unpacked, enter),
    ("ratio_from_bytes", 5_000, ArchiveLimit, unpacked, enter),
    ("ratio", 40, ArchiveLimit, lambda f, n: padded(f, 100 * n), enter),
    ("entries", 3, ArchiveLimit, lambda f, n: archive(f, [f"{i}.shp" for i in range(n)]), entries),
    (
        "layers",
        2,
        TooManyRows,
        lambda f, n: archive(
            f, [f"{i}.{part}" for i in range(n) for part in ("shp", "shx", "dbf")]
        ),
        enter,
    ),
    ("layers", FEW, TooManyRows, layers, inside),
    ("layers", 2, XlsxLimit, lambda f, n: xlsx(f / "a.xlsx", _sheets(n)), table),
    ("rows", 5, TooManyRows, csv, table),
    ("rows", 5, XlsxLimit, book, table),
    ("rows", 5, TooManyRows, marks, table),
    ("rows", 5, TooManyRows, features, inside),
    ("rows", 2, TooManyRows, package, inside),
    ("columns", 4, TableFault, lambda f, n: csv(f, 1, n), table),
    ("columns", 4, XlsxLimit, lambda f, n: book(f, 1, n), table),
    ("columns", 4, TableFault, lambda f, n: marks(f, 1, n), table),
    ("columns", 4, TableFault, lambda f, n: features(f, 1, n), inside),
    ("columns", 4, TableFault, lambda f, n: package(f, 1, n), inside),
    ("cell_characters", 9, TableFault, lambda f, n: csv(f, 1, 1, "网" * n), table),
    ("cell_characters", 9, XlsxLimit, lambda f, n: book(f, 1, 1, "网" * n), table),
    ("cell_characters", 9, TableFault, lambda f, n: marks(f, 1, 1, "网" * n), table),
    ("vertices_a_shape", 7, GeometryLimit, line, walked),
    ("vertices_a_file", 7, GeometryLimit, line, walked),
    ("nesting", 4, GeometryDepth, lambda f, n: stored(f / "a", nested_wkb(n - 1)), walked),
    ("json_depth", 9, JsonFault, brackets, inside),
    ("frame_bytes", 50, Torn, lambda f, n: stored(f / "a", b"%d" % n), message),
]
OF_THE_MACHINE = {"cpu_seconds", "wall_seconds", "memory_bytes", "open_files", "geometry_seconds"}


def _sheets(count: int) -> dict[str, list[list[Any]]]:
    return {f"s{n}": [["a"], ["1"]] if n == 0 else [] for n in range(count)}


@pytest.mark.parametrize(
    ("name", "limit", "fault", "build", "bring"),
    CASES,
    ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)],
)
def test_a_limit_holds_to_the_last_unit(
    tmp_path: Path, name: str, limit: int, fault: type[Exception], build: Build, bring: Bring
) -> None:
    limits = replace(LIMITS, **{name: limit})
    if name == "ratio":
        limits = replace(limits, ratio_from_bytes=0)
    elif name == "ratio_from_bytes":
        limits = replace(limits, ratio=1)

    for count in (limit - 1, limit):
        folder = tmp_path / str(count)
        folder.mkdir()
        bring(build(folder, count), limits)

    with pytest.raises(fault):
        bring(build(tmp_path, limit + 1), limits)


def test_every_limit_is_tried_here() -> None:
    assert {field.name for field in fields(Limits)} == {case[0] for case in CASES} | OF_THE_MACHINE


TRY = """
import json, os, pathlib, sys, time
from dataclasses import replace
from gisapp.intake.limits import LIMITS
from gisapp.intake.sandbox import shut
shut(pathlib.Path(sys.argv[1]), replace(LIMITS, **json.loads(sys.argv[2])))
exec(sys.argv[3])
"""
OPEN = "try:\n while True: last = os.open(sys.argv[1], os.O_RDONLY)\nexcept OSError: print(last)"
TAKE = "block = bytearray(int(sys.argv[4])); print(len(block))"
SPIN = "print('on', flush=True)\nwhile True: pass"


def shut_in(folder: Path, code: str, *more: str, **limits: int) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", TRY, str(folder), json.dumps(limits), code, *more]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


def test_a_reader_opens_as_many_files_as_it_may(tmp_path: Path) -> None:
    assert shut_in(tmp_path, OPEN, open_files=20).stdout == "19\n"


def test_a_reader_has_the_memory_and_the_time_it_may_have(tmp_path: Path) -> None:
    some = 200 * MEGABYTE

    assert shut_in(tmp_path, TAKE, str(some // 2), memory_bytes=some).returncode == 0
    assert "MemoryError" in shut_in(tmp_path, TAKE, str(some), memory_bytes=some).stderr
    ended = shut_in(tmp_path, SPIN, cpu_seconds=1)
    assert (ended.stdout, ended.returncode < 0) == ("on\n", True)


def test_shapes_that_take_too_long_are_refused_by_their_line() -> None:
    bow = shapely.to_wkb(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))

    assert Walk(LIMITS, repair=True).take(bow, 1)[1] == "repaired"
    with pytest.raises(GeometryCost) as wrong:
        Walk(replace(LIMITS, geometry_seconds=0), repair=True).take(bow, 7)
    assert wrong.value.fields["line"] == 7


def said(name: str, limits: Limits) -> str:
    number = getattr(limits, name)
    if name.endswith("_bytes"):
        return f"{number // MEGABYTE:,} MB"
    return f"{number:,}" + (" s" if name.endswith("_seconds") else "")


def test_the_manual_names_every_limit_as_it_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", README.read_text("utf-8"), re.MULTILINE)
    told = {field.name: said(field.name, LIMITS) for field in fields(Limits)}
    told["rows"] = f"{said('rows', LIMITS)}; on a page {said('rows', ON_THE_WEB)}"
    told |= {"KEPT_ROWS": f"{KEPT_ROWS:,}", "KEPT_ROW_BYTES": f"{KEPT_ROW_BYTES // MEGABYTE} MB"}

    assert {name: text for name, text in rows if name in told} == told
