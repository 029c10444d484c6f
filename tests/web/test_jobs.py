from uuid import uuid4

from gisapp.jobs import Worker
from gisapp.web.context import CSRF_HEADER
from tests.factories import Make
from tests.web.routes import TOKEN, application, client
from tests.web.test_two_counties import build_county

VIEW = "planner:990001"


def test_a_result_survives_a_reload_and_is_said_in_each_readers_language(make: Make) -> None:
    _, plan = build_county(make, "990001", "ALFA")
    good, bad = (
        {"id": str(uuid4()), "name": "compare", "arguments": {"before": plan, "after": after}}
        for after in (plan, "990001-77")
    )
    sender = client(application(make.runtime), VIEW)
    for body in (good, bad, good):
        asked = sender.post("/api/v1/jobs", json=body, headers={CSRF_HEADER: TOKEN})
        assert (asked.status_code, asked.json and asked.json["state"]) == (202, "waiting")

    work = Worker(make.runtime)
    while work.once():
        pass

    reader = client(application(make.runtime), VIEW)
    done = reader.get(f"/api/v1/jobs/{good['id']}").json
    assert done
    assert (done["state"], done["result"]["before"], done["error"]) == ("done", plan, None)
    titles = []
    for language in ("en", "zh"):
        headers = {"Accept-Language": language}
        failed = reader.get(f"/api/v1/jobs/{bad['id']}", headers=headers).json
        assert failed
        assert (failed["state"], failed["error"]["code"]) == ("failed", "plan_not_found")
        titles.append(failed["error"]["title"])
    assert titles == [
        "There is no plan 990001-77. See the list of plans.",
        "没有方案 990001-77，请查看方案列表。",
    ]


def test_work_is_asked_for_by_our_pages_only_and_in_one_form(make: Make) -> None:
    build_county(make, "990001", "ALFA")
    browser = client(application(make.runtime), VIEW)
    body = {"id": str(uuid4()), "name": "compare", "arguments": {}}

    def code(path: str, body: object, **headers: str) -> tuple[int, str]:
        answer = browser.post(path, json=body, headers=headers)
        return answer.status_code, answer.json["code"] if answer.json else ""

    ours = {CSRF_HEADER: TOKEN}
    cancel = f"/api/v1/jobs/{uuid4()}/cancel"
    assert code("/api/v1/jobs", body) == (403, "not_our_form")
    assert code(cancel, {}) == (403, "not_our_form")
    assert code(cancel, {}, **ours) == (404, "no_such_job")
    assert code("/api/v1/jobs", body | {"colour": 1}, **ours) == (422, "unknown_field")
    assert code("/api/v1/jobs", body | {"id": "1"}, **ours) == (422, "invalid_field")
    assert code("/api/v1/jobs", body | {"name": "dance"}, **ours) == (422, "no_such_work")
    assert code("/api/v1/jobs", body, **ours) == (422, "invalid_parameter")
    listed = browser.get("/api/v1/jobs").json
    assert listed
    assert [row["name"] for row in listed["rows"]] == ["compare"]  # the county's own
