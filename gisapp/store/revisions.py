"""The shapes of all grids and areas at one time: recorded once, never changed, named by a key."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection, LargeBinary, bindparam, func, insert, literal, or_, select

from gisapp.auth import EVERYWHERE, Role
from gisapp.errors import NotFound
from gisapp.i18n import N_
from gisapp.store.models import (
    Area,
    AreaShape,
    Grid,
    GridShape,
    Lineage,
    Plan,
    Publication,
    Revision,
    RevisionArea,
    RevisionGrid,
    RevisionKey,
)
from gisapp.store.session import Session
from gisapp.store.types import SRID

Shapes = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]
Points = npt.NDArray[np.float64]

LEVELS: Final = ("grid", "community", "township")
"""From the ground up; each lies in the next."""

NOWHERE: Final = -1

NO_SHAPES: Final[Shapes] = np.empty(0, dtype=object)

KEY_LENGTH: Final = 20

TOLD: Final = 40
"""Characters of what was asked for that an error repeats."""

PORTION: Final = 5_000
"""Ids in one question."""

LOCK: Final = 0x72657673
"""Advisory lock of those who record a revision ("revs")."""

LENGTHS: Final = (2, 4, 6, 9, 12)


class RevisionGone(NotFound):
    """No boundaries have the key, or no more, or not for this actor: all look alike."""

    code = "revision_gone"
    message = N_("The boundaries {key} are no more. Load the page again.")


@dataclass(frozen=True, slots=True)
class Ids:
    """All places of a revision; the number of a feature is its position here."""

    codes: Mapping[str, list[str]]
    """By level, sorted."""
    parent: Mapping[str, Ints]
    """By level, the position of the parent in the level above; -1 where it has no shape."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """The four tables of one kind of place."""

    places: Any
    shapes: Any
    rows: Any
    column: str


_GRIDS: Final = _Kind(Grid.__table__, GridShape.__table__, RevisionGrid.__table__, "grid_id")
_AREAS: Final = _Kind(Area.__table__, AreaShape.__table__, RevisionArea.__table__, "area_id")

_PLANS: Final[Any] = Plan.__table__
_PUBLICATIONS: Final[Any] = Publication.__table__
_REVISIONS: Final[Any] = Revision.__table__

_Line = tuple[str, str, str]
"""Area code, code and digest of one shape."""


def record(
    session: Session,
    grids: Mapping[int, MultiPolygon],
    areas: Mapping[int, MultiPolygon],
    *,
    gone_grids: Collection[int] = (),
    gone_areas: Collection[int] = (),
) -> int:
    """Write a new revision: the predecessor's shapes with these replaced or added.

    Shapes are by the id of their grid or area, in longitude/latitude; ``gone_…`` names the
    places that are no more. Where nothing differs the predecessor stands. Returns the id.
    A grid that came to another community is given with its shape, changed or not.
    """
    session.flush()
    # Boundaries are one whole, also beyond the area of who brings a part of them.
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    before = connection.scalar(select(func.max(Revision.id)))
    changes = [
        _change(connection, _GRIDS, before, grids, gone_grids),
        _change(connection, _AREAS, before, areas, gone_areas),
    ]
    if before is not None and not any(change.differs for change in changes):
        return int(before)
    lines = sorted(line for change in changes for line in change.lines)
    new = int(before or 0) + 1
    connection.execute(
        insert(Revision).values(
            id=new,
            predecessor_id=before,
            digest=_hash(lines).hexdigest(),
            created_at=session.now,
        )
    )
    for change in changes:
        _store(connection, change, before, new)
    keys = [
        {"revision_id": new, "area_code": area, "key": key} for area, key in _keys(lines).items()
    ]
    connection.execute(insert(RevisionKey), keys)
    return new


def record_again(session: Session, before: int | None) -> int:
    """Write a new revision with the shapes of an old one, or with none; returns the id."""
    session.flush()
    since = newest(session)
    connection = session.connection()
    changed: list[dict[int, Any]] = []
    gone: list[set[int]] = []
    for kind in (_GRIDS, _AREAS):
        rows, shapes = kind.rows, kind.shapes
        column = rows.c[kind.column]
        question = select(column, rows.c.shape_id)
        old: dict[int, int] = dict(
            connection.execute(question.where(rows.c.revision_id == before)).all()
        )
        new: dict[int, int] = dict(
            connection.execute(question.where(rows.c.revision_id == since)).all()
        )
        gone.append(new.keys() - old.keys())
        names = {shape: place for place, shape in old.items() if new.get(place) != shape}
        boundary = select(shapes.c.id, shapes.c.boundary)
        found: dict[int, Any] = {}
        for at in range(0, len(names), PORTION):
            some = sorted(names)[at : at + PORTION]
            for shape, outline in connection.execute(boundary.where(shapes.c.id.in_(some))):
                found[names[shape]] = outline
        changed.append(found)
    return record(session, changed[0], changed[1], gone_grids=gone[0], gone_areas=gone[1])


def descend(session: Session, revision_id: int, shares: Mapping[tuple[int, int], float]) -> None:
    """Write which grid came out of which: ``{(old id, new id): share of the old one}``."""
    areas = {row.id: row.area_code for row in session.execute(select(Grid.id, Grid.area_code))}
    rows = [
        {
            "revision_id": revision_id,
            "old_grid_id": old,
            "new_grid_id": new,
            "share": share,
            "area_code": areas[new],
        }
        for (old, new), share in shares.items()
    ]
    if rows:
        session.execute(insert(Lineage), rows)


def newest(session: Session) -> int | None:
    """Find the newest revision, whoever sees something of it."""
    return session.scalar(select(func.max(Revision.id)))


def stands(session: Session, revision_id: int) -> bool:
    """Say whether all shapes are now as they are in a revision."""
    question = select(_REVISIONS.c.digest).where(
        _REVISIONS.c.id.in_([revision_id, newest(session)])
    )
    return len(set(session.connection().scalars(question))) == 1


def bare(session: Session) -> bool:
    """Say whether no place has a shape in the newest revision."""
    last = newest(session)
    question = select(RevisionKey.key).where(
        RevisionKey.revision_id == last, RevisionKey.area_code == EVERYWHERE
    )
    return last is None or session.scalar(question) == _NOTHING


def current(session: Session) -> int | None:
    """Find the newest revision; none where the actor sees no shape in it."""
    last = newest(session)
    return None if last is None or key(session, last) == _NOTHING else int(last)


def key(session: Session, revision_id: int) -> str:
    """Name a revision by the shapes this actor sees; changes elsewhere do not change it."""
    if session.actor.role is Role.CADRE:
        return _key(sorted(_seen(session, revision_id)))
    found = session.scalar(
        select(RevisionKey.key).where(
            RevisionKey.revision_id == revision_id,
            RevisionKey.area_code == session.actor.area_code,
        )
    )
    return found or _NOTHING


def by_key(session: Session, key: str) -> int:
    """Find the newest revision that looks like ``key`` to this actor."""
    if session.actor.role is Role.CADRE:
        found = next((id_ for id_ in _newest_first(session) if _is(session, id_, key)), None)
    else:
        found = session.scalar(
            select(func.max(RevisionKey.revision_id)).where(
                RevisionKey.area_code == session.actor.area_code, RevisionKey.key == key
            )
        )
    if found is None:
        raise RevisionGone(key=key[:TOLD])
    return found


def needed(session: Session) -> set[str]:
    """List the keys, of whoever, under which maps are asked for, now or with a plan that counts.

    Those of the boundaries in force, and of those that were when a plan was made that still is
    a draft or has not ended. Not narrowed: what one area needs stays when another is cleared.
    """
    made = select(_PLANS.c.created_at).where(
        or_(
            _PLANS.c.state == "draft",
            _PLANS.c.id.in_(
                select(_PUBLICATIONS.c.plan_id).where(
                    func.coalesce(_PUBLICATIONS.c.ends_on, session.today) >= session.today
                )
            ),
        )
    )
    connection = session.connection()
    born = connection.execute(
        select(_REVISIONS.c["id", "created_at"]).order_by(_REVISIONS.c.id)
    ).all()
    wanted = {row.id for row in born[-1:]}
    for moment in connection.scalars(made):
        wanted |= {max((row.id for row in born if row.created_at <= moment), default=0)}
    question = select(RevisionKey.key).where(RevisionKey.revision_id.in_(sorted(wanted)))
    return set(connection.scalars(question))


def ids(session: Session, revision_id: int) -> Ids:
    """Read codes and parents of all places of a revision, sorted by code."""
    found: dict[str, Any] = {
        "grid": session.execute(
            select(Grid.id, Grid.code, Grid.community_id)
            .join(RevisionGrid, RevisionGrid.grid_id == Grid.id)
            .where(RevisionGrid.revision_id == revision_id)
            .order_by(Grid.code)
        ).all()
    }
    for level in LEVELS[1:]:
        found[level] = session.execute(
            select(Area.id, Area.code, Area.parent_id)
            .join(RevisionArea, RevisionArea.area_id == Area.id)
            .where(RevisionArea.revision_id == revision_id, Area.level == level)
            .order_by(Area.code)
        ).all()
    parent: dict[str, Ints] = {}
    for level, above in pairwise(LEVELS):
        place = {row[0]: position for position, row in enumerate(found[above])}
        parent[level] = np.array([place.get(row[2], NOWHERE) for row in found[level]], np.int64)
    return Ids({level: [row[1] for row in rows] for level, rows in found.items()}, parent)


def shapes(session: Session, revision_id: int, level: str) -> Shapes:
    """Read the shapes of one level, longitude/latitude, in the order of `ids`."""
    if level == "grid":
        question = (
            select(func.ST_AsBinary(GridShape.boundary, type_=LargeBinary))
            .join(RevisionGrid, RevisionGrid.shape_id == GridShape.id)
            .join(Grid, RevisionGrid.grid_id == Grid.id)
            .where(RevisionGrid.revision_id == revision_id)
            .order_by(Grid.code)
        )
    else:
        question = (
            select(func.ST_AsBinary(AreaShape.boundary, type_=LargeBinary))
            .join(RevisionArea, RevisionArea.shape_id == AreaShape.id)
            .join(Area, RevisionArea.area_id == Area.id)
            .where(RevisionArea.revision_id == revision_id, Area.level == level)
            .order_by(Area.code)
        )
    found: Shapes = shapely.from_wkb(np.array(session.scalars(question).all(), dtype=object))
    return found


@dataclass(frozen=True, slots=True)
class _Change:
    """What a new revision changes of one kind of place."""

    kind: _Kind
    new: list[dict[str, Any]]
    gone: frozenset[int]
    lines: list[_Line]
    """Of the whole new revision."""

    @property
    def differs(self) -> bool:
        return bool(self.new or self.gone)


def middles(session: Session, revision_id: int, level: str) -> Points:
    """Find the middle of each place: longitude and latitude, in the order of its ids."""

    def made() -> Points:
        middle = shapely.centroid(shapes(session, revision_id, level))
        return np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])

    kept = ("middles", key(session, revision_id), level)
    return session.kept(kept, made, lambda points: points.nbytes + 200)


def _change(
    connection: Connection,
    kind: _Kind,
    before: int | None,
    given: Mapping[int, MultiPolygon],
    without: Collection[int],
) -> _Change:
    places, rows, column = kind.places, kind.rows, kind.rows.c[kind.column]
    codes = {row.id: row for row in connection.execute(select(places.c["id", "code", "area_code"]))}
    stood = {
        row[0]: (row.area_code, row.digest)
        for row in connection.execute(
            select(column, rows.c.area_code, kind.shapes.c.digest)
            .join_from(rows, kind.shapes, rows.c.shape_id == kind.shapes.c.id)
            .where(rows.c.revision_id == before)
        )
    }
    keys = list(given)
    boundaries = np.array([given[key] for key in keys], dtype=object)
    # Where a ring begins does not make another shape.
    plain = shapely.to_wkb(shapely.normalize(boundaries))
    new: list[dict[str, Any]] = []
    stands = {key: value for key, value in stood.items() if key not in without}
    for key, wkb, normal in zip(keys, shapely.to_wkb(boundaries), plain, strict=True):
        area, digest = codes[key].area_code, hashlib.sha256(normal).hexdigest()[:32]
        if stood.get(key) != (area, digest):
            new.append({kind.column: key, "area_code": area, "digest": digest, "wkb": wkb})
            stands[key] = (area, digest)
    gone = frozenset(without) & stood.keys()
    lines = [(area, codes[key].code, digest) for key, (area, digest) in stands.items()]
    return _Change(kind, new, gone, lines)


def _store(connection: Connection, change: _Change, before: int | None, new: int) -> None:
    kind, rows, shapes = change.kind, change.kind.rows, change.kind.shapes
    last = connection.scalar(select(func.max(shapes.c.id))) or 0
    if change.new:
        boundary = func.ST_GeomFromWKB(bindparam("wkb", type_=LargeBinary), SRID)
        connection.execute(insert(shapes).values(boundary=boundary), change.new)
    names = ["revision_id", kind.column, "shape_id", "area_code"]
    added = select(literal(new), shapes.c[kind.column], shapes.c.id, shapes.c.area_code).where(
        shapes.c.id > last
    )
    replaced = select(shapes.c[kind.column]).where(shapes.c.id > last)
    kept = (
        select(literal(new), rows.c[kind.column], rows.c.shape_id, rows.c.area_code)
        .where(rows.c.revision_id == before)
        .where(rows.c[kind.column].not_in(replaced))
        .where(rows.c[kind.column].not_in(sorted(change.gone)))
    )
    connection.execute(insert(rows).from_select(names, added))
    connection.execute(insert(rows).from_select(names, kept))


def _newest_first(session: Session) -> Iterable[int]:
    return session.scalars(select(Revision.id).order_by(Revision.id.desc())).all()


def _is(session: Session, revision_id: int, asked: str) -> bool:
    return key(session, revision_id) == asked


def _seen(session: Session, revision_id: int) -> Iterable[_Line]:
    """Read area code, code and digest of the shapes the actor sees."""
    yield from session.execute(
        select(RevisionGrid.area_code, Grid.code, GridShape.digest)
        .join(Grid, RevisionGrid.grid_id == Grid.id)
        .join(GridShape, RevisionGrid.shape_id == GridShape.id)
        .where(RevisionGrid.revision_id == revision_id)
    )
    yield from session.execute(
        select(RevisionArea.area_code, Area.code, AreaShape.digest)
        .join(Area, RevisionArea.area_id == Area.id)
        .join(AreaShape, RevisionArea.shape_id == AreaShape.id)
        .where(RevisionArea.revision_id == revision_id)
    )


def _keys(lines: list[_Line]) -> dict[str, str]:
    """Name the revision within every area that contains a shape; ``lines`` are sorted."""
    keys = {EVERYWHERE: _key(lines)}
    for length in LENGTHS:
        deep = [(line[0][:length], line) for line in lines if len(line[0]) >= length]
        for area, group in groupby(deep, key=itemgetter(0)):
            keys[area] = _key(line for _, line in group)
    return keys


def _key(lines: Iterable[_Line]) -> str:
    return str(_hash(lines).hexdigest()[:KEY_LENGTH])


def _hash(lines: Iterable[_Line]) -> Any:
    return hashlib.sha256("".join(f"{code} {digest}\n" for _, code, digest in lines).encode())


_NOTHING: Final = _key([])
