"""The ledger of deployment: which share of each department is out on a day, and until when."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from gisapp.actions.deployment import Count, Row
from gisapp.auth import Scope
from gisapp.core import ledger as days
from gisapp.core.ledger import NEVER, Ints
from gisapp.store import plans
from gisapp.store.session import Session
from gisapp.store.tenure import Spans
from gisapp.store.terms import Terms, terms

HORIZON: Final = 366
"""Days that the ledger looks ahead, with the asked one."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All departments that the actor answers for, on one day."""

    day: date
    until: date
    """The last day looked at."""
    plans: list[str]
    """In force on the day."""
    base_kind: str
    leaders: bool
    """Whether they count."""
    floor_normal: float
    floor_surge: float
    departments: list[Row]
    """By code."""


def ledger(session: Session, day: date | None = None) -> Ledger:
    """Say which share of each department is out on a day (today), and when it will be too few.

    Out is who counts, is available and holds at least one post that day by what is in force; a
    department is below its floor from the first day on which fewer are, the asked one included.
    Terms are known ahead: assignments, publications, availability and posts end; when a surge
    ends, the normal plan and the normal floor hold again.
    """
    session.actor.must(Scope.PLANS_READ)
    day, settings = day or session.today, session.settings
    until = date.fromordinal(min(day.toordinal() + HORIZON - 1, date.max.toordinal()))
    return Ledger(
        day,
        until,
        [plans.code(each.plan) for each in plans.in_force(session, day)],
        settings.floor_base,
        settings.floor_leaders,
        settings.floor_normal,
        settings.floor_surge,
        _rows(session, terms(session, day, until), day, until),
    )


def _rows(session: Session, found: Terms, day: date, until: date) -> list[Row]:
    settings, start = session.settings, day.toordinal()

    def table(spans: Spans) -> Ints:
        many = until.toordinal() - start + 1
        return days.counted(*spans, groups=len(found.departments), start=start, days=many)

    surge = table(found.surge) > 0
    share = np.where(surge, settings.floor_surge, settings.floor_normal)
    deployed, able = table(found.out), table(found.able)
    base = able
    if settings.floor_base == "roll":
        headcount = np.array([row.headcount for row in found.departments], np.int64)
        base = table(found.days) * headcount[:, None]
    floor = days.floors(share, base)
    falls = days.falls(deployed, floor)
    leave = Counter(zip(found.out[0].tolist(), found.out[2].tolist(), strict=True))

    def count(row: int, column: int) -> Count:
        return Count(
            date.fromordinal(start + column),
            "surge" if surge[row, column] else "normal",
            int(base[row, column]),
            int(deployed[row, column]),
            int(floor[row, column]),
            float(share[row, column]),
        )

    return [
        Row(
            each.code,
            each.name,
            settings.floor_base,
            int(able[row, 0]),
            count(row, 0),
            None if column == NEVER else count(row, column),
            leave[row, start + column - 1] if column > 0 else 0,
        )
        for row, (each, column) in enumerate(zip(found.departments, falls.tolist(), strict=True))
    ]
