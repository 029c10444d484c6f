from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from gisapp.jobs import Worker
from gisapp.runtime import Runtime
from gisapp.store.models import Ledger
from gisapp.web.context import CSRF_COOKIE, CSRF_HEADER, LANGUAGE_COOKIE, VIEW_COOKIE
from tests.county import COUNTY, NOW, PLANNER
from tests.drafted import cadre, member, published
from tests.web.routes import application

TOKEN = "a-token-of-the-test"  # noqa: S105  # not a secret
DRAFTS = "/api/v1/drafts"
GRID = member(1).partition(":")[0]


class Browser:
    """One planner at the API."""

    def __init__(self, app: Flask, name: str = "", role: str = "planner") -> None:
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(VIEW_COOKIE, f"{role}:{COUNTY}:{quote(name)}")
        self.client.set_cookie(CSRF_COOKIE, TOKEN)
        self.client.set_cookie(LANGUAGE_COOKIE, "zh_CN")

    def get(self, path: str) -> Any:
        answer = self.client.get(DRAFTS + path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def send(
        self, path: str, seen: int | None = None, method: str = "POST", **body: Any
    ) -> TestResponse:
        headers = {CSRF_HEADER: TOKEN}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        if method == "POST":
            return self.client.post(
                DRAFTS + path, json={"id": str(uuid4()), **body}, headers=headers
            )
        return self.client.delete(DRAFTS + path, headers=headers)

    def start(self) -> tuple[str, int]:
        answer = self.send("", based_on=None, mode="normal")
        assert answer.status_code == 201, answer.text
        return answer.json["plan"], answer.json["version"]  # type: ignore[index]


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    published(runtime, grids=10, cadres=16)
    return application(runtime, lambda: NOW)


def told(answer: TestResponse, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json
    return found


def sits(browser: Browser, plan: str) -> str:
    """Who is in the post of the first grid."""
    found: str = browser.get(f"/{plan}/grids/{GRID}")["posts"][0]["holders"][0]["staff_number"]
    return found


def free(browser: Browser, plan: str) -> str:
    """Somebody who holds nothing."""
    rows = browser.get(f"/{plan}/people?free=1&size=100")["rows"]
    return next(row["staff_number"] for row in rows if not row["held"] and row["rank"] == "staff")


def test_a_deed_is_shown_then_kept_then_taken_back(app: Flask) -> None:
    song = Browser(app, "宋雨桐")
    plan, version = song.start()
    who = sits(song, plan)
    body = {"deed": "remove", "post": member(1), "cadre": who}

    shown = told(song.send(f"/{plan}/deeds", version, preview=True, **body))
    assert (shown["kept"], shown["version"]) == (False, version)
    kept = told(song.send(f"/{plan}/deeds", version, **body))
    assert (kept["kept"], kept["version"]) == (True, version + 1)
    assert kept["sentence"] == f"Cadre {int(who[1:])}不再到Grid 1。"
    assert kept["effect"] == shown["effect"]
    assert kept["figures"] == song.get(f"/{plan}")["figures"]
    assert kept["undo"]["sentence"] == kept["sentence"]
    back = told(song.send(f"/{plan}/undo", version + 1))
    assert (back["sentence"], back["undo"]) == (f"已撤销：{kept['sentence']}", None)
    again = told(song.send(f"/{plan}/redo", version + 2))
    assert again["effect"] == kept["effect"]
    history = song.get(f"/{plan}/history")
    assert [row["kind"] for row in history["rows"]] == ["redo", "undo", "deed"]
    assert {row["actor"] for row in history["rows"]} == {"宋雨桐"}


def test_who_said_no_name_is_called_by_role_in_the_readers_language(app: Flask) -> None:
    planner, song = Browser(app), Browser(app, "宋雨桐")
    plan, version = planner.start()

    done = told(planner.send(f"/{plan}/deeds", version, deed="lock", all=True))
    told(planner.send(f"/{plan}/comments", place=GRID, text="周三再看"), 201)

    assert song.get(f"/{plan}")["by"] == "统筹员"
    assert song.get(f"/{plan}")["undo"]["sentence"] == f"统筹员的改动：{done['sentence']}"
    assert [row["actor"] for row in song.get(f"/{plan}/history")["rows"]] == ["统筹员"]
    assert [row["actor"] for row in song.get(f"/{plan}/comments")["rows"]] == ["统筹员"]
    page = song.client.get("/plan/").text
    assert "统筹员</span>" in page
    assert "planner</span>" not in page


def test_a_lost_answer_is_sent_again_and_nothing_is_done_twice(
    app: Flask, runtime: Runtime
) -> None:
    song = Browser(app)
    plan, version = song.start()
    body = {"id": str(uuid4()), "deed": "lock", "all": True}

    first = told(song.send(f"/{plan}/deeds", version, **body))
    assert told(song.send(f"/{plan}/deeds", version, **body)) == first
    with runtime.sessions.read(PLANNER, NOW) as session:
        kept = session.scalars(select(Ledger.answer).where(Ledger.client_id == UUID(body["id"])))
        assert kept.one() == {"plan": plan, "version": version + 1}
    assert song.get(f"/{plan}")["version"] == version + 1
    other = told(song.send(f"/{plan}/deeds", version, **{**body, "deed": "unlock"}), 409)
    assert other["code"] == "id_used"
    start = {"id": str(uuid4()), "based_on": None, "mode": "normal"}
    assert told(song.send("", **start), 201) == told(song.send("", **start), 201)


def test_the_second_planner_is_told_and_takes_over_merges_or_branches(app: Flask) -> None:
    song, gu = Browser(app, "宋雨桐"), Browser(app, "顾明澜")
    plan, version = song.start()
    who = sits(song, plan)
    first = told(song.send(f"/{plan}/deeds", version, deed="lock", all=True))
    body = {"id": str(uuid4()), "deed": "unlock", "pairs": [{"post": member(1), "cadre": who}]}

    late = told(gu.send(f"/{plan}/deeds", version, **body), 412)

    assert (late["code"], late["version"], late["touches"]) == ("draft_changed", version + 1, True)
    assert late["changes"] == [
        {
            "version": version + 1,
            "actor": "宋雨桐",
            "at": NOW.isoformat(),
            "sentence": first["sentence"],
        }
    ]
    told(gu.send(f"/{plan}/undo", None), 428)
    branch = {"version": version + 1, "deed": {k: body[k] for k in ("deed", "pairs")}}
    made = told(gu.send(f"/{plan}/branch", **branch), 201)
    assert made["plan"] != plan
    merged = told(gu.send(f"/{plan}/deeds", version + 1, **body))
    assert merged["version"] == version + 2
    assert made["figures"] == merged["figures"]
    assert merged["undo"]["mine"]


def test_what_is_refused_is_said_in_place(app: Flask) -> None:
    song = Browser(app)
    plan, version = song.start()
    who, path = sits(song, plan), f"/{plan}/deeds"

    def refused(status: int, code: str, **body: Any) -> Any:
        answer = told(song.send(path, version, **body), status)
        assert answer["code"] == code
        return answer

    other = cadre(1 if who != cadre(1) else 2)
    full = refused(422, "no_seat_free", deed="assign", post=member(1), cadre=other)
    assert [one["cadre"] for one in full["sitting"]] == [who]
    gone = refused(
        404, "not_in_draft", deed="assign", post=member(1), cadre=other, instead_of=other
    )
    assert [one["cadre"] for one in gone["sitting"]] == [who]
    refused(404, "not_in_draft", deed="remove", post=member(1), cadre="nobody")
    refused(422, "unknown_field", deed="remove", post=member(1), cadre=who, slot=1)
    refused(422, "invalid_field", deed="burn")
    refused(422, "invalid_field", deed="lock")
    refused(422, "invalid_field", deed="lock", all=True, grids=[GRID])
    refused(404, "no_such_job", deed="propose", job=str(uuid4()))
    told(Browser(app, role="leader").send(path, version, deed="lock", all=True), 403)
    assert song.get(f"/{plan}")["version"] == version


def test_a_proposal_of_a_job_is_shown_and_taken_over(app: Flask, runtime: Runtime) -> None:
    song = Browser(app)
    plan, version = song.start()
    body = {"deed": "remove", "post": member(1), "cadre": sits(song, plan)}
    version = told(song.send(f"/{plan}/deeds", version, **body))["version"]
    job = str(uuid4())
    asked = {"id": job, "name": "propose", "arguments": {"plan": plan, "version": version}}
    song.client.post("/api/v1/jobs", json=asked, headers={CSRF_HEADER: TOKEN})
    take = {"deed": "propose", "job": job}

    told(song.send(f"/{plan}/deeds", version, **take), 422)
    Worker(runtime).once()
    shown = told(song.send(f"/{plan}/deeds", version, preview=True, **take))
    kept = told(song.send(f"/{plan}/deeds", version, **take))

    assert shown["effect"] == kept["effect"]
    assert kept["effect"]["seats_filled"] == 1
    assert song.get(f"/{plan}")["gap"] == 0
    told(song.send(f"/{plan}/deeds", version + 1, **take), 409)


def test_planners_comment_on_a_grid_and_delete_their_own(app: Flask) -> None:
    song, gu = Browser(app, "宋雨桐"), Browser(app, "顾明澜")
    plan, _ = song.start()
    made = told(song.send(f"/{plan}/comments", place=GRID, text=" 周三再看 "), 201)
    assert (made["text"], made["actor"], made["mine"]) == ("周三再看", "宋雨桐", True)

    (seen,) = gu.get(f"/{plan}/comments?place={GRID}")["rows"]
    assert (seen["id"], seen["mine"]) == (made["id"], False)
    path = f"/{plan}/comments/{made['id']}"
    told(gu.send(path, 1, "DELETE"), 403)
    told(song.send(path, None, "DELETE"), 428)
    told(song.send(path, 9, "DELETE"), 412)
    assert song.send(path, 1, "DELETE").status_code == 204
    told(song.send(path, 1, "DELETE"), 404)
    for text in ("", "   ", "长" * 401):
        told(song.send(f"/{plan}/comments", place=GRID, text=text), 422)
    told(song.send(f"/{plan}/comments", place="990101001001999", text="?"), 404)


def test_a_draft_is_given_up(app: Flask) -> None:
    song = Browser(app)
    plan, version = song.start()

    assert told(song.send(f"/{plan}", version + 1, "DELETE"), 412)["version"] == version
    assert song.send(f"/{plan}", version, "DELETE").status_code == 204
    assert song.client.get(f"{DRAFTS}/{plan}").status_code == 404


def test_a_published_plan_is_branched_not_changed(app: Flask) -> None:
    song = Browser(app)
    (published_,) = [
        row["plan"]
        for row in song.client.get("/api/v1/plans").json["rows"]  # type: ignore[index]
    ]
    version = song.get(f"/{published_}")["version"]

    wrong = told(song.send(f"/{published_}/deeds", version, deed="lock", all=True), 409)
    assert wrong["code"] == "plan_frozen"
    told(song.send(f"/{published_}/branch", version=version), 201)


def test_a_tab_with_a_deleted_draft_changes_no_other_draft(app: Flask) -> None:
    song, gu = Browser(app, "宋雨桐"), Browser(app, "顾明澜")
    plan, version = song.start()
    who = sits(song, plan)
    assert gu.send(f"/{plan}", version, "DELETE").status_code == 204

    other, _ = gu.start()

    assert other != plan
    body = {"deed": "remove", "post": member(1), "cadre": who}
    assert told(song.send(f"/{plan}/deeds", version, **body), 404)["code"] == "plan_not_found"
    assert sits(gu, other) == who


def test_a_draft_of_a_draft_keeps_its_mode(app: Flask) -> None:
    song = Browser(app)
    surge = told(song.send("", mode="surge"), 201)

    refused = told(song.send("", based_on=surge["plan"], mode="normal"), 422)
    assert (refused["code"], refused["plan"]) == ("mode_of_draft", surge["plan"])
    assert told(song.send("", based_on=surge["plan"]), 201)["mode"] == "surge"
    assert told(song.send("", based_on=surge["plan"], mode="surge"), 201)["mode"] == "surge"
    assert told(song.send("", based_on=f"{COUNTY}-1"), 201)["mode"] == "normal"


def test_a_proposal_for_a_draft_that_changed_is_kept_as_a_branch(
    app: Flask, runtime: Runtime
) -> None:
    song, gu = Browser(app, "宋雨桐"), Browser(app, "顾明澜")
    plan, version = song.start()
    who = sits(song, plan)
    body = {"deed": "remove", "post": member(1), "cadre": who}
    version = told(song.send(f"/{plan}/deeds", version, **body))["version"]
    job = str(uuid4())
    asked = {"id": job, "name": "propose", "arguments": {"plan": plan, "version": version}}
    song.client.post("/api/v1/jobs", json=asked, headers={CSRF_HEADER: TOKEN})
    Worker(runtime).once()
    told(gu.send(f"/{plan}/deeds", version, deed="lock", all=True))
    take = {"deed": "propose", "job": job}
    assert told(song.send(f"/{plan}/deeds", version, **take), 412)["code"] == "draft_changed"

    made = told(song.send(f"/{plan}/branch", version=version, deed=take), 201)

    assert made["plan"] != plan
    assert made["figures"]["seats_filled"] > song.get(f"/{plan}")["figures"]["seats_filled"]
    assert song.get(f"/{plan}")["version"] == version + 1
