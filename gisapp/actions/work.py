"""What a piece of background work is, and what it is handed while it runs."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any

from gisapp.auth import Actor, Scope
from gisapp.errors import GisappError
from gisapp.i18n import N_, Sentence
from gisapp.query import Query
from gisapp.store.session import Session, Sessions


class Stopped(GisappError):
    """Work was told to stop and left."""

    code = "stopped"
    message = N_("Stopped before it came to an end; nothing was stored.")


class Task:
    """One run of a piece of work, on behalf of who asked for it.

    Nothing is written through it: what the work returns is its result, and the worker stores it
    as long as this attempt is the last.
    """

    def __init__(self, sessions: Sessions, actor: Actor, clock: Callable[[], datetime]) -> None:
        self.actor = actor
        self.progress: dict[str, Any] | None = None
        self._sessions, self._clock, self._stop = sessions, clock, Event()

    @property
    def now(self) -> datetime:
        """The moment, aware."""
        return self._clock()

    def read(self) -> AbstractContextManager[Session]:
        """Open a unit of work that reads; close it before you compute."""
        return self._sessions.read(self.actor, self.now)

    def trial(self) -> AbstractContextManager[Session]:
        """Open a unit of work that writes and of which nothing is kept."""
        return self._sessions.trial(self.actor, self.now)

    def tell(self, step: str, share: float | None = None, sentence: Sentence | None = None) -> None:
        """Say how far it is, as often as you like: it is written down once a second at most."""
        self.progress = {"step": step, "share": share, "sentence": sentence}

    @property
    def stopped(self) -> bool:
        """Whether nobody waits for the result any more."""
        return self._stop.is_set()

    def leave_if_stopped(self) -> None:
        """Raise `Stopped` when nobody waits for the result any more."""
        if self.stopped:
            raise Stopped

    def stop(self) -> None:
        """Tell the work to leave."""
        self._stop.set()


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of background work; safe to run twice."""

    name: str
    scope: Scope
    """Who may ask for it, look at it and cancel it."""
    arguments: type[Query]
    run: Callable[[Task, Any], Any]
    """Called with the task and the arguments; looks at least once a second whether to stop."""
    internal: frozenset[str] = frozenset()
    """Keys of the result that never leave the building."""
    store: Callable[[Session, Any], Mapping[str, Any]] | None = None
    """Writes what `run` returned, and returns the result.

    Called with a session of the asker within the transaction that ends the job: both are kept or
    neither, and an attempt that is not the last writes nothing.
    """
