import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from gisapp import frames
from gisapp.core import coordinates

CITIES = Path(__file__).resolve().parents[3] / "shared/data/published/coordinates"
METRES_A_DEGREE = 111_320

LON = st.floats(98, 120)
LAT = st.floats(24, 40)


@pytest.fixture(scope="module")
def cities() -> dict[str, np.ndarray]:
    path = CITIES / "china_cities_six_crs.csv"
    if not path.exists():
        pytest.skip("the published coordinates are not here: ../shared/data/published")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = ("wgs84", "gcj02", "bd09")
    return {
        name: np.array([[float(row[f"{name}_x"]), float(row[f"{name}_y"])] for row in rows])
        for name in names
    }


def metres(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    lon = (one[:, 0] - two[:, 0]) * np.cos(np.radians(one[:, 1]))
    return np.hypot(lon, one[:, 1] - two[:, 1]) * METRES_A_DEGREE


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_443_cities_agree_with_the_map_providers_to_a_metre(
    cities: dict[str, np.ndarray], datum: str
) -> None:
    there = np.column_stack(coordinates.FROM_WGS[datum](*cities["wgs84"].T))
    back = np.column_stack(coordinates.TO_WGS[datum](*cities[datum].T))

    assert metres(there, cities[datum]).max() < 1
    assert metres(back, cities["wgs84"]).max() < 1


@given(lon=LON, lat=LAT)
@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_there_and_back_is_where_it_was(lon: float, lat: float, datum: str) -> None:
    x, y = coordinates.TO_WGS[datum](*coordinates.FROM_WGS[datum](lon, lat))

    assert float(x) == pytest.approx(lon, abs=1e-10)
    assert float(y) == pytest.approx(lat, abs=1e-10)


@example(lon=0.0, lat=90.0)  # where a degree of longitude has no length
@given(lon=st.floats(-180, 60), lat=st.floats(-90, 90))
def test_outside_china_nothing_moves(lon: float, lat: float) -> None:
    for datum in ("gcj02", "bd09"):
        x, y = coordinates.TO_WGS[datum](lon, lat)

        assert (float(x), float(y)) == (lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat", "srid"),
    [
        (120.0, 30.0, 4549),
        (114.3, 30.6, 4547),
        (118.4, 30.0, 4548),
        (118.6, 30.0, 4549),
        (75.99, 39.5, 4534),
        (134.5, 48.0, 4554),
        (-87.6, 41.9, 32616),
        (151.2, -33.9, 32756),
    ],
)
def test_a_city_is_measured_in_its_own_zone(lon: float, lat: float, srid: int) -> None:
    assert coordinates.city_srid(lon, lat) == srid


def test_metres_are_metres_and_come_back() -> None:
    degrees = np.array([[120.0, 30.0], [120.01, 30.0], [120.0, 30.01]])

    metric = frames.to_metres(degrees, 4549)

    assert metric[0, 0] == pytest.approx(500_000, abs=1e-3)
    assert np.hypot(*(metric[1] - metric[0])) == pytest.approx(964.86, abs=0.5)
    assert frames.to_degrees(metric, 4549) == pytest.approx(degrees, abs=1e-9)


def test_shapes_keep_their_kind_on_the_way() -> None:
    box = shapely.box(120.0, 30.0, 120.01, 30.01)

    metric = frames.shapes_to_metres([box], 4549)

    assert metric[0].area == pytest.approx(964.86 * 1108.7, rel=1e-3)
    assert frames.shapes_to_degrees(metric, 4549)[0].equals_exact(box, 1e-9)
