"""Solves the best plan of a draft's problem beside the requests that will ask about it."""

from dataclasses import dataclass, field, replace
from threading import Event, Lock, Thread

from gisapp.core.matching.contradictions import ensure
from gisapp.core.matching.engine import Engine, Progress
from gisapp.core.matching.problem import Ints, Problem


class _Left(Exception):  # nobody catches it but the thread itself
    """Nobody asks for the answer any more."""


class Solving:
    """One solve in a thread of its own: it needs no database, and its kernels let others work."""

    def __init__(self, problem: Problem, locks: Ints, seed: int) -> None:
        self._engine: Engine | None = None
        self._wrong: BaseException | None = None
        self._done, self._leave = Event(), Event()
        self._waiting, self._lock = 0, Lock()
        task = (replace(problem, locks=locks), seed)
        Thread(target=self._solve, args=task, name="solving", daemon=True).start()

    @property
    def done(self) -> bool:
        """Whether the answer is there."""
        return self._done.is_set()

    def engine(self) -> Engine:
        """Wait for the solved engine; raise what went wrong. It is only to be read and copied."""
        with self._lock:
            self._waiting += 1
        try:
            self._done.wait()
        finally:
            with self._lock:
                self._waiting -= 1
        if self._engine is None:
            raise self._wrong or RuntimeError("a solve ended without an answer")
        return self._engine

    def leave(self) -> None:
        """Stop where nobody waits; the answer never comes then."""
        self._leave.set()

    def _solve(self, problem: Problem, seed: int) -> None:
        try:
            ensure(problem)
            engine = Engine(problem, seed)
            engine.solve(self._watch)
            self._engine = engine
        except BaseException as wrong:  # noqa: BLE001  # whoever waits is told
            self._wrong = wrong
        finally:
            self._done.set()

    def _watch(self, progress: Progress) -> bool:
        with self._lock:
            if self._leave.is_set() and not self._waiting:
                raise _Left
        return False


@dataclass(slots=True)
class Solves:
    """The solves of one problem under different locks; it outlives the desk that asks for them."""

    size: int
    """About how many bytes one takes."""
    _running: dict[bytes, Solving] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def under(self, problem: Problem, locks: Ints, seed: int) -> Solving:
        """Return the solve under ``locks``, begun if need be; the ones before are given up."""
        name = locks.tobytes()
        with self._lock:
            found = self._running.get(name)
            if found is None:
                for old in self._running.values():
                    old.leave()
                self._running = {name: Solving(problem, locks, seed)}
            return self._running[name]
