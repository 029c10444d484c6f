"""What a cadre in the field needs to know today: where, with whom, what is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shapely.geometry import mapping
from sqlalchemy import select

from gisapp.auth import Scope
from gisapp.core import nest, windows
from gisapp.core.publication import FEWER, WITHHELD, Figure
from gisapp.errors import Forbidden
from gisapp.i18n import N_, Sentence
from gisapp.store import enterprises, grids, plans, revisions, told
from gisapp.store.days import valid_on
from gisapp.store.models import Cadre, Department, Grid
from gisapp.store.session import Session

LISTED: Final = 30
"""Enterprises listed by name; the page must load in two seconds, and says how many there are."""

COMMUNITY: Final = 12
"""Signs of a community's code, with which those of its grids begin."""


class NotACadre(Forbidden):
    """Somebody who is no cadre asked for a cadre's own day."""

    code = "not_a_cadre"
    message = N_("“My grid” is a cadre's page. Choose a cadre to view it as.")


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise in the grids of a post."""

    code: str
    name: str
    address: str
    grid: str


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post the cadre holds."""

    code: str
    role: str
    place_code: str
    place: str
    within: list[str]
    """Names of what the place lies in, the largest first."""
    level: str
    """grid, community or township."""
    disputes: Sentence | None
    """How many there were in the last quarter, as published."""
    enterprises: list[Firm]
    """The first of those in its grids."""
    enterprises_total: int


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else who serves one of the same grids: by its own post or its community's."""

    name: str
    department: str
    role: str
    place: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A shape to be drawn: a grid the cadre serves, or a community around it."""

    code: str
    name: str
    level: str
    """grid or community."""
    own: bool
    shape: dict[str, Any]
    """GeoJSON, longitude/latitude."""


@dataclass(frozen=True, slots=True)
class MyDay:
    """Everything on a cadre's page."""

    name: str
    department: str
    day: date
    posts: list[HeldPost]
    colleagues: list[Colleague]
    outlines: list[Outline]
    starts_on: date | None
    ends_on: date | None
    """Of the publication that put the cadre there; no end: until further notice."""
    explanation: Sentence | None
    """Why there is nothing to show."""


def my_day(session: Session) -> MyDay:
    """Tell the cadre who asks about today's posts; nothing about anybody's whereabouts."""
    if session.actor.cadre_id is None:
        raise NotACadre
    session.actor.must(Scope.MY_GRID_READ)
    day = session.today
    me, department = _me(session)
    held: Any = plans.holdings(session, None, day)
    mine = held[held["cadre_id"] == me.id]
    names = grids.area_names(session, day)
    known = dict(session.execute(select(Grid.code, Grid.name).where(valid_on(Grid, day))).all())
    named = names | known
    own = _grids_of(mine["place_code"], sorted(known))
    firms: Any = enterprises.frame(session, day, own)
    posts = [
        HeldPost(
            row.post_code,
            row.role,
            row.place_code,
            named.get(row.place_code, row.place_code),
            _within(row.place_code, names),
            row.place_level,
            *_there(session, firms, _grids_of([row.place_code], own), LISTED // len(mine)),
        )
        for row in mine.itertuples()
    ]
    spans = [
        each for each in plans.in_force(session, day) if plans.code(each.plan) in set(mine["plan"])
    ]
    return MyDay(
        me.name,
        department,
        day,
        posts,
        _colleagues(session, held, me.id, named),
        _outlines(session, own, named),
        max((each.starts_on for each in spans), default=None),
        min((each.ends_on for each in spans if each.ends_on), default=None),
        None if posts else _why_nothing(session, day),
    )


def _me(session: Session) -> tuple[Cadre, str]:
    row = session.execute(
        select(Cadre, Department.name)
        .outerjoin(Department, Cadre.department_id == Department.id)
        .where(Cadre.id == session.actor.cadre_id)
    ).first()
    if row is None:
        raise NotACadre
    return row[0], row[1] or ""


def _within(code: str, names: dict[str, str]) -> list[str]:
    """Name the township and the community a place lies in."""
    return [names[code[:size]] for size in (9, 12) if len(code) > size and code[:size] in names]


def _grids_of(places: Iterable[str], codes: list[str]) -> list[str]:
    """List the grids that posts of some places serve: a community's post serves all its grids."""
    those = set(places)
    return [code for code in codes if code in those or code[:COMMUNITY] in those]


def _there(
    session: Session, firms: Any, own: list[str], most: int
) -> tuple[Sentence | None, list[Firm], int]:
    """Tell what is in the grids of one post: disputes, the first enterprises, how many of them."""
    here = firms[firms["grid"].isin(own)]
    first = here[: max(1, most)].itertuples()
    listed = [Firm(row.code, row.name, row.address, row.grid) for row in first]
    return _disputes(session, own) if own else None, listed, len(here)


def _colleagues(session: Session, held: Any, me: int, named: dict[str, str]) -> list[Colleague]:
    departments = dict(session.execute(select(Department.code, Department.name)).all())
    mine = held["cadre_id"] == me
    others = held[~mine & _with(held["place_code"], set(held.loc[mine, "place_code"]))]
    return [
        Colleague(
            row.cadre_name,
            departments.get(row.department_code, row.department_code),
            row.role,
            named.get(row.place_code, row.place_code),
        )
        for row in others.itertuples()
    ]


def _with(places: Any, mine: set[str]) -> Any:
    """Say which posts serve a grid of mine: those of the place, of its community, of its grids."""
    above = {code[:COMMUNITY] for code in mine if len(code) > COMMUNITY}
    return places.isin(mine | above) | places.str[:COMMUNITY].isin(mine)


def _outlines(session: Session, own: list[str], named: dict[str, str]) -> list[Outline]:
    """Draw the cadre's grids, those beside them that may be seen, and their communities."""
    revision = revisions.current(session)
    if revision is None or not own:
        return []
    around = {code[:12] for code in own}
    codes = revisions.ids(session, revision).codes
    return [
        Outline(code, named.get(code, code), level, code in own, mapping(shape))
        for level in ("community", "grid")
        for code, shape in zip(
            codes[level], revisions.shapes(session, revision, level), strict=True
        )
        if level == "grid" or code in around
    ]


def _disputes(session: Session, own: list[str]) -> Sentence | None:
    """Say how many disputes the last whole quarter brought to the cadre's grids, as published."""
    months = windows.months(windows.last_quarter(windows.number(session.today) - 1))
    return in_quarter(told.quarter(session, own, months), months)


def in_quarter(figures: Sequence[Figure], months: range) -> Sentence | None:
    """Add up what is published of some cells, or say nothing where one is not."""
    if WITHHELD in figures:
        return None
    few = sum(one == FEWER for one in figures)
    fields = {
        "quarter": months.start % nest.MONTHS // nest.QUARTER + 1,
        "year": months.start // nest.MONTHS,
        "number": sum(one for one in figures if isinstance(one, int)),
        "few": few,
    }
    if not few:
        message = N_("About {number} disputes in quarter {quarter} of {year}.")
    elif fields["number"] and few == 1:
        message = N_(
            "About {number} disputes in quarter {quarter} of {year}, and fewer than 5 in one "
            "further place."
        )
    elif fields["number"]:
        message = N_(
            "About {number} disputes in quarter {quarter} of {year}, and fewer than 5 in each of "
            "{few} further places."
        )
    elif few == 1:
        message = N_("Fewer than 5 disputes in quarter {quarter} of {year}.")
    else:
        message = N_(
            "Fewer than 5 disputes in each of {few} places in quarter {quarter} of {year}."
        )
    return Sentence(message, fields)


def _why_nothing(session: Session, day: date) -> Sentence:
    if plans.in_force(session, day):
        return Sentence(N_("No post today: the plan in force has none for this cadre."))
    return Sentence(N_("No post today: no plan is in force."))
