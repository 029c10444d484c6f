import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.cells import LEAST_BASE, NONE, merged
from gisapp.core.neighbours import queen, with_self
from tests.core.test_neighbours import lattice

MESH = with_self(queen(lattice(3, 4)))
HOME = np.repeat([0, 1], 6)

BASES = st.lists(
    st.one_of(st.integers(0, 30).map(float), st.just(np.nan)), min_size=12, max_size=12
)


@given(base=BASES)
def test_t51_a_cell_that_counts_holds_ten_and_lies_in_one_community(base: list[float]) -> None:
    cells = merged(np.array(base), HOME, MESH)

    for cell, counted in enumerate(cells.counted):
        grids = np.flatnonzero(cells.of == cell)
        assert len({int(HOME[grid]) for grid in grids}) == 1
        assert counted == (np.array(base)[grids].sum() >= LEAST_BASE)


@given(base=BASES)
def test_t51_what_is_large_enough_alone_or_unknown_is_merged_with_no_other_like_it(
    base: list[float],
) -> None:
    cells = merged(np.array(base), HOME, MESH)

    for grids in (np.flatnonzero(cells.of == cell) for cell in range(cells.counted.size)):
        large = [grid for grid in grids if base[grid] >= LEAST_BASE]
        assert len(grids) == 1 or np.isfinite(np.array(base)[grids]).all()
        assert len(grids) == 1 or len(large) < len(grids)


@given(base=BASES, other=BASES)
def test_another_community_changes_no_cell(base: list[float], other: list[float]) -> None:
    alone = merged(np.array(base[:6]), HOME[:6], MESH[:6, :6])
    both = merged(np.array(base[:6] + other[6:]), HOME, MESH)

    assert both.of[:6].tolist() == alone.of.tolist()
    assert both.counted[: alone.counted.size].tolist() == alone.counted.tolist()


def test_a_small_grid_without_a_neighbour_in_a_community_shows_bins_only() -> None:
    cells = merged(np.array([5.0, 40.0, 5.0]), np.array([0, 1, NONE]), with_self(MESH[:3, :3]))

    assert cells.of.tolist() == [0, 1, 2]
    assert cells.counted.tolist() == [False, True, False]


def test_counts_and_bits_of_a_cell_are_those_of_its_grids() -> None:
    cells = merged(np.array([5.0, 5.0, 40.0]), np.zeros(3, np.int64), with_self(MESH[:3, :3]))

    assert cells.of.tolist() == [0, 0, 1]
    assert cells.sums(np.array([[1, 2, 4]])).tolist() == [[3, 4]]
    assert cells.any(np.array([[1, 2, 4]], np.uint8)).tolist() == [[3, 4]]
