"""Outlines that are no areas, each with the place of the fault."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisapp.core.world import Shapes

PLACE: Final = re.compile(r"(?P<reason>[^\[]*)(?:\[(?P<x>\S+) (?P<y>\S+?)(?: \S+)?\])?")
"""How GEOS says why and where."""


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
