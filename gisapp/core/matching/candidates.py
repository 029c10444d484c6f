"""Which pairs of cadres and posts a solver looks at: all of them, or a short list."""

import numpy as np
from scipy.spatial import cKDTree

from gisapp.core.matching.problem import NONE, Flags, Ints, Problem

ALL_PAIRS: int = 3_000_000
"""Up to so many pairs, every one is looked at, and the plan is proven."""

NEAR_OFFICES = 6
"""Offices a post looks at on the short list, and as many again with what it asks for."""
FROM_OFFICE = 3
"""People it looks at from each of them: others for each post, so that not all ask for the same."""
NEAR_POSTS = 12
"""Posts a cadre looks at on the short list."""


def rank_fits(problem: Problem, cadre: Ints, post: Ints) -> Flags:
    """Tell which pairs the role of the post allows: chiefs are leaders, members are staff."""
    leader, chief = problem.cadres.leader[cadre], problem.posts.chief[post]
    fits: Flags = (leader == chief) | (leader & problem.weights.leaders_as_members)
    return fits


def free(problem: Problem) -> Ints:
    """Find the cadres who can take a post at all."""
    cadres = problem.cadres
    return np.flatnonzero(cadres.available & (cadres.capacity > cadres.held))


def pairs(problem: Problem, most: int = ALL_PAIRS) -> tuple[Ints, Ints, bool]:
    """List pairs as cadres and posts, each once, and whether they are all that are allowed.

    Left out are recused pairs, those of people who cannot take a post, and those the role of
    the post forbids.
    """
    people, n = free(problem), len(problem.posts.codes)
    whole = len(people) * n <= most
    if whole:
        cadre, post = np.repeat(people, n), np.tile(np.arange(n), len(people))
    else:
        cadre, post = _short_list(problem, people)
    fits = rank_fits(problem, cadre, post)
    key = cadre[fits] * n + post[fits]
    key = np.setdiff1d(key, problem.recused @ np.array([n, 1]), assume_unique=whole)
    return key // n, key % n, whole


def _short_list(problem: Problem, people: Ints) -> tuple[Ints, Ints]:
    parts = [_known(problem, people)]
    for chief in (False, True):
        posts = np.flatnonzero(problem.posts.chief == chief)
        can = rank_fits(problem, people, np.full(len(people), posts[0] if len(posts) else 0))
        group = people[can]
        if len(posts) and len(group):
            parts += [_around_posts(problem, group, posts, NONE), _around(problem, group, posts)]
            parts += _specialists(problem, group, posts)
    cadre, post = np.concatenate(parts, axis=1)
    return cadre, post


def _known(problem: Problem, people: Ints) -> Ints:
    """List the pairs that have a reason of their own: the base plan."""
    base = problem.base[np.isin(problem.base[:, 0], people)]
    return np.asarray(base.T, np.int64)


def _specialists(problem: Problem, group: Ints, posts: Ints) -> list[Ints]:
    """List the nearest people for each specialty that some slot asks for."""
    slots = problem.slots
    found = []
    for specialty in np.unique(slots.specialty[slots.specialty != NONE]):
        able = group[problem.cadres.knows[group, specialty] > 0]
        asking = np.intersect1d(posts, slots.post[slots.specialty == specialty])
        if len(able) and len(asking):
            found.append(_around_posts(problem, able, asking, int(specialty)))
    return found


def _around_posts(problem: Problem, group: Ints, posts: Ints, turn: int) -> Ints:
    """List for each post some people of each of the nearest offices.

    People of one office are equally far. Each post takes others of them, in turn, so that
    the posts around an office do not all ask for the same few.
    """
    order = np.argsort(problem.cadres.office[group], kind="stable")
    group = group[order]
    offices, first, many = np.unique(
        problem.cadres.office[group], return_index=True, return_counts=True
    )
    near = min(NEAR_OFFICES, len(offices))
    _, found = cKDTree(problem.offices[offices]).query(problem.posts.metres[posts], near)
    found = found.reshape(len(posts), near)
    start = (posts * FROM_OFFICE + turn + 1)[:, None, None] + np.arange(FROM_OFFICE)
    who = first[found][..., None] + start % many[found][..., None]
    post = np.broadcast_to(posts[:, None, None], who.shape)
    return np.stack([group[who.ravel()], post.ravel()]).astype(np.int64)


def _around(problem: Problem, group: Ints, posts: Ints) -> Ints:
    """List for each person some of the posts that their office reaches first.

    An office with many people looks as far as these can serve; each takes every so many-th
    post, so that together they look at all of them.
    """
    found = []
    tree = cKDTree(problem.posts.metres[posts])
    for office in np.unique(problem.cadres.office[group]):
        people = group[problem.cadres.office[group] == office]
        reach = min(len(posts), max(NEAR_POSTS, len(people) * NEAR_POSTS // 2))
        _, near = tree.query(problem.offices[office], [*range(1, reach + 1)])
        step = np.arange(NEAR_POSTS) * len(people)
        chosen = near[(np.arange(len(people))[:, None] + step) % reach]
        found.append(
            np.stack([np.repeat(people, NEAR_POSTS), posts[chosen.ravel()]]).astype(np.int64)
        )
    return np.concatenate(found, axis=1)
