import dataclasses

import numpy as np
import pytest

from gisapp.core.matching.contradictions import contradictions
from gisapp.core.matching.engine import Engine
from gisapp.core.matching.explain import (
    Barred,
    Change,
    RunnerUp,
    candidates,
    offers,
    runner_up,
    why_not,
)
from gisapp.core.matching.problem import Problem
from tests.core.matching.small import drawn_town, problem
from tests.depth import cases

BLOCKS = cases(2)
TOWNS = 15
"""Small problems in each block."""


def solved(problem: Problem) -> Engine:
    engine = Engine(problem)
    engine.solve()
    return engine


def pairs(engine: Engine) -> set[tuple[int, int]]:
    who, slot = engine.placements()
    post = slot_posts(engine)[slot]
    return set(zip(who.tolist(), post.tolist(), strict=True))


def slot_posts(engine: Engine) -> np.ndarray:
    order = engine.order
    post = np.empty(len(order.slot), np.int64)
    post[order.slot] = order.post[order.problem.slots.post]
    return post


def forced(small: Problem, cadre: int, post: int) -> int | None:
    """Lock the pair to each slot of the post in turn and solve from nothing; None: it cannot be."""
    costs = []
    for slot in np.flatnonzero(small.slots.post == post):
        other = dataclasses.replace(small, locks=np.vstack([small.locks, [[cadre, slot]]]))
        if not list(contradictions(other)):
            costs.append(solved(other).cost)
    return min(costs, default=None)


def forbidden(small: Problem, cadre: int, post: int) -> int:
    """Recuse the pair and solve from nothing; a placement of the base is still given up by it."""
    other = dataclasses.replace(small, recused=np.vstack([small.recused, [[cadre, post]]]))
    kept = [cadre, post] in small.base.tolist()
    return solved(other).cost + kept * round(small.weights.move_min * 100)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_a_change_is_what_solving_again_from_nothing_says(block: int) -> None:
    for seed in range(TOWNS * block, TOWNS * (block + 1)):
        small = problem(seed)
        engine = solved(small)
        held = pairs(engine)
        for cadre in range(len(small.cadres.codes)):
            for post in range(len(small.posts.codes)):
                if (cadre, post) in held:
                    found = runner_up(engine, cadre, post)
                    if isinstance(found, RunnerUp):
                        again = forbidden(small, cadre, post) - engine.cost
                        assert found.change.change == again, (seed, cadre, post)
                else:
                    asked = why_not(engine, cadre, post)
                    best = forced(small, cadre, post)
                    change = asked.change if isinstance(asked, Change) else None
                    assert change == (None if best is None else best - engine.cost), seed


def test_a_question_changes_nothing() -> None:
    town = drawn_town(80, 60)
    engine = solved(town)
    cost, held = engine.cost, pairs(engine)

    for cadre, post in sorted(held)[:10]:
        runner_up(engine, cadre, post)
        why_not(engine, cadre, (post + 1) % 80)

    assert (engine.cost, pairs(engine)) == (cost, held)


def test_what_a_change_names_is_what_changes() -> None:
    town = drawn_town(80, 60)
    engine = solved(town)
    held = pairs(engine)
    for cadre, post in sorted(held)[:20]:
        found = runner_up(engine, cadre, post)

        assert isinstance(found, RunnerUp)
        assert (cadre, post) in found.change.went
        assert set(found.change.went) <= held
        assert not set(found.change.came) & held
        assert (found.cadre, post) in found.change.came or found.cadre is None


def test_offers_come_best_first_and_nothing_better_is_left_out() -> None:
    for seed in range(20):
        small = problem(seed)
        engine = solved(small)
        held = pairs(engine)
        for cadre in range(len(small.cadres.codes)):
            told = offers(engine, cadre, most=2)

            changes = sorted(
                change.change
                for post in range(len(small.posts.codes))
                if (cadre, post) not in held
                for change in [why_not(engine, cadre, post)]
                if isinstance(change, Change)
            )
            assert [offer.change.change for offer in told] == changes[:2]


def test_candidates_of_a_post_are_those_it_could_have() -> None:
    for seed in range(20):
        small = problem(seed)
        engine = solved(small)
        held = pairs(engine)
        for post in range(len(small.posts.codes)):
            told = {offer.cadre for offer in candidates(engine, post, most=99)}

            could = {
                cadre
                for cadre in range(len(small.cadres.codes))
                if (cadre, post) not in held
                and not isinstance(why_not(engine, cadre, post), Barred)
            }
            assert told == could


def test_who_drops_out_leaves_the_plan_that_solving_from_nothing_finds() -> None:
    for seed in range(30):
        town = drawn_town(60, 40, seed)
        engine = solved(town)
        out = np.random.default_rng(seed).choice(40, 4, replace=False)
        available = town.cadres.available.copy()
        available[out] = False
        less = dataclasses.replace(
            town, cadres=dataclasses.replace(town.cadres, available=available)
        )

        warm = engine.copy()
        warm.drop(engine.order.cadre_at[out])
        warm.solve()

        assert warm.cost == warm.bound == solved(less).cost
        assert not {cadre for cadre, _ in pairs(warm)} & set(out.tolist())
