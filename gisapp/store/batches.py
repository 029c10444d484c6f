"""Finds what an import brought and changed, and what became of it since."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Table, func, inspect, select, tuple_

from gisapp.store import journal
from gisapp.store.engine import PATIENCE_S
from gisapp.store.models import (
    Base,
    Batch,
    BatchChange,
    Brought,
    CadrePhone,
    CadreSpecialty,
    DisputePlace,
    Slot,
)
from gisapp.store.session import Session

T = TypeVar("T", int, str)

Key = tuple[Any, ...]
"""Of a row: the names of the columns that tell it from others, then their values."""

PORTION: Final = 1_000
"""Rows in one question by up to three columns."""

LEVELS: Final = CadreSpecialty.__tablename__

OWNED: Final[Mapping[str, tuple[tuple[type[Base], str], ...]]] = {
    "cadre": ((CadreSpecialty, "cadre_id"), (CadrePhone, "cadre_id")),
    "dispute": ((DisputePlace, "dispute_id"),),
    "post": ((Slot, "post_id"),),
}
"""What goes with a row."""

_CHANGE: Final[Any] = inspect(BatchChange).local_table
_BATCH: Final[Any] = inspect(Batch).local_table


LOCK: Final = 0x62617463
"""The advisory lock of who stores a file, takes one back or repairs what came ("batc")."""


def alone(session: Session) -> None:
    """Let nobody else store a file or take one back before this is over; SQLite has one writer.

    What is stored meanwhile would hang on rows that go.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config("lock_timeout", f"{PATIENCE_S}s", True)))
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


@dataclass(frozen=True, slots=True)
class Was:
    """A row as it was before the batch changed it."""

    key: dict[str, Any]
    before: dict[str, Any] | None
    batch_id: int | None
    """The batch that brought or changed it before."""
    version: int | None

    @property
    def name(self) -> Key:
        """The key, as one that can be looked up."""
        return _name(self.key)


@dataclass(frozen=True, slots=True)
class Came:
    """What a batch did to one table."""

    table: Any
    added: list[dict[str, Any]]
    """Primary keys and versions."""
    changes: list[Was]
    """In the order in which they were made."""

    @property
    def versions(self) -> dict[Key, int]:
        """The version that each row was left with, where there are versions."""
        left = dict.fromkeys((self.primary(row) for row in self.added), 1)
        for each in self.changes:
            if each.version is not None:
                left[each.name] = max(each.version, left.get(each.name, 0))
        return left

    def primary(self, row: Mapping[str, Any]) -> Key:
        """Name a row by its primary key."""
        return _name({column.name: row[column.name] for column in self.table.primary_key})


def rows(session: Session, batch: Batch) -> list[Came]:
    """Find what a batch brought and changed, table by table, in the order of who names whom."""
    connection = session.connection()
    kept: dict[str, list[Was]] = {}
    for row in connection.execute(
        select(_CHANGE).where(_CHANGE.c.batch_id == batch.id).order_by(_CHANGE.c.id)
    ):
        was = Was(journal.key_of(row.row_key), row.before, row.was_batch_id, row.version)
        kept.setdefault(row.table_name, []).append(was)
    found = []
    for table in _tables():
        changes = kept.get(table.name, [])
        added: list[dict[str, Any]] = []
        if "batch_id" in table.c:
            old = {each.name for each in changes if each.batch_id != batch.id}
            names = [column.name for column in table.primary_key] + ["version"]
            columns = [table.c[name] for name in names if name in table.c]
            question = select(*columns).where(table.c.batch_id == batch.id)
            primary = Came(table, [], []).primary
            every = (dict(row) for row in connection.execute(question).mappings())
            added = [row for row in every if primary(row) not in old]
        if added or changes:
            found.append(Came(table, added, changes))
    return found


def later(session: Session, batch: Batch) -> str | None:
    """Name the last batch that changed rows which this one brought or changed."""
    row = (
        session.connection()
        .execute(
            select(_BATCH.c.area_code, _BATCH.c.number)
            .join(_CHANGE, _CHANGE.c.batch_id == _BATCH.c.id)
            .where(_CHANGE.c.was_batch_id == batch.id, _BATCH.c.id != batch.id)
            .order_by(_BATCH.c.id.desc())
            .limit(1)
        )
        .first()
    )
    return None if row is None else f"{row.area_code}-{row.number}"


def edited(session: Session, came: Sequence[Came]) -> int:
    """Count the rows that somebody changed after the batch, by hand or by a repair."""
    count = 0
    for each in came:
        if each.table.name == LEVELS:
            count += _relearned(session, each)
        elif "version" in each.table.c:
            left = each.versions
            now = versions(session, each.table, left)
            count += sum(now.get(key) != version for key, version in left.items())
    return count


def chunks(ids: Iterable[T]) -> Iterator[list[T]]:
    """Give ids or codes in portions that either engine takes in one statement."""
    every = sorted(ids)
    for at in range(0, len(every), journal.PORTION):
        yield every[at : at + journal.PORTION]


def table_of(name: str) -> Any:
    """Return a table by its name."""
    return Base.metadata.tables[name]


def _tables() -> Iterator[Table]:
    """List the tables that imports fill."""
    brought = {
        mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, Brought)
    }
    more = {table_of(model.__tablename__) for pairs in OWNED.values() for model, _ in pairs}
    return (table for table in Base.metadata.sorted_tables if table in brought | more)


def _name(key: Mapping[str, Any]) -> Key:
    names = sorted(key)
    return (*names, *(key[name] for name in names))


def _parts(key: Key) -> tuple[tuple[str, ...], Key]:
    half = len(key) // 2
    return key[:half], key[half:]


def versions(session: Session, table: Any, keys: Iterable[Key]) -> dict[Key, int]:
    """Read the versions that rows have now; until the unit of work ends nobody changes them."""
    found: dict[Key, int] = {}
    kinds: dict[tuple[str, ...], list[Key]] = {}
    for key in keys:
        names, values = _parts(key)
        kinds.setdefault(names, []).append(values)
    for names, every in kinds.items():
        columns = [table.c[name] for name in names]
        for at in range(0, len(every), PORTION):
            these = tuple_(*columns).in_(every[at : at + PORTION])
            question = select(table.c.version, *columns).where(these).with_for_update()
            for version, *row in session.connection().execute(question):
                found[(*names, *row)] = version
    return found


def _relearned(session: Session, came: Came) -> int:
    """Count the cadres who know something else now than the batch said."""
    table, wanted = came.table, {each.key["cadre_id"]: each.before or {} for each in came.changes}
    known: dict[int, dict[str, int]] = {pk: {} for pk in wanted}
    for part in chunks(wanted):
        question = select(table.c["cadre_id", "specialty_code", "level"])
        for pk, code, level in session.connection().execute(
            question.where(table.c.cadre_id.in_(part))
        ):
            known[pk][code] = level
    return sum(known[pk] != said["is"] for pk, said in wanted.items())
