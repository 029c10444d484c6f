"""What is said about boundaries that do not fit."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core import shapes


def squares(*corners: tuple[float, float], side: float = 100.0) -> np.ndarray:
    return np.array([shapely.box(x, y, x + side, y + side) for x, y in corners])


def test_grids_side_by_side_have_no_finding() -> None:
    clean = squares((0, 0), (100, 0), (0, 100), (100, 100))

    assert shapes.overlaps(clean) == []
    assert shapes.slivers(clean).size == 0
    assert shapes.uncovered(np.array([shapely.box(0, 0, 200, 200)]), clean) == []


def test_two_grids_that_claim_the_same_land_are_named_with_its_area() -> None:
    two = squares((0, 0), (90, 0))

    (found,) = shapes.overlaps(two)

    assert (found.first, found.second) == (0, 1)
    assert found.area_m2 == pytest.approx(1000)
    assert 90 <= found.at[0] <= 100


def test_a_grid_that_lies_wholly_in_another_overlaps_it() -> None:
    inner = np.array([shapely.box(0, 0, 100, 100), shapely.box(20, 20, 40, 40)])

    assert [found.area_m2 for found in shapes.overlaps(inner)] == [pytest.approx(400)]


def test_a_grid_that_stands_twice_overlaps_itself() -> None:
    twice = squares((0, 0), (0, 0))

    assert [found.area_m2 for found in shapes.overlaps(twice)] == [pytest.approx(10_000)]


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


def test_a_narrow_gap_between_two_grids_is_found() -> None:
    gap = squares((0, 0), (102, 0))

    assert shapes.slivers(gap).tolist() == [0, 1]


@given(shift=st.integers(2, 99))
def test_what_leaves_the_parent_and_what_it_leaves_free_are_one_area(shift: int) -> None:
    parent = shapely.box(0, 0, 100, 100)
    moved = shapely.box(shift, 0, shift + 100, 100)

    (beyond,) = shapes.outside(np.array([moved]), np.array([parent]))
    (free,) = shapes.uncovered(np.array([parent]), np.array([moved]))

    assert beyond.area_m2 == pytest.approx(free.area_m2) == pytest.approx(100 * shift)
