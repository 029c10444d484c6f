"""Questions about grids: what they are called, where they lie, who stands around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Row, select

from gisapp import frames
from gisapp.core import seams, shapes
from gisapp.core.edges import misfits
from gisapp.errors import NotFound
from gisapp.i18n import N_
from gisapp.store import installation, revisions
from gisapp.store.days import valid_on
from gisapp.store.models import Area, Grid, Post, Slot
from gisapp.store.session import Session

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


class UnknownGrid(NotFound):
    """No grid of the current boundaries has the code, or not for this actor."""

    code = "unknown_grid"
    message = N_("There is no grid {grid}.")


@dataclass(frozen=True, slots=True)
class Ground:
    """All grids of the boundaries in force, in the order of their revision's ids."""

    revision: str
    """Key of the geometry; empty when there are no boundaries yet."""
    codes: list[str]
    names: list[str]
    kinds: list[str]
    households: list[int | None]
    """Missing is not zero."""
    community: Ints
    """Position in `community_codes`; -1 where the community has no shape."""
    community_codes: list[str]
    community_names: list[str]
    places: Array
    """Shape (m, 2). Longitude, latitude of the middle."""
    metres: Array
    """The same in the city's projection."""

    def position(self, code: str) -> int:
        """Find the grid with ``code``; raise `UnknownGrid` otherwise."""
        place = int(np.searchsorted(np.array(self.codes, dtype=str), code))
        if place == len(self.codes) or self.codes[place] != code:
            raise UnknownGrid(grid=code)
        return place


NO_GROUND = Ground(
    "",
    [],
    [],
    [],
    [],
    np.zeros(0, np.int64),
    [],
    [],
    np.zeros((0, 2)),
    np.zeros((0, 2)),
)


def ground(session: Session, day: date) -> Ground:
    """Read all grids that have a shape now, with what they are called on ``day``."""
    revision = revisions.current(session)
    if revision is None:
        return NO_GROUND
    ids = revisions.ids(session, revision)
    codes, communities = ids.codes["grid"], ids.codes["community"]
    facts = {
        row.code: row
        for row in session.execute(
            select(Grid.code, Grid.name, Grid.kind, Grid.households).where(valid_on(Grid, day))
        )
    }
    named = area_names(session, day)
    known = [facts.get(code) for code in codes]
    places = revisions.middles(session, revision, "grid")
    return Ground(
        revisions.key(session, revision),
        codes,
        [code if row is None else row.name for code, row in zip(codes, known, strict=True)],
        ["other" if row is None else row.kind for row in known],
        [None if row is None else row.households for row in known],
        ids.parent["grid"].astype(np.int64),
        communities,
        [named.get(code, code) for code in communities],
        places,
        frames.to_metres(places, installation.srid(session)),
    )


MILLIMETRE: Final = 0.001
"""In metres: corners closer than this are one."""

HAIR_M: Final = 0.01
"""What two descriptions of one border may differ by."""


@dataclass(frozen=True, slots=True)
class Flaws:
    """What is wrong with the boundaries as a whole."""

    overlaps: int
    """Pairs of grids that claim the same land."""
    free_m2: float
    """Land of communities that lies in no grid."""


def flaws(session: Session, ground: Ground) -> Flaws:
    """Measure what the boundaries of ``ground`` leave free and claim twice."""
    revision = revisions.current(session)
    if revision is None:
        return Flaws(0, 0.0)
    return session.kept(
        ("flaws", ground.revision), lambda: _flaws(session, ground, revision), lambda _: 200
    )


def _flaws(session: Session, ground: Ground, revision: int) -> Flaws:
    srid = installation.srid(session)
    land = frames.shapes_to_metres(revisions.shapes(session, revision, "grid"), srid)
    parents = frames.shapes_to_metres(revisions.shapes(session, revision, "community"), srid)
    bad = misfits(land, gap=0.0, quantum=MILLIMETRE)
    twice = seams.overlaps(land, bad, shapes.as_they_are, shapes.LEAST_M2)
    doubtful = _doubtful(land, ground.community, parents)
    doubtful[ground.community[[pair.first for pair in twice]]] = True
    doubtful[ground.community[[pair.second for pair in twice]]] = True
    parents[~doubtful[:-1]] = None
    free = shapes.uncovered(parents, land)
    return Flaws(len(twice), sum(rest.area_m2 for rest in free))


def _doubtful(land: Shapes, community: Ints, parents: Shapes) -> npt.NDArray[np.bool_]:
    """Find the communities that their grids may not fill: another area, or another extent.

    Saves measuring the others. The last place stands for grids without a community.
    """
    known = community >= 0
    total = np.bincount(community[known], shapely.area(land[known]), len(parents))
    other = np.abs(total - shapely.area(parents)) >= shapes.LEAST_M2
    extent = np.tile([np.inf, np.inf, -np.inf, -np.inf], (len(parents), 1))
    bounds = shapely.bounds(land[known])
    np.minimum.at(extent[:, :2], community[known], bounds[:, :2])
    np.maximum.at(extent[:, 2:], community[known], bounds[:, 2:])
    moved = np.abs(extent - shapely.bounds(parents)).max(axis=1, initial=0) > HAIR_M
    return np.append(other | moved, False)


def at(session: Session, day: date) -> Sequence[Row[int, str, str]]:
    """Read id, code and area code of the grids that held on a day."""
    return session.execute(
        select(Grid.id, Grid.code, Grid.area_code).where(valid_on(Grid, day))
    ).all()


def area_names(session: Session, day: date) -> dict[str, str]:
    """Read the name of every area by its code."""
    rows = session.execute(select(Area.code, Area.name).where(valid_on(Area, day)))
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class Seats:
    """One slot of a post: how many seats it wants, of which specialty."""

    post_code: str
    role: str
    place_code: str
    number: int
    specialty: str | None
    wanted: int


def seats(session: Session, day: date, place_codes: list[str] | None = None) -> list[Seats]:
    """Read the slots of all posts, or of those at some places, by post and number."""
    found: list[Seats] = []
    for place in (Grid, Area):
        link = Post.grid_id if place is Grid else Post.area_id
        question = (
            select(
                Post.code,
                Post.role,
                place.code,
                Slot.number,
                Slot.specialty_code,
                Slot.seats_wanted,
            )
            .join(Slot, Slot.post_id == Post.id)
            .join(place, link == place.id)
            .where(valid_on(Post, day))
        )
        if place_codes is not None:
            question = question.where(place.code.in_(place_codes))
        found += [Seats(*row) for row in session.execute(question)]
    return sorted(found, key=lambda slot: (slot.post_code, slot.number))
