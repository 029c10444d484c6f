"""Which grids do not fit their neighbours: the table of edges says what GEOS says."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gisapp.core.edges import misfits, unmatched
from gisapp.core.world import Rings

MM = 0.001


def field(across: int, seed: int = 0) -> np.ndarray:
    """Draw crooked quadrilaterals that share their borders to the last digit."""
    rng = np.random.default_rng(seed)
    at = np.stack(np.meshgrid(np.arange(across + 1.0), np.arange(across + 1.0)), -1) * 100
    at = np.round(at + rng.uniform(-20, 20, at.shape), 3)
    corners = np.stack([at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]], axis=2)
    return np.asarray(shapely.polygons(corners.reshape(-1, 4, 2)), dtype=object)


def of_geos(shapes: np.ndarray, gap: float) -> list[int]:
    edges = shapely.coverage_invalid_edges(shapes, gap_width=gap)
    return np.flatnonzero(~shapely.is_empty(edges)).tolist()


@settings(max_examples=40)
@example(seed=4063, faults=3, gap=0.0)
@given(seed=st.integers(0, 10_000), faults=st.integers(0, 6), gap=st.sampled_from([0.0, 1.0, 5.0]))
def test_the_same_grids_are_flagged_as_by_geos(seed: int, faults: int, gap: float) -> None:
    rng = np.random.default_rng(seed)
    shapes = field(5, seed)
    for at in rng.integers(0, len(shapes), faults):
        grown = shapely.buffer(shapes[at], rng.choice([-30, -2, 2, 130]), join_style="mitre")
        shapes[at] = rng.choice([grown, shapes[rng.integers(len(shapes))]])
    # What is smaller than a quantum is rounding to one of them and a fault to the other.
    shapes = shapely.transform(shapes, lambda xy: np.round(xy, 3))

    assert misfits(shapes, gap, MM).which.tolist() == of_geos(shapes, gap)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_kernels_and_plain_way_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = field(6, seed)
    shapes[rng.integers(36)] = shapes[rng.integers(36)]
    shapes[rng.integers(36)] = shapely.Polygon()
    shapes[7] = shapely.union_all(shapes[[7, 13, 21]])  # parts that touch, and one apart
    shapes[28] = shapely.difference(shapes[28], shapely.buffer(shapely.centroid(shapes[28]), 20))
    rings = Rings.of(rng.permutation(shapes))

    quick, plain = (unmatched(rings, MM, quick=way) for way in (True, False))

    assert quick.tolist() == plain.tolist()


def test_a_shape_within_a_hole_fits_when_it_fills_it() -> None:
    inner = shapely.box(40, 40, 60, 60)
    outer = shapely.difference(shapely.box(0, 0, 100, 100), inner)
    around = shapely.difference(shapely.box(-9, -9, 109, 109), shapely.box(0, 0, 100, 100))

    for quick in (True, False):
        alone = unmatched(Rings.of(np.array([inner, outer, around])), MM, quick=quick)
        assert alone.tolist() == [False, False, True]


def test_a_grid_that_stands_twice_is_flagged_with_its_double() -> None:
    shapes = np.append(field(4), field(4)[5])

    assert misfits(shapes, 0, MM).which.tolist() == of_geos(shapes, 0)
    assert {5, 16} <= set(misfits(shapes, 0, MM).which.tolist())


def test_a_small_grid_inside_a_clean_one_is_flagged_although_the_large_one_fits() -> None:
    shapes = np.append(field(3), shapely.box(140, 140, 150, 150))

    assert misfits(shapes, 0, MM).which.tolist() == of_geos(shapes, 0) == [9]


def test_what_is_less_than_a_millimetre_is_rounding() -> None:
    shapes = field(3)
    inner = shapely.get_coordinates(shapes[4]) + 1e-4
    shapes[4] = shapely.Polygon(inner)

    assert misfits(shapes, 5, MM).which.size == 0


def test_neighbours_of_many_grids_are_looked_up_in_cells() -> None:
    shapes = field(102)
    shapes[[700, 9_000]] = shapely.buffer(shapes[[700, 9_000]], [2, -2], join_style="mitre")

    assert misfits(shapes, 5, MM).which.tolist() == of_geos(shapes, 5)


def test_nothing_fits_everywhere() -> None:
    assert misfits(np.zeros(0, object), 5, MM).which.size == 0
    assert misfits(np.array([shapely.Polygon(), None], object), 5, MM).which.size == 0


def test_shapes_wider_apart_than_the_table_counts_are_rounded_more() -> None:
    far = np.append(field(3), shapely.box(9e9, 9e9, 9e9 + 100, 9e9 + 100))
    far[4] = shapely.buffer(far[4], 20, join_style="mitre")

    assert misfits(far, 5, MM).which.tolist() == of_geos(far, 5)


def published() -> list[dict[str, Any]]:
    path = Path(__file__).parents[3] / "shared/data/published/topology"
    file = path / "jts_coverage_validity_cases.json"
    return list(json.loads(file.read_text(encoding="utf-8"))["cases"]) if file.exists() else []


@pytest.mark.parametrize("case", published(), ids=lambda case: case["name"])
def test_a_published_coverage_is_answered_as_published(case: dict[str, Any]) -> None:
    shapes = shapely.from_wkt(np.array(case["arguments"][0], dtype=object))
    gap = case["arguments"][1] if case["check"] == "InvalidWithGaps" else 0.0
    answers = [] if case["check"] == "Valid" else case["arguments"][-1]

    found = misfits(shapes, gap, MM)

    wrong = {at: wkt for at, wkt in enumerate(answers) if wkt is not None}
    assert found.which.tolist() == sorted(wrong)
    for at, lines in zip(found.which.tolist(), found.edges, strict=True):
        assert shapely.equals(lines, shapely.from_wkt(wrong[at]))
