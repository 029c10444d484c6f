"""Narrow strips between shapes given to one of them, with borders that match to the last digit."""

import numpy as np
import shapely
from scipy.spatial import KDTree
from shapely import STRtree

from gisapp.core.edges import misfits
from gisapp.core.world import Array, Shapes

HAIRS = 4.0
"""Quanta within which a corner is put onto a neighbour's edge."""

Changed = dict[int, shapely.Geometry]
"""Shapes by their position."""


def filled(
    shapes: Shapes, beside: tuple[int, ...], land: shapely.Geometry, reach: float, quantum: float
) -> Changed | None:
    """
    Give a strip that lies between shapes to the one it borders on most.

    Parameters
    ----------
    shapes
        Shape (n,). Valid polygons.
    beside
        Positions of those that leave the strip.
    land
        The strip.
    reach
        In the unit of ``shapes``: how far away shapes are neighbours.
    quantum
        In the unit of ``shapes``: corners closer than this are one.

    Returns
    -------
    changed
        The shape that took it and those that got corners of it; None where this would leave
        something that does not fit and did fit before.
    """
    edge = shapely.buffer(land, quantum)
    border = shapely.length(shapely.intersection(shapely.boundary(shapes[list(beside)]), edge))
    to = beside[int(border.argmax())]
    grown = shapely.union(shapes[to], shapely.buffer(land, quantum / 2, join_style="mitre"))
    others = np.delete(np.array(beside), int(border.argmax()))
    grown = _without(grown, shapely.union_all(shapes[others]), quantum)
    return _fitted(shapes, to, grown, reach, quantum)


def parted(shapes: Shapes, first: int, second: int, reach: float, quantum: float) -> Changed | None:
    """Leave land that two shapes claim to the first; parameters and result as of `filled`."""
    rest = _without(shapes[second], shapes[first], quantum)
    return _fitted(shapes, second, rest, reach, quantum)


def _without(shape: shapely.Geometry, other: shapely.Geometry, quantum: float) -> shapely.Geometry:
    # A hair more than the other: else spikes without width stay along its border.
    wide = shapely.buffer(other, quantum, join_style="mitre", mitre_limit=2.0)
    return shapely.difference(shape, wide)


def _fitted(
    shapes: Shapes, which: int, made: shapely.Geometry, reach: float, quantum: float
) -> Changed | None:
    """Put ``made`` in the place of a shape and match its neighbours' corners, if that fits."""
    tree = STRtree(shapes)
    near = np.unique(tree.query(shapely.union(made, shapes[which]), "dwithin", distance=reach))
    ring = np.unique(tree.query(shapes[near], "dwithin", distance=reach)[1])
    after = shapes.copy()
    hair = HAIRS * quantum
    others = near[near != which]
    corners = shapely.get_coordinates(shapes[others])
    made = _onto(_whole(made), corners, hair)
    own = shapely.get_coordinates(made)
    after[which] = made
    after[others] = [_with_corners(shape, own, hair) for shape in shapes[others]]
    if not shapely.is_valid(after[near]).all() or shapely.is_empty(after[near]).any():
        return None
    was, is_ = (misfits(all_[ring], reach, quantum).which for all_ in (shapes, after))
    if not set(is_.tolist()) <= set(was.tolist()):
        return None
    differs = ~shapely.equals_exact(after[near], shapes[near], 0.0)
    return {int(at): after[at] for at in near[differs]}


def _onto(made: shapely.MultiPolygon, corners: Array, hair: float) -> shapely.MultiPolygon:
    """Give an outline the corners of its neighbours, to the last digit."""
    away, nearest = KDTree(corners).query(shapely.get_coordinates(made))
    moved = np.where((away <= hair)[:, None], corners[nearest], shapely.get_coordinates(made))
    put = shapely.set_coordinates(shapely.transform(made, np.copy), moved)
    return _with_corners(shapely.remove_repeated_points(put), corners, hair)


def _with_corners(shape: shapely.Geometry, corners: Array, hair: float) -> shapely.MultiPolygon:
    """Put corners that lie within a hair of an edge into the outline."""
    each = np.unique(corners, axis=0)
    points = np.asarray(shapely.points(each), dtype=object)
    points = points[shapely.dwithin(points, shapely.boundary(shape), hair)]
    parts = [
        shapely.Polygon(
            _ring(part.exterior, points, hair), [_ring(r, points, hair) for r in part.interiors]
        )
        for part in shapely.get_parts(shape)
    ]
    return _whole(shapely.MultiPolygon(parts))


def _ring(ring: shapely.LinearRing, points: Shapes, hair: float) -> Array:
    xy = shapely.get_coordinates(ring)
    new = points[shapely.dwithin(points, ring, hair)]
    if len(new):
        known, _ = KDTree(xy).query(shapely.get_coordinates(new))
        new = new[known > hair]
    if not len(new):
        return xy
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    at = shapely.line_locate_point(ring, new)
    where = np.searchsorted(along, at)
    order = np.argsort(at, kind="stable")
    made: Array = np.insert(xy, where[order], shapely.get_coordinates(new)[order], axis=0)
    return made


def _whole(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(
        list(shapely.orient_polygons(np.array(parts, dtype=object), exterior_cw=False))
    )
