"""The one row about this installation, and what follows from it."""

from datetime import date
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, inspect, select

from gisapp.auth import EVERYWHERE, Role
from gisapp.errors import InvalidInput, Unavailable
from gisapp.i18n import N_
from gisapp.store.models import Area, Department, Installation
from gisapp.store.session import Session, whole

LENGTHS = (12, 9, 6, 4, 2)

BEFORE_ALL: Final = date(1000, 1, 1)
"""Areas that were taken back hold on days before this one, and no others."""


class NotMade(Unavailable):
    """The database has tables but no installation row."""

    code = "not_made"
    message = N_("The database is empty. Run “gisapp init” first.")


class NoRootArea(InvalidInput):
    """Several trees of areas stand side by side, so the area must be named."""

    code = "no_root_area"
    message = N_("Several provinces are stored. Name the area.")


class NoAreas(InvalidInput):
    """No area is stored yet."""

    code = "no_areas"
    message = N_("No area is stored yet. Import areas and grids first.")


def find(session: Session) -> Installation | None:
    """Return the installation's row, or None before `make`."""
    return session.get(Installation, 1)


def the(session: Session) -> Installation:
    """Return the installation's row; raise `NotMade` when there is none."""
    if (row := find(session)) is None:
        raise NotMade
    return row


def make(session: Session, *, demo: bool = False, srid: int = 0) -> Installation:
    """Write the installation's row; ``srid`` is set when the first areas come."""
    row = Installation(
        id=1,
        uid=uuid4(),
        epoch=1,
        srid=srid,
        code_pattern=session.settings.grid_code,
        demo=demo,
        name=session.settings.name,
        created_at=session.now,
    )
    session.add(row)
    session.flush()
    return row


def set_srid(session: Session, number: int) -> None:
    """Set the city's projection (EPSG code), once: when the first areas or grids come."""
    row = the(session)
    if row.srid == 0:
        row.srid = number
        session.flush()


def forget_srid(session: Session) -> None:
    """Let the next areas or grids say in which projection the city is measured."""
    the(session).srid = 0
    session.flush()


def srid(session: Session) -> int:
    """Return the city's projection, in which everything is measured (EPSG code)."""
    if (number := the(session).srid) == 0:
        raise NoAreas
    return number


def _ends(code: Any, *rules: Any) -> list[Any]:
    """Ask for the first and the last code, each by the index alone: together they are a scan."""
    found = (select(end(code)).where(*rules) for end in (func.min, func.max))
    return [one.scalar_subquery() for one in found]


_AREAS: Final = inspect(Area).local_table.c
# What was taken back holds on days before all calendars.
_THERE: Final = _AREAS.valid_from > BEFORE_ALL
_ENDS: Final = select(
    *_ends(_AREAS.code, _THERE, _AREAS.level == "community"),
    *_ends(_AREAS.code, _THERE),
    *_ends(inspect(Department).local_table.c.area_code),
)
"""Of communities, of all areas and of areas that have departments."""


def holds_all(session: Session) -> bool:
    """Whether the actor's area holds all there is: to read without bounds adds nothing."""
    if session.actor.role is Role.CADRE:
        return False
    with whole(session) as beyond:
        try:
            return root_area(beyond).startswith(session.actor.area_code)
        except (NoAreas, NoRootArea):
            return False


def root_area(session: Session) -> str:
    """Return the smallest area that holds everything the actor may see."""
    area: str = session.actor.area_code
    if area != EVERYWHERE:
        return area
    session.flush()
    # Asked with every request, and narrowed to everything: the models would add a millisecond.
    ends = session.connection().execute(_ENDS).one()
    grounds = ends[:2] if ends[0] is not None else ends[2:4]
    if grounds[0] is None:
        raise NoAreas
    staff = ends[4:] if ends[4] is not None else grounds
    first, last = min(grounds[0], staff[0]), max(grounds[1], staff[1])
    # What the two ends of the order share, all between them share; a shorter code comes first.
    for digits in LENGTHS:
        if first[:digits] == last[:digits]:
            return str(first[:digits])
    raise NoRootArea
