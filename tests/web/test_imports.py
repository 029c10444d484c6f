"""Files that come in through pages: brought, read as people say, checked, stored."""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gisapp.actions import spool
from gisapp.intake import process
from gisapp.intake.limits import KEPT_FILES
from gisapp.jobs import Worker
from gisapp.store.models import Audit, Batch, Department, Enterprise
from gisapp.web import imports_api
from gisapp.web.context import CSRF_HEADER
from tests.factories import Make
from tests.intake.built import geojson
from tests.web.routes import TOKEN, application, client

OURS = {CSRF_HEADER: TOKEN}
FIRMS = (
    "注册号,企业名称,规模\n"
    + "".join(f"E{n},企业{n},{'小型' if n % 2 else '大型'}\n" for n in range(1, 31))
    + "E2,又是二号,大型\nE31,,大型\n"
)
"""30 good rows, one that came before, one without a name."""
BYTES = "application/octet-stream"


@pytest.fixture
def page(make: Make) -> Iterator[FlaskClient]:
    """The browser of who brings the data, of a town with one community."""
    make.community()
    make.commit()
    browser = client(application(make.runtime), "")
    browser.set_cookie("lang", "en")
    return browser


def bring(page: FlaskClient, data: bytes, name: str = "企业.csv") -> Any:
    query = {"id": str(uuid4()), "name": name}
    return page.post(
        "/api/v1/imports/files",
        query_string=query,
        data=data,
        headers=OURS,
        content_type=BYTES,
    )


def look(page: FlaskClient, path: str) -> str:
    return page.get(path, headers={"Accept": "text/html"}).text


def form(text: str) -> dict[str, str]:
    """What a browser would send of the form that says how a file is read."""
    text = text[text.index('id="mapping"') :]
    found = re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', text)
    for name, options in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        found.append((name, chosen[1] if chosen else ""))
    return {name: unescape(said) for name, said in found}


def send(page: FlaskClient, path: str, **said: str) -> Any:
    return page.post(path, data=said | {"csrf_token": TOKEN}, headers={"Accept": "text/html"})


def count(make: Make, kind: type[Any]) -> int:
    with make.runtime.sessions.read(make.session.actor, make.session.now) as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_file_is_brought_shown_checked_and_stored_and_the_report_stays(
    page: FlaskClient, make: Make
) -> None:
    brought = bring(page, FIRMS.encode("gbk")).json
    assert brought
    path = f"/import/{brought['id']}"

    shown = look(page, path)
    assert "GBK / GB18030" in shown
    assert "企业1" in shown
    asked = form(shown) | {"f-size": "=", "c-size": "medium"}
    assert "medium" in send(page, f"{path}/look", **asked).text
    assert send(page, f"{path}/check", **asked).status_code == 303
    assert 'id="job"' in look(page, path)
    Worker(make.runtime).once()

    report = look(page, path)
    assert "Store 30 rows" in report
    assert "“E2” came before, in line 3." in report
    assert count(make, Enterprise) == 0
    profile = unescape(re.findall(r'name="profile" value="([^"]*)"', report)[-1])
    send(page, f"{path}/store", id=str(uuid4()), profile=profile)
    Worker(make.runtime).once()

    stored = look(page, path)
    assert re.search(r"Stored as batch \d+-\d+", stored)
    with make.runtime.sessions.read(make.session.actor, make.session.now) as session:
        rows = session.execute(select(Enterprise.name, Enterprise.size)).all()
        assert {tuple(row) for row in rows} == {(f"企业{n}", "medium") for n in range(1, 31)}
        assert session.scalars(select(Batch.file_name)).all() == ["企业.csv"]
    assert page.get(f"/api/v1/imports/files/{brought['id']}").status_code == 404
    again = bring(page, FIRMS.encode("gbk")).json
    assert again
    like = {"stored": re.search(r"Stored as batch (\d+-\d+)", stored)[1]}  # type: ignore[index]
    assert "medium" in send(page, f"/import/{again['id']}/look", **like).text
    csv = re.search(r'href="(/api/v1/imports/reports/[^"]+\.csv)"', stored)
    assert csv
    lines = page.get(csv[1]).data.decode("utf-8-sig").splitlines()
    assert lines[0] == "file,layer,line,code,refused,sentence"
    assert "企业.csv,,2,no_place,False," in lines[1]
    assert [line.split(",")[2:5] for line in lines[-2:]] == [
        ["32", "repeated", "True"],
        ["33", "missing_value", "True"],
    ]


def test_a_batch_is_taken_back_on_the_page_or_it_is_said_why_not(
    page: FlaskClient, make: Make
) -> None:
    brought = bring(page, b"code,name,headcount\nA,a,1\n", "departments.csv").json
    assert brought
    profile = "kind = 'departments'"
    send(page, f"/import/{brought['id']}/store", id=str(uuid4()), profile=profile)
    Worker(make.runtime).once()
    batch = re.search(r'name="batch" value="([^"]+)"', look(page, "/import"))
    assert batch

    assert send(page, "/import/undo", batch=batch[1], id=str(uuid4())).status_code == 303
    assert "Taking back batch" in look(page, "/import")
    Worker(make.runtime).once()
    assert "taken back" in look(page, "/import")
    assert count(make, Department) == 0

    send(page, "/import/undo", batch=batch[1], id=str(uuid4()))
    Worker(make.runtime).once()
    assert f"Batch {batch[1]} was taken back before" in look(page, "/import")


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_changed_boundaries_are_proposed_shown_and_decided_on(
    page: FlaskClient, make: Make, tmp_path: Path
) -> None:
    grid = make.grid(households=400, shape=shapely.box(120.0, 30.0, 120.01, 30.01))
    make.commit()
    shape = shapely.geometry.mapping(shapely.box(120.0, 30.0, 120.005, 30.01))
    path = geojson(tmp_path / "grids.geojson", [(shape, {"code": grid.code})])
    brought = bring(page, path.read_bytes(), "grids.geojson").json
    assert brought
    at = f"/import/{brought['id']}"

    for deed in ("check", "store"):
        send(page, f"{at}/{deed}", id=str(uuid4()), profile="kind = 'grids'")
        Worker(make.runtime).once()
        assert f"Grid {grid.code} is drawn otherwise" in look(page, at)
    waits = look(page, "/import")
    found = re.search(r'name="accept" value="([^"]+)"', waits)
    assert found
    send(page, "/import/boundaries", accept=found[1], id=str(uuid4()))
    Worker(make.runtime).once()

    decided = look(page, "/import")
    assert "Boundaries that wait" not in decided
    assert "grids.geojson" in decided


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
class TestOnOneDatabase:
    """What has nothing to do with the database."""

    def test_programs_do_the_same(self, page: FlaskClient, make: Make) -> None:
        brought = bring(page, FIRMS.encode(), "e.csv")
        path = brought.headers["Location"]

        seen = page.post(f"{path}/preview", json={"kind": "enterprises"}, headers=OURS).json
        assert seen
        body = {"id": str(uuid4()), "profile": seen["profile"]}
        job = page.post(f"{path}/check", json=body, headers=OURS)
        again = page.post(f"{path}/check", json=body, headers=OURS)
        Worker(make.runtime).once()
        report = page.get(f"/api/v1/imports/reports/{body['id']}?code=repeated").json

        assert (brought.status_code, job.status_code, again.json) == (201, 202, job.json)
        assert [row["register_number"] for row in seen["rows"]] == [f"E{n}" for n in range(1, 6)]
        assert report
        assert (report["read"], report["stored"], report["refused"]) == (32, 30, 2)
        assert [row["line"] for row in report["rows"]] == [32]
        assert page.get(path).json
        assert page.delete(path, headers=OURS).status_code == 204
        assert page.get("/api/v1/imports/files").json == {"rows": []}

    def test_a_choice_that_cannot_be_is_said_and_the_file_stays(self, page: FlaskClient) -> None:
        path = bring(page, FIRMS.encode()).headers["Location"]

        for profile, code in (
            ("kind = 'enterprises'\nencoding = 'utf-16'", "table"),
            ("kind = 'grids'", "needs_shapes"),
            ("kind = 'dances'", "profile_wrong"),
            ("colour = 1", "profile_wrong"),
        ):
            wrong = page.post(f"{path}/preview", json={"profile": profile}, headers=OURS)
            assert wrong.json
            assert (wrong.status_code, wrong.json["code"]) == (422, code)
        assert page.get(path).status_code == 200

    def test_columns_that_a_profile_names_in_vain_are_said(self, page: FlaskClient) -> None:
        path = bring(page, FIRMS.encode()).headers["Location"]
        profile = "kind = 'enterprises'\n[columns]\nregister_number = '编号'\nname = '企业名称'"

        seen = page.post(f"{path}/preview", json={"profile": profile}, headers=OURS).json

        assert seen
        assert seen["notes"][0] == "The file has no column “编号”."
        assert [each["name"] for each in seen["fields"] if each["missing"]] == ["register_number"]
        assert seen["rows"] == []

    def test_a_file_with_residents_goes_at_once_and_that_is_written_down(
        self, page: FlaskClient, make: Make
    ) -> None:
        brought = bring(page, "注册号,名称,户主\n1,a,b\n".encode()).json
        assert brought

        text = look(page, f"/import/{brought['id']}")

        assert "The file was put away" in text
        assert page.get(f"/api/v1/imports/files/{brought['id']}").status_code == 404
        with make.runtime.sessions.read(make.session.actor, make.session.now) as session:
            (row,) = session.scalars(select(Audit).where(Audit.deed == "import.refused"))
            assert row.details["code"] == "resident_data"

    def test_a_reader_that_dies_is_an_answer_and_no_more(
        self, page: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = bring(page, FIRMS.encode()).headers["Location"]
        monkeypatch.setattr(process, "order_of", lambda *_: "no order")

        dead = page.post(f"{path}/preview", json={}, headers=OURS)
        monkeypatch.undo()

        assert dead.json
        assert (dead.status_code, dead.json["code"]) == (422, "reader_failed")
        assert page.post(f"{path}/preview", json={}, headers=OURS).status_code == 200

    def test_a_large_file_is_looked_at_by_a_job(
        self, page: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gisapp.web.import_file.AT_ONCE", 10)
        brought = bring(page, FIRMS.encode()).json
        assert brought
        path = f"/import/{brought['id']}"

        assert "Look at the file" in look(page, path)
        assert send(page, f"{path}/look").status_code == 303
        Worker(make.runtime).once()

        assert form(look(page, path))["f-name"] == "col:企业名称"

    def test_what_is_no_file_of_ours_is_refused_before_it_is_kept(
        self, page: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stranger = page.post(
            f"/api/v1/imports/files?id={uuid4()}&name=a.csv", data=b"a", content_type=BYTES
        )
        monkeypatch.setattr(
            imports_api, "ON_THE_WEB", imports_api.ON_THE_WEB.__class__(upload_bytes=5)
        )

        large = bring(page, b"a,b,c,d\n", "a.csv")
        odd = bring(page, b"a", "a.exe")

        assert stranger.status_code == 403
        for answer, code in ((large, "file_too_large"), (odd, "file_type")):
            assert answer.json
            assert (answer.status_code, answer.json["code"]) == (422, code)
        assert page.get("/api/v1/imports/files").json == {"rows": []}

    def test_t29_many_files_at_once_are_refused_and_what_breaks_off_leaves_nothing(
        self, page: FlaskClient, make: Make
    ) -> None:
        folder = spool.home(make.runtime.settings)

        answers = [bring(page, FIRMS.encode()) for _ in range(KEPT_FILES + 5)]
        cut = page.post(
            f"/api/v1/imports/files?id={uuid4()}&name=a.csv",
            headers=OURS,
            content_type=BYTES,
            environ_overrides={"CONTENT_LENGTH": "1000", "wsgi.input": BytesIO(b"a,b")},
        )

        codes = [answer.status_code for answer in answers]
        assert codes == [201] * KEPT_FILES + [503] * 5
        assert answers[-1].json["code"] == "too_many_files"
        assert cut.status_code >= 400
        assert sorted(each.name for each in folder.iterdir()) == sorted(
            answer.json["id"] for answer in answers[:KEPT_FILES]
        )

    def test_a_file_that_never_ends_to_arrive_is_cut_off(
        self, page: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports_api, "BRINGING_SECONDS", 0.01)
        line = Line()

        slow = page.post(
            f"/api/v1/imports/files?id={uuid4()}&name=a.csv",
            headers=OURS,
            content_type=BYTES,
            environ_overrides={
                "gunicorn.socket": line,
                "wsgi.input": line,
                "CONTENT_LENGTH": "100",
            },
        )

        assert slow.status_code == 408
        assert page.get("/api/v1/imports/files").json == {"rows": []}


class Line:
    """A line over which nothing comes until it is shut."""

    def __init__(self) -> None:
        self._shut = Event()

    def shutdown(self, how: int) -> None:
        self._shut.set()

    def read(self, size: int = -1) -> bytes:
        assert self._shut.wait(10)
        return b""

    readline = readinto = read


@pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)
def test_only_who_answers_for_the_whole_installation_brings_files(make: Make) -> None:
    make.community()
    make.commit()
    app = application(make.runtime)

    for view, allowed in (("", True), ("planner:990001", False), ("leader:", False)):
        assert (client(app, view).get("/import").status_code == 200) is allowed
