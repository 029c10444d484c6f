"""Checks shapes in our own process: nothing reaches GEOS before it is known to be harmless."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.core.validity import REASONS
from gisapp.i18n import N_, Sentence
from gisapp.intake import wkb
from gisapp.intake.faults import Finding, GeometryDepth, GeometryLimit
from gisapp.intake.flow import Row
from gisapp.intake.limits import Limits
from gisapp.intake.positions import Array, System, within

POINT: Final = 0
SURFACES: Final = (3, 6)
"""Shapely's numbers of polygon and multipolygon."""


@dataclass(slots=True)
class Placed:
    """The shapes of some rows in longitude/latitude, or what is wrong with each."""

    shapes: npt.NDArray[np.object_]
    """Shape (n,). Points or valid multipolygons; null where there is none or it is refused."""
    findings: list[Finding | None]
    """Shape (n,). Why a row is refused."""
    outside: npt.NDArray[np.bool_]
    """Shape (n,). Rows whose coordinates do not lie in the declared system."""
    first: Array
    """Shape (n, 2). One coordinate of each row, as the file has it, for sentences."""


def checked(row: Row, file: str, limits: Limits) -> Row:
    """Return the row with a shape that is well-formed, or marked as lost.

    Raises when it is made to break something, whatever the reader made of that.
    """
    if row.wkb is None:
        return row
    try:
        wkb.vertices(row.wkb, nesting=limits.nesting, most=limits.vertices_a_shape)
    except wkb.TooDeep as deep:
        raise GeometryDepth(file=file, line=row.line, limit=limits.nesting) from deep
    except wkb.TooMany as many:
        limit = limits.vertices_a_shape
        raise GeometryLimit(file=file, line=row.line, limit=limit) from many
    except wkb.Broken:
        return replace(row, wkb=None, note="lost")
    return row


def surfaces(rows: Sequence[Row], crs: System) -> Placed:
    """Turn the rows' shapes into valid multipolygons, outer rings counter-clockwise."""
    placed, broken = _parsed(rows, crs)
    kinds = shapely.get_type_id(placed.shapes)
    empty = shapely.is_empty(placed.shapes)
    for place, row in enumerate(rows):
        if placed.findings[place] is not None:
            continue
        shape = placed.shapes[place]
        if shape is None or broken[place]:
            placed.findings[place] = _no_shape(row)
        elif empty[place]:
            placed.findings[place] = Finding(
                row.line, "empty_shape", Sentence(N_("The outline is empty. Draw it."))
            )
        elif kinds[place] not in SURFACES:
            placed.findings[place] = Finding(
                row.line, "wrong_shape", Sentence(N_("The shape is no polygon. Bring an outline."))
            )
        elif not shapely.is_valid(shape):
            placed.findings[place] = Finding(row.line, "invalid_shape", _why(shape))
    good = np.array([finding is None for finding in placed.findings], np.bool_)
    placed.shapes[~good] = None
    # polygons() of one part: a multipolygon of it, whole arrays at once.
    parts: Any = placed.shapes[good]
    plain = shapely.get_type_id(parts) == SURFACES[0]
    parts[plain] = [shapely.MultiPolygon([part]) for part in parts[plain]]
    placed.shapes[good] = shapely.orient_polygons(parts, exterior_cw=False)
    return placed


def points(rows: Sequence[Row], crs: System) -> Placed:
    """Turn the rows' shapes into points; a row may have none."""
    placed, broken = _parsed(rows, crs)
    kinds = shapely.get_type_id(placed.shapes)
    for place, row in enumerate(rows):
        if placed.findings[place] is not None:
            continue
        if broken[place]:
            placed.findings[place] = _no_shape(row)
        elif placed.shapes[place] is not None and kinds[place] != POINT:
            placed.findings[place] = Finding(
                row.line,
                "wrong_shape",
                Sentence(N_("The shape is no point. Bring one point a row.")),
            )
    placed.shapes[shapely.is_empty(placed.shapes)] = None
    return placed


def coordinates(xy: Array, lines: Sequence[int], crs: System) -> Placed:
    """Turn two columns, shape (n, 2), NaN where there is no place, into points."""
    degrees, outside = _degrees(xy, crs)
    there = np.isfinite(degrees).all(axis=1)
    shapes = np.full(len(lines), None, dtype=object)
    shapes[there] = shapely.points(degrees[there])
    findings = [
        _outside(line, xy[place], crs) if outside[place] else None
        for place, line in enumerate(lines)
    ]
    return Placed(shapes, findings, outside, xy)


def _parsed(rows: Sequence[Row], crs: System) -> tuple[Placed, npt.NDArray[np.bool_]]:
    data = np.array([row.wkb for row in rows], dtype=object)
    shapes: Any = shapely.from_wkb(data, on_invalid="ignore")
    shapes = shapely.force_2d(np.asarray(shapes, dtype=object))
    broken = np.array(
        [
            row.note == "lost" or (row.wkb is not None and shape is None)
            for row, shape in zip(rows, shapes, strict=True)
        ],
        np.bool_,
    )
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    degrees, wrong = _degrees(xy, crs)
    outside = np.zeros(len(rows), np.bool_)
    outside[owner[wrong]] = True
    first = np.zeros((len(rows), 2))
    first[owner[::-1]] = xy[::-1]
    first[owner[wrong]] = xy[wrong]
    keep = ~outside
    # Written back as one array: a call a row would cost more than all else.
    moved = np.where(np.isfinite(degrees), degrees, 0.0)
    shapes = np.asarray(shapely.set_coordinates(shapes, moved), dtype=object)
    shapes[~keep] = None
    findings = [
        _outside(row.line, first[place], crs) if outside[place] else None
        for place, row in enumerate(rows)
    ]
    return Placed(shapes, findings, outside, first), broken


def _degrees(xy: Array, crs: System) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return longitude/latitude, and which of the given coordinates cannot be in the system."""
    given = np.isfinite(xy).all(axis=1)
    fit = given & crs.fits(xy)
    degrees = np.full(xy.shape, np.nan)
    if fit.any():
        degrees[fit] = crs.to_degrees(xy[fit])
    fit &= within(degrees)
    degrees[~fit] = np.nan
    return degrees, given & ~fit


def _outside(line: int, xy: Array, crs: System) -> Finding:
    sentence = Sentence(
        N_("The coordinates {x}, {y} do not lie in {crs}. Check the columns and their order."),
        {"x": f"{xy[0]:.10g}", "y": f"{xy[1]:.10g}", "crs": crs.name},
    )
    return Finding(line, "outside_system", sentence)


def _no_shape(row: Row) -> Finding:
    if row.note == "lost" or row.wkb is not None:
        return Finding(
            row.line, "invalid_shape", Sentence(N_("The shape cannot be read. Draw it anew."))
        )
    return Finding(row.line, "no_shape", Sentence(N_("The row has no outline. Draw it.")))


def _why(shape: Any) -> Sentence:
    said, _, place = shapely.is_valid_reason(shape).partition("[")
    reason = said.strip()
    x, _, y = place.rstrip("]").partition(" ")
    return Sentence(
        N_(
            "The outline is not valid near {x}, {y} ({reason}). "
            'Mend it, or accept repair = ["structure"] in a profile.'
        ),
        {"x": x[:12], "y": y[:12], "reason": Sentence(REASONS.get(reason, reason))},
    )
