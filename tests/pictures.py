"""Take a picture of every page of the running program: ``python -m tests.pictures [folder]``."""

import base64
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import CHROMIUM

HOME = Path(__file__).parents[1] / "data" / "pictures"
MOST_BYTES = 300_000
PIXELS = """async (text) => {
  const answer = await fetch(`data:image/png;base64,${text}`);
  const image = await createImageBitmap(await answer.blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  let pixels = "";
  for (let i = 0; i < data.length; i += 32768) {
    pixels += String.fromCharCode(...data.subarray(i, i + 32768));
  }
  return { width: image.width, height: image.height, pixels: btoa(pixels) };
}"""
"""Decodes a picture in the browser that took it."""
TO_THE_TOP = "document.querySelectorAll('*').forEach(one => { one.scrollTop = 0; })"
"""Panels scroll to the row that is picked; a picture shows their beginning."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Build the default town and serve it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GISAPP_")}
    env["GISAPP_DATABASE_URL"] = f"sqlite:///{folder / 'town.sqlite'}"
    gisapp = [sys.executable, "-m", "gisapp"]
    subprocess.run([*gisapp, "demo", "--no-serve"], env=env, check=True)
    command = [*gisapp, "serve", "--port", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield address_of(server)
        finally:
            server.terminate()


def address_of(server: subprocess.Popen[str]) -> str:
    """Read the address a server prints as soon as it listens."""
    for line in server.stdout or ():
        if found := re.search(r"http://[0-9.]+:[0-9]+", line):
            return found.group()
    raise ChildProcessError("the server ended before it listened")


def drawn(page: Page) -> None:
    """Wait until the page says that it has drawn, and nothing more is asked."""
    page.evaluate(
        "new Promise(done => { const look = () => document.documentElement.dataset.ready === '1' "
        "? done() : setTimeout(look, 50); look(); })"
    )
    page.wait_for_load_state("networkidle")


def rows(page: Page, layer: str, question: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "path => fetch(path).then(answer => answer.json()).then(found => found.rows)",
        f"/api/v1/layers/{layer}/rows?{question}",
    )
    return found


def in_the_middle(page: Page, layer: str, question: str) -> str:
    """The place of the list that lies nearest to the middle of the map."""
    listed = rows(page, layer, question)
    west, south, east, north = page.evaluate(
        "JSON.parse(document.getElementById('config').textContent).bounds"
    )
    lon, lat = west + 0.4 * (east - west), (south + north) / 2
    best = min(listed, key=lambda row: (row["lon"] - lon) ** 2 + (row["lat"] - lat) ** 2)
    return str(best["code"])


def pick(page: Page, code: str) -> None:
    address = page.url.partition("#")[0]
    page.goto("about:blank")  # a new fragment alone would load nothing
    look(page, f"{address}#place={code}")
    page.locator("#card").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(TO_THE_TOP)


def shoot(page: Page, folder: Path, name: str) -> None:
    path = folder / f"{name}.png"
    path.write_bytes(smaller(page.screenshot(animations="disabled"), page))
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"{path} has {size} bytes; the README wants at most {MOST_BYTES}")
    print(f"{path} {size // 1000} kB")  # noqa: T201


def smaller(picture: bytes, page: Page) -> bytes:
    """Keep the 256 colours that are seen most; each other becomes its nearest one."""
    pixels = page.context.new_page()
    found = pixels.evaluate(PIXELS, base64.b64encode(picture).decode())
    pixels.close()
    seen = np.frombuffer(base64.b64decode(found["pixels"]), np.uint8)
    seen = seen.reshape(-1, 4)[:, :3].astype(np.int64)
    colours, which, count = np.unique(
        seen @ [65536, 256, 1], return_inverse=True, return_counts=True
    )
    rgb = np.column_stack([colours >> 16, colours >> 8 & 255, colours & 255])
    kept = rgb[np.argsort(-count, kind="stable")[:256]]
    near = np.concatenate(
        [
            ((part[:, None] - kept) ** 2).sum(axis=2).argmin(axis=1)
            for part in np.array_split(rgb, 64)
        ]
    )
    rows = near[which].astype(np.uint8).reshape(found["height"], found["width"])
    body = np.pad(rows, ((0, 0), (1, 0))).tobytes()
    head = struct.pack(">IIBBBBB", found["width"], found["height"], 8, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"PLTE", kept.astype(np.uint8).tobytes())
        + chunk(b"IDAT", zlib.compress(body, 9))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def holder(page: Page) -> str:
    """A cadre who holds a seat near the middle of the town."""
    code = in_the_middle(page, "plan", "value=to_10&value=to_20&size=300")
    told = page.evaluate(
        "code => fetch(`/api/v1/layers/plan/rows/${code}`).then(answer => answer.json())", code
    )
    held = [one for post in told["detail"]["posts"] for one in post["holders"]]
    return str(held[0]["staff_number"])


def main(folder: Path = HOME) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as town,
        served(Path(town)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        take(browser, address, folder)
        browser.close()


def take(browser: Browser, address: str, folder: Path) -> None:
    """Take every page in both languages."""
    for locale, ending in (("zh-CN", ""), ("en-GB", ".en")):
        read(browser, address, folder, locale, ending)
        plan(browser, address, folder, locale, ending)
        data(browser, address, folder, locale, ending)


def read(browser: Browser, address: str, folder: Path, locale: str, ending: str) -> None:
    """Open each page that only shows as its reader would, and pick a telling place."""
    page = window(browser, locale, 1280, 800)
    look(page, f"{address}/map/coverage")
    pick(page, in_the_middle(page, "coverage", "value=unserved&size=200"))
    shoot(page, folder, f"coverage{ending}")
    look(page, f"{address}/map/plan")
    cadre = holder(page)
    pick(page, in_the_middle(page, "plan", "value=to_20&size=300"))
    shoot(page, folder, f"plan{ending}")
    look(page, f"{address}/map/hotspots")
    pick(page, str(rows(page, "hotspots", "size=1")[0]["code"]))
    shoot(page, folder, f"hotspots{ending}")
    page = window(browser, locale, 390, 844, is_mobile=True, has_touch=True, device_scale_factor=2)
    look(page, f"{address}/map/coverage")
    page.evaluate("document.querySelector('#view-as').open = true")
    page.check("#view-as input[value=cadre]")
    page.fill("#view-as input[name=cadre]", cadre)
    with page.expect_navigation():
        page.click("#view-as .primary")
    look(page, f"{address}/field/")
    shoot(page, folder, f"my_grid{ending}")


def plan(browser: Browser, address: str, folder: Path, locale: str, ending: str) -> None:
    """Make a draft as a planner would, and look at it on every page about plans."""
    page = window(browser, locale, 1440, 900)
    look(page, f"{address}/map/coverage")
    code = in_the_middle(page, "coverage", "value=unserved&size=200")
    fill_a_gap(page, address, code)
    shoot(page, folder, f"workbench{ending}")
    draft = page.url.partition("#")[0].rpartition("/")[2]
    page.goto(f"{address}/plan/")  # a list: nothing to draw
    page.wait_for_load_state("networkidle")
    shoot(page, folder, f"plans{ending}")
    for path, name in (
        (f"/plan/compare?before=9901-1&after={draft}", "compare"),
        (f"/plan/{draft}/publish", "publish"),
    ):
        look(page, address + path)
        shoot(page, folder, f"{name}{ending}")


def data(browser: Browser, address: str, folder: Path, locale: str, ending: str) -> None:
    """Bring a file with faults as a data admin would, look at one of them, and check the town."""
    page = window(browser, locale, 1440, 900)
    look(page, f"{address}/map/coverage")
    file = firms(rows(page, "coverage", "size=300"))
    page.goto(f"{address}/import")
    page.set_input_files("#file", file)
    page.locator("#mapping .steps button.primary").click()
    page.locator("#report").wait_for()
    page.locator("a[data-pick='heap:repeated']").click()
    page.locator("#picked-what").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(TO_THE_TOP)
    shoot(page, folder, f"import{ending}")
    page.goto(f"{address}/check")
    with page.expect_navigation():
        page.locator("form.deeds button").click()
    page.locator("form.deeds").wait_for()
    page.wait_for_load_state("networkidle")
    shoot(page, folder, f"check{ending}")


def firms(places: list[dict[str, Any]]) -> Any:
    """A file of firms in these places, some of whose lines are wrong."""
    lines = [
        f"E{900_000 + n},{row['name']}便民店,小型,{row['lon'] + 0.0004:.6f},{row['lat']:.6f}"
        for n, row in enumerate(places)
    ]
    lines[150:150] = [line.replace("便民店", "五金店") for line in lines[7:10]]
    lines[220:220] = ["E900500,,小型,,", "E900501,河边仓库,小型,117.3,95"]
    text = "\n".join(["注册号,企业名称,规模,经度,纬度", *lines])
    return {"name": "企业_2026.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}


def window(browser: Browser, locale: str, width: int, height: int, **more: Any) -> Page:
    """A window of its own, in which nothing moves by itself."""
    size: Any = {"width": width, "height": height}
    return browser.new_context(
        locale=locale, viewport=size, reduced_motion="reduce", **more
    ).new_page()


def fill_a_gap(page: Page, address: str, code: str) -> None:
    """Make a draft of the plan and send the nearest candidate to a grid without anybody."""
    look(page, f"{address}/plan/9901-1")
    with page.expect_navigation():
        page.click("#make-draft")
    drawn(page)
    pick(page, code)
    page.locator("#candidates .min button").first.click()
    page.locator("#trial[data-kind=asking] .go").click()
    page.locator("#trial[data-kind=done] .go").wait_for()
    page.locator(".second-choice p").first.wait_for()
    page.wait_for_load_state("networkidle")


def look(page: Page, address: str) -> None:
    page.goto(address)
    drawn(page)


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:2]))
