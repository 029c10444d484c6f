import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from gisapp.auth import OPERATOR
from gisapp.cli import cli
from gisapp.cli.door import Door
from gisapp.core.publication import NOT_ENOUGH_EVIDENCE
from gisapp.core.sayings_method import OUTLIERS
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store.models import Audit
from tests import hot_town as town


@pytest.fixture
def url(spatialite: str, monkeypatch: pytest.MonkeyPatch) -> str:
    runtime = Runtime.open(Settings(database_url=spatialite))
    town.seen(runtime, OPERATOR)
    runtime.close()
    monkeypatch.setenv("GISAPP_DATABASE_URL", spatialite)
    monkeypatch.setattr(Door, "now", town.NOW)
    return spatialite


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["--lang", "en", "hotspots", *words])


def answer(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_answer_has_the_keys_that_scripts_rely_on(url: str) -> None:
    found = answer("--category", "labour")

    assert (found["window"], found["category"]) == ("2026-Q3", "labour")
    assert list(found["grids"][0]) == ["code", "count", "bin", "trend", "outlier", "sentence"]
    assert len(found["grids"]) == len(town.CODES)


def test_people_read_the_window_the_method_and_the_hottest_grids(url: str) -> None:
    done = run("--month", "2026-10")

    lines = done.output.splitlines()
    assert lines[0].endswith("grids are hot; none is new or rising.")
    assert lines[1].startswith("2026-10, All; rate per household and enterprise")
    assert any(line.startswith("  ▲3 990101001001028") for line in lines)


def test_exact_figures_are_shown_to_the_operator_and_noted(url: str) -> None:
    found = answer("--month", "2026-10", "--exact")

    counts = town.usual()[-1]
    assert [grid["exact_count"] for grid in found["grids"]] == counts.tolist()
    assert {"z", "p"} <= set(found["grids"][0])
    hot = found["grids"][town.PLANT[4]]
    assert hot["z"] > 3
    assert 0 < hot["p"] < 0.01
    runtime = Runtime.open(Settings(database_url=url))
    with runtime.sessions.read(OPERATOR, town.NOW) as session:
        notes = session.scalars(select(Audit).where(Audit.deed == "hotspots.disclosed")).all()
    runtime.close()
    assert [note.subject for note in notes] == ["window 2026-10"]


def test_without_exact_nothing_exact_leaves_and_nothing_is_noted(url: str) -> None:
    text = run("--month", "2026-10", "--json").stdout

    assert '"z"' not in text
    assert "exact" not in text


def test_a_wrong_question_is_answered_in_one_line(url: str, tmp_path: Path) -> None:
    both = run("--month", "2026-10", "--year", "2025")
    future = run("--month", "2026-11")
    unknown = run("--category", "weather")

    assert [done.exit_code for done in (both, future, unknown)] == [1, 1, 1]
    assert future.output == "2026-11 is not over yet; the last whole month is 2026-10.\n"
    assert unknown.output.startswith("There is no category “weather”.")


@pytest.mark.parametrize("window", [("--year", "1900"), ("--month", "2020-01")])
def test_a_window_before_all_records_says_that_there_are_none(
    url: str, window: tuple[str, str]
) -> None:
    found = answer(*window)

    assert [one.partition(" of ")[0] for one in found["notices"]] == ["There are no records"]
    assert found["notices"][0].endswith(": they begin in Nov 2024.")


def test_grids_unlike_their_neighbours_are_a_second_view(url: str) -> None:
    found = answer("--view", "outliers")

    assert found["view"] == "outliers"
    assert {grid["outlier"] for grid in found["grids"]} <= {*OUTLIERS}
    assert found["grids"][town.PLANT[4]]["outlier"] == "high_high"
    assert found["grids"][town.PLANT[4]]["sentence"] == "High among high neighbours."


def test_months_are_scored_place_with_place_when_asked(url: str) -> None:
    assert "scored among all months" in answer()["method"]
    assert "scored among the same months" in answer("--reference", "month")["method"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [("knn:6", "neighbours: the 6 nearest"), ("band:1500", "neighbours: within 1500 m")],
)
def test_neighbours_are_those_the_installation_names(
    url: str, monkeypatch: pytest.MonkeyPatch, rule: str, said: str
) -> None:
    monkeypatch.setenv("GISAPP_HOTSPOT_NEIGHBOURS", rule)
    monkeypatch.setenv("GISAPP_HOTSPOT_CORRECTION", "by")
    monkeypatch.setenv("GISAPP_HOTSPOT_RANDOMISATION", "conditional")

    found = answer()

    assert said in found["method"]
    assert "conditional randomisation" in found["method"]
    assert "Benjamini-Yekutieli" in found["method"]
    assert found["grids"][town.PLANT[4]]["bin"] > 0


def test_grids_without_neighbours_are_counted_and_told(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GISAPP_HOTSPOT_NEIGHBOURS", "band:5")

    found, lines = answer("--year", "2025"), run("--year", "2025").output

    assert found["islands"] == 64
    kinds = {grid["outlier"] for grid in found["grids"] if grid["outlier"] != NOT_ENOUGH_EVIDENCE}
    assert kinds == {"isolated"}
    assert "64 of 64 grids have no neighbours" in lines


def test_a_rule_of_neighbours_that_is_none_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GISAPP_HOTSPOT_NEIGHBOURS", "knn:0")

    done = run()

    assert done.exit_code == 1
    assert "it is queen, knn:1 to knn:99" in done.output


def test_a_month_is_released_again_only_when_that_is_said(url: str) -> None:
    run("--month", "2026-10")

    refused, done = (
        CliRunner().invoke(cli, ["--lang", "en", "release", "2026-10", *words])
        for words in ([], ["--again", "--json"])
    )

    number = int(town.usual()[-1].sum())
    assert refused.exit_code == 1
    assert refused.output.startswith("2026-10 has been released: its figures stay as they are.")
    assert json.loads(done.stdout) == {
        "month": "2026-10",
        "counties": {"990101": number},
        "again": True,
    }


def test_nothing_is_released_where_no_area_is_stored(
    spatialite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GISAPP_DATABASE_URL", spatialite)
    monkeypatch.setattr(Door, "now", town.NOW)

    done = CliRunner().invoke(cli, ["--lang", "en", "release", "2026-10"])

    assert done.exit_code == 1
    assert done.output == "No area is stored yet. Import areas and grids first.\n"
