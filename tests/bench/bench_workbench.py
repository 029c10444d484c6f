"""How long a planner waits at the workbench: each read of a draft, laying it out, solving it."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from gisapp.actions.desk import desk
from gisapp.actions.drafting import create
from gisapp.actions.effects import effect
from gisapp.auth import Actor, Role
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store import versions
from gisapp.web import create_app

SIZES = (1_000, 10_000)
ROUNDS = 7
PLANNER = Actor("planner", Role.PLANNER, "9901")


def main(sizes: list[int]) -> None:
    """Build a town of each size, make a draft of what is in force, and ask about it."""
    rows: dict[str, list[str]] = {}
    for grids in sizes:
        with tempfile.TemporaryDirectory() as folder:
            url = os.environ.get("BENCH_TOWN") or _town(folder, grids)
            for what, wall, work in _measured(url):
                rows.setdefault(what, []).append(f"{wall * 1000:,.0f} ({work * 1000:,.0f})")
    print("| ms, median (of which work) | " + " | ".join(f"{size:,}" for size in sizes) + " |")  # noqa: T201
    print("| --- |" + " ---: |" * len(sizes))  # noqa: T201
    for what, told in rows.items():
        print(f"| {what} | " + " | ".join(told) + " |")  # noqa: T201


def _town(folder: str, grids: int) -> str:
    url = f"sqlite:///{folder}/town.sqlite"
    command = [sys.executable, "-m", "gisapp", "demo", "--grids", str(grids), "--no-serve"]
    env = os.environ | {"GISAPP_DATABASE_URL": url}
    subprocess.run(command, env=env, check=True, capture_output=True)
    return url


def _measured(url: str) -> list[tuple[str, float, float]]:
    runtime = Runtime.open(Settings(database_url=url))
    with runtime.sessions.write(PLANNER, datetime.now(UTC)) as session:
        plan = create(session, uuid4(), None, "normal")
        session.flush()
        code = f"{plan.area_code}-{plan.number}"
    found = _laying(runtime, code)
    browser = create_app(runtime).test_client()
    browser.set_cookie("view", f"planner:{PLANNER.area_code}")

    def got(path: str) -> Any:
        answer = browser.get(f"/api/v1/drafts/{code}{path}")
        if answer.status_code != 200:
            raise AssertionError(answer.json)
        return answer.json

    found.append(("the desk, first request", *_once(lambda: got(""))))
    grid = next(row["code"] for row in got("/gaps?all=1&state=far")["rows"])
    (post, *_) = got(f"/grids/{grid}")["posts"]
    (holder, *_) = [*post["holders"], *got("/people")["rows"]]
    why = f"/posts/{post['post']}/why"
    found.append(("the best plan, solved once", *_once(lambda: got(why))))
    person = f"/people/{holder['staff_number']}"
    for path, what in (
        ("", "the draft (GET 2)"),
        ("/gaps", "gaps (3)"),
        ("/people?free=1", "people (4)"),
        ("/departments", "departments (5)"),
        ("/values", "values (6)"),
        (f"/grids/{grid}", "one grid (7)"),
        (why, "why (8)"),
        (person, "one person (9)"),
    ):
        found.append((what, *_median(lambda path=path: got(path))))
    found.append(("offers (9)", *_once(lambda: got(f"{person}/offers"))))
    runtime.close()
    return found


def _laying(runtime: Runtime, code: str) -> list[tuple[str, float, float]]:
    with runtime.sessions.read(PLANNER, datetime.now(UTC)) as session:
        table = desk(session, code, lambda name, make: make())
        rows = versions.now(session, table.plan_id).rows()
    before = table.lay(rows)
    return [
        ("lay", *_median(lambda: table.lay(rows))),
        ("lay and effect of a deed", *_median(lambda: effect(before, table.lay(rows[1:])))),
    ]


def _once(ask: Callable[[], Any]) -> tuple[float, float]:
    wall, work = time.perf_counter(), time.process_time()
    ask()
    return time.perf_counter() - wall, time.process_time() - work


def _median(ask: Callable[[], Any]) -> tuple[float, float]:
    ask()
    walls, works = zip(*(_once(ask) for _ in range(ROUNDS)), strict=True)
    return statistics.median(walls), statistics.median(works)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(SIZES))
