from pathlib import Path

import numpy as np

from gisapp.core.matching import exact, judge
from gisapp.core.matching.problem import Problem, Weights
from tests.core.matching.small import squares


def test_the_linear_assignment_of_the_or_library_costs_305(shared_data: Path) -> None:
    text = (shared_data / "published/assignment/linear/assign100.txt").read_text(encoding="ascii")
    size, *costs = map(int, text.split())
    problem = measured(np.array(costs, float).reshape(size, size))

    verdict = judge.check(problem, exact.solve(problem))

    assert verdict.broken_rules == []
    assert verdict.filled == size
    assert verdict.cost == 30_500


def measured(minutes: np.ndarray) -> Problem:
    """Make a problem of one post for each column, one person with an own office for each row."""
    rows, columns = np.indices(minutes.shape)
    return squares(
        offices=len(minutes),
        posts=minutes.shape[1],
        ways=np.column_stack([rows.ravel(), columns.ravel()]),
        ways_min=minutes.ravel(),
        weights=Weights(load_min=(0.0,)),
    )
