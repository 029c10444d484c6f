"""What a long run says while it runs, when it has to stop, and what happens when it is left."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import click

from gisapp.cli.door import Door
from gisapp.errors import GisappError
from gisapp.i18n import N_, Sentence

PAUSE: Final = 1.0
"""Seconds between two lines."""


class Left(GisappError):
    """Somebody interrupted the command."""

    code = "interrupted"
    message = N_("Interrupted: nothing was stored.")


class Step(Protocol):
    """How far it is."""

    @property
    def round(self) -> int:
        """Passes over all pairs."""

    @property
    def pairs(self) -> int:
        """Those on the list."""


class Watch:
    """Says how far a match is, on stderr, at most once a second; stops it when its time is up."""

    def __init__(self, door: Door, limit: float | None) -> None:
        self._door, self._limit = door, limit
        self._began = self._said = time.monotonic()

    def __call__(self, step: Step) -> bool:
        now = time.monotonic()
        if now - self._said >= PAUSE:
            self._said = now
            fields = {"seconds": round(now - self._began)}
            fields |= {"round": step.round, "pairs": step.pairs}
            message = N_("{seconds} s: {round} passes over all pairs, {pairs} pairs on the list")
            click.echo(self._door.say(Sentence(message, fields)), err=True)
        return self._limit is not None and now - self._began >= self._limit


@contextmanager
def left_alone() -> Iterator[None]:
    """Turn Ctrl-C into a sentence; what was begun is rolled back already."""
    try:
        yield
    except KeyboardInterrupt:
        raise Left from None
