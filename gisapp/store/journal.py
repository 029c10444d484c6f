"""Remembers what rows were before an import changed them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import repeat
from typing import Any, Final

import shapely
from sqlalchemy import Date, Table, func, insert, inspect, select

from gisapp.store.models import (
    Base,
    Batch,
    BatchChange,
    Brought,
    Cadre,
    CadrePhone,
    CadreSpecialty,
    Dispute,
    DisputePlace,
)
from gisapp.store.session import Session
from gisapp.store.types import Shape

OWNERS: Final[Mapping[type[Base], tuple[type[Base], str]]] = {
    CadreSpecialty: (Cadre, "cadre_id"),
    CadrePhone: (Cadre, "cadre_id"),
    DisputePlace: (Dispute, "dispute_id"),
}
"""Whose batch stands for that of rows that name none."""

PORTION: Final = 5_000
"""Below the number of parameters either engine takes in one statement."""

_WRITER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def changed(
    session: Session,
    batch: Batch,
    model: type[Base],
    key: Sequence[str],
    names: Sequence[str],
    were: Sequence[Mapping[str, Any]],
) -> None:
    """Keep the ``names`` of rows as they were, before ``batch`` raised their versions."""
    table: Any = inspect(model).local_table
    kept = [name for name in names if name not in key]
    columns = [_plain(table.c[name].type, [row[name] for row in were]) for name in kept]
    befores: Iterable[Any] = zip(*columns, strict=True) if columns else repeat((), len(were))
    rows = [
        {
            "row_key": named({name: row[name] for name in key}),
            "before": dict(zip(kept, before, strict=True)),
            "was_batch_id": row.get("batch_id"),
            "version": row["version"] + 1 if "version" in row else None,
        }
        for row, before in zip(were, befores, strict=True)
    ]
    _keep(session, batch, model, rows)


def added(
    session: Session, batch: Batch, model: type[Base], keys: Sequence[Mapping[str, Any]]
) -> None:
    """Keep which rows came, of a table that names no batch."""
    version = 1 if hasattr(model, "version") else None
    same = {"before": None, "was_batch_id": None, "version": version}
    _keep(session, batch, model, [{"row_key": named(key), **same} for key in keys])


def differs(
    session: Session,
    batch: Batch,
    model: type[Base],
    rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> None:
    """Keep what hung on rows, as pairs of a key and what hung there."""
    same = {"was_batch_id": None, "version": None}
    _keep(
        session,
        batch,
        model,
        [{"row_key": named(key), "before": before, **same} for key, before in rows],
    )


def named(key: Mapping[str, Any]) -> str:
    """Write what tells a row from others of its table as text that can be compared."""
    return _WRITER.encode(key)


def key_of(text: str) -> dict[str, Any]:
    """Read what `named` wrote."""
    found: dict[str, Any] = json.loads(text)
    return found


def restored(table: Table, before: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what was kept into values of the table's columns."""
    return {name: _value(table.c[name].type, value) for name, value in before.items()}


def _keep(
    session: Session, batch: Batch, model: type[Base], rows: Sequence[dict[str, Any]]
) -> None:
    if not rows:
        return
    if not issubclass(model, Brought):
        _name_batches(session, batch, model, rows)
    same = {"batch_id": batch.id, "table_name": model.__tablename__, "area_code": batch.area_code}
    table: Any = inspect(BatchChange).local_table
    session.connection().execute(insert(table), [row | same for row in rows])


def _name_batches(
    session: Session, batch: Batch, model: type[Base], rows: Sequence[dict[str, Any]]
) -> None:
    """Say of rows that name no batch which one brought or changed them last."""
    connection = session.connection()
    table: Any = inspect(BatchChange).local_table
    last = func.max(table.c.batch_id)
    for at in range(0, len(rows), PORTION):
        part = rows[at : at + PORTION]
        before: dict[str, int] = dict(
            connection.execute(
                select(table.c.row_key, last)
                .where(table.c.table_name == model.__tablename__)
                .where(table.c.row_key.in_([row["row_key"] for row in part]))
                .group_by(table.c.row_key)
            ).all()
        )
        homes = _owners(session, model, part)
        for row in part:
            owner = homes.get(row["row_key"])
            # The owner may have been changed a moment ago, which says nothing of before.
            row["was_batch_id"] = before.get(row["row_key"], None if owner == batch.id else owner)


def _owners(
    session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]
) -> dict[str, int | None]:
    """Return the batch of each row's owner, by the row's key."""
    if model not in OWNERS:
        return {}
    owner, column = OWNERS[model]
    ids = {row["row_key"]: key_of(row["row_key"])[column] for row in rows}
    table: Any = inspect(owner).local_table
    question = select(table.c.id, table.c.batch_id).where(table.c.id.in_(set(ids.values())))
    batches: dict[int, int | None] = dict(session.connection().execute(question).all())
    return {key: batches.get(pk) for key, pk in ids.items()}


def _plain(kind: Any, values: list[Any]) -> list[Any]:
    """Turn a column's values into what JSON holds."""
    if isinstance(kind, Shape):
        found: list[Any] = shapely.to_wkb(values, hex=True, include_srid=False).tolist()
        return found
    if isinstance(kind, Date):
        return [None if value is None else value.isoformat() for value in values]
    return values


def _value(kind: Any, value: Any) -> Any:
    if value is not None and isinstance(kind, Shape):
        return shapely.from_wkb(value)
    return date.fromisoformat(value) if value is not None and isinstance(kind, Date) else value
