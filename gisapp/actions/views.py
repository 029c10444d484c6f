"""Whose eyes a page is seen with, until there are accounts."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, or_, select

from gisapp.auth import EVERYWHERE, Actor, Role, area_code
from gisapp.errors import InvalidInput, NotFound
from gisapp.i18n import N_
from gisapp.store import installation
from gisapp.store.days import valid_on
from gisapp.store.models import Area, Cadre, Department
from gisapp.store.narrow import below
from gisapp.store.session import Session

NOWHERE: Final = "00"
"""A province code that is not in use: an empty installation is seen as its planner."""

OFFERED: Final = ("city", "county", "township")
"""Levels of areas that are offered to be looked at; any other is taken by its code."""


class UnknownArea(NotFound):
    """Nothing in this installation lies in the area."""

    code = "unknown_area"
    message = N_("There is no area {area} here.")


class UnknownCadre(NotFound):
    """Nobody on the staff has the number or the name."""

    code = "unknown_cadre"
    message = N_("Nobody on the staff has the number or the name {staff_number}.")


class NobodyNamed(InvalidInput):
    """A cadre is to be viewed as, and nobody is named."""

    code = "nobody_named"
    message = N_("Whose page is to be seen? Type a name or a staff number.")


class SeveralCadres(InvalidInput):
    """Several of the staff have the name."""

    code = "several_cadres"
    message = N_("Several people are called {name}. Choose by staff number: {numbers}.")


class NotAName(InvalidInput):
    """What a planner wants to be called is too long, or no name."""

    code = "not_a_name"
    message = N_("“{name}” is no name to sign changes with: at most {most} letters.")


MOST: Final = 20
"""People listed under the field; who means another types more."""

NAME_MOST: Final = 20
"""Signs of a planner's name."""


@dataclass(frozen=True, slots=True)
class View:
    """Whose eyes a page is seen with."""

    actor: Actor
    area_name: str
    staff_number: str = ""
    cadre_name: str = ""
    planner_name: str = ""
    """What a planner signs changes and comments with, where it was said."""


def everything(session: Session, role: Role = Role.PLANNER, name: str = "") -> View:
    """Look at the whole installation as its planner, who brings its data too, or as its leader."""
    seen = _of(session, role, _root(session), name)
    if role is not Role.PLANNER:
        return seen
    return replace(seen, actor=replace(seen.actor, role=Role.ADMIN))


def of_area(session: Session, role: Role, code: str, name: str = "") -> View:
    """Look at one area as its planner or leader; raise `UnknownArea` when nothing lies in it."""
    area_code(code)
    inside = select(Area.id).where(below(Area.area_code, code)).limit(1)
    if session.scalar(inside) is None:
        raise UnknownArea(area=code)
    return _of(session, role, code, name)


def of_cadre(session: Session, staff_number: str) -> View:
    """Look as one of the staff; raise `UnknownCadre` when nobody has the number today."""
    found = session.scalars(
        select(Cadre).where(Cadre.staff_number == staff_number, valid_on(Cadre, session.today))
    ).first()
    if found is None:
        raise UnknownCadre(staff_number=staff_number)
    actor = Actor(f"cadre {staff_number}", Role.CADRE, found.area_code, found.id)
    return View(actor, _name(session, found.area_code), staff_number, found.name)


def staff_number(session: Session, text: str) -> str:
    """Find whom ``text`` means, a staff number or a whole name."""
    if not text:
        raise NobodyNamed
    rows = session.execute(
        select(Cadre.staff_number, Cadre.name)
        .where(or_(Cadre.staff_number == text, Cadre.name == text))
        .where(valid_on(Cadre, session.today))
        .order_by(Cadre.staff_number)
    ).all()
    numbers = [row.staff_number for row in rows]
    if text in numbers:
        return text
    if len(numbers) > 1:
        raise SeveralCadres(name=text, numbers=numbers[:MOST])
    if not numbers:
        raise UnknownCadre(staff_number=text)
    return str(numbers[0])


def people(session: Session, text: str) -> list[dict[str, str]]:
    """List whom the actor may see and a part of a name or the beginning of a number means."""
    text = text.strip()
    if not text:
        return []
    named = Cadre.name.contains(text, autoescape=True)
    begins = Cadre.name.startswith(text, autoescape=True)
    rows = session.execute(
        select(Cadre.staff_number, Cadre.name, Department.name.label("department"))
        .outerjoin(Department, Cadre.department_id == Department.id)
        .where(or_(named, Cadre.staff_number.startswith(text, autoescape=True)))
        .where(valid_on(Cadre, session.today))
        .order_by(begins.desc(), Cadre.name, Cadre.staff_number)
        .limit(MOST)
    )
    return [
        {"staff_number": row.staff_number, "name": row.name, "department": row.department or ""}
        for row in rows
    ]


def choices(session: Session) -> list[tuple[str, str]]:
    """List the areas within the actor's own that may be looked at, as (code, name)."""
    rows = session.execute(
        select(Area.code, Area.name)
        .where(valid_on(Area, session.today))
        .where(or_(Area.level.in_(OFFERED), Area.code == session.actor.area_code))
        .order_by(Area.code)
    )
    return [(row[0], row[1]) for row in rows]


def _root(session: Session) -> str:
    """Name the area that holds everything; the first province where there are several."""
    try:
        return installation.root_area(session)
    except installation.NoAreas:
        return NOWHERE
    except installation.NoRootArea:
        first = session.scalar(select(func.min(Area.code)))
        return str(first)[:2]


def signed(name: str) -> str:
    """Return what a planner is called; raise `NotAName` for what would not read as a name."""
    plain = " ".join(name.split())
    role = plain.casefold().partition(" ")[0] in set(Role)
    if len(plain) > NAME_MOST or not plain.isprintable() or role:
        raise NotAName(name=name[:80], most=NAME_MOST)
    return plain


def _of(session: Session, role: Role, code: str, name: str) -> View:
    sign = signed(name) if role is Role.PLANNER else ""
    return View(Actor(sign or role.value, role, code), _name(session, code), planner_name=sign)


def _name(session: Session, code: str) -> str:
    if code == EVERYWHERE:
        return ""
    found = session.scalar(
        select(Area.name).where(Area.code == code, valid_on(Area, session.today))
    )
    return found or code
