"""What no plan can cost less than, told at once and without a solver."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from gisapp.core.matching.cost import Costs, hundredths
from gisapp.core.matching.problem import (
    HUNDREDTHS,
    Flags,
    Ints,
    Problem,
    distinct,
    member,
    place_in,
)


def least(problem: Problem) -> int:
    """
    Bound the cost of every plan from below.

    Parameters
    ----------
    problem
        Rows in any order, without contradictions.

    Returns
    -------
    cost
        0.01 min. No plan that keeps the rules costs less. May be below zero where links could
        save more than all the rest costs.

    Notes
    -----
    A relaxation in which seats know of people only how many there are: each seat is as near as
    the nearest office of somebody who may sit there, has its post's best link, and all it asks
    for is known. As many seats of a post as it has placements of the base plan save a move.
    The seats that save most get the posts that load people least; floors cost only what
    nobody could ever fill.
    """
    cadres, slots = problem.cadres, problem.slots
    room = np.where(cadres.available, np.maximum(cadres.capacity - cadres.held, 0), 0)
    move = int(hundredths(problem.weights.move_min))
    open_seats = slots.price_least @ slots.least
    open_seats += slots.price_wanted @ (slots.wanted - slots.least)
    stays = _stays(problem)
    loosened = _Loosened(Costs(problem), room, stays, move)
    saved = sum(loosened.saved(chief=chief) for chief in (False, True))
    return int(open_seats) + int(stays.sum()) * move + _floors(problem, room) - saved


@dataclass(frozen=True, slots=True)
class _Loosened:
    """A problem whose seats only know how many people there are."""

    costs: Costs
    room: Ints
    """Posts that each cadre can still take."""
    stays: Ints
    """Placements of the base plan in each post that could stand."""
    move: int

    def saved(self, *, chief: bool) -> int:
        """Tell the most that placements in posts of one role can save together, 0.01 min."""
        problem = self.costs.problem
        may = _may(problem, chief=chief) & (self.room > 0)
        load = self._loads(np.flatnonzero(may))
        gain = self._gains(chief, np.unique(problem.cadres.office[may]), len(load))
        many = min(len(load), len(gain))
        best = np.sort(gain)[::-1][:many] - load[:many]
        return int(best[best > 0].sum())

    def _loads(self, who: Ints) -> Ints:
        """Tell what each post that people can still take costs as their load, least first."""
        room = self.room[who]
        each = np.repeat(who, room)
        nth = np.arange(len(each)) - np.repeat(np.cumsum(room) - room, room)
        return np.sort(self.costs.load(self.costs.problem.cadres.held[each] + nth + 1))

    def _gains(self, chief: bool, office: Ints, most: int) -> Ints:  # noqa: FBT001
        """Tell what filling each seat of posts of one role can save but for load."""
        problem = self.costs.problem
        slots = problem.slots
        here = np.flatnonzero(problem.posts.chief[slots.post] == chief)
        if not most or not len(here):
            return np.zeros(0, np.int64)
        prices = (slots.price_least, slots.price_wanted, np.zeros_like(slots.most))
        seats = (slots.least, slots.wanted - slots.least, slots.most - slots.wanted)
        many = np.concatenate([np.minimum(row[here], most) for row in seats])
        price = np.repeat(np.concatenate([row[here] for row in prices]), many)
        post = np.repeat(np.tile(slots.post[here], 3), many)
        stays = place_in(post, -price) < self.stays[post]
        gain: Ints = price + self.move * stays - self._nearest(office)[post]
        return gain

    def _nearest(self, office: Ints) -> Ints:
        """Tell the shortest way to each post from any of some offices, less its best link."""
        problem, weights = self.costs.problem, self.costs.problem.weights
        away, _ = KDTree(problem.offices[office]).query(problem.posts.metres)
        per_metre = weights.detour / (weights.speed_kmh * 1000 / 60)
        # A tree may differ in the last bit from what a placement is charged.
        way: Ints = np.floor(away * per_metre * HUNDREDTHS - 1).astype(np.int64)
        posts = len(problem.posts.codes)
        known, measured = self.costs.way_rows
        np.minimum.at(way, known % posts, measured)
        known, bonus = self.costs.link_rows
        best = np.zeros(posts, np.int64)
        np.maximum.at(best, known % posts, bonus)
        way -= best
        return way


def _may(problem: Problem, *, chief: bool) -> Flags:
    """Tell who may serve posts of a role."""
    leader = problem.cadres.leader
    if chief:
        return leader
    members: Flags = ~leader | problem.weights.leaders_as_members
    return members


def _stays(problem: Problem) -> Ints:
    """Count the placements of the base plan in each post that could stand."""
    posts = len(problem.posts.codes)
    both = np.array([posts, 1])
    key = distinct(problem.base @ both)
    key = key[~member(key, distinct(problem.recused @ both))]
    who, post = key // posts, key % posts
    chief = problem.posts.chief[post]
    role = np.where(chief, _may(problem, chief=True)[who], _may(problem, chief=False)[who])
    return np.bincount(post[role & problem.cadres.available[who]], minlength=posts)


def _floors(problem: Problem, room: Ints) -> int:
    """Tell what floors cost that all people together could not reach."""
    cadres, rows = problem.cadres, problem.departments
    many = len(rows.codes)
    out = cadres.counts & ((cadres.held > 0) | (room > 0))
    there = np.bincount(cadres.department[out], minlength=many)
    short = int(np.maximum(rows.floor - there, 0).sum())
    if len(rows.least):
        sent = np.bincount(cadres.department, room, minlength=many).astype(np.int64)
        short += int(np.maximum(rows.least - sent, 0).sum())
    return short * problem.weights.price_floor
