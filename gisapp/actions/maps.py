"""What every map stands on: shapes by the key of their boundaries, labels, roads and water."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import mapping
from sqlalchemy import select

from gisapp.auth import Scope
from gisapp.core import world as worlds
from gisapp.core.world import World
from gisapp.errors import NotFound
from gisapp.i18n import N_
from gisapp.store import installation, revisions
from gisapp.store.days import valid_on
from gisapp.store.models import Area, Context, Grid
from gisapp.store.revisions import Ids
from gisapp.store.session import Session

EMPTY: Final = "empty"
"""Key of the boundaries before the first ones came in."""

KINDS: Final = ("water", "road", "street")

STREETS: Final = 13
"""Further out than this no street is drawn, and none is sent: they are most of the bytes."""

EQUATOR_M: Final = 40_075_016.686
"""Length of the side of the square world, in metres at the equator."""

TILE_PX: Final = 256
"""Pixels along one side of a tile."""

LABEL_TOLERANCE: Final = 1e-8
"""How well the middle of a place is found, as a share of the world: 40 cm."""


class UnknownContext(NotFound):
    """No roads and water have the key, or not for this actor."""

    code = "unknown_context"
    message = N_("There are no roads and water with the key {key}.")


@dataclass(frozen=True, slots=True)
class Label:
    """Names of places and where they fit, in the order of the places."""

    name: list[str]
    lon: list[float | None]
    lat: list[float | None]
    radius_m: list[float | None]
    """Of the largest circle around the point that stays inside."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Roads and water that the actor sees."""

    key: str
    names: Mapping[str, list[str]]
    """By kind."""
    worlds: Mapping[str, World]

    def thinned(self, zoom: int) -> "Surroundings":
        """Leave what is seen at ``zoom``: not half a pixel; far out no street and no name."""
        close = zoom >= STREETS
        shown = {kind: self.worlds[kind] for kind in KINDS if close or kind != "street"}
        worlds = {kind: world.thinned(zoom) for kind, world in shown.items()}
        return replace(self, names=self.names if close else {}, worlds=worlds)

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        return sum(world.size for world in self.worlds.values())


def key(session: Session) -> str:
    """Name the boundaries in force, as this actor sees them."""
    _must(session)
    revision = revisions.current(session)
    return EMPTY if revision is None else revisions.key(session, revision)


def must_see(session: Session, key: str) -> bool:
    """Raise `RevisionGone` unless this actor sees boundaries under the key."""
    _must(session)
    revisions.by_key(session, key)
    return True


def ids(session: Session, key: str) -> Ids:
    """Read the codes of every level and who lies in whom."""
    _must(session)
    if key == EMPTY:
        nobody = np.zeros(0, np.int64)
        return Ids({level: [] for level in revisions.LEVELS}, {"grid": nobody, "community": nobody})
    return revisions.ids(session, revisions.by_key(session, key))


def world(session: Session, key: str, level: str) -> World:
    """Read the shapes of one level, in the order of its ids."""
    _must(session)
    if key == EMPTY:
        return World.of([])
    return World.of(revisions.shapes(session, revisions.by_key(session, key), level))


def extent(world: World) -> tuple[float, float, float, float] | None:
    """Say from where to where shapes reach: west, south, east, north; None without any."""
    if not len(world) or np.isnan(world.bounds).all():
        return None
    west, north = np.nanmin(world.bounds[:, :2], axis=0)
    east, south = np.nanmax(world.bounds[:, 2:], axis=0)
    (w, s), (e, n) = worlds.unproject(np.array([[west, south], [east, north]])).tolist()
    return w, s, e, n


def fitting(extent: Sequence[float], window: tuple[int, int]) -> int:
    """Say at which zoom of tiles a window of so many pixels shows all of an extent."""
    west, south, east, north = extent
    ends = worlds.project(np.array([[west, north], [east, south]]))
    sides = np.maximum(ends[1] - ends[0], np.finfo(float).tiny) * TILE_PX
    return int(np.rint(np.log2(np.array(window) / sides).min()))


def extents(world: World) -> list[list[float] | None]:
    """Say from where to where each shape reaches, as in `extent`."""
    ends = world.bounds[:, [0, 3, 2, 1]].reshape(-1, 2)
    boxes = worlds.unproject(ends).reshape(-1, 4).round(6)
    return [None if np.isnan(box).any() else box.tolist() for box in boxes]


def middles(world: World) -> npt.NDArray[np.float64]:
    """Find a point inside each shape, as longitude and latitude; nan for an empty one."""
    inside = shapely.point_on_surface(world.shapes)
    return worlds.unproject(np.column_stack([shapely.get_x(inside), shapely.get_y(inside)]))


def names(session: Session) -> dict[str, str]:
    """Read what grids and areas are called today, by code."""
    _must(session)
    rows = session.execute(select(Area.code, Area.name).where(valid_on(Area, session.today)))
    found = {row[0]: row[1] for row in rows}
    rows = session.execute(select(Grid.code, Grid.name).where(valid_on(Grid, session.today)))
    return found | {row[0]: row[1] for row in rows}


def area_names(session: Session) -> dict[str, str]:
    """Read what areas are called today, by code."""
    _must(session)
    rows = session.execute(select(Area.code, Area.name).where(valid_on(Area, session.today)))
    return {row[0]: row[1] for row in rows}


def label(world: World, named: list[str]) -> Label:
    """Find where the name of each shape fits best: in its largest circle."""
    circles = shapely.maximum_inscribed_circle(_largest(world.shapes), LABEL_TOLERANCE)
    ends = (
        shapely.get_coordinates(circles).reshape(-1, 2, 2) if len(circles) else np.zeros((0, 2, 2))
    )
    places = worlds.unproject(ends[:, 0])
    metres = EQUATOR_M * np.cos(np.radians(places[:, 1]))
    radius = np.hypot(*(ends[:, 1] - ends[:, 0]).T) * metres
    return Label(
        named,
        np.round(places[:, 0], 6).tolist(),
        np.round(places[:, 1], 6).tolist(),
        np.round(radius, 1).tolist(),
    )


def label_named(world: World, named: list[str]) -> Label:
    """Find where names fit best, for shapes that have a name and an area."""
    areas = shapely.area(world.shapes) > 0
    kept = [at for at, name in enumerate(named) if name and areas[at]]
    return label(World.made(world.shapes[kept]), [named[at] for at in kept])


def _largest(shapes: npt.NDArray[np.object_]) -> Any:
    """Take the largest part of each shape."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rank = np.lexsort((-shapely.area(parts), owner))
    return parts[rank[np.unique(owner[rank], return_index=True)[1]]]


def surroundings(session: Session) -> Surroundings:
    """Read the roads and water that the actor sees."""
    _must(session)
    rows = session.execute(select(Context.kind, Context.name, Context.shape)).all()
    plain = sorted((row[0], row[1], shapely.to_wkb(row[2], byte_order=1)) for row in rows)
    body = hashlib.blake2b(digest_size=10)
    for kind, name, shape in plain:
        body.update(f"{kind}\0{name}\0{len(shape)}\0".encode() + shape)
    of = {kind: [row for row in plain if row[0] == kind] for kind in KINDS}
    return Surroundings(
        body.hexdigest(),
        {kind: [row[1] for row in of[kind]] for kind in KINDS},
        {kind: World.of(shapely.from_wkb([row[2] for row in of[kind]])) for kind in KINDS},
    )


def _must(session: Session) -> None:
    session.actor.must(Scope.GRIDS_READ)


def within(
    shapes: npt.NDArray[np.object_], box: tuple[float, float, float, float] | None
) -> tuple[list[int], Callable[[int], list[Any]]]:
    """Find the shapes that meet a box: positions, and how to write the first few as GeoJSON."""
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if box is not None:
        there &= shapely.intersects(shapes, shapely.box(*box))
    positions = np.flatnonzero(there).tolist()
    return positions, lambda most: [mapping(shapes[at]) for at in positions[:most]]


def town(session: Session) -> str:
    """Name what the installation serves; empty before it is known."""
    found = installation.find(session)
    return "" if found is None else found.name


def is_demo(session: Session) -> bool:
    """Whether the town is an invented one."""
    found = installation.find(session)
    return found is not None and found.demo
