"""A draft as its rows say: its version, its placements, and what changed since another version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from gisapp.store.models import Assignment, Cadre, Comment, DraftChange, Plan, Post, Slot
from gisapp.store.session import Session

Pair = tuple[int, int]
"""Post id, cadre id."""

Held = tuple[int, bool]
"""Slot id, locked."""

Placements = Mapping[Pair, Held]

Row = tuple[int, int, int, bool]
"""Post id, slot id, cadre id, locked."""

PORTION: Final = 500
"""Ids in one question."""

TRIES: Final = 5
"""How often placements are read again because somebody changed them meanwhile."""


@dataclass(frozen=True, slots=True)
class Version:
    """The placements of a draft at one version."""

    number: int
    held: Placements

    def rows(self) -> list[Row]:
        """List the placements as rows."""
        return [(post, slot, who, fixed) for (post, who), (slot, fixed) in self.held.items()]


def number(session: Session, plan_id: int) -> int:
    """Read the version a plan has now."""
    return session.scalars(select(Plan.version).where(Plan.id == plan_id)).one()


def now(session: Session, plan_id: int, known: Version | None = None) -> Version:
    """Read a plan as it is now; from a ``known`` version only what changed since is read."""
    for _ in range(TRIES):
        last = number(session, plan_id)
        if known is not None and known.number == last:
            return known
        newer = None if known is None else _forward(session, plan_id, known, last)
        if newer is not None:
            return newer
        found = _whole(session, plan_id)
        # Not every database shows one moment to all questions of a transaction.
        if number(session, plan_id) == last:
            return Version(last, found)
    raise AssertionError(f"plan {plan_id} changes faster than it can be read")


def _whole(session: Session, plan_id: int) -> Placements:
    rows = session.execute(
        select(
            Assignment.post_id, Assignment.slot_id, Assignment.cadre_id, Assignment.locked
        ).where(Assignment.plan_id == plan_id)
    )
    return {(post, cadre): (slot, locked) for post, slot, cadre, locked in rows}


def _forward(session: Session, plan_id: int, known: Version, last: int) -> Version | None:
    """Apply the changes after a version; None when they are not all there."""
    rows = session.execute(
        select(DraftChange.version, DraftChange.out, DraftChange.into)
        .where(DraftChange.plan_id == plan_id)
        .where(DraftChange.version > known.number, DraftChange.version <= last)
        .order_by(DraftChange.version)
    ).all()
    if [row.version for row in rows] != list(range(known.number + 1, last + 1)):
        return None
    held = dict(known.held)
    for _, out, into in rows:
        for post, _, cadre, *_ in out:
            held.pop((post, cadre), None)
        for post, slot, cadre, locked, *_ in into:
            held[post, cadre] = (slot, bool(locked))
    return Version(last, held)


def editors(session: Session, plan_id: int) -> list[tuple[str, datetime]]:
    """List who changed a draft, and when last; the latest first."""
    last = func.max(DraftChange.at)
    rows = session.execute(
        select(DraftChange.actor, last)
        .where(DraftChange.plan_id == plan_id)
        .group_by(DraftChange.actor)
        .order_by(last.desc(), DraftChange.actor)
    )
    return [(actor, at) for actor, at in rows]


def remarks(session: Session, plan_id: int) -> dict[str, int]:
    """Count the comments on each place of a draft."""
    rows = session.execute(
        select(Comment.place_code, func.count())
        .where(Comment.plan_id == plan_id)
        .group_by(Comment.place_code)
    )
    return dict(rows.all())


def names(session: Session, rows: list[Row]) -> list[tuple[str, str, int]]:
    """Name placements: staff number, post code, number of the slot; also of what has ended."""
    people = _named(session, Cadre.id, Cadre.staff_number, {row[2] for row in rows})
    posts = _named(session, Post.id, Post.code, {row[0] for row in rows})
    slots = _named(session, Slot.id, Slot.number, {row[1] for row in rows})
    return [
        (people.get(cadre, "?"), posts.get(post, "?"), slots.get(slot, 0))
        for post, slot, cadre, _ in rows
    ]


def _named(session: Session, key: Any, column: Any, ids: set[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    some = sorted(ids)
    for first in range(0, len(some), PORTION):
        question = select(key, column).where(key.in_(some[first : first + PORTION]))
        found |= dict(session.execute(question).all())
    return found
