"""How soon a city's map is on the screen, how smoothly it moves, and what it weighs.

Headless Chromium without a GPU, the program served as it is, every page opened afresh with an
empty cache. ``BENCH_TOWNS`` names the folder of the towns (map_towns.py).
"""

import statistics
import sys
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.bench.map_towns import as_one_page, served, town
from tests.web.browser import CHROMIUM, FLAGS

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 3
PEER_ROUNDS = 1
PATIENCE_S = 900
PATIENCE_MS = 1000 * PATIENCE_S
WARM = ("/map/coverage", "/values/coverage", "/map/hotspots", "/values/hotspots")

NAMES = (
    *("painted ms", "sent MB", "requests", "heap MB", "pan ms", "z14 ms", "pan z14 ms"),
    *("z12 grids ms", "pan z12 ms", "heap after MB", "month at once ms", "month ms", "category ms"),
)

WATCH = (Path(__file__).parent / "map_watch.js").read_text("utf-8")

PAINTED = "until(() => performance.getEntriesByName('painted').length)"
MIDDLE = "map_grid.options.maxBounds.getCenter()"
LOOK_AT = "drawn(() => map_grid.setView({middle}, {zoom}, {{animate: false}}))"


class Opened:
    """One page in a window of its own, counted."""

    def __init__(self, browser: Browser) -> None:
        self.window = browser.new_context(viewport={"width": 1280, "height": 800})
        self.page: Page = self.window.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.add_init_script(WATCH)
        self.wire: CDPSession = self.window.new_cdp_session(self.page)
        self.wire.send("Network.enable")
        self.wire.send("Performance.enable")
        self.bytes = 0
        self.requests = 0
        self.wire.on("Network.loadingFinished", self._count)

    def _count(self, event: Any) -> None:
        self.bytes += event["encodedDataLength"]
        self.requests += 1

    def heap(self) -> float:
        """Megabytes of script objects that are in use."""
        self.wire.send("HeapProfiler.collectGarbage")
        metrics = self.wire.send("Performance.getMetrics")["metrics"]
        held = {one["name"]: one["value"] for one in metrics}
        return float(held["JSHeapUsedSize"]) / 1e6


def ours(browser: Browser, home: str) -> dict[str, float]:
    """Measure our pages once the server has read what it keeps and cut the tiles of these views."""
    for name in WARM:
        with urllib.request.urlopen(home + name, timeout=PATIENCE_S) as answer:  # noqa: S310
            answer.read()
    found: dict[str, float] = {}
    for case in (looked, switched):
        case(browser, home)
        found |= medians(ROUNDS, partial(case, browser, home))
    return found


def looked(browser: Browser, home: str) -> dict[str, float]:
    """Open the coverage map, pan, look closer, show grids from further out."""
    opened = Opened(browser)
    page = opened.page
    page.goto(home + "/map/coverage")
    page.evaluate(PAINTED)
    found = {
        "painted ms": page.evaluate("performance.getEntriesByName('painted')[0].startTime"),
        "sent MB": opened.bytes / 1e6,
        "requests": float(opened.requests),
    }
    page.evaluate("until(() => document.documentElement.dataset.ready)")
    page.evaluate("quiet(5)")
    found["heap MB"] = opened.heap()
    found["pan ms"] = page.evaluate("frames(drag)")
    found["z14 ms"] = page.evaluate(LOOK_AT.format(middle=MIDDLE, zoom=14))
    found["pan z14 ms"] = page.evaluate("frames(drag)")
    page.evaluate(LOOK_AT.format(middle=MIDDLE, zoom=16))
    page.evaluate("document.getElementById('show-grids').click()")
    found["z12 grids ms"] = page.evaluate(LOOK_AT.format(middle=MIDDLE, zoom=12))
    found["pan z12 ms"] = page.evaluate("frames(drag)")
    found["heap after MB"] = opened.heap()
    opened.window.close()
    return found


def switched(browser: Browser, home: str) -> dict[str, float]:
    """Open the hotspots close up; change month and category at once, and after a while."""
    opened = Opened(browser)
    page = opened.page
    page.goto(home + "/map/hotspots")
    page.evaluate("until(() => document.documentElement.dataset.ready)")
    page.evaluate(LOOK_AT.format(middle=MIDDLE, zoom=14))
    found = {"month at once ms": page.evaluate(SWITCH.format(button=MONTHS.format(8)))}
    for name, button in (("month ms", MONTHS.format(20)), ("category ms", TOPICS.format(2))):
        # As a reader does: looks, while the page asks ahead.
        page.evaluate(AHEAD)
        found[name] = page.evaluate(SWITCH.format(button=button))
    opened.window.close()
    return found


MONTHS = "document.querySelectorAll('#months .bars button')[{}]"
TOPICS = "document.querySelectorAll('#topics input')[{}]"
SWITCH = (
    "(async () => {{ await quiet(10); performance.clearMarks('ahead');"
    " return drawn(() => {button}.click()); }})()"
)
AHEAD = "until(() => performance.getEntriesByName('ahead').length)"


def theirs(browser: Browser, home: str) -> dict[str, float]:
    """Open one folium page with every grid in it, and pan."""
    opened = Opened(browser)
    page = opened.page
    page.goto(home, wait_until="load", timeout=PATIENCE_MS)
    page.evaluate("quiet(2)")
    found = {
        "painted ms": page.evaluate("performance.now()"),
        "sent MB": opened.bytes / 1e6,
        "requests": float(opened.requests),
        "heap MB": opened.heap(),
        "pan ms": page.evaluate("frames(drag)"),
    }
    opened.window.close()
    return found


def main(sizes: list[int]) -> None:
    """Print one table, line by line: each size, ours beside one folium page."""
    print("| page | " + " | ".join(NAMES) + " |")  # noqa: T201
    print("| --- |" + " ---: |" * len(NAMES), flush=True)  # noqa: T201
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size in sizes:
            env = town(size)
            with served(env) as home:
                say(f"{size:,} grids", ours(browser, home))
            with as_one_page(env) as home:
                found = medians(PEER_ROUNDS, partial(theirs, browser, home))
            say(f"{size:,}, folium GeoJson", found)
        browser.close()


def say(title: str, row: dict[str, float]) -> None:
    """Print one line of the table as soon as it is known."""
    cells = (f"{row[name]:,.{2 if 'MB' in name else 0}f}" if name in row else "–" for name in NAMES)
    print(f"| {title} | " + " | ".join(cells) + " |", flush=True)  # noqa: T201


def medians(rounds: int, case: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Run a case some times; take the median of each figure."""
    runs = [case() for _ in range(rounds)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(SIZES))
