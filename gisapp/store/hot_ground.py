"""What all hotspot maps of one area stand on: its grids, who touches whom, bases and disputes."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array

from gisapp import frames
from gisapp.core.method import Method
from gisapp.core.neighbours import GAP_DEG, band, nearest, queen, with_self
from gisapp.store import disputes, installation, revisions, state
from gisapp.store.disputes import Tally
from gisapp.store.session import Session

Array = npt.NDArray[np.float64]
Bins = npt.NDArray[np.int8]
Keep = Callable[[Hashable, Callable[[], Bins]], Bins]

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
    tally: Tally


def method(session: Session) -> Method:
    """Return how this installation finds hotspots."""
    said = session.settings
    return Method(
        said.hotspot_neighbours,
        said.hotspot_correction,
        said.hotspot_randomisation,
        said.hotspot_reference,
    )


def ground(session: Session) -> tuple[Ground, Keep] | None:
    """Read the ground once for each state of the data, and what keeps bins as long as it.

    None where the actor sees no boundaries.
    """
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
        return Ground(under, people, firms, disputes.tally(session, under.codes))

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


def _size(mesh: Mesh) -> int:
    star = mesh.star
    arrays = (star.data, star.indices, star.indptr)
    return A_CODE * len(mesh.codes) + sum(int(one.nbytes) for one in arrays)


def _weight(ground: Ground) -> int:
    return 2 * ground.households.nbytes + A_LINE * ground.tally.number.size + 1_000
