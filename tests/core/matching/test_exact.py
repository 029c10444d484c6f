import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.core.matching import exact, greedy, judge
from gisapp.core.matching.engine import Engine
from gisapp.core.matching.exact import planned
from gisapp.core.matching.network import Network
from gisapp.core.matching.pricing import Scan
from gisapp.core.matching.problem import Plan, Problem
from tests.core.matching.small import drawn_town, problem, problems, squares
from tests.depth import cases

CALM = settings(max_examples=cases(30), deadline=None, derandomize=True)


@CALM
@given(problems())
def test_every_plan_keeps_the_rules(problem: Problem) -> None:
    assert judge.check(problem, exact.solve(problem)).broken_rules == []


@CALM
@given(problems())
def test_the_quick_plan_keeps_the_rules_and_is_no_cheaper(problem: Problem) -> None:
    best, quick = (judge.check(problem, solver.solve(problem)) for solver in (exact, greedy))

    assert quick.broken_rules == []
    assert best.cost <= quick.cost


@CALM
@given(problems(), st.integers(0, 3), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(problem: Problem, seed: int, chance: object) -> None:
    rng = np.random.default_rng(chance.getrandbits(32))  # type: ignore[attr-defined]
    mixed = shuffled(problem, rng)

    assert named(mixed, exact.solve(mixed, seed=seed)) == named(
        problem, exact.solve(problem, seed=seed)
    )


def shuffled(problem: Problem, rng: np.random.Generator) -> Problem:
    """Put posts, slots, cadres, departments, offices and all pairs in another order."""
    posts, slots, cadres = problem.posts, problem.slots, problem.cadres
    by_post = rng.permutation(len(posts.codes))
    by_slot = rng.permutation(len(slots.post))
    by_cadre = rng.permutation(len(cadres.codes))
    by_department = rng.permutation(len(problem.departments.codes))
    by_office = rng.permutation(len(problem.offices))
    post, slot, cadre, department, office = map(
        np.argsort, (by_post, by_slot, by_cadre, by_department, by_office)
    )

    def pick(codes: list[str], order: np.ndarray) -> list[str]:
        return [codes[n] for n in order]

    def limits(row: np.ndarray, order: np.ndarray) -> np.ndarray:
        return row[order] if len(row) else row

    def rows(pairs: np.ndarray, left: np.ndarray, right: np.ndarray, by: np.ndarray) -> np.ndarray:
        return np.column_stack([left[pairs[:, 0]], right[pairs[:, 1]]])[by]

    ways, links = rng.permutation(len(problem.ways)), rng.permutation(len(problem.links))
    recused, base = rng.permutation(len(problem.recused)), rng.permutation(len(problem.base))
    arrays = {
        field.name: getattr(slots, field.name)[by_slot] for field in dataclasses.fields(slots)
    }
    people = {
        field.name: getattr(cadres, field.name)[by_cadre]
        for field in dataclasses.fields(cadres)
        if field.name != "codes"
    }
    return dataclasses.replace(
        problem,
        posts=dataclasses.replace(
            posts,
            codes=pick(posts.codes, by_post),
            metres=posts.metres[by_post],
            chief=posts.chief[by_post],
            wish=posts.wish[by_post],
        ),
        slots=dataclasses.replace(slots, **arrays | {"post": post[arrays["post"]]}),
        cadres=dataclasses.replace(
            cadres,
            **people
            | {
                "codes": pick(cadres.codes, by_cadre),
                "office": office[people["office"]],
                "department": department[people["department"]],
            },
        ),
        departments=dataclasses.replace(
            problem.departments,
            codes=pick(problem.departments.codes, by_department),
            floor=problem.departments.floor[by_department],
            least=limits(problem.departments.least, by_department),
            most=limits(problem.departments.most, by_department),
        ),
        offices=problem.offices[by_office],
        ways=rows(problem.ways, office, post, ways),
        ways_min=problem.ways_min[ways],
        links=rows(problem.links, department, post, links),
        links_min=problem.links_min[links],
        recused=rows(problem.recused, cadre, post, recused),
        locks=rows(problem.locks, cadre, slot, np.arange(len(problem.locks))),
        base=rows(problem.base, cadre, post, base),
    )


def named(problem: Problem, plan: Plan) -> list[tuple[str, str, int]]:
    slots = problem.slots
    return [
        (
            problem.cadres.codes[cadre],
            problem.posts.codes[slots.post[slot]],
            int(slots.number[slot]),
        )
        for cadre, slot in zip(plan.cadre, plan.slot, strict=True)
    ]


@pytest.mark.parametrize(("offices", "posts"), [(0, 3), (3, 0), (0, 0), (1, 4)])
def test_nobody_and_nothing_is_a_plan_too(offices: int, posts: int) -> None:
    for solver in (exact, greedy):
        few = squares(offices, posts)

        verdict = judge.check(few, solver.solve(few))

        assert verdict.filled == min(offices, posts)
        assert verdict.parts.unfilled == 50_000 * (posts - verdict.filled)


def test_costs_are_those_of_the_judge_and_the_proof_is_over_all_pairs() -> None:
    for seed in range(100):
        small = problem(seed)
        engine = Engine(small)

        assert engine.solve()

        assert engine.cost == engine.bound == judge.check(small, planned(engine, small)).cost
        assert planned(engine, small).status == "optimal"


@pytest.mark.parametrize("rounds", range(3))
def test_whoever_stops_early_gets_a_plan_and_a_bound_that_holds(rounds: int) -> None:
    town = drawn_town(300, 200)
    best = judge.check(town, exact.solve(town)).cost

    plan = exact.solve(town, watch=lambda progress: progress.round >= rounds)
    verdict = judge.check(town, plan)

    assert verdict.broken_rules == []
    assert plan.gap is not None
    assert verdict.cost * (1 - plan.gap) <= best <= verdict.cost


def test_pricing_finds_the_same_pairs_as_looking_at_each() -> None:
    for seed in range(10):
        town = drawn_town(40, 30, seed)
        engine = Engine(town)
        while not engine.net.simplex.run():
            pass

        cadre, post, value = Scan(engine.net).find(len(engine.net.problem.posts.codes))

        found = sorted(zip(cadre.tolist(), post.tolist(), value.tolist(), strict=True))
        assert found == sorted(paying(engine.net))


def paying(net: Network) -> Iterator[tuple[int, int, int]]:
    """Price every pair one by one, from the costs."""
    price, worth = net.prices()
    slots = net.problem.slots
    known = set(net.key.tolist())
    for cadre in range(net.people):
        for post in range(net.posts):
            who, where = np.array([cadre]), np.array([post])
            if net.fits(who, where)[0] and cadre * net.posts + post not in known:
                slot = np.flatnonzero(slots.post == post)
                lacks = net.costs.specialty(np.full(len(slot), cadre), slot) - worth[slot]
                value = int(net.costs.pair(who, where)[0] + price[cadre] + lacks.min())
                if value < 0:
                    yield cadre, post, value
