"""A program that is killed in the middle of an import leaves all of it or nothing."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from gisapp.intake import leftovers
from gisapp.runtime import Runtime
from tests.factories import Make
from tests.kills import NOTHING, Victim

pytestmark = pytest.mark.both

KILLS = {"sqlite": 6, "postgresql": 2}


def test_a_kill_at_any_step_of_an_import_leaves_all_or_nothing(
    make: Make, runtime: Runtime, tmp_path: Path
) -> None:
    make.grid()
    make.commit()
    runtime.close()  # a child must not share a connection
    victim = Victim(runtime.settings.database_url.get_secret_value(), tmp_path, rows=20)
    steps = victim.at_step(0, 0)
    assert victim.left(0) == victim.whole
    # The last step comes after the commit; the others are statements and the commit itself.
    number = KILLS[runtime.sessions.engine.dialect.name] - 1
    before = np.random.default_rng(6).choice(np.arange(1, steps), number, replace=False)
    drawn = [steps, *before.tolist()]

    for run, step in enumerate(drawn, 1):
        victim.at_step(run, step)
        assert victim.left(run) == (victim.whole if step == steps else NOTHING), step

    victim.at_step(len(drawn), 0)
    assert victim.left(len(drawn)) == victim.whole, "and the next import finds nothing in its way"


def test_what_a_killed_reader_left_on_the_disk_goes_with_the_next_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "gettempdir", lambda: str(tmp_path))
    dead, other = tmp_path / "gisapp-rows-dead", tmp_path / "gisapp-other-dead"
    young = tmp_path / "gisapp-rows-young"
    for each in (dead, other, young):
        each.mkdir()
        (each / "rows").write_text("1")
    hour_ago = time.time() - 3600
    for each in (dead, other):
        os.utime(each, (hour_ago, hour_ago))
    with leftovers.folder("gisapp-rows-") as held:
        os.utime(held, (hour_ago, hour_ago))

        with leftovers.folder("gisapp-rows-") as mine:
            assert mine.is_dir()
            assert held.is_dir(), "its program lives"

    assert [each.exists() for each in (dead, other, young, held)] == [False, True, True, False]
