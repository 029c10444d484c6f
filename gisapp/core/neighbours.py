"""Which grids are neighbours, as a sparse matrix: those that touch, the nearest, the near."""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array, eye_array
from scipy.spatial import KDTree

GAP_DEG: Final = 1e-7
"""About one centimetre of longitude or latitude: closer than this is rounding, not a gap."""


def queen(shapes: npt.NDArray[np.object_], gap: float = 0.0) -> csr_array:
    """
    Find which shapes touch each other, be it in a single point.

    Parameters
    ----------
    shapes
        Shape (n,). Polygons, any system. A missing or empty one has no neighbours.
    gap
        In the unit of ``shapes``. Two shapes no farther apart than this touch; 0 means
        that they must share a point. Overlapping shapes touch.

    Returns
    -------
    near
        Shape (n, n). 1 where two shapes touch, symmetrical, 0 on the diagonal; the
        columns of each row are sorted.
    """
    n = len(shapes)
    tree = shapely.STRtree(shapes)
    if gap > 0:
        one, other = tree.query(shapes, predicate="dwithin", distance=gap)
    else:
        one, other = tree.query(shapes, predicate="intersects")
    # One half decides for both, so that rounding cannot make the answer one-sided.
    half = one < other
    low, high = one[half], other[half]
    ends = (np.concatenate([low, high]), np.concatenate([high, low]))
    near = csr_array((np.ones(2 * low.size), ends), shape=(n, n))
    near.sort_indices()
    return near


def nearest(points: npt.NDArray[np.float64], k: int) -> csr_array:
    """
    Find the ``k`` nearest of each point.

    Parameters
    ----------
    points
        Shape (n, 2). Metres; nan for a point without a place, which has no neighbours.
    k
        At least 1; points with fewer others have all of them.

    Returns
    -------
    near
        Shape (n, n). 1 where the column's point is among the row's nearest, which need
        not be mutual. Of points equally far, to a millimetre, the first ones are taken.
    """
    n = len(points)
    there = np.flatnonzero(np.isfinite(points).all(axis=1))
    k = min(k, there.size - 1)
    if k < 1:
        return csr_array((n, n))
    # Twice as many, so that those equally far as the last are seen and the first are taken.
    away, other = KDTree(points[there]).query(points[there], k=min(2 * k + 2, there.size))
    away = np.where(other == np.arange(there.size)[:, np.newaxis], np.inf, np.round(away, 3))
    chosen = np.lexsort((other, away), axis=1)[:, :k]
    rows = np.repeat(there, k)
    columns = there[np.take_along_axis(other, chosen, axis=1)].ravel()
    near = csr_array((np.ones(rows.size), (rows, columns)), shape=(n, n))
    near.sort_indices()
    return near


def band(points: npt.NDArray[np.float64], radius_m: float) -> csr_array:
    """
    Find all others within a distance of each point.

    Parameters
    ----------
    points
        Shape (n, 2). Metres; nan for a point without a place, which has no neighbours.
    radius_m
        Above 0; a point exactly so far away is within.

    Returns
    -------
    near
        Shape (n, n). 1 where two points are no farther apart, symmetrical, 0 on the
        diagonal. A point with nobody so near has an empty row: an island.
    """
    n = len(points)
    there = np.flatnonzero(np.isfinite(points).all(axis=1))
    pairs = KDTree(points[there]).query_pairs(radius_m, output_type="ndarray")
    low, high = there[pairs].reshape(-1, 2).T
    ends = (np.concatenate([low, high]), np.concatenate([high, low]))
    near = csr_array((np.ones(2 * low.size), ends), shape=(n, n))
    near.sort_indices()
    return near


def islands(star: csr_array) -> npt.NDArray[np.int64]:
    """Return the grids of ``star`` whose only neighbour is themselves."""
    alone: npt.NDArray[np.int64] = np.flatnonzero(np.diff(star.indptr) == 1)
    return alone


def with_self(near: csr_array) -> csr_array:
    """Return ``near`` with 1 on the diagonal: each grid belongs to its own neighbourhood."""
    star = csr_array(near + eye_array(near.shape[0], format="csr"))
    star.data[:] = 1.0
    star.sort_indices()
    return star
