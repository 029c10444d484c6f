"""Which pairs of cadres and posts are looked at first, or by the quick plan: the near ones."""

import numpy as np
from scipy.spatial import cKDTree

from gisapp.core.matching.problem import Flags, Ints, Problem, distinct, member

ALL_PAIRS: int = 3_000_000
"""Up to so many pairs, the quick plan looks at every one."""
MANY_OFFICES = 24
"""Offices a post looks at in the quick plan above that."""


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
    """List for each post one person of each of the nearest offices, and the base's placements.

    People of one office are equally far. Each post takes others of them, in turn, so that the
    posts around an office do not all ask for the same few.
    """
    parts = [problem.base.T]
    for chief in (False, True):
        leader = problem.cadres.leader[people]
        may = leader if chief else (~leader | problem.weights.leaders_as_members)
        posts = np.flatnonzero(problem.posts.chief == chief)
        if may.any() and len(posts):
            parts.append(_around(problem, people[may], posts, offices))
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
