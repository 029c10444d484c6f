"""/geometry, /context, /labels and /values: shapes once, values whenever they change."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import numpy as np
from flask import Blueprint, Response

from gisapp.actions.maps import UnknownContext
from gisapp.actions.tiles import cut, cut_context, pack, thinned, usual
from gisapp.auth import Scope
from gisapp.coded import mapped
from gisapp.errors import NotFound
from gisapp.i18n import N_
from gisapp.layer import Features, Layer, Level, Values
from gisapp.query import InvalidParameter
from gisapp.web import ground
from gisapp.web.answers import AGAIN, FOREVER, Sealed, answer, sent, written
from gisapp.web.context import actor, asked, locale, state
from gisapp.web.ground import LEVELS
from gisapp.web.packing import packed

api = Blueprint("maps_api", __name__)

DEEPEST: Final = 20
"""Tiles deeper than this would hold single bricks."""

PLAIN: Final = "plain"
PACKED: Final = "packed"

ABOVE: Final[tuple[Level, ...]] = ("township", "community")

MVT: Final = "application/vnd.mapbox-vector-tile"


class NoSuchTile(NotFound):
    """A tile lies outside the world, or deeper than tiles go."""

    code = "no_such_tile"
    message = N_("There is no tile {z}/{x}/{y}.")


class NotOfPlaces(NotFound):
    """A layer has shapes of its own, or values when shapes of its own are asked for."""

    code = "not_of_places"
    message = N_("The layer {layer} has no such view.")


@api.get("/geometry/<key>/ids")
def ids(key: str) -> Response:
    """Answer the codes of all places and who lies in whom; a feature's number is its place here.

    With ``level`` those of this level and above: a map that shows no grids yet needs no more.
    """
    _may()
    level = _level(asked("level").get("level", "grid"))

    def made() -> bytes:
        found = ground.ids(key)
        wanted = LEVELS[: LEVELS.index(level) + 1]
        parent = {one: found.parent[one] for one in wanted[1:]}
        return written({one: found.codes[one] for one in wanted} | {"parent": parent})

    sealed = state().answers.get(
        ("ids", ground.who(), key, level), lambda: Sealed.of(made()), lambda kept: kept.size
    )
    return sent(sealed, "application/json", FOREVER)


@api.get("/geometry/<key>/<int:z>/<int:x>/<int:y>.mvt")
def tile(key: str, z: int, x: int, y: int) -> Response:
    """Answer one tile of places: townships, communities or grids, by zoom or as asked."""
    _may()
    level = _level(asked("level").get("level", usual(z)))
    _inside(z, x, y)

    def made() -> Sealed:
        ready = ground.tile_file(key, level, z)
        if ready is not None:
            return Sealed.of_packed(ready.get(z, x, y))
        return _packed(cut(ground.world, key, level, z, x, y))

    return _tile(_kept((ground.who(), key, level, z, x, y), made))


@api.get("/context/<key>/<int:z>/<int:x>/<int:y>.mvt")
def context(key: str, z: int, x: int, y: int) -> Response:
    """Answer one tile of roads and water."""
    _may()
    asked()
    _inside(z, x, y)

    def made() -> Sealed:
        found = ground.surroundings(thinned(z))
        if found.key != key:
            raise UnknownContext(key=key[:40])
        return _packed(cut_context(found, z, x, y))

    return _tile(_kept(("context", ground.who(), key, z, x, y), made))


@api.get("/labels/<key>")
def labels(key: str) -> Response:
    """Answer names and where they fit; names may change while shapes do not."""
    _may()
    asked()
    called: dict[str, Any] = {}
    for level in ("township", "community"):
        found = ground.label(key, level)
        called[level] = {
            "name": found.name,
            "lon": found.lon,
            "lat": found.lat,
            "radius_m": found.radius_m,
        }
    called["township"]["box"] = ground.extents(key, "township")
    water = ground.water()
    return answer(called | {"water": {"name": water.name, "lon": water.lon, "lat": water.lat}})


@api.get("/values/<name>")
def values(name: str) -> Response:
    """Answer one layer's values in the order of its boundaries' ids; above grids, shares.

    With ``form=packed`` all levels at once, columns in few bytes: what the map asks for.
    """
    layer = ground.layer(name)
    actor().must(layer.scope)
    args = asked(more=True)
    level = _level(args.pop("level", "grid"))
    form = args.pop("form", PLAIN)
    if form not in {PLAIN, PACKED} or (form == PACKED and level != "grid"):
        raise InvalidParameter(name="form", value=form[:80])
    question = layer.query.parse(args).model_dump_json()

    def made() -> bytes:
        found = of_places(layer, args)
        return written(
            {
                "layer": layer.name,
                "revision": found.revision or "empty",
                "level": level,
                "about": found.about,
            }
            | _columns(layer, found, level, form)
        )

    if not ground.keeps():
        return sent(made(), "application/json", AGAIN)
    kept = ("values", layer.name, question, level, form, locale(), ground.who(), ground.stamp())
    sealed = state().answers.get(kept, lambda: Sealed.of(made()), lambda one: one.size)
    return sent(sealed, "application/json", AGAIN)


def of_places(layer: Layer[Any], args: Mapping[str, str]) -> Values:
    """Read a layer that paints grids; raise `NotOfPlaces` when it has shapes of its own."""
    if layer.values is None:
        raise NotOfPlaces(layer=layer.name)
    return cast("Values", ground.read(layer, args))


def of_shapes(layer: Layer[Any], args: Mapping[str, str]) -> Features:
    """Read a layer of its own shapes; raise `NotOfPlaces` when it paints places."""
    if layer.features is None:
        raise NotOfPlaces(layer=layer.name)
    return cast("Features", ground.read(layer, args))


def shares(layer: Layer[Any], found: Values, level: str) -> dict[str, Any]:
    """Sum a layer up above grids: how many grids, which share of them stands out, and totals."""
    codes = ground.ids(found.revision or "empty")
    above = codes.parent["grid"]
    if level == "township" and len(codes.codes["community"]):
        up = np.append(codes.parent["community"], -1)
        above = up[above]
    many = len(codes.codes[level])
    inside = above >= 0
    grids = np.bincount(above[inside], minlength=many)
    said = {
        name: [totals.get(code) for code in codes.codes[level]]
        for name, totals in found.totals.items()
    }
    if layer.share is None or not len(above):
        return {"share": [None] * many, "grids": grids} | said
    stands = {str(one) for one in layer.share.values}
    column = found.columns[layer.share.column]
    out = mapped(column, lambda one: str(one) in stands, np.bool_)
    hits = np.bincount(above[inside & out], minlength=many)
    return {"share": np.round(hits / np.where(grids, grids, np.nan), 4), "grids": grids} | said


def _columns(layer: Layer[Any], found: Values, level: Level, form: str) -> dict[str, Any]:
    if form == PACKED:
        return {
            "columns": {name: packed(column) for name, column in found.columns.items()},
            "above": {one: shares(layer, found, one) for one in ABOVE},
        }
    return {"columns": found.columns if level == "grid" else shares(layer, found, level)}


def _may() -> None:
    actor().must(Scope.GRIDS_READ)


def _level(text: str) -> Level:
    for level in LEVELS:
        if level == text:
            return level
    raise InvalidParameter(name="level", value=text[:80])


def _inside(z: int, x: int, y: int) -> None:
    if z > DEEPEST or x >= 1 << z or y >= 1 << z:
        raise NoSuchTile(z=z, x=x, y=y)


def _kept(name: tuple[Any, ...], made: Callable[[], Sealed]) -> Sealed:
    return state().tiles.get(name, made, lambda kept: kept.size)


def _packed(body: bytes) -> Sealed:
    """Compress a tile as it lies in a file of tiles, so that it is one and the same."""
    return Sealed.of_packed(pack(body))


def _tile(sealed: Sealed) -> Response:
    if sealed.body:
        return sent(sealed, MVT, FOREVER)
    response = Response(status=204)
    del response.headers["Content-Type"]
    response.headers["Cache-Control"] = FOREVER
    return response
