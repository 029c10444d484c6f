"""Solve a problem over all pairs: a short list first, then every pair that would pay."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np

from gisapp.core.matching import crowd_start, start
from gisapp.core.matching.cost import hundredths
from gisapp.core.matching.crowd import Crowd
from gisapp.core.matching.desks import crowded
from gisapp.core.matching.network import NOBODY, RANSOM_MOVES, Network, Relief
from gisapp.core.matching.ordered import Ordered, ordered
from gisapp.core.matching.pricing import Scan
from gisapp.core.matching.problem import Ints, Problem, distinct, member, place_in
from gisapp.core.matching.relaxed import least

KEEP = 32
"""Pairs of each person that a pass looks at."""
BEST_OF_PERSON, BEST_OF_POST = 4, 16
"""Pairs that a round adds: the best of each person, and the best of each post among the rest.

People of one office would else all add the same posts, round after round.
"""
TIGHT = 100
"""Reduced cost below which pairs of people are looked at after a flow of crowds, 0.01 min."""
FORCE = 1 << 40
"""What forcing or forbidding a pair is worth, 0.01 min: more than any plan could save by it."""
FEW = 3
"""Where fewer than one in so many prices moved, only the pairs these touch are priced again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solve has come; costs in 0.01 min."""

    round: int
    pairs: int
    cost: int
    paying: int
    """Pairs of the last pass that would still make the plan cheaper."""


Watch = Callable[[Progress], bool]
"""Told how far it is, between pivots and between parts of a pass over all pairs; returns whether
to stop with what there is, or raises to leave at once."""


def never_stop(progress: Progress) -> bool:
    """Go on until the proof."""
    return False


class Engine:
    """A problem, its network, and what was proven of the flow on it."""

    def __init__(self, problem: Problem, seed: int = 0, relief: Relief | None = None) -> None:
        self.order: Ordered = ordered(problem, seed)
        self.net = Network(self.order.problem, relief and self._relief(relief))
        self._scan = Scan(self.net)
        self._nothing = self.net.nothing()
        self._fixed = 0
        self.bound: int | None = None
        """No plan costs less, 0.01 min times the network's scale; None before a solve."""
        self._proven: tuple[Ints, Ints] | None = None
        self._seated: tuple[Ints, Ints] | None = None
        self._as_given = relief is None
        """Whether it is still the problem as given that is solved, at its own prices."""
        self._crowd = relief is None and crowded(self.net)
        if self._crowd:
            self.net.simplex.rebuild()
        else:
            start.begin(self.net)

    def _relief(self, given: Relief) -> Relief:
        """Put what may be had beyond the rules in the order of the rows."""
        order = self.order
        return Relief(
            given.room[order.cadre],
            given.seats[order.slot],
            given.most[order.department],
            given.price,
        )

    def solve(self, watch: Watch = never_stop) -> bool:
        """Solve and add pairs until none would pay; tell whether that was reached."""
        proven = self._solved(watch)
        if not proven and self._as_given:
            # A pass over all pairs takes long, and its bound is weak before prices have settled.
            self._at_least(least(self.net.problem))
        return proven

    def _solved(self, watch: Watch) -> bool:
        net, turn, paying = self.net, 0, 0
        self._seated = None

        def told() -> bool:
            # The cost so far takes a look at every arc: not for nobody.
            return watch is not never_stop and watch(
                Progress(turn, len(net.key), self.cost, paying)
            )

        stopped = False
        if self._crowd:
            turn, stopped = self._begin_crowded(watch)
        # During a pass the answer waits: a plan that stops needs the bound that the pass gives.
        self._scan.between = told
        while True:
            while not net.simplex.run():
                if told():
                    # Who was stopped on the way here has a bound; another pass gives no better.
                    if not stopped:
                        self._bounded(*self._scan.find(KEEP))
                    return False
            prices = net.prices()
            cadre, post, value = self._find(prices)
            if not len(cadre) or watch is not never_stop:
                # Who may stop needs the bound of each pass; the last one is the plan's cost.
                self._bounded(cadre, post, value)
            if not len(cadre):
                self._proven = prices
                return True
            turn, paying = turn + 1, len(cadre)
            if told():
                return False
            good = place_in(cadre, value) < BEST_OF_PERSON
            good |= place_in(post, value) < BEST_OF_POST
            net.add(cadre[good], post[good])
            net.simplex.rebuild()

    def _begin_crowded(self, watch: Watch) -> tuple[int, bool]:
        """Begin from a flow of crowds; return the rounds it took, and whether it was stopped."""
        net, scan, turn = self.net, self._scan, 0
        self._crowd = False
        if net.scale != 1:
            start.begin(net)
            return turn, False
        scan.between = lambda: watch(Progress(0, 0, self.cost, 0))
        crowd = Crowd(net, scan)
        crowd_start.begin(crowd)

        def told(round_: int, paying: int) -> bool:
            nonlocal turn
            turn = round_
            cost = self._nothing + self._fixed + crowd.simplex.total
            return watch(Progress(turn, len(crowd.key), cost, paying))

        scan.between = lambda: told(turn, 0)
        stopped = not crowd.solve(told)
        who, slot = crowd.placements()
        price = crowd.prices()[: net.seat0 + net.seats]
        prices = price[net.person0 : net.seat0], price[net.seat0 :]
        # Pricing knows nothing of what is saved by not moving: the base's pairs are always there.
        net.add(net.problem.base[:, 0], net.problem.base[:, 1])
        net.simplex.rebuild()
        cadre, post, value = scan.find(KEEP, below=TIGHT, prices=prices)
        self._bounded(cadre, post, value, price)
        good = place_in(cadre, value) < BEST_OF_PERSON
        good |= place_in(post, value) < BEST_OF_POST
        net.add(
            np.concatenate([who, cadre[good]]),
            np.concatenate([net.problem.slots.post[slot], post[good]]),
        )
        start.seat(net, who, slot, price)
        return turn, stopped

    def _find(self, prices: tuple[Ints, Ints]) -> tuple[Ints, Ints, Ints]:
        """Find pairs that would pay; of a problem little changed, look where prices moved."""
        if self._proven is None:
            return self._scan.find(KEEP, prices=prices)
        people = np.flatnonzero(prices[0] < self._proven[0])
        slots = np.flatnonzero(prices[1] > self._proven[1])
        posts = np.unique(self.net.problem.slots.post[slots])
        if FEW * len(people) > self.net.people or FEW * len(posts) > self.net.posts:
            return self._scan.find(KEEP, prices=prices)
        parts = [
            self._scan.find(KEEP, prices=prices, people=people),
            self._scan.find(KEEP, prices=prices, posts=posts),
        ]
        cadre, post, value = (np.concatenate(rows) for rows in zip(*parts, strict=True))
        return cadre, post, value

    def _bounded(self, cadre: Ints, post: Ints, value: Ints, price: Ints | None = None) -> None:
        """Bound all plans: raising each person's price by what their best pair would pay."""
        best = np.zeros(self.net.people, np.int64)
        np.minimum.at(best, cadre, value)
        rest = (self._nothing + self._fixed) * self.net.scale
        self._at_least(rest + self.net.bound(price) + int(best @ self.net.room))

    def _at_least(self, bound: int) -> None:
        self.bound = bound if self.bound is None else max(bound, self.bound)

    @property
    def cost(self) -> int:
        """Cost of the plan so far, times the network's scale; without what was forced."""
        return (self._nothing + self._fixed) * self.net.scale + self.net.simplex.total

    @property
    def gap(self) -> float | None:
        """Proven distance from the optimum as a share of the cost; None when nothing is."""
        if self.bound is None:
            return None
        over = self.cost - self.bound
        if over >= max(abs(self.cost), 1):
            # A bound below nothing says nothing.
            return None
        return over / abs(self.cost) if over else 0.0

    def copy(self) -> Self:
        """Return one that can be changed without changing this one."""
        twin = copy(self)
        twin.net = self.net.copy()
        twin._scan = self._scan.over(twin.net)  # noqa: SLF001
        twin.bound = twin._seated = None  # noqa: SLF001
        return twin

    def forbid(self, cadre: int, post: int) -> None:
        """Let a pair cost more than it can be worth; positions in order."""
        arc = self.net.arc_of(cadre, post)
        if arc != NOBODY:
            self.net.simplex.cost[arc] += FORCE
            self.net.simplex.rebuild()

    def force(self, cadre: int, post: int) -> int:
        """Let a pair be worth more than it can cost; return its arc, NOBODY where none may be."""
        net, self._as_given = self.net, False
        net.add(np.array([cadre]), np.array([post]))
        arc = net.arc_of(cadre, post)
        if arc != NOBODY:
            self._ransomed(FORCE)
            net.simplex.cost[arc] -= FORCE
            self._fixed += FORCE
            net.simplex.rebuild()
        return arc

    def _ransomed(self, worth: int) -> None:
        """Keep nodes' own arcs dearer than what a unit of flow may now be worth."""
        simplex = self.net.simplex
        simplex.cost[np.flatnonzero(self.net.moved == -RANSOM_MOVES)] += 4 * worth
        simplex.ransom += 4 * worth

    def demand(self, seats: Ints, floors: Ints, least: Ints, worth: int) -> Ints:
        """Ask for so many people in each slot and department; see `Network.demand`."""
        self._as_given = False
        self._ransomed(worth)
        arcs = self.net.demand(seats, floors, least, worth)
        self.net.simplex.rebuild()
        return arcs

    def weigh(self, scale: int, extra: int) -> None:
        """Count every cost ``scale`` times, and ``extra`` for every placement given up."""
        self.net.weigh(scale, extra)
        self.bound = self._proven = None
        self._as_given = False

    @property
    def moves(self) -> int:
        """Placements of the base plan that could stand and are given up."""
        net = self.net
        kept = net.simplex.flow[net.arc] * np.maximum(net.moved[net.arc], 0)
        return self.stays - int(kept.sum())

    @property
    def stays(self) -> int:
        """Placements of the base plan that could stand, without those that are locked."""
        net = self.net
        locks = net.problem.locks
        locked = net.costs.kept(locks[:, 0], net.problem.slots.post[locks[:, 1]])
        return int(net.standing().sum()) - int(locked.sum())

    @property
    def plain_cost(self) -> int:
        """Cost of the plan so far, whatever the network's scale."""
        net = self.net
        flow = net.simplex.flow[: net.simplex.arcs]
        return self._nothing + self._fixed + int(flow @ net.plain)

    @property
    def nothing(self) -> int:
        """Cost of the plan in which nobody is placed but who is locked."""
        return self._nothing + self._fixed

    def further(self, keep: int, below: int) -> tuple[Ints, Ints, Ints]:
        """Find pairs that are not in the network and whose reduced cost is less than ``below``."""
        return self._scan.find(keep, below=below)

    def drop(self, cadres: Ints) -> None:
        """Take people out who can serve no more; positions in order.

        Their placements of the base plan are no longer moves. What is locked stays locked.
        """
        net, self._as_given = self.net, False
        base, locks = net.problem.base, net.problem.locks
        locked = locks @ np.array([net.posts, 0]) + net.problem.slots.post[locks[:, 1]]
        free = ~member(base @ np.array([net.posts, 1]), distinct(locked))
        less = net.standing() & free & np.isin(base[:, 0], cadres)
        self._fixed -= int(less.sum()) * int(hundredths(net.problem.weights.move_min))
        gone = np.zeros(net.simplex.nodes, np.bool_)
        gone[net.person0 + cadres] = True
        here = slice(0, net.simplex.arcs)
        net.simplex.cost[here][gone[net.simplex.head[here]]] += FORCE
        net.simplex.rebuild()

    def placements(self) -> tuple[Ints, Ints]:
        """Return who sits where, in the numbers of the problem as given."""
        who, slot = self.seated()
        return self.order.cadre[who], self.order.slot[slot]

    def seated(self) -> tuple[Ints, Ints]:
        """Return who sits where in the numbers of the network; looked up once after a solve."""
        if self._seated is None:
            self._seated = self.net.placements()
        return self._seated
