"""The whole model as one min-cost flow.

Source -> department (at most its floor, rewarded) -> cadre: the first post, by which a person
counts as deployed. Source -> cadre: further posts, each dearer than the one before, so that the
first unit always comes through the department. Cadre -> slot for a post with one slot; else
cadre -> (post, grades) -> slots, where all who know the same of what the post asks for share a
node: the arc into it, of capacity one, holds one person to one seat of a post. Slot -> sink:
least seats, then wanted ones, rewarded with what an open seat would cost, then further ones.
Everything is elastic: source -> sink is free, so there always is a flow.

Locked placements are taken out before: they use up seats, posts and floors, the dearest first.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from gisapp.core.matching.cost import Costs
from gisapp.core.matching.problem import Ints, Problem, ranks

NO_ARC = -1


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs in an order that depends on codes alone, and what flow on them means."""

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    supply: Ints
    """By node; the first is the source, the second the sink."""
    pair_cadre: Ints
    """For each arc out of a cadre: who; -1 for other arcs."""
    group: Ints
    """For each arc between a cadre and a (post, grades), or that and a slot: which; else -1."""
    slot: Ints
    """For each arc into a slot: which; else -1."""


@dataclass(frozen=True, slots=True)
class _Arcs:
    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    cadre: Ints
    group: Ints
    slot: Ints


def network(problem: Problem, cadre: Ints, post: Ints, seed: int) -> Network:
    """Build the flow over some pairs.

    Nodes are numbered by code, shuffled by ``seed`` (0: not at all), and arcs ordered by node:
    the same rows in any order make the same network.
    """
    costs = Costs(problem)
    slots = problem.slots
    departments, people = len(problem.departments.codes), len(problem.cadres.codes)
    department = 2 + _numbered(problem.departments.codes, seed)
    person = 2 + departments + _numbered(problem.cadres.codes, seed)
    first = _numbered(problem.posts.codes, seed)[slots.post]
    place = np.empty(len(first), np.int64)
    place[np.lexsort((slots.number, first))] = np.arange(len(first))
    seat = 2 + departments + people + place
    nodes = 2 + departments + people + len(seat)

    single = np.bincount(slots.post, minlength=len(problem.posts.codes)) == 1
    only = np.zeros(len(single), np.int64)
    only[slots.post] = np.arange(len(slots.post))
    one = single[post]
    groups, arcs = _grouped(costs, cadre[~one], post[~one], person, seat, nodes)
    who, slot = cadre[one], only[post[one]]
    price = costs.pair(who, post[one]) + costs.specialty(who, slot)
    parts = [
        _people(costs, department, person),
        _arcs(person[who], seat[slot], 1, price, cadre=who, slot=slot),
        *arcs,
        _seats(problem, seat),
    ]
    total = int(np.maximum(problem.cadres.capacity, 0).sum())
    zero = np.zeros(1, np.int64)
    parts.append(_arcs(zero, zero + 1, total, 0))
    return _ordered(parts, nodes + groups, total)


def _grouped(
    costs: Costs, cadre: Ints, post: Ints, person: Ints, seat: Ints, first: int
) -> tuple[int, list[_Arcs]]:
    """Join people and posts of several slots through nodes of equal grades."""
    slots = costs.problem.slots
    order = np.lexsort((slots.number, slots.post))
    start = np.searchsorted(slots.post[order], post)
    many = np.bincount(slots.post, minlength=len(costs.problem.posts.codes))[post]
    grades = np.zeros(len(post), np.int64)
    for number in range(int(many.max(initial=0))):
        here = np.flatnonzero(many > number)
        grade = np.zeros(len(post), np.int64)
        grade[here] = costs.grade(cadre[here], order[start[here] + number])
        # Numbers made small again at each step: no list of grades is too long for them.
        _, grades = np.unique(grades * (int(grade.max(initial=0)) + 1) + grade, return_inverse=True)
    rank = ranks(costs.problem.posts.codes)[post]
    _, sample, group = np.unique(
        rank * (len(post) + 1) + grades, return_index=True, return_inverse=True
    )
    into = _arcs(person[cadre], first + group, 1, costs.pair(cadre, post), cadre=cadre, group=group)
    length = many[sample]
    each = np.repeat(np.arange(len(sample)), length)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(length) - length, length)
    slot = order[start[sample][each] + nth]
    price = costs.specialty(cadre[sample][each], slot)
    out = _arcs(first + each, seat[slot], slots.most[slot], price, group=each, slot=slot)
    return len(sample), [into, out]


def _people(costs: Costs, department: Ints, person: Ints) -> _Arcs:
    """Make the arcs by which people get their 1st, 2nd, … post."""
    problem = costs.problem
    cadres = problem.cadres
    held = cadres.held + np.bincount(problem.locks[:, 0], minlength=len(person))
    room = np.where(cadres.available, np.maximum(cadres.capacity - held, 0), 0)
    out = np.bincount(cadres.department[(held > 0) & cadres.counts], minlength=len(department))
    short = np.maximum(problem.departments.floor - out, 0)
    each = np.repeat(np.arange(len(person)), room)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(room) - room, room)
    number = held[each] + nth + 1
    through = (number == 1) & cadres.counts[each]
    source = np.where(through, department[cadres.department[each]], 0)
    everybody = np.bincount(cadres.department, minlength=len(department))
    parts = [
        _arcs(source, person[each], 1, costs.load(number)),
        _arcs(np.zeros_like(department), department, short, -problem.weights.price_floor),
        _arcs(np.zeros_like(department), department, everybody, 0),
    ]
    return _joined(parts)


def _seats(problem: Problem, seat: Ints) -> _Arcs:
    """Make the arcs by which seats are filled: least ones first, then wanted, then further."""
    slots = problem.slots
    used = np.bincount(problem.locks[:, 1], minlength=len(seat))
    least = np.maximum(slots.least - used, 0)
    wanted = np.maximum(slots.wanted - np.maximum(used, slots.least), 0)
    further = np.maximum(slots.most - np.maximum(used, slots.wanted), 0)
    sink = np.ones_like(seat)
    return _joined(
        [
            _arcs(seat, sink, least, -slots.price_least),
            _arcs(seat, sink, wanted, -slots.price_wanted),
            _arcs(seat, sink, further, 0),
        ]
    )


def _arcs(
    tail: Ints,
    head: Ints,
    capacity: Ints | int,
    cost: Ints | int,
    *,
    cadre: Ints | None = None,
    group: Ints | None = None,
    slot: Ints | None = None,
) -> _Arcs:
    def whole(row: Ints | int | None) -> Ints:
        value = NO_ARC if row is None else row
        return np.broadcast_to(np.asarray(value, np.int64), tail.shape)

    return _Arcs(tail, head, whole(capacity), whole(cost), whole(cadre), whole(group), whole(slot))


def _joined(parts: list[_Arcs]) -> _Arcs:
    return _Arcs(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in _Arcs.__dataclass_fields__
        )
    )


def _ordered(parts: list[_Arcs], nodes: int, total: int) -> Network:
    arcs = _joined(parts)
    # Arcs side by side stand in the order of a person's posts, a slot's seats: by cost already.
    order = np.argsort(arcs.tail * nodes + arcs.head, kind="stable")
    order = order[arcs.capacity[order] > 0]
    supply = np.zeros(nodes, np.int64)
    supply[:2] = total, -total
    return Network(
        arcs.tail[order],
        arcs.head[order],
        arcs.capacity[order],
        arcs.cost[order],
        supply,
        arcs.cadre[order],
        arcs.group[order],
        arcs.slot[order],
    )


def _numbered(codes: list[str], seed: int) -> Ints:
    """Order rows by code, or by a digest of seed and code: alike on every machine."""
    if not seed:
        return ranks(codes)
    return ranks([blake2b(f"{seed} {code}".encode()).hexdigest() for code in codes])
