"""Gives counties, townships, communities and grids their codes and names."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.demo.names import Names
from gisapp.demo.order import places_in_parent

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Areas:
    """One level of the tree, by code."""

    code: list[str]
    name: list[str]
    parent: Ints
    """Position in the level above."""
    shape: Shapes


@dataclass(frozen=True, slots=True)
class Tree:
    """Where each grid belongs; every level in the order of its codes."""

    county: Ints
    """Shape (townships,)."""
    township: Ints
    """Shape (communities,)."""
    community: Ints
    """Shape (grids,)."""
    subdistrict: Flags
    """Shape (townships,). A subdistrict, else a town."""
    village: Flags
    """Shape (communities,). A village, else a community of residents."""


@dataclass(frozen=True, slots=True)
class Levels:
    """All levels of the city."""

    city: Areas
    counties: Areas
    townships: Areas
    communities: Areas
    grids: Areas


def levels(tree: Tree, grids: Shapes, names: Names, rng: np.random.Generator) -> Levels:
    """Name every level, and join the shapes of each from those of the level below."""
    community_shape = _joined(grids, tree.community)
    township_shape = _joined(community_shape, tree.township)
    county_shape = _joined(township_shape, tree.county)
    city_shape = _joined(county_shape, np.zeros(len(county_shape), dtype=np.int64))

    root = str(names["code"])
    county_code = [f"{root}{i + 1:02d}" for i in range(len(county_shape))]
    # 001-099 subdistricts, 100-199 towns (GB/T 10114).
    place = places_in_parent(2 * tree.county + ~tree.subdistrict)
    serial = np.where(tree.subdistrict, place + 1, place + 100)
    township_code = _codes(county_code, tree.county, serial)
    # Committees of residents 0xx, of villagers 2xx.
    place = places_in_parent(2 * tree.township + tree.village)
    serial = np.where(tree.village, place + 201, place + 1)
    community_code = _codes(township_code, tree.township, serial)
    serial = places_in_parent(tree.community) + 1
    grid_code = _codes(community_code, tree.community, serial)

    stems = names.places(rng)
    township_name = [
        next(stems) + ("街道" if subdistrict else "镇") for subdistrict in tree.subdistrict
    ]
    community_name = [next(stems) + ("村" if village else "社区") for village in tree.village]
    grid_name = [
        f"{community_name[parent]}{number:02d}格"
        for parent, number in zip(tree.community.tolist(), serial.tolist(), strict=True)
    ]
    county_name = list(names["counties"])[: len(county_code)]
    above = np.zeros(len(county_code), dtype=np.int64)
    return Levels(
        Areas([root], [str(names["city"])], np.array([-1]), city_shape),
        Areas(county_code, county_name, above, county_shape),
        Areas(township_code, township_name, tree.county, township_shape),
        Areas(community_code, community_name, tree.township, community_shape),
        Areas(grid_code, grid_name, tree.community, _whole(grids)),
    )


def _codes(above: list[str], parent: Ints, serial: Ints) -> list[str]:
    return [
        f"{above[row]}{number:03d}"
        for row, number in zip(parent.tolist(), serial.tolist(), strict=True)
    ]


def _joined(parts: Shapes, parent: Ints) -> Shapes:
    """Join parts that share their borders; nothing is computed, so nothing can be off."""
    order = np.argsort(parent, kind="stable")
    first = np.searchsorted(parent[order], np.arange(parent.max() + 2))
    joined = [
        shapely.coverage_union_all(parts[order[a:b]])
        for a, b in zip(first.tolist(), first[1:].tolist(), strict=False)
    ]
    return _whole(np.array(joined, dtype=object))


def _whole(shapes: Shapes) -> Shapes:
    """Return multipolygons whose outer rings run counter-clockwise."""
    turned = shapely.orient_polygons(shapes)
    single = shapely.get_type_id(turned) == shapely.GeometryType.POLYGON
    whole: Shapes = np.empty(len(turned), dtype=object)
    whole[:] = [
        shapely.MultiPolygon([shape]) if alone else shape
        for shape, alone in zip(turned, single.tolist(), strict=True)
    ]
    return whole
