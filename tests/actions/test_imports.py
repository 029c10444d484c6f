from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import event, func, select

from gisapp.actions.import_picture import of_proposed
from gisapp.actions.import_places import erase_places
from gisapp.actions.import_proposal import propose
from gisapp.actions.import_reading import Asked
from gisapp.actions.imports import Report, RowsRefused, import_file
from gisapp.actions.posts import make_posts
from gisapp.auth import OPERATOR, ScopeMissing
from gisapp.core.credit_code import check_digit
from gisapp.errors import InvalidInput
from gisapp.intake.limits import LIMITS
from gisapp.store import installation, plans, revisions
from gisapp.store.models import (
    Audit,
    Batch,
    Cadre,
    CadreSpecialty,
    Department,
    Dispute,
    DisputePlace,
    Enterprise,
    Grid,
    Post,
    Publication,
    Recusal,
    Service,
    Slot,
    Travel,
)
from tests.factories import COUNTY, PLANNER, Make
from tests.intake.built import geojson, gpkg, square

pytestmark = pytest.mark.both

COMMUNITY = f"{COUNTY}001001"
CRS = Asked(crs="EPSG:4326")


class Town:
    """An installation into which files are brought."""

    def __init__(self, make: Make, folder: Path) -> None:
        self.make = make
        self.folder = folder

    def bring(self, kind: str, content: Any, asked: Asked = CRS, **more: Any) -> Report:
        path = content if isinstance(content, Path) else self.folder / f"{kind}.csv"
        if not isinstance(content, Path):
            path.write_text(content, "utf-8")
        with self.make.runtime.sessions.write(OPERATOR, self.make.now) as session:
            return import_file(session, kind, path, asked, **more)

    def all(self, statement: Any) -> list[Any]:
        with self.make.runtime.sessions.read(OPERATOR, self.make.now) as session:
            return list(session.execute(statement).all())

    def count(self, model: Any) -> int:
        return int(self.all(select(func.count()).select_from(model))[0][0])


@pytest.fixture
def town(make: Make, tmp_path: Path) -> Town:
    """Two grids side by side in one community; the western one is called …001."""
    for number, west in ((1, 120.0), (2, 120.01)):
        make.grid(code=f"{COMMUNITY}00{number}", shape=square(west), households=300)
    make.commit()
    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        make_posts(session)
    return Town(make, tmp_path)


def ground(folder: Path) -> tuple[Path, Path]:
    """The files of the same town."""
    outline = shapely.box(120, 30, 120.02, 30.01)
    levels = (COUNTY, f"{COUNTY}001", COMMUNITY)
    areas = [{"code": code, "name": f"area {code}"} for code in levels]
    grids = [{"code": f"{COMMUNITY}00{n}", "households": 300} for n in (1, 2)]
    return (
        gpkg(folder / "areas.gpkg", areas, [outline] * 3, layer="areas"),
        gpkg(folder / "grids.gpkg", grids),
    )


def codes(report: Report) -> list[tuple[int, str]]:
    return [(finding.line, finding.code) for finding in report.findings]


def test_a_slot_without_a_number_is_the_first_and_comes_once(town: Town) -> None:
    rows = [f"{COMMUNITY},member,,judge", f"{COMMUNITY},member,1,lawyer"]

    report = town.bring("posts", "\n".join(["place,role,number,specialty", *rows, ""]))

    assert [(one.line, one.code) for one in report.findings] == [(3, "repeated")]
    assert (report.stored, report.refused) == (1, 1)
    assert town.all(select(Slot.specialty_code).where(Slot.specialty_code.is_not(None))) == [
        ("judge",)
    ]


def test_areas_and_grids_make_a_revision_posts_and_a_projection(make: Make, tmp_path: Path) -> None:
    town = Town(make, tmp_path)
    areas, grids = ground(tmp_path)

    town.bring("areas", areas)
    town.bring("grids", grids)
    again = town.bring("grids", grids)

    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert town.all(select(func.count()).select_from(revisions.Revision)) == [(2,)]
    with town.make.runtime.sessions.read(OPERATOR, town.make.now) as session:
        revision = revisions.current(session)
        assert revision is not None
        found = revisions.ids(session, revision).codes
        assert installation.the(session).srid

    assert found["grid"] == [f"{COMMUNITY}001", f"{COMMUNITY}002"]
    assert found["community"] == [COMMUNITY]
    posts = {row[0] for row in town.all(select(Post.code))}
    assert {f"{COMMUNITY}001:member", f"{COUNTY}001:chief"} <= posts


def test_a_changed_row_is_changed_and_keeps_what_the_file_does_not_say(
    town: Town, tmp_path: Path
) -> None:
    rows = [{"code": f"{COMMUNITY}001", "population": 900}]

    report = town.bring("grids", gpkg(tmp_path / "more.gpkg", rows))

    assert (report.added, report.changed) == (0, 1)
    found = town.all(select(Grid.households, Grid.population, Grid.version).order_by(Grid.code))
    assert found[0] == (300, 900, 2)


def test_rows_with_faults_are_listed_and_the_others_stored(town: Town, tmp_path: Path) -> None:
    bow = shapely.Polygon([(120, 30), (120.01, 30.01), (120.01, 30), (120, 30.01)])
    rows = [
        {"code": f"{COMMUNITY}011", "households": "12"},
        {"code": f"{COMMUNITY}012", "households": "many"},
        {"code": f"{COMMUNITY}011", "households": "12"},
        {"code": f"{COMMUNITY}013", "households": None},
        {"code": f"{COMMUNITY}014", "households": None},
        {"code": f"{COMMUNITY}015", "households": None},
        {"code": f"{COMMUNITY}016", "households": None},
        {"code": "990001009009001", "households": None},
        *({"code": f"{COMMUNITY}02{n}", "households": None} for n in range(9)),
    ]
    shapes = [
        *[square()] * 3,
        bow,
        shapely.Polygon(),
        None,
        square(121),
        square(),
        *[square()] * 9,
    ]

    path = gpkg(tmp_path / "faults.gpkg", rows, shapes)
    report = town.bring("grids", path, replace(CRS, accept=True))

    assert codes(report) == [
        (2, "bad_number"),
        (3, "repeated"),
        (4, "invalid_shape"),
        (5, "empty_shape"),
        (6, "no_shape"),
        (7, "outside_parent"),
        (8, "unknown_area"),
    ]
    assert (report.read, report.stored, report.refused) == (17, 10, 7)
    assert town.count(Grid) == 12


def test_strict_stores_nothing_when_one_row_is_refused(town: Town, tmp_path: Path) -> None:
    rows = [{"code": f"{COMMUNITY}01{n}", "households": "x" if n == 1 else "5"} for n in range(4)]
    path = gpkg(tmp_path / "strict.gpkg", rows, [square()] * 4)

    with pytest.raises(RowsRefused) as wrong:
        town.bring("grids", path, replace(CRS, strict=True))

    assert [finding.code for finding in wrong.value.findings] == ["bad_number"]
    assert (town.count(Grid), town.count(Batch)) == (2, 0)


def test_a_file_of_which_more_than_half_is_refused_is_another_file(town: Town) -> None:
    rows = "code,name,headcount\nA,a,1\nB,b,x\nC,c,x\n"

    with pytest.raises(RowsRefused):
        town.bring("departments", rows)

    assert town.count(Department) == 0
    assert town.bring("departments", rows.replace("C,c,x", "C,c,3")).refused == 1


def people(town: Town) -> None:
    town.bring("departments", f"code,name,headcount,area\nLAW,法院,40,{COUNTY}\n")
    town.bring("offices", "代码,name,办公点代码,部门代码,经度,纬度\nx,北楼,O1,LAW,120.005,30.005\n")
    town.bring(
        "cadres",
        "工号,姓名,部门代码,办公点代码,职级,专长\n"
        "007,沈一,LAW,O1,工作人员,labour_law:2;judge\n"
        "008,沈二,LAW,O1,领导,\n",
    )


def test_people_come_in_under_chinese_headers_and_keep_their_zeros(town: Town) -> None:
    people(town)

    cadres = town.all(select(Cadre.staff_number, Cadre.rank, Cadre.area_code).order_by(Cadre.id))
    assert cadres == [("007", "staff", COUNTY), ("008", "leader", COUNTY)]
    known = town.all(select(CadreSpecialty.specialty_code, CadreSpecialty.level))
    assert sorted(known) == [("judge", 1), ("labour_law", 2)]


def test_specialties_are_replaced_by_what_a_new_file_says(town: Town) -> None:
    people(town)

    report = town.bring(
        "cadres", "工号,姓名,部门代码,办公点代码,专长\n007,沈一,LAW,O1,labour_law:3\n"
    )

    known = town.all(select(CadreSpecialty.specialty_code, CadreSpecialty.level))
    assert known == [("labour_law", 3)]
    assert (report.added, report.changed) == (0, 1)


def test_who_refers_to_nobody_is_refused_by_name(town: Town) -> None:
    people(town)
    header = "staff_number,name,department,office,specialties\n"
    good = "".join(f"1{n},n,LAW,O1,\n" for n in range(3))

    report = town.bring("cadres", f"{header}{good}2,n,NO,O1,\n3,n,LAW,NO,\n4,n,LAW,O1,magic:2\n")

    assert codes(report) == [
        (5, "unknown_department"),
        (6, "unknown_office"),
        (7, "unknown_specialty"),
    ]


def test_recusals_links_ways_and_services_refer_to_what_is_there(town: Town) -> None:
    people(town)
    grid = f"{COMMUNITY}001"

    done = [
        town.bring("recusals", f"staff_number,place\n007,{grid}\n008,{COMMUNITY}\n"),
        town.bring("links", f"department,place,team\nLAW,{COUNTY}001,先锋队\n"),
        town.bring("travel", f"office,place,minutes\nO1,{grid},12.5\n"),
        town.bring("services", f"kind,day,staff_number,grid\nvisit,2026-07-01,007,{grid}\n"),
        town.bring("posts", f"place,role,number,specialty,seats_wanted\n{grid},member,2,judge,2\n"),
    ]

    assert [report.added for report in done] == [2, 1, 1, 1, 1]
    assert [row[0] for row in town.all(select(Recusal.area_code))] == [COUNTY, COUNTY]
    assert town.all(select(Travel.minutes)) == [(12.5,)]
    assert town.all(select(Service.area_code)) == [(COMMUNITY,)]
    slots = select(Slot.number, Slot.specialty_code).join(Post).where(Post.code == f"{grid}:member")
    assert sorted(town.all(slots)) == [(1, None), (2, "judge")]
    again = town.bring("services", f"kind,day,staff_number,grid\nvisit,2026-07-01,007,{grid}\n")
    assert (again.added, again.unchanged) == (0, 1)


def test_assignments_become_todays_plan_in_force(town: Town) -> None:
    people(town)

    report = town.bring(
        "assignments",
        f"staff_number,post_code\n007,{COMMUNITY}001:member\n008,{COUNTY}001:chief\n"
        f"007,{COUNTY}001:chief\n",
    )

    assert codes(report) == [(4, "wrong_rank")]
    with town.make.runtime.sessions.read(OPERATOR, town.make.now) as session:
        held = plans.holdings(session, None, town.make.today)
    assert held["post_code"].tolist() == [f"{COMMUNITY}001:member", f"{COUNTY}001:chief"]
    assert report.plan == held["plan"][0]


def test_a_second_plan_of_assignments_follows_the_first(town: Town) -> None:
    people(town)
    rows = "staff_number,grid_code\n007,{}00{}\n"
    town.bring("assignments", rows.format(COMMUNITY, 1))
    town.make.now += timedelta(days=10)

    town.bring("assignments", rows.format(COMMUNITY, 2))

    with town.make.runtime.sessions.read(OPERATOR, town.make.now) as session:
        held = plans.holdings(session, None, town.make.today + timedelta(days=10))
    assert held["place_code"].tolist() == [f"{COMMUNITY}002"]
    assert town.count(Publication) == 2


FIRMS = (
    "register_number,name,lon,lat\n"
    "1,west,120.004,30.004\n2,border,120.01,30.005\n3,outside,125,35\n4,nowhere,,\n"
)


def test_a_dispute_of_tomorrow_is_refused(town: Town) -> None:
    rows = "case_number,category,reported_on,lon,lat\n"
    rows += "C1,other,2026-07-15,120.001,30.001\nC2,other,2026-07-16,120.001,30.001\n"
    rows += "C3,other,2026-07-14,120.001,30.001\n"

    report = town.bring("disputes", rows)

    assert (report.stored, codes(report)) == (2, [(3, "bad_date")])


def test_a_point_lies_in_the_grid_that_comes_first_by_code(town: Town) -> None:
    report = town.bring("enterprises", FIRMS)

    question = select(Enterprise.register_number, Grid.code).outerjoin(Grid)
    assert dict(town.all(question)) == {
        "1": f"{COMMUNITY}001",
        "2": f"{COMMUNITY}001",
        "3": None,
        "4": None,
    }
    assert codes(report) == [(5, "no_place")]
    assert (report.stored, report.refused) == (4, 0)
    with town.make.runtime.sessions.read(OPERATOR, town.make.now) as session:
        areas = {COMMUNITY, installation.root_area(session)}
    assert {row[0] for row in town.all(select(Enterprise.area_code))} == areas


def test_points_are_joined_anew_when_grids_come(town: Town, tmp_path: Path) -> None:
    town.bring("enterprises", FIRMS)
    town.bring("disputes", CASES)
    rows = [{"code": f"{COMMUNITY}001"}, {"code": f"{COMMUNITY}002"}]
    swapped = [square(120.01), square(120.0)]

    town.bring("grids", gpkg(tmp_path / "swapped.gpkg", rows, swapped), replace(CRS, accept=True))

    firms = dict(town.all(select(Enterprise.register_number, Grid.code).outerjoin(Grid)))
    assert firms["1"] == f"{COMMUNITY}002"
    cases = dict(town.all(select(Dispute.case_number, Grid.code).outerjoin(Grid)))
    assert cases["D1"] == f"{COMMUNITY}002"


def test_a_wrong_check_digit_is_stored_and_said(town: Town) -> None:
    first = "91990001MA0000000"
    right = first + check_digit(first)
    wrong = first + ("A" if right[-1] != "A" else "B")

    report = town.bring(
        "enterprises",
        f"register_number,name,credit_code,lon,lat\n1,a,{right},120,30\n2,b,{wrong},120,30\n",
    )

    assert codes(report) == [(3, "credit_code")]
    assert report.stored == 2


CASES = (
    "case_number,category,reported_on,resolved_on,lon,lat\n"
    "D1,labour,2026-07-01,2026-07-10,120.004,30.004\n"
    "D2,labour,2010-07-01,2010-07-10,120.004,30.004\n"
    "D3,other,2026/07/02,,,\n"
)


def test_a_disputes_place_has_a_table_of_its_own_and_an_end(town: Town) -> None:
    report = town.bring("disputes", CASES)

    question = select(Dispute.case_number, DisputePlace.erase_on).join(
        DisputePlace, DisputePlace.dispute_id == Dispute.id
    )
    erased = town.make.today + timedelta(days=90)
    assert dict(town.all(question)) == {"D1": erased, "D2": erased}
    assert codes(report) == [(4, "no_place")]


def test_places_that_are_due_are_erased_and_the_grid_stays(town: Town) -> None:
    town.bring("disputes", CASES)
    town.make.now += timedelta(days=90)

    with town.make.runtime.sessions.write(OPERATOR, town.make.now) as session:
        erased = erase_places(session)

    assert erased == 2
    assert town.count(DisputePlace) == 0
    assert len(town.all(select(Dispute.id).where(Dispute.grid_id.is_not(None)))) == 2
    assert town.all(select(Audit.deed).where(Audit.deed == "places.erased"))


def test_an_import_erases_what_is_due(town: Town) -> None:
    town.bring("disputes", CASES)
    town.make.now += timedelta(days=400)

    town.bring("departments", "code,name,headcount\nA,a,1\n")

    assert town.count(DisputePlace) == 0


def test_a_case_of_an_unknown_category_or_impossible_days_is_refused(town: Town) -> None:
    more = "D4,magic,2026-07-01,,,\nD5,labour,2026-13-45,,,\nD6,labour,2026-07-09,2026-07-01,,\n"

    report = town.bring("disputes", CASES + more)

    refused = [(line, code) for line, code in codes(report) if code != "no_place"]
    assert refused == [(5, "unknown_category"), (6, "bad_date"), (7, "bad_date")]


def test_a_category_may_be_called_by_its_code_or_by_either_name(town: Town) -> None:
    words = ("labour", "劳动争议", "Labour", "MARRIAGE AND FAMILY", "婚姻家庭")
    rows = "".join(f"D{n},{word},2026-07-01\n" for n, word in enumerate(words))

    report = town.bring("disputes", f"case_number,category,reported_on\n{rows}")

    assert (report.stored, report.refused) == (5, 0)
    found = town.all(select(Dispute.category_code).order_by(Dispute.case_number))
    assert [row[0] for row in found] == ["labour"] * 3 + ["marriage_family"] * 2


def test_coordinates_of_a_chinese_map_are_converted_at_the_door(town: Town) -> None:
    row = "register_number,name,lon,lat\n1,a,120.004,30.004\n"

    town.bring("enterprises", row, Asked(crs="gcj02"))

    ((place,),) = town.all(select(Enterprise.place))
    assert 300 < place.distance(shapely.Point(120.004, 30.004)) * 100_000 < 700


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "text", "asked", "code"),
    [
        ("departments", "code,name\nA,a\n", CRS, "column_missing"),
        ("offices", "code,name,department\nA,a,LAW\n", CRS, "column_missing"),
        ("enterprises", "register_number,name,lon,lat\n1,a,120,30\n", Asked(), "crs_unknown"),
        ("enterprises", FIRMS.replace("120.0", "1176041.0"), CRS, "not_degrees"),
        ("enterprises", "register_number,name,lon\n1,a,120\n", CRS, "column_missing"),
        ("services", "kind,day,staff_number\nvisit,2026-07-01,1\n", CRS, "column_missing"),
        ("grids", "code\n1\n", CRS, "needs_shapes"),
        ("departments", "code,name,headcount,户主\nA,a,1,b\n", CRS, "resident_data"),
    ],
)
def test_a_fault_of_the_file_stores_nothing(
    town: Town, kind: str, text: str, asked: Asked, code: str
) -> None:
    batches = town.count(Batch)

    with pytest.raises(InvalidInput) as wrong:
        town.bring(kind, text, asked)

    assert wrong.value.code == code
    assert town.count(Batch) == batches


ELSEWHERE = {
    "not_degrees": [square(1_170_000, 1_900_000, 300), square(39_500_000, 3_320_400, 90)],
    "crs_offered": [
        square(500_200, 3_320_400, 90),
        square(40_500_200, 3_320_400, 90),
        square(30.001, 120.001, 0.001),
    ],
}
"""By what is said: outlines in feet, in metres, with latitude first."""


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "code"), [("areas", f"{COUNTY}001007"), ("grids", f"{COMMUNITY}007")]
)
def test_outlines_that_are_no_degrees_are_a_fault_of_the_file(
    town: Town, tmp_path: Path, kind: str, code: str
) -> None:
    batches = town.count(Batch)
    for said, shapes in ELSEWHERE.items():
        for shape in shapes:
            row = {"code": code, "name": "g"}
            path = geojson(tmp_path / "g.geojson", [(shapely.geometry.mapping(shape), row)])

            with pytest.raises(InvalidInput) as wrong:
                town.bring(kind, path, Asked())
            with town.make.runtime.sessions.read(OPERATOR, town.make.now) as session:
                proposed = propose(session, path, kind, None)
                picture = of_proposed(session, proposed)

            assert wrong.value.code == said
            offered = said == "crs_offered"
            assert (proposed.offer is not None, picture is not None) == (offered, offered)
    assert town.count(Batch) == batches


def test_t28_a_name_that_looks_like_sql_is_text(town: Town) -> None:
    name = "x'); DROP TABLE cadre;--%s :a {0} ]"
    statements: list[str] = []
    engine = town.make.runtime.sessions.engine
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    town.bring("departments", f'code,name,headcount,"{name}"\nA,"{name}",1,"{name}"\n')

    assert town.all(select(Department.name)) == [(name,)]
    assert len(statements) > 1
    assert not [said for said in statements if "DROP TABLE" in said]


def test_an_import_leaves_a_batch_and_a_line_in_the_book(town: Town) -> None:
    report = town.bring("departments", f"code,name,headcount,area\nA,a,1,{COUNTY}\n")

    (row,) = town.all(select(Batch.area_code, Batch.number, Batch.read).order_by(Batch.id.desc()))[
        :1
    ]
    assert report.batch == f"{row[0]}-{row[1]}"
    assert row[2] == 1
    assert f"batch {report.batch}" in {row[0] for row in town.all(select(Audit.subject))}


def test_who_may_not_write_data_imports_nothing(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code,name,headcount\nA,a,1\n")

    with (
        pytest.raises(ScopeMissing),
        town.make.runtime.sessions.write(PLANNER, town.make.now) as session,
    ):
        import_file(session, "departments", path, CRS)


def test_a_limit_stops_the_whole_import(town: Town) -> None:
    rows = "code,name,headcount\nA,a,1\nB,b,2\n"

    with pytest.raises(InvalidInput):
        town.bring("departments", rows, limits=replace(LIMITS, rows=1))

    assert town.count(Department) == 0


def test_geojson_without_a_system_is_wgs_84(town: Town, tmp_path: Path) -> None:
    shape = shapely.geometry.mapping(square(120.004, 30.004, 0.001))
    path = geojson(tmp_path / "g.geojson", [(shape, {"code": f"{COMMUNITY}007"})])

    assert town.bring("grids", path, Asked()).added == 1
