import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array
from scipy.stats import kstest

from gisapp.core import permutation
from gisapp.core.neighbours import band, queen, with_self
from gisapp.core.permutation import UnfitWeights
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

    p, _ = permutation.conditional(counts[np.newaxis], STAR, rng())

    others = [np.delete(counts, grid) for grid in range(12)]
    listed = [by_listing(o, int(k), s) for o, k, s in zip(others, size, seen, strict=True)]
    assert p[0] == pytest.approx(listed, abs=1e-9)
    assert permutation.conditional(counts[np.newaxis], NEAR, rng())[0] == pytest.approx(p)


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
    half = csr_array(np.kron(np.eye(2), np.ones((60, 60))))
    counts = rng().poisson(3.0, 120).astype(float)

    p, _ = one(counts, half)

    draw = rng()
    sums = np.array([draw.permutation(counts)[:60].sum() for _ in range(4_000)])
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


def test_nearly_everybody_as_neighbour_is_tested_by_whom_it_leaves_out() -> None:
    wide = with_self(band(np.column_stack([np.arange(9.0), np.zeros(9)]), 6))
    counts = rng().poisson(3.0, 9).astype(float)

    p, _ = permutation.conditional(counts[np.newaxis], wide, rng())

    for grid, k in enumerate((np.diff(wide.indptr) - 1).tolist()):
        others = np.delete(counts, grid)
        listed = by_listing(others, k, (wide @ counts)[grid] - counts[grid])
        assert p[0, grid] == pytest.approx(listed, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(values=arrays(np.float64, 12, elements=st.floats(0, 1)))
@example(values=np.full(12, 0.5))
def test_rounding_to_steps_moves_p_no_farther_than_said(values: Array) -> None:
    p, _ = one(values, STAR)
    most = permutation.error(values[np.newaxis], STAR)[0]

    for grid, k in enumerate(np.diff(STAR.indptr).tolist()):
        members = STAR.indices[STAR.indptr[grid] : STAR.indptr[grid + 1]]
        # Added up in one order here and there, or equal sums would differ.
        sums = np.array(
            [values[list(chosen)].sum() for chosen in itertools.combinations(range(12), k)]
        )
        seen = values[np.sort(members)].sum()
        exact = min(1.0, 2 * min((sums <= seen).mean(), (sums >= seen).mean()))
        assert abs(p[grid] - exact) <= most[grid] + 1e-9


def test_steps_are_so_fine_that_a_town_hardly_feels_them() -> None:
    star = with_self(queen(lattice(32, 32)))
    rates = rng().gamma(2.0, size=(1, 1024))

    most = permutation.error(rates, star)

    assert most.max() < 0.01
    assert not permutation.error(np.round(rates), star).any()


def test_a_row_divided_by_its_sum_is_tested_as_it_was() -> None:
    counts = rng().poisson(3.0, (2, 12)).astype(float)
    shares = csr_array(STAR / STAR.sum(axis=1)[:, np.newaxis])

    assert permutation.total(counts, shares, rng())[0] == pytest.approx(
        permutation.total(counts, STAR, rng())[0]
    )


def test_other_weights_are_drawn_as_often_as_listing_finds_them() -> None:
    weights = NEAR.copy()
    weights.data = rng().integers(1, 4, NEAR.nnz).astype(float)
    counts = rng().poisson(3.0, 12).astype(float)
    grid, members = 0, weights.indices[weights.indptr[0] : weights.indptr[1]]
    heavy = weights.data[weights.indptr[0] : weights.indptr[1]]

    p, _ = permutation.conditional(counts[np.newaxis], weights, rng())
    again, _ = permutation.conditional(counts[np.newaxis], weights, rng())

    others = np.delete(counts, grid)
    sums = np.array([heavy @ chosen for chosen in itertools.permutations(others, heavy.size)])
    seen = heavy @ counts[members]
    listed = min(1.0, 2 * min((sums <= seen).mean(), (sums >= seen).mean()))
    assert (p == again).all()
    assert p[0, grid] == pytest.approx(listed, abs=0.01)


def test_an_island_is_tested_by_its_own_value_or_not_at_all() -> None:
    alone = with_self(csr_array((8, 8)))
    counts = np.array([[0.0, 1, 2, 3, 4, 5, 6, 50]])

    p, side = permutation.total(counts, alone, rng())

    assert p[0] == pytest.approx(np.minimum(1, np.array([1, 2, 3, 4, 4, 3, 2, 1]) / 4))
    assert side[0].tolist() == [-1] * 3 + [0, 0] + [1] * 3
    assert permutation.conditional(counts, alone, rng())[0].tolist() == [[1.0] * 8]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_towns_of_one_two_or_three_grids_are_tested(n: int) -> None:
    star = with_self(queen(lattice(1, n)))
    counts = np.arange(float(n))[np.newaxis]

    for randomised in (permutation.total, permutation.conditional):
        p, _ = randomised(counts, star, rng())
        assert ((p > 0) & (p <= 1)).all()


def test_weights_below_zero_or_without_a_star_are_refused() -> None:
    for unfit in (-STAR, STAR * np.nan, NEAR):
        with pytest.raises(UnfitWeights):
            one(np.arange(12.0), csr_array(unfit))
