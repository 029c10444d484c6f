"""Departments, offices and cadres of the invented city; nobody real is meant."""

import tomllib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gisapp import resources
from gisapp.demo.economy import inside
from gisapp.demo.ground import Ground
from gisapp.demo.names import Names

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CADRES = 0.785
"""Cadres for each grid: a few seats stay open."""
CITY_SHARE = 0.40
"""Share of them in offices of the city itself, in a city of a thousand grids."""
LEADERS = 0.12
AWAY = 0.04
"""Share of cadres who are not available: on leave, on loan, back next year."""
RECUSED = 0.015
CAPACITY = {1: 0.15, 2: 0.60, 3: 0.25}
SMALL = 600
"""Grids below which departments have shorter rolls."""
FEWEST = 5
"""Cadres of a department, at least."""
NEAREST = 30
"""Offices stand in one of so many grids around a centre."""
SHORT = "JYJ"
"""The department that cannot reach its floor in the variant short-floor."""


@dataclass(slots=True)
class Departments:
    """Who sends people."""

    code: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    area: list[str] = field(default_factory=list)
    """Area code: the city's or a county's."""
    headcount: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Offices:
    """Where they work."""

    code: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    address: list[str] = field(default_factory=list)
    department: list[int] = field(default_factory=list)
    grid: list[int] = field(default_factory=list)
    """The grid it stands in."""


@dataclass(slots=True)
class Cadres:
    """The people who may be sent."""

    staff_number: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    department: list[int] = field(default_factory=list)
    office: list[int] = field(default_factory=list)
    leader: list[bool] = field(default_factory=list)
    capacity: list[int] = field(default_factory=list)
    away: list[bool] = field(default_factory=list)
    knows: list[dict[str, int]] = field(default_factory=list)
    """Specialty and level, 1 to 3."""


@dataclass(frozen=True, slots=True)
class People:
    """All of them, and what ties or bars them."""

    departments: Departments
    offices: Offices
    office_place: Floats
    cadres: Cadres
    recusals: list[tuple[int, str]]
    """Cadre, and the code of a community in which she must not serve."""
    links: list[tuple[int, str]]
    """Department, and the code of a township it stands by."""


def people(ground: Ground, names: Names, *, short: bool, rng: np.random.Generator) -> People:
    """Invent departments at both levels, their offices and their cadres."""
    bodies = tomllib.loads(
        (resources.folder("data") / "demo" / "departments.toml").read_text("utf-8")
    )
    grids = len(ground.urban)
    departments, offices, cadres = Departments(), Offices(), Cadres()
    near_city = _nearest(ground, ground.centres[0], None)
    total = CADRES * grids
    # A small town has no seats for a tenth of as many long rolls.
    size = min(1.0, grids / SMALL)
    share = CITY_SHARE * min(1.0, (1000 / grids) ** 0.5)
    weight = sum(body["weight"] for body in bodies.values())
    for key, body in bodies.items():
        number = max(FEWEST, round(total * share * body["weight"] / weight))
        city = ground.levels.city
        place = _Place(city.code[0], "市", city.name[0], near_city, near_city[:0])
        _department(key, body, place, number, departments, offices, cadres, size, rng)
    local = {key: body for key, body in bodies.items() if body["county"]}
    weight = sum(body["weight"] for body in local.values())
    home = ground.tree.county[ground.tree.township[ground.tree.community]]
    in_county = np.bincount(home)
    for county, code in enumerate(ground.levels.counties.code):
        mine = _nearest(ground, ground.centres[county], home == county)
        for key, body in local.items():
            part = in_county[county] / grids * body["weight"] / weight
            number = max(FEWEST, round(total * (1 - share) * part))
            name = ground.levels.counties.name[county]
            branches = _branches(ground, county, body["branch"])
            place = _Place(code, name, name, mine, branches)
            _department(key, body, place, number, departments, offices, cadres, size, rng)
    cadres.name = names.people(len(cadres.staff_number), rng)
    if short:
        _starve(departments, cadres)
    at = np.array(offices.grid)
    place_of = inside(ground.levels.grids.shape[at], ground.middle[at], rng)
    return People(
        departments,
        offices,
        place_of,
        cadres,
        _recusals(ground, cadres, rng),
        _links(ground, departments, rng),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a department stands."""

    area: str
    prefix: str
    town: str
    grids: Ints
    """Grids around the centre, nearest first."""
    branches: Ints
    """Grids of its branch offices."""


def _department(
    key: str,
    body: dict[str, Any],
    place: _Place,
    number: int,
    departments: Departments,
    offices: Offices,
    cadres: Cadres,
    size: float,
    rng: np.random.Generator,
) -> None:
    """Add one department with its offices and people."""
    row = len(departments.code)
    code = f"{place.area}-{key}"
    departments.code.append(code)
    departments.name.append(f"{place.prefix}{body['name']}")
    departments.kind.append(body["kind"])
    departments.area.append(place.area)
    main = int(rng.choice(place.grids[:NEAREST]))
    first = len(offices.code)
    for i, grid in enumerate([main, *place.branches.tolist()]):
        offices.code.append(f"{code}-{i + 1:02d}")
        branch = f"第{i}分所" if i else ""
        offices.name.append(f"{place.prefix}{body['name']}{branch}")
        offices.address.append(f"{place.town}政务路{int(rng.integers(1, 200))}号")
        offices.department.append(row)
        offices.grid.append(int(grid))
    # Half of the people work at the main office, the others at its branches.
    branches = len(offices.code) - first - 1
    able = 0
    for i in range(number):
        cadres.staff_number.append(f"{code}-{i + 1:04d}")
        cadres.department.append(row)
        out = branches > 0 and rng.random() < 0.6  # noqa: PLR2004
        cadres.office.append(first + (int(rng.integers(1, branches + 1)) if out else 0))
        # The first of a department leads it.
        cadres.leader.append(i == 0 or bool(rng.random() < LEADERS - 1 / max(number, 10)))
        cadres.capacity.append(int(rng.choice(list(CAPACITY), p=list(CAPACITY.values()))))
        cadres.away.append(bool(rng.random() < AWAY) and i >= 2)  # noqa: PLR2004
        able += not (cadres.leader[-1] or cadres.away[-1])
        known = [s for s, chance in body["knows"].items() if rng.random() < chance]
        known += [s for s, chance in EVERYDAY.items() if s not in known and rng.random() < chance]
        cadres.knows.append({s: int(rng.integers(1, 4)) for s in sorted(known)})
    # About a sixth of the roll may be sent, and always more than a tenth.
    roll = round(number * rng.uniform(5.2, 6.6) * size)
    departments.headcount.append(max(number, min(roll, 9 * able)))


EVERYDAY = {
    "general_mediation": 0.95,
    "neighbour_mediation": 0.85,
    "family_mediation": 0.80,
    "property_management": 0.80,
    "labour_law": 0.36,
    "contract_law": 0.32,
    "consumer": 0.36,
    "traffic": 0.40,
    "land": 0.36,
    "environment": 0.24,
    "medical": 0.16,
}
"""Share of all cadres who learned it beside their own field."""


def _nearest(ground: Ground, centre: Floats, among: npt.NDArray[np.bool_] | None) -> Ints:
    rows = np.arange(len(ground.middle)) if among is None else np.flatnonzero(among)
    nearest: Ints = rows[np.hypot(*(ground.middle[rows] - centre).T).argsort(kind="stable")]
    return nearest


def _branches(ground: Ground, county: int, every: int) -> Ints:
    """Pick one grid in every so many townships of the county."""
    if every == 0:
        return np.array([], dtype=np.int64)
    towns = np.flatnonzero(ground.tree.county == county)[every // 2 :: every]
    grids = ground.tree.township[ground.tree.community]
    return np.array([np.flatnonzero(grids == town).mean().astype(int) for town in towns], int)


def _starve(departments: Departments, cadres: Cadres) -> None:
    """Give one department a roll that its few people are no tenth of."""
    row = next(i for i, code in enumerate(departments.code) if code.endswith(f"-{SHORT}"))
    have = sum(department == row for department in cadres.department)
    departments.headcount[row] = 14 * have


def _recusals(ground: Ground, cadres: Cadres, rng: np.random.Generator) -> list[tuple[int, str]]:
    barred = np.flatnonzero(rng.random(len(cadres.name)) < RECUSED).tolist()
    return [(cadre, str(rng.choice(ground.levels.communities.code))) for cadre in barred]


def _links(
    ground: Ground, departments: Departments, rng: np.random.Generator
) -> list[tuple[int, str]]:
    """Tie every city department to one township."""
    city = [i for i, area in enumerate(departments.area) if area == departments.area[0]]
    return [(row, str(rng.choice(ground.levels.townships.code))) for row in city]
