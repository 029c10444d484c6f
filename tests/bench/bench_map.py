"""How soon a city's map is on the screen, how smoothly it moves, and what it weighs.

Headless Chromium without a GPU, the program served as it is, every page opened afresh with an
empty cache; the server has answered each question once. ``BENCH_TOWNS`` names the folder of the
towns (map_towns.py); the city of 100,000 grids is measured where it is there already.
"""

import statistics
import sys
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.bench.bench_workbench import PLANNER
from tests.bench.map_towns import as_one_page, served, there, town
from tests.bench.rounds import busy
from tests.chromium import CHROMIUM
from tests.web.browser import FLAGS

SIZES = (1_000, 10_000)
LARGE = 100_000
ROUNDS = 3
PEER_ROUNDS = 1
PATIENCE_S = 900
PATIENCE_MS = 1000 * PATIENCE_S
WARM = ("/map/coverage", "/values/coverage", "/map/hotspots", "/values/hotspots")

GOALS = {
    "painted ms": "1,500 at 10,000; 1.5 × 1,000's at 100,000",
    "sent MB": "1.5 at 10,000",
    "requests": "",
    "heap MB": "100",
    "pan ms": "150",
    "z14 ms": "1.5 × 1,000's at 100,000",
    "pan z14 ms": "150",
    "z12 grids ms": "2,000",
    "pan z12 ms": "150",
    "heap after MB": "100",
    "month ms": "100",
    "month again ms": "100",
    "category ms": "100",
    "category again ms": "100",
    "plan ms": "100",
    "plan again ms": "100",
    "lock shown ms": "300",
    "lock kept ms": "300",
    "undo ms": "300",
    "removal shown ms": "300",
    "removal kept ms": "300",
}
"""Every figure, and what it may come to."""

WATCH = (Path(__file__).parent / "map_watch.js").read_text("utf-8")

PAINTED = "until(() => performance.getEntriesByName('painted').length)"
READY = "until(() => document.documentElement.dataset.ready)"
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


def ours(browser: Browser, homes: Mapping[int, str]) -> dict[int, dict[str, float]]:
    """Measure our pages once each server has read what it keeps and cut the tiles of these views.

    The towns are opened by turns: a machine that is slower for a minute is so for all of them.
    """
    for home in homes.values():
        for name in WARM:
            with urllib.request.urlopen(home + name, timeout=PATIENCE_S) as answer:  # noqa: S310
                answer.read()
    found: dict[int, dict[str, float]] = {size: {} for size in homes}
    for case in (looked, switched, planned, changed):
        for home in homes.values():
            case(browser, home)
        turns = [{size: case(browser, home) for size, home in homes.items()} for _ in range(ROUNDS)]
        for size in homes:
            found[size] |= medians([turn[size] for turn in turns])
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
    page.evaluate(READY)
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


def close_up(browser: Browser, address: str) -> tuple[Opened, Page]:
    """Open a map and look at its middle, where grids are seen."""
    opened = Opened(browser)
    opened.page.goto(address)
    opened.page.evaluate(READY)
    opened.page.evaluate(LOOK_AT.format(middle=MIDDLE, zoom=14))
    return opened, opened.page


def switched(browser: Browser, home: str) -> dict[str, float]:
    """Open the hotspots close up; look at a month and a category, at others, and at them again."""
    opened, page = close_up(browser, home + "/map/hotspots")
    page.evaluate("document.querySelector('#windows button').click()")  # months, not quarters
    found: dict[str, float] = {}
    for name, button in (("month", MONTHS), ("category", TOPICS)):
        for at, figure in ((8, f"{name} ms"), (20, ""), (8, f"{name} again ms")):
            ms = page.evaluate(
                SWITCH.format(button=button.format(at if name == "month" else at // 5))
            )
            if figure:
                found[figure] = ms
    opened.window.close()
    return found


def planned(browser: Browser, home: str) -> dict[str, float]:
    """Open the coverage close up; look at last year's plan, at what is in force, and again."""
    opened, page = close_up(browser, home + "/map/coverage")
    found = {
        name: page.evaluate(SWITCH.format(button=PLANS.format(at)))
        for name, at in (("plan ms", 1), ("", 0), ("plan again ms", 1))
    }
    opened.window.close()
    return {name: ms for name, ms in found.items() if name}


PLANS = "document.querySelectorAll('#which input')[{}]"
MONTHS = "document.querySelectorAll('#months .bars button')[{}]"
TOPICS = "document.querySelectorAll('#topics input')[{}]"
SWITCH = """(async () => {{
  await quiet(10);
  await sheetOf().settled();
  const values = () => sheetOf().scene.values.grid;
  const old = values();
  return drawn(() => {button}.click(), () => values() !== old);
}})()"""
"""What lies around the window is drawn after it: only a picture of other values counts."""


def changed(browser: Browser, home: str) -> dict[str, float]:
    """Lock who serves a grid of a draft, take that back, take her out: shown, then kept."""
    opened = Opened(browser)
    page = opened.page
    address = {"name": "view", "value": f"planner:{PLANNER.area_code}", "url": home}
    opened.window.add_cookies([address])  # type: ignore[list-item]  # the rest may be left out
    page.goto(home + "/map/coverage")
    plan, code = page.evaluate(DRAFT)
    page.goto(f"{home}/plan/{plan}#place={code}")
    page.evaluate(READY)
    found = {}
    for name, deed in DEEDS.items():
        # As a planner does: the page has come to rest, and the map has the keys.
        if not name.endswith("kept ms"):
            page.wait_for_load_state("networkidle")
            page.evaluate("map_grid.getContainer().focus()")
        found[name] = page.evaluate(deed)
    page.evaluate("plan => gone(plan)", plan)
    opened.window.close()
    return found


REMOVE = """[...document.querySelectorAll('#card button')]
  .find((one) => ['移除', 'Remove'].includes(one.textContent))"""
DEEDS = {
    "lock shown ms": "told('l', 'asking')",
    "lock kept ms": "told('Enter', 'done')",
    "undo ms": "told('z', 'done', {ctrlKey: true})",
    "removal shown ms": f"told({REMOVE}, 'asking')",
    "removal kept ms": "told('Enter', 'done')",
}
"""Each figure of a draft that is changed by hand, in this order."""

DRAFT = """(async () => {
  const made = await sent('/api/v1/drafts', {based_on: null, mode: 'normal'});
  const path = `/api/v1/drafts/${made.plan}`;
  const {rows} = await asked(`${path}/gaps?all=1&state=far`);
  for (const {code} of rows) {
    const {posts} = await asked(`${path}/grids/${code}`);
    const free = (post) => post.place_code === code && post.holders.some((one) => !one.locked);
    if (posts.some(free)) return [made.plan, code];
  }
  throw new Error('nobody serves a far grid');
})()"""


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
    """Print one table: a row for each figure with its goal; each size, beside it folium's page."""
    columns: dict[str, dict[str, float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        towns = {size: town(size) for size in sizes}
        with ExitStack() as servers:
            homes = {size: servers.enter_context(served(env)) for size, env in towns.items()}
            found = ours(browser, homes)
        for size, env in towns.items():
            columns[f"{size:,}"] = found[size]
            with as_one_page(env) as home:
                turns = [theirs(browser, home) for _ in range(PEER_ROUNDS)]
            columns[f"{size:,}, folium"] = medians(turns)
            print(f"{size:,} grids measured", file=sys.stderr, flush=True)  # noqa: T201
        browser.close()
    say("figure", "goal", *columns)
    say("---", "---", *("---:" for _ in columns))
    for name, goal in GOALS.items():
        say(name, goal, *(cell(row, name) for row in columns.values()))
    print("\n" + busy())  # noqa: T201


def say(*cells: str) -> None:
    """Print one line of the table."""
    print("| " + " | ".join(cells) + " |", flush=True)  # noqa: T201


def cell(row: dict[str, float], name: str) -> str:
    """Write one figure; nothing where a page has none."""
    return f"{row[name]:,.{2 if 'MB' in name else 0}f}" if name in row else "–"


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """Take the median of each figure."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(asked or [*SIZES, *([LARGE] if there(LARGE) else [])])
