import json
import os
import signal
import subprocess
import urllib.request
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner

from gisapp.actions import jobs
from gisapp.cli import cli
from gisapp.jobs import WORK
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from tests.cli.test_serve import serving
from tests.factories import NOW, PLANNER, Make
from tests.labour import until

PATIENCE = 90
"""Seconds: a program takes long to start where many do at once."""


def compare(runtime: Runtime, before: str, after: str) -> UUID:
    with runtime.sessions.write(PLANNER, NOW) as session:
        pair = {"before": before, "after": after}
        return jobs.ask(session, WORK, uuid4(), "compare", pair).id


def state(runtime: Runtime, id_: UUID) -> str:
    with runtime.sessions.read(PLANNER, NOW) as session:
        return jobs.look(session, WORK, id_).state


def test_a_script_lets_what_waits_be_done(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    url = make.runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)
    monkeypatch.setenv("GISAPP_DUTIES", "false")
    plan = make.plan({})
    make.commit()
    code = f"{plan.area_code}-{plan.number}"
    good, bad = compare(make.runtime, code, code), compare(make.runtime, code, "7")

    done = CliRunner().invoke(cli, ["--lang", "en", "worker", "--once", "--json"])
    again = CliRunner().invoke(cli, ["--lang", "en", "worker", "--once"])

    assert json.loads(done.stdout) == {"done": 1, "failed": 1, "waiting": 0, "lost": 0}
    assert (again.exit_code, again.stdout) == (0, "")
    assert (state(make.runtime, good), state(make.runtime, bad)) == ("done", "failed")
    with make.runtime.sessions.read(PLANNER, NOW) as session:
        result = jobs.look(session, WORK, good).result
    assert result is not None
    assert (result["before"], result["moved"]) == (code, 0)


def test_a_server_brings_a_worker_replaces_it_and_takes_it_along(blank: Path) -> None:
    url = f"sqlite:///{blank.with_name('served.sqlite')}"
    blank.with_name("served.sqlite").write_bytes(blank.read_bytes())
    runtime = Runtime.open(Settings(database_url=url))
    Make(runtime).commit()

    with serving(url, "--port", "0", "--json", jobs=1) as (process, line):
        told = json.loads(line)["url"]
        with urllib.request.urlopen(f"{told}/healthz", timeout=30) as answer:  # noqa: S310
            assert answer.status == 200
        first = until(lambda: workers(process))
        id_ = compare(runtime, "1", "2")
        until(lambda: state(runtime, id_) == "failed")
        os.kill(first[0], signal.SIGKILL)
        id_ = compare(runtime, "1", "2")
        until(lambda: state(runtime, id_) == "failed")
        second = until(lambda: workers(process))

        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)

    assert first != second
    assert process.returncode == 0
    assert "Traceback" not in said
    until(lambda: gone(second[0]), PATIENCE)
    runtime.close()


def test_a_worker_ends_with_its_server_however_that_ends(spatialite: str) -> None:
    with serving(spatialite, "--port", "0", "--json", jobs=1) as (process, _):
        pid = until(lambda: workers(process), PATIENCE)[0]

        process.kill()
        process.wait()

        until(lambda: gone(pid), PATIENCE)


def gone(pid: int) -> bool:
    """Whether a process has ended; nobody may have asked how."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return stat.rsplit(")", 1)[1].split()[0] == "Z"


def workers(process: "subprocess.Popen[Any]") -> list[int]:
    """Children of a server that do background work."""
    lists = Path(f"/proc/{process.pid}/task").glob("*/children")
    pids = [int(pid) for each in lists for pid in each.read_text().split()]
    return [pid for pid in pids if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
