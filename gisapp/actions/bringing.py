"""Files brought through pages: taken in, looked at, checked, stored, put away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from gisapp.actions import spool, views
from gisapp.actions.spool import Brought
from gisapp.auth import EVERYWHERE, Actor, Role, Scope
from gisapp.intake.faults import (
    ColumnMissing,
    CrsUnknown,
    CrsUnsure,
    FileFault,
    LayerUnknown,
    NeedsShapes,
    NotDegrees,
    ReaderFailed,
    TableFault,
)
from gisapp.store import audit
from gisapp.store.session import Session

MENDABLE: Final = (
    ColumnMissing,
    CrsUnknown,
    CrsUnsure,
    LayerUnknown,
    NeedsShapes,
    NotDegrees,
    ReaderFailed,
    TableFault,
)
"""Faults that another choice, or another try, can do away with; others end with the file."""


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
    if isinstance(wrong, MENDABLE):
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


@contextmanager
def program(session: Session) -> Iterator[Session]:
    """Write past the actor's area, under the actor's name."""
    with session.acting(Actor(session.actor.name, Role.OPERATOR, EVERYWHERE)) as writing:
        yield writing
