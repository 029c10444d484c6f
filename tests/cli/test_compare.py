import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update

from gisapp.auth import OPERATOR
from gisapp.cli import cli
from gisapp.runtime import Runtime
from gisapp.store.models import Assignment, Plan, Post
from tests.county import COUNTY, NOW, build


@pytest.fixture
def run(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Any:
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    build(runtime)

    def run(*words: str, lang: str = "en") -> Result:
        return CliRunner().invoke(cli, ["--lang", lang, *words])

    run("match", "--json")
    run("match", "--based-on", "1", "--json")
    return run


def test_a_script_gets_every_key(run: Any) -> None:
    answer = run("compare", "1", "2", "--json")

    found = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert {"moved", "people_moved", "gained", "lost", "parts", "departments"} <= set(found)
    assert {"before", "after", "change"} == set(found["parts"]["travel_min"])
    assert {"code", "name", "before", "after", "floor"} <= set(found["departments"][0])
    assert (found["moved"], found["people_moved"]) == (0, 0)
    assert found["same_data"]
    assert json.loads(run("compare", "1", "1", "--json").stdout)["same_data"]


def test_people_read_a_short_list_and_how_much_more_there_is(runtime: Runtime, run: Any) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        members = select(Post.id).where(Post.role == "member")
        session.execute(
            delete(Assignment).where(Assignment.plan_id == 2, Assignment.post_id.in_(members))
        )
        # As of a plan that was made before it remembered what it was made from.
        before = {"input_digest": "", "parameters": {}}
        session.execute(update(Plan).where(Plan.number == 2).values(before))

    plain, chinese = run("compare", "1", "2").stdout, run("compare", "1", "2", lang="zh_CN").stdout

    assert f"From plan {COUNTY}-1 to plan {COUNTY}-2: 20 people give up 21 placements." in plain
    assert "21 posts with fewer people:" in plain
    assert "→ nothing instead" in plain
    assert "… and 11 more" in plain
    assert "2 of 2 departments send more or fewer people (base: the roll)." in plain
    assert "court: 11 → 1 of 11 out, floor 2." in plain
    assert "改派 20 人，21 席" in chinese
    assert "Each plan is reckoned as it was when it was made" in plain
    assert "各方案按制定时的数据和规则计算" in chinese


def test_costs_that_are_not_known_are_said_to_be_so(runtime: Runtime, run: Any) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.execute(update(Plan).where(Plan.number == 1).values(score={}))

    answer = run("compare", "1", "2")

    assert "What the plans cost is not known of both" in answer.stdout


def test_a_plan_that_is_not_there_is_exit_1_and_one_plan_alone_exit_2(run: Any) -> None:
    unknown, problem, alone = (
        run("compare", "1", "7"),
        run("compare", "1", "7", "--json"),
        run("compare", "1"),
    )

    assert (unknown.exit_code, problem.exit_code, alone.exit_code) == (1, 1, 2)
    assert unknown.stderr.startswith("There is no plan 7.")
    assert json.loads(problem.stdout)["code"] == "plan_not_found"
