"""The square world of Web Mercator, and shapes in it as flat arrays that tiles are cut from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import shapely

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]
Box = tuple[float, float, float, float]
"""Least x, least y, most x, most y."""

NORTHERNMOST: Final = 85.0511287798066
"""Latitude at which the square world ends."""

SIMPLIFIED: Final = (8, 10, 12)
"""Zooms for which a level is simplified; a tile takes the first that is not coarser."""

HALF_PIXEL: Final = 1 / 512
"""Of a tile's side: what is smaller than this is not seen."""

THINNED: Final = (8, 10, 12, 14)
"""The same for roads and water, which are drawn wider than what is lost."""

AN_AREA: Final = 2
"""Dimensions of what has an inside."""

MISSING: Final = -1
"""Kind of what is no shape at all."""

IN_A_CELL: Final = 4
"""About how many shapes lie in one cell of the index."""


def project(lonlat: Array) -> Array:
    """Bring longitude/latitude, shape (n, 2), into the unit square; y grows southwards."""
    latitude = np.radians(np.clip(lonlat[:, 1], -NORTHERNMOST, NORTHERNMOST))
    x = lonlat[:, 0] / 360 + 0.5
    y = 0.5 - np.arctanh(np.sin(latitude)) / (2 * np.pi)
    return np.column_stack([x, y])


def unproject(xy: Array) -> Array:
    """Bring points of the unit square back to longitude/latitude."""
    latitude = np.degrees(np.arctan(np.sinh((0.5 - xy[:, 1]) * 2 * np.pi)))
    return np.column_stack([(xy[:, 0] - 0.5) * 360, latitude])


def detail(zoom: int, steps: Sequence[int] = SIMPLIFIED) -> int | None:
    """Name the zoom for which a tile's shapes are simplified; None for not at all."""
    return next((fits for fits in steps if zoom <= fits), None)


@dataclass(frozen=True, slots=True)
class Rings:
    """Polygons taken apart; the rings of a shape follow one another, outer before inner."""

    xy: Array
    """Corners of all rings, shape (n, 2); a ring ends where it began."""
    ring: Ints
    """Where each ring begins in ``xy``, and at last its length; the others alike."""
    part: Ints
    shape: Ints

    @classmethod
    def of(cls, shapes: Shapes) -> Self:
        """Take polygons apart; an empty one, or None, has no rings."""
        if not len(shapes):
            nothing = np.zeros(1, np.int64)
            return cls(np.zeros((0, 2)), nothing, nothing, nothing)
        made: Any = shapely.to_ragged_array(shapes)
        ring, part, *shape = (np.asarray(each, np.int64) for each in made[2])
        # Polygons alone come without a level for the parts of a shape: each has one.
        whose = shape[0] if shape else np.arange(len(part))
        return cls(np.ascontiguousarray(made[1], np.float64), ring, part, whose)

    def __len__(self) -> int:
        return len(self.shape) - 1

    def first(self, positions: Ints) -> Ints:
        """Say where shapes begin in ``xy``; the next one's beginning is the end."""
        return self.ring[self.part[self.shape[positions]]]

    def take(self, positions: Ints) -> Shapes:
        """Put some of the shapes together again."""
        parts, shape = _ranges(self.shape, positions)
        rings, part = _ranges(self.part, parts)
        corners, ring = _ranges(self.ring, rings)
        kind = shapely.GeometryType.MULTIPOLYGON
        found: Any = shapely.from_ragged_array(kind, self.xy[corners], (ring, part, shape))
        return np.asarray(found, dtype=object)


@dataclass(frozen=True, slots=True)
class Cells:
    """Shapes by the cell in which the middle of their bounds lies; see `index`."""

    at: Array
    """Least x and y of all middles, the sides of a cell, half the sides of the largest bounds."""
    across: int
    """Cells in a row, and rows."""
    first: Ints
    """Where each cell begins in ``order``, row by row, and at last its length."""
    order: Ints
    """Positions of shapes."""


def index(bounds: Array) -> Cells:
    """Sort shapes into cells by their bounds, shape (n, 4); nan has none."""
    there = np.flatnonzero(~np.isnan(bounds[:, 0]))
    if not len(there):
        return Cells(np.array([0.0, 0, 1, 1, 0, 0]), 1, np.zeros(2, np.int64), there)
    low, high = bounds[there, :2], bounds[there, 2:]
    middle, half = (low + high) / 2, ((high - low) / 2).max(axis=0)
    across = max(1, int(np.sqrt(len(there) / IN_A_CELL)))
    least = middle.min(axis=0)
    side = np.maximum((middle.max(axis=0) - least) / across, np.finfo(float).tiny)
    column, row = np.minimum((middle - least) / side, across - 1).astype(np.int64).T
    cell = row * across + column
    first = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=across * across))])
    order = there[np.argsort(cell, kind="stable")]
    return Cells(np.concatenate([least, side, half]), across, first, order)


@dataclass(frozen=True, slots=True)
class World:
    """Shapes in the unit square with their bounds; projected once, cut for every tile."""

    bounds: Array
    """Shape (n, 4); nan where a shape is empty."""
    cells: Cells
    rings: Rings | None
    """Where all are polygons."""
    others: Shapes | None
    """Where not."""

    @classmethod
    def of(cls, lonlat: npt.ArrayLike) -> Self:
        """Project shapes in longitude/latitude."""
        shapes: Any = np.asarray(lonlat, dtype=object)
        if not _polygons(shapes):
            return cls.made(np.asarray(shapely.transform(shapes, project), dtype=object))
        flat = Rings.of(shapes)
        return cls.flat(Rings(project(flat.xy), flat.ring, flat.part, flat.shape))

    @classmethod
    def made(cls, shapes: Shapes) -> Self:
        """Take shapes that are in the unit square already."""
        if _polygons(shapes):
            return cls.flat(Rings.of(shapes))
        bounds = shapely.bounds(shapes)
        return cls(bounds, index(bounds), None, shapes)

    @classmethod
    def flat(cls, rings: Rings) -> Self:
        """Take rings that are in the unit square already."""
        first = rings.first(np.arange(len(rings) + 1))
        there = np.flatnonzero(np.diff(first))
        bounds = np.full((len(rings), 4), np.nan)
        if len(there):
            # What has no corners takes none of its neighbour's: only the others are reduced.
            bounds[there, :2] = np.minimum.reduceat(rings.xy, first[there])
            bounds[there, 2:] = np.maximum.reduceat(rings.xy, first[there])
        return cls(bounds, index(bounds), rings, None)

    def __len__(self) -> int:
        return len(self.bounds)

    @property
    def shapes(self) -> Shapes:
        """All shapes, put together when asked for."""
        return self.take(np.arange(len(self)))

    def take(self, positions: Ints) -> Shapes:
        """Return some of the shapes."""
        if self.rings is not None:
            return self.rings.take(positions)
        assert self.others is not None  # noqa: S101  # one of the two is there
        return self.others[positions]

    def simplified(self, zoom: int) -> Self:
        """Drop the corners nobody sees at ``zoom``; what neighbours share they go on sharing."""
        if not len(self):
            return self
        tolerance = HALF_PIXEL / 2**zoom
        return self.made(np.asarray(shapely.coverage_simplify(self.shapes, tolerance), object))

    def thinned(self, zoom: int) -> Self:
        """Drop the corners nobody sees at ``zoom``, each shape by itself: no border is shared."""
        shapes, tolerance = self.shapes, HALF_PIXEL / 2**zoom
        areas = shapely.get_dimensions(shapes) == AN_AREA
        # Only an area can come to cross itself; to watch over that takes ten times as long.
        shapes[areas] = shapely.simplify(shapes[areas], tolerance)
        shapes[~areas] = shapely.simplify(shapes[~areas], tolerance, preserve_topology=False)
        return self.made(shapes)

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        if self.rings is not None:
            return 16 * len(self.rings.xy) + 96 * len(self)
        return 16 * int(shapely.get_num_coordinates(self.others).sum()) + 400 * len(self)


def _polygons(shapes: Shapes) -> bool:
    kinds = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON, MISSING)
    return bool(np.isin(shapely.get_type_id(shapes), kinds).all())


def _ranges(first: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """List what lies in the wanted ranges, and where each of them begins in that list."""
    begin, many = first[wanted], first[wanted + 1] - first[wanted]
    ends = np.concatenate([[0], np.cumsum(many)])
    return np.repeat(begin - ends[:-1], many) + np.arange(ends[-1]), ends
