"""A batch goes back whole: what it brought goes, what it changed is as before, or nothing is."""

from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
import shapely
from sqlalchemy import select

from gisapp.actions import batches, import_reading
from gisapp.actions.batches import list_batches, undo_batch
from gisapp.actions.imports import Report
from gisapp.actions.posts import make_posts
from gisapp.auth import OPERATOR, ScopeMissing
from gisapp.errors import NotFound
from gisapp.i18n import Sentence
from gisapp.store import installation, models, revisions
from tests.brought import CRS, Town
from tests.factories import COUNTY, LEADER, Make
from tests.intake.built import content_here, gpkg, square

pytestmark = pytest.mark.both

COMMUNITY = f"{COUNTY}001001"
WEST, EAST = f"{COMMUNITY}001", f"{COMMUNITY}002"


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of its own for each of sixty files would take most of the time."""
    monkeypatch.setattr(import_reading, "content", content_here)


@pytest.fixture
def town(make: Make, tmp_path: Path) -> Town:
    """Two grids side by side in one community, with posts, people, and nobody placed."""
    for code, west in ((WEST, 120.0), (EAST, 120.01)):
        make.grid(code=code, shape=square(west), households=300)
    make.commit()
    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        make_posts(session)
    town = Town(make, tmp_path)
    town.bring("departments", f"code,name,headcount,area\nLAW,法院,40,{COUNTY}\n")
    town.bring("offices", "code,name,department,lon,lat\nO1,北楼,LAW,120.005,30.005\n")
    town.bring("cadres", PEOPLE)
    return town


PEOPLE = (
    "staff_number,name,department,office,rank,specialties,phone\n"
    "007,沈一,LAW,O1,staff,labour_law:2;judge,\n"
    "008,沈二,LAW,O1,leader,,13800000000\n"
)
POSTS = "place,role,number,specialty,seats_wanted\n"
SERVICES = "kind,day,staff_number,grid"
CADRES = "staff_number,name,department,office,specialties"
CASES = "case_number,category,reported_on,lon,lat\n"

FILES: dict[str, tuple[str, str]] = {
    "departments": (
        f"code,name,headcount,area\nLAW,法院,41,{COUNTY}\nTAX,税务,9,{COUNTY}\n",
        f"code,name,headcount,area\nLAW,Court,42,{COUNTY}\nTAX,税务局,9,{COUNTY}\n",
    ),
    "offices": (
        "code,name,department,lon,lat\nO1,北楼,LAW,120.006,30.005\nO2,南楼,LAW,120.001,30.001\n",
        "code,name,department,lon,lat\nO1,北楼,LAW,120.007,30.005\n",
    ),
    "cadres": (
        f"{CADRES},phone\n007,沈一,LAW,O1,judge:3,139\n009,沈三,LAW,O1,judge,137\n",
        f"{CADRES}\n007,沈一,LAW,O1,labour_law\n",
    ),
    "recusals": (
        f"staff_number,place,valid_to\n007,{WEST},2027-01-01\n",
        f"staff_number,place,valid_to\n007,{WEST},2028-01-01\n008,{COMMUNITY},\n",
    ),
    "links": (
        f"department,place,team,bonus_min\nLAW,{COUNTY}001,先锋队,5\n",
        f"department,place,team,bonus_min\nLAW,{COUNTY}001,先锋队,7\nLAW,{COUNTY}001,二队,\n",
    ),
    "travel": (
        f"office,place,minutes\nO1,{WEST},12.5\n",
        f"office,place,minutes\nO1,{WEST},13\nO1,{EAST},9\n",
    ),
    "posts": (
        f"{POSTS}{WEST},member,2,judge,2\n",
        f"{POSTS}{WEST},member,1,,2\n{WEST},member,2,judge,3\n{COMMUNITY},member,1,judge,1\n",
    ),
    "enterprises": (
        "register_number,name,lon,lat\n1,one,120.004,30.004\n2,two,120.014,30.005\n",
        "register_number,name,lon,lat\n1,uno,120.014,30.004\n3,three,,\n",
    ),
    "disputes": (
        f"{CASES}C1,other,2026-07-01,120.004,30.004\nC2,other,2026-07-01,,\n",
        f"{CASES}C2,other,2026-07-02,120.014,30.004\nC3,other,2026-07-01,120.004,30.004\n",
    ),
    "services": (
        f"{SERVICES}\nvisit,2026-07-01,007,{WEST}\n",
        f"{SERVICES},note\nvisit,2026-07-01,007,{WEST},again\nvisit,2026-07-02,007,{WEST},\n",
    ),
}
"""Of each kind a file, and a later one that changes some of the same rows."""


def test_two_batches_of_any_kind_go_back_one_after_the_other(town: Town) -> None:
    before = town.picture()
    firsts = [town.bring(kind, files[0]) for kind, files in FILES.items()]
    between = town.picture()
    seconds = [town.bring(kind, files[1]) for kind, files in FILES.items()]

    for first, second in zip(firsts, seconds, strict=True):
        with pytest.raises(batches.BatchOvertaken) as refusal:
            town.undo(first)
        assert refusal.value.fields["later"] == second.batch, first.kind
    for second in reversed(seconds):
        town.undo(second)
    assert town.picture() == between
    for first in reversed(firsts):
        town.undo(first)
    assert town.picture() == before
    assert town.bring("cadres", FILES["cadres"][0]).added == 1


def test_areas_and_grids_go_back_with_their_boundaries(make: Make, tmp_path: Path) -> None:
    town = Town(make, tmp_path)
    outline = shapely.box(120, 30, 120.02, 30.01)
    levels = [{"code": code, "name": code} for code in (COUNTY, f"{COUNTY}001", COMMUNITY)]
    areas = town.bring("areas", gpkg(tmp_path / "areas.gpkg", levels, [outline] * 3))
    grids = [{"code": code, "households": 300} for code in (WEST, EAST)]
    bare = town.picture()
    first = town.bring("grids", gpkg(tmp_path / "grids.gpkg", grids))
    one = town.picture()
    shapes = [square(120.001), shapely.box(120.012, 30, 120.02, 30.01)]
    moved = [{"code": WEST, "households": 200}, {"code": f"{COMMUNITY}003", "households": 9}]
    drawn = gpkg(tmp_path / "moved.gpkg", moved, shapes)
    second = town.bring("grids", drawn, replace(CRS, accept=True))
    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        key = revisions.key(session, revisions.newest(session) or 0)

    assert town.refusal(first, batches.BatchUnderBoundaries).code == "batch_under_boundaries"
    needed = town.refusal(areas, batches.BatchUnderBoundaries)
    assert needed.code == "batch_under_boundaries"
    town.undo(second)
    assert town.picture() == one
    town.undo(first)
    assert town.picture() == bare
    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        assert revisions.ids(session, revisions.by_key(session, key)).codes["grid"] == [
            *(WEST, f"{COMMUNITY}003")
        ], "maps of the time between can still be read"


def test_the_first_boundaries_can_go_and_those_of_another_city_come(
    make: Make, tmp_path: Path
) -> None:
    town = Town(make, tmp_path)
    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        installation.forget_srid(session)
    levels = [{"code": code, "name": code} for code in (COUNTY, f"{COUNTY}001", COMMUNITY)]
    empty = town.picture()
    there = town.bring("areas", gpkg(tmp_path / "a.gpkg", levels, [square(114)] * 3))
    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        first = installation.srid(session)
    town.undo(there)
    assert town.picture() == empty | {"shapes": []}

    others = [{"code": f"88{level['code'][2:]}", "name": level["name"]} for level in levels]
    town.bring("areas", gpkg(tmp_path / "b.gpkg", others, [square(120)] * 3))

    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        assert installation.root_area(session).startswith("88")
        assert installation.srid(session) != first
        assert len(revisions.ids(session, revisions.current(session) or 0).codes["township"]) == 1


def brought(town: Town) -> dict[str, Report]:
    return {kind: town.bring(kind, files[0]) for kind, files in FILES.items() if kind != "posts"}


def test_what_others_name_stays_and_a_sentence_says_who_does(town: Town) -> None:
    reports = brought(town)
    town.bring("assignments", f"staff_number,grid_code\n009,{EAST}\n")
    service = "kind,day,staff_number,register_number\nvisit,2026-07-01,007,2\n"
    served = town.bring("services", service)

    cadres = town.refusal(reports["cadres"], batches.BatchNeeded)
    assert cadres.fields["what"] == Sentence("placements in plans")
    assert cadres.fields["count"] == 1
    firms = town.refusal(reports["enterprises"], batches.BatchNeeded)
    assert firms.fields["what"] == Sentence("services")
    town.undo(served)
    assert town.undo(reports["enterprises"]).removed == 2


def test_a_batch_in_force_or_changed_since_or_from_before_stays(town: Town) -> None:
    reports = brought(town)
    plan = town.bring("assignments", f"staff_number,grid_code\n007,{EAST}\n")
    place = "register_number,name,lon,lat\n9,nine,120.004,30.004\n"
    ninth = town.bring("enterprises", place)
    phone = town.bring("cadres", PEOPLE.replace("13800000000", "13600000000"))
    session_of = town.make.runtime.sessions.write
    with session_of(OPERATOR, town.make.now) as session:
        firm = session.scalars(
            select(models.Enterprise).where(models.Enterprise.register_number == "9")
        ).one()
        firm.name = "neun"
        old = session.scalars(select(models.Batch).where(models.Batch.kind == "recusals")).one()
        old.report = {name: old.report[name] for name in old.report if name != "journal"}

    assert town.refusal(plan, batches.BatchInForce).fields["plan"] == plan.plan
    assert town.refusal(ninth, batches.BatchEdited).fields["count"] == 1
    assert town.refusal(phone, batches.BatchReplaced).fields["count"] == 1
    assert town.refusal(reports["recusals"], batches.BatchTooOld)
    town.undo(reports["travel"])
    assert town.refusal(reports["travel"], batches.BatchUndone)
    with pytest.raises(NotFound):
        undo_batch_as(town, f"{COUNTY}-99")


def undo_batch_as(town: Town, code: str) -> None:
    with town.make.runtime.sessions.write(OPERATOR, town.make.now) as session:
        undo_batch(session, code)


def test_batches_are_listed_the_latest_first_to_those_who_bring_them(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PAGE", 2)
    with town.make.runtime.sessions.read(OPERATOR, town.make.now) as session:
        last, total = list_batches(session)
        first, _ = list_batches(session, 2)

    assert total == 3
    assert [row.kind for row in last + first] == ["cadres", "offices", "departments"]
    assert (last[0].file, last[0].stored, last[0].added, last[0].state) == (
        "cadres.csv",
        2,
        2,
        "stored",
    )
    with (
        town.make.runtime.sessions.read(LEADER, town.make.now) as session,
        pytest.raises(ScopeMissing),
    ):
        list_batches(session)


def test_what_comes_while_a_grid_is_taken_back_waits_and_finds_no_grid(
    make: Make, tmp_path: Path
) -> None:
    make.area(COMMUNITY, shape=shapely.box(120, 30, 120.1, 30.1))
    make.commit()
    town = Town(make, tmp_path)
    brought = town.bring("grids", gpkg(tmp_path / "g.gpkg", [{"code": WEST}], [square(120.0)]))
    firms = "register_number,name,lon,lat\nE1,a,120.005,30.005\n"
    meanwhile = Thread(target=town.bring, args=("enterprises", firms))

    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        undo_batch(session, brought.batch)
        meanwhile.start()
        meanwhile.join(0.5)
        assert meanwhile.is_alive()
    meanwhile.join(60)

    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        firm = session.scalars(select(models.Enterprise)).one()
        assert (firm.register_number, firm.grid_id) == ("E1", None)
