"""Work for tests, and a worker of its own process that does it: ``python -m tests.labour URL``."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import click

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


if __name__ == "__main__":
    runtime = Runtime.open(Settings(database_url=sys.argv[1], job_lease_s=LEASE))
    labour(Worker(runtime, WORKS, ended=lambda ended: click.echo(ended.how)))
