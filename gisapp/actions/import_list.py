"""The files of the last days in one list: those that wait, and those that were stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from gisapp.actions import bringing
from gisapp.actions.brought import CHECK, STORE
from gisapp.actions.spool import Brought
from gisapp.store import jobs as table
from gisapp.store.models import Job
from gisapp.store.session import Session

State = Literal["waits", "works", "checked", "stored", "undone"]

MOST: Final = 20
"""Files in the list."""
LOOKED_AT: Final = 50
"""Of the newest jobs that checked a file, and of those that stored one."""
KEYS: Final = ("read", "refused", "batch", "datum", "fault")
"""Of a job's result, what the list says."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the list."""

    name: str
    state: State
    at: datetime
    file: UUID | None
    """Null where nothing is left of it but its rows."""
    rows: int | None = None
    refused: int = 0
    doubt: bool = False
    """It could not be read, or its coordinates fit better in another system."""


def recent(session: Session) -> list[Entry]:
    """List the files that wait and those that were stored, the newest first."""
    waiting = bringing.waiting(session)
    checks, stores = (
        table.newest(session, work.name, None, None, LOOKED_AT) for work in (CHECK, STORE)
    )
    last: dict[str, Job] = {}
    for job in sorted([*checks, *stores], key=lambda one: one.id, reverse=True):
        last.setdefault(job.arguments["file"], job)
    asked = {last[str(one.id)].id for one in waiting if str(one.id) in last}
    told = table.told(session, sorted(asked | {job.id for job in stores}), KEYS)
    entries = [_waits(one, last.get(str(one.id)), told) for one in waiting]
    reports = {told[job.id]["batch"]: job for job in stores}
    rows, _ = bringing.past(session, 1)
    for row in rows:
        stored = reports.get(row.batch)
        entries.append(
            Entry(
                row.file,
                "stored" if row.undone_at is None else "undone",
                row.at,
                None if stored is None else UUID(stored.arguments["file"]),
                row.read,
                row.refused,
            )
        )
    return sorted(entries, key=lambda one: one.at, reverse=True)[:MOST]


def _waits(file: Brought, job: Job | None, every: Mapping[int, Mapping[str, str | None]]) -> Entry:
    if job is None:
        return Entry(file.name, "waits", file.at, file.id)
    if job.state not in table.ENDED:
        return Entry(file.name, "works", file.at, file.id)
    told = every[job.id]
    if told["read"] is None:
        return Entry(file.name, "waits", file.at, file.id, doubt=told["fault"] is not None)
    return Entry(
        file.name,
        "checked",
        job.ended_at or file.at,
        file.id,
        int(told["read"]),
        int(told["refused"] or 0),
        doubt=told["datum"] is not None,
    )
