"""The fix list: what is wrong, where, and what to do."""

from datetime import timedelta

import pytest
import shapely
from shapely import Point

from gisapp.actions.checks import Finding, check
from gisapp.core import coordinates
from gisapp.runtime import Runtime
from tests.factories import PLANNER, Make


def kinds(found: list[Finding]) -> list[str]:
    return [finding.kind for finding in found]


def test_a_clean_ground_has_no_findings(make: Make) -> None:
    for _ in range(3):
        make.grid(households=400)

    assert check(make.session) == []


def test_what_is_no_more_needs_no_mending(make: Make) -> None:
    over = make.today - timedelta(days=1)
    make.grid(households=400)
    make.enterprise(valid_to=over)
    make.grid(households=40_000, valid_to=over, valid_from=over)

    assert check(make.session, "enterprises") == []
    assert "households" not in kinds(check(make.session, "grids"))


def test_grids_that_claim_the_same_land_are_named_with_place_and_area(make: Make) -> None:
    first = make.grid(shape=shapely.box(120.000, 30.0, 120.006, 30.005))
    second = make.grid(shape=shapely.box(120.005, 30.0, 120.010, 30.005))

    (found,) = check(make.session, "grids")

    assert found.kind == "overlap"
    assert {found.sentence.fields["code"], found.sentence.fields["other"]} == {
        first.code,
        second.code,
    }
    assert found.lon is not None
    assert 120.005 <= found.lon <= 120.006


def test_a_grid_beyond_its_community_says_how_many_metres(make: Make) -> None:
    community = make.community(shape=shapely.box(120.0, 30.0, 120.005, 30.005))
    make.grid(community=community, shape=shapely.box(120.0, 30.0, 120.006, 30.005))

    (found,) = check(make.session, "grids")

    assert found.kind == "outside_parent"
    assert int(str(found.sentence.fields["reach"])) == pytest.approx(96, abs=2)


def test_land_of_a_community_in_no_grid_is_found(make: Make) -> None:
    community = make.community(shape=shapely.box(120.0, 30.0, 120.010, 30.005))
    make.grid(community=community, shape=shapely.box(120.0, 30.0, 120.005, 30.005))

    (found,) = check(make.session, "grids")

    assert (found.kind, found.code) == ("gap", community.code)


def test_unusual_households_are_a_notice_and_stand_last(make: Make) -> None:
    make.grid(households=40_000)
    make.enterprise()

    found = check(make.session)

    assert kinds(found) == ["no_place", "households"]


def test_enterprises_without_a_place_or_outside_every_grid_are_listed(make: Make) -> None:
    grid = make.grid()
    make.enterprise(grid)
    lost = make.enterprise(place=Point(121.5, 31.5))
    nowhere = make.enterprise()

    found = check(make.session, "enterprises")

    assert {(one.kind, one.code) for one in found} == {
        ("outside", lost.register_number),
        ("no_place", nowhere.register_number),
    }


def test_a_wrong_credit_code_is_a_doubt(make: Make) -> None:
    make.enterprise(make.grid(), credit_code="91990101MA00000000")

    assert kinds(check(make.session, "enterprises")) == ["credit_code"]


def test_points_that_fit_when_read_as_gcj02_are_the_cause_of_the_rest(make: Make) -> None:
    grids = [make.grid() for _ in range(3)]
    for grid in grids:
        where = make.enterprise(grid).place
        assert where is not None
        lon, lat = coordinates.wgs_to_gcj([where.x], [where.y - 0.002])
        make.enterprise(place=Point(float(lon[0]), float(lat[0])))

    found = check(make.session, "enterprises")

    assert kinds(found)[0] == "datum"


def test_the_place_of_a_dispute_never_stands_in_a_finding(make: Make) -> None:
    make.grid()
    make.dispute()

    (found,) = check(make.session, "disputes")

    assert (found.lon, found.lat) == (None, None)


def test_a_planner_sees_the_faults_of_her_area_only(runtime: Runtime, make: Make) -> None:
    make.enterprise()
    make.enterprise(area_code="990002")
    make.commit()

    with make.seen_by(PLANNER) as session:
        found = check(session, "enterprises")

    assert len(found) == 1
