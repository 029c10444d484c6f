"""Which pairs of cadres and posts are looked at first, or by the quick plan: the near ones."""

import numpy as np
from scipy.spatial import cKDTree

from gisapp.core.matching.problem import Flags, Floats, Ints, Problem, distinct, member

ALL_PAIRS: int = 3_000_000
"""Up to so many pairs, the quick plan looks at every one."""
MANY_OFFICES = 24
"""Offices a post looks at in the quick plan above that."""

NEAR_POSTS = 4
"""Posts that each person looks at."""


def rank_fits(problem: Problem, cadre: Ints, post: Ints) -> Flags:
    """Tell which pairs the role of the post allows: chiefs are leaders, members are staff."""
    leader, chief = problem.cadres.leader[cadre], problem.posts.chief[post]
    fits: Flags = (leader == chief) | (leader & problem.weights.leaders_as_members)
    return fits


def free(problem: Problem) -> Ints:
    """Find the cadres who can take a post at all."""
    cadres = problem.cadres
    return np.flatnonzero(cadres.available & (cadres.capacity > cadres.held))


def pairs(problem: Problem) -> tuple[Ints, Ints]:
    """List pairs that no rule forbids, each once: all of them, or the near ones of a large town."""
    people, n = free(problem), len(problem.posts.codes)
    if len(people) * n <= ALL_PAIRS:
        cadre, post = np.repeat(people, n), np.tile(np.arange(n), len(people))
    else:
        cadre, post = near(problem, people, MANY_OFFICES)
    locked = np.column_stack([problem.locks[:, 0], problem.slots.post[problem.locks[:, 1]]])
    forbidden = np.concatenate([problem.recused, locked])
    fits = rank_fits(problem, cadre, post)
    key = distinct(cadre[fits] * n + post[fits])
    key = key[~member(key, distinct(forbidden @ np.array([n, 1])))]
    return key // n, key % n


def near(problem: Problem, people: Ints, offices: int) -> tuple[Ints, Ints]:
    """List pairs that lie near each other, from either side, and the base's placements.

    Each post looks at one person of each of its nearest ``offices``, each person at some of the
    posts that the office reaches first. People of one office are equally far: posts take them in
    turn, and each of them every so many-th post, so that not all ask for the same few.
    """
    parts = [problem.base.T]
    for chief in (False, True):
        leader = problem.cadres.leader[people]
        may = leader if chief else (~leader | problem.weights.leaders_as_members)
        posts = np.flatnonzero(problem.posts.chief == chief)
        if may.any() and len(posts):
            parts.append(_around(problem, people[may], posts, offices))
            parts.append(_reached(problem, people[may], posts))
    cadre, post = np.concatenate(parts, axis=1)
    return cadre, post


def _around(problem: Problem, people: Ints, posts: Ints, offices: int) -> Ints:
    home = problem.cadres.office[people]
    people = people[np.argsort(home, kind="stable")]
    office, first, many = np.unique(np.sort(home), return_index=True, return_counts=True)
    reach = min(offices, len(office))
    tree = cKDTree(problem.offices[office])
    _, found = tree.query(problem.posts.metres[posts], reach, workers=-1)
    found = found.reshape(len(posts), reach)
    who = people[first[found] + posts[:, None] % many[found]]
    return np.stack([who.ravel(), np.repeat(posts, reach)])


def _reached(problem: Problem, people: Ints, posts: Ints) -> Ints:
    """List posts for each person: an office of many people looks as far as these can serve."""
    home = problem.cadres.office[people]
    people = people[np.argsort(home, kind="stable")]
    office, first, many = np.unique(np.sort(home), return_index=True, return_counts=True)
    tree = cKDTree(problem.posts.metres[posts])
    found = []
    for crowd in np.unique(many):
        here = np.flatnonzero(many == crowd)
        reach = min(int(crowd) * NEAR_POSTS, len(posts))
        _, near_ = tree.query(problem.offices[office[here]], [*range(1, reach + 1)], workers=-1)
        # Person j takes the j-th nearest post, the (j + crowd)-th, and so on.
        turn = np.arange(reach) % crowd
        who = people[first[here][:, None] + turn[None, :]]
        found.append(np.stack([who.ravel(), posts[near_.ravel()]]))
    return np.concatenate(found, axis=1)


def spread(problem: Problem, room: Ints) -> tuple[Ints, Ints]:
    """List a pair for every seat as long as anybody has room: the nearest who still has any.

    Near lists alone leave seats open where offices are far and crowded; the flow that a solver
    starts from should reach everywhere.
    """
    found = [np.zeros((2, 0), np.int64)]
    seats = np.bincount(
        problem.slots.post, problem.slots.wanted, minlength=len(problem.posts.codes)
    ).astype(np.int64)
    for chief in (False, True):
        people = np.flatnonzero((problem.cadres.leader == chief) & (room > 0))
        posts = np.flatnonzero(problem.posts.chief == chief)
        if len(people) and len(posts):
            found += _filled(
                problem, np.repeat(people, room[people]), np.repeat(posts, seats[posts])
            )
    cadre, post = np.concatenate(found, axis=1)
    return cadre, post


def _filled(problem: Problem, people: Ints, posts: Ints) -> list[Ints]:
    """Give places (one for each unit of room) to seats, nearest first, until either is used up."""
    order = np.argsort(problem.cadres.office[people], kind="stable")
    people = people[order]
    office, first, left = np.unique(
        problem.cadres.office[people], return_index=True, return_counts=True
    )
    found = []
    while len(posts) and len(office):
        tree = cKDTree(problem.offices[office])
        away, at = tree.query(problem.posts.metres[posts], workers=-1)
        order = np.lexsort((posts, away, at))
        nth = np.arange(len(at)) - np.searchsorted(at[order], at[order])
        taken = nth < left[at[order]]
        seat = order[taken]
        found.append(np.stack([people[first[at[seat]] + nth[taken]], posts[seat]]))
        used = np.bincount(at[seat], minlength=len(office))
        first, left = first + used, left - used
        posts = posts[order[~taken]]
        stay = left > 0
        office, first, left = office[stay], first[stay], left[stay]
    return found


def about(
    places: Floats, spots: Floats, near: int, units: Ints, desk: Ints, seat: Ints
) -> list[Ints]:
    """List the ``near`` desks of each seat, and for each desk so many near seats as ``units``."""
    found = []
    tree = cKDTree(places)
    reach = min(near, len(desk))
    _, at = tree.query(spots, [*range(1, reach + 1)], workers=-1)
    found.append(np.stack([desk[at].ravel(), np.repeat(seat, reach)]))
    tree = cKDTree(spots)
    for many in np.unique(units):
        here = np.flatnonzero(units == many)
        reach = min(int(many), len(seat))
        _, at = tree.query(places[here], [*range(1, reach + 1)], workers=-1)
        found.append(np.stack([np.repeat(desk[here], reach), seat[at].ravel()]))
    return found
