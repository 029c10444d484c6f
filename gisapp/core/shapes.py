"""Findings about boundaries and what lies above them: land in no grid, grids beyond their parent.

Shapes are compared in the coordinates they are stored in, where edges that were drawn alike are
alike; what is found is measured in metres. A long edge is straight in one of the two only, and
comparing projected shapes would find slivers that nobody drew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

Shapes = npt.NDArray[np.object_]
Measure = Callable[[Shapes], Shapes]
"""Brings shapes into metres."""


def as_they_are(shapes: Shapes) -> Shapes:
    """Measure shapes that are in metres already."""
    return shapes


POLYGON: Final = 2

LEAST_M2: Final = 1.0
"""Smaller pieces are rounding, not faults, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """Land of one shape that another does not hold."""

    which: int
    area_m2: float
    pieces: int
    reach_m: float
    """How far the land reaches beyond the other shape."""
    at: tuple[float, float]
    """A point of its largest piece, in the coordinates of the shapes."""


def uncovered(
    parents: Shapes, shapes: Shapes, metres: Measure = as_they_are, least_m2: float = LEAST_M2
) -> list[Leftover]:
    """
    Find the land of each parent that lies in no shape.

    Parameters
    ----------
    parents
        Shape (m,). Valid polygons; a parent may be None and is passed over.
    shapes
        Shape (n,). Valid polygons.
    metres
        Brings shapes into metres.
    least_m2
        Smaller pieces do not count.

    Returns
    -------
    found
        One entry a parent with land left over, in the order of ``parents``.
    """
    tree = STRtree(shapes)
    found = []
    for which, parent in _present(parents):
        near = shapes[tree.query(parent, predicate="intersects")]
        rest = shapely.difference(parent, shapely.union_all(near)) if near.size else parent
        if entry := _leftover(which, rest, None, metres, least_m2):
            found.append(entry)
    return found


def outside(
    shapes: Shapes, parents: Shapes, metres: Measure = as_they_are, least_m2: float = LEAST_M2
) -> list[Leftover]:
    """
    Find the shapes that leave their parent.

    Parameters
    ----------
    shapes
        Shape (n,). Valid polygons.
    parents
        Shape (n,). The parent of each, or None where it has no shape.
    metres
        Brings shapes into metres.
    least_m2
        Smaller pieces do not count.

    Returns
    -------
    found
        One entry a shape that leaves its parent, in the order of ``shapes``.
    """
    known = np.array([parent is not None for parent in parents], dtype=bool)
    where = np.flatnonzero(known)
    covered = shapely.covered_by(shapes[where], parents[where])
    found = []
    for which in where[~covered]:
        rest = shapely.difference(shapes[which], parents[which])
        if entry := _leftover(int(which), rest, parents[which], metres, least_m2):
            found.append(entry)
    return found


def _present(parents: Shapes) -> Iterator[tuple[int, shapely.Geometry]]:
    return ((which, parent) for which, parent in enumerate(parents) if parent is not None)


def _leftover(
    which: int,
    rest: shapely.Geometry,
    beyond: shapely.Geometry | None,
    metres: Measure,
    least_m2: float,
) -> Leftover | None:
    pieces = surfaces(rest)
    measured = metres(pieces)
    large = shapely.area(measured) >= least_m2
    pieces, measured = pieces[large], measured[large]
    if not pieces.size:
        return None
    areas, reach = shapely.area(measured), 0.0
    if beyond is not None:
        (outline,) = metres(np.array([beyond], dtype=object))
        corners = shapely.points(shapely.get_coordinates(measured))
        reach = float(shapely.distance(corners, outline).max())
    at = inside(pieces[areas.argmax()])
    return Leftover(which, float(areas.sum()), int(pieces.size), reach, at)


def surfaces(shape: shapely.Geometry) -> Shapes:
    """Return the polygons among the parts of a shape."""
    pieces = shapely.get_parts(shape)
    found: Shapes = pieces[shapely.get_dimensions(pieces) == POLYGON]
    return found


def inside(shape: shapely.Geometry) -> tuple[float, float]:
    """Return a point that surely lies in a shape."""
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)
