from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gisapp.core import rates

COUNTS = arrays(np.int64, 12, elements=st.integers(0, 40))
BASES = arrays(np.float64, 12, elements=st.integers(10, 900).map(float))


def by_definition(
    counts: npt.NDArray[np.int64], base: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Assunção and Reis (1999), formula by formula, one grid at a time, in fractions."""
    pairs = [(int(k), Fraction(x)) for k, x in zip(counts, base, strict=True)]
    whole = sum(x for _, x in pairs)
    overall = Fraction(sum(k for k, _ in pairs)) / whole
    weighted = sum(x * (k / x - overall) ** 2 for k, x in pairs)
    a = weighted / whole - overall / (whole / len(pairs))
    found = []
    for k, x in pairs:
        variance = a + overall / x if a + overall / x > 0 else overall / x
        found.append(float(k / x - overall) / float(variance) ** 0.5 if variance else 0.0)
    return np.array(found)


EVEN = np.full(12, 10)
"""With one base of 22 among tens, a and b ÷ 22 come to nothing together."""


@given(counts=COUNTS, base=BASES)
@example(counts=EVEN, base=np.where(np.arange(12) == 4, 22.0, 10.0))
def test_the_standardised_rate_is_that_of_assuncao_and_reis(
    counts: npt.NDArray[np.int64], base: npt.NDArray[np.float64]
) -> None:
    assert rates.standardised(counts, base) == pytest.approx(by_definition(counts, base), abs=1e-9)


@given(counts=COUNTS, base=BASES, scale=st.integers(2, 9))
def test_the_unit_of_the_base_does_not_matter(
    counts: npt.NDArray[np.int64], base: npt.NDArray[np.float64], scale: int
) -> None:
    found = rates.standardised(counts, scale * base)

    assert found == pytest.approx(rates.standardised(counts, base), abs=1e-9)


@given(counts=arrays(np.int64, (3, 12), elements=st.integers(0, 40)), base=BASES)
def test_each_map_of_a_table_is_standardised_by_itself(
    counts: npt.NDArray[np.int64], base: npt.NDArray[np.float64]
) -> None:
    found = rates.standardised(counts, base)

    assert found == pytest.approx(np.array([rates.standardised(row, base) for row in counts]))


def test_the_same_share_of_a_larger_base_is_more_certain() -> None:
    counts, base = np.array([8, 80, 2, 20, 50]), np.array([100.0, 1000.0, 100.0, 1000.0, 1000.0])

    found = rates.standardised(counts, base)

    assert 0 < found[0] < found[1]
    assert 0 > found[2] > found[3]


def test_a_map_without_disputes_is_flat() -> None:
    assert rates.standardised(np.zeros(4, np.int64), np.full(4, 50.0)).tolist() == [0.0] * 4


def test_a_missing_base_is_taken_as_usual_and_a_tiny_one_as_ten() -> None:
    found = rates.usable(np.array([np.nan, 0.0, 300.0, 500.0]))

    assert found is not None
    assert found.tolist() == [300.0, 10.0, 300.0, 500.0]


def test_a_base_that_is_mostly_missing_is_no_base() -> None:
    assert rates.usable(np.array([np.nan, np.nan, 300.0])) is None
    assert rates.usable(np.array([])) is None


@given(counts=COUNTS, base=BASES)
def test_rates_and_steps_are_the_same_made_together(
    counts: npt.NDArray[np.int64], base: npt.NDArray[np.float64]
) -> None:
    values, steps = rates.with_steps(counts, base)

    assert values.tolist() == rates.standardised(counts, base).tolist()
    assert steps.tolist() == rates.steps(counts, base).tolist()
