import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.web.context import CSRF_COOKIE
from gisapp.web.ground import LEVELS
from tests.factories import Make
from tests.web.routes import EXAMPLES, TOKEN, application, ask, client, config
from tests.web.test_packing import unpacked
from tests.web.test_two_counties import build_county, job

PLANNER, LEADER, CADRE = VIEWS = ("planner:990001", "leader:990001", "cadre:ALFA0")
ANYBODY = {
    "/static/<path:filename>",
    "/scripts/<stamp>/<any(map,workbench,compare):page>.js",
    "/view-as",
    "/view-as/areas",
    "/view-as/people",
    "/language",
    "/csp",
    "/healthz",
    "/readyz",
    "/",
    "/api/v1/layers",
}
DRAFT = "/api/v1/drafts/<plan>"
UNSAID = {f"{DRAFT}/{name}": 422 for name in ("branch", "deeds", "undo", "redo")}
PLANNERS = {
    "/check",
    "/check/stop",
    "/check/repair",
    "/check/undo",
    "/plan/<code>/publish",
    "/api/v1/drafts",
    f"{DRAFT}/comments/<int:comment>",
    *UNSAID,
    "/api/v1/compare.csv",
    "/api/v1/drafts/<plan>/people/<staff_number>/offers",
    "/api/v1/plans/<plan>/checklist",
    "/api/v1/plans/<plan>/handover",
    "/api/v1/plans/<plan>/publish",
    "/api/v1/stand-down",
}
REFUSED = {
    "POST /check": 303,
    "/check/stop": 303,
    "/check/repair": 422,
    "/check/undo": 404,
    **UNSAID,
    "/api/v1/drafts": 201,
    f"{DRAFT}/comments/<int:comment>": 428,
    "/api/v1/plans/<plan>/publish": 428,
    "/api/v1/stand-down": 404,
}
"""What a planner gets who says nothing, does not say which version she saw, or makes something."""
CADRES = {"/field/", "/field/places", "/values/my_grid", "/api/v1/my-cases"}


@pytest.fixture(scope="module")
def app(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A county that these tests only read: built once, as they ask about HTTP, not about data."""
    path = tmp_path_factory.mktemp("routes") / "county.sqlite"
    path.write_bytes(blank.read_bytes())
    runtime = Runtime.open(Settings(database_url=f"sqlite:///{path}"))
    build_county(Make(runtime), "990001", "ALFA")
    yield application(runtime)
    runtime.close()


def expected(rule: str, path: str, view: str) -> set[int]:
    """The table: who gets what."""
    if rule in ANYBODY:
        return {200, 204, 303}
    if "/import" in rule:
        return {403}
    if rule in PLANNERS:
        return {REFUSED.get(path, REFUSED.get(rule, 200))} if view == PLANNER else {403}
    of_cadre = rule in CADRES or path in CADRES
    return {200, 202, 204} if of_cadre == (view == CADRE) else {403}


def test_every_route_answers_each_role_as_the_table_says(make: Make) -> None:
    build_county(make, "990001", "ALFA")
    app = application(make.runtime)
    told = config(client(app, PLANNER))
    there = {"key": told["revision"], "context": told["context"], "plan": "1", "grid": ""}
    there["job"] = str(job("990001").client_id)
    rows = ask(client(app, PLANNER), "/api/v1/layers/coverage/rows").json
    plan = ask(client(app, PLANNER), "/values/coverage").json
    assert rows
    assert plan
    there |= {"grid": rows["rows"][0]["code"], "plan": plan["about"]["plans"][0]}
    rules = [(rule.rule, one) for rule in app.url_map.iter_rules() for one in EXAMPLES[rule.rule]]

    for view, (rule, example) in product(VIEWS, rules):
        path = example.format(**there)
        answer = ask(client(app, view), path)
        answer.close()

        assert answer.status_code in expected(rule, path, view), (view, path)


def test_an_unknown_parameter_or_one_that_stands_twice_is_refused(app: Flask) -> None:
    told = config(client(app, PLANNER))
    for path in (
        f"/geometry/{told['revision']}/ids?",
        f"/geometry/{told['revision']}/0/0/0.mvt?",
        f"/context/{told['context']}/0/0/0.mvt?",
        f"/labels/{told['revision']}?",
        "/values/coverage?",
        "/api/v1/layers?",
        "/api/v1/layers/coverage/rows?",
        "/api/v1/search?q=1&",
        "/api/v1/features/offices?",
    ):
        problem = ask(client(app, PLANNER), f"{path}colour=blue")

        assert problem.status_code == 422, path
        assert problem.mimetype == "application/problem+json"
        assert problem.json
        assert problem.json["code"] in {"unknown_parameter", "invalid_parameter"}
        assert problem.json["request_id"] == problem.headers["X-Request-Id"]
    assert (
        ask(client(app, PLANNER), "/values/plan?day=2026-01-01&day=2026-01-02").status_code == 422
    )


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/layers/coverage/rows?size=1001",
        "/api/v1/layers/coverage/rows?page=0",
        "/api/v1/layers/coverage/rows?area=9900x",
        "/api/v1/layers/coverage/rows?page=１",
        "/api/v1/layers/coverage/rows?value=well",
        "/api/v1/layers/hotspots/rows?value=9",
        "/api/v1/features/offices?bbox=1,2,3",
        "/api/v1/features/offices?bbox=nan,0,1,1",
        "/values/coverage?level=city",
        "/values/coverage?form=short",
        "/values/coverage?form=packed&level=township",
        "/values/coverage?plan=%27%20OR%201%3D1",
        "/values/hotspots?month=2026-13",
    ],
)
def test_a_wrong_value_is_said_and_not_guessed(app: Flask, path: str) -> None:
    problem = ask(client(app, PLANNER), path)

    assert problem.status_code == 422
    assert problem.json
    assert problem.json["code"] == "invalid_parameter"


@pytest.mark.parametrize(
    "path",
    [
        "/geometry/0123456789abcdef0123/ids",
        "/geometry/0123456789abcdef0123/3/1/1.mvt",
        "/context/0123456789abcdef0123/3/1/1.mvt",
        "/labels/0123456789abcdef0123",
        "/values/nothing",
        "/values/offices",
        "/api/v1/features/coverage",
        "/api/v1/layers/coverage/rows/nothing",
        "/api/v1/nothing",
    ],
)
def test_what_is_not_there_is_a_problem_with_a_code(app: Flask, path: str) -> None:
    problem = ask(client(app, PLANNER), path)

    assert problem.status_code == 404
    assert problem.json
    assert problem.json["code"]


def test_people_get_a_page_about_an_error_and_programs_a_problem(app: Flask) -> None:
    browser = client(app, PLANNER)

    page = browser.get("/map/nothing", headers={"Accept": "text/html", "Accept-Language": "en"})
    problem = browser.get("/map/nothing", headers={"Accept": "application/json"})

    assert page.status_code == problem.status_code == 404
    assert "There is no layer “nothing”." in page.text
    assert page.headers["X-Request-Id"] in page.text
    assert problem.mimetype == "application/problem+json"


def test_a_method_that_is_not_taken_names_those_that_are(app: Flask) -> None:
    browser = client(app, PLANNER)

    refused = browser.delete("/values/coverage", data={"csrf_token": TOKEN})
    head = browser.head("/values/coverage")

    assert refused.status_code == 405
    assert {"GET", "HEAD"} <= set(refused.headers["Allow"].split(", "))
    assert head.status_code == 200
    assert head.data == b""


def test_a_bug_is_logged_with_its_reference_and_not_told(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("gisapp.actions.search.find", broken)

    problem = ask(client(app, PLANNER), "/api/v1/search?q=1")

    assert problem.status_code == 500
    assert "a secret" not in problem.text
    assert problem.headers["X-Request-Id"] in caplog.text


def test_every_answer_carries_the_headers_of_safety(app: Flask) -> None:
    for path in ("/map/coverage", "/values/coverage", "/nothing", "/static/mark.svg"):
        answer = ask(client(app, PLANNER), path)
        answer.close()
        policy = answer.headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert ask(client(app, PLANNER), "/map/coverage").headers["Cache-Control"] == "no-store"


def test_every_script_and_style_of_a_page_is_ours_or_has_the_nonce(app: Flask) -> None:
    page = ask(client(app, PLANNER), "/map/coverage").text

    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    for tag in re.findall(r"<(?:script|style)[^>]*>", page):
        assert re.search('src="/(static|scripts)/', tag) or "nonce=" in tag, tag


def test_a_script_is_kept_forever_only_by_the_stamp_it_has_now(app: Flask) -> None:
    browser = client(app, PLANNER)
    [address] = re.findall(r'src="(/scripts/[^"]+)"', ask(browser, "/map/coverage").text)

    now = ask(browser, address)
    once = ask(browser, "/scripts/once/map.js")

    assert now.data == once.data
    assert "immutable" in now.headers["Cache-Control"]
    assert once.headers["Cache-Control"] == "private, no-cache"


def test_another_computer_or_a_foreign_host_is_turned_away(app: Flask) -> None:
    browser = client(app, PLANNER)

    for host in ("evil.example", "127.0.0.1.evil.example", "192.168.1.5:8000", ""):
        assert browser.get("/healthz", headers={"Host": host}).status_code == 403, host
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert browser.get("/healthz", headers={"Host": host}).status_code == 200, host
    far: Any = {"REMOTE_ADDR": "10.0.0.7"}
    assert browser.get("/healthz", environ_base=far).status_code == 403


@pytest.mark.parametrize("path", ["/view-as", "/language"])
def test_a_form_of_another_site_changes_nothing(app: Flask, path: str) -> None:
    browser = client(app, PLANNER)
    form = {"role": "leader", "area": "990001", "lang": "en"}

    without = browser.post(path, data=form)
    wrong = browser.post(path, data={**form, "csrf_token": "guessed"})
    foreign = [
        browser.post(path, data={**form, "csrf_token": TOKEN}, headers={"Origin": origin})
        for origin in ("http://evil.example", "http://[evil", "null", "")
    ]

    for answer in (without, wrong, *foreign):
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["//evil", "/\\evil", "https:evil", "javascript:1", "http://evil/", "/\n/evil", "", "x"]
)
def test_a_switch_leads_to_our_own_pages_only(app: Flask, path: str) -> None:
    answer = client(app, PLANNER).post(
        "/language", data={"lang": "en", "next": path, "csrf_token": TOKEN}
    )

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_the_view_changes_to_a_leader_or_a_cadre_and_back(app: Flask) -> None:
    browser = client(app, "")

    def switch(**form: str) -> TestResponse:
        return browser.post("/view-as", data={**form, "csrf_token": TOKEN, "next": "/map/plan"})

    assert switch(role="leader", area="990001001").status_code == 303
    assert ask(browser, "/map/coverage").status_code == 200
    assert switch(role="cadre", cadre="ALFA0").status_code == 303
    assert ask(browser, "/").headers["Location"] == "/field/"
    assert "Cadre ALFA0" in ask(browser, "/field/").text
    assert len(ask(browser, "/field/").data) < 50_000
    assert switch(role="planner", area="").status_code == 303
    assert ask(browser, "/").headers["Location"] == "/map/coverage"


def test_a_cadre_is_found_by_name_or_number_and_an_empty_name_is_said(app: Flask) -> None:
    browser = client(app, PLANNER)

    def look(cadre: str) -> TestResponse:
        form = {"role": "cadre", "cadre": cadre, "csrf_token": TOKEN}
        return browser.post("/view-as", data=form, headers={"Accept": "text/html"})

    found = ask(browser, "/view-as/people?q=dre ALFA0").json["people"]
    begun = ask(browser, "/view-as/people?q=ALFA").json["people"]

    assert [(one["name"], one["staff_number"]) for one in found] == [("Cadre ALFA0", "ALFA0")]
    assert set(found[0]) == {"name", "staff_number", "department"}
    assert begun[0]["staff_number"] == "ALFA0"
    assert ask(browser, "/view-as/people").json["people"] == []
    assert look("Cadre ALFA0").status_code == 303, "a whole name will do"
    assert "Cadre ALFA0" in ask(browser, "/field/").text
    for wrong, status in (("", 422), ("Nobody", 404)):
        answer = look(wrong)
        assert (answer.status_code, "/#view-as" in answer.text) == (status, True)


@pytest.mark.parametrize(
    ("seen", "path"),
    [(PLANNER, "/field/"), (LEADER, "/field/"), (CADRE, "/map/plan"), (LEADER, "/check")],
)
def test_who_may_not_see_a_page_is_told_what_to_do_and_no_name_of_a_right(
    app: Flask, seen: str, path: str
) -> None:
    answer = client(app, seen).get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 403
    assert "/#view-as" in answer.text
    assert not re.search(r"\w+:(read|write|repair)", answer.text)


@pytest.mark.parametrize("name", ["coverage", "plan", "hotspots"])
def test_without_script_a_map_leads_to_what_it_says(app: Flask, name: str) -> None:
    browser = client(app, PLANNER)
    rows = ask(browser, f"/api/v1/layers/{name}/rows").json["rows"]
    about = ask(browser, f"/values/{name}").json["about"]

    page = ask(browser, f"/map/{name}").text
    told = ask(browser, f"/map/{name}/plain").text

    assert re.search(rf'<noscript><p>[^<]+<a href="/map/{name}/plain', page)
    assert about["sentence"] in told
    assert re.findall(r"<small>(\w+)</small>", told) == [row["code"] for row in rows]
    assert all(row["sentence"] in told for row in rows)


def test_a_page_names_one_area_and_the_others_when_it_is_asked(app: Flask) -> None:
    page = ask(client(app, PLANNER), "/map/coverage").text

    told = ask(client(app, PLANNER), "/view-as/areas").json
    of_township = ask(client(app, "leader:990001001"), "/view-as/areas").json

    assert told
    assert of_township
    codes = [each["code"] for each in told["areas"]]
    assert codes == ["990001", "990001001"]
    assert [each["code"] for each in of_township["areas"]] == ["990001001"]
    assert re.findall(r'<option value="(\w*)"', page) == ["", "990001"]


def test_who_has_no_script_names_an_area_below_the_own_by_its_code(app: Flask) -> None:
    browser = client(app, PLANNER)
    form = {"role": "planner", "area": "990001", "csrf_token": TOKEN}
    offered = re.findall(
        r"<noscript>(.*?)</noscript>", ask(browser, "/map/coverage").text, re.DOTALL
    )

    assert browser.post("/view-as", data=form | {"area_code": " 990001001 "}).status_code == 303

    assert ['name="area_code"' in each for each in offered].count(True) == 1
    page = ask(browser, "/map/coverage").text
    assert re.findall(r'<option value="(\w*)"', page) == ["", "990001001"]
    assert browser.post("/view-as", data=form | {"area_code": "5501"}).status_code == 404


def test_a_planner_may_say_a_name_and_is_called_by_it(app: Flask) -> None:
    browser = client(app, "")
    form = {"role": "planner", "area": "990001", "name": " 宋雨桐 ", "csrf_token": TOKEN}

    assert browser.post("/view-as", data=form).status_code == 303

    page = ask(browser, "/map/coverage")
    assert page.status_code == 200
    assert '<span class="who second">宋雨桐</span>' in page.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"role": "planner", "name": "操" * 21}, 422),
        ({"role": "planner", "name": "a\x07b"}, 422),
        ({"role": "planner", "name": "Operator"}, 422),
        ({"role": "cadre", "cadre": "nobody"}, 404),
        ({"role": "planner", "area": "5501"}, 404),
        ({"role": "planner", "area": "55%"}, 422),
        ({"role": "operator", "area": "990001"}, 422),
        ({}, 422),
    ],
)
def test_a_view_that_cannot_be_is_refused(app: Flask, form: dict[str, str], status: int) -> None:
    answer = client(app, PLANNER).post("/view-as", data={**form, "csrf_token": TOKEN})

    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("view", "status"),
    [
        ("cadre:gone", 404),
        ("leader:5501", 404),
        ("planner:55x", 422),
        ("planner:990001:leader", 422),
    ],
)
def test_a_cookie_that_names_nobody_is_told_and_taken_back(
    app: Flask, view: str, status: int
) -> None:
    answer = ask(client(app, view), "/map/coverage")

    assert answer.status_code == status
    assert "view=;" in answer.headers["Set-Cookie"]


def test_the_language_is_chosen_by_the_reader_then_the_browser_then_the_setting(
    app: Flask,
) -> None:
    browser = client(app, PLANNER)

    def page(wish: str = "") -> str:
        headers = {"Accept": "text/html"} | ({"Accept-Language": wish} if wish else {})
        return browser.get("/map/coverage", headers=headers).text

    assert '<html lang="zh-CN">' in page()
    assert '<html lang="en">' in page("en-GB,en;q=0.9")
    assert '<html lang="zh-CN">' in page("fr,zh-TW;q=0.5")
    browser.post("/language", data={"lang": "en", "csrf_token": TOKEN})
    assert '<html lang="en">' in page("zh-CN")


def test_answers_are_compressed_and_asked_for_again_cheaply(app: Flask) -> None:
    browser = client(app, PLANNER)
    key = config(browser)["revision"]
    path = f"/geometry/{key}/ids"
    big = "/api/v1/layers"

    first = browser.get(path)
    again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    packed = browser.get(big, headers={"Accept-Encoding": "gzip"})

    assert "immutable" in first.headers["Cache-Control"]
    assert (again.status_code, again.data) == (304, b"")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != browser.get(big).headers["ETag"]
    assert "no-cache" in packed.headers["Cache-Control"]


def test_an_empty_town_opens(make: Make) -> None:
    make.commit()
    app = application(make.runtime)
    browser = app.test_client()
    told = config(browser)

    ids = browser.get(f"/geometry/{told['revision']}/ids").json

    assert ids == {
        "township": [],
        "community": [],
        "grid": [],
        "parent": {"grid": [], "community": []},
    }
    for path in ("/values/coverage", "/values/coverage?level=township", "/map/plan"):
        assert browser.get(path).status_code == 200, path
    assert browser.get(f"/labels/{told['revision']}").status_code == 200
    assert browser.get(f"/geometry/{told['revision']}/0/0/0.mvt").status_code == 204


def test_values_in_few_bytes_are_the_same_values_of_all_levels(app: Flask) -> None:
    browser = client(app, PLANNER)
    plain = {level: ask(browser, f"/values/coverage?level={level}").json for level in LEVELS}

    few = ask(browser, "/values/coverage?form=packed").json

    assert few
    columns = {name: unpacked(column) for name, column in few["columns"].items()}
    assert {"grid": columns, **few["above"]} == {
        level: found["columns"] for level, found in plain.items() if found
    }


def test_a_map_can_open_with_the_codes_above_grids(app: Flask) -> None:
    browser = client(app, PLANNER)
    told = config(browser)
    every = ask(browser, told["ids"]).json

    above, highest = (
        ask(browser, f"/geometry/{told['revision']}/ids?level={level}").json
        for level in ("community", "township")
    )

    assert every
    assert told["grids"] == len(every["grid"])
    assert above == {
        "township": every["township"],
        "community": every["community"],
        "parent": {"community": every["parent"]["community"]},
    }
    assert highest == {"township": every["township"], "parent": {}}


@pytest.mark.parametrize(
    ("degrees", "level"), [(0.001, "community"), (0.3, "community"), (1.2, "township")]
)
def test_a_large_town_opens_with_the_codes_of_what_it_shows_first(
    app: Flask, monkeypatch: pytest.MonkeyPatch, degrees: float, level: str
) -> None:
    monkeypatch.setattr("gisapp.web.pages.AT_ONCE", 0)
    bounds = (114.0, 30.0, 114.0 + degrees, 30.0 + degrees)
    monkeypatch.setattr("gisapp.web.framing.maps.extent", lambda world: bounds)

    told = config(client(app, PLANNER))

    assert told["ids"] == f"/geometry/{told['revision']}/ids?level={level}"


def test_a_page_gives_the_browser_its_token_once(app: Flask) -> None:
    browser = app.test_client()

    first = browser.get("/map/coverage", headers={"Accept": "text/html"})
    second = browser.get("/map/coverage", headers={"Accept": "text/html"})

    assert f"{CSRF_COOKIE}=" in first.headers["Set-Cookie"]
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert "Set-Cookie" not in second.headers


def test_a_tile_server_of_the_operator_is_the_only_other_host(make: Make) -> None:
    settings = make.runtime.settings.model_copy(
        update={"tiles_url": "https://tiles.example/{z}/{x}/{y}.png"}
    )
    runtime = type(make.runtime)(settings, make.runtime.sessions, make.runtime.layers)
    make.commit()

    page = application(runtime).test_client().get("/map/coverage", headers={"Accept": "text/html"})

    assert (
        "img-src 'self' data: blob: https://tiles.example;"
        in page.headers["Content-Security-Policy"]
    )
    assert "https://tiles.example/{z}/{x}/{y}.png" in page.text


def test_a_browsers_report_of_blocked_content_is_logged_in_short(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    report = {"csp-report": {"blocked-uri": "x" * 900, "effective-directive": "img-src"}}

    answer = app.test_client().post("/csp", json=report)

    assert answer.status_code == 204
    assert "img-src" in caplog.text
    assert "x" * 201 not in caplog.text
