"""What all hotspot maps of one area stand on: its grids, who touches whom, bases and disputes."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array

from gisapp import frames
from gisapp.core import nest, windows
from gisapp.core.areas import NOWHERE, Areas
from gisapp.core.cells import NONE, Cells, merged
from gisapp.core.method import Method
from gisapp.core.neighbours import GAP_DEG, band, nearest, queen, with_self
from gisapp.store import (
    books,
    disputes,
    installation,
    lineage,
    releases,
    revisions,
    state,
)
from gisapp.store.disputes import Tally
from gisapp.store.session import Session

Array = npt.NDArray[np.float64]
Bins = npt.NDArray[np.int8]
Keep = Callable[[Hashable, Callable[[], Bins]], Bins]

SEED: Final = 0
"""Of the draws for neighbourhoods too large to count exactly: the same map, the same answer."""

A_CODE: Final = 70
"""Bytes of a grid's code in a list."""

A_LINE: Final = 16
"""Bytes of a line of the tally."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """Grids of one state of the boundaries; never changes."""

    key: str
    codes: list[str]
    star: csr_array
    """Shape (n, n). 1 where two grids are neighbours and on the diagonal."""


@dataclass(frozen=True, slots=True)
class Part:
    """A county, whose books say what is told of its grids."""

    area: str
    codes: list[str]
    """Of all its grids, sorted."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A mesh and what was recorded on it; stays until a deed changes it."""

    mesh: Mesh
    households: Array
    enterprises: Array
    homes: list[str]
    """The community of each grid."""
    area: str
    """The area that holds them all."""
    parts: tuple["Part", ...]
    """The counties that hold or make up the area; none where it is a county itself."""
    cells: Cells
    """Which grids are counted together where nothing was said of them yet."""
    tally: Tally
    late: int
    """Disputes by which released months differ from what is known now."""

    def lay(self, cells: Cells) -> Areas:
        """Lay communities, townships and the whole over cells."""
        return Areas.of(cells, self.homes, self.households + self.enterprises, self.area)


def method(session: Session) -> Method:
    """Return how this installation finds hotspots."""
    said = session.settings
    return Method(
        said.hotspot_neighbours,
        said.hotspot_correction,
        said.hotspot_randomisation,
        said.hotspot_reference,
    )


def ground(session: Session, asked: range = range(0)) -> tuple[Ground, Keep] | None:
    """Read the ground once for each state of the data, and what keeps bins as long as it.

    What is read is released first, and the months ``asked`` for though nothing was recorded
    in them. None where the actor sees no boundaries.
    """
    _release(session, asked)
    revision = revisions.current(session)
    if revision is None:
        return None
    key = revisions.key(session, revision)
    rule = session.settings.hotspot_neighbours
    now = state.recorded(session, stands_in(session))

    def mesh() -> Mesh:
        shapes = revisions.shapes(session, revision, "grid")
        codes = revisions.ids(session, revision).codes["grid"]
        return Mesh(key, codes, with_self(_near(session, shapes, rule)))

    def made() -> Ground:
        under = session.kept(("mesh", key, rule), mesh, _size)
        people, firms = disputes.bases(session, under.codes, session.today)
        homes = disputes.homes(session, under.codes, session.today)
        cells = merged(people + firms, _numbered(homes), under.star)
        area, late = installation.root_area(session), releases.late(session)
        parts = tuple(_parts(session, under.codes))
        tally = _tally(session, under.codes, parts)
        return Ground(under, people, firms, homes, area, parts, cells, tally, late)

    def keep(name: Hashable, make: Callable[[], Bins]) -> Bins:
        return session.kept(("bins", key, rule, now, name), make, lambda bins: bins.nbytes + 200)

    return session.kept(("hot ground", key, rule, now), made, _weight), keep


def _parts(session: Session, codes: list[str]) -> Iterator[Part]:
    """List the counties that hold or make up the actor's area, which holds the grids ``codes``."""
    own = session.actor.area_code
    for county in releases.counties(session):
        if own == county:
            continue
        if len(own) < len(county):
            yield Part(county, [code for code in codes if code.startswith(county)])
            continue
        with session.within(county) as inside:
            revision = revisions.current(inside)
            if revision is not None:
                yield Part(county, revisions.ids(inside, revision).codes["grid"])


def _tally(session: Session, codes: list[str], parts: Sequence[Part]) -> Tally:
    """Count the disputes in the grids ``codes``, as the counties count them."""
    own = disputes.tally(session, codes)
    # Where no grid ever went on as another, there is one way to count.
    if not parts or not lineage.any_known(session):
        return own
    counties = []
    for part in parts:
        with session.within(part.area) as inside:
            counties.append((part.codes, disputes.tally(inside, part.codes)))
    return books.counted(own, counties, codes)


def stands_in(session: Session) -> str:
    """Return the area whose state what the actor sees depends on: her county's if hers is less."""
    return session.actor.area_code[: releases.COUNTY]


def _near(session: Session, shapes: revisions.Shapes, rule: str) -> csr_array:
    """Find neighbours as ``rule`` says; distances are those of the middles, in metres."""
    kind, _, number = rule.partition(":")
    if kind == "queen":
        return queen(shapes, GAP_DEG)
    middle = shapely.centroid(shapes)
    places = np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])
    places = frames.to_metres(places, installation.srid(session))
    places[~np.isfinite(places).all(axis=1)] = np.nan
    return nearest(places, int(number)) if kind == "knn" else band(places, float(number))


def _release(session: Session, asked: range) -> None:
    last = windows.number(session.today) - 1
    # A year is told as a whole: the months that are over, and those of the year that runs.
    running = range(last // nest.MONTHS * nest.MONTHS, last + 1)

    def released(months: range, *, recorded: bool) -> bool:
        releases.ensure(session, months, recorded=recorded)
        return True

    for months, recorded in ((running, True), (asked, False)):
        now = state.recorded(session, stands_in(session))
        key = ("released", now, months)
        session.kept(key, partial(released, months, recorded=recorded), lambda _: 200)


def _numbered(homes: Sequence[str]) -> npt.NDArray[np.int64]:
    number = {code: place for place, code in enumerate(sorted({*homes} - {NOWHERE}))}
    return np.array([number.get(code, NONE) for code in homes], np.int64)


def _size(mesh: Mesh) -> int:
    star = mesh.star
    arrays = (star.data, star.indices, star.indptr)
    return A_CODE * len(mesh.codes) + sum(int(one.nbytes) for one in arrays)


def _weight(ground: Ground) -> int:
    return (
        2 * ground.households.nbytes
        + A_CODE * len(ground.homes)
        + A_LINE * ground.tally.number.size
        + 1_000
    )
