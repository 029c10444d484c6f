import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gisapp.cli import cli
from gisapp.cli.door import Door
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from tests import hot_town as town


@pytest.fixture
def url(spatialite: str, monkeypatch: pytest.MonkeyPatch) -> str:
    runtime = Runtime.open(Settings(database_url=spatialite))
    town.build(runtime, town.usual(months=12))
    runtime.close()
    monkeypatch.setenv("GISAPP_DATABASE_URL", spatialite)
    monkeypatch.setattr(Door, "now", town.NOW)
    return spatialite


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["--lang", "en", "alerts", *words])


def answer(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_alerts_are_calibrated_told_once_and_listed(url: str) -> None:
    strict = run("--calibration").output
    made = answer("--calibrate", "--years", "4")["calibration"]
    told = answer("--tell")
    again = run("--tell")
    listed = answer()["alerts"]

    assert strict.startswith("Not calibrated yet")
    assert made["sentence"].startswith("Told up to p ")
    assert {"p", "false_alarms", "between"} == set(made["thresholds"][0])
    assert (told["month"], told["calibrated"]) == ("2026-10", True)
    assert [one["why"] for one in told["told"]] == ["new"] * len(told["told"])
    assert again.output == "Nothing to tell.\n"
    assert listed == told["told"]
    assert listed[0]["sentence"].startswith("New: in ")


def test_a_month_that_cannot_be_is_refused(url: str) -> None:
    assert run("--month", "2026-13").output == "The parameter “month” cannot be “2026-13”.\n"
    assert run("--tell", "--month", "2026-11").exit_code == 1


def test_what_is_calibrated_and_told_in_one_is_told_by_the_new_threshold(url: str) -> None:
    done = answer("--calibrate", "--tell", "--years", "4")

    low, high = next(
        row["between"]
        for row in done["calibration"]["thresholds"]
        if row["p"] == done["calibration"]["threshold"]
    )
    assert done["calibrated"]
    assert done["told"]
    assert f"between {low:g} and {high:g}" in done["calibration"]["sentence"]


def test_fewer_years_than_can_tell_the_wanted_rate_are_refused(url: str) -> None:
    refused = run("--calibrate", "--tell", "--years", "3")

    assert refused.exit_code == 1
    assert refused.output.startswith("3 simulated years cannot tell")
    assert "at least 4." in refused.output
    assert run().output == "Nothing to tell.\n"
