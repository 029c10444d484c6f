"""Changes files at random, inside archives too, so that the changes reach what reads them."""

import io
import random
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from tests.intake.built import geojson, gpkg, square, xlsx
from tests.intake.hostile_files import Hostile

BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error)
NUMBERS = (b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"\x80\0\0\0")
ROWS = [{"register_number": f"00{n}", "name": f"企业{n}"} for n in range(3)]


def seeds(folder: Path) -> list[Hostile]:
    """Return one sound file of every format, rows of enterprises in each."""
    points = [shapely.Point(120.001 + n / 1000, 30.001) for n in range(3)]
    names = list(ROWS[0])
    table = "register_number,name,lon,lat\n" + "".join(
        f"{row['register_number']},{row['name']},{point.x},{point.y}\n"
        for row, point in zip(ROWS, points, strict=True)
    )
    marks = "".join(
        f"<Placemark><name>{row['name']}</name><ExtendedData><Data name='register_number'><value>"
        f"{row['register_number']}</value></Data></ExtendedData><Point><coordinates>{point.x},"
        f"{point.y}</coordinates></Point></Placemark>"
        for row, point in zip(ROWS, points, strict=True)
    )
    cells = [[*names, "lon", "lat"]]
    cells += [[*row.values(), str(p.x), str(p.y)] for row, p in zip(ROWS, points, strict=True)]
    shapes = [shapely.geometry.mapping(point) for point in points]
    lines = geojson(folder / "s.geojson", list(zip(shapes, ROWS, strict=True))).read_text("utf-8")
    features = lines[lines.index("[") + 1 : -2].replace('}}, {"type": "F', '}}\n{"type": "F')
    pyogrio.raw.write(
        folder / "s.shp",
        np.array([shapely.to_wkb(point) for point in points], dtype=object),
        field_data=[np.array([row[n] for row in ROWS], dtype=object) for n in names],
        fields=["register_n", "name"],
        driver="ESRI Shapefile",
        geometry_type="Point",
        crs="EPSG:4326",
        encoding="UTF-8",
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in folder.glob("s.???"):
            if part.suffix in {".shp", ".shx", ".dbf", ".prj", ".cpg"}:
                archive.write(part, part.name)
    outline = gpkg(folder / "o.gpkg", ROWS[:1], [square()])
    files = {
        "s.csv": table.encode("gb18030"),
        "s.tsv": table.replace(",", "\t").encode("utf-16"),
        "s.geojson": lines.encode(),
        "s.geojsonl": features.encode(),
        "s.kml": f"<kml><Document>{marks}</Document></kml>".encode(),
        "s.xlsx": xlsx(folder / "s.xlsx", {"s": cells}).read_bytes(),
        "s.gpkg": gpkg(folder / "s.gpkg", ROWS, points).read_bytes(),
        "o.gpkg": outline.read_bytes(),
        "s.zip": packed.getvalue(),
    }
    return [Hostile("", name, data, enters=True) for name, data in files.items()]


def mutated(name: str, data: bytes, dice: random.Random, canary: str, port: int) -> bytes:
    """Return the file with a few changes; in most archives one of its files is changed."""
    words = _words(canary, port)
    if name.endswith((".zip", ".xlsx")) and dice.random() < 0.8:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                infos = [info for info in archive.infolist() if info.file_size < 1_000_000]
                parts = {info.filename: archive.read(info) for info in infos}
        except BROKEN:
            return _changed(data, dice, words)
        if parts:
            chosen = dice.choice(list(parts))
            parts[chosen] = _changed(parts[chosen], dice, words)
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                for part, content in parts.items():
                    archive.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)
            return out.getvalue()
    return _changed(data, dice, words)


def _words(canary: str, port: int) -> list[bytes]:
    web = f"http://127.0.0.1:{port}/"
    return [
        canary.encode(),
        f"/vsicurl/{web}".encode(),
        f'<!DOCTYPE x SYSTEM "{web}">'.encode(),
        f"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>CSV:{canary}".encode(),
        b"NaN", b"1e999", b"\0", b'"', b"'", b"<", b"[[[[", b"}", b",,", b"\r", b"\xef\xbb\xbf",
        b"_xD800_", b"\\ud800", b"\x1b[2J", b"9" * 400, "\u202e".encode(), b"&a;", b"-0", b"",
    ]  # fmt: skip


def _changed(data: bytes, dice: random.Random, words: list[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        at = dice.randrange(len(changed) + 1)
        many = min(dice.choice((1, 2, 4, 16, 100, 4096)), len(changed) - at)
        match dice.randrange(7):
            case 0:
                changed[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                number = dice.choice(NUMBERS)
                changed[at : at + len(number)] = number
            case 2:
                del changed[at : at + many]
            case 3:
                changed[at:at] = changed[at : at + many] * dice.choice((1, 2, 50))
            case 4:
                changed[at:at] = dice.choice(words)
            case 5:
                if dice.random() < 0.3:
                    del changed[at:]
            case _:
                if at < len(changed):
                    changed[at] ^= 1 << dice.randrange(8)
    return bytes(changed)
