"""Where each department stands against its least deployed share, under a plan."""

import math
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

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


def by_department(session: Session, town: Situation, *, surge: bool) -> list[Standing]:
    """Count the people each department has deployed; those furthest below their floor first."""
    settings = session.settings
    roster = town.roster
    counts = [staff or settings.floor_leaders for staff in roster.staff.tolist()]
    eligible = Counter(
        code
        for code, there, one in zip(
            roster.department_codes, roster.available.tolist(), counts, strict=True
        )
        if there and one
    )
    deployed = Counter(
        roster.department_codes[cadre]
        for cadre in town.holdings["cadre"].unique().tolist()
        if counts[cadre]
    )
    share = settings.floor_surge if surge else settings.floor_normal
    found = []
    for code, name, headcount in session.execute(
        select(Department.code, Department.name, Department.headcount).where(
            valid_on(Department, town.day)
        )
    ):
        base = headcount if settings.floor_base == "roll" else eligible[code]
        # A hair less: 0.3 × 10 is a little more than 3.
        floor = math.ceil(share * base - 1e-9)
        found.append(Standing(code, name, base, deployed[code], floor))
    return sorted(found, key=lambda row: (min(row.deployed - row.floor, 0), row.code))
