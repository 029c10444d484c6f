from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.matching import exact, judge
from gisapp.core.matching.portion import portion
from gisapp.core.matching.problem import Flags, Ints, Plan, Problem, no_pairs
from tests.core.matching.small import problems

SEEDS = st.integers(0, 2**32 - 1)


def drawn(town: Problem, seed: int) -> tuple[Flags, Ints, Ints]:
    """Draw which posts may change, and a plan that keeps the rules: a part of the best one."""
    rng = np.random.default_rng(seed)
    best = exact.solve(town)
    locked = {(cadre, slot) for cadre, slot in town.locks.tolist()}
    pairs = zip(best.cadre.tolist(), best.slot.tolist(), strict=True)
    stay = np.array([pair in locked or rng.random() < 0.7 for pair in pairs], np.bool_)
    return rng.random(len(town.posts.codes)) < 0.5, best.cadre[stay], best.slot[stay]


def merged(open_: Flags, town: Problem, old: tuple[Ints, Ints], new: tuple[Ints, Ints]) -> Plan:
    kept = ~open_[town.slots.post[old[1]]]
    cadre, slot = (np.concatenate([was[kept], now]) for was, now in zip(old, new, strict=True))
    return Plan(cadre, slot, "stopped", None)


@given(town=problems(), seed=SEEDS)
def test_a_part_costs_as_much_less_as_the_whole_with_what_is_kept(town: Problem, seed: int) -> None:
    town = replace(town, locks=no_pairs())
    open_, cadre, slot = drawn(town, seed)
    part = portion(town, open_, cadre, slot, np.zeros(len(town.cadres.codes), np.int64))
    best = exact.solve(part.problem)
    nothing = np.zeros(0, np.int64)

    def worth(who: Ints, where: Ints) -> tuple[int, int]:
        whole = merged(open_, town, (cadre, slot), (who, part.slot[where]))
        alone = Plan(who, where, "stopped", None)
        return judge.check(town, whole).cost, judge.check(part.problem, alone).cost

    found, empty = worth(best.cadre, best.slot), worth(nothing, nothing)
    assert found[0] - empty[0] == found[1] - empty[1]


@given(town=problems(), seed=SEEDS)
def test_what_is_proposed_for_a_part_keeps_every_rule_and_costs_no_more(
    town: Problem, seed: int
) -> None:
    open_, cadre, slot = drawn(town, seed)
    part = portion(town, open_, cadre, slot, np.zeros(len(town.cadres.codes), np.int64))
    best = exact.solve(part.problem)

    whole = judge.check(
        town, merged(open_, town, (cadre, slot), (best.cadre, part.slot[best.slot]))
    )
    before = judge.check(town, Plan(cadre, slot, "stopped", None))

    assert whole.broken_rules == before.broken_rules == []
    assert whole.cost <= before.cost


@given(town=problems(), seed=SEEDS)
def test_where_all_may_change_the_part_is_the_whole(town: Problem, seed: int) -> None:
    _, cadre, slot = drawn(town, seed)
    everything = np.ones(len(town.posts.codes), np.bool_)
    part = portion(town, everything, cadre, slot, np.zeros(len(town.cadres.codes), np.int64))

    found, best = exact.solve(part.problem), exact.solve(town)

    assert (found.cadre.tolist(), found.slot.tolist()) == (best.cadre.tolist(), best.slot.tolist())
