"""Nobody works out a cell of one to four from all that leaves."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

from gisapp.core import nest, release
from gisapp.core.areas import Areas
from gisapp.core.cells import merged
from gisapp.core.neighbours import queen, with_self
from gisapp.core.publication import NO_BIN
from tests.core.attacker import (
    Leak,
    and_more,
    determined,
    inequalities,
    leak,
    places,
    said,
    worked_out,
)
from tests.core.attacker_doors import beside, outliers
from tests.core.attacker_states import exact, of_years, with_states
from tests.core.test_neighbours import lattice
from tests.depth import cases

Whole = npt.NDArray[np.int64]

BISECTED = 1
"""A town some of whose cells states would give away that come from the very number of cases."""

TOLD = 22
"""One of which the number of cases of a first quarter gives a cell away whose figures have left."""

ENDED = 14
"""One with so few cases that their last month would give cells away in the second year."""

FULL = nest.MONTHS - 1
"""Before this month has ended there are no twelve whole months of records."""


def town(seed: int, months: int | None = None) -> tuple[Whole, release.Ground]:
    """Draw a small town: months, categories, uneven grids, a gathering."""
    rng = np.random.default_rng(seed)
    rows, columns = 3, int(rng.integers(3, 5))
    n = rows * columns
    base = rng.integers(3, 400, n).astype(np.float64)
    base[rng.random(n) < 0.05] = np.nan
    star = with_self(queen(lattice(rows, columns)))
    home = np.arange(n) // (n // 4 + 1)
    mean = rng.choice([0.4, 1.5, 4.0]) * np.ones(n)
    mean[star.indices[star.indptr[n // 2] : star.indptr[n // 2 + 1]]] *= rng.choice([1, 4])
    months = months or int(rng.choice([1, 3, 4]))
    counts = rng.poisson(mean / 2, (months, 2, n)).astype(np.int64)
    return counts, ground(base, star, home)


def ground(base: npt.NDArray[np.float64], star: csr_array, home: Whole) -> release.Ground:
    """Lay cells and areas over grids; two communities make a township."""
    cells = merged(base, home, star)
    homes = [f"99010100{one // 2}00{one % 2}" for one in home.tolist()]
    return release.Ground(base, star, cells, Areas.of(cells, homes, base, "9901"))


def unprotected(counts: Whole, ground: release.Ground) -> Leak:
    """Say every figure rounded and no bin, as if rounding were enough."""
    of = places(ground)
    seen = np.ones((nest.ROWS, counts.shape[1] + 1, len(of)), np.bool_)
    bins = np.full((nest.ROWS, counts.shape[1] + 1, counts.shape[2]), NO_BIN)
    return Leak(said(counts, ground, seen), bins, of, len(counts))


def test_the_attacker_wins_where_figures_are_only_rounded() -> None:
    star = town(0)[1].star
    n = star.shape[0]
    counts = np.zeros((3, 1, n), np.int64)
    counts[:, 0, 0] = [12, 12, 4]
    open_ground = ground(np.full(n, 100.0), star, np.zeros(n, np.int64))

    leaked = unprotected(counts, open_ground)
    found = worked_out(leaked, counts, inequalities(leaked, counts, open_ground))

    assert [leaked.figures[row][1][0] for row in (0, 1, 2, 12)] == [10, 10, "<5", 30]
    assert (2, 0, 0) in found


def test_the_attacker_wins_where_totals_are_only_rounded() -> None:
    star = town(0)[1].star
    n = star.shape[0]
    counts = np.zeros((1, 1, n), np.int64)
    counts[0, 0, :7] = 4
    open_ground = ground(np.full(n, 100.0), star, np.arange(n) // 7)

    leaked = unprotected(counts, open_ground)
    found = worked_out(leaked, counts, inequalities(leaked, counts, open_ground))

    # Seven cells of at most 4, and 28 to 32 together.
    assert leaked.figures[0][0][:7] == ["<5"] * 7
    assert leaked.figures[0][0][n] == 30
    assert {(0, 0, cell) for cell in range(7)} <= set(found)


def known(
    leaked: Leak, counts: Whole, ground: release.Ground, ends: Sequence[int] = ()
) -> LinearConstraint:
    """Put together what all doors say, and states after ``ends``."""
    rules = inequalities(leaked, counts, ground)
    return with_states(and_more(rules, beside(leaked, counts, ground)), counts, ends=ends)


@pytest.mark.parametrize("seed", range(cases(6)))
def test_t47_every_cell_of_one_to_four_keeps_a_second_possible_value(seed: int) -> None:
    counts, ground = town(seed)

    leaked, _ = leak(counts, ground)

    assert worked_out(leaked, counts, known(leaked, counts, ground)) == []


def test_a_number_that_states_told_gives_a_cell_away_where_figures_leave_it_no_room() -> None:
    counts, ground = town(TOLD, 3)
    before, after = leak(counts, ground)[0], leak(counts, ground, ends=[3])[0]

    assert worked_out(before, counts, known(before, counts, ground)) == []
    assert worked_out(before, counts, known(before, counts, ground, [3])) != []
    assert worked_out(after, counts, known(after, counts, ground, [3])) == []


def test_the_attacker_wins_where_every_outlier_is_named() -> None:
    counts, ground = town(6)
    leaked, _ = leak(counts, ground)
    rules = inequalities(leaked, counts, ground)

    bare = and_more(rules, outliers(leaked, counts, ground, guarded=False))

    assert worked_out(leaked, counts, rules) == []
    assert worked_out(leaked, counts, bare) != []


def sparse(seed: int, months: int = 15) -> tuple[Whole, release.Ground]:
    """Draw a town where a category has few disputes a year, as most do: of a year and a quarter."""
    counts, ground = town(seed, months)
    rng = np.random.default_rng(seed)
    return rng.binomial(counts, rng.choice([0.05, 0.2, 0.5, 1.0])).astype(np.int64), ground


@pytest.mark.parametrize("seed", range(1, 1 + cases(2)))
def test_t47_states_of_coverage_seen_each_month_give_no_cell_away(seed: int) -> None:
    counts, ground = sparse(seed)
    figures, rules = of_years(counts, ground)

    assert determined(figures, counts, with_states(rules, counts)) == []


def test_the_month_after_which_a_year_had_no_case_gives_no_cell_away() -> None:
    counts, ground = sparse(ENDED)
    figures, rules = of_years(counts, ground)

    assert determined(figures, counts, with_states(rules, counts)) == []


def test_the_attacker_wins_where_states_come_from_the_very_number_of_cases() -> None:
    counts, ground = sparse(BISECTED)
    figures, rules = of_years(counts, ground)
    bisected = with_states(rules, counts, FULL, monthly=exact, quarterly=exact)

    assert determined(figures, counts, rules) == []
    assert determined(figures, counts, bisected) != []
