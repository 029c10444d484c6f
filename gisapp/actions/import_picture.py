"""A small picture of where a file's rows lie on the ground that is stored, for a page to draw."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import cos, floor, log10, radians
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.actions import import_datum
from gisapp.actions.import_proposal import Proposed
from gisapp.core.world import Shapes
from gisapp.intake import readings
from gisapp.intake.positions import Array
from gisapp.intake.readings import DEGREES
from gisapp.intake.rows import Rows
from gisapp.store.session import Session

WIDTH: Final = 640
HEIGHTS: Final = (320, 560)
"""The picture is never flatter nor taller."""
AROUND: Final = 430
"""Height of a map around one place."""
DOTS: Final = 400
OUTLINES: Final = 1_500
LINE: Final = 1
"""Shapely's number of a line."""
FINE: Final = 0.6
"""Of a unit of the picture: what is smaller than that is not drawn."""
DEGREE_M: Final = 111_320.0
ROUND: Final = 2.0
"""Percent of the places at each end that may lie outside."""
LEAST_DEGREES: Final = 0.005


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the rows of a file lie, in the one or the other reading."""

    system: str
    points: Array
    """Shape (n, 2), longitude/latitude, NaN where a row has no place."""
    outlines: Shapes | None = None
    """Shape (n,)."""


def of_proposed(session: Session, found: Proposed) -> dict[str, Any] | None:
    """Draw the first rows of a file as a profile places them, and as a better system would."""
    if found.crs is None or found.proposal.kind.shape == "none":
        return None
    raw: Any = None
    if found.proposal.kind.shape == "polygon":
        raw = shapely.from_wkb(
            np.array([row.wkb for row in found.taken.rows], dtype=object), on_invalid="ignore"
        )
    other = None
    if found.offer is not None:
        before = found.declared or DEGREES[0]
        other = before if found.offer.option == found.crs else found.offer.option
    return picture(
        session,
        read_as(found.given, raw, found.crs),
        None if other is None else read_as(found.given, raw, other),
    )


def of_rows(session: Session, rows: Rows, offer: str | None) -> dict[str, Any] | None:
    """Draw the places of all rows of a file, a corner of each outline."""
    if rows.crs is None or not rows.given:
        return None
    xy = np.concatenate(rows.given)
    xy = xy[np.isfinite(xy).all(axis=1)]
    other = None if offer is None else read_as(xy, None, offer)
    return picture(session, read_as(xy, None, rows.crs.name), other)


def read_as(xy: Array, raw: Shapes | None, system: str) -> Placed:
    """Read coordinates, shape (n, 2), and outlines as a file has them in a system."""
    points = readings.degrees(xy, system) if len(xy) else xy
    if raw is None:
        return Placed(system, points)
    return Placed(system, points, readings.outlines(raw, system))


def picture(session: Session, now: Placed, other: Placed | None) -> dict[str, Any] | None:
    """
    Draw places on the outlines of communities, or of grids where there are none.

    ``other`` is the reading that fits better, or the file's own where ``now`` is better: it is
    drawn too. Null without any place. Coordinates of the picture are whole units, x to the
    right, y down, 640 wide.
    """
    frame = Frame.of([now, *([] if other is None else [other])], import_datum.outlines(session))
    if frame is None:
        return None
    return {
        "width": WIDTH,
        "height": frame.height,
        "ground": list(frame.paths(frame.ground)),
        "now": frame.drawn(now),
        "other": None if other is None else frame.drawn(other),
        **frame.scale_bar,
    }


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the world in the picture."""

    west: float
    north: float
    scale: float
    """Units a degree of latitude."""
    narrow: float
    """A degree of longitude, in degrees of latitude."""
    height: int
    ground: Shapes = field(default_factory=lambda: np.empty(0, dtype=object))

    @classmethod
    def of(cls, every: list[Placed], ground: Shapes) -> "Frame | None":
        """Frame what lies where most does; what was read far away is not looked for."""
        seen = [box for each in every if (box := _box(each)) is not None]
        if not seen:
            return None
        boxes = np.array(_near(seen, ground))
        west, south = boxes[:, :2].min(axis=0)
        east, north = boxes[:, 2:].max(axis=0)
        narrow = cos(radians((south + north) / 2))
        wide = max((east - west) * narrow, LEAST_DEGREES) * 1.16
        tall = max(north - south, LEAST_DEGREES) * 1.16
        scale = min(WIDTH / wide, HEIGHTS[1] / tall)
        height = round(min(max(tall * scale, HEIGHTS[0]), HEIGHTS[1]))
        west = (west + east) / 2 - WIDTH / scale / narrow / 2
        north = (south + north) / 2 + height / scale / 2
        frame = cls(float(west), float(north), scale, narrow, height)
        if not len(ground):
            return frame
        there = shapely.STRtree(ground).query(shapely.box(*frame.box))
        return replace(frame, ground=ground[there])

    @classmethod
    def around(cls, degrees: Array, wider: float, least: float) -> "Frame":
        """Frame some places, longitude/latitude, with room around them."""
        west, south = degrees.min(axis=0).tolist()
        east, north = degrees.max(axis=0).tolist()
        narrow = cos(radians((south + north) / 2))
        height = AROUND
        wide = max((east - west) * narrow * wider, least * WIDTH / height)
        tall = max((north - south) * wider, least)
        scale = min(WIDTH / wide, height / tall)
        west = (west + east) / 2 - WIDTH / scale / narrow / 2
        north = (south + north) / 2 + height / scale / 2
        return cls(west, north, scale, narrow, height)

    @property
    def width(self) -> int:
        """Units from west to east."""
        return WIDTH

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        east = self.west + WIDTH / self.scale / self.narrow
        return self.west, self.north - self.height / self.scale, east, self.north

    @property
    def scale_bar(self) -> dict[str, int]:
        """How long a round number of metres is."""
        metres = _round(0.22 * WIDTH * self.unit_m)
        return {"bar": round(metres / self.unit_m), "bar_m": metres}

    def holds(self, degrees: Array) -> npt.NDArray[np.bool_]:
        """Say which places lie in the picture."""
        units = self.units(degrees)
        inside = ((units >= 0) & (units <= (WIDTH, self.height))).all(axis=1)
        return np.asarray(inside, np.bool_)

    def path(self, ring: Array) -> str:
        """Write a line of corners, longitude/latitude, as a path of SVG."""
        return _path(self.units(ring))

    @property
    def unit_m(self) -> float:
        """Metres in a unit."""
        return DEGREE_M / self.scale

    def units(self, degrees: Array) -> Array:
        """Bring longitude/latitude into the picture."""
        x = (degrees[:, 0] - self.west) * self.narrow * self.scale
        return np.column_stack([x, (self.north - degrees[:, 1]) * self.scale])

    def paths(self, outlines: Shapes) -> Iterator[str]:
        """Write outlines, or lines, as the paths of SVG."""
        some: Any = outlines[:: -(-len(outlines) // OUTLINES) or 1]
        parts: Any = shapely.simplify(shapely.get_parts(shapely.transform(some, self.units)), FINE)
        lines = shapely.get_type_id(parts) == LINE
        for ring in [*shapely.get_rings(parts[~lines]), *parts[lines]]:
            corners = shapely.get_coordinates(ring)
            if np.abs(corners).max(initial=0) < 20 * WIDTH:
                yield _path(corners)

    def drawn(self, placed: Placed) -> dict[str, Any]:
        """Draw the places of one reading."""
        dots: list[list[int]] = []
        paths: list[str] = []
        if placed.outlines is not None:
            whole = placed.outlines[np.isfinite(shapely.bounds(placed.outlines)).all(axis=1)]
            paths = list(self.paths(whole))
        else:
            there = placed.points[np.isfinite(placed.points).all(axis=1)]
            some = there[:: -(-len(there) // DOTS) or 1]
            units = self.units(some[self.holds(some)])
            dots = np.unique(units.round().astype(int), axis=0).tolist()
        return {"system": placed.system, "dots": dots, "paths": paths}


def _path(units: Array) -> str:
    corners = units.round().astype(int).tolist()
    closed = "z" if corners[0] == corners[-1] else ""
    return "M" + "L".join(f"{x} {y}" for x, y in corners) + closed


def _box(placed: Placed) -> list[float] | None:
    points = placed.points
    if placed.outlines is not None:
        points = shapely.bounds(placed.outlines).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None
    least, most = np.percentile(points, [ROUND, 100 - ROUND], axis=0)
    return [*least.tolist(), *most.tolist()]


def _near(boxes: list[list[float]], ground: Shapes) -> list[list[float]]:
    """Keep the readings that touch the ground; all where none does."""
    if not len(ground):
        return boxes[:1]
    land = _area(shapely.total_bounds(ground).tolist())
    near = [box for box in boxes if _area(box).intersects(land)]
    return near or boxes[:1]


def _area(box: list[float]) -> shapely.Polygon:
    west, south, east, north = box
    return shapely.box(west, south, east, north)


def _round(metres: float) -> int:
    """Return the round number at or below a length."""
    ten: float = 10 ** floor(log10(metres))
    return int(max(1.0, next(n for n in (5, 2, 1) if n * ten <= metres) * ten))
