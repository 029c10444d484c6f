import csv
import io
from typing import Any

import pytest

from gisapp.store.models import Post
from tests.factories import Make
from tests.web.routes import application, ask, client

PLANNER, LEADER = "planner:990001", "leader:990001"


def two_plans(make: Make) -> tuple[Any, str, str]:
    """Two plans of two grids; the grid and the person who change are named like formulas."""
    ann, bob = make.cadre("=1+1"), make.cadre("孙")
    grids = [make.grid("@SUM(A1)"), make.grid("二格")]
    posts = [make.session.query(Post).filter_by(grid_id=grid.id).one() for grid in grids]
    made = [make.plan({posts[0]: [ann]}), make.plan({posts[0]: [bob], posts[1]: [ann]})]
    make.commit()
    first, second = (f"{plan.area_code}-{plan.number}" for plan in made)
    return application(make.runtime), first, second


def test_a_comparison_says_what_the_command_says_and_each_grid(make: Make) -> None:
    app, first, second = two_plans(make)

    found = ask(client(app, PLANNER), f"/api/v1/compare?before={first}&after={second}").json

    assert (found["before"], found["after"], found["moved"]) == (first, second, 1)
    assert {"gained", "lost", "parts", "departments"} <= found.keys()
    assert [row["kind"] for row in found["changes"]] == ["better", "hands"]
    assert {"code", "name", "before", "after"} <= found["changes"][0].keys()
    assert found["base"] == {"grids": 2, "people": 2}


@pytest.mark.parametrize("rows", ["grids", "people", "departments"])
def test_a_table_opens_in_a_spreadsheet_and_computes_nothing(make: Make, rows: str) -> None:
    app, first, second = two_plans(make)

    answer = ask(
        client(app, PLANNER), f"/api/v1/compare.csv?before={first}&after={second}&rows={rows}"
    )

    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"compare-{first}-{second}-{rows}.csv" in answer.headers["Content-Disposition"]
    table = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(table) > 1
    assert not [cell for row in table for cell in row if cell.startswith(("=", "@", "+"))]


def test_what_changed_since_is_compared_again(make: Make) -> None:
    app, first, second = two_plans(make)
    browser = client(app, PLANNER)
    path = f"/api/v1/compare?before={first}&after={second}"
    answer = ask(browser, path)

    again = browser.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/compare", 422, "invalid_parameter"),
        ("/api/v1/compare?before=990001-1", 422, "invalid_parameter"),
        ("/api/v1/compare?before=990001-1&after=x", 422, "invalid_parameter"),
        ("/api/v1/compare?before=990001-1&after=990001-99", 404, "plan_not_found"),
        ("/api/v1/compare?before=990001-1&after=990001-2&more=1", 422, "unknown_parameter"),
        ("/api/v1/compare?before=990001-1&after=990001-2&after=990001-1", 422, "asked_twice"),
        (
            "/api/v1/compare.csv?before=990001-1&after=990001-2&rows=all",
            422,
            "invalid_parameter",
        ),
    ],
)
def test_bad_questions_get_a_sentence(make: Make, path: str, status: int, code: str) -> None:
    app, *_ = two_plans(make)

    answer = ask(client(app, PLANNER), path)

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_leader_may_look_and_not_take_a_table_out(make: Make) -> None:
    app, first, second = two_plans(make)
    browser = client(app, LEADER)
    question = f"before={first}&after={second}"

    assert ask(browser, f"/api/v1/compare?{question}").status_code == 200
    assert ask(browser, f"/api/v1/compare.csv?{question}").status_code == 403


def test_plans_of_two_areas_with_one_number_are_called_by_their_codes(make: Make) -> None:
    app, first, second = two_plans(make)
    make.plan(area="99", number=int(second.rpartition("-")[2]))
    make.commit()

    page = ask(client(app, "planner:99"), f"/plan/compare?before={first}&after={second}").text

    title = page.partition("<title>")[2].partition(" ·")[0]
    assert (second in title, first in title) == (True, False)
