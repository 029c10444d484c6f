"""What would fill an open seat, or let a department reach its floor: the fewest changes.

The problem is solved again with everything on offer that is not to be had today, each at a price
far above any way: one more post for somebody, a newcomer in a department's office, one more seat,
one more placement above a ceiling. What is asked for is worth more than all of them, so that the
cheapest plan meets it with as few changes as can be, and of these with the cheapest.
"""

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gisapp.core.matching.engine import Engine
from gisapp.core.matching.network import NOBODY, Relief
from gisapp.core.matching.problem import Ints, Problem

DEAR = 1 << 32
"""What one change costs, 0.01 min: more than any reroute of a plan."""
ASKED = 1 << 40
"""What each unit that is asked for is worth: more than 255 changes."""
MOST = 200
"""People short of a floor up to which changes are looked for."""

Kind = Literal["capacity", "newcomer", "seat", "ceiling"]


@dataclass(frozen=True, slots=True)
class Step:
    """One change; positions in the problem as given, None where a kind has no such thing."""

    kind: Kind
    cadre: int | None = None
    """capacity: who would take one more post."""
    office: int | None = None
    leader: bool | None = None
    """newcomer: in which office, of which rank."""
    department: int | None = None
    """newcomer, ceiling: of which department."""
    slot: int | None = None
    """seat: one more of which slot."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The fewest changes, of these the cheapest."""

    steps: list[Step]
    change: int
    """Cost of the best plan with them minus that of the best plan of today, 0.01 min; what is
    asked for counts at the price of leaving it open, so that it is mostly less than 0."""


class Mender:
    """Answers what would mend a plan; what all answers share is solved once, when first asked."""

    def __init__(self, engine: Engine, problem: Problem, seed: int = 0) -> None:
        """Take an engine solved to the proof (it is not changed) and its problem as given.

        ``seed`` picks among changes that cost the same.
        """
        self._engine, self._problem, self._seed = engine, problem, seed
        self._shared: _Wider | None = None

    def fill_seat(self, slot: int) -> Mended | None:
        """
        Find what would fill one more seat, with no other seat or floor given up for it.

        Parameters
        ----------
        slot
            Position in the problem as given.

        Returns
        -------
        The fewest, then cheapest changes; none at all where people need only move (that costs
        more than leaving the seat open). None where no such changes fill it.
        """
        if self._shared is None:
            self._shared = _Wider(self._engine, self._problem, self._seed)
        more = np.zeros_like(self._engine.order.slot)
        more[self._engine.order.slot_at[slot]] = 1
        return self._shared.mended(more, np.zeros_like(self._engine.order.department))

    def reach_floor(self, department: int) -> Mended | None:
        """
        Find what would let a department reach its floor of people deployed, all else kept.

        Takes the department's position as given and returns what `fill_seat` does. None also
        where it is more than `MOST` people short.
        """
        engine = self._engine
        row = int(np.flatnonzero(engine.order.department == department)[0])
        arc = int(engine.net.in_floor[row])
        rows = engine.net.simplex
        short = 0 if arc == NOBODY else int(rows.room[arc] - rows.flow[arc])
        if short > MOST:
            return None
        more = np.zeros_like(engine.order.department)
        more[row] = short
        wider = _Wider(engine, self._problem, self._seed, max(short, 1), department)
        return wider.mended(np.zeros_like(engine.order.slot), more)


class _Wider:
    """The problem with everything on offer, in which the plan of today is asked for already."""

    def __init__(
        self,
        engine: Engine,
        problem: Problem,
        seed: int,
        many: int = 1,
        department: int | None = None,
    ) -> None:
        self.before = engine
        self.problem, relief = _wider(problem, many, department)
        # Posts, slots and departments stand in the same order in both.
        self.engine = Engine(self.problem, seed, relief)
        net = engine.net
        seats = _flow(engine, net.seat_arcs[0]) + _flow(engine, net.seat_arcs[1])
        floors, least = _flow(engine, net.in_floor), _flow(engine, net.in_least)
        self.arcs = self.engine.demand(seats, floors, least, ASKED)
        self.engine.solve()

    def mended(self, seats: Ints, floors: Ints) -> Mended | None:
        """Ask for more than today's plan gives, and read what it takes."""
        other = self.engine.copy()
        new = other.demand(seats, floors, np.zeros_like(floors), ASKED)
        other.solve()
        simplex = other.net.simplex
        arcs = np.concatenate([self.arcs, new])
        need = int(simplex.room[arcs].sum())
        if int(simplex.flow[arcs].sum()) < need:
            return None
        steps = _steps(other, self.problem, self.before.net.people)
        return Mended(steps, other.cost + ASKED * need - DEAR * len(steps) - self.before.cost)


def _flow(engine: Engine, arcs: Ints) -> Ints:
    return np.where(arcs == NOBODY, 0, engine.net.simplex.flow[arcs]).astype(np.int64)


def _wider(problem: Problem, many: int, department: int | None = None) -> tuple[Problem, Relief]:
    """Add newcomers to every office (or to those of a department), a post to everybody.

    ``many`` newcomers of each office, department and rank that there are already.
    """
    cadres = problem.cadres
    desks = np.unique(np.column_stack([cadres.office, cadres.department, cadres.leader]), axis=0)
    if department is not None:
        desks = desks[desks[:, 1] == department]
    new = np.repeat(desks, many, axis=0)
    n, people = len(new), len(cadres.codes)
    width = len(str(n))
    zeros, ones = np.zeros(n, np.int64), np.ones(n, np.int64)
    wider = dataclasses.replace(
        problem,
        cadres=dataclasses.replace(
            cadres,
            codes=[*cadres.codes, *(f"\uffff{k:0{width}}" for k in range(n))],
            office=np.concatenate([cadres.office, new[:, 0]]),
            department=np.concatenate([cadres.department, new[:, 1]]),
            leader=np.concatenate([cadres.leader, new[:, 2] > 0]),
            available=np.concatenate([cadres.available, ones > 0]),
            counts=np.concatenate([cadres.counts, ones > 0]),
            capacity=np.concatenate([np.maximum(cadres.capacity, cadres.held) + 1, ones]),
            held=np.concatenate([cadres.held, zeros]),
            knows=np.concatenate([cadres.knows, np.zeros((n, cadres.knows.shape[1]), np.int64)]),
        ),
    )
    return wider, Relief(
        room=np.ones(people + n, np.int64),
        seats=np.full(len(problem.slots.post), many),
        most=np.full(len(problem.departments.codes), many),
        price=DEAR,
    )


def _steps(other: Engine, wider: Problem, people: int) -> list[Step]:
    """Read from the flow what was had beyond the rules, in order of the rows as given."""
    net, order = other.net, other.order
    flow = net.simplex.flow
    used = np.zeros(net.people, np.int64)
    first = net.first_arc >= 0
    used[first] = flow[net.first_arc[first]]
    np.add.at(used, net.further_who, flow[net.further_arc])
    found: list[Step] = []
    for who in np.flatnonzero(used > net.own_room).tolist():
        given = int(order.cadre[who])
        if given < people:
            found.append(Step("capacity", cadre=given))
        else:
            found.append(
                Step(
                    "newcomer",
                    office=int(wider.cadres.office[given]),
                    leader=bool(wider.cadres.leader[given]),
                    department=int(wider.cadres.department[given]),
                )
            )
    seats = net.seat_arcs[3]
    for slot in np.flatnonzero(seats != NOBODY).tolist():
        found += [Step("seat", slot=int(order.slot[slot]))] * int(flow[seats[slot]])
    for row in np.flatnonzero(net.in_more != NOBODY).tolist():
        department = int(order.department[row])
        found += [Step("ceiling", department=department)] * int(flow[net.in_more[row]])
    return sorted(found, key=lambda step: (step.kind, step.cadre or 0, step.slot or 0))
