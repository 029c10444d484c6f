"""Files brought through pages: taken in, looked at, checked, stored, put away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from gisapp.actions import batches, boundaries, spool, views
from gisapp.actions.spool import Brought
from gisapp.actions.work import Task, Work
from gisapp.auth import EVERYWHERE, Actor, Role, Scope
from gisapp.i18n import N_, Sentence
from gisapp.intake.faults import FileFault
from gisapp.query import Query
from gisapp.store import audit
from gisapp.store.models import Batch
from gisapp.store.session import Session, whole

LOOKED_AT: Final = 200
OFFERED: Final = 20
"""Of the latest batches, and of their profiles that differ."""

UNDOING: Final = N_("Taking it back")
DECIDING: Final = N_("Deciding on the boundaries")


def must(session: Session) -> None:
    """Raise unless the actor brings the installation's data."""
    session.actor.must(Scope.DATA_IMPORT)


def place(session: Session) -> Path:
    """Return the folder in which files wait, for who may bring them."""
    must(session)
    return spool.home(session.settings)


def waiting(session: Session) -> list[Brought]:
    """List the files that wait."""
    folder = place(session)
    spool.clear(folder, session.now)
    return spool.waiting(folder)


def find(session: Session, id_: UUID) -> Brought:
    """Show one file that waits."""
    return spool.find(place(session), id_)


def drop(session: Session, id_: UUID) -> None:
    """Put a file away that waits."""
    folder = place(session)
    spool.find(folder, id_)
    spool.drop(folder, id_)


def refuse(session: Session, id_: UUID, wrong: FileFault) -> bool:
    """Put a file away that no choice can mend, and write down that it was; tell whether."""
    folder = place(session)
    if wrong.mendable:
        return False
    brought = spool.find(folder, id_)
    with program(session) as writing:
        _note(writing, brought, wrong.code)
    session.when_kept(lambda: spool.drop(folder, id_))
    return True


def _note(session: Session, brought: Brought, code: str) -> None:
    audit.note(
        session,
        "import.refused",
        f"file {brought.digest[:16]}",
        area_code=views.everything(session).actor.area_code,
        code=code,
        size=brought.size,
        name=brought.name,
    )


def past(session: Session, page: int) -> tuple[list[batches.Brought], int]:
    """List a page of what was stored, the latest first, and say how many there are."""
    must(session)
    with whole(session) as beyond:
        return batches.list_batches(beyond, page)


def kept_profiles(session: Session) -> list[tuple[str, str]]:
    """List the latest batches that were read by a profile, with the names of their files."""
    must(session)
    with whole(session) as beyond:
        rows = beyond.scalars(select(Batch).order_by(Batch.id.desc()).limit(LOOKED_AT))
        found = {row.report["profile"]: row for row in rows if row.report.get("profile")}
    return [(f"{row.area_code}-{row.number}", row.file_name) for row in found.values()][:OFFERED]


def kept_profile(session: Session, batch: str) -> str:
    """Return the profile by which a batch was read; raises `BatchNotFound`."""
    must(session)
    area, _, number = batch.rpartition("-")
    with whole(session) as beyond:
        known = number.isascii() and number.isdecimal() and len(number) <= batches.DIGITS
        question = select(Batch.report).where(Batch.area_code == area)
        report = known and beyond.scalar(question.where(Batch.number == int(number)))
    if not report or not report.get("profile"):
        raise batches.BatchNotFound(batch=batch[:40])
    return str(report["profile"])


class BatchQuery(Query):
    """A batch that is to be taken back."""

    batch: Annotated[str, Field(max_length=40)]


def _ready(task: Task, query: BatchQuery) -> BatchQuery:
    task.tell("undo", None, Sentence(UNDOING))
    return query


def _undo(session: Session, query: BatchQuery) -> dict[str, Any]:
    with program(session) as writing:
        done = batches.undo_batch(writing, query.batch)
    return {"batch": done.batch, "removed": done.removed, "restored": done.restored}


@contextmanager
def program(session: Session) -> Iterator[Session]:
    """Write past the actor's area, under the actor's name."""
    with session.acting(Actor(session.actor.name, Role.OPERATOR, EVERYWHERE)) as writing:
        yield writing


UNDO: Final = Work("import_undo", Scope.DATA_IMPORT, BatchQuery, _ready, store=_undo)


class DecideQuery(Query):
    """Proposed boundaries, and whether they are to be."""

    proposal: Annotated[str, Field(max_length=40)]
    accept: bool


def _decided(task: Task, query: DecideQuery) -> DecideQuery:
    task.tell("decide", None, Sentence(DECIDING))
    return query


def _decide(session: Session, query: DecideQuery) -> dict[str, Any]:
    with program(session) as writing:
        if not query.accept:
            return boundaries.reject(writing, query.proposal).document()
        done = boundaries.accept(writing, query.proposal)
    names = ("proposal", "batch", "added", "changed", "ended")
    return {name: getattr(done, name) for name in names} | {
        "drafts": [list(each) for each in done.drafts]
    }


def proposals(session: Session) -> list[boundaries.Proposed]:
    """List the proposed boundaries that wait, of the latest ones."""
    must(session)
    with whole(session) as beyond:
        return [each for each in boundaries.listed(beyond)[0] if each.state == "waiting"]


DECIDE: Final = Work("import_decide", Scope.DATA_IMPORT, DecideQuery, _decided, store=_decide)
