"""The towns whose maps are measured: demo towns of three sizes, and each as one folium page."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import folium

from tests.web.browser import address_of

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("BENCH_TOWNS", ROOT / "var" / "bench"))
"""Towns are kept here between runs, as ``town-1000.sqlite``."""

MATCHING_S = 30
"""Seconds for the match of a town; its map is as large with a plan that is not yet the best."""

VENDOR = ROOT / "gisapp" / "static" / "vendor" / "leaflet"
BUILD = "demo --grids {} --time-limit {} --no-serve"
GISAPP = (sys.executable, "-m", "gisapp")


def there(grids: int) -> bool:
    """Whether a town of this size is built already; its tiles are cut last."""
    path = _path(grids)
    return path.exists() and any(path.with_name(f"{path.name}.tiles").glob("*.pmtiles"))


def _path(grids: int) -> Path:
    return HOME / f"town-{grids}.sqlite"


def town(grids: int) -> dict[str, str]:
    """Return the environment that names a town of this size; build it where there is none."""
    path = _path(grids)
    env = {name: value for name, value in os.environ.items() if not name.startswith("GISAPP_")}
    env |= {"GISAPP_DATABASE_URL": f"sqlite:///{path}", "GISAPP_WORKERS": "1"}
    # No long work beside the pages: the month's look for alerts takes a processor for minutes in
    # the largest town, and a town that is kept may hold a job that was never ended.
    env |= {"GISAPP_DUTIES": "false", "GISAPP_JOB_WORKERS": "0"}
    HOME.mkdir(parents=True, exist_ok=True)
    made = ("init",) if path.exists() else BUILD.format(grids, MATCHING_S).split()
    subprocess.run([*GISAPP, *made], env=env, check=True, capture_output=True)
    return env


@contextmanager
def served(env: dict[str, str]) -> Iterator[str]:
    """Serve a town; give its address."""
    with subprocess.Popen(
        [*GISAPP, "serve", "--port", "0"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            yield address_of(server)
        finally:
            server.terminate()


@contextmanager
def as_one_page(env: dict[str, str]) -> Iterator[str]:
    """Serve the same grids as one folium GeoJson page, its assets beside it."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        shapes = home / "grids.geojson"
        command = [*GISAPP, "export", "grids", str(shapes)]
        subprocess.run(command, env=env, check=True, capture_output=True)
        _write(json.loads(shapes.read_text("utf-8")), home / "index.html")
        for asset in ("leaflet.js", "leaflet.css"):
            (home / asset).write_bytes((VENDOR / asset).read_bytes())
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=name))
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            server.server_close()


def _write(shapes: dict[str, object], path: Path) -> None:
    page = folium.Map(tiles=None, prefer_canvas=True, zoom_start=10, maxZoom=19)
    page._id = "grid"  # noqa: SLF001  # folium has no other way to name it
    page.default_js = [("leaflet", "leaflet.js")]
    page.default_css = [("leaflet_css", "leaflet.css")]
    drawn = folium.GeoJson(shapes, style_function=lambda _: {"weight": 1, "fillColor": "#7E1710"})
    drawn.add_to(page)
    page.fit_bounds(drawn.get_bounds())  # type: ignore[arg-type]  # bounds of something are numbers
    path.write_text(page.get_root().render(), "utf-8")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
        """Say nothing."""
