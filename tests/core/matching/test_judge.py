import dataclasses

import numpy as np
import pytest

from gisapp.core.matching import exact, judge
from gisapp.core.matching.problem import Plan, Weights
from tests.core.matching.small import squares

# Offices and posts 3 km apart in a row: detour 1.3 at 18 km/h makes 13 min a step.
ROW = squares(offices=3, posts=3, step_m=3_000)


def test_minutes_open_seats_and_floors_add_up_by_hand() -> None:
    problem = dataclasses.replace(
        ROW,
        departments=dataclasses.replace(ROW.departments, floor=np.array([3])),
        weights=Weights(price_floor=40_000),
    )

    verdict = judge.check(problem, plan([(0, 0), (1, 2)]))

    assert verdict.parts.travel == 1_300
    assert verdict.parts.unfilled == 50_000
    assert verdict.parts.floors == 40_000
    assert (verdict.wanted, verdict.filled, verdict.deployed) == (3, 2, [2])


def test_a_move_is_a_placement_that_could_stand_and_does_not() -> None:
    base = np.array([[0, 0], [1, 1], [2, 2]])
    problem = dataclasses.replace(ROW, base=base, recused=np.array([[2, 2]]))

    verdict = judge.check(problem, plan([(0, 0), (1, 2)]))

    assert (verdict.moved, verdict.people_moved) == (1, 1)
    assert verdict.parts.disturbance == 2_000


@pytest.mark.parametrize(
    ("placed", "broken"),
    [
        ([(0, 0), (0, 1)], "beyond capacity"),
        ([(0, 0), (1, 0)], "beyond its seats"),
        ([(2, 2)], "recused"),
        ([(1, 1)], "a lock is not kept"),
    ],
)
def test_a_broken_rule_is_named(placed: list[tuple[int, int]], broken: str) -> None:
    locks = np.array([[0, 0]]) if "lock" in broken else ROW.locks
    problem = dataclasses.replace(ROW, recused=np.array([[2, 2]]), locks=locks)

    verdict = judge.check(problem, plan(placed))

    assert any(broken in rule for rule in verdict.broken_rules)


def test_filling_an_open_seat_moves_nobody() -> None:
    problem = dataclasses.replace(ROW, base=np.array([[0, 1], [1, 0]]))

    verdict = judge.check(problem, exact.solve(problem))

    # Each would save 13 min by changing places; a move counts 20.
    assert (verdict.filled, verdict.moved) == (3, 0)


def plan(placed: list[tuple[int, int]]) -> Plan:
    rows = np.array(placed)
    return Plan(rows[:, 0], rows[:, 1], "stopped", None)
