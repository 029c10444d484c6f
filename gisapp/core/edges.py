"""Polygons that do not fit their neighbours, found by their edges.

Where neighbours fit, every edge between them is met once in each direction. A table of edges shows
this for a whole city in one pass; GEOS is asked only about the few shapes that have another edge.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.core import edges_kernels as kernels
from gisapp.core.world import Array, Ints, Rings, Shapes

Flags = npt.NDArray[np.bool_]

QUICK: Final = 200_000
"""Corners from which the kernels are faster than the plain way, their loading counted in."""

FEW: Final = 10_000
"""Shapes up to which a tree finds neighbours soon enough."""

BITS: Final = 31
"""Of a coordinate in whole quanta: two of them make one number."""

IN_A_CELL: Final = 4
"""About how many shapes have their middle in one cell, when neighbours are looked for."""


@dataclass(frozen=True, slots=True)
class Misfits:
    """Shapes that do not fit a neighbour, and their edges that show it."""

    which: Ints
    """Positions, in order."""
    edges: Shapes
    """Lines; where another shape lies across, beside, or too near."""


def misfits(shapes: Shapes, gap: float, quantum: float) -> Misfits:
    """
    Find the shapes that overlap a neighbour or leave a narrow gap to it.

    Parameters
    ----------
    shapes
        Shape (n,). Valid polygons in any plane; a missing or empty one fits everywhere.
    gap
        In the unit of ``shapes``. Shapes that are apart, but no farther, leave a gap.
    quantum
        In the unit of ``shapes``. Corners that round to the same multiple are one corner to
        the table of edges; what is smaller is rounding, not a fault.

    Returns
    -------
    Misfits
        The same as GEOS says of all shapes (`shapely.coverage_invalid_edges`), but for
        differences below ``quantum``.

    Notes
    -----
    GEOS flags a shape only when one of its edges has no counterpart, and looks for the reason
    among shapes whose bounds are no farther than ``gap``. Shapes all of whose edges are matched
    are passed over, but for those that lie near one that is not.
    """
    rings = Rings.of(shapes)
    low, quantum = _raster(rings, quantum)
    suspect = _unmatched(rings, low, quantum)
    if not suspect.any():
        return Misfits(np.zeros(0, np.int64), np.zeros(0, object))
    near = np.flatnonzero(_beside(shapely.bounds(shapes), suspect, gap))
    snapped = shapely.transform(
        shapes[near], lambda xy: low + np.rint((xy - low) / quantum) * quantum
    )
    edges = shapely.coverage_invalid_edges(snapped, gap_width=gap)
    # The neighbours of a suspect have lost their own: what GEOS says of them does not count.
    wrong = suspect[near] & ~shapely.is_empty(edges)
    return Misfits(near[wrong], edges[wrong])


def unmatched(rings: Rings, quantum: float, *, quick: bool | None = None) -> Flags:
    """
    Tell which shapes have an edge that is not met exactly once in each direction.

    Parameters
    ----------
    rings
        Of n shapes.
    quantum
        Corners that round to the same multiple of it are one. Shapes that reach over more than
        2³¹ of it are rounded more.
    quick
        Whether to use the kernels. They and the plain way give the same answer; by default the
        faster one is taken.

    Returns
    -------
    unmatched
        Shape (n,).
    """
    return _unmatched(rings, *_raster(rings, quantum), quick=quick)


def _raster(rings: Rings, quantum: float) -> tuple[Array, float]:
    """Return where the whole multiples begin, and the one by which the table can count."""
    if not len(rings.xy):
        return np.zeros(2), quantum
    low: Array = rings.xy.min(axis=0)
    return low, max(quantum, float((rings.xy.max(axis=0) - low).max()) / (2**BITS - 1))


def _unmatched(rings: Rings, low: Array, quantum: float, *, quick: bool | None = None) -> Flags:
    if len(rings.xy) < QUICK if quick is None else not quick:
        return _plainly(rings, low, quantum)
    # At least every tenth line of the table stays free, so that searches end soon.
    bits = max(4, math.ceil(math.log2(1.1 * len(rings.xy))))
    found: Flags = kernels.unmatched(
        rings.xy, rings.ring, rings.part, rings.shape, low, quantum, bits
    )
    return found


def _plainly(rings: Rings, low: Array, quantum: float) -> Flags:
    whole = np.rint((rings.xy - low) / quantum).astype(np.int64)
    corner = (whole[:, 0] << BITS) | whole[:, 1]
    ring = np.repeat(np.arange(len(rings.ring) - 1), np.diff(rings.ring))
    owner = np.repeat(np.arange(len(rings)), np.diff(rings.first(np.arange(len(rings) + 1))))
    outer = np.zeros(len(rings.ring) - 1, bool)
    outer[rings.part[:-1][np.diff(rings.part) > 0]] = True
    here = rings.xy - rings.xy[rings.ring[:-1]][ring]
    real = (ring[:-1] == ring[1:]) & (corner[:-1] != corner[1:])
    turn = here[:-1, 0] * here[1:, 1] - here[1:, 0] * here[:-1, 1]
    area = np.bincount(ring[:-1], np.where(ring[:-1] == ring[1:], turn, 0), len(outer))
    left = ((area > 0) == outer)[ring[:-1][real]]
    a, b, owner = corner[:-1][real], corner[1:][real], owner[:-1][real]
    forward = (a < b) == left
    edge = np.column_stack([np.minimum(a, b), np.maximum(a, b)])
    _, which = np.unique(edge, axis=0, return_inverse=True)
    each = which.ravel()
    forth = np.bincount(each, forward)
    back = np.bincount(each) - forth
    found = np.zeros(len(rings), bool)
    found[owner[((forth != 1) | (back != 1))[each]]] = True
    return found


def _beside(bounds: Array, chosen: Flags, away: float) -> Flags:
    """Tell which shapes are chosen or may lie within ``away`` of one that is."""
    if len(bounds) < FEW:
        near = np.zeros(len(bounds), bool)
        tree = shapely.STRtree(np.asarray(shapely.box(*bounds.T), dtype=object))
        wide = shapely.box(*(bounds[chosen, :2] - away).T, *(bounds[chosen, 2:] + away).T)
        near[tree.query(wide)[1]] = True
        return near
    across = max(1, int(math.sqrt(len(bounds) / IN_A_CELL)))
    low = np.nanmin(bounds[:, :2], axis=0)
    side = np.maximum((np.nanmax(bounds[:, 2:], axis=0) - low) / across, np.finfo(float).tiny)
    found: Flags = kernels.beside(bounds, chosen, away, np.concatenate([low, side]), across)
    return found
