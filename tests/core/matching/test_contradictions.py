import dataclasses

import numpy as np
import pytest

from gisapp.core.matching import contradictions, exact
from gisapp.core.matching.contradictions import Contradictions, ensure
from gisapp.core.matching.problem import Problem, Weights
from tests.core.matching.small import squares

NOBODY = np.array([[9, 0]])
TWO = np.array([[0, 0], [0, 1]])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"locks": TWO[:1], "recused": TWO[:1]}, "lock_against_recusal"),
        ({"locks": TWO}, "locks_beyond_capacity"),
        ({"locks": np.array([[0, 0], [1, 0]])}, "locks_beyond_seats"),
        ({"locks": NOBODY}, "unknown_row"),
        ({"recused": NOBODY}, "unknown_row"),
        ({"base": NOBODY}, "unknown_row"),
        ({"ways": TWO[:1], "ways_min": np.array([np.nan])}, "not_a_number"),
        ({"ways": TWO[:1], "ways_min": np.array([-1.0])}, "below_zero"),
        ({"weights": Weights(load_min=(3.0, 1.0))}, "load_falls"),
    ],
)
def test_a_contradiction_is_named(change: dict[str, object], found: str) -> None:
    problem = dataclasses.replace(squares(3, 3), **change)

    with pytest.raises(contradictions.InvalidInput) as refusal:
        exact.solve(problem)

    assert refusal.value.code == found


def test_a_lock_needs_somebody_who_may_and_can() -> None:
    problem = _with_cadres(squares(3, 3), leader=True, available=False)

    with pytest.raises(Contradictions) as refusal:
        ensure(dataclasses.replace(problem, locks=TWO[:1]))

    sentences = refusal.value.fields["faults"]
    assert isinstance(sentences, list)
    assert len(sentences) == 2


def test_all_contradictions_are_listed_at_once() -> None:
    problem = dataclasses.replace(
        squares(3, 3), locks=TWO, recused=TWO, ways=TWO[:1], ways_min=np.array([-1.0])
    )

    codes = sorted(fault.code for fault in contradictions.contradictions(problem))

    assert codes == [
        "below_zero",
        "lock_against_recusal",
        "lock_against_recusal",
        "locks_beyond_capacity",
    ]


def test_a_post_without_a_seat_is_named() -> None:
    problem = squares(2, 2)
    none = np.zeros(2, np.int64)
    slots = dataclasses.replace(problem.slots, least=none, wanted=none, most=np.array([1, 0]))

    codes = [
        f.code for f in contradictions.contradictions(dataclasses.replace(problem, slots=slots))
    ]

    assert codes == ["post_without_seats"]


def test_what_is_merely_scarce_is_no_contradiction() -> None:
    problem = squares(offices=1, posts=5)
    departments = dataclasses.replace(problem.departments, floor=np.array([50]))

    ensure(dataclasses.replace(problem, departments=departments))


def _with_cadres(problem: Problem, *, leader: bool, available: bool) -> Problem:
    people = len(problem.cadres.codes)
    cadres = dataclasses.replace(
        problem.cadres, leader=np.full(people, leader), available=np.full(people, available)
    )
    return dataclasses.replace(problem, cadres=cadres)
