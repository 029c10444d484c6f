"""A first flow to begin from: near pairs, and of those the cheapest first."""

import numpy as np

from gisapp.core.matching import candidates
from gisapp.core.matching.network import NOBODY, Network
from gisapp.core.matching.problem import Ints, member
from gisapp.core.matching.simplex import Simplex
from gisapp.core.matching.start_kernels import fill

NEAR_OFFICES = 8
"""Offices a post looks at to begin with: one person of each, others for each post."""


def begin(net: Network) -> None:
    """Add near pairs to a new network and let the cheapest of them carry flow."""
    net.simplex.rebuild()
    free = np.flatnonzero(net.room > 0)
    near, spread = (
        candidates.near(net.problem, free, NEAR_OFFICES),
        candidates.spread(net.problem, net.own_room),
    )
    net.add(np.concatenate([near[0], spread[0]]), np.concatenate([near[1], spread[1]]))
    _carry(net)
    net.simplex.rebuild()


def _carry(net: Network) -> None:
    """Take pairs with posts of one slot, the cheapest first, and hang what they carry."""
    simplex, limits = net.simplex, net.problem.departments
    who, post = net.key // net.posts, net.key % net.posts
    one = np.flatnonzero(net.many[post] == 1)
    who, slot, arc = who[one], net.first_slot[post[one]], net.arc[one]
    if len(limits.least) or len(limits.most) or not len(arc):
        return
    taken = np.zeros(len(arc), np.bool_)
    wanted = net.seat_room[:2].sum(axis=0)
    fill(
        np.argsort(simplex.cost[arc], kind="stable"),
        who,
        slot,
        net.own_room.copy(),
        wanted.copy(),
        taken,
    )
    who, slot, arc = who[taken], slot[taken], arc[taken]
    simplex.carry(arc, 1, arc, held=False)
    _carry_people(net, np.bincount(who, minlength=net.people))
    _carry_seats(net, np.bincount(slot, minlength=net.seats), slot, arc)


def _carry_people(net: Network, load: Ints) -> None:
    """Let the arcs of each person's posts carry them; the dearest one in use holds the person."""
    simplex, departments = net.simplex, len(net.problem.departments.codes)
    first = (net.first_arc != NOBODY) & (load > 0)
    through = np.flatnonzero(first)
    rest = load - first
    before = np.cumsum(net.further_room) - net.further_room
    start = np.zeros(net.people, np.int64)
    who = net.further_who
    head = np.ones(len(who), np.bool_)
    head[1:] = who[1:] != who[:-1]
    start[who[head]] = before[head]
    used = np.clip(rest[who] - (before - start[who]), 0, net.further_room)
    only = through[rest[through] == 0]
    also = through[rest[through] > 0]
    simplex.carry(net.first_arc[only], 1, net.person0 + only, held=True)
    simplex.carry(net.first_arc[also], 1, also, held=False)
    arcs = np.flatnonzero(used > 0)
    last = np.ones(len(arcs), np.bool_)
    last[:-1] = who[arcs][1:] != who[arcs][:-1]
    top = arcs[last]
    simplex.carry(net.further_arc[top], used[top], net.person0 + who[top], held=True)
    low = arcs[~last]
    simplex.carry(net.further_arc[low], used[low], low, held=False)

    home = net.problem.cadres.department
    out = np.bincount(home[through], minlength=departments)
    every = np.bincount(home, load, minlength=departments).astype(np.int64)
    _fill_up(net, net.in_floor, net.in_deployed, out, net.deployed0)
    _fill_up(net, net.in_least, net.in_rest, every, net.department0)


def _fill_up(net: Network, sooner: Ints, later: Ints, flow: Ints, node0: int) -> None:
    """Split the flow of departments over two arcs in a row; the later one in use holds them."""
    simplex = net.simplex
    room = np.where(sooner == NOBODY, 0, simplex.room[sooner])
    for arcs, amount, other in (
        (sooner, np.minimum(flow, room), later),
        (later, flow - np.minimum(flow, room), None),
    ):
        used = np.flatnonzero(amount > 0)
        holds = used if other is None else used[flow[used] <= room[used]]
        full = np.setdiff1d(used, holds)
        simplex.carry(arcs[holds], amount[holds], node0 + holds, held=True)
        simplex.carry(arcs[full], amount[full], full, held=False)


def _carry_seats(net: Network, sitting: Ints, slot: Ints, arc: Ints) -> None:
    """Let the arcs of seats carry who sits there; an arc in part use holds its seat."""
    simplex = net.simplex
    seat = net.seat0 + np.arange(net.seats)
    left, partial = sitting.copy(), np.zeros(net.seats, np.bool_)
    for arcs, room in zip(net.seat_arcs, net.seat_room, strict=True):
        amount = np.minimum(left, room)
        left -= amount
        full = np.flatnonzero((amount > 0) & (amount == room))
        simplex.flow[arcs[full]] = amount[full]
        # A full arc may still hold its seat until the seat hangs from a pair.
        loose = full[simplex.pred[seat[full]] != arcs[full]]
        simplex.state[arcs[loose]] = -1
        part = np.flatnonzero((amount > 0) & (amount < room))
        simplex.flow[arcs[part]] = amount[part]
        apart = part[simplex.pred[seat[part]] != arcs[part]]
        old = simplex.pred[seat[apart]]
        simplex.state[old] = np.where(simplex.flow[old] > 0, -1, 1)
        simplex.pred[seat[apart]] = arcs[apart]
        simplex.state[arcs[apart]] = 0
        partial[part] = True
    # Seats without an arc in part use hang from one of their pairs.
    mine, index = np.unique(slot, return_index=True)
    free = ~partial[mine]
    mine, by = mine[free], arc[index[free]]
    old = simplex.pred[seat[mine]]
    simplex.state[old] = np.where(simplex.flow[old] > 0, -1, 1)
    simplex.pred[seat[mine]], simplex.parent[seat[mine]] = by, simplex.tail[by]
    simplex.up[seat[mine]] = -1
    simplex.state[by] = 0


def seat(net: Network, who: Ints, slot: Ints, price: Ints) -> None:
    """Let a network without flow carry placements, with a tree near to given prices.

    Pairs that are not in the network are left out; ``price`` is of the first nodes.
    """
    simplex = net.simplex
    flow, post = simplex.flow, net.problem.slots.post[slot]
    key = who * net.posts + post
    there = member(key, net.key)
    who, slot, post, key = who[there], slot[there], post[there], key[there]
    arc = net.arc[np.searchsorted(net.key, key)]
    flow[arc] = 1
    group = net.many[post] > 1
    node = simplex.head[arc[group]].astype(np.int64) * net.seats + slot[group]
    own = simplex.tail[net.out_arc].astype(np.int64) * net.seats + net.out_slot
    order = np.argsort(own)
    np.add.at(flow, net.out_arc[order[np.searchsorted(own[order], node)]], 1)
    through(net, simplex, who, slot)
    known = np.zeros(simplex.nodes, np.int64)
    known[: len(price)] = price
    groups = net.group_node
    known[groups] = -(1 << 60)
    np.maximum.at(
        known,
        simplex.tail[net.out_arc],
        known[simplex.head[net.out_arc]] - simplex.cost[net.out_arc],
    )
    simplex.lay(known)


def through(net: Network, simplex: Simplex, who: Ints, slot: Ints) -> None:
    """Let the arcs of departments, people and seats carry who sits where."""
    _pour(simplex, net.seat_arcs, np.bincount(slot, minlength=net.seats))
    load = np.bincount(who, minlength=net.people)
    first = (net.first_arc != NOBODY) & (load > 0)
    simplex.flow[net.first_arc[first]] = 1
    rest = load - first
    before = np.cumsum(net.further_room) - net.further_room
    start = np.searchsorted(net.further_who, net.further_who)
    used = np.clip(rest[net.further_who] - (before - before[start]), 0, net.further_room)
    simplex.flow[net.further_arc] = used
    home, many = net.problem.cadres.department, len(net.problem.departments.codes)
    out, every = (np.bincount(home, each, many).astype(np.int64) for each in (first, load))
    _pour(simplex, np.stack([net.in_floor, net.in_deployed]), out)
    _pour(simplex, np.stack([net.in_least, net.in_rest, net.in_more]), every)


def _pour(simplex: Simplex, chain: Ints, flow: Ints) -> None:
    """Let arcs side by side carry a flow, each in turn as much as it can."""
    left = flow.copy()
    for arcs in chain:
        there = arcs != NOBODY
        used = np.where(there, np.minimum(left, simplex.room[arcs]), 0)
        simplex.flow[arcs[there]] = used[there]
        left -= used
