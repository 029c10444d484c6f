"""The whole invented town from one seed; pure: the same arguments, the same town."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from gisapp.demo.cases import MONTHS, Disputes, Plant, disputes, month_starts, plant
from gisapp.demo.economy import Enterprises, Residents, enterprises, residents
from gisapp.demo.ground import Ground, ground
from gisapp.demo.names import Names
from gisapp.demo.people import People, people
from gisapp.demo.variants import DEFAULT, SHORT_FLOOR, possible


@dataclass(frozen=True, slots=True)
class Town:
    """Everything there is to store."""

    name: str
    day: date
    ground: Ground
    residents: Residents
    enterprises: Enterprises
    people: People
    disputes: Disputes
    categories: list[str]
    plants: list[Plant]


def town(
    grids: int,
    seed: int,
    day: date,
    categories: dict[str, dict[str, Any]],
    variant: str = DEFAULT,
) -> Town:
    """
    Invent a town of ``grids`` grids as it stands on ``day``.

    Each part draws from a stream of its own, so that a change in one leaves
    the others as they were.
    """
    possible(grids)
    streams = np.random.default_rng(seed).spawn(5)
    names = Names.read()
    land = ground(grids, names, streams[0])
    homes = residents(land, names, streams[1])
    firms = enterprises(land, homes, names, streams[2])
    staff = people(land, names, short=variant == SHORT_FLOOR, rng=streams[3])
    base = (homes.households + np.bincount(firms.grid, minlength=grids)).astype(np.float64)
    plants = plant(land.near, base, day, streams[4])
    county = land.tree.county[land.tree.township[land.tree.community]].tolist()
    cases = disputes(
        base,
        [land.levels.counties.code[row] for row in county],
        categories,
        plants,
        day,
        streams[4],
    )
    city = land.levels.city.name[0]
    return Town(city, day, land, homes, firms, staff, cases, list(categories), plants)


def truth(made: Town) -> dict[str, Any]:
    """Say what was planted, for whoever wants to know whether it is found."""
    months = [f"{start:%Y-%m}" for start in month_starts(made.day)[:MONTHS]]
    code = made.ground.levels.grids.code
    return {
        "months": months,
        "plants": [
            {
                "kind": planted.kind,
                "category": planted.category,
                "grids": [code[grid] for grid in planted.grids.tolist()],
                "risk": np.round(planted.risk, 3).tolist(),
            }
            for planted in made.plants
        ],
    }
