"""Findings about boundaries: overlaps, land in no grid, grids that leave their parent.

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
Positions = npt.NDArray[np.int64]
Measure = Callable[[Shapes], Shapes]
"""Brings shapes into metres."""


def as_they_are(shapes: Shapes) -> Shapes:
    """Measure shapes that are in metres already."""
    return shapes


POLYGON: Final = 2

LEAST_M2: Final = 1.0
"""Smaller pieces are rounding, not faults."""

SLIVER_M: Final = 5.0
"""Gaps narrower than this between two grids are searched for even inside a clean outline."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two shapes that claim the same land."""

    first: int
    second: int
    area_m2: float
    at: tuple[float, float]
    """A point of the land in question, in the coordinates of the shapes."""


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


def overlaps(shapes: Shapes, metres: Measure = as_they_are) -> list[Overlap]:
    """
    Find the pairs of shapes that share land.

    Parameters
    ----------
    shapes
        Shape (n,). Valid polygons.
    metres
        Brings shapes into metres.

    Returns
    -------
    found
        Pairs with ``first < second``, the largest shared area first. Shapes that
        only touch do not overlap; less than `LEAST_M2` does not count.

    Notes
    -----
    Only shapes with an edge that its neighbours do not match can overlap, so
    the pairs are looked for among those and their neighbours.
    """
    if shapes.size < 2:  # noqa: PLR2004  # one shape has no pair
        return []
    suspect = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    tree = STRtree(shapes)
    rows, others = tree.query(shapes[suspect], predicate="intersects")
    first, second = suspect[rows], others
    pairs = np.unique(
        np.sort(np.column_stack([first, second])[first != second], axis=1), axis=0
    ).reshape(-1, 2)
    shared = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    areas = shapely.area(metres(shared))
    kept = np.flatnonzero(areas >= LEAST_M2)
    kept = kept[np.argsort(-areas[kept], kind="stable")]
    return [
        Overlap(int(pairs[k, 0]), int(pairs[k, 1]), float(areas[k]), _inside(shared[k]))
        for k in kept
    ]


def uncovered(parents: Shapes, shapes: Shapes, metres: Measure = as_they_are) -> list[Leftover]:
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
        if entry := _leftover(which, rest, None, metres):
            found.append(entry)
    return found


def outside(shapes: Shapes, parents: Shapes, metres: Measure = as_they_are) -> list[Leftover]:
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
        if entry := _leftover(int(which), rest, parents[which], metres):
            found.append(entry)
    return found


def slivers(shapes: Shapes, unit_m: float = 1.0) -> Positions:
    """
    Find the shapes that leave a gap narrower than `SLIVER_M` to a neighbour.

    Parameters
    ----------
    shapes
        Shape (n,). Valid polygons.
    unit_m
        Metres in one unit of their coordinates (a degree: 111,320).

    Returns
    -------
    positions
        In order. A shape that also overlaps a neighbour may be among them.
    """
    if shapes.size < 2:  # noqa: PLR2004  # one shape has no neighbour
        return np.zeros(0, np.int64)
    edges = shapely.coverage_invalid_edges(shapes, gap_width=SLIVER_M / unit_m)
    return np.flatnonzero(~shapely.is_empty(edges)).astype(np.int64)


def _present(parents: Shapes) -> Iterator[tuple[int, shapely.Geometry]]:
    return ((which, parent) for which, parent in enumerate(parents) if parent is not None)


def _leftover(
    which: int, rest: shapely.Geometry, beyond: shapely.Geometry | None, metres: Measure
) -> Leftover | None:
    pieces = shapely.get_parts(rest)
    pieces = pieces[shapely.get_dimensions(pieces) == POLYGON]
    measured = metres(pieces)
    large = shapely.area(measured) >= LEAST_M2
    pieces, measured = pieces[large], measured[large]
    if not pieces.size:
        return None
    areas, reach = shapely.area(measured), 0.0
    if beyond is not None:
        (outline,) = metres(np.array([beyond], dtype=object))
        corners = shapely.points(shapely.get_coordinates(measured))
        reach = float(shapely.distance(corners, outline).max())
    at = _inside(pieces[areas.argmax()])
    return Leftover(which, float(areas.sum()), int(pieces.size), reach, at)


def _inside(shape: shapely.Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)
