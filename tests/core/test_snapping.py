"""A strip goes to one grid, and every border matches afterwards."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.core import seams, snapping
from gisapp.core.edges import misfits
from gisapp.core.shapes import as_they_are
from tests.core.test_edges import MM, field

GAP = 5.0


@settings(max_examples=20)
@given(seed=st.integers(0, 5_000))
def test_a_strip_between_grids_is_gone_once_filled(seed: int) -> None:
    shapes = field(5, seed)
    land = shapely.union_all(shapes)
    shapes[12] = shapely.buffer(shapes[12], -2, join_style="mitre")
    (strip,) = seams.strips(shapes, misfits(shapes, GAP, MM), as_they_are, 1.0, GAP)

    changed = snapping.filled(shapes, strip.beside, strip.land, GAP, MM)

    assert changed is not None
    for at, shape in changed.items():
        shapes[at] = shape
    assert seams.strips(shapes, misfits(shapes, GAP, MM), as_they_are, 1.0, GAP) == []
    assert shapely.union_all(shapes).area == pytest.approx(land.area, rel=1e-6)
    assert shapely.area(shapes).sum() == pytest.approx(land.area, rel=1e-6)


@settings(max_examples=20)
@given(seed=st.integers(0, 5_000))
def test_land_claimed_twice_belongs_to_the_first_once_parted(seed: int) -> None:
    shapes = field(5, seed)
    both = shapely.union(shapes[12], shapes[13])
    shapes[12] = shapely.intersection(shapely.buffer(shapes[12], 2, join_style="mitre"), both)

    changed = snapping.parted(shapes, 12, 13, GAP, MM)

    assert changed is not None
    assert shapely.intersection(changed.get(12, shapes[12]), changed[13]).area < 0.1


def test_what_would_not_fit_afterwards_is_left_alone() -> None:
    shapes = np.array([shapely.box(0, 0, 100, 100), shapely.box(0, 0, 100, 100)])

    assert snapping.parted(shapes, 0, 1, GAP, MM) is None
