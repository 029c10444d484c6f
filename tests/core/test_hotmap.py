"""From counts of months to bins and classes: what is left out changes nothing."""

import numpy as np
import pytest

from gisapp.core import hotmap, publication, trend
from gisapp.core.hotspots import gi_star_of_all
from gisapp.core.neighbours import queen, with_self
from gisapp.core.rates import standardised
from tests.core.test_neighbours import lattice

SIDE = 12


def test_where_no_grid_has_evidence_no_month_is_looked_into() -> None:
    star, base = with_self(queen(lattice(SIDE, SIDE))), np.full(SIDE**2, 100.0)
    counts = np.zeros((12, SIDE**2), np.int64)
    counts[:, 5] = 20
    asked: list[int] = []

    def monthly() -> np.ndarray:
        asked.append(1)
        return np.zeros(counts.shape, np.int64)

    few = hotmap.trends(counts // 20, base, star, np.random.default_rng(0), monthly)
    assert set(few.classes) == {trend.NOT_ENOUGH_EVIDENCE}
    assert not asked
    assert not few.high.any()

    hotmap.trends(counts + 1, base, star, np.random.default_rng(0), monthly)
    assert asked


@pytest.mark.parametrize("seed", range(4))
def test_classes_are_those_of_the_trends_of_all_grids(seed: int) -> None:
    rng = np.random.default_rng(seed)
    star, base = with_self(queen(lattice(SIDE, SIDE))), rng.integers(50, 500, SIDE**2).astype(float)
    mean = np.full((12, SIDE**2), 2.0)
    plant = [row * SIDE + column for row in (2, 3, 4) for column in (2, 3, 4)]
    mean[:, plant] *= np.linspace(3, 30, 12)[:, np.newaxis]
    base[plant] = 200
    counts = rng.poisson(mean)
    bins = hotmap.bins(counts, base, star, rng)

    found = hotmap.trends(counts, base, star, rng)

    rates = standardised(counts.ravel(), np.tile(base, 12)).reshape(counts.shape)
    z = trend.mann_kendall(gi_star_of_all(rates, star))
    enough = (star @ counts.sum(axis=0) >= publication.EVIDENCE) & (
        star @ base * (counts.sum() / (12 * base.sum())) >= trend.LEAST_EXPECTED
    )
    assert found.classes == trend.classes(bins, z, enough)
    assert "intensifying_hot" in found.classes
