"""Nobody works out a cell of one to four from all that leaves."""

import numpy as np
import numpy.typing as npt
import pytest

from gisapp.core import nest, release
from gisapp.core.cells import merged
from gisapp.core.neighbours import queen, with_self
from gisapp.core.publication import NO_BIN, rounded
from tests.core.attacker import Leak, inequalities, leak, worked_out
from tests.core.test_neighbours import lattice
from tests.depth import cases

Whole = npt.NDArray[np.int64]


def town(seed: int) -> tuple[Whole, release.Ground]:
    """Draw a small town: months, categories, uneven grids, a gathering."""
    rng = np.random.default_rng(seed)
    rows, columns = 3, int(rng.integers(3, 5))
    n = rows * columns
    base = rng.integers(3, 400, n).astype(np.float64)
    base[rng.random(n) < 0.05] = np.nan
    star = with_self(queen(lattice(rows, columns)))
    home = np.arange(n) // (2 * columns)
    mean = rng.choice([0.4, 1.5, 4.0]) * np.ones(n)
    mean[star.indices[star.indptr[n // 2] : star.indptr[n // 2 + 1]]] *= rng.choice([1, 4])
    months = int(rng.choice([1, 3, 4]))
    counts = rng.poisson(mean / 2, (months, 2, n)).astype(np.int64)
    return counts, release.Ground(base, star, merged(base, home, star))


def unprotected(counts: Whole, ground: release.Ground) -> Leak:
    """Say every figure rounded and no bin, as if rounding were enough."""
    sums = nest.windows(ground.cells.sums(counts))
    figures: list[list[list[int | str | None]]] = [
        [[rounded(int(number)) for number in column] for column in row] for row in sums
    ]
    bins = np.full((nest.ROWS, *sums.shape[1:]), NO_BIN)
    return Leak(figures, bins, ground.cells, len(counts))


def test_the_attacker_wins_where_figures_are_only_rounded() -> None:
    ground = town(0)[1]
    n = ground.cells.of.size
    counts = np.zeros((3, 1, n), np.int64)
    counts[:, 0, 0] = [12, 12, 4]
    open_ground = release.Ground(
        np.full(n, 100.0),
        ground.star,
        merged(np.full(n, 100.0), np.zeros(n, np.int64), ground.star),
    )

    leaked = unprotected(counts, open_ground)
    found = worked_out(leaked, counts, inequalities(leaked, counts, open_ground))

    assert [leaked.figures[row][1][0] for row in (0, 1, 2, 12)] == [10, 10, "<5", 30]
    assert (2, 0, 0) in found


@pytest.mark.parametrize("seed", range(cases(4)))
def test_every_cell_of_one_to_four_keeps_a_second_possible_value(seed: int) -> None:
    counts, ground = town(seed)

    leaked, _ = leak(counts, ground)

    rules = inequalities(leaked, counts, ground)
    assert worked_out(leaked, counts, rules) == []
