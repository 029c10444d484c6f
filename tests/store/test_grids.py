"""What the boundaries as a whole leave free or claim twice."""

import pytest
import shapely
from shapely import MultiPolygon

from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import grids, revisions
from gisapp.store.grids import Flaws
from tests import town


def flaws(runtime: Runtime, moved: dict[int, tuple[float, float]]) -> Flaws:
    """Measure the town after some grids got other west and east borders."""
    town.build(runtime)
    land = {
        number: MultiPolygon([shapely.box(west, 30, east, 30.01)])
        for number, (west, east) in moved.items()
    }
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        revisions.record(session, land, {})
    with runtime.sessions.read(town.PLANNER, town.NOW) as session:
        return grids.flaws(session, grids.ground(session, town.TODAY))


def test_a_clean_community_has_no_flaw(runtime: Runtime) -> None:
    assert flaws(runtime, {}) == Flaws(0, 0.0)


def test_land_that_a_grid_gave_up_is_free(runtime: Runtime) -> None:
    found = flaws(runtime, {6: (114.06, 114.065)})

    assert found.overlaps == 0
    assert found.free_m2 == pytest.approx(482 * 1109, rel=0.01)


def test_a_shifted_grid_overlaps_one_side_and_frees_the_other(runtime: Runtime) -> None:
    found = flaws(runtime, {3: (114.031, 114.041)})

    assert found.overlaps == 1
    assert found.free_m2 == pytest.approx(96.5 * 1109, rel=0.01)


def test_a_community_shifted_as_a_whole_is_noticed_although_its_area_is_right(
    runtime: Runtime,
) -> None:
    found = flaws(
        runtime, {n: (114 + n / 100 + 0.001, 114.01 + n / 100 + 0.001) for n in range(1, 7)}
    )

    assert found.overlaps == 0
    assert found.free_m2 == pytest.approx(96.5 * 1109, rel=0.01)
