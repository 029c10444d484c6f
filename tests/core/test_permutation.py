import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array
from scipy.stats import kstest

from gisapp.core import permutation
from gisapp.core.neighbours import queen, with_self
from gisapp.core.permutation import NotBinary
from tests.core.test_neighbours import lattice

Array = npt.NDArray[np.float64]

NEAR = queen(lattice(3, 4))
STAR = with_self(NEAR)
COUNTS = arrays(np.float64, 12, elements=st.integers(0, 9).map(float))


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def one(values: Array, star: csr_array) -> tuple[Array, npt.NDArray[np.int64]]:
    """Test a single map."""
    p, side = permutation.total(values[np.newaxis], star, rng())
    return p[0], side[0]


def by_listing(pool: Array, k: int, seen: float) -> float:
    """Fold the tails of all sums of k values that there are."""
    sums = np.array([sum(chosen) for chosen in itertools.combinations(pool, k)])
    return min(1.0, 2 * min((sums <= seen).mean(), (sums >= seen).mean()))


@settings(max_examples=20, deadline=None)
@given(counts=COUNTS)
def test_the_total_test_counts_every_sum_there_is(counts: Array) -> None:
    size, seen = np.diff(STAR.indptr), STAR @ counts

    p, _ = one(counts, STAR)

    listed = [by_listing(counts, int(k), s) for k, s in zip(size, seen, strict=True)]
    assert p == pytest.approx(listed, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(counts=COUNTS)
def test_the_conditional_test_leaves_the_grids_own_value_out(counts: Array) -> None:
    size, seen = np.diff(NEAR.indptr), NEAR @ counts

    p, _ = permutation.conditional(counts, STAR)

    others = [np.delete(counts, grid) for grid in range(12)]
    listed = [by_listing(o, int(k), s) for o, k, s in zip(others, size, seen, strict=True)]
    assert p == pytest.approx(listed, abs=1e-9)
    assert permutation.conditional(counts, NEAR)[0] == pytest.approx(p, abs=1e-12)


@given(counts=COUNTS)
def test_hot_and_cold_are_the_same_upside_down(counts: Array) -> None:
    p, side = one(counts, STAR)

    below, down = one(9 - counts, STAR)

    assert below == pytest.approx(p, abs=1e-9)
    sure = p < 0.999
    assert (down[sure] == -side[sure]).all()


@given(counts=COUNTS, scale=st.integers(1, 7), shift=st.integers(-5, 100))
def test_the_unit_of_counting_does_not_matter(counts: Array, scale: int, shift: int) -> None:
    assert one(scale * counts + shift, STAR)[0] == pytest.approx(one(counts, STAR)[0], abs=1e-9)


@given(counts=COUNTS, seed=st.integers(0, 99))
def test_the_order_of_the_grids_does_not_matter(counts: Array, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(12)

    shuffled, _ = one(counts[order], STAR[order][:, order])

    assert shuffled == pytest.approx(one(counts, STAR)[0][order], abs=1e-9)


def test_equal_values_are_neither_high_nor_low() -> None:
    p, side = one(np.full(12, 4.0), STAR)

    assert p.tolist() == [1.0] * 12
    assert side.tolist() == [0] * 12


def test_a_grid_that_neighbours_all_others_cannot_stand_out() -> None:
    everyone = with_self(queen(lattice(2, 2)))

    assert one(np.array([1.0, 2.0, 3.0, 9.0]), everyone)[0].tolist() == [1.0] * 4


def test_real_values_are_tested_to_within_a_thousandth_of_a_million_draws() -> None:
    star = with_self(queen(lattice(16, 16)))
    values = rng().gamma(1.0, size=256)
    seen = star @ values

    p, _ = one(values, star)

    drawn = rng()
    sums = {
        k: np.sort(np.array([drawn.choice(values, k, replace=False).sum() for _ in range(20_000)]))
        for k in (4, 6, 9)
    }
    for grid, k in enumerate(np.diff(star.indptr).tolist()):
        below = np.searchsorted(sums[k], seen[grid]) / 20_000
        folded = min(1.0, 2 * min(below, 1 - below))
        error = 2 * np.sqrt(max(below * (1 - below), 1e-4) / 20_000)
        assert abs(p[grid] - folded) < 5 * error


def test_neighbourhoods_too_large_to_count_are_drawn() -> None:
    half = csr_array(np.kron(np.eye(2), np.ones((200, 200))))
    counts = rng().poisson(3.0, 400).astype(float)

    p, _ = one(counts, half)

    draw = rng()
    sums = np.array([draw.permutation(counts)[:200].sum() for _ in range(4_000)])
    seen = (half @ counts)[0]
    folded = min(1.0, 2 * min((sums <= seen).mean(), (sums >= seen).mean()))
    assert p.tolist() == one(counts, half)[0].tolist()
    assert p[0] == pytest.approx(folded, abs=0.08)


def test_chance_alone_spreads_p_evenly() -> None:
    star = with_self(queen(lattice(16, 16)))
    draw = rng()
    values = draw.gamma(2.0, size=(400, 256))

    p, _ = permutation.total(values, star, draw)

    # One grid of each map, so that the four hundred values are independent.
    assert kstest(p[:, 120], "uniform").pvalue > 0.001
    assert kstest(p[:, 0], "uniform").pvalue > 0.001


def test_weights_other_than_zero_and_one_are_refused() -> None:
    with pytest.raises(NotBinary):
        one(np.arange(12.0), STAR * 0.5)
    with pytest.raises(NotBinary):
        one(np.arange(12.0), NEAR)
