import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gisapp.cli import cli


@pytest.fixture
def database(spatialite: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GISAPP_DATABASE_URL", spatialite)
    return Path(spatialite.removeprefix("sqlite:///"))


def demo(*words: str) -> Result:
    return CliRunner().invoke(cli, ["--lang", "en", "demo", "--no-serve", *words])


def test_one_command_builds_matches_and_publishes(database: Path) -> None:
    first = demo("--grids", "100", "--json")
    second = demo("--grids", "100", "--json")

    told = json.loads(first.stdout)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert told["built"]
    assert told["counts"]["grids"] == sum(told["states"].values()) == 100
    assert told["status"] == "optimal"
    assert json.loads(second.stdout)["built"] is False
    truth = json.loads(Path(f"{database}.truth.json").read_text("utf-8"))
    assert len(truth["months"]) == len(truth["plants"][0]["risk"]) == 24


def test_a_town_that_cannot_be_is_refused_in_one_line(database: Path) -> None:
    refused = demo("--grids", "5")

    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[-1] == (
        "The demo town can have 100 to 120,000 grids, not 5."
    )


def test_a_match_that_takes_too_long_is_published_as_it_is_and_says_so(database: Path) -> None:
    told = json.loads(demo("--grids", "300", "--time-limit", "0.001", "--json").stdout)

    assert told["built"]
    assert told["status"] == "stopped"
    assert 0 < told["gap"] < 1
