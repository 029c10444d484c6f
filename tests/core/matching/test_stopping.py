import dataclasses

import numpy as np
import pytest

from gisapp.core.matching import exact, judge, moves
from gisapp.core.matching.engine import Progress
from gisapp.core.matching.problem import Problem
from tests.core.matching.small import drawn_town


@pytest.fixture(scope="module")
def town() -> Problem:
    """A small town whose offices have changed places since its plan of today was made."""
    before = drawn_town(40, 25)
    plan = exact.solve(before)
    return dataclasses.replace(
        before,
        base=np.column_stack([plan.cadre, before.slots.post[plan.slot]]),
        offices=np.roll(before.offices, 2, axis=0).copy(),
        weights=dataclasses.replace(before.weights, move_min=1.0),
    )


class Stop:
    """Stops at the nth look."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def __call__(self, progress: Progress) -> bool:
        self.left -= 1
        return self.left < 0


MOST = 8


@pytest.fixture(scope="module")
def best(town: Problem) -> float:
    """What the cheapest plan of at most so many moves costs."""
    return judge.check(town, moves.solve(town, MOST)).cost


@pytest.mark.parametrize("looks", [0, 1, 2, 4, 8])
def test_a_limit_on_moves_holds_and_its_gap_too_wherever_it_stops(
    town: Problem, best: float, looks: int
) -> None:
    plan = moves.solve(town, MOST, watch=Stop(looks))
    verdict = judge.check(town, plan)

    assert verdict.broken_rules == []
    assert verdict.moved <= MOST
    assert plan.gap is None or verdict.cost * (1 - plan.gap) <= best <= verdict.cost
    assert plan.gap is None or 0 <= plan.gap < 1


def test_a_bound_below_nothing_is_no_gap_under_a_limit_either() -> None:
    before = drawn_town(40, 60)
    plan = exact.solve(before)
    pairs = np.indices((len(before.departments.codes), len(before.posts.codes)))
    links = pairs.reshape(2, -1).T
    town = dataclasses.replace(
        before,
        base=np.column_stack([plan.cadre, before.slots.post[plan.slot]]),
        # They save nearly all that the plan costs.
        links=links,
        links_min=np.full(len(links), 45.0),
    )

    assert moves.solve(town, 0, watch=Stop(0)).gap is None


@pytest.mark.parametrize("looks", [0, 1, 2, 4, 8, 16])
def test_a_curve_that_is_stopped_has_only_what_is_proven(town: Problem, looks: int) -> None:
    whole = {each.moves: each.cost for each in moves.curve(town)}

    part = moves.curve(town, watch=Stop(looks))

    assert len(whole) > 3
    assert {each.moves: each.cost for each in part}.items() <= whole.items()
