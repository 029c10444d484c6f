"""The desks this process keeps: one for each draft that is worked on, and each who sees alike."""

from collections.abc import Callable
from typing import Any

from gisapp.actions.desk import Desk, desk
from gisapp.web import ground
from gisapp.web.context import state

SMALL = 1_000
"""About how many bytes a name takes."""


def opened(session: Any, plan: str) -> Desk:
    """Return the desk of a plan: where it is being made, wait for it."""

    def keep(name: str, make: Callable[[], Any]) -> Any:
        key = (ground.who(), name)
        return state().desks.once(key, make, lambda found: getattr(found, "size", SMALL))

    return desk(session, plan, keep)
