import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from gisapp.cli import cli
from gisapp.settings import Settings
from gisapp.store.engine import open_engine


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--lang", "en", *arguments], env={"GISAPP_DATABASE_URL": url})


@pytest.fixture(params=["spatialite", "postgis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The address of a database that nothing has touched."""
    if request.param == "spatialite":
        return f"sqlite:///{tmp_path / 'data' / 'new.sqlite'}"
    return request.getfixturevalue("postgis_empty")


def test_init_makes_a_database_and_then_leaves_it_alone(url: str) -> None:
    first, second = run(url, "init", "--json"), run(url, "init", "--json")

    assert [json.loads(each.stdout)["done"] for each in (first, second)] == ["created", "unchanged"]
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_a_database_that_is_not_made_says_what_to_do(url: str) -> None:
    done = run(url, "check")

    assert done.exit_code == 1
    said = "The database is empty. Run “gisapp init” first."
    if url.startswith("sqlite"):
        said = (
            "There is no database new.sqlite there. Correct GISAPP_DATABASE_URL, or make it "
            "with “gisapp init”."
        )
    assert done.stderr.strip() == said


def test_a_command_that_reads_makes_no_folder_for_a_database(tmp_path: Path) -> None:
    done = run(f"sqlite:///{tmp_path / 'x' / 'a' / 'b.sqlite'}", "plans", "--json")

    assert (done.exit_code, json.loads(done.stdout)["code"]) == (1, "database_absent")
    assert list(tmp_path.iterdir()) == []


def test_a_well_installation_has_nothing_to_mend(url: str, monkeypatch: Any) -> None:
    monkeypatch.delenv("PROJ_DATA", raising=False)
    monkeypatch.delenv("PROJ_LIB", raising=False)
    run(url, "init")

    done = run(url, "doctor", "--json")

    assert done.exit_code == 0
    assert json.loads(done.stdout)["ok"]
    assert {"GEOS", "PROJ"} <= {row["subject"] for row in json.loads(done.stdout)["findings"]}


def test_a_lost_spatial_index_is_found(url: str) -> None:
    run(url, "init")
    engine = open_engine(url)
    with engine.begin() as connection:
        lose = "SELECT DisableSpatialIndex('office', 'place')"
        if engine.dialect.name == "postgresql":
            lose = "DROP INDEX idx_office_place"
        connection.execute(text(lose))
    engine.dispose()

    done = run(url, "doctor")

    assert done.exit_code == 1
    assert "office.place" in done.stdout


def test_settings_are_all_told_and_secrets_are_not() -> None:
    done = run("postgresql+psycopg://boss:hush-hush@127.0.0.1/town", "settings", "--json")

    told = {row["name"]: row for row in json.loads(done.stdout)["settings"]}
    assert set(told) == {f"GISAPP_{name.upper()}" for name in Settings.model_fields}
    assert told["GISAPP_DATABASE_URL"]["set"]
    assert not told["GISAPP_WORKERS"]["set"]
    assert "hush" not in done.stdout


def test_every_setting_says_its_purpose_in_chinese() -> None:
    done = CliRunner().invoke(cli, ["--lang", "zh_CN", "settings", "--json"])

    purposes = [row["description"] for row in json.loads(done.stdout)["settings"]]
    assert [one for one in purposes if not re.search(r"[\u4e00-\u9fff]", one)] == []


def test_a_setting_that_is_not_there_stops_the_program() -> None:
    done = CliRunner().invoke(cli, ["--lang", "en", "settings"], env={"GISAPP_WORKER": "3"})

    assert done.exit_code == 1
    assert "GISAPP_WORKER" in done.stderr
