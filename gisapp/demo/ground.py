"""The invented city's ground: counties, townships, communities, grids, water and roads."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array

from gisapp.demo.cells import CROWD, Cells, Sizes, crowd, cut
from gisapp.demo.field import Density, Floats, Warp
from gisapp.demo.mesh import Mesh, Projection, mesh
from gisapp.demo.names import Names
from gisapp.demo.naming import Levels, Tree, levels
from gisapp.demo.order import merge_small, numbered
from gisapp.demo.roads import Line, bridges, roads
from gisapp.demo.water import Landscape, landscape

Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

LON, LAT = 117.3, 30.6
COMMUNITY, TOWNSHIP = 10, 48
"""Most grids of a community and of a township when it is cut out."""
URBAN, RURAL = 0.16, 0.085
"""Density from which a township is a subdistrict; below which a part of a town is a village."""
INWARD = 0.6
"""How far the offices of a county moved towards the old town."""
FLOOR = 0.035
"""Density of the countryside; the middle of the old town is 1."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Land without gaps or overlaps at every level, and what lies beside and on it."""

    levels: Levels
    tree: Tree
    near: csr_array
    """Which grids touch; no diagonal."""
    urban: Floats
    """Shape (grids,). How closely people live around each, in (0, 1]."""
    middle: Floats
    """Shape (grids, 2). A place inside each, longitude and latitude."""
    centres: Floats
    """Shape (counties, 2). Where each county's offices stand."""
    lines: list[Line]
    """Water first, then streets and roads."""


def ground(grids: int, names: Names, rng: np.random.Generator) -> Ground:
    """Lay out a city of exactly ``grids`` grids."""
    land = landscape(grids, rng)
    counties = max(1, round(4 * (grids / 1000) ** 0.42))
    density = _density(land, counties, rng)
    cells = _cells(land, density, grids, counties, rng)
    project, net = _bent(cells.shape, Projection(Warp.draw(rng, density), LON, LAT))

    centre = shapely.get_coordinates(shapely.centroid(net.shape))
    county = merge_small(cells.county, np.zeros_like(cells.county), centre, grids // counties // 3)
    township = merge_small(cells.township, county, centre, TOWNSHIP // 4)
    community = merge_small(cells.community, township, centre, COMMUNITY // 3)
    urban = density(shapely.get_coordinates(shapely.centroid(cells.shape)))

    # The county around the old town comes first; the others follow like lines of writing.
    county = _renumbered(county, np.zeros(county.max() + 1, dtype=np.int64), centre)
    old_town = county[np.hypot(*(centre - project(density.centres[:1])).T).argmin()]
    county = np.where(county == old_town, 0, county + (county < old_town))
    # Subdistricts have lower codes than towns, and communities than villages.
    subdistrict = _mean(township, urban) > URBAN
    township = _renumbered(township, 2 * _shared(township, county) + ~subdistrict, centre)
    subdistrict = _mean(township, urban) > URBAN
    town = _shared(community, township)
    village = (_mean(community, urban) < RURAL) & ~subdistrict[town]
    community = _renumbered(community, 2 * town + village, centre)
    order = numbered(community, centre)
    county, township, community = (group[order] for group in (county, township, community))
    urban = urban[order]

    town = _shared(community, township)
    tree = Tree(
        _shared(township, county),
        town,
        community,
        subdistrict,
        (_mean(community, urban) < RURAL) & ~subdistrict[town],
    )
    net = _sorted(net, order)
    river = project.shape(land.river)
    lines = [
        *_waters(land, project, names),
        *roads(net, county, township, community, names["roads"]),
        *bridges(net, community, river, max(4, counties), str(names["river"])),
    ]
    return Ground(
        levels(tree, net.shape, names, rng),
        tree,
        net.near(),
        urban,
        shapely.get_coordinates(shapely.point_on_surface(net.shape)),
        _centres(project(density.centres[:1])[0], centre[order], county),
        lines,
    )


def _sorted(net: Mesh, order: Ints) -> Mesh:
    new = np.empty_like(order)
    new[order] = np.arange(order.size)
    side = np.where(net.side >= 0, new[net.side], -1)
    return Mesh(net.shape[order], net.point, net.edge, np.sort(side, axis=1))


def _waters(land: Landscape, project: Projection, names: Names) -> list[Line]:
    """Return the water inside the outline, each with its name."""
    waters = [(land.river, str(names["river"]))]
    waters += zip(land.lakes, _again(names["lakes"], len(land.lakes)), strict=True)
    wide = shapely.union_all([land.river, *land.lakes], grid_size=0.1)
    # A brook ends where it flows into wider water, and so does its name.
    narrow = [brook.difference(wide) for brook in land.brooks]
    waters += zip(narrow, _again(names["brooks"], len(narrow)), strict=True)
    # In a large city some lie beyond the outline, or wholly in wider water.
    seen = [(shape.intersection(land.outline), name) for shape, name in waters]
    return [Line("water", name, project.shape(shape), -1) for shape, name in seen if shape.area]


def _again(names: list[str], number: int) -> list[str]:
    """Return ``number`` names; those that come again say which they are."""
    rounds = [divmod(i, len(names)) for i in range(number)]
    return [f"{names[i]}{lap + 1}" if lap else names[i] for lap, i in rounds]


def _centres(old_town: Floats, place: Floats, county: Ints) -> Floats:
    """Choose where each county's offices stand: between its midst and the old town."""
    middle = np.column_stack([_mean(county, place[:, axis]) for axis in (0, 1)])
    for number in range(1, len(middle)):
        mine = np.flatnonzero(county == number)
        middle[number] += INWARD * (old_town - middle[number])
        middle[number] = place[mine[np.hypot(*(place[mine] - middle[number]).T).argmin()]]
    middle[0] = old_town
    return middle


def _density(land: Landscape, counties: int, rng: np.random.Generator) -> Density:
    """Put the old town on the river and smaller centres around it, well apart."""
    half = np.array(land.half)
    size = float(np.sqrt(half[0] / 7600.0))
    centres = [half * (0.02, -0.09)]
    number = 1 + round(1.4 * counties)
    apart = 0.75 * np.sqrt(half.prod() * 4 / number)
    while len(centres) < number:
        new = rng.uniform(-0.85, 0.85, 2) * half
        if min(np.hypot(*(new - old)) for old in centres) > apart:
            centres.append(new)
        # Nobody waits for a place that is not there.
        apart *= 0.995
    weight = np.append(1.0, rng.uniform(0.06, 0.22, number - 1))
    reach = np.append(2300.0 * size**0.7, rng.uniform(500, 1000, number - 1))
    return Density(np.array(centres), weight, reach, FLOOR)


def _cells(
    land: Landscape, density: Density, grids: int, counties: int, rng: np.random.Generator
) -> Cells:
    ground = shapely.difference(land.outline, land.water)
    people = crowd(ground, density, grids * CROWD, rng)
    pieces = np.array([part for part in shapely.get_parts(ground) if part.geom_type == "Polygon"])
    for piece in pieces:
        shapely.prepare(piece)
    heads = np.array(
        [shapely.contains_xy(piece, people[:, 0], people[:, 1]).sum() for piece in pieces]
    )
    # Strips that a bend of the river cuts off lie outside the city.
    kept = heads >= min(CROWD * COMMUNITY * max(1.0, grids / 4000), heads.max())
    pieces, heads = pieces[kept], heads[kept]
    exact = heads / heads.sum() * grids
    wanted = np.floor(exact).astype(np.int64)
    wanted[np.argsort(wanted - exact, kind="stable")[: grids - wanted.sum()]] += 1
    sizes = Sizes(max(1, round(1.3 * grids / counties)), TOWNSHIP, COMMUNITY)
    return cut(pieces, wanted, people, density, sizes, rng)


def _bent(cells: Shapes, project: Projection) -> tuple[Projection, Mesh]:
    """Bend the cells; where something would fold, all is bent less."""
    while True:
        net = mesh(cells, project)
        if shapely.is_valid(net.shape).all() and shapely.coverage_is_valid(net.shape):
            return project, net
        project = replace(project, warp=replace(project.warp, strength=project.warp.strength / 2))


def _shared(group: Ints, value: Ints) -> Ints:
    """Return the value that all cells of each group share."""
    found = np.zeros(group.max() + 1, dtype=np.int64)
    found[group] = value
    return found


def _mean(group: Ints, value: Floats) -> Floats:
    mean: Floats = np.bincount(group, value) / np.bincount(group)
    return mean


def _renumbered(group: Ints, parent: Ints, centre: Floats) -> Ints:
    """Give groups new numbers: by their parent, and within it like lines of writing."""
    middle = np.column_stack([_mean(group, centre[:, axis]) for axis in (0, 1)])
    order = numbered(parent, middle)
    new = np.empty_like(order)
    new[order] = np.arange(order.size)
    renumbered: Ints = new[group]
    return renumbered
