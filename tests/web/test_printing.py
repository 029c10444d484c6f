"""The map page on paper, in a real browser."""

import re
from collections.abc import Callable

from tests.web.browser import NO_BROWSER, Visit

pytestmark = NO_BROWSER

KEPT = ("paper", "sharp", "zoom")
A4_LANDSCAPE = r"/MediaBox \[0 0 84[12]\.\d+ 59[45]\.\d+\]"

LOOK = """() => {
  const sheet = Object.values(map_grid._layers).find((one) => one.canvases);
  const { width, height } = sheet.canvases[0];
  const probe = document.createElement("canvas").getContext("2d");
  probe.drawImage(sheet.canvases[0], width / 2, height / 2, 1, 1, 0, 0, 1, 1);
  return {
    drawn: probe.getImageData(0, 0, 1, 1).data[3],
    sharp: sheet.ratio,
    zoom: map_grid.getZoom(),
    paper: document.getElementById("print-style").media,
  };
}"""


def test_the_map_is_drawn_for_the_paper_before_it_is_printed(visit: Callable[..., Visit]) -> None:
    seen = visit("en")
    page = seen.open("/map/hotspots")
    before = page.evaluate(LOOK)
    # A script whose value is a function is called.
    page.evaluate("() => { window.print = () => { window.printing = true; }; }")

    page.click("#print")
    seen.until("window.printing")
    during = page.evaluate(LOOK)
    pdf = page.pdf(prefer_css_page_size=True)
    after = page.evaluate(LOOK)

    assert (during["paper"], during["sharp"], during["drawn"]) == ("all", 3, 255)
    assert [after[name] for name in KEPT] == [before[name] for name in KEPT]
    assert re.search(r"^Printed \d", page.locator("#printed").text_content() or "")
    assert re.findall(A4_LANDSCAPE, pdf.decode("latin-1"))
