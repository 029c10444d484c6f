"""Invalid outlines are found with the place of their fault, and mended by their structure."""

import csv
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gisapp.core.validity import faults, mended


def published() -> list[dict[str, str]]:
    path = Path(__file__).parents[3] / "shared/data/published/topology/jts_is_valid_cases.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", published(), ids=lambda case: case["case"])
def test_a_published_case_is_answered_as_published(case: dict[str, str]) -> None:
    with np.errstate(invalid="ignore"):  # some have coordinates that are no numbers
        shape = shapely.from_wkt(case["wkt"])
        found = faults(np.array([shape], object))

    assert (found == []) is (case["expected_valid"] == "True")
    for fault in found:
        assert fault.reason
        if fault.at is not None:
            assert shapely.distance(shape, shapely.Point(fault.at)) < 1e-6


def test_the_fault_of_a_bow_tie_is_where_it_crosses_itself() -> None:
    (found,) = faults(np.array([None, shapely.from_wkt("POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))")]))

    assert (found.which, found.reason, found.at) == (1, "Self-intersection", (1.0, 1.0))


def test_a_place_that_is_no_number_is_none() -> None:
    with np.errstate(invalid="ignore"):
        (found,) = faults(np.array([shapely.Polygon([(0, 0), (2, np.nan), (2, 0)])]))

    assert found.at is None


def test_a_mended_outline_is_valid_land_and_nothing_else() -> None:
    spike = shapely.from_wkt("POLYGON((0 0, 4 0, 4 4, 2 4, 2 9, 2 4, 0 4, 0 0))")

    whole = mended(spike)

    assert whole.is_valid
    assert whole.equals(shapely.box(0, 0, 4, 4))
    assert whole.geoms[0].exterior.is_ccw


def test_four_communities_of_wuhan_are_not_valid(shared_data: Path) -> None:
    path = shared_data / "wuhan" / "wuhan_communities.gpkg"
    shapes = pyogrio.read_dataframe(path).geometry.to_numpy()

    found = faults(shapes)

    assert len(found) == 4
    for fault in found:
        assert fault.at is not None
        assert shapely.distance(shapes[fault.which], shapely.Point(fault.at)) < 1e-6
        assert mended(shapes[fault.which]).is_valid
