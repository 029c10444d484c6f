from collections import Counter
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gisapp.core import hotmap, trend
from gisapp.core.method import Method, Reference
from gisapp.core.neighbours import queen, with_self
from tests.core.test_neighbours import lattice

Array = npt.NDArray[np.float64]

HOT, COLD, NOT = 3, -2, 0

SERIES = arrays(np.float64, (12, 4), elements=st.integers(-3, 3).map(float))


def named(months: list[int], z: float = 0.0, *, enough: bool = True) -> str:
    """Name the pattern of one grid."""
    found = trend.classes(np.array(months)[:, np.newaxis], np.array([z]), np.array([enough]))
    return found[0]


@pytest.mark.parametrize(
    ("months", "z", "pattern"),
    [
        ([NOT] * 11 + [HOT], 0, "new"),
        ([COLD] + [NOT] * 10 + [HOT], 0, "new"),
        ([NOT] * 9 + [HOT] * 3, 0, "consecutive"),
        ([COLD] * 2 + [NOT] * 7 + [HOT] * 3, 0, "consecutive"),
        ([NOT] + [HOT] * 11, 3, "intensifying"),
        ([HOT] * 12, 3, "intensifying"),
        ([HOT] * 12, -3, "diminishing"),
        ([HOT] * 12, 1.5, "persistent"),
        ([HOT] * 11 + [NOT], 3, "historical"),
        ([HOT, COLD] + [NOT] * 8 + [HOT] * 2, 0, "oscillating"),
        ([HOT] + [NOT] * 9 + [HOT] * 2, 0, "sporadic"),
        ([NOT] * 2 + [HOT] * 9 + [NOT], 0, "no_pattern"),
        ([1] * 12, 5, "no_pattern"),
    ],
)
def test_each_pattern_has_its_name_hot_and_cold(months: list[int], z: float, pattern: str) -> None:
    mirrored = [-month for month in months]

    if pattern == "no_pattern":
        assert (named(months, z), named(mirrored, -z)) == (pattern, pattern)
    else:
        assert named(months, z) == f"{pattern}_hot"
        assert named(mirrored, -z) == f"{pattern}_cold"


def test_fewer_than_ten_months_are_not_enough_evidence() -> None:
    assert named([HOT] * 9) == "not_enough_evidence"
    assert named([HOT] * 10) == "persistent_hot"


def test_too_few_expected_disputes_are_not_enough_evidence() -> None:
    assert named([HOT] * 12, enough=False) == "not_enough_evidence"


@given(
    bins=arrays(np.int64, (12, 9), elements=st.integers(-3, 3)),
    z=arrays(np.float64, 9, elements=st.floats(-5, 5)),
)
def test_every_series_gets_exactly_one_class(bins: npt.NDArray[np.int64], z: Array) -> None:
    found = trend.classes(bins, z, np.ones(9, dtype=bool))

    assert len(found) == 9
    assert set(found) <= set(trend.CLASSES)
    for name, last in zip(found, bins[-1], strict=True):
        assert name.endswith("_hot") or last < 2 or name.startswith("historical")


def test_scores_are_those_of_another_program() -> None:
    other = pytest.importorskip("pymannkendall", reason="pymannkendall is not installed")
    rng = np.random.default_rng(3)
    series = rng.normal(size=(24, 60)).cumsum(axis=0) * rng.random(60)
    series[5:9, :30] = series[4, :30]

    z = trend.mann_kendall(series)

    with np.errstate(all="ignore"):
        plain = np.array([other.original_test(one).z for one in series.T])
        corrected = np.array([other.hamed_rao_modification_test(one).z for one in series.T])
    # We let the correction enlarge the variance and never shrink it.
    nearer = np.where(np.abs(corrected) < np.abs(plain), corrected, plain)
    assert z == pytest.approx(nearer, abs=1e-9)


@given(series=SERIES)
def test_time_turned_round_turns_the_score_round(series: Array) -> None:
    assert trend.mann_kendall(series[::-1]) == pytest.approx(-trend.mann_kendall(series), abs=1e-9)


@given(series=SERIES, scale=st.integers(1, 9), shift=st.integers(-9, 9))
def test_the_unit_of_the_series_does_not_matter(series: Array, scale: int, shift: int) -> None:
    found = trend.mann_kendall(scale * series + shift)

    assert found == pytest.approx(trend.mann_kendall(series), abs=1e-9)


def test_a_series_that_never_changes_has_no_trend() -> None:
    assert trend.mann_kendall(np.ones((12, 2))).tolist() == [0.0, 0.0]
    assert trend.mann_kendall(np.ones((1, 2))).tolist() == [0.0, 0.0]


def test_a_year_that_only_rises_is_a_trend() -> None:
    z = trend.mann_kendall(np.arange(12.0)[:, np.newaxis])

    assert trend.two_sided(z)[0] < 0.001


def test_independent_months_make_no_more_trends_than_said() -> None:
    noise = np.random.default_rng(5).normal(size=(12, 8_000))

    false = (trend.two_sided(trend.mann_kendall(noise)) < 0.05).mean()

    assert false < 0.05


@pytest.mark.parametrize("back", [1, 2])
def test_months_that_overlap_make_no_more_trends_than_said(back: int) -> None:
    noise = np.random.default_rng(5).normal(size=(24 + back, 2_000))
    windows = np.lib.stride_tricks.sliding_window_view(noise, back + 1, axis=0).sum(axis=2)

    false = (trend.two_sided(trend.mann_kendall(windows, back)) < 0.05).mean()

    assert false <= 0.06
    assert (trend.two_sided(trend.mann_kendall(windows, None)) < 0.05).mean() > 0.10


@pytest.mark.parametrize("reference", ["cube", "month"])
def test_a_town_in_which_nothing_changes_has_no_more_trends_than_said(reference: Reference) -> None:
    star = with_self(queen(lattice(50, 40)))
    base = np.random.default_rng(1).integers(100, 301, 2_000).astype(float)
    counts = np.random.default_rng(6).poisson(base / 100, (25, 2_000))

    z = hotmap.scores(counts, base, star, Method(reference=reference))[1:]

    assert (trend.two_sided(trend.mann_kendall(z, trend.BACK)) < 0.05).mean() <= 0.06


def test_without_correction_it_is_the_original_test() -> None:
    # Kendall (1975): S ± 1 over the root of (t (t − 1) (2t + 5) − Σ m (m − 1) (2m + 5)) ÷ 18.
    series = np.array([[3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]]).T
    pairs = sum(np.sign(b - a) for a, b in combinations(series[:, 0].tolist(), 2))
    ties = sum(m * (m - 1) * (2 * m + 5) for m in Counter(series[:, 0].tolist()).values())

    z = trend.mann_kendall(series, None)

    assert z[0] == pytest.approx((pairs - 1) / np.sqrt((12 * 11 * 29 - ties) / 18), abs=1e-12)


def test_without_correction_it_is_the_original_test_of_another_program() -> None:
    other = pytest.importorskip("pymannkendall", reason="pymannkendall is not installed")
    series = np.random.default_rng(5).poisson(3.0, (24, 50)).astype(float)

    z = trend.mann_kendall(series, None)

    assert z == pytest.approx([other.original_test(one).z for one in series.T], abs=1e-9)
