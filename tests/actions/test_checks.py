"""The fix list: what is wrong, where, and what to do."""

from datetime import timedelta

import pytest
import shapely
from shapely import Point

from gisapp.actions.checks import check
from gisapp.actions.findings import Finding
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


def only(make: Make, layer: str, kind: str) -> list[Finding]:
    return [one for one in check(make.session, layer) if one.kind == kind]


def test_a_narrow_gap_between_two_grids_is_a_sliver_with_place_and_width(make: Make) -> None:
    first = make.grid(households=400, shape=shapely.box(120.0, 30.0, 120.005, 30.005))
    second = make.grid(households=400, shape=shapely.box(120.00502, 30.0, 120.01, 30.005))

    (found,) = check(make.session, "grids")

    assert (found.kind, found.repair) == ("sliver", True)
    assert found.about == (first.code, second.code)
    assert float(str(found.sentence.fields["width"])) == pytest.approx(1.9, abs=0.1)
    assert found.lon == pytest.approx(120.00501, abs=1e-5)


def test_a_grid_in_several_parts_shows_the_smallest(make: Make) -> None:
    big, small = (
        shapely.box(120.0, 30.0, 120.005, 30.005),
        shapely.box(120.1, 30.0, 120.101, 30.001),
    )
    make.grid(households=400, shape=shapely.union(big, small))

    (found,) = only(make, "grids", "parts")

    assert found.lon == pytest.approx(120.1005)


def test_two_grids_of_one_outline_are_duplicates(make: Make) -> None:
    for _ in range(2):
        make.grid(households=400, shape=shapely.box(120.0, 30.0, 120.005, 30.005))

    (found,) = check(make.session, "grids")

    assert (found.kind, found.severity) == ("duplicate", "fault")


def test_an_enterprise_brought_twice_is_named_with_the_other(make: Make) -> None:
    grid = make.grid()
    again = [make.enterprise(grid, name="One", register_number=code) for code in ("A1", "A2")]
    make.enterprise(grid, name="Other", place=again[0].place)

    (found,) = check(make.session, "enterprises")

    assert (found.kind, found.code, found.repair) == ("duplicate", "A2", True)
    assert found.sentence.fields["other"] == "A1"


def test_one_credit_code_of_two_enterprises_is_a_doubt(make: Make) -> None:
    grid = make.grid()
    for name in ("One", "Other"):
        make.enterprise(grid, name=name, credit_code="91330106MA2KEF0X3E")

    assert "same_credit_code" in kinds(check(make.session, "enterprises"))


def test_many_enterprises_on_one_point_are_a_doubt(make: Make) -> None:
    grid = make.grid()
    for number in range(20):
        make.enterprise(grid, name=f"Firm {number}")

    (found,) = check(make.session, "enterprises")

    assert (found.kind, found.sentence.fields["n"]) == ("crowd", 20)


def test_an_enterprise_in_another_grid_than_it_lies_in_is_misplaced(make: Make) -> None:
    here, there = make.grid(), make.grid()
    firm = make.enterprise(here)
    firm.grid_id = there.id

    (found,) = check(make.session, "enterprises")

    assert (found.kind, found.repair) == ("misplaced", True)


def test_a_dispute_resolved_before_it_was_reported_is_a_fault(make: Make) -> None:
    grid = make.grid()
    make.dispute(grid, reported_on=make.today, resolved_on=make.today - timedelta(days=2))
    make.dispute(grid, reported_on=make.today, resolved_on=make.today)

    assert kinds(check(make.session, "disputes")) == ["dates"]
