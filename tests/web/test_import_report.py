"""The page of a file's report: what it keeps of the rows, and to whom it shows what."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import select

from gisapp.actions import brought
from gisapp.intake import excerpt
from gisapp.jobs import Worker
from gisapp.store.models import Job
from tests.factories import NOW, Make
from tests.web.routes import application, client
from tests.web.test_imports import bring, look, send

pytestmark = pytest.mark.parametrize("runtime", ["spatialite"], indirect=True)

SCRIPT = "<script>alert(1)</script>"
FIRMS = (
    "register_number,name,size,lon,lat,note\n"
    "E1,first,small,120.005,30.005,a\n"
    "E2,second,giant,120.006,30.006,=1+1\n"
    f"E3,{SCRIPT},small,120.007,30.007,{'long ' * 40}\n"
    "E1,again,small,120.008,30.008,c\n"
    "E5,,small,,,d\n"
    "E6,sixth,small,,,e\n"
    "E3,third,small,120.009,30.004,@f\n"
    "E1,twice,small,,,g\n"
)
PROFILE = "kind = 'enterprises'\ncrs = 'EPSG:4326'"


@pytest.fixture
def page(make: Make) -> Iterator[FlaskClient]:
    """The browser of who brings the data, of a town with one community."""
    make.community(shape=shapely.box(120.0, 30.0, 120.01, 30.01))
    make.commit()
    browser = client(application(make.runtime), "")
    browser.set_cookie("lang", "en")
    return browser


def checked(page: FlaskClient, make: Make, text: str, profile: str = PROFILE) -> str:
    """Bring a file and check it; the address of its page."""
    found = bring(page, text.encode(), "firms.csv").json
    assert found
    path = f"/import/{found['id']}"
    send(page, f"{path}/check", id=str(uuid4()), profile=profile)
    Worker(make.runtime).once()
    return path


def kept(make: Make) -> Any:
    """The result of the only job, with what never leaves."""
    with make.runtime.sessions.read(make.session.actor, make.session.now) as session:
        return session.scalars(select(Job.result)).one()


def table(text: str) -> list[str]:
    """The rows around a finding: the texts of each."""
    found = re.search(r'class="rows".*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert found
    plain = re.sub(r'<span class="hush">[^<]*</span>', "", found[1])
    rows = re.findall(r"<tr.*?</tr>", plain, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_a_finding_is_picked_by_its_address_and_stands_among_its_rows(
    page: FlaskClient, make: Make
) -> None:
    path = checked(page, make, FIRMS)

    text = look(page, f"{path}?code=repeated&at=1")

    assert "Line 5: “E1” came before, in line 2" in text
    assert "Keep one of the two." in text
    assert [row.split()[:3] for row in table(text)] == [
        ["4", "E3", "&lt;script&gt;alert(1)&lt;/script&gt;"],
        ["5", "E1", "again"],
        ["6", "E5", "small"],
    ]
    assert re.findall(r'class="wrong".*?</span>(.*?)</td>', text) == ["E1"]
    assert SCRIPT not in text
    assert "long " * 12 not in text
    assert "1 / 3" in text
    assert re.findall(r'rel="(next|prev)" href="([^"]+)"', text) == [
        ("next", f"{path}?code=repeated&amp;at=2#picked")
    ]
    assert re.findall(r'rel="(next|prev)"', look(page, f"{path}?code=repeated&at=2")) == [
        "prev",
        "next",
    ]


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("unknown_value", ["giant"]),
        ("credit_code", ["91420100MA4KXXXX0X"]),
        ("missing_value", ["—"]),
        ("outside_system", ["120.1", "95"]),
    ],
)
def test_the_cell_is_marked_that_a_finding_is_about(
    page: FlaskClient, make: Make, code: str, cells: list[str]
) -> None:
    rows = (
        "E1,a,giant,,,\nE2,b,small,91420100MA4KXXXX0X,,\nE3,,small,,,\nE4,d,small,,120.1,95\n"
        + "".join(f"G{n},good,small,,120.005,30.005\n" for n in range(9))
    )
    path = checked(page, make, "register_number,name,size,credit_code,lon,lat\n" + rows)

    text = look(page, f"{path}?code={code}&at=1")

    assert re.findall(r'class="wrong".*?</span>(.*?)</td>', text) == cells
    assert ("nowhere on a map" in text) is (code == "outside_system")


def test_a_finding_that_is_not_there_is_said_to_be_gone(page: FlaskClient, make: Make) -> None:
    path = checked(page, make, FIRMS)

    assert page.get(f"{path}?code=repeated&at=4").status_code == 404
    assert page.get(f"{path}?code=dance&at=1").status_code == 422
    assert page.get(f"{path}?code=repeated&at=-1").status_code == 422
    assert page.get(f"{path}?show=all").status_code == 422


def test_the_place_of_a_row_is_drawn_and_that_of_others_of_its_kind_is_numbered(
    page: FlaskClient, make: Make
) -> None:
    path = checked(page, make, FIRMS)

    first, last = (look(page, f"{path}?code=repeated&at={at}") for at in (1, 3))

    assert 'class="given"' in first
    assert re.findall(r'<g class="number other".*?<text[^>]*>(\d+)', first) == ["2"]
    assert 'class="place"' not in last


def test_kinds_are_sifted_and_what_blocks_comes_first(page: FlaskClient, make: Make) -> None:
    path = checked(page, make, FIRMS)

    whole = look(page, path)
    doubt = look(page, f"{path}?show=notice")

    kinds = r'data-pick="heap:(\w+)"'
    assert re.findall(kinds, whole) == ["repeated", "unknown_value", "missing_value", "no_place"]
    assert re.findall(kinds, doubt) == ["no_place"]
    assert re.findall(r'data-pick="show:\w*">(.*?)</a>', whole) == [
        "All 4",
        "Refused 3",
        "Notice 1",
    ]
    assert set(re.findall(r'data-pick="line:(\w+):\d+"', doubt)) == {"no_place"}


def test_refused_rows_are_taken_along_as_they_stand_and_compute_nothing(
    page: FlaskClient, make: Make
) -> None:
    text = look(page, checked(page, make, FIRMS))
    link = re.search(r'href="(/api/v1/imports/reports/[^"]+\.xlsx)"', text)
    assert link

    answer = page.get(link[1])

    assert "firms-refused.xlsx" in answer.headers["Content-Disposition"]
    page.set_cookie("lang", "zh_CN")
    assert page.get(link[1]).headers["Content-Disposition"].isascii()
    rows = list(openpyxl.load_workbook(BytesIO(answer.data)).active.values)  # type: ignore[union-attr]
    head = ["Line", "register_number", "name", "size", "lon", "lat", "note", "Why it is refused"]
    assert list(rows[0]) == head
    assert [row[0] for row in rows[1:]] == [3, 5, 6, 8, 9]
    assert rows[1][1:7] == ("E2", "second", "giant", "120.006", "30.006", "'=1+1")
    assert "cannot be “giant”" in str(rows[1][7])
    assert rows[4][6] == "'@f"


def test_a_report_without_refused_rows_has_none_to_take_along(
    page: FlaskClient, make: Make
) -> None:
    text = look(page, checked(page, make, "register_number,name\nE1,a\n"))
    job = re.search(r"/reports/([^/.]+)\.csv", text)
    assert job

    assert '.xlsx"' not in text
    assert page.get(f"/api/v1/imports/reports/{job[1]}.xlsx").status_code == 404


def test_of_disputes_no_place_no_address_and_no_unknown_column_is_kept(
    page: FlaskClient, make: Make
) -> None:
    rows = "D1,labour,2026-08-01,120.00512,30.00512,Secret Road 7\n" * 2
    path = checked(
        page,
        make,
        "case_number,category,reported_on,lon,lat,where\n" + rows,
        "kind = 'disputes'\ncrs = 'EPSG:4326'",
    )

    text = look(page, f"{path}?code=repeated&at=1")

    assert table(text) == ["2 D1 labour 2026-08-01", "3 D1 labour 2026-08-01"]
    assert "3 columns stay in the file" in text
    plain = str(list(excerpt.unpacked(kept(make)["rows"]["packed"])))
    link = re.search(r'href="(/api/v1/imports/reports/[^"]+\.xlsx)"', text)
    assert link
    book = openpyxl.load_workbook(BytesIO(page.get(link[1]).data))
    sheet = str(list(book.active.values))  # type: ignore[union-attr]
    for secret in ("Secret", "120.00512", "30.00512"):
        assert secret not in text + plain + sheet
    assert 'class="where' not in text


def test_what_lies_aside_for_a_report_goes_with_the_job(page: FlaskClient, make: Make) -> None:
    path = checked(page, make, FIRMS)

    folder = make.runtime.settings.imports_folder or brought.spool.home(make.runtime.settings)
    assert sorted(each.name for each in (folder / path.rpartition("/")[2]).iterdir()) == [
        "about.json",
        "file",
    ]


def test_many_findings_are_cut_but_no_kind_is(
    page: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brought, "FINDINGS_MOST", 4)
    path = checked(page, make, FIRMS)

    report = kept(make)

    assert [each[1] for each in report["findings"]] == [
        "unknown_value",
        "repeated",
        "missing_value",
        "no_place",
    ]
    assert report["codes"]["repeated"]["n"] == 3
    assert "1 / 1" in look(page, f"{path}?code=repeated&at=1")


def names(text: str) -> list[tuple[str, str]]:
    """The files of the list: sign and name."""
    aside = text[text.index('<aside class="came"') : text.index("</aside>")]
    return re.findall(r'<span class="sign (\w+)".*?<b>(.*?)</b>', aside, re.DOTALL)


def test_files_that_wait_and_files_that_were_stored_are_listed_newest_first(
    page: FlaskClient, make: Make
) -> None:
    stored = bring(page, b"code,name,headcount\nA,a,1\n", "departments.csv").json
    assert stored
    send(page, f"/import/{stored['id']}/store", id=str(uuid4()), profile="kind = 'departments'")
    Worker(make.runtime).once()
    path = checked(page, make, FIRMS)
    bring(page, b"code,name,headcount\nA,a,1\n", "fresh.csv")

    text = look(page, path)

    assert sorted(names(text)) == [
        ("refused", "firms.csv"),
        ("stored", "departments.csv"),
        ("waits", "fresh.csv"),
    ]
    assert re.search(rf'<a href="{path}" aria-current="page">', text)
    assert f'href="/import/{stored["id"]}"' in text
    assert "8 rows" in text
    assert re.search(r"1 row · \d{1,2} [A-Z][a-z]{2}", text)


def test_when_a_file_came_is_said_as_people_say_it(page: FlaskClient, make: Make) -> None:
    found = bring(page, FIRMS.encode(), "firms.csv").json
    assert found
    send(page, f"/import/{found['id']}/check", id=str(uuid4()), profile=PROFILE)

    said = []
    for hours in (0, 20):
        text = look(client_at(make, hours), f"/import/{found['id']}")
        said += re.findall(r"at work · (.*?)</small>", text[: text.index("</aside>")])

    assert said == ["today 12:00", "yesterday"]


def client_at(make: Make, hours: int) -> FlaskClient:
    """The browser some hours later."""
    browser = client(application(make.runtime, lambda: NOW + timedelta(hours=hours)), "")
    browser.set_cookie("lang", "en")
    return browser


def test_a_report_is_for_who_brings_files_and_nobody_else(page: FlaskClient, make: Make) -> None:
    path = checked(page, make, FIRMS)
    job = re.search(r"/reports/([^/.]+)\.csv", look(page, path))
    assert job
    app = application(make.runtime)

    for view in ("planner:990001", "leader:", "leader:990001"):
        other = client(app, view)
        assert other.get(f"{path}?code=repeated&at=1").status_code == 403
        assert other.get(f"/api/v1/imports/reports/{job[1]}.xlsx").status_code == 403
    for door in (f"/api/v1/jobs/{job[1]}", f"/api/v1/imports/reports/{job[1]}"):
        assert "packed" not in page.get(door).text
