"""Frames a map page with folium; the only file that knows folium."""

from dataclasses import dataclass
from typing import Any, Final

CSS: Final = ("/static/vendor/leaflet/leaflet.css",)
JS: Final = ("/static/vendor/leaflet/leaflet.js",)
"""folium would load these and eight more from other hosts."""

NAME: Final = "grid"
"""The page's script finds the map as ``map_grid``."""

DEEPEST: Final = 19
"""Without tiles Leaflet does not know how deep it may zoom."""


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of folium's page that go into ours."""

    css: tuple[str, ...]
    js: tuple[str, ...]
    html: str
    script: str


def frame(centre: tuple[float, float], tiles_url: str, name: str = NAME) -> Page:
    """Make an empty map; our own script draws on it and finds it as ``map_<name>``.

    ``centre`` is longitude, latitude.
    """
    import folium  # noqa: PLC0415  # as long to load as the rest of the web; whoever works needs none

    framed = folium.Map(
        location=[centre[1], centre[0]],
        zoom_start=12,
        tiles=None,
        zoom_control=False,
        maxZoom=DEEPEST,
    )
    framed._id = name  # noqa: SLF001  # folium has no other way to name it
    if tiles_url:
        base = folium.TileLayer(tiles=tiles_url, attr=" ", max_zoom=DEEPEST)
        base._id = name  # noqa: SLF001
        base.add_to(framed)
    root: Any = framed.get_root()
    root.render()
    return Page(CSS, JS, root.html.render(), root.script.render())
