import dataclasses

import numpy as np
import pytest

from gisapp.core.matching import desks, exact, judge
from gisapp.core.matching.engine import Engine, Progress
from gisapp.core.matching.problem import Problem
from tests.core.matching.small import problem

MANY = 6
"""People in place of each one."""


def crowd(seed: int) -> Problem:
    """Draw a small problem in which many people share each desk and posts have many seats."""
    few = problem(seed)
    rng = np.random.default_rng([seed, 2])
    cadres, n = few.cadres, len(few.cadres.codes)
    same = {
        field.name: np.repeat(getattr(cadres, field.name), MANY, axis=0)
        for field in dataclasses.fields(cadres)
        if field.name != "codes"
    }
    same["knows"] = rng.integers(0, 4, (n * MANY, 3)) * (rng.random((n * MANY, 3)) < 0.5)
    same["capacity"] = same["held"] + rng.integers(0, 4, n * MANY)
    slots, first = few.slots, np.array([MANY, 1])
    return dataclasses.replace(
        few,
        cadres=dataclasses.replace(
            cadres, codes=[f"{code}-{k}" for code in cadres.codes for k in range(MANY)], **same
        ),
        slots=dataclasses.replace(
            slots, least=slots.least * 2, wanted=slots.wanted * 3, most=slots.most * 3
        ),
        recused=few.recused * first,
        base=few.base * first,
        locks=np.zeros((0, 2), np.int64),
    )


@pytest.fixture(autouse=True)
def every_town_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "LARGE", 1)


@pytest.mark.parametrize("block", range(2))
def test_a_plan_that_began_with_crowds_costs_what_any_best_plan_does(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(20 * block, 20 * (block + 1)):
        drawn = crowd(seed)
        cost = []
        for people in (1, len(drawn.cadres.codes) + 1):
            monkeypatch.setattr(desks, "PEOPLE", people)
            engine = Engine(drawn)
            assert engine.solve(), seed
            verdict = judge.check(drawn, exact.planned(engine, drawn))
            assert verdict.broken_rules == [], seed
            assert engine.gap == 0, seed
            cost.append(verdict.cost)
        assert cost[0] == cost[1] == engine.cost, seed


@pytest.mark.parametrize("looks", [0, 1, 2, 3, 5, 8, 12])
def test_a_gap_holds_wherever_crowds_are_stopped(
    looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "PEOPLE", 1)
    for seed in range(5):
        drawn = crowd(seed)
        best = judge.check(drawn, exact.solve(drawn)).cost
        left = looks

        def watch(progress: Progress) -> bool:
            nonlocal left
            left -= 1
            return left < 0

        plan = exact.solve(drawn, watch=watch)
        verdict = judge.check(drawn, plan)

        assert verdict.broken_rules == []
        assert plan.gap is None or verdict.cost * (1 - plan.gap) <= best <= verdict.cost


def test_rows_in_any_order_make_the_same_plan_of_a_crowd() -> None:
    drawn = crowd(7)
    order = np.random.default_rng(0).permutation(len(drawn.cadres.codes))
    at = np.argsort(order)
    cadres = drawn.cadres
    rows = {
        field.name: getattr(cadres, field.name)[order]
        for field in dataclasses.fields(cadres)
        if field.name != "codes"
    }
    other = dataclasses.replace(
        drawn,
        cadres=dataclasses.replace(cadres, codes=[cadres.codes[k] for k in order], **rows),
        recused=np.column_stack([at[drawn.recused[:, 0]], drawn.recused[:, 1]]),
        base=np.column_stack([at[drawn.base[:, 0]], drawn.base[:, 1]]),
    )

    one, two = exact.solve(drawn), exact.solve(other)

    assert desks.crowded(Engine(drawn).net)
    assert one.slot.tolist() == two.slot.tolist()
    assert one.cadre.tolist() == order[two.cadre].tolist()
