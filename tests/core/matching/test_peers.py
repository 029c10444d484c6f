"""Two other solvers, to which the model is stated directly, find what ours finds."""

import numpy as np
import pytest

from gisapp.core.matching import exact, judge
from tests.core.matching import cpsat, highs
from tests.core.matching.small import problem
from tests.depth import cases

BLOCKS, EACH = cases(3), 52
"""Small problems: so many blocks, so many in each."""


@pytest.mark.parametrize("block", range(BLOCKS))
def test_highs_cpsat_and_ours_cost_the_same(block: int) -> None:
    for seed in range(EACH * block, EACH * (block + 1)):
        small = problem(seed)

        plan = exact.solve(small)
        verdict = judge.check(small, plan)

        assert verdict.broken_rules == [], seed
        assert (plan.status, plan.gap) == ("optimal", 0.0), seed
        assert verdict.cost == cpsat.optimum(small) == highs.optimum(small), seed


def test_the_peers_agree_under_a_limit_on_moves() -> None:
    for seed in range(25):
        small = problem(seed)
        for most in range(3):
            found = cpsat.optimum(small, max_moves=most)

            assert found == highs.optimum(small, max_moves=most), (seed, most)


def test_the_small_problems_have_every_rule_on() -> None:
    drawn = [problem(seed) for seed in range(BLOCKS * EACH)]
    rules = {
        "several slots": [len(p.slots.post) > len(p.posts.codes) for p in drawn],
        "specialties": [(p.slots.specialty >= 0).any() for p in drawn],
        "seats that must be filled": [p.slots.least.any() for p in drawn],
        "chiefs": [p.posts.chief.any() for p in drawn],
        "leaders as members": [p.weights.leaders_as_members for p in drawn],
        "somebody away": [not p.cadres.available.all() for p in drawn],
        "posts held elsewhere": [p.cadres.held.any() for p in drawn],
        "measured ways": [len(p.ways) for p in drawn],
        "links": [len(p.links) for p in drawn],
        "recusals": [len(p.recused) for p in drawn],
        "locks": [len(p.locks) for p in drawn],
        "a base plan": [len(p.base) for p in drawn],
        "floors": [p.departments.floor.any() and p.weights.price_floor for p in drawn],
        "least placements": [p.departments.least.any() for p in drawn],
        "most placements": [len(p.departments.most) for p in drawn],
    }

    rare = {rule for rule, there in rules.items() if np.count_nonzero(there) < 10 * BLOCKS}
    assert rare == set()
