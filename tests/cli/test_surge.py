import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gisapp.cli import cli
from gisapp.runtime import Runtime
from tests.county import COUNTY, build


@pytest.fixture
def run(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Any:
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    build(runtime)

    def run(*words: str, lang: str = "en") -> Result:
        return CliRunner().invoke(cli, ["--lang", lang, *words])

    return run


def day(ahead: int) -> str:
    # The door has a clock of its own; a day and a half is left to either side.
    return str((datetime.now(UTC) + timedelta(days=ahead)).date())


def test_a_surge_is_made_published_and_ended_by_a_script(run: Any) -> None:
    run("match", "--json")
    run("publish", "1", "--json")

    made = json.loads(run("match", "--mode", "surge", "--json").stdout)
    put = json.loads(run("publish", "2", "--to", day(9), "--json").stdout)
    done = json.loads(run("stand-down", "--area", COUNTY, "--on", day(3), "--json").stdout)

    assert (made["mode"], made["moved"], made["no_longer_stand"]) == ("surge", 0, [])
    assert {"code", "base", "deployed", "floor", "deployed_before", "more"} <= set(
        made["departments"][0]
    )
    assert (put["mode"], put["to"], put["replaces"]) == ("surge", day(9), None)
    assert done["ended"] == made["plan"] == f"{COUNTY}-2"
    assert (done["area"], done["on"], done["back_to"]) == (COUNTY, day(3), f"{COUNTY}-1")
    assert (done["went_home"], done["no_longer_stand"]) == (0, [])
    assert {"code", "name", "surge", "normal", "floor"} <= set(done["departments"][0])


def test_a_surge_to_come_is_withdrawn_in_one_sentence(run: Any) -> None:
    run("match")
    run("publish", "1")
    run("match", "--mode", "surge")
    run("publish", "2", "--from", day(5), "--to", day(9))

    listed = run("plans", lang="zh_CN").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [f"{COUNTY}-1", f"{COUNTY}-2（应急）"]

    done = run("stand-down", lang="zh_CN")
    gone = run("stand-down")

    assert done.stdout.splitlines() == [
        f"{COUNTY} 的应急方案 {COUNTY}-2 已撤回；原定 {day(5)} 生效。",
        f"当日执行：{COUNTY}-1。",
    ]
    assert gone.exit_code == 1


def test_a_surge_is_told_in_words(run: Any) -> None:
    run("match")
    run("publish", "1")

    made, refused = run("match", "--mode", "surge"), run("publish", "2")
    run("publish", "2", "--to", day(9))
    done, again = run("stand-down"), run("stand-down")

    assert "Kept: 22 placements, all that stand today; 0 no longer stand." in made.stdout
    assert "0 more; floors 2 and 4." in made.stdout
    assert "gisapp publish 990101-2 --to DAY" in made.stdout
    assert refused.exit_code == again.exit_code == 1
    assert refused.stderr.startswith("A surge needs a last day, at most 92 days from its first.")
    assert "It began today" in done.stdout
    assert f"holds again: {COUNTY}-1." in done.stdout
    assert "already" in again.stderr


def test_without_a_surge_there_is_nothing_to_stand_down(run: Any) -> None:
    plain, chinese = run("stand-down"), run("stand-down", lang="zh_CN")
    problem = run("stand-down", "--json")

    assert (plain.exit_code, plain.stderr) == (1, "No surge is in force in 990101.\n")
    assert chinese.stderr == "990101 没有正在执行的应急方案。\n"
    assert json.loads(problem.stdout)["code"] == "no_surge"
