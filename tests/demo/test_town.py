from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.auth import AREA_CODE
from gisapp.core import hotmap, windows
from gisapp.core.neighbours import with_self
from gisapp.demo.cases import month_starts
from gisapp.demo.credit import ORGANISATION, SIGNS
from gisapp.demo.ground import ground
from gisapp.demo.names import Names
from gisapp.demo.people import SEATS, SHORT
from gisapp.demo.town import Town, town, truth
from gisapp.demo.variants import NotThatManyGrids
from gisapp.store.reference import table

DAY = date(2026, 9, 15)
CATEGORIES = table("categories")


FOUND_AS = {
    "lasting": ["persistent_hot", "intensifying_hot", "sporadic_hot"],
    "new": ["new_hot", "consecutive_hot"],
    "rising": ["intensifying_hot", "consecutive_hot", "sporadic_hot"],
    "easing": ["diminishing_hot", "historical_hot"],
}
"""Class of each kind of plant, and those that lie next to it."""


def made(grids: int, seed: int, variant: str = "default") -> Town:
    return town(grids, seed, DAY, CATEGORIES, variant)


@pytest.fixture(scope="module")
def usual() -> Town:
    return made(1000, 1)


@settings(max_examples=12, deadline=None)
@given(grids=st.integers(100, 700), seed=st.integers(0, 2**32))
def test_the_ground_has_no_gap_and_no_overlap_at_any_level(grids: int, seed: int) -> None:
    levels = made(grids, seed).ground.levels

    assert len(levels.grids.code) == grids
    below = levels.grids
    for level in (levels.communities, levels.townships, levels.counties, levels.city):
        assert shapely.is_valid(level.shape).all()
        assert shapely.coverage_is_valid(level.shape)
        parts = np.bincount(below.parent, shapely.area(below.shape))
        assert parts == pytest.approx(shapely.area(level.shape), rel=1e-9)
        below = level
    assert shapely.is_valid(levels.grids.shape).all()
    assert shapely.coverage_is_valid(levels.grids.shape)
    assert (shapely.get_type_id(levels.grids.shape) == shapely.GeometryType.MULTIPOLYGON).all()


@given(seed=st.integers(0, 1000))
@settings(max_examples=5, deadline=None)
def test_the_same_seed_makes_the_same_town(seed: int) -> None:
    one, other = made(120, seed), made(120, seed)

    assert (one.ground.levels.grids.shape == other.ground.levels.grids.shape).all()
    assert one.ground.levels.grids.name == other.ground.levels.grids.name
    assert one.people.cadres == other.people.cadres
    assert one.people.departments == other.people.departments
    assert one.enterprises.name == other.enterprises.name
    assert (one.enterprises.place == other.enterprises.place).all()
    assert one.disputes.case_number == other.disputes.case_number
    assert truth(one) == truth(other)


def test_codes_have_the_right_shape_and_begin_with_their_parents(usual: Town) -> None:
    levels = usual.ground.levels

    above = levels.city
    for level, length in (
        (levels.counties, 6),
        (levels.townships, 9),
        (levels.communities, 12),
        (levels.grids, 15),
    ):
        assert level.code == sorted(set(level.code))
        for code, parent in zip(level.code, level.parent.tolist(), strict=True):
            assert len(code) == length
            assert code.startswith(above.code[parent])
            assert length == 15 or AREA_CODE.fullmatch(code)
        above = level
    assert levels.city.code == ["9901"]


@pytest.mark.parametrize("grids", [100, 1000, 4000])
def test_every_road_and_water_has_a_shape_and_every_water_a_name(grids: int) -> None:
    lines = ground(grids, Names.read(), np.random.default_rng(1)).lines

    assert not any(line.shape.is_empty for line in lines)
    assert all(line.name for line in lines if line.kind != "street")
    assert {line.kind for line in lines} == {"water", "road", "street"}


def test_grids_are_numbered_from_north_west_to_south_east(usual: Town) -> None:
    ground = usual.ground
    first = [code.endswith("001") for code in ground.levels.grids.code]
    community = ground.tree.community

    mean = np.column_stack([np.bincount(community, ground.middle[:, i]) for i in (0, 1)])
    mean /= np.bincount(community)[:, None]
    ahead = (ground.middle[first] - mean) @ np.array([-1.0, 1.0])
    assert (ahead > 0).mean() > 0.95


def test_an_ordinary_grid_has_100_to_900_households_and_12_disputes_a_year(usual: Town) -> None:
    base = np.array(usual.residents.kind) == "base"
    households = usual.residents.households

    assert households[base].min() >= 100
    assert households.max() <= 900
    assert usual.disputes.grid.size / 2 / 1000 >= 12


def test_there_are_24_whole_months_of_disputes(usual: Town) -> None:
    reported = usual.disputes.reported

    assert month_starts(DAY)[0] == date(2024, 9, 1)
    assert month_starts(DAY)[-1] == date(2026, 9, 1)
    assert np.unique(reported.astype("datetime64[M]")).size == 24
    assert (np.diff(reported.astype(int)) >= 0).all()
    done = ~np.isnat(usual.disputes.resolved)
    assert (usual.disputes.resolved[done] <= np.datetime64(DAY)).all()
    assert (usual.disputes.resolved[done] > usual.disputes.accepted[done]).all()


def test_what_is_planted_shows_in_the_rates(usual: Town) -> None:
    codes = list(CATEGORIES)
    disputes = usual.disputes
    months = np.array(month_starts(DAY)[:-1], dtype="datetime64[M]")
    month = np.searchsorted(months, disputes.reported.astype("datetime64[M]"))
    firms = np.bincount(usual.enterprises.grid, minlength=1000)
    base = usual.residents.households + firms
    rate = np.array([row["per_1000"] for row in CATEGORIES.values()]) / 1000 / 12

    for planted in usual.plants:
        strong = planted.risk > 2
        chosen = np.isin(disputes.grid, planted.grids) & strong[month]
        which = np.ones(len(codes), dtype=bool)
        if planted.category is not None:
            which = np.array(codes) == planted.category
            chosen &= disputes.category == codes.index(planted.category)
        usual_number = base[planted.grids].sum() * rate[which].sum() * strong.sum()
        assert chosen.sum() / usual_number == pytest.approx(planted.risk[strong].mean(), rel=0.3)


@pytest.mark.parametrize("day", [date(2026, 10, 2), date(2026, 11, 24), date(2026, 12, 31)])
def test_most_of_what_is_planted_is_found_by_month_as_what_it_is(day: date) -> None:
    planted = town(1000, 1, day, CATEGORIES)
    disputes, end = planted.disputes, windows.months(windows.last_quarter(windows.number(day) - 1))
    month = disputes.reported.astype("datetime64[M]").astype(int) + 1970 * 12
    firms = np.bincount(planted.enterprises.grid, minlength=1000)
    base = (planted.residents.households + firms).astype(float)

    for plant in planted.plants:
        if plant.kind not in FOUND_AS:
            continue
        chosen = np.ones(month.size, dtype=bool)
        if plant.category is not None:
            chosen = disputes.category == planted.categories.index(plant.category)
        counts = np.zeros((13, 1000), np.int64)
        chosen &= (month > end[-1] - 13) & (month <= end[-1])
        np.add.at(counts, (month[chosen] - end[-1] + 12, disputes.grid[chosen]), 1)
        star = with_self(planted.ground.near)
        trends = hotmap.trends(counts, base, star, np.random.default_rng(0), before=1)
        found = np.array(trends.classes)
        assert np.isin(found[plant.grids], FOUND_AS[plant.kind]).mean() >= 0.5


def test_plants_do_not_touch_each_other(usual: Town) -> None:
    for one in usual.plants:
        for other in usual.plants:
            if one is not other:
                assert usual.ground.near[one.grids][:, other.grids].sum() == 0


def test_credit_codes_have_true_check_digits(usual: Town) -> None:
    place = {sign: i for i, sign in enumerate(SIGNS.tolist())}
    codes = [code for code in usual.enterprises.credit_code if code is not None]

    assert 0.9 < len(codes) / len(usual.enterprises.credit_code) < 0.96
    assert len(set(codes)) == len(codes)
    for code in codes[:500]:
        assert len(code) == 18
        assert code[2:6] == "9901"
        total = sum(place[sign] * pow(3, i, 31) for i, sign in enumerate(code[:17]))
        assert place[code[17]] == (31 - total % 31) % 31
        body = sum(int(d) * w for d, w in zip(code[8:16], ORGANISATION.tolist(), strict=True))
        assert code[16] == {10: "X", 11: "0"}.get(11 - body % 11, str(11 - body % 11))


def test_enterprises_stand_in_their_grids(usual: Town) -> None:
    shapes = usual.ground.levels.grids.shape[usual.enterprises.grid]

    assert shapely.contains_xy(shapes, *usual.enterprises.place.T).all()


@pytest.mark.parametrize("variant", ["default", "short-floor"])
def test_only_the_variant_has_a_department_that_cannot_reach_its_floor(variant: str) -> None:
    people = made(400, 3, variant).people
    cadres = people.cadres
    able = np.bincount(
        cadres.department,
        [not any(barred) for barred in zip(cadres.leader, cadres.away, cadres.joined, strict=True)],
        len(people.departments.code),
    )

    floor = np.ceil(np.array(people.departments.headcount) * 0.1)
    short = [people.departments.code[row] for row in np.flatnonzero(able < floor)]
    assert short == ([f"9901-{SHORT}"] if variant == "short-floor" else [])


def test_some_people_came_after_the_plan_was_made_and_the_staff_can_take_nearly_all_posts(
    usual: Town,
) -> None:
    cadres = usual.people.cadres
    barred = np.array([cadres.leader, cadres.away, cadres.joined]).any(axis=0)

    assert 0.04 <= np.mean(cadres.joined) <= 0.07
    assert np.array(cadres.capacity)[~barred].sum() == round(SEATS * 1000)
    assert set(cadres.capacity) == {1, 2, 3}


def test_a_town_of_another_size_than_there_can_be_is_refused() -> None:
    with pytest.raises(NotThatManyGrids):
        made(99, 1)
