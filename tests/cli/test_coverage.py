"""``gisapp coverage``, through the front door."""

import json

import pytest
from click.testing import CliRunner

from gisapp.cli import cli
from gisapp.runtime import Runtime
from tests import town


@pytest.fixture
def installed(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    town.build(runtime)
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    return runtime


def test_scripts_get_every_grid_with_its_state_and_reason(installed: Runtime) -> None:
    day = town.TODAY.isoformat()

    done = CliRunner().invoke(cli, ["--lang", "en", "coverage", "--day", day, "--json"])

    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert sum(said["states"].values()) == len(said["grids"]) == 6
    assert [grid["state"] for grid in said["grids"]] == town.STATES
    assert said["grids"][4] == {
        "code": town.CODES[4],
        "state": "served",
        "minutes": 7,
        "sentence": "Served by 1; the nearest needs 7 min.",
    }
    assert (said["enterprises_outside"], said["disputes_outside"]) == (1, "<5")


def test_people_get_the_worst_first_in_their_language(installed: Runtime) -> None:
    day = town.TODAY.isoformat()

    done = CliRunner().invoke(cli, ["--lang", "zh_CN", "coverage", "--day", day])

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("2 格无人服务")
    assert "6 格里 1 格：" in done.stdout
    assert [code for code in town.CODES if code in done.stdout] == [
        code for code in town.CODES if code != town.CODES[4]
    ]


def test_a_plan_that_is_not_there_is_one_clear_line(installed: Runtime) -> None:
    done = CliRunner().invoke(cli, ["--lang", "en", "coverage", "--plan", "77"])

    assert done.exit_code == 1
    assert done.stderr == "There is no plan 77. See the list of plans.\n"
