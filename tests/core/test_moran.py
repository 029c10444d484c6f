import json
from pathlib import Path

import geopandas
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from gisapp.core import moran, permutation
from gisapp.core.hotmap import outliers
from gisapp.core.neighbours import queen, with_self
from tests.core.test_neighbours import lattice

Array = npt.NDArray[np.float64]

NEAR = queen(lattice(3, 4))
COUNTS = arrays(np.float64, 12, elements=st.integers(0, 9).map(float))


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_guerrys_departments_are_as_published(shared_data: Path) -> None:
    folder = shared_data / "published" / "hotspot"
    told = json.loads((folder / "guerry_expected.json").read_text())["local_moran"]
    frame = geopandas.read_file(folder / "guerry.gpkg")
    values, near = frame["Crm_prp"].to_numpy(float), queen(frame.geometry.to_numpy())

    p, _ = permutation.conditional(values[np.newaxis], near, rng())

    assert np.abs(moran.local(values, near) - told["values"]).max() < 1e-10
    # GeoDa gives the smaller tail.
    assert moran.kinds(values, near, p[0] / 2 <= 0.05).tolist() == told["clusters_p05"]
    assert np.abs(p[0] / 2 - told["pseudo_p_9999"]).max() < 0.025


@given(values=COUNTS)
def test_the_score_is_that_of_all_arrangements(values: Array) -> None:
    z = moran.score(values, NEAR)

    weights = moran.rows_to_one(NEAR).toarray()
    grid, standard = 5, values - values.mean()
    others = np.delete(standard, grid)
    pairs = np.multiply.outer(others, others)
    share = np.delete(weights[grid], grid)
    # Over all arrangements, E(x y) of two different others is the mean off the diagonal.
    apart = (pairs.sum() - np.trace(pairs)) / (11 * 10)
    alike = np.trace(pairs) / 11
    square = (share**2).sum()
    variance = square * alike + (share.sum() ** 2 - square) * apart - others.mean() ** 2
    excess = weights[grid] @ standard - others.mean()
    if variance > 1e-9 and abs(standard[grid]) > 1e-9:
        expected = np.sign(standard[grid]) * excess / np.sqrt(variance)
        assert z[grid] == pytest.approx(expected, abs=1e-6)


@given(values=COUNTS, scale=st.integers(1, 9), shift=st.integers(-9, 9))
def test_the_unit_does_not_matter(values: Array, scale: int, shift: int) -> None:
    moved = scale * values + shift

    assert moran.local(moved, NEAR) == pytest.approx(moran.local(values, NEAR), abs=1e-9)


def test_a_grid_without_neighbours_is_isolated_and_equal_values_are_nothing() -> None:
    found = np.ones(3, dtype=bool)

    assert moran.kinds(np.array([1.0, 2, 9]), csr_array((3, 3)), found).tolist() == [6] * 3
    assert moran.kinds(np.ones(12), NEAR, np.ones(12, dtype=bool)).tolist() == [0] * 12
    assert moran.score(np.array([4.0]), csr_array((1, 1))).tolist() == [0.0]


def test_one_quiet_grid_amid_a_planted_gathering_stands_out() -> None:
    star = with_self(queen(lattice(12, 12)))
    counts = rng().poisson(6.0, (12, 12))
    counts[3:8, 3:8] += 30
    counts[5, 5] = 1

    kinds = outliers(counts.ravel(), np.full(144, 300.0), star, rng()).reshape(12, 12)

    assert kinds[5, 5] == moran.LOW_HIGH
    assert (kinds[4:7, 4] == moran.HIGH_HIGH).all()


def test_a_grid_is_clear_where_no_single_case_changes_its_side_or_that_of_its_neighbours() -> None:
    near = csr_array(np.ones((3, 3)) - np.eye(3))

    found = moran.clear(np.array([9.0, 0.0, 0.0]), np.ones(3), near)
    wide = moran.clear(np.array([9.0, 0.0, 0.0]), np.full(3, 4.0), near)

    assert found.tolist() == [True, True, True]
    assert wide.tolist() == [True, False, False]
    assert moran.clear(np.zeros(0), np.zeros(0), csr_array((0, 0))).size == 0


@given(values=COUNTS, where=arrays(np.bool_, 12))
def test_who_is_asked_about_some_grids_is_told_the_same_of_them(
    values: Array, where: npt.NDArray[np.bool_]
) -> None:
    steps = np.full(12, 0.5)

    every, some = (moran.clear(values, steps, NEAR, one) for one in (None, where))

    assert some.tolist() == (every & where).tolist()
    assert (moran.kinds(values, NEAR, where)[~where] == moran.NONE).all()
    kinds = moran.kinds(values, NEAR, np.ones(12, np.bool_))
    assert moran.kinds(values, NEAR, where)[where].tolist() == kinds[where].tolist()
