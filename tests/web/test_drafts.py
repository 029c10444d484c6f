import re
from threading import Event, current_thread
from threading import enumerate as enumerate_threads
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from gisapp.actions import desk
from gisapp.actions.explain import explain_post
from gisapp.actions.plans import match_cadres
from gisapp.auth import OPERATOR
from gisapp.core.matching.engine import Engine
from gisapp.runtime import Runtime
from gisapp.store import audit
from gisapp.store.models import Assignment, Cadre, Comment, Plan, Post
from gisapp.web.context import LANGUAGE_COOKIE
from tests import kept
from tests.county import COUNTY, NOW, PLANNER, TOWNSHIP
from tests.surges import begun
from tests.web.routes import application, client

GRID = f"{TOWNSHIP}001001"
POST = f"{GRID}:member"
DRAFT = f"/api/v1/drafts/{COUNTY}-2"


@pytest.fixture
def browser(runtime: Runtime) -> FlaskClient:
    """A planner with a draft that is based on what is in force: four placements."""

    def make() -> None:
        begun(runtime)
        with runtime.sessions.write(PLANNER, NOW) as session:
            match_cadres(session)

    kept.once(runtime, "draft", make)
    return looking(runtime, f"planner:{COUNTY}")


def looking(runtime: Runtime, view: str) -> FlaskClient:
    browser = client(application(runtime, lambda: NOW), view)
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    return browser


def got(browser: FlaskClient, path: str) -> Any:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.json
    return answer.json


def change(runtime: Runtime, *statements: Any) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for each in statements:
            session.execute(each)
        audit.note(session, "import.stored", "batch 1", area_code=COUNTY)


def test_a_draft_says_what_it_comes_to_beside_its_base(browser: FlaskClient) -> None:
    found = got(browser, DRAFT)

    assert (found["plan"], found["state"], found["editable"]) == (f"{COUNTY}-2", "draft", True)
    assert found["before"]["seats_filled"] == 4
    assert found["figures"]["seats_filled"] > 4
    assert sum(found["figures"]["states"].values()) == found["figures"]["grids"] == 20
    assert found["proof"] == "Optimal and proven: no plan costs less."
    assert (found["undo"], found["redo"], found["fallen"]) == (None, None, [])


def test_a_frozen_plan_can_be_read_and_not_changed(browser: FlaskClient) -> None:
    found = got(browser, f"/api/v1/drafts/{COUNTY}-1")

    assert (found["state"], found["editable"]) == ("frozen", False)


def test_a_leader_reads_and_does_not_change(browser: FlaskClient, runtime: Runtime) -> None:
    leader = looking(runtime, f"leader:{COUNTY}")

    assert got(leader, DRAFT)["editable"] is False
    assert leader.get(f"{DRAFT}/posts/{POST}/why?why_not=C00001").status_code == 403


def test_gaps_are_listed_the_worst_first_and_all_grids_when_asked(browser: FlaskClient) -> None:
    gaps = got(browser, f"{DRAFT}/gaps")
    everything = got(browser, f"{DRAFT}/gaps?all=1&size=3&page=2")
    named = got(browser, f"{DRAFT}/gaps?all=1&q={GRID}")
    figures = got(browser, DRAFT)["figures"]

    assert gaps["total"] == figures["gaps"]
    assert all(row["state"] != "served" and row["sentence"] for row in gaps["rows"])
    assert (everything["total"], everything["pages"], len(everything["rows"])) == (20, 7, 3)
    assert [row["code"] for row in named["rows"]] == [GRID]
    assert browser.get(f"{DRAFT}/gaps?state=nowhere").status_code == 422


def test_where_nobody_serves_the_nearest_who_could_help_is_told(
    browser: FlaskClient, runtime: Runtime
) -> None:
    mine = select(Plan.id).where(Plan.state == "draft").scalar_subquery()
    change(runtime, delete(Assignment).where(Assignment.plan_id == mine))

    rows = got(browser, f"{DRAFT}/gaps")["rows"]

    alone = [row for row in rows if row["state"] == "unserved"]
    assert alone
    for row in alone:
        near = re.search(r"(\d+) min away", row["sentence"])
        assert (row["minutes"], row["helper_minutes"]) == (None, int(near[1]) if near else None)


def test_colours_are_those_of_the_list(browser: FlaskClient) -> None:
    rows = got(browser, f"{DRAFT}/gaps?all=1&size=20")["rows"]
    values = got(browser, f"{DRAFT}/values")
    above = got(browser, f"{DRAFT}/values?level=township")

    by_code = {row["code"]: row for row in rows}
    told = [by_code[code] for code in sorted(by_code)]
    assert values["columns"]["state"] == [row["state"] for row in told]
    assert values["columns"]["changed"] == [int(row["changed"]) for row in told]
    assert any(row["changed"] for row in told)
    assert above["version"] == values["version"] == got(browser, DRAFT)["version"]
    assert above["columns"].keys() == {"share", "grids"}


def test_a_grid_tells_who_serves_it_and_who_could(browser: FlaskClient, runtime: Runtime) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        plan = session.scalars(select(Plan.id).where(Plan.number == 2)).one()
        text = {"text": "Ask the township first.", "actor": "planner", "at": NOW}
        place = {"place_code": GRID, "area_code": GRID[:12]}
        session.add(Comment(plan_id=plan, **text, **place))

    found = got(browser, f"{DRAFT}/grids/{GRID}")

    roles = [(post["role"], post["place_code"]) for post in found["posts"]]
    assert roles == [("member", GRID), ("member", GRID[:12]), ("chief", TOWNSHIP)]
    (holder,) = found["posts"][0]["holders"]
    assert holder["total"] == pytest.approx(sum(holder["parts"].values()))
    assert found["posts"][0]["slots"][0]["filled"] == 1
    assert all(one["left"] > 0 for one in found["candidates"])
    (comment,) = found["comments"]
    assert (comment["text"], comment["mine"]) == ("Ask the township first.", True)
    assert browser.get(f"{DRAFT}/grids/990101001001099").status_code == 404


def test_people_are_found_by_name_department_and_time_left(browser: FlaskClient) -> None:
    everybody = got(browser, f"{DRAFT}/people")
    free = got(browser, f"{DRAFT}/people?free=1")
    rows = everybody["rows"]

    assert everybody["total"] == 22
    assert {row["staff_number"] for row in free["rows"]} == {
        row["staff_number"] for row in rows if row["left"] > 0
    }
    assert all(row["held"] == len(row["posts"]) for row in rows)
    # Lines on the map go from one to the other.
    assert all({"lon", "lat"} <= one.keys() for row in rows for one in (row, *row["posts"]))
    department = rows[0]["department_code"]
    mine = got(browser, f"{DRAFT}/people?department={department}&q={rows[0]['staff_number']}")
    assert [row["staff_number"] for row in mine["rows"]] == [rows[0]["staff_number"]]
    last = rows[-1]["staff_number"]
    again = got(browser, f"{DRAFT}/people?first={last}")["rows"]
    assert again == [rows[-1], *rows[:-1]]


def test_one_person_is_shown_with_the_places_she_serves(browser: FlaskClient) -> None:
    holder = got(browser, f"{DRAFT}/grids/{GRID}")["posts"][0]["holders"][0]

    found = got(browser, f"{DRAFT}/people/{holder['staff_number']}")

    assert POST in {post["post"] for post in found["posts"]}
    assert all({"lon", "lat", "minutes"} <= post.keys() for post in found["posts"])
    assert found["sentence"]
    assert browser.get(f"{DRAFT}/people/NOBODY").status_code == 404


def test_departments_say_where_they_stand_and_stood(browser: FlaskClient) -> None:
    found = got(browser, f"{DRAFT}/departments")["rows"]

    figures = got(browser, DRAFT)["figures"]
    assert len(found) == figures["departments"]
    assert sum(row["deployed"] for row in found) == figures["people_out"]
    assert sum(row["before"] for row in found) == 4


def test_why_says_what_the_command_says(browser: FlaskClient, runtime: Runtime) -> None:
    found = got(browser, f"{DRAFT}/posts/{POST}/why?why_not=C00002")
    with runtime.sessions.read(PLANNER, NOW) as session:
        told = explain_post(session, f"{COUNTY}-2", POST, "C00002").document()

    assert (found["against"], found["proven"]) == ("this plan", True)
    (match,), (same,) = found["matches"], told["matches"]
    names = ("cadre", "slot", "locked", "parts")
    assert [match[name] for name in names] == [same[name] for name in names]
    assert match["runner_up"]["cadre"] == same["runner_up"]["cadre"]
    assert match["runner_up"]["change"] == same["runner_up"]["change"]
    assert {"department", "office", "lon", "lat", "minutes", "total"} <= match["runner_up"].keys()
    assert found["why_not"]["change"] == told["why_not"]["change"]


def test_somebody_is_asked_about_by_name_unless_it_is_that_of_several(
    browser: FlaskClient, runtime: Runtime
) -> None:
    name = got(browser, f"{DRAFT}/people/C00002")["name"]
    alone = got(browser, f"{DRAFT}/posts/{POST}/why?why_not={name}")
    change(runtime, update(Cadre).where(Cadre.staff_number == "C00003").values(name=name))
    twice = looking(runtime, f"planner:{COUNTY}").get(f"{DRAFT}/posts/{POST}/why?why_not={name}")

    assert alone["why_not"]["cadre"] == "C00002"
    assert (twice.status_code, twice.json["code"]) == (422, "cadre_ambiguous")
    assert {one["staff_number"] for one in twice.json["choices"]} == {"C00002", "C00003"}


@pytest.mark.parametrize("path", [f"posts/{POST}/why", "people/C00002/offers"])
def test_no_request_waits_for_the_best_plan_of_a_large_city(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(desk, "AHEAD", 0)
    monkeypatch.setattr(desk, "PATIENCE_S", 0.0)
    go, begun = Event(), []
    solve, others = Engine.solve, set(enumerate_threads())

    def slowly(engine: Engine, *told: Any) -> Any:
        if current_thread() in others:  # of a test before: it waited for a quiet second
            return solve(engine, *told)
        begun.append(engine)
        assert go.wait(60)
        return solve(engine, *told)

    monkeypatch.setattr(Engine, "solve", slowly)

    head = got(browser, DRAFT)
    before = list(begun)
    first = browser.get(f"{DRAFT}/{path}")
    go.set()
    monkeypatch.setattr(desk, "PATIENCE_S", 60.0)
    then = got(browser, f"{DRAFT}/{path}")

    assert (head["soon"], before) == (False, [])
    assert (first.status_code, first.json) == (202, {"state": "solving"})
    assert then.get("matches") or then.get("offers")


def test_offers_are_ordered_by_what_they_change(browser: FlaskClient) -> None:
    found = got(browser, f"{DRAFT}/people/C00002/offers?most=3")["offers"]

    changes = [row["change"] for row in found]
    assert len(found) == 3
    assert changes == sorted(changes)


def test_a_locked_match_has_no_runner_up_once_it_is_locked_here(
    browser: FlaskClient, runtime: Runtime
) -> None:
    before = got(browser, f"{DRAFT}/posts/{POST}/why")["matches"][0]
    post = select(Post.id).where(Post.code == POST).scalar_subquery()
    plan = select(Plan.id).where(Plan.number == 2).scalar_subquery()
    mine = (Assignment.plan_id == plan) & (Assignment.post_id == post)
    change(
        runtime,
        update(Assignment).where(mine).values(locked=True),
        update(Plan).where(Plan.number == 2).values(version=Plan.version + 1),
    )

    after = got(browser, f"{DRAFT}/posts/{POST}/why")["matches"][0]

    assert before["runner_up"]["change"] is not None
    nobody = {"cadre": None, "name": None, "change": None}
    assert (after["locked"], after["runner_up"]) == (True, nobody)
    assert got(browser, f"{DRAFT}/values")["columns"]["locked"][0] == 1


def test_who_left_falls_out_of_the_draft_with_a_reason(
    browser: FlaskClient, runtime: Runtime
) -> None:
    grid = got(browser, f"{DRAFT}/grids/{GRID}")
    holder, name = (grid["posts"][0]["holders"][0][key] for key in ("staff_number", "name"))
    gone = update(Cadre).where(Cadre.staff_number == holder)
    change(runtime, gone.values(available_to=NOW.date().replace(day=1)))

    found = got(looking(runtime, f"planner:{COUNTY}"), DRAFT)["fallen"]

    assert {row["cadre"] for row in found} == {holder}
    assert f"{name} at {grid['name']}: not available." in [row["sentence"] for row in found]
