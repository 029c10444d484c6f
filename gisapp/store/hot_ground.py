"""What all hotspot maps of one area stand on: its grids, who touches whom, bases and disputes."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core.neighbours import GAP_DEG, queen, with_self
from gisapp.store import disputes, revisions, state
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
    """Shape (n, n). 1 where two grids touch and on the diagonal."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A mesh and what was recorded on it; stays until a deed changes it."""

    mesh: Mesh
    households: Array
    enterprises: Array
    tally: Tally


def ground(session: Session) -> tuple[Ground, Keep] | None:
    """Read the ground once for each state of the data, and what keeps bins as long as it.

    None where the actor sees no boundaries.
    """
    revision = revisions.current(session)
    if revision is None:
        return None
    key = revisions.key(session, revision)
    now = state.digest(session, [session.actor.area_code], drafts=False)

    def mesh() -> Mesh:
        shapes = revisions.shapes(session, revision, "grid")
        codes = revisions.ids(session, revision).codes["grid"]
        return Mesh(key, codes, with_self(queen(shapes, GAP_DEG)))

    def made() -> Ground:
        under = session.kept(("mesh", key), mesh, _size)
        people, firms = disputes.bases(session, under.codes, session.today)
        return Ground(under, people, firms, disputes.tally(session, under.codes))

    def keep(name: Hashable, make: Callable[[], Bins]) -> Bins:
        return session.kept(("bins", key, now, name), make, lambda bins: bins.nbytes + 200)

    return session.kept(("hot ground", key, now), made, _weight), keep


def _size(mesh: Mesh) -> int:
    star = mesh.star
    arrays = (star.data, star.indices, star.indptr)
    return A_CODE * len(mesh.codes) + sum(int(one.nbytes) for one in arrays)


def _weight(ground: Ground) -> int:
    return 2 * ground.households.nbytes + A_LINE * ground.tally.number.size + 1_000
