"""Work for tests, and workers in processes of their own that do it."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any

from pydantic import SecretStr

from gisapp.actions.work import Task, Work
from gisapp.auth import Scope
from gisapp.cli.worker import labour
from gisapp.errors import InvalidInput, Unavailable
from gisapp.i18n import Sentence
from gisapp.jobs import Worker
from gisapp.query import Query
from gisapp.runtime import Runtime
from gisapp.settings import Settings

LEASE = 1.0
"""Seconds, the shortest that can be set."""


class PathQuery(Query):
    path: str
    """A file: one line for each run; ``path.go`` lets those end that wait."""


class Wrong(InvalidInput):
    code = "wrong_in_a_test"
    message = "This cannot be: {what}."


def until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait for a condition, and return what it is."""
    for _ in range(int(seconds * 50)):
        if found := condition():
            return found
        Event().wait(0.02)
    raise TimeoutError


def begun(path: Path) -> list[int]:
    """Processes that began the work, one for each time."""
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def note(task: Task, asked: PathQuery) -> dict[str, Any]:
    """Say that it ran, by one line that no other run can tear apart."""
    with Path(asked.path).open("a") as file:
        file.write(f"{os.getpid()}\n")
    return {"pid": os.getpid(), "hidden": [1, 2], "sentence": Sentence("Not found.")}


def hold(task: Task, asked: PathQuery) -> dict[str, Any]:
    """Wait for the file that lets it end, or until nobody waits for it any more."""
    done = note(task, asked)
    while not Path(f"{asked.path}.go").exists():
        task.tell("holding", 0.5, Sentence("Not found."))
        task.leave_if_stopped()
        Event().wait(0.01)
    return done


def stubborn(task: Task, asked: PathQuery) -> dict[str, Any]:
    """Never look whether it is to stop."""
    note(task, asked)
    Event().wait()
    return {}


def fail(task: Task, asked: PathQuery) -> dict[str, Any]:
    note(task, asked)
    raise RuntimeError("the secret of the house")


def refuse(task: Task, asked: PathQuery) -> dict[str, Any]:
    note(task, asked)
    raise Wrong(what="a test")


def away(task: Task, asked: PathQuery) -> dict[str, Any]:
    note(task, asked)
    raise Unavailable


def garble(task: Task, asked: PathQuery) -> dict[str, Any]:
    """Return what PostgreSQL refuses to keep."""
    return {"half": "\ud800", "nothing": float("nan")}


def who(task: Task, asked: PathQuery) -> dict[str, Any]:
    """Say as whom it runs, and when."""
    with task.read() as session:
        actor = session.actor
        return {"name": actor.name, "role": actor.role, "area": actor.area_code, "now": task.now}


WORKS = {
    run.__name__: Work(run.__name__, Scope.PLANS_READ, PathQuery, run, frozenset({"hidden"}))
    for run in (note, hold, stubborn, fail, refuse, away, garble, who)
}


PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.labour"])  # a fresh Python takes seconds to know so much


class Labourer:
    """A worker in a process of its own; it tells how it let go of each job."""

    def __init__(self, url: str) -> None:
        self._told, tells = PROCESSES.Pipe(duplex=False)
        self._process = PROCESSES.Process(target=_labour, args=(url, tells))
        self._process.start()
        tells.close()
        assert self._process.pid
        self.pid = self._process.pid

    def line(self, seconds: float = 30) -> str:
        """Wait for the next job it lets go."""
        if not self._told.poll(seconds):
            raise TimeoutError
        return str(self._told.recv())

    def wait(self, seconds: float = 30) -> int:
        """Wait until it has ended, and return as what."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise TimeoutError
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def close(self) -> None:
        """End it, however it stands."""
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGCONT)
        self._process.kill()
        self.wait()
        self._process.close()
        self._told.close()


def _labour(url: str, tells: Connection) -> None:
    runtime = Runtime.open(Settings(database_url=SecretStr(url), job_lease_s=LEASE))
    labour(Worker(runtime, WORKS, ended=lambda ended: tells.send(ended.how)))
