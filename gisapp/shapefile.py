"""Writes a Shapefile that Chinese offices can read, packed as one .zip with its full names."""

import csv
import io
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import geopandas

from gisapp.formula import neutral

ENCODING: Final = "GB18030"
"""Older programs read it as GBK, of which it is a superset; in UTF-8 names would be cut in half."""
NAME_BYTES, TEXT_BYTES = 10, 254
NAMES: Final = "字段说明.csv"
"""Says which full name each short one stands for."""


def write(path: Path, frame: geopandas.GeoDataFrame) -> None:
    """Write ``frame`` as ``path``, a .zip of .shp, .shx, .dbf, .prj, .cpg and the full names."""
    stem = path.name.partition(".")[0]
    full = [str(name) for name in frame.columns if name != frame.geometry.name]
    short = short_names(full)
    plain = frame.rename(columns=dict(zip(full, short, strict=True)))
    for name in short:
        if plain[name].dtype == object or str(plain[name].dtype) in {"str", "string"}:
            plain[name] = [_cut(value, TEXT_BYTES) for value in plain[name]]
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        plain.to_file(Path(folder) / f"{stem}.shp", driver="ESRI Shapefile", encoding=ENCODING)
        text = io.StringIO(newline="")
        names = [("字段", "全名"), *zip(short, full, strict=True)]
        csv.writer(text).writerows([[neutral(name) for name in pair] for pair in names])
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)
            archive.writestr(NAMES, text.getvalue().encode("utf-8-sig"))


def short_names(names: Iterable[str]) -> list[str]:
    """Cut names to ten bytes, never within a character, so that no two are the same."""
    short: list[str] = []
    for name in names:
        new, number = _cut(name, NAME_BYTES), 1
        while new.casefold() in {each.casefold() for each in short}:
            new = f"{_cut(name, NAME_BYTES - 1 - len(str(number)))}_{number}"
            number += 1
        short.append(new)
    return short


def _cut(value: Any, most: int) -> Any:
    if not isinstance(value, str):
        return value
    raw = value.encode(ENCODING, "replace")
    return value if len(raw) <= most else raw[:most].decode(ENCODING, "ignore")
