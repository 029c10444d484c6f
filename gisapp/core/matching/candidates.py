"""Which pairs of cadres and posts a solver looks at: all of them, or a short list."""

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from gisapp.core.matching.problem import NONE, Flags, Ints, Problem, distinct, member

ALL_PAIRS: int = 3_000_000
"""Up to so many pairs, every one is looked at, and the plan is proven."""

FROM_OFFICE = 4
"""People a post looks at from each office near it: others for each post, so that not all ask
for the same."""
LEAST_OFFICES, MOST_OFFICES = 4, 24
"""Offices a post looks at on the short list, and as many again with what it asks for: as many
as `ALL_PAIRS` allow, in these bounds."""
NEAR_POSTS = 16
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
    key = allowed(problem, cadre, post)
    return key // n, key % n, whole


def allowed(problem: Problem, cadre: Ints, post: Ints) -> Ints:
    """Keep the pairs that no rule forbids, each once, as cadre × posts + post."""
    n = len(problem.posts.codes)
    fits = rank_fits(problem, cadre, post)
    forbidden = np.concatenate(
        [
            problem.recused,
            np.column_stack([problem.locks[:, 0], problem.slots.post[problem.locks[:, 1]]]),
        ]
    )
    key = distinct(cadre[fits] * n + post[fits])
    return key[~member(key, distinct(forbidden @ np.array([n, 1])))]


def further(problem: Problem, cadre: Ints, slot: Ints, turn: int) -> Ints:
    """List pairs between open seats and people who can still take a post, as cadre and post.

    A short list may leave both: all who are on a seat's list are then wanted elsewhere.
    """
    load = problem.cadres.held + np.bincount(cadre, minlength=len(problem.cadres.codes))
    used = np.bincount(slot, minlength=len(problem.slots.post))
    room = free(problem)
    room = room[load[room] < problem.cadres.capacity[room]]
    posts = np.unique(problem.slots.post[used < problem.slots.wanted])
    return np.concatenate(
        [np.zeros((2, 0), np.int64), *_lists(problem, room, posts, turn, specialists=False)], axis=1
    )


def _short_list(problem: Problem, people: Ints) -> tuple[Ints, Ints]:
    posts = np.arange(len(problem.posts.codes))
    parts = [_known(problem, people), *_lists(problem, people, posts, 0, specialists=True)]
    cadre, post = np.concatenate(parts, axis=1)
    return cadre, post


def _lists(
    problem: Problem, people: Ints, posts: Ints, turn: int, *, specialists: bool
) -> Iterator[Ints]:
    for chief in (False, True):
        mine = posts[problem.posts.chief[posts] == chief]
        if not len(mine):
            continue
        group = people[rank_fits(problem, people, np.full(len(people), mine[0]))]
        if len(group):
            yield _around_posts(problem, group, mine, turn)
            yield _around(problem, group, mine)
            if specialists:
                yield from _specialists(problem, group, mine)


def _known(problem: Problem, people: Ints) -> Ints:
    """List the pairs that have a reason of their own: the base plan."""
    base = problem.base[np.isin(problem.base[:, 0], people)]
    return np.asarray(base.T, np.int64)


def _specialists(problem: Problem, group: Ints, posts: Ints) -> Iterator[Ints]:
    """List the nearest people for each specialty that some slot asks for."""
    slots = problem.slots
    for specialty in np.unique(slots.specialty[slots.specialty != NONE]):
        able = group[problem.cadres.knows[group, specialty] > 0]
        asking = np.intersect1d(posts, slots.post[slots.specialty == specialty])
        if len(able) and len(asking):
            yield _around_posts(problem, able, asking, int(specialty) + 1)


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
    fits = ALL_PAIRS // (3 * FROM_OFFICE * len(problem.posts.codes))
    near = min(max(LEAST_OFFICES, min(fits, MOST_OFFICES)), len(offices))
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
