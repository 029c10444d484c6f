"""What is said about boundaries that do not fit."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core import shapes


def squares(*corners: tuple[float, float], side: float = 100.0) -> np.ndarray:
    return np.array([shapely.box(x, y, x + side, y + side) for x, y in corners])


def test_a_parent_that_its_grids_fill_has_no_finding() -> None:
    clean = squares((0, 0), (100, 0), (0, 100), (100, 100))

    assert shapes.uncovered(np.array([shapely.box(0, 0, 200, 200)]), clean) == []


def test_land_of_a_community_in_no_grid_is_found_with_its_pieces() -> None:
    community = np.array([shapely.box(0, 0, 300, 100), None], dtype=object)
    grids = squares((100, 0))

    (found,) = shapes.uncovered(community, grids)

    assert found.which == 0
    assert found.pieces == 2
    assert found.area_m2 == pytest.approx(20_000)


def test_a_grid_that_leaves_its_community_says_how_far() -> None:
    community = shapely.box(0, 0, 200, 100)
    grids = squares((0, 0), (150, 0))

    (found,) = shapes.outside(grids, np.array([community, community]))

    assert found.which == 1
    assert found.area_m2 == pytest.approx(5000)
    assert found.reach_m == pytest.approx(50)


@given(shift=st.integers(2, 99))
def test_what_leaves_the_parent_and_what_it_leaves_free_are_one_area(shift: int) -> None:
    parent = shapely.box(0, 0, 100, 100)
    moved = shapely.box(shift, 0, shift + 100, 100)

    (beyond,) = shapes.outside(np.array([moved]), np.array([parent]))
    (free,) = shapes.uncovered(np.array([parent]), np.array([moved]))

    assert beyond.area_m2 == pytest.approx(free.area_m2) == pytest.approx(100 * shift)
