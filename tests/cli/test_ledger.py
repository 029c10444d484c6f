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


def test_a_script_gets_every_key(run: Any) -> None:
    run("match", "--json")
    run("publish", "1", "--to", day(9), "--json")

    answer = run("ledger", "--day", day(3), "--json")

    found = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert (found["day"], found["base_kind"], found["plans"]) == (day(3), "roll", [f"{COUNTY}-1"])
    court, labour = found["departments"]
    assert {"code", "base", "deployed", "rate", "floor", "falls_on"} <= set(court)
    assert (court["code"], court["base"], court["floor"]) == ("court", 11, 2)
    assert court["rate"] == round(court["deployed"] / 11, 4)
    assert court["falls_on"] == labour["falls_on"] == day(10)
    assert court["then"] == {
        "base": 11,
        "deployed": 0,
        "floor": 2,
        "mode": "normal",
        "leave": court["deployed"],
    }


def test_people_read_numerator_denominator_and_base_in_one_sentence(run: Any) -> None:
    run("match")
    run("publish", "1", "--to", day(9))

    plain, later = run("ledger", "--day", day(3)).stdout, run("ledger", "--day", day(30)).stdout
    chinese = run("ledger", "--day", day(3), lang="zh_CN").stdout

    assert "Base: headcount on the roll; leaders count among those who are out." in plain
    assert "of 11 on the roll out (" in plain
    assert f"below it from {day(10)}, when terms of " in plain
    assert "0 of 11 on the roll, floor 2." in plain
    assert f"No plan is in force on {day(30)}" in later
    assert "court: 0 of 11 on the roll out (0.0 %), 2 short of its floor 2 (10 %)." in later
    assert "在编 11 人，派出" in chinese


def test_floors_that_are_kept_are_said_to_be_so(run: Any) -> None:
    run("match")
    run("publish", "1")

    assert "All 2 departments keep their floors until " in run("ledger").stdout


def test_nothing_is_said_of_floors_where_no_department_is(run: Any) -> None:
    answer = run("ledger", "--day", "1900-01-01")

    assert answer.exit_code == 0
    assert "departments" not in answer.stdout


def test_a_day_that_is_none_is_wrong_usage(run: Any) -> None:
    wrong = run("ledger", "--day", "2026-02-30")

    assert wrong.exit_code == 2
    assert "is a day, written as 2026-10-31" in wrong.stderr
