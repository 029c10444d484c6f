import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.matching import exact, judge, tally
from gisapp.core.matching.problem import Ints, Plan, Problem
from gisapp.core.matching.tally import Exchange, Tallier, Tally
from tests.core.matching.small import drawn_town, problem, problems


def placements(town: Problem, seed: int) -> tuple[Ints, Ints]:
    """Draw placements that keep no rule but one: nobody is in a post twice."""
    rng = np.random.default_rng(seed)
    people, slots = len(town.cadres.codes), len(town.slots.post)
    cadre, slot = rng.integers(0, people, 2 * people), rng.integers(0, slots, 2 * people)
    key = cadre * len(town.posts.codes) + town.slots.post[slot]
    once = rng.permutation(np.unique(key, return_index=True)[1])
    return cadre[once], slot[once]


def same(town: Problem, cadre: Ints, slot: Ints) -> None:
    verdict = judge.check(town, Plan(cadre, slot, "stopped", None))
    found = Tallier(town).count(cadre, slot)
    names = ("parts", "cost", "wanted", "filled", "posts_filled", "moved", "people_moved")
    assert {name: getattr(found, name) for name in names} == {
        name: getattr(verdict, name) for name in names
    }
    assert found.deployed.tolist() == verdict.deployed
    assert rows(found) == [dataclasses.astuple(each) for each in verdict.reasons]


def rows(found: Tally) -> list[tuple[object, ...]]:
    columns = (found.travel, found.specialty, found.load, found.link, found.kept, found.left)
    return [*zip(*(each.tolist() for each in columns), strict=True)]


@given(town=problems(), seed=st.integers(0, 2**32 - 1))
def test_whatever_the_placements_both_count_the_same(town: Problem, seed: int) -> None:
    same(town, *placements(town, seed))


@given(town=problems())
def test_the_best_plan_is_worth_what_the_judge_says(town: Problem) -> None:
    best = exact.solve(town)

    same(town, best.cadre, best.slot)


def test_a_town_is_worth_what_the_judge_says() -> None:
    town = drawn_town(60, 40)

    same(town, *placements(town, 1))


def test_nobody_placed_leaves_every_seat_open() -> None:
    nobody = np.zeros(0, np.int64)

    same(problem(3), nobody, nobody)


@given(town=problems(), seed=st.integers(0, 2**32 - 1))
def test_who_fits_a_post_is_whom_the_judge_lets_serve(town: Problem, seed: int) -> None:
    cadre, slot = placements(town, seed)
    post = town.slots.post[slot]

    fit = tally.fits(town, cadre, post).tolist()

    unfit = ("not available", "recused", "staff as chief", "leader as member")
    for one, each in enumerate(zip(cadre, slot, strict=True)):
        alone = Plan(np.array([each[0]]), np.array([each[1]]), "stopped", None)
        broken = judge.check(town, alone).broken_rules
        assert fit[one] == (not any(rule.endswith(unfit) for rule in broken))


@given(town=problems(), seed=st.integers(0, 2**32 - 1))
def test_some_who_go_and_others_who_come_are_counted_as_all_anew(town: Problem, seed: int) -> None:
    tallier, rng = Tallier(town), np.random.default_rng(seed)
    cadre, slot = placements(town, seed)
    then, now = (rng.random(len(cadre)) < share for share in (0.7, 0.8))
    order = np.lexsort((cadre, slot))
    cadre, slot, then, now = cadre[order], slot[order], then[order], now[order]
    # Who comes is put before the next of those that stay.
    at = np.cumsum(then & now)[~then & now]
    change = Exchange(cadre[then], slot[then], now[then], at)
    before = tallier.count(cadre[then], slot[then])

    found = tallier.recount(before, change, cadre[now], slot[now])

    anew = tallier.count(cadre[now], slot[now])
    for field in dataclasses.fields(Tally):
        told, right = getattr(found, field.name), getattr(anew, field.name)
        assert np.array_equal(told, right), field.name
        assert getattr(told, "dtype", None) == getattr(right, "dtype", None), field.name
