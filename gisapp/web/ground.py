"""What this process keeps of shapes, names and values, so that maps answer at once."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sized
from typing import Any, cast

from flask import g
from pandas import DataFrame

from gisapp.actions import maps, stamps, tile_files
from gisapp.actions.maps import Label, Surroundings
from gisapp.auth import EVERYWHERE, Role
from gisapp.catalogue import layer_named
from gisapp.layer import Features, Layer, Level, Values
from gisapp.web.context import actor, session, state

Ids = Any
World = Any
"""Of the storeys below; the doors only hand them on."""

LEVELS: tuple[Level, ...] = ("township", "community", "grid")

A_GRID = 700
"""About how many bytes one grid of a whole town takes, with its people."""

A_TABLED = 60
"""About how many bytes one cell of a table takes."""

A_CELL = 8
"""Bytes of one value of a column whose values are few: they are shared."""

A_ROW = 200
"""About how many bytes one row of values takes."""


def who() -> Hashable:
    """Name what decides what this actor sees."""
    me = actor()
    return me.area_code, me.cadre_id


def stamp() -> str:
    """Name the state of what this actor may see; it changes with every deed there."""
    if "stamp" not in g:
        answers = state().answers
        g.stamp = stamps.stamp(
            session(),
            lambda name, make: answers.get(
                ("stamp", name), make, lambda codes: 64 + 64 * len(codes)
            ),
        )
    return cast("str", g.stamp)


def of_data(name: str, make: Callable[[], Any]) -> Any:
    """Keep what is made from the data alone, whatever drafts are edited: the town, its hotspots."""
    return state().answers.get(_of_data(name), make, _weight)


def has_of_data(name: str) -> bool:
    """Whether that is kept already, so that nobody waits for it."""
    return state().answers.has(_of_data(name))


def _of_data(name: str) -> Hashable:
    def remember(of: str, found: Callable[[], Collection[str]]) -> Collection[str]:
        return state().answers.get(("stamp", of), found, lambda codes: 64 + 64 * len(codes))

    return "of data", name, who(), stamps.stamp_of_data(session(), remember)


def _weight(found: Any) -> int:
    """About how many bytes it takes: much for each grid of a town, less for tables and rows."""
    if isinstance(found, DataFrame):
        return A_TABLED * int(found.size)
    if isinstance(found, Sized):
        return A_ROW * (10 + len(found))
    if hasattr(found, "size"):
        return int(found.size)
    town = getattr(found, "ground", None)
    return A_GRID * (100 if town is None else 100 + len(town.codes))


def key() -> str:
    """Name the boundaries in force, as this actor sees them."""
    return state().answers.get(
        ("key", who(), stamp()), lambda: maps.key(session()), lambda found: 200
    )


def ids(key: str) -> Ids:
    """Return codes and parents of the boundaries called ``key``."""
    return state().ground.get(
        ("ids", who(), key),
        lambda: maps.ids(session(), key),
        lambda found: 100 * sum(map(len, found.codes.values())),
    )


def world(key: str, level: str, zoom: int | None = None) -> World:
    """Return the shapes of one level, simplified for ``zoom`` unless it is None."""

    def made() -> World:
        if zoom is None:
            return maps.world(session(), key, level)
        return world(key, level).simplified(zoom)

    return state().ground.get(("world", who(), key, level, zoom), made, lambda found: found.size)


def count(key: str) -> int:
    """Return how many grids the boundaries called ``key`` hold."""
    return len(world(key, "grid"))


def tile_file(key: str, level: str, z: int) -> Any:
    """Return the open file of ready tiles that this actor may read; None where there is none."""
    found = tile_files.find(state().tiles_home, key, level, z)
    if found is None:
        return None
    path, changed = found
    state().ground.get(
        ("may see", who(), key), lambda: maps.must_see(session(), key), lambda seen: 200
    )
    return state().ground.get(
        ("tile file", path, changed),
        lambda: tile_files.opened(path),
        lambda file: 200 if file is None else file.size,
    )


def middles(key: str, level: str) -> Any:
    """Return a point inside each place, as longitude and latitude."""
    return state().ground.get(
        ("middles", who(), key, level),
        lambda: maps.middles(world(key, level)).round(6).tolist(),
        lambda found: 120 * len(found),
    )


def extents(key: str, level: str) -> Any:
    """Return from where to where each place reaches: west, south, east, north."""
    return state().ground.get(
        ("extents", who(), key, level),
        lambda: maps.extents(world(key, level)),
        lambda found: 160 * len(found),
    )


def places(key: str, level: str) -> Mapping[str, int]:
    """Return the position of each code."""
    return state().ground.get(
        ("places", who(), key, level),
        lambda: {code: at for at, code in enumerate(ids(key).codes[level])},
        lambda found: 120 * len(found),
    )


def names() -> Mapping[str, str]:
    """Return what grids and areas are called."""
    return state().answers.get(
        ("names", who(), stamp()), lambda: maps.names(session()), lambda found: 200 * len(found)
    )


def located(row: Mapping[str, Any]) -> dict[str, Any]:
    """Add to a row about a grid what the grid is called and where its middle is."""
    code = row["code"]
    at = places(key(), "grid").get(code)
    lon, lat = (None, None) if at is None else middles(key(), "grid")[at]
    return {"name": names().get(code, code), "lon": lon, "lat": lat, **row}


def label(key: str, level: str) -> Label:
    """Return names of one level and where they fit."""

    def made() -> Label:
        called = maps.area_names(session())
        return maps.label(
            world(key, level), [called.get(one, one) for one in ids(key).codes[level]]
        )

    return state().answers.get(
        ("label", who(), stamp(), key, level), made, lambda found: A_ROW * len(found.name)
    )


def surroundings(zoom: int | None = None) -> Surroundings:
    """Return roads and water, thinned for ``zoom`` unless it is None."""

    def made() -> Surroundings:
        return maps.surroundings(session()) if zoom is None else surroundings().thinned(zoom)

    return state().ground.get(("context", who(), stamp(), zoom), made, lambda found: found.size)


def layer(name: str) -> Layer[Any]:
    """Return a layer by its name; raise `UnknownLayer` otherwise."""
    return layer_named(state().runtime.layers, name)


def read(layer: Layer[Any], args: Mapping[str, str]) -> Values | Features:
    """Read a layer; what was read before and has not changed is not read again."""
    me = actor()
    me.must(layer.scope)
    question = layer.query.parse(args).model_dump_json()
    if not keeps():
        return layer.read(session(), me, args)

    def size(found: Values | Features) -> int:
        if isinstance(found, Values) and found.holds is not None:
            return found.holds + A_CELL * (len(found.codes) + 100) * (1 + len(found.columns))
        many = len(found.codes if isinstance(found, Values) else found.ids)
        return A_ROW * (many + 10) * (2 + len(found.columns))

    return state().answers.get(
        ("read", layer.name, question, who(), stamp()),
        lambda: layer.read(session(), me, args),
        size,
    )


def keeps() -> bool:
    """Whether what this actor reads may be kept; what a cadre sees changes with her posts."""
    me = actor()
    return me.role is not Role.CADRE and me.area_code != EVERYWHERE


def water() -> Label:
    """Return the names of waters and where they fit."""

    def made() -> Label:
        around = surroundings()
        return maps.label_named(around.worlds["water"], around.names["water"])

    return state().answers.get(
        ("water", who(), stamp()), made, lambda found: A_ROW * (len(found.name) + 1)
    )
