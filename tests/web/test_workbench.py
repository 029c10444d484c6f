"""The workbench as planners use it: a real server, a real browser, nothing mocked."""

from collections.abc import Callable

import pytest

from tests.web.browser import DESK, NO_BROWSER, PHONE, Visit, in_sight

PLAN = "/plan/9901-1"
WIDE = (1440, 900)
SMALL = (360, 640)
MAGNIFIED = (720, 450)

pytestmark = NO_BROWSER

Open = Callable[..., Visit]


def on(seen: Visit, selector: str) -> str:
    """A script that is true once something is on the page and can be seen."""
    return f"document.querySelector('{selector}')?.checkVisibility()"


def pick_gap(seen: Visit, line: int = 1) -> str:
    """Pick a line of the list of gaps; returns the grid's code."""
    page = seen.page
    page.click(f"#gaps tbody tr:nth-child({line}) .place")
    seen.until(on(seen, "#card header"))
    return str(page.locator(f"#gaps tbody tr:nth-child({line})").get_attribute("data-key"))


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_a_plan_can_be_read_by_everybody(visit: Open, lang: str) -> None:
    seen = visit(lang, PHONE)
    page = seen.open(PLAN)
    page.click("#grip")
    pick_gap(seen)

    for size in (PHONE, DESK, WIDE):
        seen.resize(size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        assert seen.axe() == [], size

    page.click("#card .close")
    seen.resize(SMALL)
    page.click("#grip")
    page.click("#grip")
    for size in (SMALL, MAGNIFIED):
        seen.resize(size)
        seen.until("document.getElementById('ground').clientHeight > 120")
        assert in_sight(seen, "#keys-open"), size
        page.evaluate("document.getElementById('foot').scrollLeft = 10000")
        assert in_sight(seen, "#foot > div:last-child dd"), size


def test_a_person_and_a_department_are_opened_from_their_lists(visit: Open) -> None:
    seen = visit()
    page = seen.open(PLAN)

    page.click("#tab-people")
    seen.until(on(seen, "#people tbody .place"))
    name = page.locator("#people tbody .place").first.inner_text()
    page.locator("#people tbody .place").first.click()
    seen.until(on(seen, "#card header h2"))
    assert page.locator("#card h2").inner_text() == name
    page.click("#tab-departments")
    page.locator("#departments .floor").first.click()
    seen.until(f"document.querySelector('#card h2').textContent !== '{name}'")

    assert page.locator("#card .track").first.is_visible()


def test_the_grid_that_is_picked_stands_in_what_the_card_leaves_free(visit: Open) -> None:
    seen = visit(size=PHONE)
    page = seen.open(PLAN)
    page.click("#grip")

    page.click("#gaps tbody .place >> nth=0")
    seen.until(on(seen, "#card header"))

    code = page.evaluate("location.hash").partition("=")[2]
    row = seen.api(f"/api/v1/drafts/{PLAN.split('/')[2]}/grids/{code}")
    edge = "document.getElementById('card').getBoundingClientRect().top"
    home = "map_grid.getContainer().getBoundingClientRect().top"
    place = f"map_grid.latLngToContainerPoint([{row['lat']}, {row['lon']}]).y + {home}"
    seen.until(f"{place} < {edge} - 30")
    assert page.evaluate(f"{place} > {home} + 30")


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_whom_is_looked_for_is_shown_where_they_serve(visit: Open, size: tuple[int, int]) -> None:
    seen = visit(size=size)
    page = seen.open(PLAN)
    draft = f"/api/v1/drafts/{PLAN.split('/')[2]}"
    rows = [row for row in seen.api(f"{draft}/people?size=400")["rows"] if len(row["posts"]) == 1]
    west, east = (edge(rows, key=lambda row: row["posts"][0]["lon"]) for edge in (min, max))
    page.evaluate(f"map_grid.setView([{west['posts'][0]['lat']}, {west['posts'][0]['lon']}], 16)")

    page.keyboard.press("/")
    page.keyboard.type(east["staff_number"])
    seen.until(on(seen, "#found li[id]"))
    page.keyboard.press("Enter")
    seen.until("document.activeElement.id === 'card'")

    post = east["posts"][0]
    place = f"map_grid.latLngToContainerPoint([{post['lat']}, {post['lon']}])"
    home, card = (
        f"{one}.getBoundingClientRect()"
        for one in ("map_grid.getContainer()", "document.getElementById('card')")
    )
    x, y = page.evaluate(f"[{place}.x + {home}.x, {place}.y + {home}.y]")
    assert page.evaluate(f"{x} > {home}.left && {y} > {home}.top")
    assert page.evaluate(f"{x} < {card}.left || {y} < {card}.top")
    assert page.evaluate(f"{x} < {home}.right && {y} < {home}.bottom")
    page.keyboard.press("s")
    assert page.evaluate("document.activeElement.id") == "map_grid"


def test_boundaries_that_are_gone_are_said_over_the_lists_that_stay(visit: Open) -> None:
    seen = visit()
    gone = "边界已不存在。请重新打开页面。"
    body = {"title": gone, "status": 404, "code": "revision_gone"}
    seen.page.route("**/geometry/**/*.mvt", lambda route: route.fulfill(status=404, json=body))

    page = seen.open(PLAN)
    seen.until(on(seen, "#trial[data-kind=wrong] .go"))

    assert gone in page.locator("#trial").inner_text()
    assert page.locator("#gaps tbody .place").first.is_visible()
    seen.faults[:] = [fault for fault in seen.faults if "404" not in fault]


def test_what_does_not_come_while_one_works_leaves_map_and_lists_in_use(visit: Open) -> None:
    seen = visit()
    page = seen.open(PLAN)
    seen.window.set_offline(True)
    page.click("#gaps tbody .place >> nth=1")
    seen.until(on(seen, "#trial[data-kind=wrong]"))
    assert page.locator("#veil").is_hidden()
    page.evaluate("map_grid.setZoom(15)")
    lost = "Object.values(map_grid._layers).find((one) => one.canvases).tiles"
    seen.until(f"!{lost}.busy")
    seen.window.set_offline(False)

    page.click("#gaps tbody .place >> nth=1")
    seen.until(on(seen, "#card header"))
    seen.until(f"[...{lost}.kept.values()].every((tile) => !tile.wrong)")
    seen.faults[:] = [fault for fault in seen.faults if "DISCONNECTED" not in fault]


def test_a_link_to_somebody_who_is_not_there_opens_the_plan(visit: Open) -> None:
    seen = visit()

    page = seen.open(f"{PLAN}#person=9901-GONE")

    assert "9901-GONE" in page.locator("#trial[data-kind=wrong]").inner_text()
    assert page.locator("#veil").is_hidden()
    assert page.evaluate("location.hash") == ""
    seen.faults[:] = [fault for fault in seen.faults if "404" not in fault]


def test_an_enterprise_that_is_found_has_a_pin_and_its_grid_is_picked(visit: Open) -> None:
    seen = visit()
    page = seen.open(PLAN)
    firms = seen.api("/api/v1/features/enterprises?limit=50")["features"]
    firm = next(one["properties"] for one in firms if one["properties"]["grid"])
    path = f"/api/v1/drafts/{PLAN.split('/')[2]}/grids/{firm['grid']}"

    page.fill("#search", firm["code"])
    seen.until(on(seen, "#found li[id]"))
    page.keyboard.press("Enter")
    seen.until(f"document.querySelector('#card .code')?.textContent.startsWith('{firm['grid']}')")

    sheet = "Object.values(map_grid._layers).find((one) => one.canvases)"
    assert page.evaluate(f"{sheet}.scene.pin.name") == firm["name"]
    holders = {one["staff_number"] for post in seen.api(path)["posts"] for one in post["holders"]}
    page.click("#tab-people")
    seen.until(f"document.querySelectorAll('#people [aria-current]').length === {len(holders)}")
    page.click("#card .close")
    assert page.evaluate(f"{sheet}.scene.pin") is None
    assert page.locator("#people [aria-current]").count() == 0


def test_a_plan_that_stands_is_read_and_not_changed(visit: Open) -> None:
    seen = visit()
    page = seen.open(PLAN)
    pick_gap(seen)

    for name in ("#undo", "#redo", "#lock-all", "#propose", "#publish"):
        assert page.locator(name).is_hidden()
    assert page.locator("#card .under button").count() == 0
    assert page.locator("#card .write").count() == 0
