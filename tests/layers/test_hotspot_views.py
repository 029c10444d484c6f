"""Who sees a city, a county or a township: each is told the same of what they share."""

from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import insert

from gisapp.auth import Actor, Role
from gisapp.core.publication import FEW, WITHHELD, together
from gisapp.layer import Values
from gisapp.query import HotspotQuery
from gisapp.store import disputes, hotspots
from gisapp.store.models import Dispute, Grid
from tests.factories import NOW, Make

COUNTIES = ["990001", "990002"]
TOWNSHIPS = [f"{county}00{number}" for county in COUNTIES for number in (1, 2)]
CITY = "9900"
CATEGORIES = ["labour", "other"]


@pytest.fixture
def city(make: Make) -> Make:
    """Two counties of two townships with five grids each, and three months of disputes."""
    grids = [
        make.grid(community=f"{township}00{number % 2 + 1}", households=80)
        for township in TOWNSHIPS
        for number in range(5)
    ]
    make.commit()
    _ = make.session.connection().execute(insert(Dispute), list(_disputes(grids)))
    make.commit()
    return make


def _disputes(grids: list[Grid]) -> Iterator[dict[str, object]]:
    rng = np.random.default_rng(3)
    for place, grid in enumerate(grids):
        for month in (4, 5, 6):
            for category in CATEGORIES:
                for number in range(int(rng.poisson(6 if place in {7, 8, 9, 10} else 2))):
                    yield {
                        "case_number": f"{grid.code}-{month}-{category}-{number}",
                        "category_code": category,
                        "epidemic": False,
                        "enterprise_related": False,
                        "grid_id": grid.id,
                        "reported_on": NOW.date().replace(month=month, day=1 + number),
                        "status": "reported",
                        "area_code": grid.area_code,
                        "version": 1,
                    }


def seen(make: Make, area: str, **args: str) -> Values:
    """Read the map as the leader of an area."""
    actor = Actor("leader", Role.LEADER, area)
    with make.runtime.sessions.read(actor, NOW) as session:
        found = make.runtime.layers["hotspots"].read(session, actor, args)
    assert isinstance(found, Values)
    return found


def column(found: Values, name: str) -> dict[str, object]:
    return dict(zip(found.codes, found.columns[name], strict=True))


WINDOWS = [{"quarter": "2026-Q2"}, {"month": "2026-05"}, {"month": "2026-06", "category": "labour"}]


def test_a_city_is_told_the_counts_and_totals_that_its_counties_are_told(city: Make) -> None:
    for window in WINDOWS:
        whole = seen(city, CITY, **window)
        counts, totals = column(whole, "count"), whole.totals["count"]

        for county in COUNTIES:
            found = seen(city, county, **window)

            assert {code: counts[code] for code in found.codes} == column(found, "count")
            there = found.totals["count"]
            assert {code: totals[code] for code in totals if code in there} == there
            assert there.keys() == {code for code in totals if code.startswith(county)}


def test_the_total_of_a_city_adds_up_those_of_its_counties(city: Make) -> None:
    query = HotspotQuery(quarter="2026-Q2")
    actors = [Actor("leader", Role.LEADER, area) for area in [CITY, *COUNTIES]]
    totals = []
    for actor in actors:
        with city.runtime.sessions.read(actor, NOW) as session:
            picture = hotspots.picture(session, query)
            totals.append(picture.total(picture.within, None))
            assert totals[-1] == picture.published().total

    assert totals[0] == sum(one for one in totals[1:] if isinstance(one, int))
    assert len(totals) == 1 + len([one for one in totals[1:] if isinstance(one, int)])


@pytest.mark.parametrize("area", [CITY, *COUNTIES, *TOWNSHIPS])
def test_a_total_that_is_listed_is_that_of_its_map(city: Make, area: str) -> None:
    actor = Actor("leader", Role.LEADER, area)
    with city.runtime.sessions.read(actor, NOW) as session:
        picture = hotspots.picture(session, HotspotQuery(quarter="2026-Q2"))
        windows = [picture.within, *(range(month, month + 1) for month in picture.foot)]

        for category in (None, *disputes.categories(session)):
            for window in windows:
                listed = picture.total(window, category)

                assert listed == picture.told(window, category).total


def test_what_is_not_told_of_one_county_is_not_told_of_all() -> None:
    assert together([20, WITHHELD]) == WITHHELD
    assert together([f"<{FEW}", f"<{FEW}"]) == WITHHELD
    assert together([20, f"<{FEW}", f"<{FEW}"]) == 25
    assert together([f"<{FEW}"]) == f"<{FEW}"


def test_a_township_is_told_what_its_county_is_told_of_it(city: Make) -> None:
    for window in WINDOWS:
        whole = seen(city, COUNTIES[0], **window)

        found = seen(city, TOWNSHIPS[0], **window)

        assert len(found.codes) == 5
        for name in ("bin", "count"):
            assert column(found, name) == {code: column(whole, name)[code] for code in found.codes}
        totals = found.totals["count"]
        assert totals == {code: whole.totals["count"][code] for code in totals}
        assert TOWNSHIPS[0] in totals


def test_a_community_is_told_no_total_of_its_township(city: Make) -> None:
    community = f"{TOWNSHIPS[0]}001"

    totals = seen(city, community, quarter="2026-Q2").totals["count"]

    county = seen(city, COUNTIES[0], quarter="2026-Q2").totals["count"]
    assert totals == {community: county[community], TOWNSHIPS[0]: WITHHELD}
