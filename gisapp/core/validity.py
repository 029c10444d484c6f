"""Outlines that are no areas, each with the place of the fault."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisapp.core.world import Shapes
from gisapp.i18n import N_

PLACE: Final = re.compile(r"(?P<reason>[^\[]*)(?:\[(?P<x>\S+) (?P<y>\S+?)(?: \S+)?\])?")
"""How GEOS says why and where."""

REASONS: Final = {
    "Self-intersection": N_("it crosses itself"),
    "Ring Self-intersection": N_("a ring touches itself"),
    "Hole lies outside shell": N_("a hole lies outside"),
    "Holes are nested": N_("a hole lies in a hole"),
    "Interior is disconnected": N_("its inside is cut apart"),
    "Nested shells": N_("one part lies in another"),
    "Duplicate Rings": N_("a ring is drawn twice"),
    "Too few points in geometry component": N_("it has too few corners"),
    "Invalid Coordinate": N_("a corner is no number"),
    "Ring is not closed": N_("a ring is not closed"),
}
"""What GEOS says of an outline that is no area, in words of ours."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an outline is not valid, and where."""

    which: int
    reason: str
    """In the words of GEOS: ``Self-intersection``, ``Holes are nested`` …"""
    at: tuple[float, float] | None
    """None where the coordinates themselves are none."""


def faults(shapes: Shapes) -> list[Fault]:
    """
    Find the shapes that are not valid (OGC Simple Features 1.2.1, section 6.1.11).

    Parameters
    ----------
    shapes
        Shape (n,). Any kind, any plane; a missing one is passed over.

    Returns
    -------
    found
        In order; of several faults of a shape the first that GEOS meets.
    """
    wrong = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
    return [
        _fault(which, str(said))
        for which, said in zip(
            wrong.tolist(), shapely.is_valid_reason(shapes[wrong]).tolist(), strict=True
        )
    ]


def mended(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Make an outline valid by its structure: outer rings hold land, inner ones hold none."""
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(list(shapely.orient_polygons(np.array(parts), exterior_cw=False)))


def _fault(which: int, said: str) -> Fault:
    found = PLACE.fullmatch(said)
    reason, x, y = found.groups() if found else (said, None, None)
    at = None if x is None or y is None else (float(x), float(y))
    if at is not None and not np.isfinite(at).all():
        at = None
    return Fault(which, str(reason).strip(), at)
