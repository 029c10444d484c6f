"""The lists of the hotspot page that lead a leader somewhere, in a real browser."""

from collections.abc import Callable

import pytest

from tests.web.browser import NO_BROWSER, Visit

pytestmark = NO_BROWSER

NOW = {"new_hot", "intensifying_hot", "consecutive_hot"}


def test_the_list_ends_where_nothing_is_hot_or_new_and_is_printed_whole(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en", (1440, 900))
    query = "category=property_management"
    page = seen.open(f"/map/hotspots?{query}")
    rows = seen.api(f"/api/v1/layers/hotspots/rows?size=300&{query}")["rows"]
    worth = [row["code"] for row in rows if row["bin"] in {1, 2, 3} or row["trend"] in NOW]

    listed = page.locator("#list li").evaluate_all("rows => rows.map(row => row.dataset.code)")
    third = page.locator("#list li").nth(2).bounding_box()
    below = page.locator(".actions").bounding_box()
    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("#print")
    seen.until("window.printed")
    printed = page.locator("#list li, #printed-rest li").evaluate_all(
        "rows => rows.filter((row) => row.checkVisibility()).map(row => row.dataset.code)"
    )
    whole = page.locator("#list li").evaluate_all(
        "rows => rows.every((row) => row.getBoundingClientRect().bottom"
        " <= document.getElementById('list-block').getBoundingClientRect().bottom + 1)"
    )
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    back = page.locator("#list li").count()
    page.get_by_role("button", name="All 300 grids in the table").click()

    assert page.locator("#more .note").first.inner_text().startswith("Rate per household and ")
    assert 0 < len(listed) < 25
    assert listed == worth == [row["code"] for row in rows[: len(worth)]]
    assert third["y"] + third["height"] <= below["y"]
    assert printed == worth
    assert whole
    assert back == len(worth)
    assert page.locator("#ledger tbody tr").first.is_visible()


@pytest.mark.parametrize("kind", ["visits", "townships", "effect"])
def test_every_list_is_printed_whole_and_what_has_no_room_stands_overleaf(
    visit: Callable[..., Visit], kind: str
) -> None:
    seen = visit("en", (1440, 900))
    page = seen.open("/map/hotspots")
    page.click(f"[data-list={kind}]")
    seen.until("document.querySelector('#lot [data-code]') !== null")
    codes = "rows => rows.map(row => row.dataset.code)"
    listed = page.locator("#lot li[data-code]").evaluate_all(codes)
    said = page.locator("#lot").inner_text()

    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("#print")
    seen.until("window.printed")
    printed = page.locator("#lot li[data-code], #printed-rest li")
    cut = page.evaluate(
        "[...document.querySelectorAll('#list-block, #lot .why, #printed-rest .why')]"
        ".filter((one) => one.scrollHeight > one.clientHeight + 1).length"
    )
    shown = printed.evaluate_all(
        codes.replace("rows.map", "rows.filter(row => row.checkVisibility()).map")
    )
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")

    assert shown == listed
    assert cut == 0
    assert page.locator("#lot").inner_text() == said
    assert page.locator("#printed-rest li").count() == 0


def test_a_link_to_what_is_not_there_says_so_and_leads_to_the_usual_map(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = seen.page
    page.goto(f"{seen.town}/map/hotspots?category=nix")
    seen.until("document.querySelector('#veil a') !== null")

    said = page.locator("#veil").inner_text()
    lead = page.locator("#lead").inner_text()
    with page.expect_navigation():
        page.get_by_role("link", name="Open the usual map").click()
    seen.ready()
    refused, seen.faults = seen.faults, []

    assert said.startswith("The link asks for what is not here, or not yet.")
    assert lead == ""
    assert all("422" in fault for fault in refused)
    assert page.locator("#list li").count() > 0


@pytest.mark.parametrize("kind", ["clusters", "effect"])
def test_what_is_chosen_above_a_list_stands_within_a_narrow_phone(
    visit: Callable[..., Visit], kind: str
) -> None:
    seen = visit("en", (360, 740))
    page = seen.open("/map/hotspots")
    page.locator(f"[data-list={kind}]").press("Enter")
    seen.until("document.querySelector('#lot .segments') !== null")

    right = page.locator("#lot .segments button").evaluate_all(
        "all => Math.max(...all.map((one) => one.getBoundingClientRect().right))"
    )

    assert right <= 360


def test_the_table_of_a_card_names_months_in_one_line_within_a_narrow_phone(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en", (360, 740))
    page = seen.open("/map/hotspots")
    page.locator("#list li button").first.press("Enter")
    seen.until("document.querySelector('#card figure summary') !== null")
    page.locator("#card figure summary").press("Enter")

    table, row = page.locator("#card figure table"), page.locator("#card figure tbody tr").first

    assert table.evaluate("one => one.getBoundingClientRect().right") <= 360 - 16
    assert row.bounding_box()["height"] < 48


def test_a_suggested_visit_leads_to_the_map_and_back_to_its_row(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = seen.open("/map/hotspots")
    first = seen.api("/api/v1/visits")["grids"][0]

    page.click("[data-list=visits]")
    seen.until("document.querySelector('#lot [data-code]') !== null")
    row = page.locator("#lot li").first
    said = row.inner_text()
    row.locator("button").press("Enter")
    seen.until("!document.getElementById('card').hidden")
    page.locator("#card .close").press("Enter")

    assert first["name"] in said
    assert first["sentence"] in said
    assert page.locator("#card").is_hidden()
    assert page.evaluate("document.activeElement.closest('li').dataset.code") == first["code"]
    assert seen.axe() == []


def test_clusters_are_found_in_the_background_and_outlive_a_load_of_the_page(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = seen.open("/map/hotspots")
    page.click("[data-list=clusters]")
    page.get_by_role("button", name="Find clusters").click()
    seen.until("document.querySelector('#lot .work:not([hidden])') !== null")

    page = seen.open("/map/hotspots")
    page.click("[data-list=clusters]")
    seen.until("document.querySelector('#lot .clusters li') !== null")
    before = page.evaluate("map_grid.getZoom()")
    page.locator("#lot .clusters li button").first.click()
    outlined = page.evaluate(
        "Object.values(map_grid._layers).find((one) => one.canvases).scene.clusters[0]"
    )

    assert "Grids together" in page.locator("#lot .clusters li").first.inner_text()
    assert outlined["places"]
    assert page.evaluate("map_grid.getZoom()") != before
    assert seen.axe() == []


def test_a_township_leads_to_its_grids_and_a_step_back_to_the_whole_map(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = seen.open("/map/hotspots")
    page.click("[data-list=townships]")
    seen.until("document.querySelector('#lot [data-code]') !== null")
    first = page.locator("#lot li").first
    code, said = first.get_attribute("data-code"), first.inner_text()
    rows = seen.api(f"/api/v1/layers/hotspots/rows?size=300&area={code}")
    hot = sum(row["bin"] in {2, 3} for row in rows["rows"])

    first.locator("button").press("Enter")
    listed = "[...document.querySelectorAll('#list li')].map((row) => row.dataset.code)"
    # The first of the whole map may be the first of the township, too.
    seen.until(f"{listed}.length && {listed}.every((one) => one?.startsWith('{code}'))")
    inside = page.locator("#list li").evaluate_all("rows => rows.map(row => row.dataset.code)")
    trail = page.locator("#trail").inner_text()
    page.locator("#trail button").press("Enter")
    seen.until("document.getElementById('trail').hidden")

    assert f"{hot} / {rows['total']}" in said
    assert f"{hot} of {rows['total']} grids" in trail
    assert inside == [row["code"] for row in rows["rows"][:25]]
    assert all(one.startswith(code) for one in inside)


def test_before_and_after_goes_back_by_quarters_and_says_its_caveat(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = seen.open("/map/hotspots")
    found = seen.api("/api/v1/before-after")
    page.click("[data-list=effect]")
    seen.until("document.querySelector('#lot .tray') !== null")
    first = page.locator("#lot").inner_text()
    faults = seen.axe()

    page.locator("#lot").get_by_role("button", name="Previous quarter").click()
    seen.until(f"!document.querySelector('#lot .tray').textContent.includes('{_q(found)}')")

    assert _q(found) in first
    assert found["sentence"] in first
    assert found["caveat"] in first
    assert page.locator("#lot").get_by_role("button", name="Next quarter").is_enabled()
    assert faults == []


def _q(found: dict[str, str]) -> str:
    year, part = found["quarter"].split("-")
    return f"{part} {year}"
