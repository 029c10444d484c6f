"""A file comes in through the page, in a real browser."""

from collections.abc import Callable
from typing import Any

from tests.web.browser import NO_BROWSER, WAIT_MS, Visit

pytestmark = NO_BROWSER

ROWS = "".join(f"E{n},企业{n},{'大型' if n else '个体'}\n" for n in range(40))
FILE = {
    "name": "企业.csv",
    "mimeType": "text/csv",
    "buffer": ("注册号,企业名称,规模\n" + ROWS + "E1,again,\n").encode("gbk"),
}
FAULTY = {
    "name": "firms.csv",
    "mimeType": "text/csv",
    "buffer": (
        "注册号,企业名称,规模,经度,纬度\n"
        + "".join(f"E{n},企业{n},小型,117.{2700 + n},30.6\n" for n in range(200))
        + "".join(f"E{n},again,小型,117.{2700 + n},30.6\n" for n in (1, 2, 3))
        + "E99,,小型,,\n"
    ).encode(),
}


def test_a_file_is_brought_read_as_one_says_and_stored_by_keyboard_too(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en")
    page = seen.open("/import")
    assert seen.axe() == []

    page.set_input_files("#file", FILE)
    page.locator("#first-rows").wait_for(timeout=WAIT_MS)
    assert seen.axe() == []
    word = page.locator("#book-size li", has_text="个体")
    assert "1 row" in word.inner_text()
    word.locator("select").select_option("micro")
    seen.until("document.querySelector('tbody tr').innerText.includes('micro')")
    assert seen.axe() == []

    size = page.locator("#f-size")
    size.focus()
    size.press("o")  # one value for all rows
    page.locator("input[name=c-size]").fill("small")
    page.locator("input[name=c-size]").press("Tab")
    seen.until("document.querySelector('tbody').innerText.includes('small')")

    page.get_by_role("button", name="Check all rows").press("Enter")
    page.locator("#report").wait_for(timeout=WAIT_MS)
    assert "40 can be stored" in page.locator(".sum").inner_text()
    assert seen.axe() == []
    seen.resize((360, 740))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Store 40 rows").press("Enter")
    page.get_by_role("heading", name="Stored as batch").wait_for(timeout=WAIT_MS)
    page.reload()
    assert page.locator(".sum").inner_text().startswith("41 rows = 40 stored")


def checked(seen: Visit) -> Any:
    """Bring the file with faults and check it; its page."""
    page = seen.open("/import")
    page.set_input_files("#file", FAULTY)
    page.locator("#mapping").wait_for(timeout=WAIT_MS)
    page.locator("#mapping .steps button.primary").click()
    page.locator("#report").wait_for(timeout=WAIT_MS)
    return page


def test_a_finding_is_picked_and_one_goes_on_and_back_by_link_by_key_and_by_the_browser(
    visit: Callable[..., Visit],
) -> None:
    seen = visit("en", (1440, 900))
    page = checked(seen)
    where = page.locator(".walk .note").first

    page.locator("a[data-pick='heap:repeated']").click()
    seen.until("document.querySelector('#picked-what')?.innerText.includes('Line 202')")
    assert where.inner_text() == "1 / 3"
    assert "at=1" in page.url
    assert page.evaluate("document.activeElement.dataset.pick") == "heap:repeated"
    assert page.locator("#picked .rows tr.now .wrong").inner_text().endswith("E1")
    assert seen.axe() == []

    page.locator("#on").click()
    seen.until("document.querySelector('.walk .note').innerText === '2 / 3'")
    page.keyboard.press("n")
    seen.until("document.querySelector('.walk .note').innerText === '3 / 3'")
    assert page.locator("#on").count() == 0
    page.keyboard.press("p")
    seen.until("document.querySelector('.walk .note').innerText === '2 / 3'")
    page.go_back()
    seen.until("document.querySelector('.walk .note').innerText === '3 / 3'")
    page.reload()
    assert where.inner_text() == "3 / 3"
    page.keyboard.press("Escape")
    seen.until("!document.querySelector('#picked-what')")
    page.keyboard.press("n")
    seen.until("document.querySelector('.walk .note')?.innerText.startsWith('1 / ')")


def test_a_report_is_walked_through_without_a_script_on_a_phone(browser: Any, town: str) -> None:
    seen = visit_without_script(browser, town)
    address = report_of(browser, town)

    seen.goto(town + address)
    seen.get_by_role("link", name="came before").first.click()
    assert seen.locator("#picked-what").is_visible()
    assert seen.locator("#picked .place .given").is_visible()
    seen.get_by_role("link", name="Next one").click()
    assert seen.locator(".walk .note").first.inner_text() == "2 / 3"
    seen.go_back()
    assert seen.locator(".walk .note").first.inner_text() == "1 / 3"
    fold = seen.locator(".came-fold")
    assert not fold.locator("ol").is_visible()
    fold.locator("summary").click()
    assert fold.get_by_role("link", name="firms.csv").first.is_visible()
    for width in (360, 768, 900, 1280, 1920):
        seen.set_viewport_size({"width": width, "height": 800})
        assert seen.evaluate("document.documentElement.scrollWidth") == width
    seen.context.close()


def visit_without_script(browser: Any, town: str) -> Any:
    window = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en", java_script_enabled=False
    )
    return window.new_page()


def report_of(browser: Any, town: str) -> str:
    """The address of the report of a file that is brought by somebody with a script."""
    seen = Visit(browser, town, "en", (1280, 720))
    page = checked(seen)
    address = str(page.url).removeprefix(town)
    seen.window.close()
    return address


def test_the_files_beside_a_report_lead_to_their_own(visit: Callable[..., Visit]) -> None:
    seen = visit("zh_CN", (1440, 900))
    page = checked(seen)
    first = page.url
    checked(seen)
    listed = page.locator(".came a:has-text('firms.csv')")

    assert seen.axe() == []
    assert listed.count() >= 2
    assert listed.first.get_attribute("aria-current") == "page"
    page.locator(f".came a[href='{first.removeprefix(seen.town)}']").click()
    page.locator("#report").wait_for(timeout=WAIT_MS)
    assert page.url == first
    page.locator(".came").get_by_role("link", name="带一个文件来").click()
    page.locator("#bring").wait_for(timeout=WAIT_MS)
