"""Cuts land into exactly as many cells as wanted, smaller where more people live."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gisapp.demo.field import Density, Floats, Waves

Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

CROWD = 16
"""People drawn for each cell; enough to say where its middle is."""
FAR_M = 1.0e6
THIN = 7.0
"""From this ratio of spreads a cell is cut straight across, whatever the streets around do."""


@dataclass(slots=True)
class Cells:
    """Cells and the larger cells each was cut from."""

    shape: Shapes
    wanted: Ints
    """How many cells each is still to be cut into."""
    county: Ints
    township: Ints
    community: Ints
    """Serial numbers; -1 until the cell is small enough to be one."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Most cells a county, a township and a community may have when it is cut out."""

    county: int
    township: int
    community: int


def crowd(land: BaseGeometry, density: Density, number: int, rng: np.random.Generator) -> Floats:
    """Draw ``number`` places on ``land``, more where the density is higher."""
    shapely.prepare(land)
    found: list[Floats] = []
    have = 0
    while have < number:
        some = density.draw(land.bounds, number, rng)
        some = some[shapely.contains_xy(land, some[:, 0], some[:, 1])]
        found.append(some)
        have += len(some)
    return np.concatenate(found)[:number]


def cut(
    pieces: Shapes,
    wanted: Ints,
    people: Floats,
    density: Density,
    sizes: Sizes,
    rng: np.random.Generator,
) -> Cells:
    """Halve every piece again and again until each cell is one."""
    grain = Waves.draw(rng, 9000.0), rng.uniform(0, np.pi)
    none = np.full(len(pieces), -1)
    cells = Cells(pieces, wanted, none, none.copy(), none.copy())
    home = _home(pieces, people)
    people, home = people[home >= 0], home[home >= 0]
    while True:
        _found(cells, sizes)
        large = np.flatnonzero(cells.wanted > 1)
        if large.size == 0:
            return cells
        home = _halve(cells, large, people, home, density, grain, rng)


def _home(pieces: Shapes, people: Floats) -> Ints:
    home = np.full(len(people), -1)
    for i, piece in enumerate(pieces):
        shapely.prepare(piece)
        home[shapely.contains_xy(piece, people[:, 0], people[:, 1])] = i
    return home


def _found(cells: Cells, sizes: Sizes) -> None:
    """Make a county, township or community of each cell that has become small enough."""
    for serial, most in (
        (cells.county, sizes.county),
        (cells.township, sizes.township),
        (cells.community, sizes.community),
    ):
        new = np.flatnonzero((serial < 0) & (cells.wanted <= most))
        serial[new] = serial.max(initial=-1) + 1 + np.arange(new.size)


def _halve(
    cells: Cells,
    large: Ints,
    people: Floats,
    home: Ints,
    density: Density,
    grain: tuple[Waves, float],
    rng: np.random.Generator,
) -> Ints:
    """Cut each of ``large`` in two along a street; return where everybody now is."""
    n = len(cells.shape)
    place = np.full(n, -1)
    place[large] = np.arange(large.size)
    mine = np.flatnonzero(place[home] >= 0)
    cell = place[home[mine]]
    heads = np.bincount(cell, minlength=large.size)

    centre = shapely.get_coordinates(shapely.centroid(cells.shape[large]))
    off = people[mine] - centre[cell]
    turn = _street(centre, off, cell, density, grain, rng)
    normal = np.column_stack((-np.sin(turn), np.cos(turn)))

    share = 0.5 + rng.uniform(-0.13, 0.13, large.size)
    first = np.clip(np.rint(cells.wanted[large] * share), 1, cells.wanted[large] - 1)
    across = (off * normal[cell]).sum(axis=1)
    order = np.lexsort((across, cell))
    end = np.cumsum(heads)
    part = np.rint(heads * first / cells.wanted[large]).astype(int)
    last = np.clip(end - heads + part, 1, max(len(order) - 1, 1))
    row = across[order]
    # A cell in which nobody was drawn is cut through its middle.
    at = np.where(heads > 1, (row[last - 1] + row[last]) / 2, 0.0)

    low, high, bent = _sides(cells.shape[large], centre + normal * at[:, None], turn)
    cells.shape = np.concatenate((cells.shape, high))
    cells.shape[large] = low
    for name in ("county", "township", "community"):
        serial = getattr(cells, name)
        setattr(cells, name, np.concatenate((serial, serial[large])))
    second = cells.wanted[large] - first.astype(int)
    cells.wanted = np.concatenate((cells.wanted, second))
    cells.wanted[large] = first.astype(int)
    moved = home.copy()
    beyond = across > at[cell]
    moved[mine[beyond]] = n + cell[beyond]
    for i in bent:
        both = mine[order[end[i] - heads[i] : end[i]]]
        shapely.prepare(high[i])
        over = shapely.contains_xy(high[i], people[both, 0], people[both, 1])
        moved[both] = np.where(over, n + i, large[i])
    return moved


def _street(
    centre: Floats,
    off: Floats,
    cell: Ints,
    density: Density,
    grain: tuple[Waves, float],
    rng: np.random.Generator,
) -> Floats:
    """Choose the direction of each cut: across the long side, along the streets around."""
    n = len(centre)
    heads = np.maximum(np.bincount(cell, minlength=n), 1)
    mean = np.column_stack([np.bincount(cell, off[:, axis], n) / heads for axis in (0, 1)])
    xx, yy, xy = (
        np.bincount(cell, off[:, i] * off[:, j], n) / heads - mean[:, i] * mean[:, j]
        for i, j in ((0, 0), (1, 1), (0, 1))
    )
    long = 0.5 * np.arctan2(2 * xy, xx - yy)
    root = np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    thin = ((xx + yy) / 2 + root) / np.maximum((xx + yy) / 2 - root, 1.0)
    best = long + np.pi / 2
    streets = grain[1] + 0.5 * grain[0](centre)
    quarter = np.pi / 2
    along = streets + quarter * np.rint((best - streets) / quarter)
    along = np.where(thin > THIN, best, along)
    wild = np.clip(1 - 2.2 * density(centre), 0.1, 1.0)
    return along + rng.normal(0, 0.27, n) * wild


def _sides(shapes: Shapes, at: Floats, turn: Floats) -> tuple[Shapes, Shapes, Ints]:
    """Cut each shape along a line; say which cuts had to leave the line."""
    along = np.column_stack((np.cos(turn), np.sin(turn))) * FAR_M
    halves = []
    for side in (1.0, -1.0):
        up = np.column_stack((along[:, 1], -along[:, 0])) * side
        ring = np.stack((at - along, at + along, at + along + up, at - along + up), axis=1)
        halves.append(shapely.intersection(shapes, shapely.polygons(ring)))
    low, high = halves
    torn = (shapely.get_num_geometries(low) > 1) | (shapely.get_num_geometries(high) > 1)
    bent = np.flatnonzero(torn)
    for i in bent:
        low[i], high[i] = _give(low[i], high[i])
        high[i], low[i] = _give(high[i], low[i])
    return low, high, bent


def _give(mine: BaseGeometry, other: BaseGeometry) -> tuple[BaseGeometry, ...]:
    """Keep the largest part; parts cut off by a bend of the shore go to the other side."""
    parts = [part for part in shapely.get_parts(mine) if part.geom_type == "Polygon"]
    parts.sort(key=lambda part: -part.area)
    rest = [part for part in shapely.get_parts(other) if part.geom_type == "Polygon"]
    return parts[0], shapely.union_all([*rest, *parts[1:]], grid_size=0.01)
