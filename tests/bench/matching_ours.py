"""What is measured of our matching engine."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from gisapp.core.matching import exact, explain, greedy, judge
from gisapp.core.matching.engine import Engine
from gisapp.core.matching.problem import Ints, Plan, Problem
from tests.bench import city
from tests.bench.rich import richer
from tests.bench.rounds import Case, Facts

QUESTIONS = 20
WARM = 1_000
"""Grids of the city that compiles the kernels where the measured one is too large to run twice."""


def rich(grids: int) -> Problem:
    """Return the city with every rule on."""
    drawn = city.instance(grids)
    return richer(city.problem(drawn), city.pairs(drawn, "keys"))


def from_nothing(grids: int) -> tuple[Callable[[], Plan], Callable[[Plan], Facts]]:
    """Solve the city and prove it over all pairs."""
    drawn = city.instance(grids)
    problem = city.problem(drawn)
    return lambda: exact.solve(problem), lambda plan: judged(problem, plan, city.constant(drawn))


def grown(grids: int) -> tuple[Callable[[], Plan], Callable[[Plan], Facts]]:
    """Solve the city as `from_nothing` does, with kernels compiled before."""
    exact.solve(city.problem(city.instance(WARM)))
    return from_nothing(grids)


def rich_from_nothing(grids: int) -> tuple[Callable[[], Plan], Callable[[Plan], Facts]]:
    """Solve the city with every rule on."""
    problem = rich(grids)
    return lambda: exact.solve(problem), lambda plan: judged(problem, plan, 0)


def quick(grids: int) -> tuple[Callable[[], Plan], Callable[[Plan], Facts]]:
    """Take the cheapest placements first, which proves nothing."""
    drawn = city.instance(grids)
    problem = city.problem(drawn)
    return lambda: greedy.solve(problem), lambda plan: judged(problem, plan, city.constant(drawn))


def judged(problem: Problem, plan: Plan, constant: int) -> Facts:
    """Tell what a plan costs in the units of the bench; open seats apart."""
    verdict = judge.check(problem, plan)
    assert verdict.broken_rules == []
    left_open = verdict.wanted - verdict.filled
    cost = verdict.cost - constant
    proven = "all pairs" if plan.status == "optimal" else "nothing"
    short = verdict.parts.floors // max(problem.weights.price_floor, 1)
    return {"cost": cost, "proven": proven, "open": left_open, "short": short}


def replanned(grids: int) -> tuple[Callable[[], Engine], Callable[[Engine], Facts]]:
    """Take one cadre in a hundred out of a solved plan; told beside the same from nothing."""
    problem = city.problem(city.instance(grids))
    engine = solved(problem)
    free = np.setdiff1d(np.arange(len(problem.cadres.codes)), problem.locks[:, 0])
    out = np.random.default_rng(0).choice(free, len(problem.cadres.codes) // 100, replace=False)

    def warm() -> Engine:
        twin = engine.copy()
        twin.drop(engine.order.cadre_at[out])
        twin.solve()
        return twin

    def tell(twin: Engine) -> Facts:
        took, less = [], without(problem, out)
        for _ in range(3):
            began = time.perf_counter()
            fresh = solved(less)
            took.append(time.perf_counter() - began)
            assert twin.cost == twin.bound == fresh.cost
        return {"fresh": float(np.median(took))}

    return warm, tell


def without(problem: Problem, out: Ints) -> Problem:
    """Return the problem without some cadres."""
    available = problem.cadres.available.copy()
    available[out] = False
    cadres = dataclasses.replace(problem.cadres, available=available)
    return dataclasses.replace(problem, cadres=cadres)


def solved(problem: Problem) -> Engine:
    """Solve from nothing, with proof."""
    engine = Engine(problem)
    assert engine.solve()
    return engine


def asked(question: Callable[[Engine, int, int], Any], *, placed: bool) -> Case:
    """Ask twenty times about a pair, ``placed`` in the plan or with anybody."""

    def case(grids: int) -> tuple[Callable[[], list[float]], Callable[[list[float]], Facts]]:
        engine = solved(city.problem(city.instance(grids)))
        rng = np.random.default_rng(0)
        who, post = engine.placements()
        picked = rng.choice(len(who), QUESTIONS, replace=False)
        if not placed:
            who = rng.integers(0, who.max() + 1, len(who))

        def work() -> list[float]:
            took = []
            for cadre, grid in zip(who[picked].tolist(), post[picked].tolist(), strict=True):
                began = time.perf_counter()
                question(engine, cadre, grid)
                took.append(time.perf_counter() - began)
            return took

        return work, lambda took: {"seconds": float(np.median(took)), "worst": max(took)}

    return case


CASES: dict[str, Case] = {
    "ours": from_nothing,
    "ours, grown": grown,
    "ours, every rule on": rich_from_nothing,
    "greedy": quick,
    "re-plan, 1 % of cadres out": replanned,
    "who else (runner-up)": asked(explain.runner_up, placed=True),
    "why not this pair": asked(explain.why_not, placed=False),
}
