"""Join communities without codes to an official table of codes; a list for the unsure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from gisapp import files
from gisapp.auth import Scope
from gisapp.core import codematch
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Sentence
from gisapp.intake import positions, readings, validate
from gisapp.intake.faults import ColumnMissing, NeedsShapes
from gisapp.intake.flow import Row
from gisapp.intake.gate import TABLES, admit
from gisapp.intake.limits import LIMITS, Limits
from gisapp.intake.process import content
from gisapp.intake.proposal import Sample, guess
from gisapp.store.session import Session

SHOWN: Final = 5
"""Candidates that the list names for one polygon."""
DIGITS, LAST = 12, "000"
"""Of a community's code; one that ends in zeros is its street's."""

HOW: Final = {
    "place_and_name": N_("the office lies in it and has its name"),
    "name": N_("the name occurs once on both sides"),
    "place": N_("it has no name, and one office lies in it"),
    "several": N_("several codes could be meant"),
    "apart": N_("the office has another name, or names are only alike"),
    "none": N_("no office lies in it and no name is like its own"),
    "reviewed": N_("chosen by a person"),
}


class NoCodes(InvalidInput):
    """A table without twelve-digit codes."""

    code = "no_codes"
    message = N_("“{file}” has no codes of 12 digits in column “{column}”. Name it with --code.")


class ReviewWrong(InvalidInput):
    """A list that was looked through says something that cannot be."""

    code = "review_wrong"
    message = N_("“{file}”, line {line}: {reason}.")


REASONS: Final = {
    "line": N_("the polygon “{value}” is none of those to be looked at"),
    "name": N_(
        "the polygon is called “{name}” there, not “{value}”: it is the list of other files"
    ),
    "code": N_("“{value}” is no code of a community in the table"),
    "taken": N_("the code {value} belongs to another polygon already"),
}
"""Why a line of a list that was looked through cannot be."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person said about the two files."""

    layer: str | None = None
    crs: str | None = None
    """Of the table's coordinates."""
    name: str | None = None
    """Column with the polygons' names."""
    code: str | None = None
    """Column of the table with the codes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One polygon and what was found for it."""

    line: int
    name: str
    how: codematch.How | Literal["reviewed"]
    code: str | None
    official: str
    candidates: list[str]
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Matched:
    """All polygons, the sure and the unsure."""

    lines: list[Line]
    shapes: npt.NDArray[np.object_]
    columns: dict[str, list[str]]
    """The polygons' own."""
    codes: int
    """Rows of the table that are codes of communities."""
    placed: int
    """Of these, those with a point."""
    crs: str

    @property
    def counts(self) -> dict[str, int]:
        """How many polygons were found how."""
        found: list[str] = [line.how for line in self.lines]
        return {how: found.count(how) for how in HOW}


@dataclass(frozen=True, slots=True)
class _Table:
    columns: list[str]
    rows: list[Row]
    crs: str | None
    file: str

    def texts(self, column: str) -> list[str]:
        if column not in self.columns:
            raise ColumnMissing(file=self.file, layer="-", column=column, columns=self.columns[:40])
        place = self.columns.index(column)
        return [(row.cells[place] or "").strip() for row in self.rows]


def match_codes(
    session: Session,
    polygons: Path,
    table: Path,
    wish: Wish,
    limits: Limits = LIMITS,
    reviewed: Path | None = None,
) -> Matched:
    """Join the polygons of one file to the codes of another; stores nothing.

    ``reviewed`` is a list of the unsure ones in which somebody has filled in codes.
    """
    session.actor.must(Scope.DATA_WRITE)
    ground, official = _read(polygons, wish.layer, limits), _read(table, None, limits)
    shapes = _shapes(ground, polygons, limits)
    crs = wish.crs or official.crs or "EPSG:4326"
    codes, names, xy = _codes(official, wish, crs)
    inside = np.full(len(codes), -1, np.int64)
    there = np.flatnonzero(np.isfinite(xy).all(axis=1))
    points: Any = shapely.points(xy[there])
    polygon, point = shapely.STRtree(points).query(shapes, predicate="intersects")
    # On a border the first polygon of the file has it, as everywhere.
    inside[there[point[::-1]]] = polygon[::-1]
    ours = ground.texts(wish.name) if wish.name else [""] * len(shapes)
    lines = [
        _line(found, ground.rows, ours, codes, names, shapes)
        for found in codematch.match(ours, names, inside)
    ]
    if reviewed is not None:
        lines = _reviewed(
            lines, _read(reviewed, None, limits), dict(zip(codes, names, strict=True))
        )
    columns = {name: ground.texts(name) for name in ground.columns}
    return Matched(lines, shapes, columns, len(codes), there.size, crs)


def write(found: Matched, out: Path, *, force: bool) -> None:
    """Write the polygons with the codes that are sure; the others have none yet."""
    own = {name: cells for name, cells in found.columns.items() if name not in {"code", "name"}}
    table: dict[str, list[Any]] = {
        "code": [line.code or "" for line in found.lines],
        "name": [line.official or line.name for line in found.lines],
        "how": [line.how for line in found.lines],
    }
    files.write(out, table | own, found.shapes, force=force)


def write_review(found: Matched, out: Path, *, force: bool) -> int:
    """Write the polygons that somebody has to look at; returns how many."""
    unsure = [line for line in found.lines if line.code is None]
    table: dict[str, list[Any]] = {
        "line": [line.line for line in unsure],
        "name": [line.name for line in unsure],
        "how": [line.how for line in unsure],
        "candidates": ["; ".join(line.candidates) for line in unsure],
        "lon": [line.lon for line in unsure],
        "lat": [line.lat for line in unsure],
        "code": ["" for _ in unsure],
    }
    files.write(out, table, None, force=force)
    return len(unsure)


def _reviewed(lines: list[Line], review: _Table, names: dict[str, str]) -> list[Line]:
    """Give the unsure polygons the codes that somebody chose; raises `ReviewWrong`."""
    unsure = {str(line.line): place for place, line in enumerate(lines) if line.code is None}
    taken = {line.code for line in lines}
    called = review.texts("name") if "name" in review.columns else [""] * len(review.rows)
    rows = zip(review.rows, review.texts("line"), called, review.texts("code"), strict=True)
    found = list(lines)
    for row, line, name, code in rows:

        def wrong(why: str, value: str, number: int = row.line, **fields: object) -> ReviewWrong:
            reason = Sentence(REASONS[why], {"value": value[:40]} | fields)
            return ReviewWrong(file=review.file, line=number, reason=reason)

        if line not in unsure:
            raise wrong("line", line)
        before = lines[unsure[line]]
        if name and before.name and name != before.name:
            raise wrong("name", name, name=before.name)
        if not code:
            continue
        if code not in names:
            raise wrong("code", code)
        if code in taken:
            raise wrong("taken", code)
        taken.add(code)
        found[unsure[line]] = replace(before, how="reviewed", code=code, official=names[code])
    return found


def _read(path: Path, layer: str | None, limits: Limits) -> _Table:
    with admit(path, limits) as file:
        order = {"layer": layer, "encoding": None, "repair": file.format not in TABLES}
        with content(file, order, limits) as came:
            declared = came.crs
            if declared is None and file.format.startswith("geojson"):
                declared = "EPSG:4326"
            return _Table(came.columns, list(came.rows), declared, file.name)


def _shapes(ground: _Table, path: Path, limits: Limits) -> npt.NDArray[np.object_]:
    if not any(row.wkb for row in ground.rows):
        raise NeedsShapes(file=ground.file, kind="areas")
    system = positions.system(ground.crs, ground.file)
    return validate.surfaces(ground.rows, system).shapes


def _codes(
    table: _Table, wish: Wish, crs: str
) -> tuple[list[str], list[str], npt.NDArray[np.float64]]:
    """Return codes, names and places (lon/lat, NaN where there is none) of the communities."""
    columns = guess(Sample(table.file, table.columns, table.rows, "none"), "enterprises").columns
    column = wish.code or columns.get("register_number", "code")
    every = table.texts(column)
    keep = [n for n, code in enumerate(every) if _community(code)]
    if not keep:
        raise NoCodes(file=table.file, column=column)
    names = table.texts(columns.get("name", "name"))
    xy = np.full((len(keep), 2), np.nan)
    if "lon" in columns:
        lon, lat = table.texts(columns["lon"]), table.texts(columns["lat"])
        xy = np.array([[_number(lon[n]), _number(lat[n])] for n in keep])
    there = np.isfinite(xy).all(axis=1)
    xy[there] = readings.degrees(xy[there], positions.system(crs, table.file).name)
    return [every[n] for n in keep], [names[n] for n in keep], xy


def _community(code: str) -> bool:
    digits = code.isascii() and code.isdigit() and len(code) == DIGITS
    return digits and not code.endswith(LAST)


def _number(text: str) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def _line(
    found: codematch.Match,
    rows: Sequence[Row],
    ours: Sequence[str],
    codes: Sequence[str],
    names: Sequence[str],
    shapes: npt.NDArray[np.object_],
) -> Line:
    shape = shapes[found.polygon]
    at = None if shape is None else shape.representative_point()
    row = found.row
    return Line(
        rows[found.polygon].line,
        ours[found.polygon],
        found.how,
        None if row is None else codes[row],
        "" if row is None else names[row],
        [f"{codes[one]} {names[one]}" for one in found.candidates[:SHOWN]],
        float("nan") if at is None else round(at.x, 6),
        float("nan") if at is None else round(at.y, 6),
    )
