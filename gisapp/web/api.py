"""/api/v1: the layers as lists and tables, search, and layers of their own shapes."""

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

import numpy as np
from flask import Blueprint, Response, request
from flask_babel import gettext

from gisapp.actions import maps, search
from gisapp.auth import Scope
from gisapp.coded import mapped
from gisapp.errors import NotFound
from gisapp.i18n import N_
from gisapp.layer import Values
from gisapp.query import InvalidParameter
from gisapp.web import ground
from gisapp.web.answers import answer
from gisapp.web.context import actor, asked, session, state
from gisapp.web.maps_api import of_places, of_shapes

api = Blueprint("api", __name__, url_prefix="/api/v1")

PAGE: Final = 50
LARGEST: Final = 1000
"""Rows of one page, features of one answer."""

GEOJSON: Final = "application/geo+json"


class UnknownPlace(NotFound):
    """No place of the layer has the code, or not for this actor."""

    code = "unknown_place"
    message = N_("There is no place {place} on this map.")


@api.get("/layers")
def layers() -> Response:
    """List the layers this actor may see."""
    asked()
    rows = [
        {
            "name": layer.name,
            "title": gettext(layer.title),
            "of": layer.of,
            "columns": [
                {"name": column.name, "title": gettext(column.title)} for column in layer.columns
            ],
        }
        for layer in state().runtime.layers.values()
        if actor().may(layer.scope)
    ]
    return answer({"layers": rows})


@api.get("/layers/<name>/rows")
def rows(name: str) -> Response:
    """List the places of a layer, the most urgent first, page by page."""
    layer = ground.layer(name)
    actor().must(layer.scope)
    args = asked(several="value", more=True)
    page = number("page", args.pop("page", "1"), 1, 10**9)
    size = number("size", args.pop("size", str(PAGE)), 1, LARGEST)
    text = args.pop("q", "").strip()
    area = args.pop("area", "")
    if not (area.isascii() and (area.isdigit() or not area)):
        raise InvalidParameter(name="area", value=area[:80])
    style, values = layer.seen(args), request.args.getlist("value")
    known = {str(value) for value in style.paints}
    for value in values:
        if known and value not in known:
            raise InvalidParameter(name="value", value=value[:80])
    found = of_places(layer, args)
    order = in_order(style.column, found, values, text)
    if area:
        order = order[[found.codes[at].startswith(area) for at in order.tolist()]]
    return answer(listed(found, order, page, size))


def listed(found: Values, order: np.ndarray, page: int, size: int) -> dict[str, Any]:
    """Tell one page of the places in an order, and how many there are."""
    chosen = order[(page - 1) * size : page * size]
    return {
        "total": len(order),
        "page": page,
        "size": size,
        "pages": ceil(len(order) / size),
        "rows": [_row(found, int(position)) for position in chosen],
    }


@api.get("/layers/<name>/rows/<code>")
def row(name: str, code: str) -> Response:
    """Tell about one place of a layer."""
    layer = ground.layer(name)
    actor().must(layer.scope)
    args = asked(more=True)
    found = of_places(layer, args)
    position = ground.places(found.revision or maps.EMPTY, "grid").get(code)
    if position is None:
        raise UnknownPlace(place=code[:40])
    # What was read for all rows often knows this one too.
    told = found.detail(position) if found.detail else layer.tell(session(), actor(), args, code)
    return answer(_row(found, position) | {"detail": told})


@api.get("/search")
def places() -> Response:
    """Find grids, areas and enterprises by name or code."""
    actor().must(Scope.GRIDS_READ)
    text = asked("q").get("q", "")
    if len(text) > 80:  # noqa: PLR2004  # longer than any name
        raise InvalidParameter(name="q", value=text[:80])
    found = [
        (one, one.point or _middle(one.kind, one.code)) for one in search.find(session(), text)
    ]
    return answer(
        {
            "rows": [
                {"kind": one.kind, "code": one.code, "name": one.name, "lon": at[0], "lat": at[1]}
                for one, at in found
                if at is not None
            ]
        }
    )


@api.get("/features/<name>")
def features(name: str) -> Response:
    """Answer the features of a layer of its own shapes within a box, as GeoJSON."""
    layer = ground.layer(name)
    actor().must(layer.scope)
    args = asked(more=True)
    box = _box(args.pop("bbox", ""))
    limit = number("limit", args.pop("limit", "100"), 1, LARGEST)
    found = of_shapes(layer, args)
    positions, shapes = maps.within(found.shapes, box)
    made = [
        {
            "type": "Feature",
            "id": found.ids[at],
            "geometry": shape,
            "properties": {column: each[at] for column, each in found.columns.items()},
        }
        for at, shape in zip(positions[:limit], shapes(limit), strict=True)
    ]
    return answer(
        {
            "type": "FeatureCollection",
            "numberMatched": len(positions),
            "numberReturned": len(made),
            "features": made,
        },
        GEOJSON,
    )


def in_order(shown: str, found: Values, values: Sequence[str] = (), text: str = "") -> np.ndarray:
    """Put positions in order of urgency; keep those with one of ``values`` and with ``text``.

    ``shown`` is the column that has the values.
    """
    order = np.arange(len(found.codes)) if found.order is None else np.asarray(found.order, int)
    if values:
        column = found.columns[shown]
        wanted = set(values)
        right = mapped(column, lambda one: str(one) in wanted, np.bool_)
        order = order[right[order]]
    if text:
        called = ground.names()
        codes = [found.codes[at] for at in order.tolist()]
        fits = [code.startswith(text) or text in called.get(code, "") for code in codes]
        order = order[np.array(fits, dtype=bool)]
    return order


def _row(found: Values, position: int) -> dict[str, Any]:
    code = found.codes[position]
    lon, lat = ground.middles(found.revision or maps.EMPTY, "grid")[position]
    return {
        "code": code,
        "name": ground.names().get(code, code),
        "lon": lon,
        "lat": lat,
        **{name: column[position] for name, column in found.columns.items()},
        "sentence": None if found.sentence is None else found.sentence(position),
    }


def _middle(level: str, code: str) -> Sequence[float] | None:
    key = ground.key()
    position = ground.places(key, level).get(code)
    return None if position is None else ground.middles(key, level)[position]


def number(name: str, text: str, least: int, most: int) -> int:
    """Read a whole number that may not be less or more."""
    if not (text.isascii() and text.isdigit() and len(text) < 12):  # noqa: PLR2004
        raise InvalidParameter(name=name, value=text[:80])
    if not least <= int(text) <= most:
        raise InvalidParameter(name=name, value=text)
    return int(text)


def _box(text: str) -> tuple[float, float, float, float] | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(one) for one in text.split(","))
    except ValueError as wrong:
        raise InvalidParameter(name="bbox", value=text[:80]) from wrong
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004
        raise InvalidParameter(name="bbox", value=text[:80])
    return west, south, east, north
