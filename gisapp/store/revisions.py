"""Boundary revisions: the shapes of all grids and areas at one time, and what of them is seen."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon
from sqlalchemy import func, insert, select

from gisapp.errors import NotFound
from gisapp.i18n import N_
from gisapp.store.models import (
    Area,
    AreaShape,
    Grid,
    GridShape,
    Lineage,
    Revision,
    RevisionArea,
    RevisionGrid,
)
from gisapp.store.session import Session

Shapes = npt.NDArray[np.object_]

LEVELS: Final = ("township", "community", "grid")
ABOVE: Final = {"grid": "community", "community": "township"}
DIGITS: Final = {"township": 9, "community": 12}
CHUNK: Final = 5000


class UnknownRevision(NotFound):
    """No revision the actor can see has this key."""

    code = "unknown_revision"
    message = N_("These boundaries are not there. Load the page again.")


@dataclass(frozen=True, slots=True)
class Ids:
    """The features of a revision: number = position, in order of code."""

    codes: dict[str, list[str]]
    """By level: township, community, grid."""
    parent: dict[str, npt.NDArray[np.int64]]
    """By level (grid, community): position of the parent in the level above, -1 for none."""


# Writing ------------------------------------------------------------------------------------


def record(
    session: Session,
    grids: Mapping[int, MultiPolygon],
    areas: Mapping[int, MultiPolygon],
    *,
    gone_grids: Iterable[int] = (),
    gone_areas: Iterable[int] = (),
) -> int:
    """Write a new revision: its predecessor's shapes, with these replaced, added or gone.

    Keys are ids of grids and areas; shapes are lon/lat. Returns the revision's id; when
    nothing differs from the predecessor that is the predecessor.
    """
    before = current(session)
    kept_grids = _members(session, RevisionGrid, RevisionGrid.grid_id, before)
    kept_areas = _members(session, RevisionArea, RevisionArea.area_id, before)
    changed = _store(session, GridShape, "grid_id", _codes(session, Grid, grids), grids, kept_grids)
    moved = _store(session, AreaShape, "area_id", _codes(session, Area, areas), areas, kept_areas)
    lost = [kept_grids.pop(one, None) for one in gone_grids]
    lost += [kept_areas.pop(one, None) for one in gone_areas]
    if before is not None and not changed and not moved and not any(lost):
        return before
    revision = Revision(predecessor_id=before, digest="", created_at=session.now)
    revision.digest = _digest([*kept_grids.values(), *kept_areas.values()])
    session.add(revision)
    session.flush()
    _join(session, RevisionGrid, "grid_id", revision.id, kept_grids)
    _join(session, RevisionArea, "area_id", revision.id, kept_areas)
    return revision.id


def descend(session: Session, revision: int, shares: Mapping[tuple[int, int], float]) -> None:
    """Write which grid came out of which: ``{(old id, new id): share of the old one}``."""
    codes = dict(row.tuple() for row in session.execute(select(Grid.id, Grid.area_code)))
    rows = [
        {
            "revision_id": revision,
            "old_grid_id": old,
            "new_grid_id": new,
            "share": share,
            "area_code": codes[new],
        }
        for (old, new), share in shares.items()
    ]
    if rows:
        session.execute(insert(Lineage), rows)


@dataclass(frozen=True, slots=True)
class _Member:
    shape_id: int
    area_code: str
    digest: str


def _members(session: Session, link: Any, own: Any, revision: int | None) -> dict[int, _Member]:
    if revision is None:
        return {}
    shape = GridShape if link is RevisionGrid else AreaShape
    rows = session.execute(
        select(own, link.shape_id, link.area_code, shape.digest)
        .join(shape, shape.id == link.shape_id)
        .where(link.revision_id == revision)
    )
    return {row[0]: _Member(row[1], row[2], row[3]) for row in rows}


def _codes(session: Session, model: Any, wanted: Mapping[int, MultiPolygon]) -> dict[int, str]:
    if not wanted:
        return {}
    rows = session.execute(select(model.id, model.area_code))
    return {row[0]: row[1] for row in rows if row[0] in wanted}


def _store(
    session: Session,
    model: Any,
    own: str,
    codes: Mapping[int, str],
    shapes: Mapping[int, MultiPolygon],
    kept: dict[int, _Member],
) -> int:
    """Store the shapes that are new, put them among the kept ones, return how many there are."""
    digests = {
        one: hashlib.blake2b(shapely.to_wkb(shape, byte_order=1), digest_size=16).hexdigest()
        for one, shape in shapes.items()
    }
    fresh = [one for one in shapes if one not in kept or kept[one].digest != digests[one]]
    first = (session.scalar(select(func.max(model.id))) or 0) + 1
    for start in range(0, len(fresh), CHUNK):
        session.execute(
            insert(model.__table__),
            [
                {
                    "id": first + start + offset,
                    own: one,
                    "area_code": codes[one],
                    "digest": digests[one],
                    "boundary": shapes[one],
                }
                for offset, one in enumerate(fresh[start : start + CHUNK])
            ],
        )
    for offset, one in enumerate(fresh):
        kept[one] = _Member(first + offset, codes[one], digests[one])
    return len(fresh)


def _join(
    session: Session, link: Any, own: str, revision: int, members: Mapping[int, _Member]
) -> None:
    rows = [
        {
            "revision_id": revision,
            own: one,
            "shape_id": member.shape_id,
            "area_code": member.area_code,
        }
        for one, member in members.items()
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(link.__table__), rows[start : start + CHUNK])


# Reading ------------------------------------------------------------------------------------


def current(session: Session) -> int | None:
    """Return the newest revision, or None before the first."""
    return session.scalar(select(Revision.id).order_by(Revision.id.desc()).limit(1))


def key(session: Session, revision: int) -> str:
    """Return the name of what this actor sees of a revision, 20 hex characters.

    It is made of the shapes the actor sees and nothing else: what changes elsewhere
    does not change it.
    """
    cache: dict[int, str] = session.info.setdefault("revisions.key", {})
    if revision not in cache:
        digests = [
            *session.scalars(_seen(select(GridShape.digest), RevisionGrid, GridShape, revision)),
            *session.scalars(_seen(select(AreaShape.digest), RevisionArea, AreaShape, revision)),
        ]
        body = "".join(sorted(digests)).encode()
        cache[revision] = hashlib.blake2b(body, digest_size=10).hexdigest()
    return cache[revision]


def by_key(session: Session, wanted: str) -> int:
    """Return the newest revision that this actor sees under the key; else `UnknownRevision`."""
    for revision in session.scalars(select(Revision.id).order_by(Revision.id.desc())):
        if key(session, revision) == wanted:
            return revision
    raise UnknownRevision


def ids(session: Session, revision: int) -> Ids:
    """Return the codes of every level, sorted, and where each has its parent."""
    areas = _seen(select(Area.code, Area.level), RevisionArea, AreaShape, revision).join(
        Area, Area.id == RevisionArea.area_id
    )
    codes: dict[str, list[str]] = {level: [] for level in LEVELS}
    for code, level in session.execute(areas.order_by(Area.code)):
        if level in codes:
            codes[level].append(code)
    grids = (
        _seen(select(Grid.code, Grid.area_code), RevisionGrid, GridShape, revision)
        .join(Grid, Grid.id == RevisionGrid.grid_id)
        .order_by(Grid.code)
    )
    rows = session.execute(grids).all()
    codes["grid"] = [row.code for row in rows]
    own = {"grid": [row.area_code for row in rows], "community": codes["community"]}
    return Ids(
        codes, {level: _positions(own[level], above, codes) for level, above in ABOVE.items()}
    )


def shapes(session: Session, revision: int, level: str) -> Shapes:
    """Return the shapes of one level in the order of its ids, lon/lat."""
    if level == "grid":
        statement = (
            _seen(select(func.ST_AsBinary(GridShape.boundary)), RevisionGrid, GridShape, revision)
            .join(Grid, Grid.id == RevisionGrid.grid_id)
            .order_by(Grid.code)
        )
    else:
        statement = (
            _seen(select(func.ST_AsBinary(AreaShape.boundary)), RevisionArea, AreaShape, revision)
            .join(Area, Area.id == RevisionArea.area_id)
            .where(Area.level == level)
            .order_by(Area.code)
        )
    return np.asarray(shapely.from_wkb(list(session.scalars(statement))), dtype=object)


def _seen(statement: Any, link: Any, shape: Any, revision: int) -> Any:
    return (
        statement.select_from(link)
        .join(shape, shape.id == link.shape_id)
        .where(link.revision_id == revision)
    )


def _positions(
    own: Sequence[str], above: str, codes: Mapping[str, list[str]]
) -> npt.NDArray[np.int64]:
    where = {code: position for position, code in enumerate(codes[above])}
    digits = DIGITS[above]
    return np.array([where.get(code[:digits], -1) for code in own], dtype=np.int64)


def _digest(members: Iterable[_Member]) -> str:
    body = "".join(sorted(member.digest for member in members)).encode()
    return hashlib.sha256(body).hexdigest()
