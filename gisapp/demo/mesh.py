"""Cells that were cut apart, as one clean mesh: every shared border has the same points."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array, csr_array
from shapely.geometry.base import BaseGeometry

from gisapp.demo.field import Floats, Warp
from gisapp.demo.water import STEP_M

Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

SNAP_M = 1.0
"""Points closer than this are one point: what is left survives being bent and rounded."""
METRES_PER_DEGREE = 111_320.0
DECIMALS = 7
"""Of a degree: about a centimetre."""


@dataclass(frozen=True, slots=True)
class Projection:
    """From the drawing board (metres) to longitude and latitude: bent, then put on the globe."""

    warp: Warp
    lon: float
    lat: float

    def __call__(self, xy: Floats) -> Floats:
        """Return longitude and latitude of each place of ``xy``, shape (n, 2)."""
        bent = self.warp(xy)
        east = METRES_PER_DEGREE * np.cos(np.radians(self.lat))
        lonlat = np.column_stack(
            (self.lon + bent[:, 0] / east, self.lat + bent[:, 1] / METRES_PER_DEGREE)
        )
        rounded: Floats = np.round(lonlat, DECIMALS)
        return rounded

    def shape(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project one shape, with points often enough for its edges to bend."""
        often = geometry.segmentize(STEP_M)
        bent: BaseGeometry = shapely.make_valid(shapely.transform(often, self))
        return bent


@dataclass(frozen=True, slots=True)
class Mesh:
    """The cells in longitude and latitude, and the edges between them."""

    shape: Shapes
    """Shape (n,). Polygons; in the order of the cells."""
    point: Floats
    """Shape (p, 2). Every corner once, in longitude and latitude."""
    edge: Ints
    """Shape (e, 2). The two points of each edge, lower first."""
    side: Ints
    """Shape (e, 2). The cells on either side, lower first; -1 where there is only one."""

    def near(self) -> csr_array:
        """Return which cells share a point; no diagonal."""
        cells = np.repeat(self.side, 2, axis=0).ravel()
        points = np.repeat(self.edge, 2, axis=0).reshape(-1, 2, 2).swapaxes(1, 2).ravel()
        there = cells >= 0
        n = len(self.shape)
        touch = coo_array(
            (np.ones(there.sum()), (cells[there], points[there])), shape=(n, len(self.point))
        ).tocsr()
        near = (touch @ touch.T).tocoo()
        apart = near.row != near.col
        row, col = near.row[apart], near.col[apart]
        return coo_array((np.ones(row.size), (row, col)), shape=(n, n)).tocsr()


def mesh(cells: Shapes, project: Projection) -> Mesh:
    """Give cells that only nearly meet the same borders, then bend them onto the globe."""
    lines = shapely.union_all(shapely.boundary(cells), grid_size=SNAP_M)
    often = shapely.segmentize(shapely.get_parts(lines), STEP_M)
    faces = shapely.get_parts(shapely.polygonize(often))
    faces, owner = _owned(faces, cells)
    rings = shapely.get_rings(faces)
    face_of_ring = np.repeat(np.arange(len(faces)), 1 + shapely.get_num_interior_rings(faces))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    # Equal corners must stay equal to the last bit, so each is bent once.
    flat, index = np.unique(xy.view(np.complex128).ravel(), return_inverse=True)
    inside = ring[:-1] == ring[1:]
    edge = np.sort(np.column_stack((index[:-1], index[1:]))[inside], axis=1)
    edge_face = face_of_ring[ring[:-1][inside]]
    owner = _merged(shapely.area(faces), owner, edge, edge_face)
    edge, side = _sides(edge, owner[edge_face])

    point = project(np.column_stack((flat.real, flat.imag)))
    rings = np.asarray(shapely.linearrings(point[index], indices=ring))
    first = np.searchsorted(face_of_ring, np.arange(len(faces) + 1))
    shape = np.empty(len(cells), dtype=object)
    single = np.flatnonzero((np.diff(first) == 1) & (np.bincount(owner)[owner] == 1))
    shape[owner[single]] = shapely.polygons(rings[first[single]])
    for cell in np.flatnonzero(shape == None):  # noqa: E711  # an array compares each
        around = (side == cell).any(axis=1) & (side[:, 0] != side[:, 1])
        shape[cell] = shapely.build_area(shapely.multilinestrings([*point[edge[around]]]))
    apart = side[:, 0] != side[:, 1]
    return Mesh(shape, point, edge[apart], side[apart])


def _owned(faces: Shapes, cells: Shapes) -> tuple[Shapes, Ints]:
    """Keep the faces that lie in a cell, and say in which."""
    face, cell = shapely.STRtree(cells).query(shapely.point_on_surface(faces), "intersects")
    face, first = np.unique(face, return_index=True)
    return faces[face], cell[first]


def _merged(area: Floats, owner: Ints, edge: Ints, edge_face: Ints) -> Ints:
    """Leave each cell its largest face; a crumb goes to the neighbour it touches most."""
    order = np.lexsort((-area, owner))
    main = np.zeros(len(area), dtype=bool)
    main[order[np.unique(owner[order], return_index=True)[1]]] = True
    owner = owner.copy()
    for crumb in np.flatnonzero(~main):
        mine = edge[edge_face == crumb]
        shared = np.isin(edge[:, 0], mine) & np.isin(edge[:, 1], mine)
        beside = edge_face[shared & main[edge_face]]
        if beside.size:
            owner[crumb] = owner[np.bincount(beside).argmax()]
    return owner


def _sides(edge: Ints, cell: Ints) -> tuple[Ints, Ints]:
    edge, which, times = np.unique(edge, axis=0, return_inverse=True, return_counts=True)
    order = np.lexsort((cell, which.ravel()))
    first = np.concatenate(([0], np.cumsum(times)[:-1]))
    one = cell[order[first]]
    two = np.where(times > 1, cell[order[np.minimum(first + 1, order.size - 1)]], -1)
    return edge, np.sort(np.column_stack((one, two)), axis=1)
