import json

import numpy as np
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from gisapp.auth import OPERATOR
from gisapp.cli import cli
from gisapp.cli.door import Door
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store.models import Audit
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
    return CliRunner().invoke(cli, ["--lang", "en", "scan", *words])


def test_a_scan_is_told_to_people_and_programs(url: str) -> None:
    told = run("--month", "2026-10").output.splitlines()
    found = json.loads(run("--month", "2026-10", "--prospective", "--json").stdout)

    assert told[0].startswith("Gatherings that chance would hardly make: ")
    assert told[1].startswith("  1. Grids together: ")
    assert found["window"] == "2026-10"
    assert {"rank", "grids", "from", "to", "count", "recurrence", "sentence"} <= set(
        found["clusters"][0]
    )
    assert "exact" not in found


def test_exact_figures_are_noted(url: str) -> None:
    found = json.loads(run("--month", "2026-10", "--exact", "--json").stdout)

    first = found["exact"][0]
    grids = [town.CODES.index(code) for code in first["grids"]]
    assert first["exact_count"] == town.usual(months=12)[-1, grids].sum()
    assert {"expected", "llr", "p"} <= set(first)
    runtime = Runtime.open(Settings(database_url=url))
    with runtime.sessions.read(OPERATOR, town.NOW) as session:
        notes = session.scalars(select(Audit).where(Audit.deed == "scans.disclosed")).all()
    runtime.close()
    assert [note.subject for note in notes] == ["space 2026-10"]


def test_a_wrong_question_is_answered_in_one_line(url: str) -> None:
    both, future = run("--month", "2026-10", "--year", "2025"), run("--month", "2026-11")

    assert [done.exit_code for done in (both, future)] == [1, 1]
    assert future.output == "2026-11 is not over yet; the last whole month is 2026-10.\n"


def test_a_town_without_disputes_is_told(spatialite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = Runtime.open(Settings(database_url=spatialite))
    town.build(runtime, np.zeros((1, len(town.CODES)), np.int64))
    runtime.close()
    monkeypatch.setenv("GISAPP_DATABASE_URL", spatialite)
    monkeypatch.setattr(Door, "now", town.NOW)

    assert run().output == "No disputes are recorded in these months.\n"
