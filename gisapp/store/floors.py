"""Where each department stands against its least deployed share, under a plan."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from gisapp.auth import EVERYWHERE
from gisapp.core import ledger
from gisapp.store.days import valid_on
from gisapp.store.models import Department, Office, Post
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


def by_department(session: Session, town: Situation, surges: Sequence[str] = ()) -> list[Standing]:
    """Count the people each department has deployed; those furthest below their floor first.

    Who is out is as in the ledger: on the staff and available, and in a post that is there.
    ``surges`` are the areas in which the higher floors hold.

    Departments that only lend people here are left out: what they have deployed elsewhere is
    not to be seen, so nothing could be said of their floors.
    """
    settings = session.settings
    roster = town.roster
    counts = [staff or settings.floor_leaders for staff in roster.staff.tolist()]
    posts = session.scalars(select(Post.code).where(valid_on(Post, town.day)))
    offices = session.scalars(select(Office.id).where(valid_on(Office, town.day)))
    held = town.holdings["cadre"][town.holdings["post_code"].isin(set(posts))]
    out = set(held.tolist()) | set(town.away.nonzero()[0].tolist())
    there = roster.available & np.isin(roster.office_ids, offices.all())
    counted = [
        (code, row in out)
        for row, (code, can, room) in enumerate(
            zip(roster.department_codes, there.tolist(), roster.capacity.tolist(), strict=True)
        )
        if can and counts[row] and (room > 0 or row in out)
    ]
    eligible = Counter(code for code, _ in counted)
    deployed = Counter(code for code, is_out in counted if is_out)
    home = "" if session.actor.area_code == EVERYWHERE else session.actor.area_code
    found = []
    for code, name, headcount, area in session.execute(
        select(Department.code, Department.name, Department.headcount, Department.area_code).where(
            valid_on(Department, town.day)
        )
    ):
        if area.startswith(home):
            base = headcount if settings.floor_base == "roll" else eligible[code]
            surge = area.startswith(tuple(surges))
            share = settings.floor_surge if surge else settings.floor_normal
            found.append(Standing(code, name, base, deployed[code], floor(share, base)))
    return sorted(found, key=lambda row: (min(row.deployed - row.floor, 0), row.code))
