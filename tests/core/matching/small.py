"""Small random problems with every rule on."""

import dataclasses
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gisapp.core.matching.problem import (
    Cadres,
    Departments,
    Posts,
    Problem,
    Slots,
    Weights,
    no_limits,
    no_pairs,
)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    return problem(draw(st.integers(0, 2**32 - 1)))


def problem(seed: int) -> Problem:
    """Draw many slots, chiefs, floors, limits, locks, recusals, links, a base plan."""
    rng = np.random.default_rng(seed)
    posts, cadres, departments, offices = rng.integers([1, 1, 1, 1], [6, 8, 4, 4])
    many = rng.choice([1, 1, 1, 2, 3], posts)
    slot_post = np.repeat(np.arange(posts), many)
    slots = len(slot_post)
    least = rng.integers(0, 2, slots)
    wanted = least + rng.integers(0, 2, slots)
    most = np.maximum(wanted + rng.integers(0, 2, slots), 1)
    price = rng.choice([3_000, 9_000, 20_000], slots)
    chief = rng.random(posts) < 0.2
    leader = rng.random(cadres) < 0.3
    available = rng.random(cadres) < 0.9
    recused = np.argwhere(rng.random((cadres, posts)) < 0.1)
    held = (rng.random(cadres) < 0.15).astype(np.int64)
    capacity = rng.integers(0, 4, cadres) + held
    leaders_as_members = bool(rng.random() < 0.3)
    locks = no_pairs()
    cadre, slot = int(rng.integers(cadres)), int(rng.integers(slots))
    post = slot_post[slot]
    fits = leader[cadre] == chief[post] or (leader[cadre] and leaders_as_members)
    free = available[cadre] and capacity[cadre] > held[cadre]
    if fits and free and [cadre, post] not in recused.tolist() and rng.random() < 0.5:
        locks = np.array([[cadre, slot]])
    ways = no_pairs() if rng.random() < 0.5 else np.array([[0, 0], [offices - 1, posts - 1]])
    links = np.argwhere(rng.random((departments, posts)) < 0.2)
    drawn = Problem(
        posts=Posts(
            codes=[f"P{n}" for n in rng.permutation(posts)],
            metres=rng.integers(0, 5_000, (posts, 2)).astype(float),
            chief=chief,
            wish=rng.integers(-1, 3, posts),
        ),
        slots=Slots(
            post=slot_post,
            number=np.concatenate([np.arange(n) + 1 for n in many]),
            specialty=rng.integers(-1, 3, slots),
            level=rng.integers(1, 4, slots),
            least=least,
            wanted=wanted,
            most=most,
            price_least=price,
            price_wanted=price // 2,
        ),
        cadres=Cadres(
            codes=[f"C{n}" for n in rng.permutation(cadres)],
            office=rng.integers(0, offices, cadres),
            department=rng.integers(0, departments, cadres),
            leader=leader,
            available=available,
            counts=rng.random(cadres) < 0.9,
            capacity=capacity,
            held=held,
            knows=rng.integers(0, 4, (cadres, 3)) * (rng.random((cadres, 3)) < 0.5),
        ),
        departments=Departments(
            codes=[f"D{n}" for n in range(departments)],
            floor=rng.integers(0, 4, departments),
        ),
        offices=rng.integers(0, 5_000, (offices, 2)).astype(float),
        weights=Weights(
            load_min=(0.0, float(rng.integers(0, 5)), 8.0),
            move_min=float(rng.integers(0, 30)),
            leaders_as_members=leaders_as_members,
            price_floor=int(rng.choice([0, 10_000, 40_000])),
        ),
        ways=ways,
        ways_min=rng.integers(0, 40, len(ways)).astype(float),
        links=links,
        links_min=rng.integers(0, 20, len(links)).astype(float),
        recused=recused,
        locks=locks,
        base=np.argwhere(rng.random((cadres, posts)) < 0.2),
    )
    return limited(drawn, np.random.default_rng([seed, 1]))


def limited(problem: Problem, rng: np.random.Generator) -> Problem:
    """Draw limits on the placements of departments, in some problems; locks stay within them."""
    rows = problem.departments
    locked = np.bincount(
        problem.cadres.department[problem.locks[:, 0]], minlength=len(rows.codes)
    ).astype(np.int64)
    least, most = no_limits(), no_limits()
    if rng.random() < 0.4:
        least = rng.integers(0, 4, len(rows.codes))
    if rng.random() < 0.4:
        most = np.maximum(rng.integers(0, 6, len(rows.codes)), locked)
        most = np.maximum(most, least) if len(least) else most
    return dataclasses.replace(
        problem, departments=dataclasses.replace(rows, least=least, most=most)
    )


def drawn_town(posts: int, cadres: int, seed: int = 0) -> Problem:
    """Draw a town with every rule on in which people are scarcer than seats."""
    rng = np.random.default_rng(seed)
    many = rng.choice([1, 1, 1, 3], posts)
    post = np.repeat(np.arange(posts), many)
    slots, ones = len(post), np.ones(len(post), np.int64)
    offices, departments = max(cadres // 5, 1), 5
    people = np.arange(cadres)
    base = np.column_stack([people, rng.integers(0, posts, cadres)])[: cadres // 2]
    return Problem(
        posts=Posts(
            codes=[f"P{n:05d}" for n in rng.permutation(posts)],
            metres=rng.uniform(0, 9_000, (posts, 2)),
            chief=rng.random(posts) < 0.1,
            wish=rng.integers(-1, 4, posts),
        ),
        slots=Slots(
            post=post,
            number=np.concatenate([np.arange(n) + 1 for n in many]),
            specialty=rng.integers(-1, 4, slots),
            level=rng.integers(1, 4, slots),
            least=ones * 0,
            wanted=ones,
            most=ones * 2,
            price_least=ones * 60_000,
            price_wanted=rng.integers(20_000, 40_000, slots),
        ),
        cadres=Cadres(
            codes=[f"C{n:05d}" for n in rng.permutation(cadres)],
            office=rng.integers(0, offices, cadres),
            department=rng.integers(0, departments, cadres),
            leader=rng.random(cadres) < 0.2,
            available=rng.random(cadres) < 0.95,
            counts=rng.random(cadres) < 0.95,
            capacity=rng.integers(1, 4, cadres),
            held=(rng.random(cadres) < 0.05).astype(np.int64),
            knows=rng.integers(0, 4, (cadres, 4)) * (rng.random((cadres, 4)) < 0.4),
        ),
        departments=Departments(
            codes=[f"D{n}" for n in range(departments)],
            floor=np.full(departments, cadres // 6, np.int64),
        ),
        offices=rng.uniform(0, 9_000, (offices, 2)),
        weights=Weights(price_floor=50_000),
        ways=np.column_stack([rng.integers(0, offices, posts), np.arange(posts)]),
        ways_min=rng.uniform(0, 40, posts),
        links=np.column_stack([rng.integers(0, departments, posts), np.arange(posts)]),
        links_min=rng.uniform(0, 15, posts),
        recused=np.column_stack([people, rng.integers(0, posts, cadres)]),
        base=base,
    )


def squares(offices: int, posts: int, step_m: float = 100.0, **rules: Any) -> Problem:
    """Make offices with one person each, posts with one seat each, both in a row."""
    ones = np.ones(posts, np.int64)
    row = np.zeros((max(offices, posts), 2))
    row[:, 0] = np.arange(len(row)) * step_m
    return Problem(
        posts=Posts(
            codes=[f"P{n:03d}" for n in range(posts)],
            metres=row[:posts],
            chief=np.zeros(posts, bool),
            wish=-ones,
        ),
        slots=Slots(
            post=np.arange(posts),
            number=ones,
            specialty=-ones,
            level=ones,
            least=ones,
            wanted=ones,
            most=ones,
            price_least=ones * 50_000,
            price_wanted=ones * 50_000,
        ),
        cadres=Cadres(
            codes=[f"C{n:03d}" for n in range(offices)],
            office=np.arange(offices),
            department=np.zeros(offices, np.int64),
            leader=np.zeros(offices, bool),
            available=np.ones(offices, bool),
            counts=np.ones(offices, bool),
            capacity=np.ones(offices, np.int64),
            held=np.zeros(offices, np.int64),
            knows=np.zeros((offices, 1), np.int64),
        ),
        departments=Departments(codes=["D"], floor=np.zeros(1, np.int64)),
        offices=row[:offices],
        **rules,
    )
