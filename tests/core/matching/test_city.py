"""The city that peers are measured on: costs as theirs, and the optimum they find."""

import numpy as np
import pytest

from gisapp.core.matching import exact, judge
from gisapp.core.matching.cost import Costs
from tests.bench import city

GRIDS = 1_000


@pytest.fixture(scope="module")
def drawn() -> city.City:
    if why := city.missing():
        pytest.skip(why)
    return city.instance(GRIDS)


def test_every_pair_costs_what_it_costs_there(drawn: city.City) -> None:
    problem = city.problem(drawn)
    costs = Costs(problem)
    cadre, grid = city.pairs(drawn, "keys").T

    ours = costs.pair(cadre, grid) + costs.specialty(cadre, grid) + city.CHANGE

    assert (ours == drawn["cost"]).all()


def test_the_optimum_over_all_pairs_is_theirs(drawn: city.City) -> None:
    proven, taken, facts = city.peer("matching_cg").certified(drawn)
    best = city.peer("matching_model").objective(proven, np.rint(taken).astype(int))
    problem = city.problem(drawn)

    plan = exact.solve(problem)
    verdict = judge.check(problem, plan)

    assert (facts["new"], facts["short"]) == (0, 0)
    assert (verdict.broken_rules, plan.status) == ([], "optimal")
    assert verdict.cost - city.constant(drawn) == best == city.OPTIMA[GRIDS]
