"""Slips of the pen in a row: that row is refused with its line, the others are stored."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from gisapp.actions.import_reading import Asked
from gisapp.actions.imports import Report, RowsRefused, import_file
from gisapp.actions.plans import match_cadres
from gisapp.actions.posts import make_posts
from gisapp.auth import OPERATOR
from gisapp.errors import InvalidInput
from gisapp.intake.profiles import ProfileWrong
from gisapp.store.models import Assignment, Department, Grid, Slot
from tests.factories import COUNTY, Make
from tests.intake.built import gpkg, square

COMMUNITY = f"{COUNTY}001001"
GRID = f"{COMMUNITY}001"

PEOPLE = "staff_number,name,department,office,available_from,available_to"
WAYS = "office,place,minutes"
TIES = "department,place,bonus_min"
SLOTS = "place,role,number"
TODAY = "staff_number,post_code,grid_code,from,to"
FIRMS = "register_number,name,lon,lat,valid_to"
CASES = "case_number,category,reported_on,accepted_on,lon,lat"

SLIPS = [
    ("cadres", PEOPLE, "8,b,LAW,O1,2026-12-01,2026-01-01", "bad_date"),
    ("cadres", PEOPLE, "8,b,LAW,O1,0001-01-01,", "bad_date"),
    ("travel", WAYS, f"O1,{COMMUNITY},-1", "bad_number"),
    ("travel", WAYS, f"O1,{COMMUNITY},1e9", "bad_number"),
    ("links", TIES, f"LAW,{COMMUNITY},-5", "bad_number"),
    ("posts", SLOTS, f"{GRID},member,0", "bad_number"),
    ("posts", SLOTS, f"{GRID},member,9999", "bad_number"),
    ("assignments", TODAY, "8,,,,", "missing_value"),
    ("assignments", TODAY, f"8,,{GRID},2027-01-01,2026-01-01", "bad_date"),
    ("enterprises", FIRMS, "E2,b,120.005,30.005,1800-01-01", "bad_date"),
    ("disputes", CASES, "C2,labour,9999-12-31,,120.005,30.005", "bad_date"),
    ("disputes", CASES, "C2,labour,2026-01-05,2025-01-05,120.005,30.005", "bad_date"),
]
GOOD = {
    "cadres": "9,a,LAW,O1,2026-01-01,2026-12-01",
    "travel": f"O1,{GRID},5",
    "links": f"LAW,{GRID},5",
    "posts": f"{GRID},member,1",
    "assignments": f"7,,{GRID},,",
    "enterprises": "E1,a,120.005,30.005,",
    "disputes": "C1,labour,2026-01-05,2026-01-06,120.005,30.005",
}


class Desk:
    """Where files are brought."""

    def __init__(self, make: Make, folder: Path) -> None:
        self.make = make
        self.folder = folder

    def bring(self, kind: str, text: str | Path, profile: Path | None = None) -> Report:
        path = text if isinstance(text, Path) else self.folder / f"{kind}.csv"
        if not isinstance(text, Path):
            path.write_text(text, "utf-8")
        asked = Asked(crs="EPSG:4326", profile=profile)
        with self.make.runtime.sessions.write(OPERATOR, self.make.now) as session:
            return import_file(session, kind, path, asked)


@pytest.fixture
def desk(make: Make, tmp_path: Path) -> Desk:
    """A town of one grid, one department, one office and the cadres 7 and 8."""
    make.grid(code=GRID, shape=square())
    make.commit()
    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        make_posts(session)
    desk = Desk(make, tmp_path)
    desk.bring("departments", f"code,name,headcount,area\nLAW,law,40,{COUNTY}\n")
    desk.bring("offices", "code,name,department,lon,lat\nO1,north,LAW,120.005,30.005\n")
    desk.bring("cadres", f"{PEOPLE}\n7,a,LAW,O1,,\n8,b,LAW,O1,,\n")
    return desk


@pytest.mark.parametrize(("kind", "head", "slip", "code"), SLIPS)
@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_a_slip_refuses_its_row_and_no_other(
    desk: Desk, kind: str, head: str, slip: str, code: str
) -> None:
    report = desk.bring(kind, f"{head}\n{GOOD[kind]}\n{slip}\n")

    assert [(each.line, each.code) for each in report.findings] == [(3, code)]
    assert (report.read, report.stored, report.refused) == (2, 1, 1)


def test_an_end_before_what_is_stored_starts_is_said_and_changes_nothing(
    desk: Desk, make: Make, tmp_path: Path
) -> None:
    row = {"code": GRID, "valid_from": "2026-01-01"}
    desk.bring("grids", gpkg(tmp_path / "from.gpkg", [row], [square()]))

    with pytest.raises(InvalidInput) as wrong:
        desk.bring(
            "grids",
            gpkg(tmp_path / "to.gpkg", [{"code": GRID, "valid_to": "2025-01-01"}], [square()]),
        )

    assert wrong.value.code == "dates_reversed"
    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        assert session.execute(select(Grid.valid_from, Grid.valid_to)).all() == [
            (date(2026, 1, 1), None)
        ]


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_a_link_that_was_refused_leaves_matching_possible(desk: Desk, make: Make) -> None:
    with pytest.raises(RowsRefused):
        desk.bring("links", f"{TIES}\nLAW,{COMMUNITY},-5\n")

    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        assert match_cadres(session).posts > 0


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_a_slot_is_found_by_its_number_not_by_its_place_in_the_list(desk: Desk, make: Make) -> None:
    desk.bring("posts", f"{SLOTS}\n{GRID},member,1\n{GRID},member,7\n")

    report = desk.bring("assignments", f"staff_number,grid_code,slot\n7,{GRID},7\n")

    assert report.refused == 0
    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        held = select(Slot.number).join(Assignment, Assignment.slot_id == Slot.id)
        assert session.scalars(held).all() == [7]
    with pytest.raises(RowsRefused) as wrong:
        desk.bring("assignments", f"staff_number,grid_code,slot\n7,{GRID},2\n")
    assert wrong.value.findings[0].code == "unknown_slot"


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_an_area_under_another_than_its_code_says_is_refused_for_that(
    desk: Desk, tmp_path: Path
) -> None:
    rows = [{"code": f"{COUNTY}002", "name": "a", "parent": f"{COUNTY}001"}]

    with pytest.raises(RowsRefused) as wrong:
        desk.bring("areas", gpkg(tmp_path / "areas.gpkg", rows, [square()]))

    assert wrong.value.findings[0].code == "bad_code"
    assert "does not begin with" in wrong.value.findings[0].message.message


@pytest.mark.parametrize(
    "parent", ['code = "xx"\nname = "a"', 'code = "99"\nname = ""', 'code = "990"\nname = "a"']
)
@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_a_parent_that_cannot_be_is_a_fault_of_the_profile(
    desk: Desk, tmp_path: Path, parent: str
) -> None:
    profile = tmp_path / "p.toml"
    profile.write_text(f"[[parent]]\n{parent}\n")

    with pytest.raises(ProfileWrong) as wrong:
        desk.bring(
            "areas",
            gpkg(tmp_path / "areas.gpkg", [{"code": f"{COUNTY}002", "name": "a"}], [square()]),
            profile,
        )

    assert str(wrong.value.fields["place"]).startswith("parent.0.")


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_a_column_of_exactly_our_name_is_taken_before_one_like_it(desk: Desk, make: Make) -> None:
    text = "code,CODE,name,headcount\nRIGHT,WRONG,a,1\n"

    report = desk.bring("departments", text)

    assert report.ignored_columns == ["CODE"]
    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        assert "RIGHT" in session.scalars(select(Department.code)).all()
