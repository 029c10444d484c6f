"""Land that two grids claim, and narrow strips that none does, in metres."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.core import seams
from gisapp.core.edges import Misfits, misfits
from gisapp.core.shapes import as_they_are
from tests.core.test_edges import MM, field

GAP = 5.0


def squares(*corners: tuple[float, float], side: float = 100.0) -> np.ndarray:
    return np.array([shapely.box(x, y, x + side, y + side) for x, y in corners])


def look(shapes: np.ndarray) -> Misfits:
    return misfits(shapes, GAP, MM)


def overlaps(shapes: np.ndarray, least: float = 1.0) -> list[seams.Overlap]:
    return seams.overlaps(shapes, look(shapes), as_they_are, least)


def strips(shapes: np.ndarray, least: float = 1.0) -> list[seams.Strip]:
    return seams.strips(shapes, look(shapes), as_they_are, least, GAP)


def test_grids_side_by_side_have_no_finding() -> None:
    clean = squares((0, 0), (100, 0), (0, 100), (100, 100))

    assert overlaps(clean) == []
    assert strips(clean) == []


def test_two_grids_that_claim_the_same_land_are_named_with_its_area() -> None:
    (found,) = overlaps(squares((0, 0), (90, 0)))

    assert (found.first, found.second, found.same) == (0, 1, False)
    assert found.area_m2 == pytest.approx(1000)
    assert found.width_m == pytest.approx(2 * 1000 / 220)
    assert 90 <= found.at[0] <= 100


def test_a_grid_that_lies_wholly_in_another_overlaps_it() -> None:
    inner = np.array([shapely.box(0, 0, 100, 100), shapely.box(20, 20, 40, 40)])

    assert [found.area_m2 for found in overlaps(inner)] == [pytest.approx(400)]


def test_a_grid_that_stands_twice_is_said_to() -> None:
    (found,) = overlaps(squares((0, 0), (0, 0)))

    assert found.same
    assert found.area_m2 == pytest.approx(10_000)


def test_what_is_smaller_than_the_least_area_does_not_count() -> None:
    assert overlaps(squares((0, 0), (99.5, 0)), least=51) == []
    assert strips(squares((0, 0), (100.5, 0)), least=51) == []


def test_a_narrow_gap_between_two_grids_has_area_and_width() -> None:
    (found,) = strips(squares((0, 0), (102, 0)))

    assert found.beside == (0, 1)
    assert found.area_m2 == pytest.approx(200)
    assert found.width_m == pytest.approx(2, abs=0.1)
    assert 100 <= found.at[0] <= 102


def test_a_wide_gap_is_no_strip() -> None:
    assert strips(squares((0, 0), (106, 0))) == []


@pytest.mark.parametrize("scale", [(1.0, 1.0), (95_000.0, 111_000.0)])
def test_degrees_and_metres_find_the_same_strip(scale: tuple[float, float]) -> None:
    metres = squares((0, 0), (102, 0))
    shapes = shapely.transform(metres, lambda xy: xy / scale)
    bad = misfits(shapes, GAP / scale[0], MM / scale[0])

    (found,) = seams.strips(
        shapes, bad, lambda some: shapely.transform(some, lambda xy: xy * scale), 1.0, GAP, scale
    )

    assert found.area_m2 == pytest.approx(200)


@settings(max_examples=20)
@given(seed=st.integers(0, 5_000), width=st.sampled_from([0.5, 2.0, 4.0]))
def test_every_planted_gap_and_overlap_is_found_with_its_area(seed: int, width: float) -> None:
    shapes = field(6, seed)
    shrunk, grown = 7, 28
    was = shapes.copy()
    shapes[shrunk] = shapely.buffer(shapes[shrunk], -width, join_style="mitre")
    shapes[grown] = shapely.buffer(shapes[grown], width, join_style="mitre")

    gap = sum(strip.area_m2 for strip in strips(shapes))
    double = sum(
        pair.area_m2 for pair in overlaps(shapes, 0.0) if grown in (pair.first, pair.second)
    )

    assert gap == pytest.approx(was[shrunk].area - shapes[shrunk].area, rel=1e-3)
    assert double == pytest.approx(shapes[grown].area - was[grown].area, rel=1e-6)


def test_the_large_overlap_of_wuhan_is_found_and_so_are_its_slivers(shared_data: Path) -> None:
    path = shared_data / "wuhan" / "wuhan_communities.gpkg"
    frame = pyogrio.read_dataframe(path)
    shapes = frame.geometry.to_numpy()
    shapes[~shapely.is_valid(shapes)] = None
    bad = misfits(shapes, GAP, MM)

    first, *_ = seams.overlaps(shapes, bad, as_they_are, 1.0)

    named = {int(frame.FID_1[first.first]), int(frame.FID_1[first.second])}
    assert named == {942, 950}
    assert first.area_m2 == pytest.approx(13.8e6, rel=0.01)
    (strip,) = seams.strips(shapes, bad, as_they_are, 1.0, GAP)
    assert strip.area_m2 == pytest.approx(15.1, abs=0.1)
