"""The pages as people meet them: a real server, a real browser, nothing mocked."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api")

CHROMIUM = Path(os.environ.get("TEST_CHROMIUM", "/usr/bin/chromium"))
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
PAGES = ("/map/coverage", "/map/plan", "/map/hotspots", "/field/")
DESK = (1280, 720)
PHONE = (390, 844)
WAIT_MS = 20_000

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served demo town of 300 grids."""
    home = tmp_path_factory.mktemp("town")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GISAPP_")}
    env |= {"GISAPP_DATABASE_URL": f"sqlite:///{home / 'town.sqlite'}", "GISAPP_WORKERS": "1"}
    gisapp = [sys.executable, "-m", "gisapp"]
    subprocess.run(
        [*gisapp, "demo", "--grids", "300", "--seed", "1", "--no-serve"],
        env=env,
        check=True,
        capture_output=True,
    )
    with (
        (home / "server.log").open("wb") as log,
        subprocess.Popen(
            [*gisapp, "serve", "--port", "0"],
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

    def until(self, script: str) -> None:
        """Wait until a script is true; the policy forbids the browser's own way of waiting."""
        self.page.evaluate(
            "new Promise((done, fail) => { const end = performance.now() + "
            f"{WAIT_MS}; const look = () => ({script}) ? done() : performance.now() > end "
            "? fail(new Error('waited in vain')) : setTimeout(look, 30); look(); })"
        )

    def api(self, path: str) -> Any:
        return self.page.evaluate("path => fetch(path).then(answer => answer.json())", path)

    def axe(self) -> list[str]:
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:120]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]


@pytest.fixture
def visit(browser: Any, town: str) -> Iterator[Callable[..., Visit]]:
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


def as_cadre(seen: Visit, planned: str) -> None:
    """View as the cadre who holds a seat of the first grid of the plan."""
    page = seen.open("/map/plan")
    page.evaluate("document.querySelector('#view-as').open = true")
    page.check("#view-as input[value=cadre]")
    page.fill("#view-as input[name=cadre]", planned)
    with page.expect_navigation():
        page.click("#view-as .primary")


def a_holder(seen: Visit) -> str:
    rows = seen.api("/api/v1/layers/plan/rows?size=300")["rows"]
    for row in reversed(rows):
        told = seen.api(f"/api/v1/layers/plan/rows/{row['code']}")["detail"]
        for post in told["posts"]:
            if post["place_code"] == row["code"] and post["holders"]:
                return str(post["holders"][0]["staff_number"])
    raise AssertionError("nobody holds a seat in this town")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_every_page_opens_quietly_and_can_be_read_by_everybody(
    visit: Callable[..., Visit], lang: str, size: tuple[int, int]
) -> None:
    seen = visit(lang, size)
    seen.open("/map/coverage")
    cadre = a_holder(seen)

    found = {}
    for path in PAGES:
        if path == "/field/":
            as_cadre(seen, cadre)
        page = seen.open(path)
        assert page.locator("h1").is_visible()
        assert page.evaluate("document.documentElement.lang") == lang.replace("_", "-")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found[path] = seen.axe()

    assert found == {path: [] for path in PAGES}


def test_the_legend_filters_map_list_and_table(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/coverage")
    total = seen.api("/api/v1/layers/coverage/rows?size=1")["total"]
    served = seen.api("/api/v1/layers/coverage/rows?size=1&value=served")["total"]

    page.uncheck("#class-served")

    seen.until(f"document.getElementById('caption').textContent.includes('{total - served}')")
    assert page.locator("#hidden-note").is_visible()
    assert page.locator("#list li").count() == min(25, total - served)


def test_the_card_the_list_and_the_api_give_one_reason(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/coverage")
    first = seen.api("/api/v1/layers/coverage/rows?size=1")["rows"][0]

    page.click("#list li:first-child button")
    seen.until("!document.getElementById('card').hidden")

    assert page.locator("#card .reason").inner_text() == first["sentence"]
    assert first["sentence"] in page.locator("#list li:first-child").inner_text()
    assert first["name"] in page.locator("#card h2").inner_text()


def test_a_click_on_the_map_tells_about_the_place_under_it(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/coverage")
    row = seen.api("/api/v1/layers/coverage/rows?size=1")["rows"][0]
    at = page.evaluate(
        "([lat, lon]) => { const box = map_grid.getContainer().getBoundingClientRect();"
        "const at = map_grid.latLngToContainerPoint([lat, lon]);"
        "return [box.left + at.x, box.top + at.y]; }",
        [row["lat"], row["lon"]],
    )

    page.mouse.click(*at)
    seen.until("!document.getElementById('card').hidden")

    assert page.locator("#card .code").inner_text() == row["code"]


def test_the_map_is_walked_by_keyboard(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/coverage")
    page.focus("#as-table")
    page.focus("#map_grid")
    page.keyboard.press("n")
    seen.until("!document.getElementById('card').hidden")
    start = page.locator("#card .code").inner_text()

    page.focus("#map_grid")
    codes = [start]
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        seen.page.evaluate("document.getElementById('spoken').textContent = ''")
        page.keyboard.press(key)
        seen.until("document.getElementById('spoken').textContent !== ''")
        codes.append(page.evaluate("new URLSearchParams(location.hash.slice(1)).get('place')"))
    spoken = page.locator("#spoken").inner_text()
    page.keyboard.press("Escape")

    assert len(set(codes)) > 2
    assert spoken
    assert page.locator("#card").is_hidden()
    page.keyboard.press("t")
    assert page.locator("#ledger.shown").is_visible()


def test_the_table_says_what_the_api_says(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/plan")
    rows = seen.api("/api/v1/layers/plan/rows?size=50")["rows"]

    page.click("#as-table")
    lines = page.locator("#table tbody tr")

    assert lines.count() == len(rows)
    for line, row in zip(lines.all_inner_texts(), rows, strict=True):
        assert row["name"] in line
        assert row["sentence"] in line


def test_another_month_changes_values_and_fetches_no_shapes(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/hotspots")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.locator("#months .bars button").nth(3).click()
    seen.until("location.search.includes('month=')")
    seen.until("document.querySelector('#months [aria-checked=true]') !== null")

    assert any("/values/hotspots" in url for url in asked)
    assert [url for url in asked if "/geometry/" in url or "/context/" in url] == []


def test_the_language_is_one_click_away(visit: Callable[..., Visit]) -> None:
    seen = visit("zh_CN")
    page = seen.open("/map/coverage")

    with page.expect_navigation():
        page.click(".language button")
    seen.ready()

    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("location.pathname") == "/map/coverage"


def test_a_cadre_sees_the_own_grid_and_no_city_map(visit: Callable[..., Visit]) -> None:
    seen = visit("zh_CN", PHONE)
    seen.open("/map/coverage")
    as_cadre(seen, a_holder(seen))

    page = seen.open("/field/")
    size = page.evaluate("fetch('/field/').then(answer => answer.text()).then(text => text.length)")

    assert page.locator("#drawing").is_visible()
    assert page.locator(".rows .go").count() >= 1
    assert page.locator("#way").get_attribute("href").startswith("geo:")
    assert page.locator(".tabs a").count() == 1
    assert size < 50_000


def test_the_panel_on_a_phone_has_three_stops(visit: Callable[..., Visit]) -> None:
    seen = visit("zh_CN", PHONE)
    page = seen.open("/map/coverage")

    heights = []
    for _ in range(3):
        heights.append(page.locator("#panel").bounding_box()["height"])
        page.click("#grip")

    assert heights[0] < heights[1] < heights[2]


def test_what_is_printed_names_base_day_and_scale(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/coverage")

    page.emulate_media(media="print")
    shown = json.dumps(page.locator("body").inner_text(), ensure_ascii=False)

    assert "300" in shown
    assert page.locator("#scale-word").is_visible()
    assert page.locator(".over.zoom").is_hidden()
