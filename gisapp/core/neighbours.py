"""Which grids touch, as a sparse matrix."""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array, eye_array

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


def with_self(near: csr_array) -> csr_array:
    """Return ``near`` with 1 on the diagonal: each grid belongs to its own neighbourhood."""
    star = csr_array(near + eye_array(near.shape[0], format="csr"))
    star.data[:] = 1.0
    star.sort_indices()
    return star
