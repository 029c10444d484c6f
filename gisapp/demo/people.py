"""Departments, offices and cadres of the invented city; nobody real is meant."""

import math
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

CADRES = 1.03
"""Cadres for each grid."""
CITY_SHARE = 0.70
"""Share of them in offices of the city itself, in a city of a thousand grids."""
LEADERS = 0.12
OUT = 0.3
"""Share of a department's people at its branch offices, where it has any."""
AWAY = 0.04
"""Share of cadres who are not available: on leave, on loan, back next year."""
JOINED = 0.082
"""Share of the others, leaders apart, who could be sent only since the last plan was made."""
RECUSED = 0.015
SEATS = 1.437
"""Posts that the staff can take when the plan in force is made, for each grid: a few stay open."""
CAPACITY = {1: 0.30, 2: 0.62, 3: 0.08}
ASIDE = 0.32
"""How far the city's offices stand from the old town, against its farthest grid."""
OUTER = 0.9
"""Share of its due that the county farthest from the old town lacks."""
SMALL = 600
"""Grids below which departments have shorter rolls."""
FEWEST, FEWEST_LOCAL = 5, 2
"""Cadres of a department of the city and of a county, at least."""
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
    joined: list[bool] = field(default_factory=list)
    """Whether one came after the plan in force was made."""
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
    near_city = _nearest(ground, _civic_centre(ground), None)
    total = CADRES * grids
    # A small town has no seats for a tenth of as many long rolls.
    size = min(1.0, grids / SMALL)
    reach = _reach(grids)
    share = CITY_SHARE * reach**1.5
    weight = sum(body["weight"] for body in bodies.values())
    for key, body in bodies.items():
        number = max(FEWEST, round(total * share * body["weight"] / weight))
        city = ground.levels.city
        place = _Place(city.code[0], "市", city.name[0], near_city, near_city[:0])
        _department(key, body, place, number, departments, offices, cadres, size, rng)
    local = {key: body for key, body in bodies.items() if body["county"]}
    weight = sum(body["weight"] for body in local.values())
    home = ground.tree.county[ground.tree.township[ground.tree.community]]
    shares = _shares(ground, np.bincount(home))
    for county, code in enumerate(ground.levels.counties.code):
        mine = _nearest(ground, ground.centres[county], home == county)
        for key, body in local.items():
            part = shares[county] * body["weight"] / weight
            number = max(FEWEST_LOCAL, round(total * (1 - share) * part))
            name = ground.levels.counties.name[county]
            branches = _branches(ground, county, body["branch"])
            place = _Place(code, name, name, mine, branches)
            _department(key, body, place, number, departments, offices, cadres, size, rng)
    _fit(cadres, round(SEATS * grids), rng)
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
    branches = len(offices.code) - first - 1
    able = 0
    for i in range(number):
        cadres.staff_number.append(f"{code}-{i + 1:04d}")
        cadres.department.append(row)
        out = branches > 0 and rng.random() < OUT
        cadres.office.append(first + (int(rng.integers(1, branches + 1)) if out else 0))
        # The first of a department leads it, the second can always be sent.
        led = bool(rng.random() < LEADERS - 1 / max(number, 10)) and i >= 2  # noqa: PLR2004
        cadres.leader.append(i == 0 or led)
        cadres.capacity.append(int(rng.choice(list(CAPACITY), p=list(CAPACITY.values()))))
        cadres.away.append(bool(rng.random() < AWAY) and i >= 2)  # noqa: PLR2004
        joined = bool(rng.random() < JOINED) and i >= 2  # noqa: PLR2004
        cadres.joined.append(joined and not (cadres.leader[-1] or cadres.away[-1]))
        able += not (cadres.leader[-1] or cadres.away[-1] or cadres.joined[-1])
        known = [s for s, chance in body["knows"].items() if rng.random() < chance]
        known += [s for s, chance in EVERYDAY.items() if s not in known and rng.random() < chance]
        cadres.knows.append({s: int(rng.integers(1, 4)) for s in sorted(known)})
    # About a sixth of the roll may be sent, and always more than a tenth.
    roll = round(number * rng.uniform(5.2, 6.6) * size)
    departments.headcount.append(max(number, min(roll, 9 * able)))


EVERYDAY = {
    "general_mediation": 0.95,
    "neighbour_mediation": 0.96,
    "family_mediation": 0.95,
    "property_management": 0.95,
    "labour_law": 0.5,
    "contract_law": 0.32,
    "consumer": 0.5,
    "traffic": 0.40,
    "land": 0.36,
    "environment": 0.24,
    "medical": 0.16,
}
"""Share of all cadres who learned it beside their own field."""


def _reach(grids: int) -> float:
    """Say for how much the city's own offices count: less, the wider the city is."""
    return min(1.0, math.sqrt(1000 / grids))


def _civic_centre(ground: Ground) -> Floats:
    """Choose where the city's offices stand: a new quarter, on one side of the old town."""
    old = ground.centres[0]
    away = ground.middle - old
    centre: Floats = old - ASIDE * _reach(len(away)) * away[np.hypot(*away.T).argmax()]
    return centre


def _fit(cadres: Cadres, seats: int, rng: np.random.Generator) -> None:
    """Let the staff take so many posts in all, one more or less each, so far as they can.

    Left to chance, one town would have no gap and the next one a hundred.
    """
    barred = zip(cadres.leader, cadres.away, cadres.joined, strict=True)
    staff = np.flatnonzero([not any(each) for each in barred])
    capacity = np.array(cadres.capacity)
    lacking = seats - int(capacity[staff].sum())
    step = 1 if lacking > 0 else -1
    can = staff[
        (capacity[staff] + step >= min(CAPACITY)) & (capacity[staff] + step <= max(CAPACITY))
    ]
    capacity[rng.permutation(can)[: abs(lacking)]] += step
    cadres.capacity = capacity.tolist()


def _shares(ground: Ground, grids: Ints) -> Floats:
    """Share out people over counties: by their grids, but fewer the farther they lie."""
    away = np.hypot(*(ground.centres - ground.centres[0]).T)
    due = grids * (1.0 - OUTER * _reach(grids.sum()) * away / max(away.max(), 1.0))
    shares: Floats = due / due.sum()
    return shares


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
