"""The desks this process keeps: one for each draft that is worked on, and each who sees alike."""

from collections.abc import Callable
from typing import Any

from pandas import DataFrame

from gisapp.actions.desk import Desk, desk
from gisapp.web import ground
from gisapp.web.context import state

SMALL = 1_000
"""About how many bytes a name takes."""

A_CELL = 60
"""The same of a cell of a table."""


def opened(session: Any, plan: str) -> Desk:
    """Return the desk of a plan: where it is being made, wait for it."""
    return desk(session, plan, kept)


def kept(name: str, make: Callable[[], Any]) -> Any:
    """Keep a desk, or what it is made of, for all who see alike."""
    key = (ground.who(), name)
    return state().desks.once(key, make, _size)


def _size(found: Any) -> int:
    """Say about how many bytes it takes."""
    if isinstance(found, DataFrame):
        return A_CELL * found.size
    return int(getattr(found, "size", SMALL))
