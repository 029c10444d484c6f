"""The pages as people meet them: a real server, a real browser, nothing mocked."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.browser import DESK, NO_BROWSER, PHONE, Visit

PAGES = ("/map/coverage", "/map/plan", "/map/hotspots", "/check", "/field/")

ROWS = "[...document.querySelectorAll('#table tbody tr')].map((row) => row.offsetHeight)"

ALIGNED = "(cell) => getComputedStyle(cell).textAlign"

pytestmark = NO_BROWSER


def as_cadre(seen: Visit) -> None:
    """On any page, view as the cadre who holds a seat of the first grid of the plan."""
    page, holder = seen.page, a_holder(seen)
    page.evaluate("document.querySelector('#view-as').open = true")
    page.check("#view-as input[value=cadre]")
    page.fill("#view-as input[name=cadre]", holder)
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


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_every_page_opens_quietly_and_can_be_read_by_everybody(
    visit: Callable[..., Visit], lang: str
) -> None:
    seen = visit(lang, DESK)

    found = {}
    for path in PAGES:
        if path == "/field/":
            as_cadre(seen)
        page = seen.open(path)
        assert page.locator("h1").is_visible()
        assert page.evaluate("document.documentElement.lang") == lang.replace("_", "-")
        for size in (PHONE, DESK):
            seen.resize(size)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if size == PHONE:
                assert max(page.evaluate(ROWS), default=0) <= 125, "a row is a small card"
            found[path, size] = seen.axe()

    assert set(map(tuple, found.values())) == {()}, found


def test_the_view_changes_to_an_area_that_the_opened_menu_offers(
    visit: Callable[..., Visit],
) -> None:
    page = visit("en").open("/map/coverage")
    named = page.locator("#view-as option").count()

    page.click("#view-as summary")
    page.locator("#view-as option").nth(named).wait_for(state="attached")
    offered = page.locator("#view-as option").last
    name = offered.text_content()
    page.select_option("#view-as select", offered.get_attribute("value"))
    with page.expect_navigation():
        page.click("#view-as .primary")

    page.click("#view-as summary")
    assert named <= 2
    assert page.locator("#view-as option:checked").text_content() == name


def test_whom_to_view_as_is_searched_and_an_empty_field_says_so_in_place(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = seen.open("/field/")
    page.click("a[href='/#view-as']")
    seen.ready()
    field = page.locator("#view-as input[name=cadre]")
    number = a_holder(seen)

    page.check("#view-as input[value=cadre]")
    page.click("#view-as .primary")
    said = field.evaluate("(field) => field.validationMessage")
    field.fill(number)
    seen.until("document.querySelectorAll('#cadres option').length === 1")
    with page.expect_navigation():
        page.click("#view-as .primary")

    assert said == "Whose page is to be seen? Type a name or a staff number."
    assert page.url.endswith("/field/")
    assert [fault for fault in seen.faults if "403" not in fault] == []
    seen.faults.clear()


def test_areas_that_did_not_come_are_said_and_asked_for_again(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    page = seen.open("/map/coverage")
    named = page.locator("#view-as option").count()
    page.route("**/view-as/areas", lambda route: route.abort())

    page.click("#view-as summary")
    page.locator("#view-as [role=alert]").wait_for()
    assert page.locator("#view-as option").count() == named
    page.unroute("**/view-as/areas")
    page.click("#view-as summary")
    page.click("#view-as summary")

    page.locator("#view-as option").nth(named).wait_for(state="attached")
    assert page.locator("#view-as [role=alert]").is_hidden()
    assert [fault for fault in seen.faults if "ERR_FAILED" not in fault] == []
    seen.faults.clear()


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
    assert spoken.count("邻格") == 1
    assert not re.search("[。.]，|，$", spoken), "no two stops beside each other"
    assert page.get_attribute("#map_grid", "aria-label").startswith("覆盖空白，2026年")
    assert page.get_attribute("#map_grid", "aria-label").endswith("，300 格")
    assert page.locator("#card").is_hidden()
    page.keyboard.press("t")
    assert page.locator("#ledger.shown").is_visible()


def test_from_far_away_an_arrow_still_finds_the_neighbour(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/coverage")
    page.focus("#as-table")
    page.focus("#map_grid")
    page.keyboard.press("n")
    seen.until("!document.getElementById('card').hidden")
    start = page.locator("#card .code").inner_text()
    page.evaluate("map_grid.setView(map_grid.getCenter(), 10, {animate: false})")

    page.focus("#map_grid")
    page.keyboard.press("ArrowRight")
    seen.until(f"!location.hash.includes('{start}')")

    assert page.evaluate("map_grid.getZoom()") >= 12


COLOURED = """(() => {
  const sheet = Object.values(map_grid._layers).find((one) => one.canvases);
  const tiles = [];
  for (const { tile, mosaic } of sheet.plates.kept.values()) {
    const placed = sheet.view.tiles.find((one) => one.own && one.tile && one.tile === tile);
    const shapes = tile?.layers[tile.level];
    if (!placed || !shapes?.length) continue;
    const { width, height } = mosaic;
    const [ours, theirs] = [0, 1].map(() =>
      Object.assign(document.createElement("canvas"), { width, height }).getContext("2d"));
    const colour = (i) => ((i * 0x9e3779) & 0xffffff).toString(16).padStart(6, "0");
    const colours = shapes.map((_, i) => "#" + colour(i + 1));
    mosaic.paint(ours, colours);
    const s = placed.k * sheet.ratio;
    const [x, y] = [placed.left, placed.top].map((edge, i) => edge * sheet.ratio - placed.clip[i]);
    theirs.setTransform(s, 0, 0, s, x, y);
    shapes.forEach((one, i) => {
      theirs.fillStyle = colours[i];
      theirs.fill(one.path);
    });
    const [a, b] = [ours, theirs].map((pen) => pen.getImageData(0, 0, width, height).data);
    let other = 0;
    for (let i = 0; i < a.length; i += 4) {
      other += [0, 1, 2, 3].some((byte) => Math.abs(a[i + byte] - b[i + byte]) > 96);
    }
    tiles.push({ shapes: shapes.length, pixels: width * height, other });
  }
  return tiles;
})()"""
"""For each tile in view: pixels far from what the browser itself makes of the same shapes."""

GROUND = """([lat, lon]) => {
  const sheet = Object.values(map_grid._layers).find((one) => one.canvases);
  const { x, y } = sheet.point(lat, lon);
  const at = [x, y].map((one) => Math.round(one * sheet.ratio));
  const probe = document.createElement("canvas").getContext("2d");
  probe.drawImage(sheet.canvases[0], ...at, 1, 1, 0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data].join();
}"""
LAND = "244,242,236,255"


def test_the_colour_of_a_grid_follows_the_filter_and_stays_when_the_map_moves(
    visit: Callable[..., Visit],
) -> None:
    seen = visit()
    page = seen.open("/map/hotspots")
    row = seen.api("/api/v1/layers/hotspots/rows?size=1")["rows"][0]
    place = [row["lat"], row["lon"]]
    page.evaluate("place => map_grid.setView(place, 15, {animate: false})", place)
    settled = (
        "Object.values(map_grid._layers).find((one) => one.canvases).settled()"
        ".then(() => new Promise(requestAnimationFrame))"
    )
    page.evaluate(settled)

    before = page.evaluate(GROUND, place)
    page.evaluate("map_grid.panBy([37, 21], {animate: false})")
    moved = page.evaluate(GROUND, place)
    page.uncheck(f"#class-{row['bin']}")
    page.evaluate("new Promise(requestAnimationFrame)")
    page.evaluate(settled)
    hidden = page.evaluate(GROUND, place)

    assert before != LAND
    assert moved == before
    assert hidden == LAND


def test_a_tile_coloured_by_pixel_looks_as_if_its_shapes_were_drawn(
    visit: Callable[..., Visit],
) -> None:
    page = visit().open("/map/coverage")
    page.evaluate("Object.values(map_grid._layers).find((one) => one.canvases).settled()")

    tiles = page.evaluate(COLOURED)

    assert max(tile["shapes"] for tile in tiles) > 20  # there is something to tell apart
    assert all(tile["other"] < 0.005 * tile["pixels"] for tile in tiles)


def test_grids_are_shown_from_further_out_when_somebody_wants_them(
    visit: Callable[..., Visit],
) -> None:
    seen = visit()
    page = seen.open("/map/coverage")
    middle = seen.api("/api/v1/layers/coverage/rows?size=1")["rows"][0]
    place = [middle["lat"], middle["lon"]]
    page.evaluate("place => map_grid.setView(place, 11, {animate: false})", place)
    level = "Object.values(map_grid._layers).find((one) => one.canvases).view.level"
    usual = page.evaluate(level)

    page.click("#layers summary")
    page.check("#show-grids")
    page.keyboard.press("Escape")

    assert usual == "community"
    assert page.evaluate(level) == "grid"
    assert page.locator("#show-grids").is_hidden()


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


def test_who_waits_for_figures_is_told_so_until_they_come(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    seen.page.route("**/values/hotspots*", hold)
    seen.page.goto(seen.town + "/map/hotspots")
    seen.until("document.getElementById('lead').innerText.startsWith('Reading the whole town')")
    assert seen.page.locator("#list .skeleton").count() == 4

    for route in held:
        route.continue_()
    seen.page.unroute("**/values/hotspots*", hold)
    seen.ready()

    assert not seen.page.inner_text("#lead").startswith("Reading")
    seen.until("document.querySelectorAll('#list [data-code]').length > 0")
    assert seen.page.locator("#list .skeleton").count() == 0


def test_a_window_that_shows_more_than_the_server_guessed_asks_for_it(
    visit: Callable[..., Visit],
) -> None:
    seen = visit()
    asked: list[str] = []

    def guess(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('/ids"', '/ids?level=township"'))

    seen.page.route("**/map/coverage", guess)
    seen.page.on("request", lambda request: asked.append(request.url))

    page = seen.open("/map/coverage")

    ids = [url.rpartition("/")[2] for url in asked if "/ids" in url]
    assert ids == ["ids?level=township", "ids?level=community", "ids"]
    tiles = [url for url in asked if "/geometry/" in url and ".mvt" in url]
    assert "level=community" in tiles[0] or "/12/" in tiles[0]
    assert page.evaluate("performance.getEntriesByName('painted').length") == 1


def test_what_lies_around_the_window_is_asked_for_when_the_window_has_come(
    visit: Callable[..., Visit],
) -> None:
    seen = visit()
    page = seen.open("/map/coverage")
    page.wait_for_load_state("networkidle")
    told: list[tuple[str, str]] = []
    page.on("request", lambda request: told.append(("asked", request.url)))
    page.on("requestfinished", lambda request: told.append(("came", request.url)))
    sheet = "Object.values(map_grid._layers).find((one) => one.canvases)"

    page.evaluate("map_grid.setView(map_grid.getCenter(), 15, { animate: false })")
    seen.until(f"{sheet}.whole")

    tiles = page.evaluate(f"{sheet}.view.tiles.map((t) => [`/15/${{t.x}}/${{t.y}}.mvt`, t.near])")
    ends = {near: tuple(end for end, is_near in tiles if is_near is near) for near in (True, False)}
    came = [
        at for at, (what, url) in enumerate(told) if what == "came" and url.endswith(ends[True])
    ]
    far = [
        at for at, (what, url) in enumerate(told) if what == "asked" and url.endswith(ends[False])
    ]
    assert len(came) == 2 * len(ends[True])
    assert len(far) == 2 * len(ends[False]) > 0
    assert max(came) < min(far)


def test_han_signs_fill_a_square_each_as_names_on_the_map_take_for_granted(
    visit: Callable[..., Visit],
) -> None:
    page = visit().open("/map/coverage")

    widths = page.evaluate("""["400", "700"].map((weight) => {
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = `${weight} 13px ${getComputedStyle(document.body).fontFamily}`;
      return pen.measureText("荷宁街道芦坪社区").width;
    })""")

    assert widths == pytest.approx([8 * 13] * 2, abs=0.5)


def test_a_quarter_and_a_year_hold_what_is_shown_and_are_gone_through_one_by_one(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en", PHONE)
    page = seen.open("/map/hotspots?month=2025-05&category=traffic")
    foot = seen.api("/values/hotspots?category=traffic")["about"]["months"]
    hushed = [one for one in foot if one["count"] in {None, "—"}]

    # A month whose figure is not published is drawn as that, never as none.
    assert page.locator("#months .hushed").count() == len(hushed) > 0
    assert "not published" in page.locator("#months .hushed").first.get_attribute("aria-label")
    page.locator("#windows").get_by_role("button", name="Quarter").press("Enter")
    seen.until("document.querySelector('#months .now')?.textContent === 'Q2 2025'")
    for step, window in (("Previous", "Q1 2025"), ("Next", "Q2 2025"), ("Next", "Q3 2025")):
        button = page.get_by_role("button", name=f"{step} quarter")
        box = button.bounding_box()
        button.click()
        seen.until(f"document.querySelector('#months .now')?.textContent === '{window}'")
        assert min(box["width"], box["height"]) >= 48
    page.locator("#windows").get_by_role("button", name="Year").press("Enter")
    seen.until("document.querySelector('#months .now')?.textContent === '2025'")
    assert page.get_by_role("button", name="Next year").is_disabled()


def test_another_month_changes_values_and_fetches_no_shapes(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/hotspots?month=2026-09")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.locator("#months .bars button").nth(3).click()
    seen.until("location.search.includes('month=2025-')")
    seen.until("document.querySelector('#months [aria-checked=true]') !== null")

    assert any("/values/hotspots" in url for url in asked)
    assert [url for url in asked if "/geometry/" in url or "/context/" in url] == []


def test_rows_of_another_category_are_asked_for_when_its_picture_has_gone_out(
    visit: Callable[..., Visit],
) -> None:
    seen = visit()
    seen.page.add_init_script("window.requestIdleCallback = () => {}")  # nothing is asked ahead
    page = seen.open("/map/hotspots")
    page.wait_for_load_state("networkidle")
    page.evaluate("""() => {
      performance.clearResourceTimings();
      Object.values(map_grid._layers).find((one) => one.canvases)
        .once("seen", () => performance.mark("seen"));
    }""")
    rows = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/rows?'))"

    page.click("#topics summary")
    page.locator("#topics input").nth(2).check()
    seen.until(f"{rows}.length === 2")

    asked = page.evaluate(f"{rows}.map((one) => one.startTime)")
    pictured = page.evaluate("performance.getEntriesByName('seen')[0].startTime")
    assert min(asked) >= pictured


def test_another_view_lists_the_same_values_anew_and_fetches_no_shapes(
    visit: Callable[..., Visit],
) -> None:
    seen = visit()
    page = seen.open("/map/hotspots")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    assert page.locator("#table thead th").first.evaluate(ALIGNED) == "left", "over signs and words"
    page.click("[data-mode=outlier]")
    seen.until("location.search.includes('view=outliers')")
    page.wait_for_load_state("networkidle")

    assert any("/rows?" in url and "view=outliers" in url for url in asked)
    assert [url for url in asked if "/geometry/" in url or "/context/" in url] == []
    assert [url for url in asked if "/values/" in url and "view=" in url] == []
    page.click("#legend summary")
    assert page.locator("#class-high_low").is_visible()


def test_the_card_of_a_hotspot_says_last_year_and_who_covers_it(
    visit: Callable[..., Visit],
) -> None:
    seen = visit()
    page = seen.open("/map/hotspots?month=2026-06")
    code = seen.api("/api/v1/layers/hotspots/rows?size=1&month=2026-06")["rows"][0]["code"]
    told = seen.api(f"/api/v1/layers/hotspots/rows/{code}?month=2026-06")["detail"]["series"]
    hushed = sum(one["count"] == "—" for one in told)
    covers = seen.api(f"/api/v1/layers/coverage/rows/{code}")

    page.click("#list li:first-child button")
    seen.until("document.querySelector('#card .covers b') !== null")

    assert covers["sentence"] in page.locator("#card .covers").inner_text()
    assert page.locator("#card .year-ago").inner_text()
    # A month whose figure is not published is drawn as that, never as none.
    assert page.locator("#card .series .hushed").count() == hushed > 0
    assert page.locator("#card .series").get_attribute("aria-label").count("年") == hushed
    assert "— 不公布" in page.locator("#card .keys").inner_text()


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
    as_cadre(seen)

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


def test_what_is_picked_from_the_drawn_up_panel_of_a_phone_is_seen_on_the_map(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("zh_CN", PHONE)
    page = seen.open("/map/hotspots")
    for _ in range(2):
        page.locator("#grip").press("Enter")
    page.locator("#list li button").first.press("Enter")
    seen.until("!document.getElementById('card').hidden")

    place = seen.api("/api/v1/layers/hotspots/rows?size=1")["rows"][0]
    seen.until(
        f"(() => {{ const at = map_grid.latLngToContainerPoint([{place['lat']}, {place['lon']}]);"
        " const map = map_grid.getContainer().getBoundingClientRect();"
        " const there = document.elementFromPoint(map.left + at.x, map.top + at.y);"
        " return map_grid.getContainer().contains(there); })()"
    )


def test_what_is_printed_names_base_day_and_scale(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.open("/map/coverage")

    page.emulate_media(media="print")
    shown = json.dumps(page.locator("body").inner_text(), ensure_ascii=False)

    assert "300" in shown
    assert page.locator("#scale-word").is_visible()
    assert page.locator(".over.zoom").is_hidden()
