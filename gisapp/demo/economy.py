"""Households, dedicated grids and enterprises of the invented city."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.demo.credit import credit_codes
from gisapp.demo.ground import Ground
from gisapp.demo.names import Names

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

LEAST, MOST = 100, 900
"""Households of a grid."""
PER_HOUSEHOLD = 2.6
"""People."""
SPECIAL = {"school": 0.01, "market": 0.008, "hospital": 0.004, "industrial": 0.008, "park": 0.006}
"""Share of grids that are managed on their own."""
SIZES = {"large": 0.01, "medium": 0.05, "small": 0.34, "micro": 0.60}
WITH_CODE = 0.93
"""Share of enterprises with a credit code; stalls and clubs have none."""


@dataclass(frozen=True, slots=True)
class Residents:
    """What is known of each grid, in the order of the codes."""

    kind: list[str]
    name: list[str]
    households: Ints
    population: Ints


@dataclass(frozen=True, slots=True)
class Enterprises:
    """All enterprises; row after row the grids they stand in."""

    grid: Ints
    register_number: list[str]
    credit_code: list[str | None]
    name: list[str]
    industry: list[str]
    size: list[str]
    address: list[str]
    place: Floats
    """Shape (n, 2). Longitude and latitude."""


def residents(ground: Ground, names: Names, rng: np.random.Generator) -> Residents:
    """Say how many households each grid has; a few grids are schools, markets, parks."""
    n = len(ground.urban)
    # The order of the grids from the countryside to the old town, 0 to 1.
    inward = ground.urban.argsort().argsort() / n
    usual = LEAST + 30 + (MOST - LEAST - 150) * inward**1.1
    households = np.clip(rng.normal(usual, 90), LEAST, MOST).astype(np.int64)
    kind = np.full(n, "base", dtype="<U12")
    name = np.array(ground.levels.grids.name, dtype=object)
    chosen = rng.permutation(n)
    taken = 0
    for special, share in SPECIAL.items():
        mine = chosen[taken : taken + round(share * n)]
        taken += mine.size
        kind[mine] = special
        few = (0, 7) if special == "park" else (LEAST, 2 * LEAST)
        households[mine] = rng.integers(*few, mine.size)
        for grid in mine:
            stem = ground.levels.communities.name[ground.levels.grids.parent[grid]][:2]
            name[grid] = stem + str(rng.choice(names[special]))
    population = rng.poisson(PER_HOUSEHOLD * households)
    return Residents(kind.tolist(), name.tolist(), households, population)


def enterprises(
    ground: Ground, homes: Residents, names: Names, rng: np.random.Generator
) -> Enterprises:
    """Put enterprises into the grids: more in the centres, many in industrial grids and markets."""
    kind = np.array(homes.kind)
    expected = 3.5 + 14 * np.clip(ground.urban, 0, 0.7)
    expected *= np.exp(rng.normal(0, 0.5, expected.size))
    expected[np.isin(kind, ("industrial", "market"))] += 22
    expected[np.isin(kind, ("park", "school"))] = 0.8
    grid = np.repeat(np.arange(expected.size), rng.poisson(expected))
    n = grid.size

    letters = np.array(list(names["section_share"]))
    share = np.array(list(names["section_share"].values()))
    section = rng.choice(letters, n, p=share / share.sum())
    works = np.isin(kind[grid], ("industrial",)) & (rng.random(n) < 0.6)  # noqa: PLR2004
    section[works] = "C"
    community = ground.levels.grids.parent[grid]
    stem = [ground.levels.communities.name[row][:2] for row in community.tolist()]
    town = ground.tree.township[community]
    county = ground.tree.county[town]
    codes = credit_codes(
        [ground.levels.counties.code[row] for row in county.tolist()],
        np.arange(n) + 10_000_001,
    )
    road = list(names["roads"])
    number = rng.integers(1, 300, n)
    way = rng.integers(0, len(road), n)
    return Enterprises(
        grid,
        [f"{names['code']}Q{i + 1:07d}" for i in range(n)],
        [
            code if has else None
            for code, has in zip(codes, (rng.random(n) < WITH_CODE).tolist(), strict=True)
        ],
        names.enterprises(section, stem, rng),
        section.tolist(),
        rng.choice(list(SIZES), n, p=list(SIZES.values())).tolist(),
        [
            f"{ground.levels.townships.name[t]}{road[w]}路{k}号"
            for t, w, k in zip(town.tolist(), way.tolist(), number.tolist(), strict=True)
        ],
        inside(ground.levels.grids.shape[grid], ground.middle[grid], rng),
    )


def inside(shapes: Shapes, middle: Floats, rng: np.random.Generator) -> Floats:
    """Draw a place in each shape; the given middle where luck fails ten times."""
    found = middle.copy()
    box = shapely.bounds(shapes)
    left = np.arange(len(shapes))
    for _ in range(10):
        tried = np.round(rng.uniform(box[left, :2], box[left, 2:]), 6)
        hit = shapely.contains_xy(shapes[left], tried[:, 0], tried[:, 1])
        found[left[hit]] = tried[hit]
        left = left[~hit]
    return found
