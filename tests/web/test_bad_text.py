"""What is no text: signs that a database cannot hold, or that turn a line around."""

import pytest
from flask import Flask

from tests.drafted import member
from tests.factories import Make
from tests.web.routes import application
from tests.web.test_deeds import CSRF_HEADER, GRID, TOKEN, Browser, app, told

__all__ = ["app"]

NUL = "%00"


def test_a_sign_that_no_database_keeps_is_the_askers_fault(app: Flask) -> None:
    song = Browser(app)
    plan, version = song.start()

    for path in (
        f"/{plan}/comments?place={NUL}",
        f"/{plan}/gaps?q={NUL}",
        f"/{plan}/people?department={NUL}",
        f"/{plan}/people/{NUL}/offers",
        f"/{plan}/posts/{member(1)}/why?why_not={NUL}",
        f"/{plan}{NUL}",
    ):
        answer = song.client.get(f"/api/v1/drafts{path}")
        assert told(answer, 422)["code"] == "not_text"
    for body in (
        {"place": GRID, "text": "a\0b"},
        {"place": f"{GRID}\0", "text": "a"},
    ):
        assert told(song.send(f"/{plan}/comments", **body), 422)["code"] == "not_text"
    deed = {"deed": "lock", "grids": [f"{GRID}\0"]}
    assert told(song.send(f"/{plan}/deeds", version, **deed), 422)["code"] == "not_text"
    job = {"id": "5f0c9b1e-58a1-4f0e-9d0b-6d3a0c1f7a11", "name": "propose"}
    job |= {"arguments": {"plan": plan, "version": version, "grids": ["\0"]}}  # type: ignore[dict-item]
    answer = song.client.post("/api/v1/jobs", json=job, headers={CSRF_HEADER: TOKEN})
    assert told(answer, 422)["code"] == "not_text"


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_t17_a_body_of_brackets_alone_is_no_json(make: Make) -> None:
    make.grid()
    make.commit()
    client = application(make.runtime).test_client()
    client.set_cookie("csrf", TOKEN)
    client.set_cookie("view", "planner:9901")

    for body in ("[" * 60_000, '{"id":' * 9_000 + "1" + "}" * 9_000):
        headers = {CSRF_HEADER: TOKEN, "Content-Type": "application/json"}
        answer = client.post("/api/v1/jobs", data=body, headers=headers)
        assert told(answer, 422)["code"] == "not_json"


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\x7fb", "a\u202eb", "a\u2067b"])
def test_a_comment_is_plain_text(app: Flask, text: str) -> None:
    song = Browser(app)
    plan, _ = song.start()

    answer = told(song.send(f"/{plan}/comments", place=GRID, text=text), 422)

    assert (answer["code"], song.get(f"/{plan}/comments")["rows"]) == ("comment_signs", [])


def test_a_comment_may_have_lines_emoji_and_markup_that_stays_text(app: Flask) -> None:
    song = Browser(app)
    plan, _ = song.start()
    text = "<b>one</b>\n=two 👩‍⚖️"

    made = told(song.send(f"/{plan}/comments", place=GRID, text=text.replace("\n", "\r\n")), 201)

    assert made["text"] == text


@pytest.mark.parametrize("tag", ['""', "*", 'W/"1"', '"1", "2"', '"-1"', '"1.0"', '"9999999999"'])
def test_a_version_that_is_none_counts_as_missing(app: Flask, tag: str) -> None:
    song = Browser(app)
    plan, _ = song.start()

    answer = song.client.delete(
        f"/api/v1/drafts/{plan}", headers={CSRF_HEADER: TOKEN, "If-Match": tag}
    )

    assert told(answer, 428)["code"] == "version_missing"


def test_a_comment_of_a_number_beyond_all_does_not_exist(app: Flask) -> None:
    song = Browser(app)
    plan, _ = song.start()

    assert song.send(f"/{plan}/comments/{10**30}", 1, "DELETE").status_code == 404
