"""A file comes in through the page, in a real browser."""

from collections.abc import Callable

from tests.web.browser import NO_BROWSER, WAIT_MS, Visit

pytestmark = NO_BROWSER

ROWS = "".join(f"E{n},企业{n},{'大型' if n else '个体'}\n" for n in range(40))
FILE = {
    "name": "企业.csv",
    "mimeType": "text/csv",
    "buffer": ("注册号,企业名称,规模\n" + ROWS + "E1,again,\n").encode("gbk"),
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
