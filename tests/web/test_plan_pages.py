"""The pages around the workbench, as planners meet them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import DESK, NO_BROWSER, PHONE, Visit, run, served

pytestmark = NO_BROWSER

PAGES = (
    "/plan/",
    "/plan/compare?before=9901-1&after=9901-2",
    "/plan/9901-2/publish",
    "/plan/9901-3/publish",
)
SMALLEST = (360, 640)
READY = "document.documentElement.dataset.ready === '1'"


@pytest.fixture(scope="module")
def town(built: Path) -> Iterator[str]:
    """A served town with a plan in force, a draft and a draft of a surge."""
    with served(built, "plans", ["match"], ["match", "--mode", "surge"]) as address:
        yield address


def opened(seen: Visit, path: str) -> Any:
    """Open a page of plans and wait until it has all it asks for."""
    page = seen.open(path)
    if page.locator("#checks, #map_grid").count():
        seen.until(READY)
    return page


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_whole_in_both_languages(
    visit: Callable[..., Visit], path: str, lang: str
) -> None:
    seen = visit(lang, PHONE)
    page = opened(seen, path)

    assert page.locator("h1").count() == 1
    assert "{" not in page.locator("main").inner_text()
    for size in (PHONE, (768, 1024), DESK):
        seen.resize(size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        assert seen.axe() == [], size
    seen.resize(SMALLEST)
    wide = "[...document.querySelectorAll('table')].filter(one => one.checkVisibility() && "
    assert page.evaluate(wide + "one.scrollWidth > innerWidth).map(one => one.id)") == []


def test_the_list_finds_a_plan_and_two_can_be_compared(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    page = opened(seen, "/plan/?q=-2")
    assert page.locator("#plans tbody tr").count() == 1

    page = opened(seen, "/plan/")
    for plan in ("9901-2", "9901-1"):
        page.check(f"tr[data-plan='{plan}'] input")
    with page.expect_navigation():
        page.click("#compare")
    seen.until(READY)

    assert page.evaluate("location.search") == "?before=9901-1&after=9901-2"
    assert page.inner_text("h1") == "Plan 1 and Plan 2"


def test_a_draft_is_deleted_from_the_list_once_that_is_said_twice(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = opened(seen, "/plan/")
    made = page.evaluate(
        "() => fetch('/api/v1/drafts', { method: 'POST', body: JSON.stringify("
        "{ id: crypto.randomUUID(), based_on: null, mode: 'normal' }), headers: {"
        "'Content-Type': 'application/json', 'X-CSRFToken': "
        "JSON.parse(document.getElementById('config').textContent).csrf } })"
        ".then(answer => answer.json())"
    )
    page = opened(seen, "/plan/")
    line = page.locator(f"tr[data-plan='{made['plan']}']")

    line.locator("[data-delete]").click()
    page.click("#deed-no")
    assert line.count() == 1
    line.locator("[data-delete]").click()
    with page.expect_navigation():
        page.click("#deed-yes")

    assert line.count() == 0


@pytest.mark.parametrize("layer", ["coverage", "plan"])
def test_a_map_shows_another_plan_at_once_and_fetches_no_shapes(
    visit: Callable[..., Visit], layer: str
) -> None:
    seen = visit("en")
    page = opened(seen, f"/map/{layer}")
    page.wait_for_load_state("networkidle")
    of_today = page.inner_text("#lead")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.click("#which summary")
    rows = re.compile(rf"/layers/{layer}/rows\?.*plan=9901-2")
    with page.expect_response(rows):
        page.check("#plan-9901-2")
    seen.until("document.getElementById('base').innerText.includes('9901-2')")
    of_draft = page.inner_text("#lead")
    seen.until("location.search === '?plan=9901-2'")

    assert of_draft != of_today
    assert page.evaluate("document.activeElement.id") == "plan-9901-2"
    assert page.locator("label[for=plan-9901-2] + .count").inner_text() == "draft"
    assert [url for url in asked if "/geometry/" in url or "/context/" in url] == []
    assert seen.axe() == []

    page.check("#plan-in-force")
    seen.until("document.getElementById('base').innerText.includes('9901-1')")
    seen.until("location.search === ''")
    assert page.inner_text("#lead") == of_today


def test_both_maps_show_the_same_view_and_the_tables_the_difference(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = opened(seen, PAGES[1])
    found = seen.api("/api/v1/compare?before=9901-1&after=9901-2")

    page.evaluate("map_grid.setView([30.6, 117.28], 14, {animate: false})")
    left, right = (
        page.evaluate(f"[{name}.getCenter().lat, {name}.getCenter().lng, {name}.getZoom()]")
        for name in ("map_grid", "map_after")
    )
    page.evaluate("map_after.panBy([40, 20], {animate: false})")
    back = page.evaluate("map_grid.getCenter().lng")

    assert right == pytest.approx(left)
    assert back > left[1]
    assert f"{found['kinds']['better']} grids better" in page.inner_text("#counts")
    assert page.locator("#data-note").is_visible() != found["same_data"]
    assert page.locator("#people tbody tr").count() == min(40, len(found["people"]))
    assert page.locator("#rows tbody tr").count() == min(50, len(found["changes"]))


def test_changed_grids_are_walked_by_keys_and_told(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    page = opened(seen, PAGES[1])
    changes = seen.api("/api/v1/compare?before=9901-1&after=9901-2")["changes"]

    page.keyboard.press("n")
    assert page.evaluate("location.hash") == f"#place={changes[0]['code']}"
    assert changes[0]["name"] in page.inner_text("#spoken")
    assert page.locator("#tip-before").is_visible()
    assert page.locator("#tip-after").is_visible()

    page.keyboard.press("p")
    assert page.evaluate("location.hash") == f"#place={changes[-1]['code']}"
    page.keyboard.press("t")
    assert page.locator("#ledger").evaluate("one => one === document.activeElement")
    page.fill("#rows-search", changes[0]["name"])
    assert page.locator("#rows tbody tr").count() >= 1
    page.locator("#rows tbody button").first.press("Enter")
    assert page.evaluate("location.hash") == f"#place={changes[0]['code']}"


def test_a_surge_says_what_is_missing_until_it_has_a_last_day(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    page = opened(seen, "/plan/9901-3/publish")

    assert page.locator(".checks .stop").count() == 1
    assert page.locator("#publish").is_disabled()
    page.fill("#to", page.evaluate("new Date(Date.now() + 5 * 864e5).toISOString().slice(0, 10)"))
    page.locator("#to").blur()
    seen.until("!document.getElementById('publish').disabled")

    assert page.locator(".checks .stop").count() == 0
    assert page.locator("#departments tbody tr").count() > 0


def test_cadres_are_found_in_what_they_will_see(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    page = opened(seen, "/plan/9901-2/publish")
    one = seen.api("/api/v1/plans/9901-2/handover")["rows"][0]

    page.fill("#people-search", one["name"])
    seen.until("document.querySelectorAll('#people tbody tr').length === 1")

    assert one["sentence"] in page.inner_text("#people")


LOCK_ALL = """() => {
  const { csrf, plan } = JSON.parse(document.getElementById("config").textContent);
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  return fetch(`/api/v1/drafts/${plan}`).then((answer) => answer.json()).then(({ version }) =>
    fetch(`/api/v1/drafts/${plan}/deeds`, {
      method: "POST",
      headers: { ...headers, "If-Match": `"${version}"` },
      body: JSON.stringify({ id: crypto.randomUUID(), deed: "lock", all: true }),
    })).then((answer) => answer.status);
}"""


def test_a_plan_changed_while_the_question_stands_is_looked_at_again(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = opened(seen, "/plan/9901-2/publish")
    day = page.evaluate("new Date(Date.now() + 9 * 864e5).toISOString().slice(0, 10)")
    page.fill("#from", day)
    page.locator("#from").blur()
    seen.until("!document.getElementById('publish').disabled")
    page.click("#publish")
    assert page.evaluate(LOCK_ALL) == 200

    page.click("#deed-yes")
    seen.until("!document.getElementById('wrong').hidden")

    assert page.locator("dialog[open]").count() == 0
    assert "The check is made again" in page.inner_text("#wrong")
    assert page.input_value("#from") == day
    assert not page.locator("#publish").is_disabled()
    assert page.evaluate("document.activeElement.id") == "wrong"
    assert [fault for fault in seen.faults if "412" not in fault] == []
    seen.faults.clear()


def test_publishing_asks_twice_and_a_surge_is_stood_down(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    page = opened(seen, "/plan/9901-3/publish")
    page.fill("#to", page.evaluate("new Date(Date.now() + 5 * 864e5).toISOString().slice(0, 10)"))
    page.locator("#to").blur()
    seen.until("!document.getElementById('publish').disabled")

    page.click("#publish")
    assert page.evaluate("document.activeElement.id") == "deed-no"
    assert page.inner_text("#deed-title") == "Publish plan 9901-3?"
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 0
    page.click("#publish")
    page.click("#deed-yes")
    seen.until("document.activeElement.id === 'done'")
    page = opened(seen, "/plan/9901-3/publish")
    assert "Plan 9901-3 is published. It is in force from" in page.inner_text("#held")

    page = opened(seen, "/map/coverage")
    assert "Surge" in page.inner_text(".surge")
    assert seen.axe() == []
    chinese = opened(visit("zh_CN", PHONE), "/plan/")
    assert "每部门底线 30％" in chinese.inner_text(".surge")
    assert chinese.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_navigation():
        page.click(".surge a")
    page.click("[data-surge]")
    seen.until("document.getElementById('deed').open")
    assert "normal plan holds again" in page.inner_text("#deed-facts")
    page.click("#deed-no")
    assert page.locator("dialog[open]").count() == 0


def as_in_a_large_town(page: Any) -> None:
    """Let the page of a plan believe that its check takes long."""

    def told(route: Any) -> None:
        answer = route.fetch()
        text = answer.text()
        assert '"job": false' in text
        route.fulfill(response=answer, body=text.replace('"job": false', '"job": true'))

    page.route("**/publish", told)


def test_a_long_check_waits_is_stopped_goes_on_after_a_reload_and_ends(
    built: Path, browser: Any
) -> None:
    name = "large"
    with served(built, name, ["match"], workers=0) as address:
        seen = Visit(browser, address, "en", PHONE)
        as_in_a_large_town(seen.page)
        page = seen.page
        page.goto(address + "/plan/9901-2/publish")
        seen.until("!document.getElementById('work').hidden")
        assert "Waiting for its turn" in page.inner_text("#work")
        assert page.locator("#publish").is_disabled()
        assert seen.axe() == []

        page.click("#work button")
        seen.until(READY)
        assert page.locator("#work").is_hidden()
        assert "stopped" in page.inner_text("#wrong")
        assert page.locator("#publish").is_disabled()

        page.reload()
        seen.until("!document.getElementById('work').hidden")
        first = page.get_attribute("#work", "data-job")
        page.reload()
        seen.until("!document.getElementById('work').hidden")
        assert page.get_attribute("#work", "data-job") == first

        run(built.parent / name / "town.sqlite", "worker", "--once")
        seen.until(READY)
        assert page.locator("#checks li").count() > 0
        assert page.locator("#work").is_hidden()
        assert not page.locator("#publish").is_disabled()
        assert seen.axe() == []
        assert seen.faults == []
        seen.window.close()
