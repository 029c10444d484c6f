"""Close the gap between two corners: CP-SAT on the pairs that prices cannot decide."""

import itertools
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar, LinearExprT

from gisapp.core.matching.engine import Engine
from gisapp.core.matching.network import limits
from gisapp.core.matching.problem import Flags, Ints

UNDECIDED = 2_000
"""Pairs that prices may leave open, at most; above, the gap stays and is said."""
WORK = 20.0
"""Work (deterministic seconds) given to the last step: the same on every machine."""
WIDE = 64
"""Pairs of one person that may be undecided and not in the network."""


@dataclass(frozen=True, slots=True)
class _Open:
    """Pairs of the reduced problem, positions in order: undecided ones, and those that stay."""

    cadre: Ints
    post: Ints
    fixed: Flags


def closed(engine: Engine, cost: int, line: int, most: int) -> tuple[int, Ints, Ints, int] | None:
    """
    Find the best plan with at most ``most`` moves, given one of ``cost``.

    Parameters
    ----------
    engine
        Solved at a price per move.
    cost
        Of the best plan known, 0.01 min.
    line
        What every plan under the limit costs at least, times the engine's scale.
    most
        Moves.

    Returns
    -------
    Cost, cadres and slots (as given) of the best plan found, and a bound that holds for every
    plan; None where more than `UNDECIDED` pairs are open.

    Notes
    -----
    A pair whose reduced cost is above what is left between bound and best plan is in no better
    plan, and one below minus that is in all of them (reduced-cost fixing).
    """
    rows = _undecided(engine, cost * engine.net.scale - line)
    if rows is None or int((~rows.fixed).sum()) > UNDECIDED:
        return None
    return _Model(engine, rows, most).solve(cost, -(-line // engine.net.scale))


def _undecided(engine: Engine, slack: int) -> _Open | None:
    net = engine.net
    simplex = net.simplex
    price, worth = net.prices()
    who, post = net.key // net.posts, net.key % net.posts
    best = np.full(len(who), -(1 << 60))
    for number in range(int(net.many[post].max(initial=0))):
        here = np.flatnonzero(net.many[post] > number)
        slot = net.first_slot[post[here]] + number
        gain = worth[slot] - net.costs.specialty(who[here], slot) * net.scale
        best[here] = np.maximum(best[here], gain)
    kept = net.moved[net.arc] > 0
    cost = net.costs.pair(who, post) * net.scale - net.extra * kept
    reduced = cost + price[who] - best
    used = simplex.flow[net.arc] > 0
    fixed = used & (reduced < -slack)
    maybe = fixed | (reduced <= slack)
    cadre, where, _ = engine.further(WIDE, slack + 1)
    if len(cadre) and np.bincount(cadre).max() >= WIDE:
        return None
    return _Open(
        np.concatenate([who[maybe], cadre]),
        np.concatenate([post[maybe], where]),
        np.concatenate([fixed[maybe], np.zeros(len(cadre), np.bool_)]),
    )


class _Model:
    """The problem stated directly, over a few pairs."""

    def __init__(self, engine: Engine, rows: _Open, most: int) -> None:
        self.engine, self.rows = engine, rows
        self.model = CpModel()
        self.price: list[LinearExprT] = []
        self.constant = 0
        self.seat: dict[tuple[int, int], IntVar] = {}
        """Cadre, slot: whether taken."""
        self.pair: list[LinearExprT] = []
        self._pairs()
        self._loads()
        self._seats()
        self._departments()
        self._moves(most)

    def _pairs(self) -> None:
        net, model = self.engine.net, self.model
        for cadre, post, fixed in zip(
            self.rows.cadre.tolist(), self.rows.post.tolist(), self.rows.fixed, strict=True
        ):
            who = np.array([cadre])
            base = int(net.costs.pair(who, np.array([post]))[0])
            mine = []
            for slot in range(net.first_slot[post], net.first_slot[post + 1]):
                if not net.open[slot]:
                    continue
                taken = model.new_bool_var("")
                lacks = int(net.costs.specialty(who, np.array([slot]))[0])
                self.price.append((base + lacks) * taken)
                self.seat[cadre, slot] = taken
                mine.append(taken)
            if fixed:
                model.add(sum(mine) == 1)
            else:
                model.add_at_most_one(mine)
            self.pair.append(sum(mine))

    def _loads(self) -> None:
        net, model = self.engine.net, self.model
        cadres = net.problem.cadres
        locked = np.bincount(net.problem.locks[:, 0], minlength=net.people)
        self.load: dict[int, list[LinearExprT]] = {}
        for cadre, pair in zip(self.rows.cadre.tolist(), self.pair, strict=True):
            self.load.setdefault(cadre, []).append(pair)
        self.steps: dict[int, list[IntVar]] = {}
        for cadre, pairs in self.load.items():
            begin = int(cadres.held[cadre] + locked[cadre])
            steps = [model.new_bool_var("") for _ in range(int(net.room[cadre]))]
            model.add(sum(pairs) == sum(steps))
            for first, second in itertools.pairwise(steps):
                model.add_implication(second, first)
            self.steps[cadre] = steps
            self.price += [
                int(net.costs.load(np.array([begin + n + 1]))[0]) * step
                for n, step in enumerate(steps)
            ]

    def _seats(self) -> None:
        net, model = self.engine.net, self.model
        slots = net.problem.slots
        sitting: dict[int, list[IntVar]] = {}
        for (_, slot), taken in self.seat.items():
            sitting.setdefault(slot, []).append(taken)
        for slot, taken_here in sitting.items():
            least, wanted, further, _ = net.seat_room[:, slot].tolist()
            filled = [model.new_int_var(0, most, "") for most in (least, wanted, further)]
            model.add(sum(filled) == sum(taken_here))
            # A reward for filling is what `nothing` has counted as a price for leaving open.
            self.price.append(-int(slots.price_least[slot]) * filled[0])
            self.price.append(-int(slots.price_wanted[slot]) * filled[1])

    def _departments(self) -> None:
        net, model = self.engine.net, self.model
        problem = net.problem
        home = problem.cadres.department
        least, most = limits(problem, np.full(len(problem.departments.codes), 1 << 30))
        there = np.bincount(home[problem.locks[:, 0]], minlength=len(least))
        for department in range(len(least)):
            mine = [cadre for cadre in self.steps if home[cadre] == department]
            if not mine:
                continue
            placed = sum(sum(self.steps[cadre]) for cadre in mine)
            if most[department] < 1 << 30:
                model.add(placed <= int(most[department] - there[department]))
            first = [
                self.steps[cadre][0]
                for cadre in mine
                if net.first_arc[cadre] >= 0 and self.steps[cadre]
            ]
            for count, arc in (
                (sum(first), net.in_floor[department]),
                (placed, net.in_least[department]),
            ):
                if arc >= 0:
                    room = int(net.simplex.room[arc])
                    reached = model.new_int_var(0, room, "")
                    model.add(reached <= count)
                    self.price.append(-problem.weights.price_floor * reached)

    def _moves(self, most: int) -> None:
        net = self.engine.net
        kept = net.costs.kept(self.rows.cadre, self.rows.post)
        locks = net.problem.locks
        stays = int(net.costs.kept(locks[:, 0], net.problem.slots.post[locks[:, 1]]).sum())
        least = int(net.standing().sum()) - most - stays
        self.model.add(
            sum(pair for pair, stay in zip(self.pair, kept, strict=True) if stay) >= least
        )

    def solve(self, cost: int, bound: int) -> tuple[int, Ints, Ints, int]:
        """Return the best cost, who sits where (as given), and a bound on every plan."""
        engine = self.engine
        nothing = engine.nothing
        total = sum(self.price)
        self.model.add(total <= cost - 1 - nothing)
        self.model.minimize(total)
        solver = CpSolver()
        solver.parameters.max_deterministic_time = WORK
        solver.parameters.num_workers = 1
        status = solver.solve(self.model)
        empty = np.zeros(0, np.int64)
        if status == cp_model.INFEASIBLE:
            return cost, empty, empty, cost
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return cost, empty, empty, bound
        taken = [pair for pair, var in self.seat.items() if solver.boolean_value(var)]
        rows = np.array(taken, np.int64).reshape(-1, 2)
        locks = engine.net.problem.locks
        found = nothing + round(solver.objective_value)
        proven = nothing + int(np.ceil(solver.best_objective_bound - 1e-6))
        return (
            found,
            engine.order.cadre[np.concatenate([locks[:, 0], rows[:, 0]])],
            engine.order.slot[np.concatenate([locks[:, 1], rows[:, 1]])],
            max(bound, proven),
        )
