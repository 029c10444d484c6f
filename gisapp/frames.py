"""Arrays and shapes between degrees and metres."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

Array = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


@lru_cache(maxsize=16)
def _between(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def to_metres(xy: Array, srid: int) -> Array:
    """Project longitude/latitude, shape (n, 2), into the metres of ``srid``."""
    return _project(xy, 4326, srid)


def to_degrees(xy: Array, srid: int) -> Array:
    """Bring metres of ``srid``, shape (n, 2), back to longitude/latitude."""
    return _project(xy, srid, 4326)


def shapes_to_metres(shapes: npt.ArrayLike, srid: int) -> Shapes:
    """Project shapes in longitude/latitude into the metres of ``srid``."""
    return _transform(shapes, 4326, srid)


def shapes_to_degrees(shapes: npt.ArrayLike, srid: int) -> Shapes:
    """Bring shapes in the metres of ``srid`` back to longitude/latitude."""
    return _transform(shapes, srid, 4326)


def _project(xy: Array, source: int, target: int) -> Array:
    xy = np.asarray(xy, np.float64).reshape(-1, 2)
    x, y = _between(source, target).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([x, y]).astype(np.float64)


def _transform(shapes: npt.ArrayLike, source: int, target: int) -> Shapes:
    array: Any = np.asarray(shapes, dtype=object)
    moved: Any = shapely.transform(array, lambda xy: _project(xy, source, target))
    return np.asarray(moved, dtype=object)
