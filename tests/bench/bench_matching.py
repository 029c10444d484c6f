"""Matching beside what else one could use, on one town."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from gisapp.core.matching import exact, greedy, judge
from gisapp.core.matching.cost import Costs, dearest
from gisapp.core.matching.problem import (
    NONE,
    Cadres,
    Departments,
    Plan,
    Posts,
    Problem,
    Slots,
    Weights,
)

SPECIALTIES = 16
GRID_M = 350
"""Width of one grid."""


def town(grids: int, cadres: int, seed: int = 1) -> Problem:
    """Draw a town: grids, a community for ten of them with seats by specialty, townships."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(grids)))
    communities, townships = grids // 10, max(grids // 100, 1)
    places = np.column_stack(np.divmod(np.arange(grids), side)) * float(GRID_M)
    anywhere = rng.uniform(0, side * GRID_M, (communities + townships, 2))
    asked = [rng.choice(SPECIALTIES, 4, replace=False) for _ in range(communities)]
    slot_post = np.concatenate(
        [
            np.arange(grids),
            np.repeat(grids + np.arange(communities), 4),
            grids + communities + np.arange(townships),
        ]
    )
    specialty = np.full(len(slot_post), NONE)
    specialty[grids : grids + 4 * communities] = np.concatenate(asked)
    offices = rng.normal(side * GRID_M / 2, side * GRID_M / 5, (max(cadres // 20, 2), 2))
    departments = 30
    department = rng.integers(0, departments, cadres)
    weights = Weights()
    posts = np.concatenate([places, anywhere])
    price = 2 * dearest(offices, posts, np.zeros(0), weights)
    ones = np.ones(len(slot_post), np.int64)
    return Problem(
        posts=Posts(
            codes=[f"9901{n:08d}" for n in range(len(posts))],
            metres=posts,
            chief=np.arange(len(posts)) >= grids + communities,
            wish=np.where(np.arange(len(posts)) < grids, rng.integers(0, 16, len(posts)), NONE),
        ),
        slots=Slots(
            post=slot_post,
            number=np.concatenate(
                [
                    np.ones(grids, int),
                    np.tile(np.arange(4) + 1, communities),
                    np.ones(townships, int),
                ]
            ),
            specialty=specialty,
            level=ones,
            least=ones,
            wanted=ones,
            most=ones,
            price_least=ones * price,
            price_wanted=ones * price // 2,
        ),
        cadres=Cadres(
            codes=[f"C{n:06d}" for n in range(cadres)],
            office=rng.integers(0, len(offices), cadres),
            department=department,
            leader=rng.random(cadres) < 0.12,
            available=rng.random(cadres) < 0.95,
            counts=np.ones(cadres, bool),
            capacity=rng.integers(1, 4, cadres),
            held=np.zeros(cadres, np.int64),
            knows=rng.integers(1, 4, (cadres, SPECIALTIES))
            * (rng.random((cadres, SPECIALTIES)) < 0.15),
        ),
        departments=Departments(
            codes=[f"D{n:02d}" for n in range(departments)],
            floor=np.ceil(0.1 * np.bincount(department, minlength=departments)).astype(np.int64),
        ),
        offices=offices,
        weights=Weights(price_floor=2 * price),
    )


def assignment(problem: Problem) -> float:
    """Give each open grid seat one person by scipy, capacities as copies; minutes travelled.

    Nothing but travel counts: no specialties, no load, no floors.
    """
    grids = np.flatnonzero(problem.slots.specialty == NONE)
    post = problem.slots.post[grids]
    grids, post = grids[~problem.posts.chief[post]], post[~problem.posts.chief[post]]
    cadres = problem.cadres
    staff = np.flatnonzero(cadres.available & ~cadres.leader)
    copies = np.repeat(staff, cadres.capacity[staff])
    cost = Costs(problem).travel(np.tile(copies, len(post)), np.repeat(post, len(copies)))
    table = cost.reshape(len(post), len(copies))
    rows, columns = linear_sum_assignment(table)
    return float(table[rows, columns].sum()) / 100


def main() -> None:
    """Print one line for each way to match a town of 1,000 grids, then how it grows."""
    problem = town(1_000, 1_300)
    print("1,000 grids, 1,300 cadres       s     cost min  seats  status")  # noqa: T201
    for name, solve in (("min-cost flow, all rules", exact.solve), ("greedy", greedy.solve)):
        _row(name, problem, solve)
    seconds, minutes = _timed(lambda: assignment(problem))
    print(f"{'linear_sum_assignment *':26}{seconds:8.2f}{minutes:13,.0f}")  # noqa: T201
    print("* one person a grid, by travel alone: no specialties, floors or fair load")  # noqa: T201
    for grids, cadres in ((2_000, 1_300), (10_000, 8_000)):
        _row(f"flow, {grids:,} x {cadres:,}", town(grids, cadres), exact.solve)


def _row(name: str, problem: Problem, solve: Callable[[Problem], Plan]) -> None:
    seconds, plan = _timed(lambda: solve(problem))
    verdict = judge.check(problem, plan)
    seats = f"{verdict.filled:,}/{verdict.wanted:,}"
    print(f"{name:26}{seconds:8.2f}{verdict.cost / 100:13,.0f}  {seats}  {plan.status}")  # noqa: T201


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


if __name__ == "__main__":
    main()
