"""Finds places by code, name or address: grids, areas, offices, enterprises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select

from gisapp.auth import Scope
from gisapp.store.days import valid_on
from gisapp.store.models import Area, Enterprise, Grid, Office
from gisapp.store.session import Session

MOST: Final = 20
"""More than this nobody reads in a list that opens under a field."""

LEVELS: Final = ("community", "township")


@dataclass(frozen=True, slots=True)
class Found:
    """A place that fits."""

    kind: str
    """grid, community, township, office or enterprise."""
    code: str
    name: str
    point: tuple[float, float] | None
    """Longitude, latitude of an office or enterprise; grids and areas have shapes."""


def find(session: Session, text: str) -> list[Found]:
    """List what is called ``text``, stands there, or has a code that begins so, grids first."""
    session.actor.must(Scope.GRIDS_READ)
    text = text.strip()
    if not text:
        return []
    grids = _rows(session, Grid, Grid.code, text)
    found = [Found("grid", row.code, row.name, None) for row in grids]
    for level in LEVELS:
        areas = _rows(session, Area, Area.code, text, Area.level == level)
        found += [Found(level, row.code, row.name, None) for row in areas]
    offices = _rows(session, Office, Office.code, text, at=Office.address)
    found += [Found("office", row.code, row.name, (row.place.x, row.place.y)) for row in offices]
    firms = _rows(
        session,
        Enterprise,
        Enterprise.register_number,
        text,
        Enterprise.place.is_not(None),
        at=Enterprise.address,
    )
    found += [
        Found("enterprise", row.register_number, row.name, (row.place.x, row.place.y))
        for row in firms
    ]
    return found[:MOST]


def _rows(
    session: Session, model: Any, code: Any, text: str, *rules: Any, at: Any = None
) -> Sequence[Any]:
    # Signs that LIKE reads as patterns are escaped.
    within = [model.name, *([] if at is None else [at])]
    fits = or_(
        code.startswith(text, autoescape=True),
        *(column.contains(text, autoescape=True) for column in within),
    )
    question = select(model).where(fits, valid_on(model, session.today), *rules)
    return session.scalars(question.order_by(code).limit(MOST)).all()
