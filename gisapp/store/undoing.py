"""Takes the rows of an import out again, and puts back what it changed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, inspect, select, update

from gisapp.store import journal
from gisapp.store.batches import LEVELS, OWNED, Came, chunks, table_of, versions
from gisapp.store.models import Batch, BatchChange
from gisapp.store.session import Session

PLACES: Final = frozenset({"grid", "area"})

_CHANGE: Final[Any] = inspect(BatchChange).local_table


def take_out(session: Session, batch: Batch, came: Sequence[Came], posts: set[int]) -> None:
    """Put back what was changed, and delete what came; places of past boundaries only end."""
    connection = session.connection()
    connection.execute(delete(_CHANGE).where(_CHANGE.c.batch_id == batch.id))
    _forget(session, table_of("post"), posts)
    for each in reversed(came):
        if each.table.name == LEVELS:
            _put_levels_back(session, each)
        else:
            _put_back(session, each)
        _say_so(session, batch, each)
    for each in reversed(came):
        if each.table.name in PLACES:
            _end(session, batch, each)
        elif "id" in each.table.c:
            _forget(session, each.table, {row["id"] for row in each.added})
        else:
            _delete(session, each.table, each.added)
    session.expire_all()


def _put_back(session: Session, came: Came) -> None:
    """Write rows as they were, the last change first; those that came by it go."""
    table = came.table
    gone = [each.key for each in came.changes if each.before is None]
    _delete(session, table, gone)
    kinds: dict[tuple[tuple[str, ...], tuple[str, ...], bool], list[dict[str, Any]]] = {}
    for each in reversed(came.changes):
        if not each.before:
            continue
        values = journal.restored(table, each.before)
        if "batch_id" in table.c:
            values["batch_id"] = each.batch_id
        row = {f"k_{name}": value for name, value in each.key.items()}
        row |= {f"v_{name}": value for name, value in values.items()}
        kind = tuple(each.key), tuple(values), each.version is not None
        kinds.setdefault(kind, []).append(row)
    for (keys, names, versioned), changes in kinds.items():
        new: dict[str, Any] = {name: bindparam(f"v_{name}") for name in names}
        if versioned:
            new["version"] = table.c.version + 1
        where = [table.c[name] == bindparam(f"k_{name}") for name in keys]
        session.connection().execute(update(table).where(*where).values(new), changes)


def _put_levels_back(session: Session, came: Came) -> None:
    """Let cadres know what they knew."""
    table, cadre, connection = came.table, table_of("cadre"), session.connection()
    was = {each.key["cadre_id"]: (each.before or {})["was"] for each in reversed(came.changes)}
    for part in chunks(was):
        question = select(cadre.c.id, cadre.c.area_code).where(cadre.c.id.in_(part))
        areas: dict[int, str] = dict(connection.execute(question).all())
        connection.execute(delete(table).where(table.c.cadre_id.in_(part)))
        back = [
            {"cadre_id": pk, "specialty_code": code, "level": level, "area_code": areas[pk]}
            for pk in part
            for code, level in was[pk].items()
        ]
        if back:
            connection.execute(insert(table), back)


def _say_so(session: Session, batch: Batch, came: Came) -> None:
    """Let the batch that a row names again know its new version: nobody else changed it."""
    homes = {each.name: each for each in reversed(came.changes) if each.before}
    notes = []
    now = versions(session, came.table, homes) if "version" in came.table.c else {}
    for key, each in homes.items():
        if each.batch_id not in (None, batch.id) and key in now:
            notes.append(
                {
                    "batch_id": each.batch_id,
                    "table_name": came.table.name,
                    "row_key": journal.named(each.key),
                    "before": {},
                    "was_batch_id": each.batch_id,
                    "version": now[key],
                    "area_code": batch.area_code,
                }
            )
    if notes:
        session.connection().execute(insert(_CHANGE), notes)


def _forget(session: Session, table: Any, ids: set[int]) -> None:
    """Delete rows with what is theirs."""
    connection = session.connection()
    for part in chunks(ids):
        for model, column in OWNED.get(table.name, ()):
            own = table_of(model.__tablename__)
            connection.execute(delete(own).where(own.c[column].in_(part)))
        connection.execute(delete(table).where(table.c.id.in_(part)))


def _delete(session: Session, table: Any, keys: Sequence[Mapping[str, Any]]) -> None:
    """Delete rows by what tells them from others."""
    if keys:
        names = sorted(name for name in keys[0] if name != "version")
        where = [table.c[name] == bindparam(f"k_{name}") for name in names]
        given = [{f"k_{name}": row[name] for name in names} for row in keys]
        session.connection().execute(delete(table).where(*where), given)


def _end(session: Session, batch: Batch, came: Came) -> None:
    """Let places hold on one day before all calendars, so that their codes are free again."""
    never = date.min + timedelta(days=batch.id)
    table = came.table
    for part in chunks({row["id"] for row in came.added}):
        session.connection().execute(
            update(table)
            .where(table.c.id.in_(part))
            .values(valid_from=never, valid_to=never, version=table.c.version + 1)
        )
