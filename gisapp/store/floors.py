"""Where each department stands against its least deployed share, under a plan."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from gisapp.auth import EVERYWHERE
from gisapp.core import ledger
from gisapp.store.models import Department
from gisapp.store.needs import valid_on
from gisapp.store.serving import Situation
from gisapp.store.session import Session


@dataclass(frozen=True, slots=True)
class Standing:
    """One department: how many people it has, how many serve, how many must."""

    code: str
    name: str
    base: int
    deployed: int
    floor: int


def floor(share: float, base: int) -> int:
    """Return the people that ``share`` of ``base`` asks for, rounded up."""
    return int(ledger.floors(np.array(share), np.array(base)))


def by_department(session: Session, town: Situation, *, surge: bool) -> list[Standing]:
    """Count the people each department has deployed; those furthest below their floor first.

    Departments that only lend people here are left out: what they have deployed elsewhere is
    not to be seen, so nothing could be said of their floors.
    """
    settings = session.settings
    roster = town.roster
    counts = [staff or settings.floor_leaders for staff in roster.staff.tolist()]
    eligible = Counter(
        code
        for code, there, room, one in zip(
            roster.department_codes,
            roster.available.tolist(),
            (roster.capacity + town.away).tolist(),
            counts,
            strict=True,
        )
        if there and one and room > 0
    )
    out = set(town.holdings["cadre"].tolist()) | set(town.away.nonzero()[0].tolist())
    deployed = Counter(roster.department_codes[cadre] for cadre in out if counts[cadre])
    share = settings.floor_surge if surge else settings.floor_normal
    home = "" if session.actor.area_code == EVERYWHERE else session.actor.area_code
    found = []
    for code, name, headcount, area in session.execute(
        select(Department.code, Department.name, Department.headcount, Department.area_code).where(
            valid_on(Department, town.day)
        )
    ):
        if area.startswith(home):
            base = headcount if settings.floor_base == "roll" else eligible[code]
            found.append(Standing(code, name, base, deployed[code], floor(share, base)))
    return sorted(found, key=lambda row: (min(row.deployed - row.floor, 0), row.code))
