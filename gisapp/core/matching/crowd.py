"""The same flow with people of one desk seen as a crowd: far fewer pairs, and nearly as exact.

A desk is an office, a department and a rank; what a slot asks for and what lacking it costs is
its type. Person -> desk's crowd -> (desk, type) -> seat, and past the crowd from who knows what
the type asks for: the way to a seat is one arc for a whole desk. That one person may get two
seats of a post this way, and that recusals keep a whole desk away, makes it no more than a start:
who got them, and the prices, are where the exact flow over people begins.
"""

from collections.abc import Callable

import numpy as np

from gisapp.core.matching.crowd_kernels import seat
from gisapp.core.matching.desks import Desks
from gisapp.core.matching.network import Network
from gisapp.core.matching.pricing import Scan
from gisapp.core.matching.pricing_kernels import settle
from gisapp.core.matching.problem import Ints, distinct, member, place_in
from gisapp.core.matching.simplex import SLICE

BEST_OF_HUB, BEST_OF_POST, KEEP = 4, 8, 16
"""Pairs that a round adds: the best of each desk and type, and of each post; kept in a pass."""
FIRST, NEXT, ALMOST = 1.5, 0.25, 0.003
"""Pivots for each arc at first, and in a round, as long as more pairs than that pay."""
ENDLESS = 1 << 40


class Crowd:
    """Desks and types beside the people and seats of a network, on a flow of their own."""

    def __init__(self, net: Network, scan: Scan) -> None:
        self.net, self.scan = net, scan
        self.simplex = net.simplex.copy()
        self.desks = Desks(net)
        self.crowd_node = self.simplex.add_nodes(len(self.desks.office))
        self.hub_node = self.simplex.add_nodes(len(self.desks.hub_desk))
        self.scan.between()
        self._know()
        self.scan.between()
        self.key = np.zeros(0, np.int64)
        self.seat = np.zeros(0, np.int64)
        self.hub_of = np.zeros(0, np.int64)
        self.arc = np.zeros(0, np.int64)
        self._direct()
        self.scan.between()

    def _know(self) -> None:
        """Lead people to the crowd of their desk, and past it where they know what is asked."""
        net, costs, simplex = self.net, self.net.costs, self.simplex
        people = len(self.desks.free)
        lacking = costs.missing(np.zeros(len(self.desks.sample), np.int64), self.desks.sample)
        who, hub, price = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for kind, slot in enumerate(self.desks.sample.tolist()):
            lacks = costs.specialty(self.desks.free, np.full(people, slot))
            at = self.desks.hub[self.desks.desk, kind]
            knows = np.flatnonzero((lacks < lacking[kind]) & (at >= 0))
            who.append(knows)
            hub.append(at[knows])
            price.append(lacks[knows])
        self.past_who, self.past_hub = np.concatenate(who), np.concatenate(hub)
        room = net.room[self.desks.free]
        person = net.person0 + self.desks.free
        self.in_arc = simplex.add_arcs(person, self.crowd_node[self.desks.desk], room, 0)
        self.past_arc = simplex.add_arcs(
            person[self.past_who],
            self.hub_node[self.past_hub],
            room[self.past_who],
            np.concatenate(price),
        )
        self.out_arc = simplex.add_arcs(
            self.crowd_node[self.desks.hub_desk],
            self.hub_node,
            ENDLESS,
            lacking[self.desks.hub_type],
        )

    def _direct(self) -> None:
        """Lead people to the seats of their posts in the base plan."""
        net = self.net
        base = net.problem.base
        base = base[net.fits(base[:, 0], base[:, 1])]
        each, slot = net.slots_of(base[:, 1])
        kept = net.open[slot]
        self.stay_who, self.stay_slot = base[each[kept], 0], slot[kept]
        self.stay_arc = self.simplex.add_arcs(
            net.person0 + self.stay_who,
            net.seat0 + self.stay_slot,
            1,
            net.costs.pair(self.stay_who, net.problem.slots.post[self.stay_slot])
            + net.costs.specialty(self.stay_who, self.stay_slot),
        )

    def add(self, hub: Ints, post: Ints) -> None:
        """Add the ways from desks and types to all seats of that type in posts."""
        net = self.net
        key = distinct(hub * net.posts + post)
        key = key[~member(key, self.desks.never)]
        key = key[~member(key, self.key)]
        hub, post = key // net.posts, key % net.posts
        each, slot = net.slots_of(post)
        kept = (self.desks.type[slot] == self.desks.hub_type[hub[each]]) & net.open[slot]
        each, slot = each[kept], slot[kept]
        someone = self.desks.someone[self.desks.hub_desk[hub]]
        way = net.costs.travel(someone, post) - net.costs.link(someone, post)
        arc = self.simplex.add_arcs(
            self.hub_node[hub[each]],
            net.seat0 + slot,
            net.seat_room[:, slot].sum(axis=0),
            way[each],
        )
        self.key = np.insert(self.key, np.searchsorted(self.key, key), key)
        self.hub_of = np.concatenate([self.hub_of, hub[each]])
        self.seat = np.concatenate([self.seat, slot])
        self.arc = np.concatenate([self.arc, arc])

    def solve(self, told: Callable[[int, int], bool]) -> bool:
        """Solve and add pairs until none would pay; tell whether that was reached.

        ``told`` hears of round and paying pairs, and says whether to stop.
        """
        turn = paying = 0
        many = self.simplex.arcs
        left = int(FIRST * many)
        while True:
            while left > 0 and not self.simplex.run():
                left -= SLICE
                if told(turn, paying):
                    return False
            price = self.prices()
            hub, post, value = self._find(price)
            turn, paying = turn + 1, len(hub)
            if told(turn, paying):
                return False
            if not paying and left > 0:
                return True
            good = place_in(hub, value) < BEST_OF_HUB
            good |= place_in(post, value) < BEST_OF_POST
            self.add(hub[good], post[good])
            self.simplex.rebuild()
            # Far from the end a new look at the pairs is worth more than the last pivots.
            left = int(NEXT * many) if paying > ALMOST * many else ENDLESS

    def prices(self) -> Ints:
        """Tell the prices of all nodes, those by which the fewest pairs pay."""
        simplex = self.simplex
        kind = np.zeros(simplex.nodes, np.int8)
        kind[: len(self.net.kind)] = self.net.kind
        kind[self.crowd_node], kind[self.hub_node] = 5, 6
        price = simplex.price.copy()
        rows = (simplex.tail, simplex.head, simplex.room, simplex.cost, simplex.flow)
        settle(simplex.arcs, *rows, kind, price)
        return price

    def _find(self, price: Ints) -> tuple[Ints, Ints, Ints]:
        """Find hubs and posts that would pay."""
        net, scan = self.net, self.scan
        here = np.zeros((len(self.desks.sample), net.posts), np.bool_)
        here[self.desks.type[net.open], net.problem.slots.post[net.open]] = True
        empty = np.zeros(0, np.int64)
        found = [(empty, empty, empty)]
        for chief in (False, True):
            may = self.desks.may(chief=chief)
            role = net.problem.posts.chief[scan.order] == chief
            for kind in range(len(self.desks.sample)):
                hubs = np.flatnonzero((self.desks.hub_type == kind) & may[self.desks.hub_desk])
                posts = scan.order[role & here[kind, scan.order]]
                if len(hubs) and len(posts):
                    worth = np.where(
                        (self.desks.type == kind) & net.open,
                        price[net.seat0 : net.seat0 + net.seats],
                        -ENDLESS,
                    )
                    desk = self.desks.hub_desk[hubs]
                    found.append(
                        scan.hubs(
                            (hubs, self.desks.office[desk], self.desks.department[desk]),
                            posts,
                            (KEEP, 0),
                            (price[self.hub_node[hubs]], worth),
                            (self.key, self.desks.never),
                        )
                    )
        hub, post, value = (np.concatenate(rows) for rows in zip(*found, strict=True))
        return hub, post, value

    def placements(self) -> tuple[Ints, Ints]:
        """Read who sits where; who would sit twice in a post sits once."""
        flow, net = self.simplex.flow, self.net
        sits = np.repeat(np.arange(len(self.arc)), flow[self.arc])
        hub, slot = self.hub_of[sits], self.seat[sits]
        post = net.problem.slots.post[slot]
        # Where posts have one seat nobody can sit twice: these can wait.
        order = np.lexsort((slot, hub, -net.many[post], self.desks.hub_desk[hub]))
        hub, slot, post = hub[order], slot[order], post[order]
        past = np.lexsort((self.past_who, self.past_hub))
        past = np.repeat(past, flow[self.past_arc[past]])
        inside = np.argsort(self.desks.desk, kind="stable")
        inside = np.repeat(inside, flow[self.in_arc[inside]])
        who = np.empty(len(hub), np.int64)
        seat(
            hub,
            post,
            self.desks.hub_desk,
            np.searchsorted(self.past_hub[past], np.arange(len(self.desks.hub_desk) + 1)),
            self.desks.free[self.past_who[past]],
            np.searchsorted(self.desks.desk[inside], np.arange(len(self.desks.someone) + 1)),
            self.desks.free[inside],
            flow[self.out_arc],
            who,
        )
        stays = flow[self.stay_arc] > 0
        slot = np.concatenate([self.stay_slot[stays], slot[who >= 0]])
        who = np.concatenate([self.stay_who[stays], who[who >= 0]])
        _, once = np.unique(who * net.posts + net.problem.slots.post[slot], return_index=True)
        return who[once], slot[once]
