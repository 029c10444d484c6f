"""Look for faults in what is stored: the fix list of a data admin, each with its place."""

from collections.abc import Callable, Iterator
from typing import Final

from gisapp.actions import check_ground, check_points
from gisapp.actions.findings import ORDER, Finding
from gisapp.auth import Scope
from gisapp.store.session import Session

_LOOK: Final[dict[str, Callable[[Session], Iterator[Finding]]]] = {
    "areas": check_ground.areas,
    "grids": check_ground.grids,
    "enterprises": check_points.enterprises,
    "disputes": check_points.disputes,
}

LAYERS: Final = tuple(_LOOK)


def check(session: Session, layer: str | None = None) -> list[Finding]:
    """Look through one layer or all; what explains others comes first."""
    session.actor.must(Scope.GRIDS_READ)
    wanted = LAYERS if layer is None else (layer,)
    found = [finding for name in wanted for finding in _LOOK[name](session)]
    return in_order(found)


def in_order(found: list[Finding]) -> list[Finding]:
    """Put first what explains others, then what is wrong, then doubt, then notice."""
    return sorted(found, key=lambda one: (ORDER.index(one.severity), one.kind, one.code))
