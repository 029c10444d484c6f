"""Gatherings that were told, on the hotspot page, in a real browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import NO_BROWSER, PHONE, Visit, served, windows

pytestmark = NO_BROWSER

OUTLINED = "Object.values(map_grid._layers).find((one) => one.canvases).scene.alert"

IN_THE_MIDDLE = """(() => {{
  const of = (id) => document.getElementById(id).getBoundingClientRect();
  const map = map_grid.getContainer().getBoundingClientRect();
  const [top, foot] = [{north}, {south}].map((lat) => map_grid.latLngToContainerPoint([lat, 0]).y);
  const free = of("panel").top - map.top;
  return top >= 0 && foot <= free && Math.abs((top + foot) / 2 - free / 2) < 25;
}})()"""
"""Whether all between two latitudes lies in the middle of what the drawer leaves free."""


@pytest.fixture(scope="module")
def watched(built: Path) -> Iterator[str]:
    """The address of a town whose last month was looked at."""
    with served(built, "watched", ("alerts", "--tell")) as address:
        yield address


@pytest.fixture
def leader(browser: Any, watched: str) -> Iterator[Callable[..., Visit]]:
    with windows(browser, watched) as make:
        yield make


def test_an_alert_says_what_is_new_and_shows_its_grids_on_the_map(
    leader: Callable[..., Visit],
) -> None:
    seen = leader("en", PHONE)
    page = seen.open("/map/hotspots")
    seen.until("document.querySelector('#alerts li') !== null")
    told = seen.api("/api/v1/alerts")
    row = page.locator("#alerts li button").first
    before = page.evaluate("map_grid.getZoom()")

    page.locator("#alerts summary").first.press("Enter")
    row.press("Enter")
    outlined = page.evaluate(OUTLINED)
    shown = page.evaluate("map_grid.getZoom()")
    pressed = row.get_attribute("aria-pressed")
    row.press("Enter")

    said = row.inner_text()
    assert said.startswith("!\nNew · All · since ")
    assert re.search(r"\n≥\d{1,3}(,\d{3})*\n", said)
    assert told["rows"][0]["sentence"] in said
    assert "very strict" in page.locator("#alerts .note").inner_text()
    assert len(outlined["places"]) == len(told["rows"][0]["grids"])
    assert pressed == "true"
    assert shown != before
    assert page.evaluate(OUTLINED) is None
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert seen.axe() == []


def test_where_nothing_is_to_be_told_one_line_says_so(leader: Callable[..., Visit]) -> None:
    seen = leader("zh_CN", PHONE)
    quiet = {"name": "view", "value": "leader:990102", "url": seen.town}
    seen.window.add_cookies([quiet])
    page = seen.open("/map/hotspots")
    seen.until("document.querySelector('#alerts .note') !== null")
    told = seen.api("/api/v1/alerts")

    year, number = map(int, told["looked"]["month"].split("-"))
    assert told["rows"] == []
    assert (
        page.locator("#alerts .note").inner_text()
        == f"截至{year}年{number}月，没有需要提醒的聚集。"
    )
    assert page.locator("#alerts li").count() == 0


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_on_a_phone_what_is_shown_lies_in_the_middle_of_what_the_drawer_leaves_free(
    leader: Callable[..., Visit], stop: int
) -> None:
    seen = leader("zh_CN", PHONE)
    page = seen.open("/map/hotspots")
    seen.until("document.querySelector('#alerts li') !== null")
    for _ in range(stop):
        page.locator("#grip").press("Enter")

    page.locator("#alerts summary").first.press("Enter")
    page.locator("#alerts li button").first.press("Enter")
    _, south, _, north = seen.api("/api/v1/alerts")["rows"][0]["bounds"]
    seen.until(IN_THE_MIDDLE.format(south=south, north=north))

    page.locator("#zoom-all").press("Enter")
    _, south, _, north = page.evaluate("JSON.parse(document.getElementById('config').text).bounds")
    seen.until(IN_THE_MIDDLE.format(south=south, north=north))
