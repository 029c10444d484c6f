"""Where neighbouring shapes do not meet: land that two claim, and narrow strips that none does.

Shapes stay in the coordinates they are stored in, where edges that were drawn alike are alike;
what is found is measured in metres. A long edge is straight in one of the two only, and comparing
projected shapes would find strips that nobody drew.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from gisapp.core.edges import Misfits
from gisapp.core.shapes import Measure, inside, surfaces
from gisapp.core.world import Array, Ints, Shapes

MITRE = 5.0
"""How far a sharp corner may reach, in widths: what closes a strip must not make new points."""

FAR = 4.0
"""Gaps away from a bad edge, where strips at it cannot reach."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Land that two shapes claim."""

    first: int
    second: int
    area_m2: float
    width_m: float
    """Of a strip of the same area and outline."""
    same: bool
    """One shape stands twice."""
    at: tuple[float, float]
    """A point of the land in question, in the coordinates of the shapes."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A narrow piece of land between shapes, in none of them."""

    beside: tuple[int, ...]
    """The shapes that leave it, in order."""
    area_m2: float
    width_m: float
    at: tuple[float, float]
    land: shapely.Geometry
    """The piece itself, in the coordinates of the shapes."""


def overlaps(
    shapes: Shapes, misfits: Misfits, metres: Measure, least_m2: float, hair: float = 0.0
) -> list[Overlap]:
    """
    Find the pairs of shapes that share land.

    Parameters
    ----------
    shapes
        Shape (n,). Valid polygons.
    misfits
        Those of ``shapes`` that do not fit a neighbour.
    metres
        Brings shapes into metres.
    least_m2
        Smaller areas do not count.
    hair
        In the unit of ``shapes``: corners closer than this are one when shapes are the same.

    Returns
    -------
    found
        Pairs with ``first < second``, the largest shared area first. Shapes that only touch
        share none.
    """
    tree = STRtree(shapes)
    rows, others = tree.query(shapes[misfits.which], predicate="intersects")
    mine = misfits.which[rows]
    pairs: Ints = np.sort(np.column_stack([mine, others])[mine != others], axis=1)
    pairs = np.unique(pairs, axis=0).reshape(-1, 2)
    shared = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    measured = metres(shared)
    areas = shapely.area(measured)
    kept = np.flatnonzero(areas >= least_m2)
    kept = kept[np.argsort(-areas[kept], kind="stable")]
    width = _width(areas[kept], shapely.length(measured[kept]))
    same = shapely.equals_exact(
        shapely.normalize(shapes[pairs[kept, 0]]), shapely.normalize(shapes[pairs[kept, 1]]), hair
    )
    return [
        Overlap(int(one), int(other), float(area), float(wide), bool(twice), inside(piece))
        for (one, other), area, wide, twice, piece in zip(
            pairs[kept], areas[kept], width, same, shared[kept], strict=True
        )
    ]


def strips(
    shapes: Shapes,
    misfits: Misfits,
    metres: Measure,
    least_m2: float,
    gap: float,
    scale: tuple[float, float] = (1.0, 1.0),
) -> list[Strip]:
    """
    Find the land between shapes that is narrower than a gap and lies in none of them.

    Parameters
    ----------
    shapes, misfits, metres, least_m2
        As for `overlaps`.
    gap
        Metres. Wider land between shapes is no strip.
    scale
        Metres in a unit of x and of y: stretching keeps straight what is straight.

    Returns
    -------
    found
        The largest first.

    Notes
    -----
    A morphological closing: what is covered when all shapes grow by half a gap and shrink again,
    and was not before (Serra 1982, Image Analysis and Mathematical Morphology).
    """
    if not len(misfits.which):
        return []
    tree = STRtree(shapes)
    reach = gap / min(scale)
    _, around = tree.query(shapes[misfits.which], predicate="dwithin", distance=reach)
    stretch = np.asarray(scale)
    near = shapely.transform(shapes[np.unique(around)], lambda xy: xy * stretch)
    edges = shapely.transform(misfits.edges, lambda xy: xy * stretch)
    # Far from the bad edges nothing is looked for: what is cut there is not grown either.
    zone = shapely.union_all(shapely.buffer(edges, FAR * gap, quad_segs=2))
    land = shapely.union_all(shapely.intersection(near, zone))
    half = gap / 2 * (1 + 1e-6)  # a gap just as wide is closed too
    closed = _grown(_grown(land, half), -half)
    pieces = surfaces(shapely.difference(closed, land))
    # A sharp corner that comes back blunt is no land between shapes: that touches a bad edge.
    touched = np.unique(STRtree(edges).query(pieces, predicate="dwithin", distance=0.01)[0])
    pieces = shapely.transform(pieces[touched], lambda xy: xy / stretch)
    return _strips(shapes, tree, pieces, metres, least_m2, 0.01 / min(scale))


def _grown(land: shapely.Geometry, by: float) -> shapely.Geometry:
    return shapely.buffer(land, by, join_style="mitre", mitre_limit=MITRE)


def _strips(
    shapes: Shapes, tree: STRtree, pieces: Shapes, metres: Measure, least_m2: float, hair: float
) -> list[Strip]:
    # Around the piece may lie shapes farther in than its neighbours' neighbours: cut them out.
    row, other = tree.query(pieces, predicate="intersects")
    for at in np.unique(row):
        pieces[at] = shapely.difference(pieces[at], shapely.union_all(shapes[other[row == at]]))
    measured = metres(pieces)
    areas = shapely.area(measured)
    kept = np.flatnonzero(areas >= least_m2)
    kept = kept[np.argsort(-areas[kept], kind="stable")]
    width = _width(areas[kept], shapely.length(measured[kept]))
    row, other = tree.query(pieces[kept], predicate="dwithin", distance=hair)
    return [
        Strip(
            tuple(sorted(other[row == at].tolist())),
            float(areas[kept[at]]),
            float(width[at]),
            inside(pieces[kept[at]]),
            pieces[kept[at]],
        )
        for at in range(len(kept))
    ]


def _width(area: Array, outline: Array) -> npt.NDArray[np.float64]:
    """Return the width of a long strip that has this area and outline, in metres."""
    wide: npt.NDArray[np.float64] = np.divide(
        2 * area, outline, out=np.zeros(len(area)), where=outline > 0
    )
    return wide
