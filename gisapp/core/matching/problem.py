"""What is to be matched, as arrays, and what a plan is."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Row = npt.NDArray[np.signedinteger[Any]]
"""Whole numbers of any width, as kernels take them."""
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NONE = -1
"""No specialty."""

HUNDREDTHS = 100
"""Costs are whole numbers of 0.01 min, so that sums are exact and ties are ties."""


def no_pairs() -> Ints:
    """Return an empty list of pairs."""
    return np.zeros((0, 2), np.int64)


def no_minutes() -> Floats:
    """Return an empty list of minutes."""
    return np.zeros(0)


def no_limits() -> Ints:
    """Return an empty list of limits."""
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """Where seats are; n posts."""

    codes: list[str]
    metres: Floats
    """Shape (n, 2)."""
    chief: Flags
    """For leaders only."""
    wish: Ints
    """The specialty a seat without one had best know; `NONE`: any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Kinds of seats; each belongs to one post."""

    post: Ints
    number: Ints
    """1, 2, … within the post."""
    specialty: Ints
    """`NONE`: open to everybody."""
    level: Ints
    """Least level of that specialty, from 1."""
    least: Ints
    wanted: Ints
    most: Ints
    """Seats: 0 <= least <= wanted <= most, most > 0."""
    price_least: Ints
    price_wanted: Ints
    """What an open seat costs, 0.01 min: up to least, and from there to wanted (not more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadres:
    """Who can serve."""

    codes: list[str]
    office: Ints
    department: Ints
    leader: Flags
    available: Flags
    counts: Flags
    """Whether the person counts among the deployed of the department."""
    capacity: Ints
    """Posts at once, those of `held` included."""
    held: Ints
    """Posts held outside this problem; they stay."""
    knows: Ints
    """Shape (cadres, specialties). Level, 0: not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departments:
    """Who sends people, and how many at least."""

    codes: list[str]
    floor: Ints
    """Distinct people deployed."""
    least: Ints = field(default_factory=no_limits)
    most: Ints = field(default_factory=no_limits)
    """Placements in the plan; empty: no limits. Below least costs, above most is forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much; minutes."""

    detour: float = 1.3
    speed_kmh: float = 18.0
    specialty_min: float = 60.0
    """A seat's specialty missing altogether; a level too low costs its share."""
    wish_min: float = 10.0
    """What a place needs most is not known by whom an open seat gets."""
    load_min: tuple[float, ...] = (0.0, 3.0, 8.0, 15.0)
    """For a person's 1st, 2nd, … post; never falling, the last goes on."""
    move_min: float = 20.0
    """A placement of the base plan given up."""
    leaders_as_members: bool = False
    price_floor: int = 0
    """One person short of a department's floor, 0.01 min."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Posts, people and rules. Pairs are rows of two positions."""

    posts: Posts
    slots: Slots
    cadres: Cadres
    departments: Departments
    offices: Floats
    """Shape (offices, 2). Metres."""
    weights: Weights = field(default_factory=Weights)
    ways: Ints = field(default_factory=no_pairs)
    """Office, post: measured, takes the place of the estimate."""
    ways_min: Floats = field(default_factory=no_minutes)
    links: Ints = field(default_factory=no_pairs)
    """Department, post: a bonus; several add up."""
    links_min: Floats = field(default_factory=no_minutes)
    recused: Ints = field(default_factory=no_pairs)
    """Cadre, post."""
    locks: Ints = field(default_factory=no_pairs)
    """Cadre, slot: stays whatever it costs."""
    base: Ints = field(default_factory=no_pairs)
    """Cadre, post: placements of the plan this one starts from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets which seat, by post, slot and cadre."""

    cadre: Ints
    slot: Ints
    status: Literal["optimal", "stopped"]
    """optimal: proven over all pairs."""
    gap: float | None
    """Proven distance from the optimum as a share of the cost; None when nothing is proven."""


def plan(problem: Problem, cadre: Ints, slot: Ints, *, gap: float | None) -> Plan:
    """Put placements in the order of their codes; a gap of 0 is a proof."""
    posts = np.array(problem.posts.codes, dtype=str)[problem.slots.post[slot]]
    people = np.array(problem.cadres.codes, dtype=str)[cadre]
    order = np.lexsort((people, problem.slots.number[slot], posts))
    return Plan(cadre[order], slot[order], "optimal" if gap == 0 else "stopped", gap)


def ranks(codes: list[str]) -> Ints:
    """Return each code's place in the sorted list of all."""
    order = np.argsort(np.array(codes, dtype=str), kind="stable")
    rank = np.empty(len(codes), np.int64)
    rank[order] = np.arange(len(codes))
    return rank


def distinct(keys: Ints) -> Ints:
    """Sort ``keys`` and keep each once; ``np.unique`` hashes, which takes ten times as long."""
    ordered = np.sort(keys)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(keys) else ordered


def member(keys: Ints, known: Ints) -> Flags:
    """Tell which ``keys`` are among ``known``, which is sorted."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    found: Flags = known[place] == keys
    return found


def place_in(group: Ints, value: Ints) -> Ints:
    """Tell each row's place within its group, by value."""
    order = np.lexsort((value, group))
    inside = group[order]
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(inside, inside)
    return place
