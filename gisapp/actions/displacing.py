"""What a plan takes days from is what its publisher saw; else who came first is told."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy import select

from gisapp.actions import said
from gisapp.actions.publications import displaced, displacing
from gisapp.errors import Conflict
from gisapp.i18n import N_, Sentence, day_name
from gisapp.store import plans
from gisapp.store.models import Audit, Plan
from gisapp.store.session import Session

Held = tuple[str, date, date | None]
"""A plan, and the days on which it is in force."""

DEEDS: Final = ("plan.published", "surge.ended", "surge.withdrawn")
"""What changes which plan is in force when."""

LOOKED: Final = 20
"""How many of the latest deeds are looked through for one of the plan's own mode."""


class DaysTaken(Conflict):
    """A plan would take days from another one than its publisher saw."""

    code = "days_taken"
    message = N_("{deed} What plan {plan} would take days from is no longer what you saw.")


def ensure_displaces(
    session: Session, plan: Plan, first: date, last: date | None, seen: Iterable[Held]
) -> None:
    """Raise `DaysTaken` unless a plan takes days from what was seen, and from nothing else."""
    there = displaced(session, plan, first, last)
    held = [] if there is None else [there.held]
    if held != list(seen):
        raise DaysTaken(
            deed=_last_deed(session, plan), plan=plans.code(plan), displaces=displacing(there)
        )


def _last_deed(session: Session, plan: Plan) -> Sentence:
    """Say who last changed what is in force in the area in the plan's mode."""
    question = (
        select(Audit)
        .where(Audit.deed.in_(DEEDS), Audit.area_code == plan.area_code)
        .order_by(Audit.number.desc())
        .limit(LOOKED)
    )
    for row in session.scalars(question):
        code = row.subject.removeprefix("plan ")
        if plans.by_code(session, code).mode == plan.mode:
            return _told(row, code)
    return Sentence(N_("What is in force has changed."))


def _told(row: Audit, code: str) -> Sentence:
    fields = {"actor": said.who(row.actor), "plan": code}
    if row.deed != "plan.published":
        return Sentence(N_("{actor} ended the surge plan {plan}."), fields)
    first, last = (
        day and day_name(date.fromisoformat(day))
        for day in (row.details["starts_on"], row.details["ends_on"])
    )
    message = N_("{actor} put plan {plan} in force from {first}.")
    if last:
        message = N_("{actor} put plan {plan} in force from {first} to {last}.")
    return Sentence(message, fields | {"first": first, "last": last})
