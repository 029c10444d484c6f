"""Which polygon holds each of many points.

The rule of the border: a polygon holds what lies in it and on its edge, and a point that several
hold belongs to the first of them. So a point on a shared edge lies in exactly one grid, and in the
same one whichever way it is found.
"""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import shapely

from gisapp.core import join_kernels as kernels
from gisapp.core.world import Array, Ints, Rings, Shapes

NOWHERE: Final = -1
"""No polygon holds the point."""

UNSURE: Final = -2

QUICK: Final = 50_000
"""Points from which the kernels are faster than the plain way, their loading counted in."""

HALF: Final = 0.5
"""Side of a cell ÷ that of a polygon's bounds, in the middle: few polygons share a cell."""


@dataclass(frozen=True, slots=True)
class Land:
    """Polygons, ready to be asked which of them holds a point."""

    shapes: Shapes
    """Shape (m,). Valid polygons, any plane; a missing or empty one holds nothing."""
    rings: Rings
    bounds: Array

    @classmethod
    def of(cls, shapes: Shapes) -> Self:
        """Take polygons apart."""
        return cls(shapes, Rings.of(shapes), shapely.bounds(shapes))

    def hold(self, x: Array, y: Array, *, quick: bool | None = None) -> Ints:
        """
        Find the polygon that holds each point.

        Parameters
        ----------
        x, y
            Shape (n,). In the plane of the polygons; nan is nowhere.
        quick
            Whether to use the kernels. They and the plain way give the same answer; by
            default the faster one is taken.

        Returns
        -------
        home
            Shape (n,). Positions in ``shapes``, or `NOWHERE`. A point on an edge is held;
            of several polygons that hold it the first is taken.

        Notes
        -----
        Crossing test (Shimrat 1962, Communications of the ACM 5(8), 434) within cells of the
        plane. Where rounding could decide, GEOS does, whose orientation is exact.
        """
        if not len(self.rings.xy) or not len(x):
            return np.full(len(x), NOWHERE, np.int64)
        if len(x) < QUICK if quick is None else not quick:
            return _plainly(self.shapes, x, y)
        home = self._quickly(x, y)
        unsure = np.flatnonzero(home == UNSURE)
        if len(unsure):
            home[unsure] = _plainly(self.shapes, x[unsure], y[unsure])
        return home

    def _quickly(self, x: Array, y: Array) -> Ints:
        bounds = self.bounds
        wide, high = np.nanmedian(bounds[:, 2:] - bounds[:, :2], axis=0)
        least, most = np.nanmin(bounds[:, :2], axis=0), np.nanmax(bounds[:, 2:], axis=0)
        whole = np.maximum(most - least, np.finfo(float).tiny)
        # No more cells than four for each polygon and for each point: they must pay.
        coarsest = math.sqrt(whole[0] * whole[1] / (4 * min(len(bounds), len(x)) + 4))
        side = HALF * np.array([wide, high])
        side = np.maximum(np.where(side[0] * side[1] < coarsest**2, coarsest, side), whole / 2**15)
        across, down = (int(many) + 1 for many in whole / side)
        at = np.concatenate([least, side])
        first, order = kernels.fill(bounds, at, across, down)
        rings = self.rings
        begin = rings.part[rings.shape]
        # Columns of a table lie apart: the kernel would be compiled for them once more.
        x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
        home: Ints = kernels.hold(
            x, y, bounds, at, across, down, first, order, rings.xy, rings.ring, begin
        )
        return home


def _plainly(shapes: Shapes, x: Array, y: Array) -> Ints:
    home = np.full(len(x), len(shapes), np.int64)
    there = np.flatnonzero(~(np.isnan(x) | np.isnan(y)))
    # The tree holds the points and is asked with polygons, which shapely prepares.
    tree = shapely.STRtree(np.asarray(shapely.points(x[there], y[there]), dtype=object))
    one, point = tree.query(shapes, predicate="intersects")
    np.minimum.at(home, there[point], one)
    home[home == len(shapes)] = NOWHERE
    return home
