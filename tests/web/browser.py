"""A real browser at a real server, and everything that goes wrong there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gisapp.cli import cli
from tests import kept
from tests.chromium import CHROMIUM

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
GRAVE = """(() => {
  const light = axe._audit.rules.filter((rule) => ["minor", "moderate"].includes(rule.impact));
  const rules = Object.fromEntries(light.map((rule) => [rule.id, { enabled: false }]));
  return axe.run(document, { resultTypes: ["violations"], rules });
})()"""
"""A rule's own impact goes before those of its checks, so the rules left out find nothing grave."""
DESK = (1280, 720)
PHONE = (390, 844)
WAIT_MS = 60_000

NO_BROWSER = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demo town of 300 grids, to be copied by whoever serves it."""
    path = tmp_path_factory.mktemp("built") / "town.sqlite"
    words = ("demo", "--grids", "300", "--seed", "1", "--no-serve")
    return kept.for_all(path, lambda: run(path, *words))


@pytest.fixture(scope="session")
def town(built: Path) -> Iterator[str]:
    """The address of a served demo town of 300 grids."""
    with served(built, "town") as address:
        yield address


def run(path: Path, *words: str) -> None:
    """Let a command work on a file, in this process: another one begins with seconds of imports."""
    done = CliRunner().invoke(cli, words, env={"GISAPP_DATABASE_URL": f"sqlite:///{path}"})
    assert done.exit_code == 0, done.output


@contextmanager
def served(built: Path, name: str, *commands: Sequence[str], workers: int = 1) -> Iterator[str]:
    """Serve a copy of a town, after some commands have worked on it; gives its address.

    ``workers`` do the long work.
    """
    home = built.parent / name
    home.mkdir()
    path = home / "town.sqlite"
    shutil.copy(built, path)
    for words in commands:
        run(path, *words)
    env = {name: value for name, value in os.environ.items() if not name.startswith("GISAPP_")}
    env |= {"GISAPP_DATABASE_URL": f"sqlite:///{path}", "GISAPP_WORKERS": "1"}
    env["GISAPP_JOB_WORKERS"] = str(workers)
    with (
        (home / "server.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "gisapp", "serve", "--port", "0"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as server,
    ):
        try:
            yield address_of(server)
        finally:
            server.terminate()


def address_of(server: subprocess.Popen[str]) -> str:
    """Read the address a server prints as soon as it listens."""
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://[0-9.]+:[0-9]+", line):
            return found.group()
    raise AssertionError("the server ended before it listened")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Visit:
    """One reader's window, and everything that went wrong in it."""

    def __init__(self, browser: Any, town: str, lang: str, size: tuple[int, int]) -> None:
        self.town = town
        self.faults: list[str] = []
        self.window = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=lang.replace("_", "-"),
            reduced_motion="reduce",
        )
        self.page = self.window.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        home = request.url.startswith((self.town, "data:", "blob:"))
        if not home or request.url.endswith("/csp"):
            self.faults.append(f"request: {request.url}")

    def open(self, path: str) -> Any:
        self.page.goto(self.town + path)
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait until a page that draws has drawn; one that only says something is ready at once."""
        drawing = self.page.locator("#map_grid, #drawing").count() > 0
        if drawing:
            self.until("document.documentElement.dataset.ready === '1'")

    def resize(self, size: tuple[int, int]) -> None:
        """Make the window as large as another device's."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def until(self, script: str) -> None:
        """Wait until a script is true; the policy forbids the browser's own way of waiting."""
        self.page.evaluate(
            "new Promise((done, fail) => { const end = performance.now() + "
            f"{WAIT_MS}; const look = () => ({script}) ? done() : performance.now() > end "
            "? fail(new Error('waited in vain; the page says: ' + [...document.querySelectorAll("
            "'[role=alert], [role=status]')].map((one) => one.innerText).join(' | '))) "
            ": setTimeout(look, 30); look(); })"
        )

    def api(self, path: str) -> Any:
        return self.page.evaluate("path => fetch(path).then(answer => answer.json())", path)

    def axe(self) -> list[str]:
        """Look for what keeps people from reading the page; lesser findings are not asked for."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(GRAVE)
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:120]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]


def in_sight(seen: Visit, selector: str) -> bool:
    """Say whether nothing lies over the middle of any of them."""
    return bool(
        seen.page.evaluate(
            "selector => [...document.querySelectorAll(selector)].every(one => {"
            "const { x, y, width, height } = one.getBoundingClientRect();"
            "return one.contains(document.elementFromPoint(x + width / 2, y + height / 2)); })",
            selector,
        )
    )


@pytest.fixture
def visit(browser: Any, town: str) -> Iterator[Callable[..., Visit]]:
    """Open windows on the usual town."""
    with windows(browser, town) as make:
        yield make


@contextmanager
def windows(browser: Any, town: str) -> Iterator[Callable[..., Visit]]:
    """Open windows; in the end nothing may have gone wrong in any of them."""
    visits: list[Visit] = []

    def make(lang: str = "zh_CN", size: tuple[int, int] = DESK) -> Visit:
        visits.append(Visit(browser, town, lang, size))
        return visits[-1]

    yield make
    faults = [fault for each in visits for fault in each.faults]
    for each in visits:
        each.window.close()
    assert faults == []
