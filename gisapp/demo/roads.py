"""Roads along borders, and bridges: what makes a map look like a town."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from gisapp.demo.mesh import Mesh

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SIDES = ("", "东", "西", "南", "北", "中", "上", "下")
KINDS = ("大道", "路", "大街")
LONGEST_DEG = 0.016
"""A bridge is no longer, about 1,700 metres; its ends are degrees of latitude apart."""
APART_DEG = 0.012
"""Bridges are at least so far from each other, about 1,300 metres."""
MOSTLY = 0.97
"""Share of a bridge that is over water."""


@dataclass(frozen=True, slots=True)
class Line:
    """A road, a street or a water."""

    kind: str
    """road, street or water."""
    name: str
    shape: BaseGeometry
    area: int
    """Position of the county it belongs to; -1 for the whole city."""


def roads(net: Mesh, county: Ints, township: Ints, community: Ints, names: list[str]) -> list[Line]:
    """
    Lay roads between townships and streets between communities.

    Parameters
    ----------
    county, township, community
        Shape (n,). Where each cell belongs.
    names
        First parts of road names, used in turn.
    """
    one, two = net.side.T
    shared = one >= 0
    between_towns = shared & (township[one] != township[two])
    between_parts = shared & ~between_towns & (community[one] != community[two])
    home = np.zeros(township.max() + 1, dtype=np.int64)
    home[township] = county
    lines = []
    pairs = np.sort(np.column_stack((township[one], township[two]))[between_towns], axis=1)
    for i, (pair, course) in enumerate(_courses(net, between_towns, pairs)):
        lap, first = divmod(i, len(names))
        name = f"{names[first]}{SIDES[lap % len(SIDES)]}{KINDS[i % len(KINDS)]}"
        area = int(home[pair[0]]) if home[pair[0]] == home[pair[1]] else -1
        lines.append(Line("road", name, course, area))
    inside = township[one[between_parts]][:, None]
    lines += [
        Line("street", "", course, int(home[town]))
        for (town,), course in _courses(net, between_parts, inside)
    ]
    return lines


def bridges(net: Mesh, community: Ints, river: BaseGeometry, number: int, name: str) -> list[Line]:
    """Carry roads that end on opposite banks over the river, the shortest ways first."""
    one, two = net.side.T
    bank = np.zeros(len(net.point), dtype=bool)
    bank[net.edge[one < 0]] = True
    ends = np.unique(net.edge[(one >= 0) & (community[one] != community[two])])
    ends = ends[bank[ends]]
    flat = shapely.get_coordinates(shapely.points(net.point[ends]))
    flat[:, 0] *= np.cos(np.radians(flat[:, 1].mean()))
    pairs = cKDTree(flat).query_pairs(LONGEST_DEG, output_type="ndarray")
    if not len(pairs):
        return []
    spans = shapely.linestrings(net.point[ends][pairs])
    shapely.prepare(river)
    wet = shapely.length(shapely.intersection(spans, river)) / shapely.length(spans)
    length = np.hypot(*(flat[pairs[:, 0]] - flat[pairs[:, 1]]).T)
    middle = (flat[pairs[:, 0]] + flat[pairs[:, 1]]) / 2
    built: list[int] = []
    for i in np.argsort(length, kind="stable"):
        apart = all(np.hypot(*(middle[i] - middle[j])) > APART_DEG for j in built)
        if wet[i] > MOSTLY and apart:
            built.append(int(i))
        if len(built) == number:
            break
    order = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
    return [
        Line("road", f"{name}{order[i]}桥" if i < len(order) else f"{name}桥", spans[j], -1)
        for i, j in enumerate(sorted(built, key=lambda j: middle[j, 0]))
    ]


def _courses(net: Mesh, chosen: Flags, group: Ints) -> Iterator[tuple[Ints, BaseGeometry]]:
    """Join the chosen edges of each group into as few lines as there can be."""
    keys, which = np.unique(group, axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    edges = np.asarray(shapely.linestrings(net.point[net.edge[chosen][order]]))
    starts = np.searchsorted(which.ravel()[order], np.arange(len(keys) + 1))
    for key, (first, last) in zip(keys, pairwise(starts.tolist()), strict=True):
        yield key, shapely.line_merge(shapely.MultiLineString(list(edges[first:last])))
