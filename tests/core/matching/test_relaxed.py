import pytest
from hypothesis import given, settings

from gisapp.core.matching import exact, judge
from gisapp.core.matching.problem import Problem
from gisapp.core.matching.relaxed import least
from tests.core.matching.small import drawn_town, problems, squares
from tests.depth import cases

CALM = settings(max_examples=cases(30), deadline=None, derandomize=True)


@CALM
@given(problems())
def test_no_plan_costs_less(problem: Problem) -> None:
    assert least(problem) <= judge.check(problem, exact.solve(problem)).cost


def test_it_is_near_where_people_are_scarcer_than_seats() -> None:
    town = drawn_town(300, 200)

    cost = judge.check(town, exact.solve(town)).cost

    assert 0.8 * cost < least(town) <= cost


def test_seats_at_the_door_of_an_office_cost_what_nobody_can_fill() -> None:
    row = squares(3, 5, step_m=0.0)

    # A way is taken to be 0.01 min shorter than it is: the tree that finds it rounds.
    assert least(row) == 2 * 50_000 - 3


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_a_match_that_is_stopped_at_once_has_a_gap(looks: int) -> None:
    left = iter([False] * looks)

    plan = exact.solve(drawn_town(60, 40), watch=lambda progress: next(left, True))

    assert plan.status == "stopped"
    assert plan.gap is not None
    assert 0 < plan.gap < 1
