"""Price all pairs of people and posts against a solved network; find those that would pay."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np

from gisapp.core.matching.network import Network
from gisapp.core.matching.pricing_kernels import BLOCK, boxes, scan
from gisapp.core.matching.problem import NONE, Floats, Ints

PARTS = 64
"""Parts that a pass over all pairs is cut into."""
SMALL = 50_000
"""Desks times blocks below which a pass is not worth cutting."""


def nothing() -> None:
    """Go on."""


class _People(NamedTuple):
    """People desk by desk, the cheapest first."""

    first: Ints
    """Where each desk begins, and where the last ends."""
    office: Ints
    department: Ints
    person: Ints
    price: Ints


class Scan:
    """What pricing asks of a problem, laid out so that a pass over all pairs is quick."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.between: Callable[[], object] = nothing
        """Called between parts of a pass; whoever raises there leaves at once."""
        problem, costs = net.problem, net.costs
        self.order = near_order(problem.posts.metres)
        self.place = np.empty_like(self.order)
        self.place[self.order] = np.arange(len(self.order))
        self.crowds = [self._crowd(net, chief=chief) for chief in (False, True)]
        length = net.many[self.order]
        self.first = np.concatenate([[0], np.cumsum(length)])
        each = np.repeat(np.arange(len(length)), length)
        nth = np.arange(len(each)) - self.first[each]
        self.slot = net.first_slot[self.order[each]] + nth
        top = int(costs.levels.max(initial=1))
        grade = np.arange(top + 1)[None, :]
        self.missing = costs.missing(
            np.minimum(grade, costs.levels[self.slot, None]),
            np.broadcast_to(self.slot[:, None], (len(self.slot), top + 1)),
        )
        knows = problem.cadres.knows
        self.knows = knows if knows.shape[1] else np.zeros((net.people, 1), np.int64)
        self.asked = costs.asked[self.slot] if knows.shape[1] else np.full(len(self.slot), NONE)
        weights = problem.weights
        self.per_metre = weights.detour / (weights.speed_kmh * 1000 / 60)
        self.ways = self._rows(*costs.way_rows, len(problem.offices))
        self.links = self._rows(*costs.link_rows, len(problem.departments.codes))

    def _crowd(self, net: Network, *, chief: bool) -> tuple[Ints, Ints]:
        """List the people and the posts (in near order) that may go together by role."""
        leader = net.problem.cadres.leader
        may = leader if chief else (~leader | net.problem.weights.leaders_as_members)
        people = np.flatnonzero(may & (net.room > 0))
        return people, self.order[net.problem.posts.chief[self.order] == chief]

    def _rows(self, key: Ints, value: Ints, many: int) -> tuple[Ints, Ints, Ints]:
        """Sort pairs of something and a post by the post's place; return first, place, value."""
        row, place = key // self.net.posts, self.place[key % self.net.posts]
        order = np.lexsort((place, row))
        first = np.searchsorted(row[order], np.arange(many + 1))
        return first, place[order], value[order]

    def over(self, net: Network) -> Self:
        """Return the same for a copy of the network."""
        twin = copy(self)
        twin.net = net
        return twin

    def find(
        self,
        keep: int,
        *,
        below: int = 0,
        prices: tuple[Ints, Ints] | None = None,
        people: Ints | None = None,
        posts: Ints | None = None,
    ) -> tuple[Ints, Ints, Ints]:
        """
        Find pairs that are not in the network and whose reduced cost is less than ``below``.

        Returns
        -------
        cadre, post, value
            At most ``keep`` pairs for each person, the least first; value is the reduced cost,
            0.01 min times the network's scale. None at all proves that no pair would pay.
        """
        price, worth = self.net.prices() if prices is None else prices
        found = [
            self._find(crowd, where, (keep, below), price, worth)
            for who, set_ in self.crowds
            for crowd in [who if people is None else np.intersect1d(who, people)]
            for where in [set_ if posts is None else set_[np.isin(set_, posts)]]
            if len(crowd) and len(where)
        ]
        empty = np.zeros(0, np.int64)
        return (
            np.concatenate([empty, *(each[0] for each in found)]),
            np.concatenate([empty, *(each[1] for each in found)]),
            np.concatenate([empty, *(each[2] for each in found)]),
        )

    def _find(
        self, people: Ints, posts: Ints, look: tuple[int, int], price: Ints, worth: Ints
    ) -> tuple[Ints, Ints, Ints]:
        net, cadres = self.net, self.net.problem.cadres
        order = np.lexsort(
            (people, price[people], cadres.department[people], cadres.office[people])
        )
        person = people[order]
        office, department = cadres.office[person], cadres.department[person]
        fresh = np.ones(len(person), np.bool_)
        fresh[1:] = (office[1:] != office[:-1]) | (department[1:] != department[:-1])
        start = np.flatnonzero(fresh)
        who = _People(
            np.append(start, len(person)), office[start], department[start], person, price[person]
        )
        slots = (worth, self.knows, self.asked, self.missing)
        return self._look(who, posts, look, slots, (net.key, net.never))

    def hubs(
        self,
        rows: tuple[Ints, Ints, Ints],
        posts: Ints,
        look: tuple[int, int],
        prices: tuple[Ints, Ints],
        known: tuple[Ints, Ints],
    ) -> tuple[Ints, Ints, Ints]:
        """
        Find what would pay for crowds that all know what is asked; see `find`.

        Parameters
        ----------
        rows
            Number, office and department of each crowd.
        posts
            In near order.
        prices
            Of each crowd, and of every slot.
        known
            Pairs to be left out: number x posts + post, in order.
        """
        number, office, department = rows
        order = np.argsort(office, kind="stable")
        one = np.arange(len(order) + 1)
        who = _People(one, office[order], department[order], number[order], prices[0][order])
        knows = np.zeros((int(number.max(initial=0)) + 1, 1), np.int64)
        slots = (prices[1], knows, np.full_like(self.asked, NONE), np.zeros_like(self.missing))
        return self._look(who, posts, look, slots, known)

    def _look(
        self,
        who: _People,
        posts: Ints,
        look: tuple[int, int],
        what: tuple[Ints, Ints, Ints, Ints],
        known: tuple[Ints, Ints],
    ) -> tuple[Ints, Ints, Ints]:
        problem, net = self.net.problem, self.net
        (keep, below), (worth, knows, asked, missing) = look, what
        whole = len(posts) == net.posts
        place = self.place[posts]
        slots = slice(None) if whole else _ranges(self.first, place)
        ways, links = self.ways, self.links
        if not whole:
            ways, links = _among(ways, place), _among(links, place)
        spots = problem.posts.metres[posts]
        desks = problem.offices[who.office]
        value = np.full((len(who.person), keep), below, np.int64)
        found = np.full((len(who.person), keep), -1, np.int64)
        rows = (
            keep,
            net.scale,
            self.per_metre,
            who.first,
            np.ascontiguousarray(desks[:, 0]),
            np.ascontiguousarray(desks[:, 1]),
            who.office,
            who.department,
            who.person,
            who.price,
            knows,
            np.ascontiguousarray(spots[:, 0]),
            np.ascontiguousarray(spots[:, 1]),
            np.concatenate([[0], np.cumsum(net.many[posts])]),
            worth[self.slot[slots]],
            asked[slots],
            missing[slots],
            *ways,
            *links,
            net.posts,
            posts,
            *known,
            found,
            value,
        )
        self._share(rows, len(who.office))
        row, column = np.nonzero(found >= 0)
        return who.person[row], posts[found[row, column]], value[row, column]

    def _share(self, rows: tuple[Any, ...], desks: int) -> None:
        """Let threads look at the desks part by part; Numba's own stall where cores are busy."""
        x, y, first, worth = rows[11:15]
        blocks = (len(x) + BLOCK - 1) // BLOCK
        best, top = np.empty(len(x), np.int64), np.empty(blocks, np.int64)
        box = np.empty((blocks, 4))
        boxes(x, y, first, worth, best, box, top)
        look: Any = scan
        if desks * blocks < SMALL:
            look(0, desks, *rows, best, box, top)
            return
        ends = np.unique(np.linspace(0, desks, min(desks, PARTS) + 1).astype(np.int64)).tolist()

        def part(span: tuple[int, int]) -> None:
            look(*span, *rows, best, box, top)

        with ThreadPoolExecutor() as pool:
            parts = [pool.submit(part, span) for span in pairwise(ends)]
            try:
                for done in parts:
                    done.result()
                    self.between()
            except BaseException:
                # Who leaves does not wait for parts that have not begun.
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def near_order(metres: Floats) -> Ints:
    """Order places along a Z curve, so that those that follow each other lie together."""
    if not len(metres):
        return np.zeros(0, np.int64)
    low, high = metres.min(axis=0), metres.max(axis=0)
    width = max(float((high - low).max()), 1.0)
    cell = ((metres - low) / width * 65535).astype(np.int64)
    return np.argsort(_spread(cell[:, 0]) | _spread(cell[:, 1]) << 1, kind="stable")


def _spread(bits: Ints) -> Ints:
    """Put a zero before each of 16 bits."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | bits << shift) & mask
    return bits


def _ranges(first: Ints, place: Ints) -> Ints:
    length = first[place + 1] - first[place]
    each = np.repeat(first[place], length)
    return np.asarray(
        each + np.arange(len(each)) - np.repeat(np.cumsum(length) - length, length), np.int64
    )


def _among(rows: tuple[Ints, Ints, Ints], place: Ints) -> tuple[Ints, Ints, Ints]:
    """Keep of rows by place those of some places (in order), numbered anew."""
    first, where, value = rows
    at = np.minimum(np.searchsorted(place, where), max(len(place) - 1, 0))
    kept = place[at] == where
    many = np.concatenate([[0], np.cumsum(kept)])
    return many[first], at[kept], value[kept]
