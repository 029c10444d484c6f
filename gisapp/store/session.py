"""One unit of work: its actor, its settings, its clock; every read narrowed to the actor's area."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session as OrmSession

from gisapp.auth import EVERYWHERE, Actor, Role
from gisapp.cache import MEGABYTE, Cache
from gisapp.settings import Settings
from gisapp.store.engine import WRITE
from gisapp.store.narrow import NoActor, narrow

T = TypeVar("T")

REMEMBERED: Final = 512 * MEGABYTE
"""Of 100,000 grids, the town takes 190 MB, neighbours and disputes 25 and a map of bins 0.1."""


class Session(OrmSession):
    """A transaction on behalf of one actor; what is read through it is narrowed to that actor."""

    actor: Actor
    settings: Settings
    now: datetime
    """The moment of the request, aware; set by the door."""
    memory: Cache | None = None
    """What units of work that only read keep for one another."""
    aside: Callable[[Actor], AbstractContextManager["Session"]] | None = None
    """Opens a short unit of work that writes, beside one that only reads."""
    beside: Callable[[Actor], AbstractContextManager["Session"]] | None = None
    """Opens another unit of work that only reads."""

    @contextmanager
    def writing(self, area_code: str) -> Iterator["Session"]:
        """
        Write at once what must be kept whatever becomes of this unit of work.

        As the program, in one area. A unit of work that only reads sees it afterwards; one
        that writes keeps it with all else.
        """
        actor = Actor(self.actor.name, Role.OPERATOR, area_code)
        if self.aside is None:
            with self.acting(actor) as inner:
                yield inner
            return
        # What was read so far is of the past: the next question sees what is written now.
        self.commit()
        with self.aside(actor) as inner:
            yield inner

    @contextmanager
    def within(self, area_code: str) -> Iterator["Session"]:
        """
        Read as the program in one area, which may lie above the actor's own.

        What is found may leave only in a form that the actor may see.
        """
        actor = Actor(self.actor.name, Role.OPERATOR, area_code)
        if self.beside is None:
            with self.acting(actor) as inner:
                yield inner
            return
        # What is written meanwhile is seen afterwards, and one connection at a time is held.
        self.commit()
        with self.beside(actor) as inner:
            yield inner

    @contextmanager
    def acting(self, actor: Actor) -> Iterator["Session"]:
        """Go on in the same transaction as somebody else."""
        with Session(self.connection(), autoflush=False) as inner:
            inner.actor, inner.settings, inner.now = actor, self.settings, self.now
            inner.info["whole"] = self.info.get("whole", self)
            yield inner
            inner.flush()

    def kept(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """Return what was made under ``key`` in this actor's area; make it where nothing is kept.

        What a unit of work that writes has seen may never come to be, and what a cadre sees
        changes with her posts: neither keeps anything.
        """
        if self.memory is None or not self.keeps:
            return make()
        return self.memory.once((self.actor.area_code, key), make, size)

    @property
    def keeps(self) -> bool:
        """Whether anything is `kept` for this actor."""
        return self.memory is not None and self.actor.role is not Role.CADRE

    @property
    def today(self) -> date:
        """The day in the installation's zone."""
        return self.day_of(self.now)

    def when_kept(self, deed: Callable[[], None]) -> None:
        """Do something once all of this unit of work is kept, and never if it is not."""
        whole = self.info.get("whole", self)  # a part of it does not commit
        event.listen(whole, "after_commit", lambda _: deed(), once=True)

    def day_of(self, moment: datetime) -> date:
        """Return the day of a moment in the installation's zone."""
        return moment.astimezone(ZoneInfo(self.settings.time_zone)).date()


event.listen(Session, "do_orm_execute", narrow)


@event.listens_for(Session, "before_flush")
def _somebody_writes(session: OrmSession, context: object, instances: object) -> None:
    if getattr(session, "actor", None) is None:
        raise NoActor


@contextmanager
def whole(session: Session) -> Iterator[Session]:
    """Read in the same transaction what the whole installation holds, past the actor's area.

    What is found may leave only in a form that the actor may see: whoever opens it sees to that.
    """
    with Session(session.connection(), autoflush=False) as beyond:
        beyond.actor = Actor(session.actor.name, Role.OPERATOR, EVERYWHERE)
        beyond.settings, beyond.now = session.settings, session.now
        yield beyond


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens units of work; the door that opens one ends it."""

    engine: Engine
    settings: Settings
    memory: Cache = field(default_factory=lambda: Cache(REMEMBERED))

    @contextmanager
    def read(self, actor: Actor, now: datetime) -> Iterator[Session]:
        """Open a unit of work that only reads."""
        with self._open(self.engine, actor, now) as session:
            session.memory = self.memory
            session.aside = lambda other: self.write(other, now)
            session.beside = lambda other: self.read(other, now)
            yield session

    @contextmanager
    def write(self, actor: Actor, now: datetime) -> Iterator[Session]:
        """Open a unit of work that writes: all of it is kept, or on an error nothing."""
        engine = self.engine.execution_options(**{WRITE: True})
        with self._open(engine, actor, now) as session, session.begin():
            yield session

    @contextmanager
    def trial(self, actor: Actor, now: datetime) -> Iterator[Session]:
        """Open a unit of work that writes and of which nothing is kept."""
        engine = self.engine.execution_options(**{WRITE: True})
        with self._open(engine, actor, now) as session:
            yield session  # closed without a word, it is taken back

    def _open(self, engine: Engine, actor: Actor, now: datetime) -> Session:
        session = Session(engine, autoflush=True, expire_on_commit=False)
        session.actor, session.settings, session.now = actor, self.settings, now
        return session
