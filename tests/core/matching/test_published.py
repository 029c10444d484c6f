import csv
import dataclasses
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from gisapp.core.matching import exact, judge
from gisapp.core.matching.problem import Problem, Weights
from tests.core.matching.small import squares

SAN_FRANCISCO = 2_848_268_129.71
"""Population times metres by road, the best four of sixteen stores open."""
FAR = 10**13
"""Above any way in these cases, 0.01 min."""


def test_the_linear_assignment_of_the_or_library_costs_305(shared_data: Path) -> None:
    text = (shared_data / "published/assignment/linear/assign100.txt").read_text(encoding="ascii")
    size, *costs = map(int, text.split())
    problem = measured(np.array(costs, float).reshape(size, size))

    verdict = judge.check(problem, exact.solve(problem))

    assert verdict.broken_rules == []
    assert verdict.filled == size
    assert verdict.cost == 30_500


def test_tracts_go_to_the_nearest_of_the_four_published_stores(shared_data: Path) -> None:
    away, people = stores(shared_data / "published/assignment/sf_stores")
    weighed = away * people
    four = min(combinations(range(len(away)), 4), key=lambda sites: total(weighed, sites))
    problem = measured(weighed[list(four)], capacity=weighed.shape[1])

    verdict = judge.check(problem, exact.solve(problem))

    assert verdict.broken_rules == []
    assert verdict.filled == weighed.shape[1]
    # Each way is rounded to 0.01.
    assert verdict.cost / 100 == pytest.approx(SAN_FRANCISCO, abs=0.005 * weighed.shape[1])


@pytest.mark.parametrize("kind", ["a", "b", "c"])
def test_jobs_of_one_unit_cost_what_linear_programming_finds(shared_data: Path, kind: str) -> None:
    cases = sorted((shared_data / "published/assignment/gap").glob(f"{kind}*.txt"))
    assert cases, kind
    for case in cases:
        cost = agents_and_jobs(case)
        most = -(-cost.shape[1] // len(cost)) + 1
        problem = measured(cost, capacity=most)

        verdict = judge.check(problem, exact.solve(problem))

        assert verdict.broken_rules == []
        assert verdict.cost == round(100 * transport(cost, most)), case.name


def measured(minutes: np.ndarray, capacity: int = 1) -> Problem:
    """Make a problem of one post for each column, one person with an own office for each row."""
    rows, columns = np.indices(minutes.shape)
    plain = squares(
        offices=len(minutes),
        posts=minutes.shape[1],
        ways=np.column_stack([rows.ravel(), columns.ravel()]),
        ways_min=minutes.ravel(),
        weights=Weights(load_min=(0.0,)),
    )
    far = np.full(minutes.shape[1], FAR)
    return dataclasses.replace(
        plain,
        slots=dataclasses.replace(plain.slots, price_least=far, price_wanted=far),
        cadres=dataclasses.replace(plain.cadres, capacity=np.full(len(minutes), capacity)),
    )


def stores(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read metres by road (stores x tracts) and the people of each tract."""
    ways: dict[str, dict[str, float]] = defaultdict(dict)
    with (folder / "network_distance.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ways[row["name"]][row["DestinationName"]] = float(row["distance"])
    with (folder / "demand_tracts.csv").open(encoding="utf-8") as file:
        people = {row["NAME"]: float(row["POP2000"]) for row in csv.DictReader(file)}
    tracts = sorted(next(iter(ways.values())))
    away = np.array([[ways[store][tract] for tract in tracts] for store in sorted(ways)])
    return away, np.array([people[tract] for tract in tracts])


def total(weighed: np.ndarray, sites: tuple[int, ...]) -> float:
    return float(weighed[list(sites)].min(axis=0).sum())


def agents_and_jobs(case: Path) -> np.ndarray:
    agents, jobs, *numbers = map(int, case.read_text(encoding="ascii").split())
    return np.array(numbers[: agents * jobs], float).reshape(agents, jobs)


def transport(cost: np.ndarray, most: int) -> float:
    """Give every job to one agent, at most ``most`` to each, by HiGHS; the optimum is whole."""
    agents, jobs = cost.shape
    each = np.kron(np.ones(agents), np.eye(jobs))
    load = np.kron(np.eye(agents), np.ones(jobs))
    found = linprog(
        cost.ravel(), A_ub=load, b_ub=np.full(agents, most), A_eq=each, b_eq=np.ones(jobs)
    )
    assert found.success, found.message
    return float(found.fun)
