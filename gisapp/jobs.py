"""The worker: takes jobs one after another, does each as its asker, keeps what comes of it."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from gisapp.actions import (
    bringing,
    brought,
    checking,
    checklist,
    differences,
    duties,
    proposing,
    scan,
    spool,
    tile_files,
)
from gisapp.actions.work import Task, Work
from gisapp.auth import OPERATOR
from gisapp.errors import GisappError, Unavailable
from gisapp.i18n import N_, Sentence
from gisapp.runtime import Runtime
from gisapp.store import jobs as table
from gisapp.store.parcels import pack
from gisapp.store.session import Session

WORK: Final[Mapping[str, Work]] = MappingProxyType(
    {
        work.name: work
        for work in (
            proposing.PROPOSE,
            proposing.CURVE,
            differences.WORK,
            tile_files.WORK,
            scan.WORK,
            brought.LOOK,
            brought.CHECK,
            brought.STORE,
            bringing.UNDO,
            bringing.DECIDE,
            checking.WORK,
            checklist.WORK,
            duties.ERASE,
            duties.ALERTS,
        )
    }
)
"""All background work, by name."""

IDLE: Final = 0.5
"""Seconds between two looks for something to do."""
TICK: Final = 0.2
"""Seconds between two looks at a signal while a job runs."""
LOOK: Final = 1.0
"""Seconds between two looks at the job's row: whether it is still ours, how far it is."""
GRACE: Final = 1.5
"""Seconds that work has to leave when the worker is told to."""
STUCK: Final = 60.0
"""Seconds after which work that nobody waits for must have left, else the worker ends itself."""
KEPT: Final = timedelta(days=7)
"""How long a job that ended is kept."""
REMINDING: Final = 60.0
"""Seconds between two looks for what is due by itself."""
CLEARING: Final = 3600.0
"""Seconds between two times of deleting old ones."""

AWAY: Final = (Unavailable, OperationalError, InterfaceError)
"""What the database raises when it cannot be asked now."""

BROKEN: Final = "job_broken"
WHY_BROKEN: Final = N_("Something went wrong in the program; “gisapp worker” has written why.")

log = logging.getLogger(__name__)


class Stuck(RuntimeError):
    """Work does not leave though nobody waits for it: only the end of the process ends it."""


def now() -> datetime:
    """Read the clock at this door."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that a worker let go, and how: done, failed, waiting (again) or lost."""

    id: str
    name: str
    how: str
    attempt: int
    seconds: float


class Worker:
    """One loop in one process; tells ``ended`` of every job it lets go."""

    def __init__(
        self,
        runtime: Runtime,
        works: Mapping[str, Work] = WORK,
        *,
        stop: Event | None = None,
        ended: Callable[[Ended], None] = lambda ended: None,
    ) -> None:
        self.stop = stop or Event()
        self._runtime, self._works, self._ended = runtime, works, ended
        self._lease = timedelta(seconds=runtime.settings.job_lease_s)
        self._cleared = self._reminded = float("-inf")
        self._away = False

    def run(self) -> None:
        """Work until told to stop; a database that is away is waited for."""
        while not self.stop.is_set():
            try:
                busy = self.once()
            except AWAY as wrong:
                self._missed(wrong)
                busy = False
            else:
                self._away = False
            if not busy:
                self.stop.wait(IDLE)

    def once(self) -> bool:
        """Do one job, if there is one; tell whether there was."""
        held = self._claim()
        if held is None and self._remind():
            held = self._claim()
        if held is None:
            self._clear()
            return False
        began = time.monotonic()
        how = self._hold(held)
        seconds = round(time.monotonic() - began, 2)
        log.info("job %s %s attempt %d: %s", held.client_id, held.name, held.attempt, how)
        self._ended(Ended(str(held.client_id), held.name, how, held.attempt, seconds))
        return True

    def _claim(self) -> table.Claim | None:
        sessions = self._runtime.sessions
        with sessions.read(OPERATOR, now()) as session:
            if not table.any_to_claim(session):
                return None
        with sessions.write(OPERATOR, now()) as session:
            return table.claim(session, self._lease)

    def _remind(self) -> bool:
        """Ask for what is due by itself, where this worker can do it; tell whether anything is.

        Only once nobody else waits: what people asked for goes before.
        """
        here = duties.WORKS.keys() <= self._works.keys()
        if not here or time.monotonic() - self._reminded < REMINDING:
            return False
        self._reminded = time.monotonic()
        with self._runtime.sessions.read(OPERATOR, now()) as session:
            due = duties.due(session)
        if due:
            with self._runtime.sessions.write(OPERATOR, now()) as session:
                duties.ask(session, due)
        return bool(due)

    def _clear(self) -> None:
        if time.monotonic() - self._cleared >= CLEARING:
            with self._runtime.sessions.write(OPERATOR, now()) as session:
                table.clear(session, KEPT)
            spool.clear(spool.home(self._runtime.settings), now())
            self._cleared = time.monotonic()

    def _hold(self, held: table.Claim) -> str:
        """Run a job in a thread of its own, and hold it until it ends or is ours no more."""
        run = _Run(self._works.get(held.name), held, Task(self._runtime.sessions, held.actor, now))
        run.start()
        looked = beaten = time.monotonic()
        told: dict[str, Any] | None = None
        pause = min(LOOK, self._lease.total_seconds() / 4)
        while not run.ended.wait(min(TICK, pause)):
            if self.stop.is_set():
                return self._leave(run)
            at = time.monotonic()
            if at - looked < pause:
                continue
            looked, news = at, run.task.progress
            late = at - beaten > self._lease.total_seconds() / 4
            try:
                if not self._look(held, news, beat=late or news is not told):
                    return self._lost(run)
            except AWAY as wrong:
                self._missed(wrong)
                continue
            self._away = False
            if late or news is not told:
                beaten, told = at, news
        return self._record(run)

    def _look(self, held: table.Claim, news: dict[str, Any] | None, *, beat: bool) -> bool:
        if beat:
            with self._runtime.sessions.write(OPERATOR, now()) as session:
                return table.beat(session, held, self._lease, news)
        with self._runtime.sessions.read(OPERATOR, now()) as session:
            return table.ours(session, held)

    def _lost(self, run: "_Run") -> str:
        """Tell work to leave that was cancelled, or that another worker has taken up."""
        run.task.stop()
        until = time.monotonic() + STUCK
        while not run.ended.wait(TICK):
            if self.stop.is_set() or time.monotonic() > until:
                raise Stuck
        return "lost"

    def _leave(self, run: "_Run") -> str:
        """Give the job back, because this worker was told to stop."""
        run.task.stop()
        run.ended.wait(GRACE)
        if run.result is not None:
            return self._record(run)
        kept = self._write(lambda session: table.give_back(session, run.held), patience=0)
        if not run.ended.is_set():
            raise Stuck
        return table.WAITING if kept else "lost"

    def _record(self, run: "_Run") -> str:
        held, wrong = run.held, run.wrong
        if run.result is not None:
            try:
                kept = self._write(run.keep)
            except GisappError as refused:
                wrong = refused
            except Exception as refused:  # a result that the database cannot hold is a bug of it
                log.exception("what came of job %s cannot be kept", held.client_id)
                wrong = refused
            else:
                return table.DONE if kept else "lost"
        user = isinstance(wrong, GisappError) and not isinstance(wrong, Unavailable)
        error = _error(wrong)
        kept = self._write(lambda session: table.fail(session, held, error, again=not user))
        if not kept:
            return "lost"
        final = user or held.attempt >= table.ATTEMPTS
        return table.FAILED if final else table.WAITING

    def _write(self, deed: Callable[[Any], bool], patience: float | None = None) -> bool:
        """Write to the job's row; while the database is away, try until the lease has ended."""
        until = time.monotonic() + (self._lease.total_seconds() if patience is None else patience)
        while True:
            try:
                with self._runtime.sessions.write(OPERATOR, now()) as session:
                    kept = deed(session)
            except AWAY as wrong:
                self._missed(wrong)
                if time.monotonic() > until or self.stop.wait(LOOK):
                    return False
            else:
                self._away = False
                return kept

    def _missed(self, wrong: Exception) -> None:
        """Say in one line that the database cannot be asked, and no more until it can again."""
        if not self._away:
            log.warning("the database cannot be asked now, and is waited for: %s", _line(wrong))
        self._away = True


class _Run(Thread):
    """One attempt. A daemon: a process that must leave does not wait for it."""

    def __init__(self, work: Work | None, held: table.Claim, task: Task) -> None:
        super().__init__(name=f"job {held.client_id}", daemon=True)
        self.held, self.task, self.ended = held, task, Event()
        self.result: Any = None
        self.wrong: Exception | None = None
        self._work = work

    def run(self) -> None:
        try:
            self.result = self._done()
        except Exception as wrong:  # whatever it is belongs to the job
            self.wrong = wrong
            if not isinstance(wrong, GisappError):
                log.exception("job %s failed", self.held.client_id)
        finally:
            self.ended.set()

    def _done(self) -> Any:
        if self._work is None:
            raise LookupError(self.held.name)
        asked = self._work.arguments.parse(self.held.arguments)
        done = self._work.run(self.task, asked)
        return pack(done) if self._work.store is None else done

    def keep(self, session: Session) -> bool:
        """Keep what came of it, with all that the work stores; nothing where it is ours no more."""
        result = self.result
        if self._work is not None and self._work.store is not None:
            if not table.hold(session, self.held):
                return False
            with session.acting(self.held.actor) as asker:
                result = pack(self._work.store(asker, result))
        return table.finish(session, self.held, result)


def _line(wrong: Exception) -> str:
    """Say in a line what the database answered."""
    if isinstance(wrong, DBAPIError):
        return str(wrong.orig).partition("\n")[0][:200]
    return getattr(wrong, "code", type(wrong).__name__)


def _error(wrong: Exception | None) -> dict[str, Any]:
    """Say what went wrong; of a bug no more than that it is one."""
    if isinstance(wrong, GisappError):
        return {"code": wrong.code, "title": wrong.sentence}
    return {"code": BROKEN, "title": Sentence(WHY_BROKEN)}
