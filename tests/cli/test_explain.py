import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gisapp.cli import cli
from gisapp.runtime import Runtime
from tests.county import COUNTY, TOWNSHIP, build

POST = f"{TOWNSHIP}001001:member"


@pytest.fixture
def run(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Any:
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    build(runtime)

    def run(*words: str, lang: str = "en") -> Result:
        return CliRunner().invoke(cli, ["--lang", lang, *words])

    run("match")
    return run


def test_a_script_reads_why_and_what_else(run: Any) -> None:
    run("publish", "1")

    found = json.loads(run("explain", "1", POST, "--why-not", "C00002", "--json").stdout)
    offers = json.loads(run("offers", "C00002", "--most", "2", "--json").stdout)
    candidates = json.loads(run("candidates", POST, "--json").stdout)

    (match,) = found["matches"]
    assert (found["plan"], found["post"], found["open_seats"]) == (f"{COUNTY}-1", POST, 0)
    assert {"cadre", "slot", "parts", "runner_up", "sentence"} <= set(match)
    assert {"travel_min", "specialty", "load", "link", "kept"} <= set(match["parts"])
    assert {"cadre", "change"} <= set(match["runner_up"])
    assert {"cadre", "change", "moves"} <= set(found["why_not"])
    assert {"cadre", "post", "move"} <= set(found["why_not"]["moves"][0])
    assert (len(offers["offers"]), len(candidates["candidates"])) == (2, 10)
    assert {"post", "place", "change", "travel_min", "sentence"} <= set(offers["offers"][0])


def test_a_match_is_told_in_one_sentence_in_both_languages(run: Any) -> None:
    english = run("explain", "1", POST).stdout.splitlines()
    chinese = run("explain", "1", POST, lang="zh_CN").stdout.splitlines()

    assert "min from the office of court, knows labour law; runner-up Cadre " in english[1]
    assert "分钟、懂劳动法；候补Cadre " in chinese[1]
    assert english[2] == f"Plan {COUNTY}-1 is the best of its data: changes are exact."


def test_who_cannot_come_is_told_why(run: Any) -> None:
    found = run("explain", "1", POST, "--why-not", "C00021")

    assert found.exit_code == 0
    assert "is for another rank than that of Cadre 21 (C00021)." in found.stdout


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["explain", "9", POST], "There is no plan 9."),
        (["explain", "1", "here"], "There is no post here today."),
        (["explain", "1", POST, "--why-not", "me"], "Nobody on the staff today has the number me."),
        (["candidates", POST], f"No plan is in force today for {POST}."),
        (["offers", "C00001"], "No plan is in force today for C00001."),
    ],
)
def test_what_is_not_there_is_one_line_and_exit_1(run: Any, words: list[str], line: str) -> None:
    answer = run(*words)

    assert answer.exit_code == 1
    assert answer.stderr.startswith(line)
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["1"], "请给出岗位，或用 --floor 给出部门，两者选一。"),
        (["1", POST, "--floor", "court"], "请给出岗位，或用 --floor 给出部门，两者选一。"),
        (["1", "--floor", "court", "--why-not", "C00002"], "--why-not 问的是哪个岗位"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(run: Any, words: list[str], line: str) -> None:
    answer = run("explain", *words, lang="zh_CN")
    problem = json.loads(run("explain", *words, "--json", lang="zh_CN").stdout)

    assert answer.exit_code == 2
    assert answer.stderr.startswith(line)
    assert (problem["code"], problem["status"]) == ("wrong_usage", 400)


def test_lists_have_one_to_fifty_rows(run: Any) -> None:
    assert run("candidates", POST, "--plan", "1", "--most", "0").exit_code == 2
    assert run("candidates", POST, "--plan", "1", "--most", "51").exit_code == 2


def test_a_floor_is_explained_in_words(run: Any) -> None:
    code = json.loads(run("match", "--json").stdout)["departments"][0]["code"]

    english = run("explain", "1", "--floor", code).stdout
    chinese = run("explain", "1", "--floor", code, lang="zh_CN").stdout

    assert "reaches its floor" in english
    assert "已达底线" in chinese
