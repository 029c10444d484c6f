"""Small random problems with every rule on, and their optimum found another way."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from gisapp.core.matching.problem import (
    Cadres,
    Departments,
    Posts,
    Problem,
    Slots,
    Weights,
    no_pairs,
)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    return problem(draw(st.integers(0, 2**32 - 1)))


def problem(seed: int) -> Problem:
    """Draw posts of one or many slots, chiefs, floors, locks, recusals, links, a base plan."""
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
    return Problem(
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


def optimum(problem: Problem) -> float:  # noqa: C901  # a model reads best in one piece
    """State the model as an integer program, straight from its definition; minutes."""
    rows: list[tuple[dict[int, float], float, float]] = []
    price: list[float] = []
    upper: list[float] = []

    def variable(cost: float, most: float) -> int:
        price.append(cost)
        upper.append(most)
        return len(price) - 1

    cadres, slots, weights = problem.cadres, problem.slots, problem.weights
    recused = {tuple(row) for row in problem.recused.tolist()}
    locks = {tuple(row) for row in problem.locks.tolist()}
    base = {tuple(row) for row in problem.base.tolist()}
    people, seats = range(len(cadres.codes)), range(len(slots.post))
    constant, seat = 0.0, {}
    for c in people:
        for s in seats:
            p = int(slots.post[s])
            leader, chief = cadres.leader[c], problem.posts.chief[p]
            fits = leader == chief or (leader and weights.leaders_as_members)
            if fits and cadres.available[c] and (c, p) not in recused:
                seat[c, s] = variable(_price(problem, base, c, s), 1)
                if (c, s) in locks:
                    rows.append(({seat[c, s]: 1}, 1, 1))
        standing = {
            p
            for k, p in base
            if k == c and any((c, s) in seat and slots.post[s] == p for s in seats)
        }
        constant += weights.move_min * len(standing)
        mine = {x: 1.0 for (k, _), x in seat.items() if k == c}
        room = max(int(cadres.capacity[c] - cadres.held[c]), 0)
        steps = [weights.load_min[min(int(cadres.held[c]) + n, 2)] for n in range(room)]
        rows.append((mine | {variable(step, 1): -1.0 for step in steps}, 0, 0))
        for p in range(len(problem.posts.codes)):
            here = {x: 1.0 for (k, s), x in seat.items() if k == c and slots.post[s] == p}
            rows.append((here, 0, 1))
    for s in seats:
        here = {x: 1.0 for (_, t), x in seat.items() if t == s}
        rows.append((here, 0, float(slots.most[s])))
        short = variable(slots.price_least[s] / 100, 9)
        less = variable(slots.price_wanted[s] / 100, 9)
        rows.append((here | {short: 1.0}, float(slots.least[s]), np.inf))
        rows.append((here | {short: 1.0, less: 1.0}, float(slots.wanted[s]), np.inf))
    for d in range(len(problem.departments.codes)):
        out = {variable(weights.price_floor / 100, 9): 1.0}
        for c in people:
            if cadres.department[c] == d and cadres.counts[c]:
                deployed = variable(0, 1)
                mine = {x: 1.0 for (k, _), x in seat.items() if k == c}
                rows.append((mine | {deployed: -1.0}, -float(cadres.held[c] > 0), np.inf))
                out[deployed] = 1.0
        rows.append((out, float(problem.departments.floor[d]), np.inf))
    matrix = np.zeros((len(rows), len(price)))
    for number, (row, _, _) in enumerate(rows):
        matrix[number, list(row)] = list(row.values())
    bounds = LinearConstraint(matrix, [row[1] for row in rows], [row[2] for row in rows])
    found = milp(
        price, constraints=bounds, bounds=Bounds(0, upper), integrality=np.ones(len(price))
    )
    assert found.success, found.message
    return float(found.fun) + constant


def _price(problem: Problem, base: set[tuple[int, ...]], c: int, s: int) -> float:
    """Tell what one placement costs, load apart; each part rounded to 0.01 min."""
    p, o = int(problem.slots.post[s]), int(problem.cadres.office[c])
    weights = problem.weights
    metres = float(np.linalg.norm(problem.offices[o] - problem.posts.metres[p]))
    measured = problem.ways_min[(problem.ways == [o, p]).all(axis=1)]
    travel = measured.min() if len(measured) else metres * (weights.detour / 300)
    asked, wish = int(problem.slots.specialty[s]), int(problem.posts.wish[p])
    if asked >= 0:
        level = int(problem.slots.level[s])
        share = max(level - int(problem.cadres.knows[c, asked]), 0) / level
        missing = weights.specialty_min * share
    else:
        missing = weights.wish_min * (wish >= 0 and problem.cadres.knows[c, wish] == 0)
    d = int(problem.cadres.department[c])
    bonus = problem.links_min[(problem.links == [d, p]).all(axis=1)].sum()
    kept = weights.move_min * ((c, p) in base)
    return float(round(travel, 2) + round(missing, 2) - bonus - kept)
