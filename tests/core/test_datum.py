"""Another system is offered where the ground speaks for it, and only there."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core import datum

COUNTS = st.integers(0, 400)


def readings(both: int, gained: int, lost: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    before = np.repeat([True, False, True, False], [both, gained, lost, neither])
    after = np.repeat([True, True, False, False], [both, gained, lost, neither])
    return before, after


def test_the_offices_of_wuhan_speak_for_gcj02() -> None:
    before, gcj = readings(336, 56, 19, 501)
    _, bd = readings(323, 56, 32, 501)

    fit = datum.better(before, {"gcj02": gcj, "bd09": bd})

    assert fit == datum.Fit("gcj02", 912, 355, 392, 56, 19)


def test_few_points_are_enough_when_none_was_inside() -> None:
    before, after = readings(0, 2, 0, 1)

    assert datum.better(before, {"x": after}) == datum.Fit("x", 3, 0, 2, 2, 0)


def test_the_best_of_several_is_offered() -> None:
    before, good = readings(0, 60, 0, 40)
    best = np.ones(100, np.bool_)

    fit = datum.better(before, {"good": good, "best": best})

    assert fit is not None
    assert fit.name == "best"


@given(both=COUNTS, gained=COUNTS, lost=COUNTS, neither=COUNTS)
def test_what_is_not_better_is_never_offered(
    both: int, gained: int, lost: int, neither: int
) -> None:
    before, after = readings(both, gained, lost, neither)
    fit = datum.better(before, {"other": after})

    assert fit is None or (fit.after > fit.before and fit.gained - fit.lost == gained - lost)
    assert datum.better(after, {"itself": after}) is None
    # What is offered is never what one would be offered to leave again.
    assert fit is None or datum.better(after, {"back": before}) is None


def test_without_points_there_is_nothing_to_ask() -> None:
    assert not datum.worth_asking(np.empty(0, np.bool_))
    assert not datum.worth_asking(np.ones(10, np.bool_))
    assert datum.worth_asking(np.array([True, False]))


def tiles(n: int, side: float, shift: float = 0.0) -> np.ndarray:
    x, y = (each.ravel() * side + shift for each in np.mgrid[0:n, 0:n].astype(float))
    return shapely.box(x, y, x + side, y + side)


@given(shift=st.floats(0.06, 0.5))
def test_small_outlines_nest_in_large_ones_unless_they_lie_elsewhere(shift: float) -> None:
    small, large = tiles(8, 1.0), tiles(2, 4.0)

    assert datum.nest(small, large).all()
    assert datum.nest(small, small).all()
    assert not datum.nest(tiles(8, 1.0, shift), small).any()
    at_the_border = ~datum.nest(small, tiles(2, 4.0, shift))
    assert at_the_border.sum() == 8 * 8 - 6 * 6


def test_what_is_no_outline_nests_in_none() -> None:
    small = np.array([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)], dtype=object)

    assert datum.nest(small, tiles(1, 2.0)).tolist() == [False, False, True]
