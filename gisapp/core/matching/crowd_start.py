"""A first flow of crowds: near ways, and the dearest seats filled at the shortest of them."""

import numpy as np

from gisapp.core.matching import candidates, start
from gisapp.core.matching.crowd import Crowd
from gisapp.core.matching.crowd_kernels import fill
from gisapp.core.matching.problem import Ints

NEAR_DESKS = 8
"""Desks that each seat looks at to begin with."""
NEAR_SEATS = 2
"""Seats for each unit of room that a desk looks at to begin with."""


def begin(crowd: Crowd) -> None:
    """Add near pairs, and fill seats."""
    net, simplex = crowd.net, crowd.simplex
    pairs = [candidates.spread(net.problem, net.own_room)]
    at = np.full(net.people, -1, np.int64)
    at[crowd.desks.free] = crowd.desks.desk
    each, slot = net.slots_of(pairs[0][1])
    rows = [np.stack([at[pairs[0][0][each]], slot])]
    for chief in (False, True):
        desks = np.flatnonzero(crowd.desks.may(chief=chief))
        seats = np.flatnonzero((crowd.desks.chief == chief) & net.open)
        if len(desks) and len(seats):
            places = net.problem.offices[crowd.desks.office[desks]]
            spots = net.problem.posts.metres[net.problem.slots.post[seats]]
            units = crowd.desks.units[desks] * NEAR_SEATS
            rows += candidates.about(places, spots, NEAR_DESKS, units, desks, seats)
    desk, slot = np.concatenate(rows, axis=1)
    hub = crowd.desks.hub[desk, crowd.desks.type[slot]]
    crowd.add(hub[hub >= 0], net.problem.slots.post[slot[hub >= 0]])
    crowd.scan.between()
    simplex.rebuild()
    _fill(crowd, _guess(crowd))


def _guess(crowd: Crowd) -> Ints:
    """Guess prices: seats at what the last one filled may bring, all else at its best seat."""
    net, simplex, desks = crowd.net, crowd.simplex, crowd.desks
    price = simplex.price.copy()
    for chief in (False, True):
        here = np.flatnonzero((desks.chief == chief) & net.open)
        seats = net.seat0 + here
        rest = int(desks.units[desks.leader == chief].sum())
        order = here[np.argsort(-price[seats], kind="stable")]
        short = np.cumsum(net.seat_room[:2, order].sum(axis=0)) > rest
        if short.any():
            price[seats] = np.minimum(price[seats], price[net.seat0 + order[short.argmax()]])
    person = net.person0 + desks.free
    people = np.concatenate([np.arange(len(person)), crowd.past_who])
    for number, nodes, arcs in (
        (crowd.hub_of, crowd.hub_node, crowd.arc),
        (desks.hub_desk, crowd.crowd_node, crowd.out_arc),
        (people, person, np.concatenate([crowd.in_arc, crowd.past_arc])),
    ):
        worth = price[simplex.head[arcs]] - simplex.cost[arcs]
        order = np.lexsort((-worth, number))
        best = order[np.diff(number[order], prepend=-1) > 0]
        price[nodes[number[best]]] = worth[best]
    return price


def _fill(crowd: Crowd, price: Ints) -> None:
    """Fill seats, the dearest open ones at the shortest ways, and hang what that carries."""
    net, simplex, desks, costs = crowd.net, crowd.simplex, crowd.desks, crowd.net.costs
    people = np.argsort(desks.desk, kind="stable")
    free = desks.free[people]
    lacks = np.stack(
        [costs.specialty(free, np.full(len(free), slot)) for slot in desks.sample.tolist()],
        axis=1,
    )
    seats = net.seat_room[:2].sum(axis=0)
    worth = simplex.price[net.seat0 : net.seat0 + net.seats]
    seats[worth < price[net.seat0 : net.seat0 + net.seats]] = 0
    if len(net.problem.departments.most):
        # A ceiling is kept by pivots alone.
        seats[:] = 0
    who = np.full(len(crowd.arc), -1, np.int64)
    locked = np.bincount(net.problem.locks[:, 0], minlength=net.people)
    fill(
        np.argsort(simplex.cost[crowd.arc], kind="stable"),
        crowd.hub_of,
        crowd.seat,
        desks.hub_desk,
        desks.hub_type,
        np.searchsorted(desks.desk[people], np.arange(len(desks.office) + 1)),
        lacks,
        net.own_room[free],
        seats,
        costs.steps,
        (net.problem.cadres.held + locked)[free],
        who,
    )
    taken = np.flatnonzero(who >= 0)
    who, slot, hub = people[who[taken]], crowd.seat[taken], crowd.hub_of[taken]
    simplex.flow[crowd.arc[taken]] = 1
    hubs = len(desks.hub_desk)
    key, known = who * hubs + hub, crowd.past_who * hubs + crowd.past_hub
    order = np.argsort(known)
    place = np.minimum(np.searchsorted(known[order], key), max(len(known) - 1, 0))
    past = known[order[place]] == key if len(known) else np.zeros(len(key), np.bool_)
    np.add.at(simplex.flow, crowd.past_arc[order[place[past]]], 1)
    np.add.at(simplex.flow, crowd.in_arc[who[~past]], 1)
    np.add.at(simplex.flow, crowd.out_arc[hub[~past]], 1)
    start.through(net, simplex, desks.free[who], slot)
    simplex.lay(price)
