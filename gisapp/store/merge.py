"""Writes rows by their code: new ones are added, known ones changed where they differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import LargeBinary, bindparam, func, insert, inspect, or_, select, update

from gisapp.store import journal
from gisapp.store.models import Base, Batch, Brought, Dated
from gisapp.store.session import Session
from gisapp.store.types import SRID, Shape

CHUNK: Final = 5_000
"""Below the number of parameters either engine takes in one statement."""

BEGINNING: Final = date(1900, 1, 1)
"""From when a row holds that says nothing of it: maps of earlier years show it too."""


@dataclass(slots=True)
class Merged:
    """What became of the rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __iadd__(self, other: Self) -> Self:
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        return self


def merge(
    session: Session,
    model: type[Base],
    key: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    defaults: Mapping[str, Any],
    *,
    batch: Batch | None = None,
) -> Merged:
    """
    Bring ``rows`` into the table of ``model``.

    ``key`` names the attributes that tell rows apart, the most telling first. Every row has the
    same attributes. A known row keeps what ``rows`` does not mention; a new one takes the rest
    from ``defaults``. A code may have been used before: the row that holds today is meant.
    For a ``batch`` it is remembered what rows were before.
    """
    done = Merged()
    for at in range(0, len(rows), CHUNK):
        done += _chunk(session, model, key, rows[at : at + CHUNK], defaults, batch)
    return done


def _chunk(
    session: Session,
    model: type[Base],
    key: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    defaults: Mapping[str, Any],
    batch: Batch | None,
) -> Merged:
    names = [name for name in rows[0] if name != "batch_id"]
    known = _known(session, model, key, names, [row[key[0]] for row in rows])
    new, changes = [], []
    were: list[Mapping[str, Any]] = []
    versioned = hasattr(model, "version")
    for row in rows:
        found = known.get(tuple(row[name] for name in key))
        if found is None:
            new.append({**defaults, **row})
        elif any(not _same(found[name], row[name]) for name in names):
            primary = {column: found[column] for column in _primary(model)}
            version = {"version": found["version"] + 1} if versioned else {}
            changes.append({**row, **primary, **version})
            were.append(found)
    if new:
        add(session, model, new)
    if changes:
        _change(session, model, changes)
    if batch is not None:
        mine = issubclass(model, Brought)
        # Codes are used again, ids are not; what names no batch is known by what it hangs on.
        named = _primary(model) if mine else key
        journal.changed(session, batch, model, named, names, were)
        if not mine:
            journal.added(session, batch, model, [{n: row[n] for n in key} for row in new])
    return Merged(len(new), len(changes), len(rows) - len(new) - len(changes))


def add(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of the same attributes in one prepared statement, outlines and points as WKB."""
    # Through the models every shape would be written and parsed as text, one by one.
    table: Any = inspect(model).local_table
    shapes = [name for name in rows[0] if isinstance(table.c[name].type, Shape)]
    made = {
        name: func.ST_GeomFromWKB(bindparam(name, type_=LargeBinary()), SRID)
        if name in shapes
        else bindparam(name)
        for name in rows[0]
    }
    packed = [dict(row) for row in rows]
    for name in shapes:
        data = shapely.to_wkb([row[name] for row in rows], include_srid=False)
        for row, wkb in zip(packed, data, strict=True):
            row[name] = wkb
    session.connection().execute(insert(table).values(made), packed)


def _known(
    session: Session,
    model: type[Base],
    key: Sequence[str],
    names: Sequence[str],
    values: Sequence[Any],
) -> dict[tuple[Any, ...], dict[str, Any]]:
    wanted = list(dict.fromkeys([*_primary(model), *key, *names]))
    wanted += [name for name in ("version", "batch_id") if hasattr(model, name)]
    question = select(*(getattr(model, name).label(name) for name in wanted)).where(
        getattr(model, key[0]).in_(set(values))
    )
    if issubclass(model, Dated):
        question = question.where(
            or_(model.valid_to.is_(None), model.valid_to >= session.today)
        ).order_by(model.valid_from)
    rows = session.execute(question).mappings()
    return {tuple(row[name] for name in key): dict(row) for row in rows}


def _primary(model: type[Base]) -> list[str]:
    return [column.name for column in inspect(model).primary_key]


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, BaseGeometry) and isinstance(new, BaseGeometry):
        return bool(old.equals_exact(new, 0))
    return bool(old == new)


def _change(session: Session, model: type[Base], changes: Sequence[dict[str, Any]]) -> None:
    """Change rows by their primary key, in one prepared statement."""
    primary = _primary(model)
    table: Any = inspect(model).local_table
    where = [table.c[name] == bindparam(f"old_{name}") for name in primary]
    names = [name for name in changes[0] if name not in primary]
    statement = (
        update(table).where(*where).values({name: bindparam(f"new_{name}") for name in names})
    )
    rows = [
        {f"old_{name}": row[name] for name in primary}
        | {f"new_{name}": row[name] for name in names}
        for row in changes
    ]
    session.connection().execute(statement, rows)


def lookup(
    session: Session, model: type[Base], code: str, *names: str
) -> dict[str, tuple[Any, ...]]:
    """Return the ``names`` of every row that holds today, by ``code``."""
    columns: Callable[[str], Any] = lambda name: getattr(model, name)  # noqa: E731
    question = select(columns(code), *(columns(name) for name in names))
    if issubclass(model, Dated):
        question = question.where(
            model.valid_from <= session.today,
            or_(model.valid_to.is_(None), model.valid_to >= session.today),
        )
    return {row[0]: tuple(row[1:]) for row in session.execute(question)}
