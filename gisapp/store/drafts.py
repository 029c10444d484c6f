"""Drafts as people edit them: each change is kept, so that every version can be rebuilt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, inspect, select, update

from gisapp.errors import Conflict
from gisapp.i18n import N_
from gisapp.store.models import (
    Area,
    Assignment,
    Cadre,
    Comment,
    DraftChange,
    Grid,
    Plan,
    Post,
    Slot,
)
from gisapp.store.narrow import below
from gisapp.store.session import Session

Pair = tuple[int, int]
"""Post id, cadre id: a person is in a post once."""

Why = dict[str, Any]

Placed = tuple[int, int, int, bool, Why | None]
"""Post id, slot id, cadre id, locked, why; no why in a change of the lock alone."""

PORTION: Final = 500
"""Ids in one question."""

MANY: Final = 2_000
"""Seats beyond which those of the whole area are read at once."""


TOLD: Final = (
    DraftChange.version,
    DraftChange.actor,
    DraftChange.at,
    DraftChange.kind,
    DraftChange.deed,
    DraftChange.effect,
)
"""What is told of a change."""


class SeatGone(Conflict):
    """A seat that was taken once is no more."""

    code = "seat_gone"
    message = N_("A seat of this change is no more; it cannot be brought back.")


@dataclass(frozen=True, slots=True)
class Change:
    """Placements that go and that come; one whose lock changes is in both."""

    out: Sequence[Placed]
    into: Sequence[Placed]

    @property
    def back(self) -> "Change":
        """The change that takes this one back."""
        return Change(self.into, self.out)

    @classmethod
    def of(cls, row: DraftChange) -> "Change":
        """Read a stored change."""
        return cls(
            *(
                [(*each[:3], bool(each[3]), each[4]) for each in side]
                for side in (row.out, row.into)
            )
        )


def lock(session: Session, plan: Plan) -> None:
    """Let nobody else change the plan until this transaction ends; read how it is now."""
    session.refresh(plan, with_for_update=True)


def apply(session: Session, plan: Plan, change: Change) -> None:
    """Store what a change does to the placements of a plan."""
    table: Any = inspect(Assignment).local_table
    connection = session.connection()
    seats = {row[:3] for row in change.out} & {row[:3] for row in change.into}
    relocked = [row for row in change.into if row[:3] in seats and row[4] is None]
    same = {row[:3] for row in relocked}
    gone = [row for row in change.out if row[:3] not in same]
    come = [row for row in change.into if row[:3] not in same]
    for flag in (False, True):
        _relock(session, plan, flag, [row for row in relocked if row[3] == flag])
    if gone:
        where = (
            (table.c.plan_id == plan.id)
            & (table.c.post_id == bindparam("post"))
            & (table.c.cadre_id == bindparam("cadre"))
        )
        connection.execute(
            delete(table).where(where), [{"post": row[0], "cadre": row[2]} for row in gone]
        )
    if come:
        areas = _areas(session, plan, come)
        connection.execute(
            insert(table),
            [
                {
                    "plan_id": plan.id,
                    "post_id": post,
                    "slot_id": slot,
                    "cadre_id": cadre,
                    "area_code": areas[post],
                    "locked": locked,
                    "why": why or {},
                }
                for post, slot, cadre, locked, why in come
            ],
        )


def _relock(session: Session, plan: Plan, flag: bool, rows: list[Placed]) -> None:  # noqa: FBT001
    if not rows:
        return
    table: Any = inspect(Assignment).local_table
    statement = update(table).where(table.c.plan_id == plan.id).values(locked=flag)
    held = select(func.count()).select_from(Assignment).where(Assignment.plan_id == plan.id)
    # To count all placements takes longer than to change a few of them.
    if len(rows) > MANY and session.scalar(held) == len(rows):
        session.connection().execute(statement)
        return
    session.connection().execute(
        statement.where(
            table.c.post_id == bindparam("post"), table.c.cadre_id == bindparam("cadre")
        ),
        [{"post": row[0], "cadre": row[2]} for row in rows],
    )


def _areas(session: Session, plan: Plan, come: Sequence[Placed]) -> dict[int, str]:
    """Find the area of each post; raise `SeatGone` where a seat is no more."""
    seats, posts = {row[1] for row in come}, {row[0] for row in come}
    question = select(Slot.id, Post.id.label("post"), Post.area_code).join(Post)
    if len(seats) > MANY:
        # A list of ten thousand ids is no question to a database.
        inside = question.where(below(Post.area_code, plan.area_code))
        rows = [row for row in session.execute(inside) if row.id in seats]
    else:
        rows = _each(session, question, Slot.id, seats)
    areas = {row.post: row.area_code for row in rows}
    if len(rows) != len(seats) or not posts <= areas.keys():
        raise SeatGone
    return areas


def _each(session: Session, question: Any, column: Any, ids: Iterable[int]) -> list[Any]:
    """Ask about many ids, some at a time."""
    some = sorted(ids)
    return [
        row
        for first in range(0, len(some), PORTION)
        for row in session.execute(question.where(column.in_(some[first : first + PORTION])))
    ]


def whys(session: Session, plan: Plan, pairs: Iterable[Pair]) -> dict[Pair, Why]:
    """Read why each of some placements of a plan is there."""
    asked = set(pairs)
    question = select(Assignment.post_id, Assignment.cadre_id, Assignment.why).where(
        Assignment.plan_id == plan.id
    )
    rows = _each(session, question, Assignment.post_id, {post for post, _ in asked})
    return {row[:2]: row.why for row in rows if tuple(row[:2]) in asked}


def placed(session: Session, plan: Plan) -> dict[Pair, Placed]:
    """Read all placements of a plan, whole."""
    rows = session.execute(
        select(
            Assignment.post_id,
            Assignment.slot_id,
            Assignment.cadre_id,
            Assignment.locked,
            Assignment.why,
        ).where(Assignment.plan_id == plan.id)
    )
    return {(row[0], row[2]): (*row[:4], row.why) for row in rows}


def at_version(session: Session, plan: Plan, version: int) -> list[Placed]:
    """Rebuild the placements that a draft had at a version, going backwards from now."""
    found = placed(session, plan)
    for row in reversed(changes(session, plan, version)):
        change = Change.of(row).back
        kept = {
            (each[0], each[2]): found[each[0], each[2]][4] for each in change.out if each[4] is None
        }
        for each in change.out:
            del found[each[0], each[2]]
        for each in change.into:
            pair = (each[0], each[2])
            found[pair] = (*each[:4], kept.get(pair) if each[4] is None else each[4])
    return [found[pair] for pair in sorted(found)]


def changes(session: Session, plan: Plan, after: int = 0) -> list[DraftChange]:
    """Read the changes after a version, the earliest first."""
    return list(
        session.scalars(
            select(DraftChange)
            .where(DraftChange.plan_id == plan.id, DraftChange.version > after)
            .order_by(DraftChange.version)
        )
    )


def change_of(session: Session, plan: Plan, version: int) -> DraftChange:
    """Read the change that made a version."""
    return session.scalars(
        select(DraftChange).where(DraftChange.plan_id == plan.id, DraftChange.version == version)
    ).one()


def told_of(session: Session, plan: Plan, version: int) -> Any:
    """Read who did what in the change that made a version, without its placements."""
    return session.execute(
        select(*TOLD).where(DraftChange.plan_id == plan.id, DraftChange.version == version)
    ).one()


def turns(session: Session, plan: Plan) -> list[tuple[int, str, int | None]]:
    """List all changes as (version, kind, about), the earliest first."""
    rows = session.execute(
        select(DraftChange.version, DraftChange.kind, DraftChange.about)
        .where(DraftChange.plan_id == plan.id)
        .order_by(DraftChange.version)
    )
    return [(row.version, row.kind, row.about) for row in rows]


def page(session: Session, plan: Plan, first: int, many: int) -> tuple[int, list[Any]]:
    """Read a part of the changes without their placements, the latest first, and count all."""
    mine = DraftChange.plan_id == plan.id
    total = session.scalar(select(func.count()).select_from(DraftChange).where(mine)) or 0
    rows = session.execute(
        select(*TOLD).where(mine).order_by(DraftChange.version.desc()).offset(first).limit(many)
    )
    return total, list(rows)


def find(session: Session, plan: Plan, post: str, staff_number: str) -> Pair | None:
    """Find a placement of a plan by the codes of both, whether they are of today or not."""
    # Joined, SQLite goes through the whole plan.
    row = session.execute(
        select(Assignment.post_id, Assignment.cadre_id)
        .where(Assignment.plan_id == plan.id)
        .where(Assignment.post_id.in_(select(Post.id).where(Post.code == post)))
        .where(Assignment.cadre_id.in_(select(Cadre.id).where(Cadre.staff_number == staff_number)))
    ).first()
    return None if row is None else (row[0], row[1])


def people(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Name people."""
    return {row.id: row.name for row in _each(session, select(Cadre.id, Cadre.name), Cadre.id, ids)}


def staff(session: Session, ids: Iterable[int]) -> list[tuple[str, str]]:
    """Give people's staff numbers and names, sorted by number."""
    rows = _each(session, select(Cadre.staff_number, Cadre.name), Cadre.id, ids)
    return sorted((row.staff_number, row.name) for row in rows)


def places(session: Session, posts: Iterable[int]) -> dict[int, str]:
    """Name the places of posts."""
    question = (
        select(Post.id, func.coalesce(Grid.name, Area.name).label("name"))
        .outerjoin(Grid, Post.grid_id == Grid.id)
        .outerjoin(Area, Post.area_id == Area.id)
    )
    return {row.id: row.name for row in _each(session, question, Post.id, posts)}


def remove(session: Session, plan: Plan) -> None:
    """Delete a draft with all that belongs to it."""
    kinds: list[type[Any]] = [Assignment, DraftChange, Comment]
    for kind in kinds:
        table: Any = inspect(kind).local_table
        session.connection().execute(delete(table).where(table.c.plan_id == plan.id))
    session.delete(plan)
    session.flush()


def ids(session: Session, posts: Iterable[str], people: Iterable[str]) -> tuple[set[int], set[int]]:
    """Find the ids of posts and people by their codes, of whatever day."""
    return (
        set(session.scalars(select(Post.id).where(Post.code.in_(sorted(posts))))),
        set(session.scalars(select(Cadre.id).where(Cadre.staff_number.in_(sorted(people))))),
    )


def based_on(session: Session, plan: Plan) -> list[Plan]:
    """List the plans that start from a plan."""
    return list(session.scalars(select(Plan).where(Plan.based_on_id == plan.id)))
