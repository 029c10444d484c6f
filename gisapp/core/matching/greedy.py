"""A quick plan, seat by seat, the cheapest first: the baseline that the exact one is held to."""

import numpy as np

from gisapp.core.matching import candidates
from gisapp.core.matching.contradictions import ensure
from gisapp.core.matching.cost import Costs
from gisapp.core.matching.network import limits
from gisapp.core.matching.problem import Ints, Plan, Problem, plan, ranks


def solve(problem: Problem) -> Plan:
    """Take the cheapest placement that still helps until none does; proves nothing."""
    ensure(problem)
    costs = Costs(problem)
    slots, cadres = problem.slots, problem.cadres
    taken = list(map(tuple, problem.locks.tolist()))
    load = cadres.held + np.bincount(problem.locks[:, 0], minlength=len(cadres.held))
    used = np.bincount(problem.locks[:, 1], minlength=len(slots.post))
    held = {(cadre, int(slots.post[slot])) for cadre, slot in taken}
    floor = problem.departments.floor
    out = np.bincount(cadres.department[(load > 0) & cadres.counts], minlength=len(floor))
    sent = np.bincount(cadres.department[problem.locks[:, 0]], minlength=len(floor))
    _, most = limits(problem, np.full(len(floor), len(cadres.codes) * len(problem.posts.codes)))
    cadre, slot, price = _offers(costs)
    for who, where, cost in zip(cadre.tolist(), slot.tolist(), price.tolist(), strict=True):
        post, team = int(slots.post[where]), cadres.department[who]
        if load[who] >= cadres.capacity[who] or (who, post) in held or sent[team] >= most[team]:
            continue
        change = cost + costs.load(load[who] + 1) - _worth(problem, where, int(used[where]))
        first = load[who] == 0 and cadres.counts[who]
        if first and out[team] < floor[team]:
            change -= problem.weights.price_floor
        if used[where] < slots.most[where] and change < 0:
            taken.append((who, where))
            held.add((who, post))
            load[who] += 1
            used[where] += 1
            out[team] += first
            sent[team] += 1
    rows = np.array(taken, np.int64).reshape(-1, 2)
    return plan(problem, rows[:, 0], rows[:, 1], gap=None)


def _worth(problem: Problem, slot: int, used: int) -> int:
    slots = problem.slots
    if used < slots.least[slot]:
        return int(slots.price_least[slot])
    return int(slots.price_wanted[slot]) if used < slots.wanted[slot] else 0


def _offers(costs: Costs) -> tuple[Ints, Ints, Ints]:
    """List every pair with every slot of its post, the cheapest first, then by code."""
    problem = costs.problem
    slots = problem.slots
    cadre, post = candidates.pairs(problem)
    order = np.lexsort((slots.number, slots.post))
    start = np.searchsorted(slots.post[order], post)
    many = np.bincount(slots.post, minlength=len(problem.posts.codes))[post]
    each = np.repeat(np.arange(len(post)), many)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many)
    slot = order[start[each] + nth]
    price = costs.pair(cadre, post)[each] + costs.specialty(cadre[each], slot)
    people, places = ranks(problem.cadres.codes), ranks(problem.posts.codes)
    by = np.lexsort((people[cadre[each]], slots.number[slot], places[post[each]], price))
    return cadre[each][by], slot[by], price[by]
