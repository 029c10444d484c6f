"""How long a planner waits at the workbench: reading a draft, changing it, solving it."""

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
from gisapp.actions.effects import effect
from gisapp.auth import Actor, Role
from gisapp.jobs import Worker
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
    browser = Browser(runtime)
    found = [("a first draft (1)", *_once(browser.start)), ("another (1)", *_once(browser.start))]
    code, got = browser.plan, browser.got
    found += _laying(runtime, code)
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
    found += _changing(runtime, browser)
    runtime.close()
    return found


class Browser:
    """A planner at the API, who remembers the version seen last."""

    def __init__(self, runtime: Runtime) -> None:
        self.client = create_app(runtime).test_client()
        self.client.set_cookie("view", f"planner:{PLANNER.area_code}")
        self.client.set_cookie("csrf", "bench")
        self.plan, self.version = "", 0

    def got(self, path: str) -> Any:
        return self._read(self.client.get(f"/api/v1/drafts/{self.plan}{path}"))

    def start(self) -> None:
        made = self.sent("/api/v1/drafts", based_on=None, mode="normal")
        self.plan, self.version = made["plan"], made["version"]

    def change(self, path: str, **body: Any) -> None:
        made = self.sent(f"/api/v1/drafts/{self.plan}{path}", **body)
        self.version = made["version"]

    def sent(self, path: str, **body: Any) -> Any:
        headers = {"X-CSRFToken": "bench", "If-Match": f'"{self.version}"'}
        answer = self.client.post(path, json={"id": str(uuid4()), **body}, headers=headers)
        return self._read(answer)

    def _read(self, answer: Any) -> Any:
        if answer.status_code not in (200, 201, 202):
            raise AssertionError(answer.json)
        return answer.json


def _changing(runtime: Runtime, browser: Browser) -> list[tuple[str, float, float]]:
    """Change the draft: one placement, all locks, a proposal, each taken back and done again."""
    change = browser.change
    rows = browser.got("/people?size=200")["rows"]
    who = next(row for row in rows if any(not post["locked"] for post in row["posts"]))
    out = {"post": who["posts"][0]["post"], "cadre": who["staff_number"]}
    job = str(uuid4())
    found = [("one taken out (10)", *_once(lambda: change("/deeds", deed="remove", **out)))]
    asked = {"plan": browser.plan, "version": browser.version}
    browser.sent("/api/v1/jobs", id=job, name="propose", arguments=asked)
    found.append(("a proposal is made (job)", *_once(Worker(runtime).once)))
    for what, deed in (
        ("a proposal is taken over (10)", {"deed": "propose", "job": job}),
        ("all are locked (10)", {"deed": "lock", "all": True}),
    ):
        found.append((what, *_once(lambda deed=deed: change("/deeds", **deed))))
        found.append(("… taken back (11)", *_once(lambda: change("/undo"))))
        found.append(("… done again (11)", *_once(lambda: change("/redo"))))
    branch = {"version": browser.version}
    path = f"/api/v1/drafts/{browser.plan}/branch"
    found.append(("a branch (13)", *_once(lambda: browser.sent(path, **branch))))
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
    """Measure the wall and the work of this thread: a solve beside it is not the request's."""
    wall, work = time.perf_counter(), time.thread_time()
    ask()
    return time.perf_counter() - wall, time.thread_time() - work


def _median(ask: Callable[[], Any]) -> tuple[float, float]:
    ask()
    walls, works = zip(*(_once(ask) for _ in range(ROUNDS)), strict=True)
    return statistics.median(walls), statistics.median(works)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(SIZES))
