"""Twenty-four months of disputes, with hotspots and needs planted on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.demo.disputes import NoRoomForPlants, pick_plants

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

MONTHS = 24
YEAR = 12


@dataclass(frozen=True, slots=True)
class Plant:
    """What was planted: where, in which category, how strong in each month."""

    kind: str
    """lasting, new, rising, easing or need."""
    category: str | None
    """None: all categories."""
    grids: Ints
    risk: Floats
    """Shape (24,). How many times likelier a dispute is; 1 where nothing is planted."""


Course = tuple[tuple[int, float], ...]
"""Risk in some months, straight lines between; month 0 is the last of the last whole quarter."""

NEW: Course = ((-1, 1.0), (0, 14.0))
RISING: Course = ((-20, 1.0), (-11, 10.0), (0, 16.0))
EASING: Course = ((-11, 20.0), (0, 11.0))

RECIPES: tuple[tuple[str, str | None, int, Course], ...] = (
    ("lasting", None, 20, ((0, 13.0),)),
    ("lasting", "property_management", 20, ((0, 22.0),)),
    ("new", None, 20, NEW),
    ("rising", None, 20, RISING),
    ("easing", None, 20, EASING),
    ("rising", "marriage_family", 18, ((-20, 1.0), (-11, 9.0), (0, 30.0))),
    ("need", "labour", 18, ((0, 24.0),)),
    ("need", "consumer", 18, ((0, 30.0),)),
)
"""
Kind, category, grids and course of each plant in a town of a thousand grids.

The map opens on the last whole quarter and looks a year back from its end: what is new began
in that month, what rises or eases was there all the year.
"""

CROWDED = (0.4, 0.5, 0.6, 0.75, 1.0)
"""Share of the grids, those with the most households, in which plants are put; tried in turn."""


@dataclass(frozen=True, slots=True)
class Disputes:
    """All disputes, oldest first."""

    grid: Ints
    category: Ints
    """Position in the list of categories."""
    case_number: list[str]
    reported: Days
    accepted: Days
    """Not a time where it was not accepted yet."""
    resolved: Days
    status: list[str]
    level: list[str | None]
    """Where it was resolved."""
    enterprise: npt.NDArray[np.bool_]


def plant(near: csr_array, base: Floats, day: date, rng: np.random.Generator) -> list[Plant]:
    """
    Plant the recipes; in a small town smaller ones and fewer, in a large one more.

    They are put where many live: with one dispute a grid and month, little would show elsewhere.
    """
    n = near.shape[0]
    if n < 1000:  # noqa: PLR2004
        size = max(3, round(20 * n / 1000))
        recipes = [(kind, what, size, risk) for kind, what, _, risk in RECIPES[: max(1, n // 120)]]
    else:
        recipes = list(RECIPES) * max(1, round((n / 1000) ** 0.6))
    largest = max((size for _, _, size, _ in recipes), default=0)
    places = _crowded(near, base, largest, len(recipes), rng)
    # Months since the last whole quarter ended are history like any other.
    after = (day.month - 1) % 3
    month = np.arange(after - MONTHS + 1, after + 1)
    return [
        Plant(kind, what, _part(near, place, size), _risk(course, month))
        for (kind, what, size, course), place in zip(recipes, places, strict=True)
    ]


def _risk(course: Course, month: Ints) -> Floats:
    at, risk = np.array(course).T
    risks: Floats = np.interp(month, at, risk)
    return risks


def _crowded(
    near: csr_array, base: Floats, size: int, number: int, rng: np.random.Generator
) -> list[Ints]:
    """Pick plants among the grids with the most households, as few of them as have room."""
    # Whole quarters in which many live: a single large block would make ragged plants.
    around = near @ near
    order = np.argsort(-(around @ base) / np.asarray(around.sum(axis=1)).ravel(), kind="stable")
    for share in CROWDED[:-1]:
        among = np.sort(order[: round(share * base.size)])
        try:
            return [among[place] for place in pick_plants(near[among][:, among], size, number, rng)]
        except NoRoomForPlants:
            continue
    return pick_plants(near, size, number, rng)


def _part(near: csr_array, place: Ints, size: int) -> Ints:
    """Return ``size`` connected grids of a plant."""
    if size >= place.size:
        return place
    inner = near[place][:, place]
    distance = np.full(place.size, np.inf)
    start = int(np.asarray(inner.sum(axis=1)).ravel().argmax())
    distance[start] = 0
    for _ in range(place.size):
        for row in np.flatnonzero(np.isfinite(distance)):
            beside = inner.indices[inner.indptr[row] : inner.indptr[row + 1]]
            distance[beside] = np.minimum(distance[beside], distance[row] + 1)
    part: Ints = np.sort(place[np.argsort(distance, kind="stable")[:size]])
    return part


def month_starts(day: date) -> list[date]:
    """Return the first days of the 24 whole months before ``day``, and the day after them."""
    last = day.year * YEAR + day.month - 1
    return [date(m // YEAR, m % YEAR + 1, 1) for m in range(last - MONTHS, last + 1)]


def disputes(
    base: Floats,
    county_code: list[str],
    categories: dict[str, dict[str, Any]],
    plants: list[Plant],
    day: date,
    rng: np.random.Generator,
) -> Disputes:
    """
    Draw disputes: Poisson, base × rate of the category × season × what is planted.

    Parameters
    ----------
    base
        Shape (n,). Households and enterprises of each grid.
    county_code
        Of each grid; case numbers begin with it.
    categories
        Rows of ``categories.toml``: ``per_1000`` a year, ``season`` of twelve months.
    """
    starts = month_starts(day)
    first = np.array(starts[:-1], dtype="datetime64[D]")
    length = np.diff(np.array(starts, dtype="datetime64[D]")).astype(int)
    season = [start.month - 1 for start in starts[:-1]]
    parts = []
    for number, (code, row) in enumerate(categories.items()):
        monthly = np.array(row["season"])[season] / np.mean(row["season"])
        expected = np.outer(base * row["per_1000"] / 1000 / YEAR, monthly)
        for planted in plants:
            if planted.category in (None, code):
                expected[planted.grids] *= planted.risk
        drawn = rng.poisson(expected)
        grid, month = np.nonzero(drawn)
        times = drawn[grid, month]
        grid, month = np.repeat(grid, times), np.repeat(month, times)
        at = first[month] + rng.integers(0, length[month])
        parts.append((grid, np.full(grid.size, number), at))
    grid, category, reported = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((grid, reported))
    grid, category, reported = grid[order], category[order], reported[order]
    return _handled(grid, category, reported, county_code, list(categories), day, rng)


def handlers(serving: Sequence[Sequence[int]], rng: np.random.Generator) -> list[int]:
    """Draw who handles each case among those who serve its grid, at least one."""
    picks = rng.random(len(serving))
    return [there[int(pick * len(there))] for there, pick in zip(serving, picks, strict=True)]


BUSINESS = {"labour": 0.95, "contract": 0.7, "business": 1.0, "consumer": 0.95, "environment": 0.5}
"""Share of disputes of a category in which an enterprise is a party."""
LEVELS = {"grid": 0.36, "community": 0.40, "township": 0.19, "county": 0.05}


def _handled(
    grid: Ints,
    category: Ints,
    reported: Days,
    county_code: list[str],
    codes: list[str],
    day: date,
    rng: np.random.Generator,
) -> Disputes:
    """Take each dispute through its seven steps, as far as it got by ``day``."""
    n = grid.size
    now = np.datetime64(day)
    accepted = reported + rng.integers(0, 4, n)
    resolved = accepted + 1 + rng.gamma(1.6, 14.0, n).astype(int)
    done = resolved <= now
    age = (now - accepted).astype(int)
    steps = np.array(["accepted", "dispatched", "handling", "feedback"])
    status = np.where(
        done,
        np.where((now - resolved).astype(int) > rng.integers(5, 60, n), "evaluated", "closed"),
        steps[np.clip(age // 6, 0, 3)],
    )
    status[accepted > now] = "reported"
    nat = np.datetime64("NaT")
    level = rng.choice(list(LEVELS), n, p=list(LEVELS.values()))
    share = np.array([BUSINESS.get(code, 0.05) for code in codes])
    year = reported.astype("datetime64[Y]").astype(int) + 1970
    return Disputes(
        grid,
        category,
        [
            f"{county_code[g]}-{y}-{i + 1:07d}"
            for i, (g, y) in enumerate(zip(grid.tolist(), year.tolist(), strict=True))
        ],
        reported,
        np.where(accepted <= now, accepted, nat),
        np.where(done, resolved, nat),
        status.tolist(),
        [at if ended else None for at, ended in zip(level.tolist(), done.tolist(), strict=True)],
        rng.random(n) < share[category],
    )
