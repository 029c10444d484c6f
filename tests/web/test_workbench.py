"""The workbench as planners use it: a real server, a real browser, nothing mocked."""

from collections.abc import Callable

import pytest

from tests.web.browser import DESK, NO_BROWSER, PHONE, Visit

PLAN = "/plan/9901-1"
WIDE = (1440, 900)

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


def test_a_plan_that_stands_is_read_and_not_changed(visit: Open) -> None:
    seen = visit()
    page = seen.open(PLAN)
    pick_gap(seen)

    for name in ("#undo", "#redo", "#lock-all", "#propose", "#publish"):
        assert page.locator(name).is_hidden()
    assert page.locator("#card .under button").count() == 0
    assert page.locator("#card .write").count() == 0
