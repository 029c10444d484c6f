"""Two plans side by side on the ground: which grids change and how, and who goes where."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from gisapp.actions.compare import compared, two_plans
from gisapp.actions.comparison import Comparison
from gisapp.actions.shared import Keep, Shared, once_told
from gisapp.actions.work import Task, Work
from gisapp.auth import Scope
from gisapp.core.coverage import STATES
from gisapp.core.reasons import whole
from gisapp.query import PlanCode, Query
from gisapp.store import plans, serving
from gisapp.store.serving import Situation
from gisapp.store.session import Session

KINDS: Final = ("better", "worse", "hands")
"""A changed grid is in a milder state, in a graver one, or in the same with other people."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A post that somebody holds."""

    post: str
    place: str
    """Its name."""
    minutes: int | None
    """From the office; None where nobody has said."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose posts are not the same under both plans."""

    staff_number: str
    name: str
    department: str
    kind: str
    """moved: gives up a placement that could stand; sent: holds more; fallen: could not stay."""
    gone: list[Seat]
    came: list[Seat]


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid that changes."""

    code: str
    name: str
    kind: str
    """One of `KINDS`."""
    before: str
    after: str
    minutes_before: int | None
    minutes_after: int | None
    members_before: int
    members_after: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Differences:
    """What lies between two plans, on the ground and in people."""

    comparison: Comparison
    versions: list[int]
    revision: str
    """Key of the boundaries; empty when there are none."""
    codes: list[str] = field(repr=False)
    """Of all grids, in the order of the revision's ids."""
    grids: list[Grid] = field(repr=False)
    """Those that change: the worse first, then the better, then those in other hands."""
    people: list[Person] = field(repr=False)
    """Those who move first."""
    states: list[dict[str, int]]
    """How many grids of each state, under either plan."""
    serving: int
    """People who hold a post in the second plan."""

    @property
    def kinds(self) -> dict[str, int]:
        """Count the changed grids by kind."""
        found = Counter(grid.kind for grid in self.grids)
        return {kind: found[kind] for kind in KINDS}

    def document(self) -> dict[str, Any]:
        """Say it to programs: what ``gisapp compare --json`` says, and the grids and people."""
        return self.comparison.document() | {
            "versions": self.versions,
            "revision": self.revision,
            "base": {"grids": len(self.codes), "people": self.serving},
            "kinds": self.kinds,
            "states": self.states,
            "changes": [asdict(grid) for grid in self.grids],
            "people": [asdict(person) for person in self.people],
        }


def differences(session: Session, first: str, second: str, keep: Keep) -> Differences:
    """Say what changes on the ground when the ``second`` plan takes the place of the ``first``.

    A grid changes when its state does, or when other people hold its own post. ``keep`` is asked
    for the town, which does not depend on the plans.
    """
    pair, shared = two_plans(session, first, second), Shared(session, keep)
    codes = [plans.code(plan) for plan in pair]
    held = [shared.held(plan, session.today) for plan in pair]
    found = compared(shared, pair, held)
    town = shared.town(pair[0])
    sides = [
        serving.under(session, town, code, frame) for code, frame in zip(codes, held, strict=True)
    ]
    return Differences(
        found,
        [plan.version for plan in pair],
        town.ground.revision,
        town.ground.codes,
        _grids(sides, set(found.grids)),
        _people(shared, town, found, held),
        [
            dict(
                zip(
                    STATES,
                    np.bincount(side.coverage.state, minlength=len(STATES)).tolist(),
                    strict=True,
                )
            )
            for side in sides
        ],
        held[1]["cadre_id"].nunique(),
    )


class PairQuery(Query):
    """Which two plans."""

    before: PlanCode
    after: PlanCode


def work(task: Task, asked: PairQuery) -> dict[str, Any]:
    """Compare two plans in the background."""
    with task.read() as session:
        return differences(session, asked.before, asked.after, once_told(task)).document()


WORK: Final = Work("compare", Scope.PLANS_READ, PairQuery, work)


def _grids(sides: list[Situation], hands: set[str]) -> list[Grid]:
    ground = sides[0].ground
    before, after = (side.coverage for side in sides)
    other = np.array([code in hands for code in ground.codes], np.bool_)
    rows = []
    for at in np.flatnonzero(other | (before.state != after.state)).tolist():
        rise = int(after.state[at]) - int(before.state[at])
        rows.append(
            Grid(
                ground.codes[at],
                ground.names[at],
                KINDS[2] if rise == 0 else KINDS[0] if rise > 0 else KINDS[1],
                STATES[before.state[at]],
                STATES[after.state[at]],
                whole(before.minutes[at]),
                whole(after.minutes[at]),
                int(before.members[at]),
                int(after.members[at]),
                round(float(ground.places[at, 0]), 6),
                round(float(ground.places[at, 1]), 6),
            )
        )
    urgent = {"worse": 0, "better": 1, "hands": 2}
    state = {name: at for at, name in enumerate(STATES)}
    return sorted(
        rows, key=lambda row: (urgent[row.kind], state[row.after], state[row.before], row.code)
    )


def _people(shared: Shared, town: Situation, found: Comparison, held: list[Any]) -> list[Person]:
    """List the people whose posts differ: those who move, those who are sent, those who fell."""
    differ = [*found.gained, *found.lost, *found.swapped]
    those = {number for post in differ for number in (*post.came, *post.went)}
    seats = [
        seats_of(frame[frame["staff_number"].isin(those)], shared.names(town)) for frame in held
    ]
    moved = {move.cadre for move in found.moves}
    fallen = {row.cadre for row in found.fallen}
    known = shared.who()
    rows = []
    for number in sorted(seats[0].keys() | seats[1].keys()):
        before, after = (side.get(number, {}) for side in seats)
        gone = [before[post] for post in sorted(before.keys() - after.keys())]
        came = [after[post] for post in sorted(after.keys() - before.keys())]
        if gone or came:
            kind = "moved" if number in moved else "fallen" if number in fallen else "sent"
            name, department = known.get(number, (number, ""))
            rows.append(Person(number, name, department, kind, gone, came))
    order = {"moved": 0, "fallen": 1, "sent": 2}
    return sorted(rows, key=lambda row: (order[row.kind], row.staff_number))


def seats_of(frame: Any, named: Mapping[str, str]) -> dict[str, dict[str, Seat]]:
    """List the posts that each person holds, by staff number and post."""
    columns = ["staff_number", "post_code", "place_code", "travel_min"]
    found: dict[str, dict[str, Seat]] = defaultdict(dict)
    rows = (frame[name].to_numpy(object).tolist() for name in columns)
    for number, post, place, minutes in zip(*rows, strict=True):
        found[number][post] = Seat(post, named.get(place, place), whole(minutes))
    return found
