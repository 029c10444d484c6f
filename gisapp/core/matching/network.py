"""The whole model as one min-cost circulation, to which pairs are added as they are needed.

Root -> department (placements: at least some, rewarded; at most some) -> its deployed (at most
the floor, rewarded) -> person: the first post, by which one counts as deployed. Department ->
person: further posts, each dearer than the one before, so that the first unit always comes
through the deployed. Person -> seat for a post with one slot; else person -> (post, grades) ->
seats, where all who know the same of what the post asks for share a node: the arc into it, of
room for one, holds one person to one seat of a post. Seat -> root: least seats, then wanted
ones, rewarded with what an open seat would cost, then further ones. Everything is elastic: no
flow at all is a plan too.

Locked placements are taken out before: they use up seats, posts and floors, the dearest first.
"""

from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np

from gisapp.core.matching.cost import Costs, hundredths
from gisapp.core.matching.pricing_kernels import settle
from gisapp.core.matching.problem import Flags, Ints, Problem, distinct, member
from gisapp.core.matching.simplex import Simplex

NOBODY = -1
RANSOM_MOVES = 4
"""Times the price of a move that a node's own arc costs beside its ransom."""
MANY_GRADES = 1 << 24
"""Combinations of grades above which every person gets a node of their own in a post."""


@dataclass(frozen=True, slots=True)
class Relief:
    """What may be had beyond the rules, each unit for ``price``; rows in order."""

    room: Ints
    """The last posts of each cadre's capacity that count as relief."""
    seats: Ints
    """Further seats of each slot."""
    most: Ints
    """Further placements of each department above its ceiling."""
    price: int
    """0.01 min; far above what any reroute can cost."""


class Network:
    """Nodes and arcs of a problem whose rows are in order; and what flow on them means."""

    def __init__(self, problem: Problem, relief: Relief | None = None) -> None:
        self.relief = relief
        self.problem = problem
        self.costs = Costs(problem)
        self.people, self.seats = len(problem.cadres.codes), len(problem.slots.post)
        self.posts = len(problem.posts.codes)
        departments = len(problem.departments.codes)
        self.department0, self.deployed0 = 1, 1 + departments
        self.person0 = 1 + 2 * departments
        self.seat0 = self.person0 + self.people
        self.dear = self._dear()
        self.ransom = 8 * self.dear
        self.simplex = Simplex(self.seat0 + self.seats, self.ransom)
        self.plain = self.simplex.cost[: self.simplex.arcs].copy()
        self.moved = np.full(len(self.plain), -RANSOM_MOVES, np.int64)
        self.scale, self.extra = 1, 0
        self.kind = np.zeros(self.simplex.nodes, np.int8)
        self.kind[self.department0 : self.deployed0] = 1
        self.kind[self.deployed0 : self.person0] = 2
        self.kind[self.person0 : self.seat0] = 3
        self.kind[self.seat0 :] = 4
        self.first_slot = np.searchsorted(problem.slots.post, np.arange(self.posts + 1))
        self.many = np.diff(self.first_slot)
        self._prepare_grades()
        self._people()
        self._seats()
        self.key = np.zeros(0, np.int64)
        self.arc = np.zeros(0, np.int64)
        self.group_key = np.zeros(0, np.int64)
        self.group_node = np.zeros(0, np.int64)
        self.out_slot = np.zeros(0, np.int64)
        self.out_arc = np.zeros(0, np.int64)
        self.never = self._never()

    def _dear(self) -> int:
        """Bound what one person more or less can be worth anywhere."""
        problem, weights = self.problem, self.problem.weights
        prices = [int(problem.slots.price_least.max(initial=0)), 2 * weights.price_floor]
        prices += [int(self.costs.links_most), int(hundredths(weights.move_min))]
        return 1 + sum(prices) + int(self.costs.steps.max(initial=0))

    def _prepare_grades(self) -> None:
        """Give each post as many numbers as its slots have combinations of grades."""
        grades = self.costs.levels + 1
        product = np.ones(self.posts)
        np.multiply.at(product, self.problem.slots.post, grades.astype(np.float64))
        self.own_node = product > MANY_GRADES
        size = np.where(self.own_node, self.people, product).astype(np.int64)
        self.grade0 = np.concatenate([[0], np.cumsum(size)])

    def _arcs(self, tail: Ints, head: Ints, room: Ints | int, cost: Ints | int) -> Ints:
        """Append arcs that have room at their plain cost; NOBODY for the others."""
        rooms = np.broadcast_to(np.asarray(room, np.int64), tail.shape)
        plain = np.broadcast_to(np.asarray(cost, np.int64), tail.shape)
        kept = rooms > 0
        arcs = np.full(len(tail), NOBODY, np.int64)
        arcs[kept] = self.simplex.add_arcs(
            tail[kept], head[kept], rooms[kept], plain[kept] * self.scale
        )
        self.plain = np.concatenate([self.plain, plain[kept]])
        self.moved = np.concatenate([self.moved, np.zeros(int(kept.sum()), np.int64)])
        return arcs

    def _people(self) -> None:
        """Make the arcs by which people get their 1st, 2nd, … post."""
        problem, cadres = self.problem, self.problem.cadres
        departments = len(problem.departments.codes)
        locked = np.bincount(problem.locks[:, 0], minlength=self.people)
        held = cadres.held + locked
        room = np.where(cadres.available, np.maximum(cadres.capacity - held, 0), 0)
        self.room = room
        out = np.bincount(cadres.department[(held > 0) & cadres.counts], minlength=departments)
        short = np.maximum(problem.departments.floor - out, 0)
        crowd = np.bincount(cadres.department, room, minlength=departments).astype(np.int64)
        there = np.bincount(cadres.department[problem.locks[:, 0]], minlength=departments)
        least, most = limits(problem, crowd + there)
        least = np.maximum(least - there, 0)
        department = self.department0 + np.arange(departments)
        deployed = self.deployed0 + np.arange(departments)
        root, price = np.zeros_like(department), problem.weights.price_floor
        self.in_least = self._arcs(root, department, least, -price)
        self.in_rest = self._arcs(
            root, department, np.maximum(np.minimum(most - there, crowd) - least, 0), 0
        )
        self.in_more = self._beyond(root, department)
        self.in_floor = self._arcs(department, deployed, short, -price)
        self.in_deployed = self._arcs(department, deployed, crowd, 0)
        first = held + 1
        through = (held == 0) & cadres.counts & (room > 0)
        who = np.flatnonzero(through)
        self.first_arc = np.full(self.people, NOBODY, np.int64)
        extra = np.zeros_like(room) if self.relief is None else np.minimum(self.relief.room, room)
        dear = 0 if self.relief is None else self.relief.price
        self.own_room = room - extra
        self.first_arc[who] = self._arcs(
            deployed[cadres.department[who]],
            self.person0 + who,
            1,
            self.costs.load(first[who]) + dear * (extra[who] == room[who]),
        )
        each = np.repeat(np.arange(self.people), room)
        nth = np.arange(len(each)) - np.repeat(np.cumsum(room) - room, room)
        further = ~(through[each] & (nth == 0))
        each, nth = each[further], nth[further]
        cost = self.costs.load(first[each] + nth) + dear * (nth >= (room - extra)[each])
        # Posts of one price share an arc.
        fresh = np.ones(len(each), np.bool_)
        fresh[1:] = (each[1:] != each[:-1]) | (cost[1:] != cost[:-1])
        start = np.flatnonzero(fresh)
        self.further_who = each[start]
        self.further_room = np.diff(np.append(start, len(each)))
        self.further_arc = self._arcs(
            department[cadres.department[each[start]]],
            self.person0 + each[start],
            self.further_room,
            cost[start],
        )

    def _seats(self) -> None:
        """Make the arcs by which seats are filled: least ones first, then wanted, then further."""
        slots = self.problem.slots
        used = np.bincount(self.problem.locks[:, 1], minlength=self.seats)
        least = np.maximum(slots.least - used, 0)
        wanted = np.maximum(slots.wanted - np.maximum(used, slots.least), 0)
        further = np.maximum(slots.most - np.maximum(used, slots.wanted), 0)
        more = np.zeros_like(further) if self.relief is None else self.relief.seats
        seat, root = self.seat0 + np.arange(self.seats), np.zeros(self.seats, np.int64)
        self.seat_arcs = np.stack(
            [
                self._arcs(seat, root, least, -slots.price_least),
                self._arcs(seat, root, wanted, -slots.price_wanted),
                self._arcs(seat, root, further, 0),
                self._arcs(seat, root, more, 0 if self.relief is None else self.relief.price),
            ]
        )
        self.seat_room = np.stack([least, wanted, further, more])
        self.open = self.seat_room.sum(axis=0) > 0
        hung = np.zeros(self.seats, np.bool_)
        for arc in self.seat_arcs:
            now = (arc != NOBODY) & ~hung
            self.simplex.hang_from(seat[now], arc[now])
            hung |= now

    def _beyond(self, root: Ints, department: Ints) -> Ints:
        """Make the arcs by which departments may go above their ceilings."""
        if self.relief is None or not len(self.problem.departments.most):
            return np.full(len(department), NOBODY, np.int64)
        return self._arcs(root, department, self.relief.most, self.relief.price)

    def _never(self) -> Ints:
        """List the pairs that no arc may stand for: recused, and those that are locked."""
        locks = self.problem.locks
        locked = np.column_stack([locks[:, 0], self.problem.slots.post[locks[:, 1]]])
        both = np.concatenate([self.problem.recused, locked])
        return distinct(both @ np.array([self.posts, 1]))

    def slots_of(self, post: Ints) -> tuple[Ints, Ints]:
        """List the slots of posts: for each the position in ``post``, and the slot."""
        many = self.many[post]
        each = np.repeat(np.arange(len(post)), many)
        nth = np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many)
        return each, self.first_slot[post[each]] + nth

    def fits(self, cadre: Ints, post: Ints) -> Flags:
        """Tell which pairs may be: the role allows it, nothing forbids it, there is room."""
        leader, chief = self.problem.cadres.leader[cadre], self.problem.posts.chief[post]
        role = (leader == chief) | (leader & self.problem.weights.leaders_as_members)
        free = role & (self.room[cadre] > 0)
        may: Flags = free & ~member(cadre * self.posts + post, self.never)
        return may

    def add(self, cadre: Ints, post: Ints) -> int:
        """Add the pairs that may be and are not there yet; return how many were added."""
        key = distinct((cadre * self.posts + post)[self.fits(cadre, post)])
        key = key[~member(key, self.key)]
        if not len(key):
            return 0
        who, where = key // self.posts, key % self.posts
        arcs = np.empty(len(key), np.int64)
        one = self.many[where] == 1
        slot = self.first_slot[where[one]]
        price = self.costs.pair(who[one], where[one]) + self.costs.specialty(who[one], slot)
        arcs[one] = self._arcs(self.person0 + who[one], self.seat0 + slot, 1, price)
        group = self._groups(who[~one], where[~one])
        arcs[~one] = self._arcs(
            self.person0 + who[~one], group, 1, self.costs.pair(who[~one], where[~one])
        )
        self.moved[arcs] = self.costs.kept(who, where)
        if self.extra:
            self.simplex.cost[arcs] -= self.extra * self.moved[arcs]
        place = np.searchsorted(self.key, key)
        self.key = np.insert(self.key, place, key)
        self.arc = np.insert(self.arc, place, arcs)
        return len(key)

    def _groups(self, who: Ints, post: Ints) -> Ints:
        """Find the node of each pair's post and grades; make it where there is none."""
        code = np.zeros(len(who), np.int64)
        for number in range(int(self.many[post].max(initial=0))):
            here = np.flatnonzero(self.many[post] > number)
            slot = self.first_slot[post[here]] + number
            code[here] *= self.costs.levels[slot] + 1
            code[here] += self.costs.grade(who[here], slot)
        code = np.where(self.own_node[post], who, code) + self.grade0[post]
        wanted, sample = np.unique(code, return_index=True)
        new = ~member(wanted, self.group_key)
        if new.any():
            self._make_groups(wanted[new], who[sample[new]], post[sample[new]])
        nodes: Ints = self.group_node[np.searchsorted(self.group_key, code)]
        return nodes

    def _make_groups(self, code: Ints, who: Ints, post: Ints) -> None:
        node = self.simplex.add_nodes(len(code))
        self.plain = np.concatenate([self.plain, np.full(len(code), self.ransom)])
        self.moved = np.concatenate([self.moved, np.full(len(code), -RANSOM_MOVES)])
        self.kind = np.concatenate([self.kind, np.zeros(len(code), np.int8)])
        each, slot = self.slots_of(post)
        each, slot = each[self.open[slot]], slot[self.open[slot]]
        arcs = self._arcs(
            node[each], self.seat0 + slot, 1 << 40, self.costs.specialty(who[each], slot)
        )
        # A group without flow hangs from the seat it is best for, so that its price is right.
        price = self.simplex.price[self.seat0 + slot] - self.simplex.cost[arcs]
        order = np.lexsort((-price, each))
        first = order[np.concatenate([[True], each[order][1:] != each[order][:-1]])]
        self.simplex.hang_from(node[each[first]], arcs[first])
        place = np.searchsorted(self.group_key, code)
        self.group_key = np.insert(self.group_key, place, code)
        self.group_node = np.insert(self.group_node, place, node)
        self.out_slot = np.concatenate([self.out_slot, slot])
        self.out_arc = np.concatenate([self.out_arc, arcs])

    def copy(self) -> Self:
        """Return one that can be changed without changing this one."""
        # Every other row is made anew when it changes.
        twin = copy(self)
        twin.simplex = self.simplex.copy()
        return twin

    def arc_of(self, cadre: int, post: int) -> int:
        """Find the arc of a pair; NOBODY when it is not in the network."""
        key = cadre * self.posts + post
        place = int(np.searchsorted(self.key, key))
        there = place < len(self.key) and self.key[place] == key
        return int(self.arc[place]) if there else NOBODY

    def demand(self, seats: Ints, floors: Ints, least: Ints, worth: int) -> Ints:
        """Let the first so many seats of each slot, and people of each floor, be worth more.

        ``floors`` are people deployed, ``least`` placements of each department; who is locked or
        held elsewhere is not among them, nor is who was asked for before. Returns the arcs.
        """
        self.seat_arcs, self.in_floor = self.seat_arcs.copy(), self.in_floor.copy()
        self.in_least = self.in_least.copy()
        sink = np.zeros(self.seats, np.int64)
        rows = [(self.seat0 + np.arange(self.seats), sink, self.seat_arcs, seats)]
        department = self.department0 + np.arange(len(floors))
        deployed = self.deployed0 + np.arange(len(floors))
        rows.append((department, deployed, self.in_floor[None], floors))
        rows.append((np.zeros_like(department), department, self.in_least[None], least))
        found = []
        for tail, head, chain, wanted in rows:
            left = wanted.copy()
            for arcs in chain:
                room = np.where(arcs == NOBODY, 0, self.simplex.room[arcs])
                take = np.minimum(left, room)
                left -= take
                # Where only some are asked for, these get an arc of their own.
                part = np.flatnonzero((take > 0) & (take < room))
                self.simplex.room[arcs[part]] -= take[part]
                new = self._arcs(tail[part], head[part], take[part], self.plain[arcs[part]])
                whole = (take > 0) & (take == room)
                found += [arcs[whole], new]
                arcs[whole] = NOBODY
        arcs = np.concatenate(found)
        self.simplex.cost[arcs] -= worth
        return arcs

    def weigh(self, scale: int, extra: int) -> None:
        """Count every cost ``scale`` times, and ``extra`` for every placement given up."""
        self.scale, self.extra = scale, extra
        self.simplex.cost[: len(self.plain)] = self.plain * scale - extra * self.moved
        self.simplex.ransom = self.ransom * scale + extra * RANSOM_MOVES
        self.simplex.rebuild()

    def prices(self) -> tuple[Ints, Ints]:
        """Tell what one more post of each person costs, and what one more in each seat is worth.

        Of the prices that the flow allows, those by which the fewest pairs pay.
        """
        price = self._settled()
        return price[self.person0 : self.seat0], price[self.seat0 : self.seat0 + self.seats]

    def _settled(self) -> Ints:
        simplex = self.simplex
        price = simplex.price.copy()
        rows = (simplex.tail, simplex.head, simplex.room, simplex.cost, simplex.flow)
        settle(simplex.arcs, *rows, self.kind, price)
        return price

    def bound(self, given: Ints | None = None) -> int:
        """Bound from below what any flow over the network's pairs costs, whatever the prices.

        Lagrangian: every arc carries all it can where it pays, and nothing where it does not.
        Prices of the first nodes may be given.
        """
        simplex = self.simplex
        here = slice(0, simplex.arcs)
        price = np.maximum(self._settled(), -simplex.ransom)
        if given is not None:
            price[: len(given)] = np.maximum(given, -simplex.ransom)
        tail, head = simplex.tail[here], simplex.head[here]
        out = np.full(simplex.nodes, -(1 << 60))
        np.maximum.at(
            out, tail[self.out_arc], price[head[self.out_arc]] - simplex.cost[self.out_arc]
        )
        group = self.kind == 0
        price[group] = np.where(out[group] > -(1 << 60), out[group], price[group])
        price[0] = 0
        reduced = simplex.cost[here] + price[tail] - price[head]
        pays = reduced < 0
        return int(reduced[pays] @ simplex.room[here][pays])

    def nothing(self) -> int:
        """Tell what a plan costs in which nobody is placed but who is locked."""
        problem, costs = self.problem, self.costs
        slots, cadres, locks = problem.slots, problem.cadres, problem.locks
        left = self.seat_room
        open_seats = left[0] @ slots.price_least + left[1] @ slots.price_wanted
        simplex, price = self.simplex, problem.weights.price_floor
        short = sum(
            int(simplex.room[arcs[arcs != NOBODY]].sum()) for arcs in (self.in_least, self.in_floor)
        )
        who, post = locks[:, 0], slots.post[locks[:, 1]]
        nth = np.zeros(len(who), np.int64)
        order = np.argsort(who, kind="stable")
        first = np.searchsorted(who[order], who[order])
        nth[order] = np.arange(len(who)) - first
        locked = costs.pair(who, post) + costs.specialty(who, locks[:, 1])
        load = costs.load(cadres.held[who] + nth + 1)
        stays = int(self.standing().sum()) * int(hundredths(problem.weights.move_min))
        return int(open_seats + short * price + locked.sum() + load.sum() + stays)

    def standing(self) -> Flags:
        """Tell which placements of the base plan could stand."""
        problem = self.problem
        cadre, post = problem.base[:, 0], problem.base[:, 1]
        leader, chief = problem.cadres.leader[cadre], problem.posts.chief[post]
        role = (leader == chief) | (leader & problem.weights.leaders_as_members)
        recused = distinct(problem.recused @ np.array([self.posts, 1]))
        barred = member(cadre * self.posts + post, recused)
        stands: Flags = role & problem.cadres.available[cadre] & ~barred
        return stands

    def placements(self) -> tuple[Ints, Ints]:
        """Read who sits where, locked ones first; equals of one post sit in order of code."""
        flow = self.simplex.flow
        taken = np.flatnonzero(flow[self.arc] > 0)
        who, post = self.key[taken] // self.posts, self.key[taken] % self.posts
        one = self.many[post] == 1
        group = self.simplex.head[self.arc[taken[~one]]].astype(np.int64)
        into = who[~one][np.lexsort((who[~one], group))]
        used = np.flatnonzero(flow[self.out_arc] > 0)
        tail = self.simplex.tail[self.out_arc[used]].astype(np.int64)
        used = used[np.lexsort((self.out_slot[used], tail))]
        seats = np.repeat(self.out_slot[used], flow[self.out_arc[used]])
        locks = self.problem.locks
        return (
            np.concatenate([locks[:, 0], who[one], into]),
            np.concatenate([locks[:, 1], self.first_slot[post[one]], seats]),
        )


def limits(problem: Problem, endless: Ints) -> tuple[Ints, Ints]:
    """Return the least and most placements of each department; ``endless`` where none is set."""
    rows = problem.departments
    least = rows.least if len(rows.least) else np.zeros(len(rows.codes), np.int64)
    most = rows.most if len(rows.most) else endless
    return least, most
