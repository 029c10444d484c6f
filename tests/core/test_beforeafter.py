import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.beforeafter import (
    CALIPER,
    LEAST,
    ODDS,
    SIMILAR,
    Compared,
    Question,
    compare,
    numbers,
    said,
    similar,
)
from gisapp.core.publication import FEWER, WITHHELD
from gisapp.i18n import Sentence, say

SEEDS = st.integers(0, 2**32 - 1)


def english(sentence: Sentence) -> str:
    return say(sentence, lambda message: message, "en")


def town(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bases, counts of two quarters with one rate everywhere, and who is treated."""
    rng = np.random.default_rng(seed)
    base = rng.integers(200, 600, n).astype(np.float64)
    counts = rng.poisson(base / 20, (2, n)).astype(np.float64)
    return base, counts, rng.random(n) < 0.3


def against(
    base: np.ndarray, counts: np.ndarray, treated: np.ndarray, seed: int = 0
) -> Compared | None:
    near = similar(treated, ~treated, counts[0], base)
    return compare(np.flatnonzero(treated), near, *counts, base, np.random.default_rng(seed))


def test_what_is_published_becomes_a_number_or_none() -> None:
    assert np.array_equal(numbers([FEWER, 5, WITHHELD, 40]), [2, 5, np.nan, 40], equal_nan=True)


@given(SEEDS)
def test_similar_places_are_untreated_and_within_the_caliper(seed: int) -> None:
    base, counts, treated = town(seed, 40)
    marks = np.column_stack([np.log(base), counts[0] / base])
    marks /= marks.std(axis=0)

    found = similar(treated, ~treated, counts[0], base)

    for place, others in zip(np.flatnonzero(treated).tolist(), found, strict=True):
        apart = np.abs(marks - marks[place]).max(axis=1)
        there = np.flatnonzero(~treated & (apart < CALIPER))
        assert not treated[others].any()
        assert others.size == min(SIMILAR, there.size)
        assert sorted(apart[others]) == sorted(apart[there])[: others.size]


@given(SEEDS, st.floats(0.5, 4))
def test_what_both_go_through_is_no_effect(seed: int, times: float) -> None:
    base, counts, treated = town(seed)
    same = np.array([counts[0], counts[0] * times])

    found = against(base, same, treated)

    if found is not None:
        change = found.after - found.before - (found.similar_after - found.similar_before)
        assert abs(change) <= abs(times - 1) * abs(found.before - found.similar_before) + 1e-12


def test_a_fall_by_half_is_rarer_than_chance_and_none_is_not() -> None:
    helped = nothing = 0
    for seed in range(20):
        base, counts, treated = town(seed)
        nothing += against(base, counts, treated, seed).odds is not None  # type: ignore[union-attr]
        counts[1, treated] *= 0.5
        found = against(base, counts, treated, seed)
        assert found is not None
        assert found.after < found.similar_after
        helped += found.odds == ODDS[0]

    assert helped >= 18
    assert nothing <= 6


def test_too_few_places_or_none_alike_are_told_and_not_compared() -> None:
    base, counts, treated = town(1)
    few = treated & (np.cumsum(treated) < LEAST)
    apart = base * np.where(treated, 1000, 1)

    assert against(base, counts, few) is None
    assert against(apart, counts, treated) is None
    assert "Not enough evidence: it began in 9 grids" in english(
        said(Question("service", "2026-Q2", 9), None)
    )
    assert english(said(Question("member", "2026-Q2", 0), None)).startswith("In Q2 2026 no grid")
