"""The city of ``../shared/bench`` as a problem of ours, with the same costs to the last digit.

There, a metre costs one unit; here 0.01 min is the unit, so people walk 100 m in a minute. What
a pair costs there because it is not in today's plan (400), it costs here with each post's load,
and less where it is kept: sums differ by 400 for each placement of today's plan (`constant`).
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from gisapp.core.matching.problem import (
    Cadres,
    Departments,
    Floats,
    Ints,
    Posts,
    Problem,
    Slots,
    Weights,
)

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench"
CACHE = Path(os.environ.get("BENCH_CACHE", ROOT / "var" / "bench"))
BIG = 2_000_000
"""Price of an open seat or of one person below a floor: far above any way in the city."""
CHANGE = 400
"""What a placement costs that is not in today's plan."""
OPTIMA = {1_000: 1_114_931, 10_000: 8_465_915, 100_000: 83_867_847}
"""Cost of the best plan over all pairs by number of grids, as the bench's own loop proves it."""

SKILL = 900
"""What it costs that all of a grid's needs are missing."""

City = dict[str, Any]


def missing() -> str | None:
    """Say why the city cannot be built; None where it can."""
    return None if BENCH.is_dir() else "the bench is not beside this checkout (../shared/bench)"


def peer(name: str) -> ModuleType:
    """Import a module of the bench; its cities come from our cache and need no parquet."""
    if str(BENCH) not in sys.path:
        sys.path.insert(0, str(BENCH))
        os.environ["BENCH_CACHE"] = str(CACHE)
        data, model = import_module("data"), import_module("matching_model")
        data.city = lambda grids: data._build_city(grids)[0]  # noqa: SLF001
        drawn = model.instance
        model.instance = lambda grids, *_: _kept(grids, drawn)
    return import_module(name)


def instance(grids: int) -> City:
    """Read the city of so many grids and half as many cadres; built once, in a minute or two."""
    city: City = peer("matching_model").instance(grids)
    return city


def _kept(grids: int, drawn: Any) -> City:
    path = CACHE / f"instance{grids}.npz"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{os.getpid()}.npz")
        np.savez(partial, **drawn(grids))
        partial.rename(path)
    with np.load(path) as stored:
        city: City = {name: stored[name] for name in stored.files}
    return city | {"n_dept": int(city["n_dept"])}


def problem(city: City) -> Problem:
    """Put a city into arrays of ours: one office for each cadre, one post for each grid."""
    grids, people = len(city["gc"]), len(city["home"])
    bits = 1 << np.arange(city["gskill"].shape[1])
    masks, asked = np.unique(city["gskill"] @ bits, return_inverse=True)
    needs = (masks[:, None] & bits) > 0
    ones, need = np.ones(grids, np.int64), city["need"].astype(np.int64)
    ways, minutes = _uneven(city)
    return Problem(
        posts=Posts(
            codes=[f"P{n:07d}" for n in range(grids)],
            metres=city["gc"],
            chief=np.zeros(grids, np.bool_),
            wish=-ones,
        ),
        slots=Slots(
            post=np.arange(grids),
            number=ones,
            specialty=asked.astype(np.int64),
            level=needs.sum(axis=1)[asked],
            least=need,
            wanted=need,
            most=city["gmax"].astype(np.int64),
            price_least=ones * BIG,
            price_wanted=ones * BIG,
        ),
        cadres=Cadres(
            codes=[f"C{n:07d}" for n in range(people)],
            office=np.arange(people),
            department=city["dept"].astype(np.int64),
            leader=np.zeros(people, np.bool_),
            available=np.ones(people, np.bool_),
            counts=np.ones(people, np.bool_),
            capacity=city["cap"].astype(np.int64),
            held=np.zeros(people, np.int64),
            knows=city["cskill"].astype(np.int64) @ needs.T.astype(np.int64),
        ),
        departments=Departments(
            codes=[f"D{n:04d}" for n in range(city["n_dept"])], floor=city["lb"].astype(np.int64)
        ),
        offices=city["home"],
        weights=Weights(
            detour=1.0,
            speed_kmh=6.0,
            specialty_min=9.0,
            load_min=(4.0, 5.5, 8.5, 14.0),
            move_min=CHANGE / 100,
            price_floor=BIG,
        ),
        ways=ways,
        ways_min=minutes,
        locks=pairs(city, "pins"),
        base=pairs(city, "plan"),
    )


def _uneven(city: City) -> tuple[Ints, Floats]:
    """Measure ways to grids of whose needs one is no whole number of units (7 needs: 900 / 7).

    There, the whole cost of a pair is rounded once; here, way and missing needs are rounded each.
    """
    every = city["gskill"].sum(axis=1)
    grid = np.flatnonzero(SKILL % every)
    people = len(city["home"])
    who, where = np.tile(np.arange(people), len(grid)), np.repeat(grid, people)
    lacks = (city["gskill"][where] & ~city["cskill"][who]).sum(axis=1) / every[where]
    whole = peer("matching_model").pair_cost(city, who, where)
    return np.column_stack([who, where]), (whole - np.rint(SKILL * lacks)) / 100


def pairs(city: City, name: str) -> Ints:
    """Return cadre and grid of each key."""
    return np.column_stack(np.divmod(city[name].astype(np.int64), len(city["gc"])))


def constant(city: City) -> int:
    """Tell by how much our costs are higher than the bench's, for any plan that leaves no gap."""
    return CHANGE * len(city["plan"])
