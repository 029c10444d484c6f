"""Bins that may be told of any area: a dispute less, or elsewhere, takes none of them back."""

import numpy as np

from gisapp.core import hotmap, release
from gisapp.core.neighbours import queen, with_self
from tests.core.test_neighbours import lattice
from tests.depth import cases

SIDE = 8
STAR = with_self(queen(lattice(SIDE, SIDE)))
BASE = np.random.default_rng(1).integers(40, 400, SIDE * SIDE).astype(np.float64)


def town(seed: int) -> np.ndarray:
    """Draw one map of shape (1, n) with a gathering in its middle."""
    mean = BASE / 100
    mean[STAR.indices[STAR.indptr[27] : STAR.indptr[28]]] *= 2.5
    return np.random.default_rng(seed).poisson(mean, (1, SIDE * SIDE)).astype(np.int64)


def bins(counts: np.ndarray) -> np.ndarray:
    return hotmap.bins(counts, BASE, STAR, np.random.default_rng(0))


def test_a_dispute_less_or_elsewhere_leaves_cautious_bins_as_strong() -> None:
    taken_back = 0
    for seed in range(cases(1)):
        counts = town(seed)
        told, true = release.cautious(counts, BASE, STAR, np.random.default_rng(0)), bins(counts)
        strength = np.abs(told)

        for grid in np.flatnonzero(counts[0]).tolist():
            twin = counts.copy()
            twin[0, grid] -= 1
            twin[0, (grid + 5) % counts.size] += 1
            there = np.sign(told) * bins(twin)

            assert (there >= strength)[strength > 0].all()
            taken_back += int((np.sign(true) * bins(twin) < np.abs(true)).any())
        assert ((strength <= np.abs(true)) & (told * true >= 0)).all()
        assert strength.any()
    assert taken_back


def test_a_view_of_counties_says_no_bin_where_one_dispute_less_were_too_few() -> None:
    counts = np.zeros((1, 1, SIDE * SIDE), np.int64)
    counts[0, 0, [0, 1, 63]] = [6, 4, 11]

    found = release.firm(counts, BASE, STAR, np.random.default_rng(0))

    assert (found[0, 0, [0, 1]] == release.NO_BIN).all()
    assert (found[0, 0, [54, 55, 62, 63]] != release.NO_BIN).all()
