"""The same city with what a real one has beside: slots, chiefs, links, measured ways, prices."""

import dataclasses

import numpy as np

from gisapp.core.matching.problem import NONE, Ints, Posts, Problem, Slots

TOWNSHIP = 100
"""Grids of a township; neighbours have neighbouring numbers."""
LEADERS = 0.05
WAYS = 0.1
"""Share of the pairs of the list whose way was measured."""


def richer(problem: Problem, near: Ints, seed: int = 1) -> Problem:
    """Add rules to a city; ``near`` are pairs of its list."""
    rng = np.random.default_rng(seed)
    grids, people = len(problem.posts.codes), len(problem.cadres.codes)
    ours = problem.cadres
    pinned = np.isin(np.arange(people), problem.locks[:, 0])
    leader = (rng.random(people) < LEADERS) & ~pinned
    townships = -(-grids // TOWNSHIP)
    linked = rng.integers(0, [len(problem.departments.codes), grids], (grids // 5, 2))
    measured = near[rng.random(len(near)) < WAYS]
    away = np.linalg.norm(
        problem.offices[ours.office[measured[:, 0]]] - problem.posts.metres[measured[:, 1]], axis=1
    )
    return dataclasses.replace(
        problem,
        posts=_with_townships(problem.posts, townships),
        slots=_with_slots(problem.slots, grids, townships, rng),
        cadres=dataclasses.replace(ours, leader=leader, knows=_graded(ours.knows, rng)),
        links=linked,
        links_min=rng.uniform(1, 10, len(linked)),
        ways=np.column_stack([ours.office[measured[:, 0]], measured[:, 1]]),
        ways_min=away / 100 * rng.uniform(0.8, 1.5, len(away)),
        base=problem.base[~leader[problem.base[:, 0]]],
    )


def _with_townships(posts: Posts, townships: int) -> Posts:
    """Add a post for the chief of each township, amid its grids."""
    amid = [group.mean(axis=0) for group in np.array_split(posts.metres, townships)]
    return Posts(
        codes=posts.codes + [f"T{n:05d}" for n in range(townships)],
        metres=np.concatenate([posts.metres, amid]),
        chief=np.arange(len(posts.codes) + townships) >= len(posts.codes),
        wish=np.full(len(posts.codes) + townships, NONE),
    )


def _with_slots(slots: Slots, grids: int, townships: int, rng: np.random.Generator) -> Slots:
    """Give a tenth of the grids two more slots, a chief's seat to each township, prices to all."""
    three = np.flatnonzero(rng.random(grids) < 0.1)
    more, every = 2 * len(three), grids + 2 * len(three) + townships
    specialties = int(slots.specialty.max()) + 1
    chief = np.full(townships, NONE)
    ones = np.ones(every, np.int64)
    extra = np.concatenate([np.zeros(more, np.int64), np.ones(townships, np.int64)])
    price = rng.integers(5_000, 20_000, every)
    return Slots(
        post=np.concatenate([slots.post, np.repeat(three, 2), grids + np.arange(townships)]),
        number=np.concatenate([slots.number, np.tile([2, 3], len(three)), chief * 0 + 1]),
        specialty=np.concatenate([slots.specialty, rng.integers(0, specialties, more), chief]),
        level=np.concatenate([slots.level, rng.integers(1, 3, more), chief * 0 + 1]),
        least=np.concatenate([slots.least, extra]),
        wanted=np.concatenate([slots.wanted, ones[: more + townships]]),
        most=np.concatenate([slots.most, ones[: more + townships]]),
        price_least=price,
        price_wanted=price // 2,
    )


def _graded(knows: Ints, rng: np.random.Generator) -> Ints:
    """Let some know a specialty better than the city asks for."""
    return knows + (knows > 0) * rng.integers(0, 2, knows.shape)
