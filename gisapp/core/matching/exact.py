"""The cheapest plan there is, by min-cost flow."""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from gisapp.core.matching import candidates
from gisapp.core.matching.candidates import ALL_PAIRS
from gisapp.core.matching.contradictions import ensure
from gisapp.core.matching.network import NO_ARC, Network, network
from gisapp.core.matching.problem import Ints, Plan, Problem, distinct, plan, ranks

ROUNDS = 4
"""Times a short list grows by what its plan left open, at most."""


def solve(problem: Problem, *, seed: int = 0, all_pairs: int = ALL_PAIRS) -> Plan:
    """
    Find the plan of least cost.

    Parameters
    ----------
    problem
        Rows in any order: the same rows make the same plan.
    seed
        Picks among plans that cost the same.
    all_pairs
        Up to so many pairs every one is looked at, and the plan is proven to be optimal;
        above, a short list is, and nothing is proven.

    Raises
    ------
    Contradictions
        Or one of its leaves, when rules contradict each other. Scarcity is none: what cannot
        be filled or reached stays open.

    Notes
    -----
    All data are whole numbers, so that an optimal flow is whole too (Ahuja, Magnanti, Orlin,
    Network Flows, 1993, theorem 9.10) and no branching is needed.
    """
    ensure(problem)
    cadre, post, whole = candidates.pairs(problem, all_pairs)
    who, slot = _best(problem, cadre, post, seed)
    for turn in range(0 if whole else ROUNDS):
        new = candidates.further(problem, who, slot, turn)
        posts = len(problem.posts.codes)
        known = cadre * posts + post
        key = distinct(np.concatenate([known, candidates.allowed(problem, *new)]))
        if len(key) == len(known):
            break
        cadre, post = key // posts, key % posts
        who, slot = _best(problem, cadre, post, seed)
    return plan(problem, who, slot, proven=whole)


def _best(problem: Problem, cadre: Ints, post: Ints, seed: int) -> tuple[Ints, Ints]:
    """Find the cheapest placements over some pairs, with those that are locked."""
    net = network(problem, cadre, post, seed)
    who, slot = _placements(problem, net, _flow(net))
    return (
        np.concatenate([problem.locks[:, 0], who]),
        np.concatenate([problem.locks[:, 1], slot]),
    )


def _flow(net: Network) -> Ints:
    if not net.supply[0]:
        return np.zeros(len(net.tail), np.int64)
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(net.tail, net.head, net.capacity, net.cost)
    solver.set_nodes_supplies(np.arange(len(net.supply)), net.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status}")  # elastic: cannot happen
    return np.asarray(solver.flows(np.arange(len(net.tail))), np.int64)


def _placements(problem: Problem, net: Network, flow: Ints) -> tuple[Ints, Ints]:
    """Read who sits where; people of one (post, grades) take its seats in order of code."""
    used = flow > 0
    direct = used & (net.pair_cadre != NO_ARC) & (net.slot != NO_ARC)
    into = np.flatnonzero(used & (net.pair_cadre != NO_ARC) & (net.group != NO_ARC))
    out = np.flatnonzero(used & (net.pair_cadre == NO_ARC) & (net.group != NO_ARC))
    rank = ranks(problem.cadres.codes)
    into = into[np.lexsort((rank[net.pair_cadre[into]], net.group[into]))]
    out = out[np.lexsort((problem.slots.number[net.slot[out]], net.group[out]))]
    slots = np.repeat(net.slot[out], flow[out])
    return (
        np.concatenate([net.pair_cadre[direct], net.pair_cadre[into]]),
        np.concatenate([net.slot[direct], slots]),
    )
