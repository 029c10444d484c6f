"""What all hotspot maps of one area stand on: its grids, who touches whom, bases and disputes."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array

from gisapp import frames
from gisapp.core import nest, release, windows
from gisapp.core.areas import NOWHERE, Areas
from gisapp.core.cells import NONE, Cells, merged
from gisapp.core.method import Method
from gisapp.core.neighbours import GAP_DEG, band, nearest, queen, with_self
from gisapp.store import disputes, installation, releases, revisions, state, yearbook
from gisapp.store.disputes import Tally
from gisapp.store.session import Session
from gisapp.store.yearbook import Year

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
class Ground:
    """A mesh and what was recorded on it; stays until a deed changes it."""

    mesh: Mesh
    households: Array
    enterprises: Array
    homes: list[str]
    """The community of each grid."""
    area: str
    """The area that holds them all."""
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
    now = state.digest(session, [session.actor.area_code], drafts=False)

    def mesh() -> Mesh:
        shapes = revisions.shapes(session, revision, "grid")
        codes = revisions.ids(session, revision).codes["grid"]
        return Mesh(key, codes, with_self(_near(session, shapes, rule)))

    def made() -> Ground:
        under = session.kept(("mesh", key, rule), mesh, _size)
        people, firms = disputes.bases(session, under.codes, session.today)
        homes = disputes.homes(session, under.codes, session.today)
        cells = merged(people + firms, _numbered(homes), under.star)
        tally = disputes.tally(session, under.codes)
        area = installation.root_area(session)
        return Ground(under, people, firms, homes, area, cells, tally, releases.late(session))

    def keep(name: Hashable, make: Callable[[], Bins]) -> Bins:
        return session.kept(("bins", key, rule, now, name), make, lambda bins: bins.nbytes + 200)

    return session.kept(("hot ground", key, rule, now), made, _weight), keep


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
    start = last // nest.MONTHS * nest.MONTHS
    # A year is told as a whole: the months that are over, and those of the year that runs.
    months = [*asked, *range(start, last + 1)]

    def released() -> bool:
        releases.ensure(session, months)
        return True

    now = state.digest(session, [session.actor.area_code], drafts=False)
    session.kept(("released", now, asked), released, lambda _: 200)


def year(session: Session, ground: Ground, number: int) -> Year:
    """Return what may be said of a year: as it was said before, and of newer months for once."""
    area = ground.area
    last = windows.number(session.today) - 1
    months = max(min(last + 1 - nest.MONTHS * number, nest.MONTHS), 0)

    def made() -> Year:
        mesh, categories = ground.mesh, list(disputes.categories(session))
        told = yearbook.find(session, area, number)
        if told is None:
            told = Year.blank(mesh.codes, categories, ground.cells, ground.lay(ground.cells))
        told = told.on(mesh.codes, categories, ground.lay)
        if told.months < months:
            told = _told(ground, told, number, months, method(session))
            yearbook.keep(session, area, number, told)
        return told

    now = state.digest(session, [session.actor.area_code], drafts=False)
    rule = session.settings.hotspot_neighbours
    return session.kept(("year", ground.mesh.key, rule, now, number), made, lambda told: told.size)


def _told(ground: Ground, told: Year, number: int, months: int, method: Method) -> Year:
    """Tell further months of a year."""
    first = nest.MONTHS * number
    grids = len(told.codes)
    counts = ground.tally.cube(range(first, first + months), grids, told.categories)
    base = ground.households + ground.enterprises
    under = release.Ground(base, ground.mesh.star, told.cells, told.areas)
    for month in range(told.months + 1, months + 1):
        told.bins[nest.ending(month)] = release.month(
            counts[:month], under, told.shown, np.random.default_rng(SEED), method
        )
    return replace(told, months=months)


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
