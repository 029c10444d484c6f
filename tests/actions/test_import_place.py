"""The small map around the place of one row of a file."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely

from gisapp.actions import import_place
from gisapp.core import coordinates
from gisapp.core.world import World

SQUARE = [120.0, 30.0, 120.01, 30.0, 120.01, 30.01, 120.0, 30.01, 120.0, 30.0]
GROUND = [shapely.box(119.98, 29.98, 120.005, 30.02), shapely.box(120.005, 29.98, 120.03, 30.02)]


def drawn(
    place: Any,
    other: str | None = None,
    near: Sequence[tuple[int, Any]] = (),
    ground: Sequence[shapely.Geometry] = GROUND,
    grids: Sequence[shapely.Geometry] = (),
    water: Sequence[shapely.Geometry] = (),
    names: Sequence[tuple[str, float, float]] = (),
) -> Any:
    levels = {
        "community": lambda: World.of(list(ground)),
        "grid": lambda: World.of(list(grids)),
        "water": lambda: World.of(list(water)),
        "road": lambda: World.of([]),
    }
    return import_place.drawn(place, ("EPSG:4326", other), near, levels, names)


def corners(path: str) -> np.ndarray:
    return np.array(re.findall(r"(-?\d+) (-?\d+)", path), dtype=float)


def test_an_outline_lies_in_the_middle_with_the_ground_about_it() -> None:
    found = drawn([SQUARE])

    xy = corners(found["now"]["paths"][0])
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
    assert middle == pytest.approx([found["width"] / 2, found["height"] / 2], abs=1)
    assert 0.3 < np.ptp(xy[:, 1]) / found["height"] < 0.5
    assert len(found["ground"]) == 2
    assert found["other"] is None
    assert found["bar"] > 0


def test_a_point_has_room_about_it_and_no_outline() -> None:
    found = drawn([120.0, 30.0])

    assert (found["now"]["x"], found["now"]["y"]) == (found["width"] / 2, found["height"] / 2)
    assert found["now"]["paths"] == []
    assert 100 <= found["bar_m"] <= 1_000


def test_another_reading_stands_where_it_would_put_the_row() -> None:
    x, y = coordinates.FROM_WGS["gcj02"](np.array([120.0]), np.array([30.0]))

    found = drawn([float(x[0]), float(y[0])], "gcj02", names=[("middle", 120.0, 30.0)])

    metres = found["bar_m"] / found["bar"]
    away = np.hypot(
        found["now"]["x"] - found["other"]["x"], found["now"]["y"] - found["other"]["y"]
    )
    assert away * metres == pytest.approx(520, rel=0.15)
    assert found["names"] == []


def test_what_is_offered_is_shown_where_the_file_points_far_away() -> None:
    found = drawn([30.0, 80.0], "EPSG:4326-swapped")
    both = drawn([30.0, 120.0], "EPSG:4326-swapped")

    assert found["now"] is None
    assert found["other"]
    assert both["now"] is None
    assert both["other"]


def test_a_place_that_is_nowhere_is_not_drawn() -> None:
    assert drawn([200.0, 30.0]) is None


def test_a_long_river_is_drawn_as_far_as_the_map_reaches() -> None:
    river = shapely.LineString([(110, 30.004), (130, 30.006)]).buffer(0.001)

    (path,) = drawn([120.0, 30.0], water=[river])["water"]

    assert np.abs(corners(path)).max() < 1_000


def test_grids_are_drawn_where_there_are_few_and_a_wide_map_leaves_them_out() -> None:
    grids = [
        shapely.box(120 + x / 100, 30 + y / 100, 120.01 + x / 100, 30.01 + y / 100)
        for x in range(30)
        for y in range(30)
    ]
    wide = [120.0, 30.0, 120.3, 30.0, 120.3, 30.3, 120.0, 30.0]

    assert 4 <= len(drawn([120.1, 30.1], grids=grids)["grids"]) <= 20
    assert drawn([wide], grids=grids)["grids"] == []


def test_others_are_numbered_where_there_is_room_and_hide_no_name() -> None:
    near = [
        (1, [120.0, 30.00001]),  # beneath the one that is picked
        (2, [120.003, 30.003]),
        (3, [120.003, 30.00301]),  # beneath the second
        (5, [120.0, 30.004]),  # beneath a name
        (6, [121.0, 30.0]),  # beyond the map
        (7, [SQUARE]),
    ]

    found = drawn([120.0, 30.0], near=near, names=[("name", 120.0, 30.004)])

    assert [number for number, _, _ in found["near"]] == [2, 7]
    assert [name for name, _, _ in found["names"]] == ["name"]


def test_without_stored_ground_the_place_alone_is_drawn() -> None:
    found = drawn([SQUARE], ground=[])

    assert found["ground"] == []
    assert found["now"]["paths"]
