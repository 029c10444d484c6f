"""A limit on moves is kept, and no plan under it is cheaper."""

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from gisapp.core.matching import exact, judge, moves
from gisapp.core.matching.problem import Plan, Problem, Weights
from tests.core.matching import highs
from tests.core.matching.small import problem, squares
from tests.depth import cases

BLOCKS, EACH = cases(3), 36
"""Small problems with a base plan: so many blocks, so many in each."""


def based(block: int) -> Iterator[tuple[int, Problem]]:
    """Draw problems with a placement that could be given up, and their seeds."""
    drawn = ((seed, problem(seed)) for seed in range(1_000 * block, 1_000 * (block + 1)))
    nobody = np.zeros(0, np.int64)
    return itertools.islice(
        (
            (seed, small)
            for seed, small in drawn
            if judge.check(small, Plan(nobody, nobody, "stopped", None)).moved
        ),
        EACH,
    )


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_plan_under_any_limit_is_cheaper(block: int) -> None:
    for seed, small in based(block):
        free = judge.check(small, exact.solve(small))
        for most in range(free.moved + 1):
            best = highs.optimum(small, max_moves=most)
            if best is None:
                with pytest.raises(moves.MovesBelowLeast):
                    moves.solve(small, most)
                continue

            plan = moves.solve(small, most)
            verdict = judge.check(small, plan)

            assert verdict.broken_rules == [], (seed, most)
            assert verdict.moved <= most, (seed, most)
            assert (plan.status, plan.gap) == ("optimal", 0.0), (seed, most)
            assert verdict.cost == best, (seed, most)


def test_a_limit_that_does_not_bind_changes_nothing() -> None:
    for seed, small in based(0):
        free = judge.check(small, exact.solve(small))

        plan = moves.solve(small, free.moved + 1)

        assert judge.check(small, plan).cost == free.cost, seed


def test_corners_of_the_curve_are_optima_and_bend_one_way() -> None:
    for seed, small in based(1):
        corners = moves.curve(small)

        for corner in corners:
            verdict = judge.check(small, Plan(corner.cadre, corner.slot, "stopped", None))
            assert (verdict.moved, verdict.cost) == (corner.moves, corner.cost), seed
            assert corner.cost == highs.optimum(small, max_moves=corner.moves), seed
        saved = [
            (few.cost - many.cost) / (many.moves - few.moves)
            for few, many in itertools.pairwise(corners)
        ]
        assert all(step > 0 for step in saved), seed
        assert all(first > second for first, second in itertools.pairwise(saved)), seed


def test_the_curve_reaches_from_the_fewest_moves_to_the_cheapest_plan() -> None:
    for seed, small in based(2):
        corners = moves.curve(small)

        assert corners[-1].cost == judge.check(small, exact.solve(small)).cost, seed
        assert highs.optimum(small, max_moves=corners[0].moves) == corners[0].cost, seed
        if corners[0].moves:
            assert highs.optimum(small, max_moves=corners[0].moves - 1) is None, seed


def test_two_who_would_gain_by_changing_places_move_once_two_moves_are_allowed() -> None:
    row = squares(offices=2, posts=2, step_m=3_000, weights=Weights(move_min=5.0))
    crossed = dataclasses.replace(row, base=np.array([[0, 1], [1, 0]]))

    costs = [judge.check(crossed, moves.solve(crossed, most)).cost for most in range(3)]

    # Each travels 13 min; at home none, for two moves of 5 min. Moving one alone gains nothing.
    assert costs == [2_600, 2_600, 1_000]
