"""Solves the best plan of a draft's problem beside the requests that will ask about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final

from gisapp.core.matching.contradictions import ensure
from gisapp.core.matching.engine import Engine, Progress
from gisapp.core.matching.problem import Ints, Problem

KEPT: Final = 2
"""Answers that are kept: under the locks of now, and of before, to which an undo goes back."""

QUIET_S: Final = 1.0
"""Seconds that a solve waits before it begins, unless somebody asks for it: deeds come in rows,
and while one is answered the other locks make a solve in vain."""


LEFT_S: Final = 30.0
"""Seconds after which a solve for which somebody waited for a while is left: who goes on waiting
asks again before."""


class _Left(Exception):  # nobody catches it but the thread itself
    """Nobody asks for the answer any more."""


class Solving:
    """One solve in a thread of its own: it needs no database, and its kernels let others work."""

    def __init__(
        self, problem: Problem, locks: Ints, seed: int, after: Sequence["Solving"] = ()
    ) -> None:
        """Begin once those ``after`` which it comes have ended; never, where it is left before."""
        self._task = (replace(problem, locks=locks), seed)
        self._engine: Engine | None = None
        self._wrong: BaseException | None = None
        self._done, self._leave, self._ended = Event(), Event(), Event()
        self._now = Event()
        """Set when there is nothing to wait for: somebody asks, or it is left."""
        self._waiting, self._lock = 0, Lock()
        self._until: float | None = None
        """When it is left unless somebody asks again; never, where nobody waited for a while."""
        self._begin(after)

    @property
    def done(self) -> bool:
        """Whether the answer is there."""
        return self._done.is_set()

    @property
    def ended(self) -> bool:
        """Whether nothing is done any more, with an answer or without."""
        return self._ended.is_set()

    def engine(self) -> Engine:
        """Wait for the solved engine; raise what went wrong. It is only to be read and copied."""
        self._wait(None)
        if self._engine is None:
            raise self._wrong or RuntimeError("a solve ended without an answer")
        return self._engine

    def within(self, seconds: float) -> Engine | None:
        """Wait for the engine no longer than this; None where it must be asked for again, soon."""
        self._wait(seconds)
        return self.engine() if self.done else None

    def _wait(self, seconds: float | None) -> None:
        self._now.set()
        with self._lock:
            self._waiting += 1
            if self._ended.is_set() and not self._done.is_set():
                # It was left, and now somebody asks all the same.
                self._ended.clear()
                self._begin(())
        try:
            self._done.wait(seconds)
        finally:
            with self._lock:
                self._waiting -= 1
                self._until = None if seconds is None else monotonic() + LEFT_S

    def leave(self) -> None:
        """Stop where nobody waits."""
        self._leave.set()
        self._now.set()

    def stay(self) -> None:
        """Go on: the answer is asked for again."""
        self._leave.clear()

    def _begin(self, after: Sequence["Solving"]) -> None:
        Thread(target=self._run, args=(after,), name="solving", daemon=True).start()

    def _run(self, after: Sequence["Solving"]) -> None:
        for one in after:
            one._ended.wait()  # noqa: SLF001  # its own kind
        self._now.wait(QUIET_S)
        while not self._solved():
            with self._lock:
                if self._left():
                    self._ended.set()
                    return
        self._ended.set()

    def _solved(self) -> bool:
        """Solve, unless it is left on the way; whatever goes wrong is an answer too."""
        problem, seed = self._task
        try:
            self._watch()
            ensure(problem)
            engine = Engine(problem, seed)
            engine.solve(self._watch)
            self._engine = engine
        except _Left:
            return False
        except BaseException as wrong:  # noqa: BLE001  # whoever waits is told
            self._wrong = wrong
        self._done.set()
        return True

    def _watch(self, _: Progress | None = None) -> bool:
        with self._lock:
            if self._left():
                raise _Left
        return False

    def _left(self) -> bool:
        late = self._until is not None and monotonic() > self._until
        return not self._waiting and (late or self._leave.is_set())


@dataclass(slots=True)
class Solves:
    """The solves of one problem under different locks; it outlives the desk that asks for them.

    One is at work at a time, that of the newest locks; of those that pile up meanwhile only the
    newest is begun.
    """

    each: int
    """About how many bytes one takes."""
    _known: dict[bytes, Solving] = field(default_factory=dict)
    """The newest last."""
    _lock: Lock = field(default_factory=Lock)

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        return KEPT * self.each

    def under(self, problem: Problem, locks: Ints, seed: int) -> Solving:
        """Return the solve under ``locks``, begun if need be; those before are given up."""
        name = locks.tobytes()
        with self._lock:
            found = self._known.pop(name, None)
            others = [one for one in self._known.values() if not one.done]
            for one in others:
                one.leave()
            if found is None or (found.ended and not found.done):
                found = Solving(problem, locks, seed, [one for one in others if not one.ended])
            else:
                found.stay()
            self._known = self._answers() | {name: found}
            return found

    def _answers(self) -> dict[bytes, Solving]:
        """List what stays beside the newest: answers that are there, and what has not ended."""
        rows = list(self._known.items())
        there = [name for name, one in rows if one.done][1 - KEPT :]
        return {name: one for name, one in rows if name in there or not one.ended}
