"""Which grid holds each point, and to which a point on the border belongs."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.core.join import NOWHERE, Land
from tests.core.test_edges import field


def by_geos(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> list[int]:
    """Take the first that holds each point, one pair after the other."""
    points = shapely.points(x, y)
    held = [np.flatnonzero(shapely.intersects(shapes, point)) for point in points]
    return [int(some[0]) if some.size else NOWHERE for some in held]


def both(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> list[int]:
    quick, plain = (Land.of(shapes).hold(x, y, quick=way).tolist() for way in (True, False))
    assert quick == plain
    return plain


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_the_first_grid_that_holds_a_point_has_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = field(5, seed)
    shapes[3] = shapely.buffer(shapes[3], 30)
    shapes[9] = shapely.MultiPolygon([shapes[9], shapely.box(-90, -90, -60, -60)])
    shapes[12] = shapely.difference(shapes[12], shapely.box(240, 240, 260, 260))
    shapes[17] = None if seed % 2 else shapely.Polygon()
    x, y = rng.uniform(-120, 620, (2, 60))

    assert both(shapes, x, y) == by_geos(shapes, x, y)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 1))
def test_a_point_on_a_shared_edge_belongs_to_exactly_the_first_of_its_grids(
    seed: int, share: float
) -> None:
    shapes = field(4, seed)
    corners = shapely.get_coordinates(shapes)
    on = corners[:-1] * share + corners[1:] * (1 - share)
    x, y = np.concatenate([corners, on]).T

    assert both(shapes, x, y) == by_geos(shapes, x, y)


def test_corners_and_level_edges_belong_to_the_first() -> None:
    shapes = np.array([shapely.box(a, b, a + 1, b + 1) for b in range(3) for a in range(3)])
    x, y = (half.ravel() / 2 for half in np.meshgrid(np.arange(-1.0, 8), np.arange(-1.0, 8)))

    assert both(shapes, x, y) == by_geos(shapes, x, y)
    assert both(shapes, np.array([1.0]), np.array([1.0])) == [0]


def test_no_place_and_no_grid_are_nowhere() -> None:
    x = np.array([np.nan, 1e300, -1e300, 150.0])

    assert both(field(3), x, np.array([1.0, 1e300, 0, np.nan])) == [NOWHERE] * 4
    assert Land.of(np.zeros(0, object)).hold(x, x).tolist() == [NOWHERE] * 4
    assert both(np.array([None, shapely.Polygon()], object), x, x) == [NOWHERE] * 4
    assert both(field(3), x[:0], x[:0]) == []
