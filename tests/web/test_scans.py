from uuid import uuid4

import pytest

from gisapp.jobs import Worker
from gisapp.runtime import Runtime
from gisapp.web.context import CSRF_HEADER
from tests import hot_town as town
from tests.web.routes import TOKEN, application, client


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gisapp.web.scans.now", lambda: town.NOW)


def test_a_leader_asks_for_a_scan_and_reads_it_as_a_job(runtime: Runtime) -> None:
    town.build(runtime, town.usual(months=12))
    browser = client(application(runtime), "leader:990101")
    ours = {CSRF_HEADER: TOKEN}
    body = {"id": str(uuid4()), "kind": "prospective", "month": "2026-08"}

    asked = browser.post("/api/v1/scans", json=body, headers=ours)
    wrong = browser.post(
        "/api/v1/scans", json=body | {"id": str(uuid4()), "kind": "x"}, headers=ours
    )
    Worker(runtime).once()
    done = browser.get(asked.headers["Location"], headers={"Accept-Language": "en"}).json

    assert asked.status_code == 202
    assert wrong.json
    assert (wrong.status_code, wrong.json["code"]) == (422, "invalid_parameter")
    assert done
    first = done["result"]["clusters"][0]
    assert (first["rank"], first["to"]) == (1, "2026-08")
    assert first["sentence"].startswith("Grids together: ")
    west, south, east, north = first["bounds"]
    assert 114 < west <= east < 114.08
    assert 29.92 < south <= north < 30
    assert done["area"] == "990101"


@pytest.mark.parametrize(
    ("what", "code", "said"),
    [
        ({"category": "no_such"}, "unknown_category", "no_such"),
        ({"month": "2026-11"}, "window_not_over", "2026-10"),
    ],
)
def test_a_scan_that_cannot_be_is_refused_at_once(
    runtime: Runtime, what: dict[str, str], code: str, said: str
) -> None:
    town.build(runtime, town.usual(months=1))
    browser = client(application(runtime), "leader:990101")

    body = {"id": str(uuid4()), "kind": "space", **what}
    answer = browser.post("/api/v1/scans", json=body, headers={CSRF_HEADER: TOKEN})
    jobs = browser.get("/api/v1/jobs?name=scan").json

    assert answer.json
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert said in answer.json["title"]
    assert jobs == {"rows": []}
