"""What a cadre in the field needs to know today: where, with whom, what is there."""

from collections.abc import Sequence
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
from gisapp.store.models import Cadre, Department, Grid
from gisapp.store.needs import valid_on
from gisapp.store.session import Session

LISTED: Final = 30
"""Enterprises listed by name; the page must load in two seconds, and says how many there are."""


class NotACadre(Forbidden):
    """Somebody who is no cadre asked for a cadre's own day."""

    code = "not_a_cadre"
    message = N_("“My grid” is a cadre's page. Choose a cadre to view it as.")


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


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else who serves one of the same places."""

    name: str
    department: str
    role: str
    place: str


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise in the cadre's grids."""

    code: str
    name: str
    address: str
    grid: str


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
    enterprises: list[Firm]
    enterprises_total: int
    starts_on: date | None
    ends_on: date | None
    """Of the publication that put the cadre there; no end: until further notice."""
    disputes: Sentence | None
    """How many there were in the last quarter, as published."""
    explanation: Sentence | None
    """Why there is nothing to show."""


def my_day(session: Session) -> MyDay:
    """Tell the cadre who asks about today's posts; nothing about anybody's whereabouts."""
    session.actor.must(Scope.MY_GRID_READ)
    day = session.today
    me, department = _me(session)
    held: Any = plans.holdings(session, None, day)
    mine = held[held["cadre_id"] == me.id]
    names = grids.area_names(session, day)
    known = dict(session.execute(select(Grid.code, Grid.name).where(valid_on(Grid, day))).all())
    posts = [
        HeldPost(
            row.post_code,
            row.role,
            row.place_code,
            known.get(row.place_code) or names.get(row.place_code, row.place_code),
            _within(row.place_code, names),
            row.place_level,
        )
        for row in mine.itertuples()
    ]
    own = _grids_of(posts, sorted(known))
    firms: Any = enterprises.frame(session, day, own)
    spans = [
        each for each in plans.in_force(session, day) if plans.code(each.plan) in set(mine["plan"])
    ]
    return MyDay(
        me.name,
        department,
        day,
        posts,
        _colleagues(session, held, me.id, {post.place_code: post.place for post in posts}),
        _outlines(session, own, names | known),
        [Firm(row.code, row.name, row.address, row.grid) for row in firms[:LISTED].itertuples()],
        len(firms),
        max((each.starts_on for each in spans), default=None),
        min((each.ends_on for each in spans if each.ends_on), default=None),
        _disputes(session, own) if own else None,
        None if posts else _why_nothing(session, day),
    )


def _me(session: Session) -> tuple[Cadre, str]:
    row = session.execute(
        select(Cadre, Department.name)
        .outerjoin(Department, Cadre.department_id == Department.id)
        .where(Cadre.id == session.actor.cadre_id)
    ).first()
    if session.actor.cadre_id is None or row is None:
        raise NotACadre
    return row[0], row[1] or ""


def _within(code: str, names: dict[str, str]) -> list[str]:
    """Name the township and the community a place lies in."""
    return [names[code[:size]] for size in (9, 12) if len(code) > size and code[:size] in names]


def _grids_of(posts: list[HeldPost], codes: list[str]) -> list[str]:
    """List the grids the posts serve: a community's post serves all its grids."""
    places = {post.place_code for post in posts if post.level in {"grid", "community"}}
    return [code for code in codes if code in places or code[:12] in places]


def _colleagues(session: Session, held: Any, me: int, places: dict[str, str]) -> list[Colleague]:
    departments = dict(session.execute(select(Department.code, Department.name)).all())
    others = held[(held["cadre_id"] != me) & held["place_code"].isin(places)]
    return [
        Colleague(
            row.cadre_name,
            departments.get(row.department_code, row.department_code),
            row.role,
            places[row.place_code],
        )
        for row in others.itertuples()
    ]


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
    elif fields["number"]:
        message = N_(
            "About {number} disputes in quarter {quarter} of {year}, and fewer than 5 in each of "
            "{few} further {few:place|places}."
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
