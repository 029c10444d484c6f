"""Ends what stood on grids that go, and writes what follows it, so that it can be taken back."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import bindparam, insert, inspect, or_, select, update

from gisapp.store import journal, plans
from gisapp.store.batches import chunks, table_of
from gisapp.store.models import (
    Assignment,
    Batch,
    Dispute,
    Grid,
    Plan,
    Post,
    Slot,
)
from gisapp.store.session import Session

Place = tuple[str, int, str]
"""Code, id and area code of a grid."""

Home = tuple[Any, ...]
"""Id and area code of a grid."""

TIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"recusal": ("cadre_id",), "link": ("department_id", "team", "kind", "bonus_min")}
)
"""What is copied of those that name a grid by its code."""

CORE: Final[Mapping[str, int]] = MappingProxyType({"recusal": 1, "link": 2})
"""How many of those columns tell one from another in the same place."""

SEATS = ("number", "specialty_code", "least_level", "seats_least", "seats_wanted", "seats_most")


def posts_at(session: Session, grids: Iterable[int], day: date) -> list[Post]:
    """Read the posts of grids that are there on a day or will be."""
    found: list[Post] = []
    for part in chunks(grids):
        later = or_(Post.valid_to.is_(None), Post.valid_to >= day)
        question = select(Post).where(Post.grid_id.in_(part), later).order_by(Post.code)
        found += session.scalars(question)
    return found


def in_force(session: Session, posts: Sequence[int], day: date) -> list[Plan]:
    """Find the plans in force that put somebody on one of the posts."""
    published = {each.plan_id: each.plan for each in plans.in_force(session, day)}
    found: set[int] = set()
    for part in chunks(posts):
        question = select(Assignment.plan_id).where(
            Assignment.plan_id.in_(published), Assignment.post_id.in_(part)
        )
        found |= set(session.scalars(question.distinct()))
    return [published[pk] for pk in sorted(found)]


def end(
    session: Session, batch: Batch, model: type[Grid | Post], ids: Sequence[int], last: date
) -> None:
    """Let rows end with a day; one that began later never held.

    A post that ends with its grid keeps its version: nobody edited what it is.
    """
    table = table_of(model.__tablename__)
    silent = {"version"} if model is Post else set()
    for part in chunks(ids):
        rows = session.connection().execute(select(table).where(table.c.id.in_(part))).mappings()
        were = [
            {name: value for name, value in row.items() if name not in silent}
            for row in rows
            if row["valid_to"] is None or row["valid_to"] > last
        ]
        journal.changed(session, batch, model, ["id"], ["valid_from", "valid_to"], were)
        # Two of one code that never held must not meet on one day.
        never = date.min + timedelta(days=batch.id)
        ends = [(row, last if row["valid_from"] <= last else never) for row in were]
        _write(
            session,
            batch,
            table,
            [
                {"key": row["id"], "valid_from": min(row["valid_from"], day), "valid_to": day}
                for row, day in ends
            ],
            versions=not silent,
        )


def copy_posts(
    session: Session, batch: Batch, posts: Sequence[Post], taken: Mapping[int, Place], day: date
) -> None:
    """Make the posts of grids again at those that take them over, with their seats."""
    donors = [post for post in posts if post.grid_id in taken]
    slots: dict[int, list[Slot]] = {}
    for part in chunks(post.id for post in donors):
        for slot in session.scalars(select(Slot).where(Slot.post_id.in_(part)).order_by(Slot.id)):
            slots.setdefault(slot.post_id, []).append(slot)
    made: list[tuple[Post, list[Slot]]] = []
    for post in donors:
        code, pk, area = taken[post.grid_id or 0]
        seats = slots.get(post.id, [])
        new = Post(
            code=f"{code}:{post.role}",
            role=post.role,
            grid_id=pk,
            area_code=area,
            # Somebody who edited it meant what it is.
            made_by_rule=post.made_by_rule and {1} == {post.version, *(s.version for s in seats)},
            valid_from=max(day, post.valid_from),
            valid_to=post.valid_to,
            batch_id=batch.id,
        )
        made.append((new, seats))
    session.add_all(post for post, _ in made)
    session.flush()
    rows = [
        {name: getattr(slot, name) for name in SEATS}
        | {"post_id": post.id, "area_code": post.area_code, "version": 1}
        for post, seats in made
        for slot in seats
    ]
    if rows:
        session.execute(insert(Slot), rows)
        keys = [{"post_id": row["post_id"], "number": row["number"]} for row in rows]
        journal.added(session, batch, Slot, keys)


def copy_ties(
    session: Session, batch: Batch, heirs: Mapping[str, Mapping[str, str]], day: date
) -> None:
    """Let recusals and links of grids hold in others too; by code, those with their areas."""
    connection = session.connection()
    for name, columns in TIES.items():
        table = table_of(name)
        later = or_(table.c.valid_to.is_(None), table.c.valid_to >= day)
        new: list[dict[str, Any]] = []
        for part in chunks(heirs):
            rows = connection.execute(select(table).where(table.c.place_code.in_(part), later))
            new += [
                {column: row[column] for column in columns}
                | {
                    "place_code": code,
                    # A recusal lies where the person does, a link where its place is.
                    "area_code": area if name == "link" else row["area_code"],
                    "valid_from": max(row["valid_from"], day),
                    "valid_to": row["valid_to"],
                    "batch_id": batch.id,
                    "version": 1,
                }
                for row in rows.mappings()
                for code, area in heirs[row["place_code"]].items()
            ]
        who = [*columns[: CORE[name]], "place_code"]
        there: set[tuple[Any, ...]] = set()
        for part in chunks({row["place_code"] for row in new}):
            question = select(table.c[*who]).where(table.c.place_code.in_(part), later)
            there |= {tuple(row) for row in connection.execute(question)}
        # Of two that meet in one grid the longer one holds.
        new.sort(key=lambda row: row["valid_to"] or date.max)
        once = {tuple(row[column] for column in who): row for row in new}
        kept = [row for key, row in once.items() if key not in there]
        if kept:
            connection.execute(insert(table), kept)


def placeless(session: Session, grids: Iterable[int]) -> dict[int, list[Any]]:
    """Read the disputes that still lie in grids once those with a place were joined anew."""
    table = table_of("dispute")
    found: dict[int, list[Any]] = {}
    for part in chunks(grids):
        question = select(table).where(table.c.grid_id.in_(part)).order_by(table.c.id)
        for row in session.connection().execute(question).mappings():
            found.setdefault(row["grid_id"], []).append(row)
    return found


def rehome(session: Session, batch: Batch, cases: Sequence[Any], homes: Sequence[Home]) -> None:
    """Put each dispute into a grid."""
    journal.changed(session, batch, Dispute, ["id"], ["grid_id", "area_code"], cases)
    table: Any = inspect(Dispute).local_table
    _write(
        session,
        batch,
        table,
        [
            {"key": case["id"], "grid_id": home[0], "area_code": home[1]}
            for case, home in zip(cases, homes, strict=True)
        ],
    )


def redraft(
    session: Session, plan: Plan, after: Mapping[int, tuple[int, str] | None]
) -> tuple[str, int, int]:
    """
    Lay a plan in force into a draft, with the posts of now in the place of those that ended.

    Returns the draft's code, how many placements went on to another post, and how many did not:
    nothing follows their post, it has no seat left, or the person holds it already.
    """
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.plan_id == plan.id)
        .where(or_(Assignment.ends_on.is_(None), Assignment.ends_on >= session.today))
        .order_by(Assignment.id)
    ).all()
    seats: dict[int, list[Slot]] = {}
    for part in chunks({one[0] for one in after.values() if one}):
        question = select(Slot).where(Slot.post_id.in_(part)).order_by(Slot.number)
        for slot in session.scalars(question):
            seats.setdefault(slot.post_id, []).append(slot)
    names = ("post_id", "slot_id", "cadre_id", "area_code", "starts_on", "ends_on", "locked", "why")
    kept = [
        {name: getattr(row, name) for name in names} for row in rows if row.post_id not in after
    ]
    taken = Counter(row["slot_id"] for row in kept)
    held = {(row["post_id"], row["cadre_id"]) for row in kept}
    ended = [row for row in rows if row.post_id in after]
    moved = 0
    for row in ended:
        to = after[row.post_id]
        free = (
            [slot for slot in seats.get(to[0], []) if taken[slot.id] < slot.seats_most]
            if to
            else []
        )
        if to is None or not free or (to[0], row.cadre_id) in held:
            continue
        taken[free[0].id] += 1
        held.add((to[0], row.cadre_id))
        moved += 1
        seat = {"post_id": to[0], "slot_id": free[0].id, "area_code": to[1]}
        more = {"starts_on": row.starts_on, "ends_on": row.ends_on, "locked": row.locked}
        kept.append({"cadre_id": row.cadre_id, "why": {}, **seat, **more})
    draft = Plan(
        area_code=plan.area_code,
        number=plans.next_number(session, plan.area_code),
        state="draft",
        mode=plan.mode,
        based_on_id=plan.id,
        seed=0,
        parameters={"source": "boundaries"},
        input_digest=_digest(kept),
        score={},
        gap=None,
        created_at=session.now,
        created_by=session.actor.name,
    )
    session.add(draft)
    session.flush()
    if kept:
        session.execute(insert(Assignment), [row | {"plan_id": draft.id} for row in kept])
    return plans.code(draft), moved, len(ended) - moved


def _digest(rows: Sequence[Mapping[str, Any]]) -> str:
    body = sorted([row["post_id"], row["slot_id"], row["cadre_id"]] for row in rows)
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def _write(
    session: Session,
    batch: Batch,
    table: Any,
    rows: Sequence[dict[str, Any]],
    *,
    versions: bool = True,
) -> None:
    """Change rows by id, and name the batch that did."""
    if rows:
        new: dict[str, Any] = {name: bindparam(f"v_{name}") for name in rows[0] if name != "key"}
        new["batch_id"] = batch.id
        if versions:
            new["version"] = table.c.version + 1
        given = [
            {"k": row["key"]} | {f"v_{n}": v for n, v in row.items() if n != "key"} for row in rows
        ]
        statement = update(table).where(table.c.id == bindparam("k")).values(new)
        session.connection().execute(statement, given)
