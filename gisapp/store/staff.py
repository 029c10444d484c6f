"""Who could serve in an area, in the form matching needs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from gisapp.core.matching.problem import Cadres
from gisapp.store import cadres
from gisapp.store.days import valid_on
from gisapp.store.models import Cadre, Department, Office
from gisapp.store.session import Session


@dataclass(frozen=True, slots=True)
class Staff:
    """People, their offices and departments."""

    rows: Sequence[Any]
    offices: Sequence[Any]
    departments: Sequence[Any]
    lent: dict[int, int]
    """Posts of the area that people of departments elsewhere hold, by cadre id."""
    away: Counter[int]

    def arrays(
        self,
        session: Session,
        specialties: list[str],
        offices: dict[int, int],
        day: date,
    ) -> Cadres:
        """Put the people into arrays."""
        rows, department = self.rows, {row.id: n for n, row in enumerate(self.departments)}
        ids = np.array([row.id for row in rows], np.int64)
        held = np.array([self.away[row.id] for row in rows], np.int64)
        room = [row.capacity if row.id not in self.lent else 0 for row in rows]
        lent = np.array([self.lent.get(row.id, 0) for row in rows], np.int64)
        leaders = np.array([row.rank == "leader" for row in rows], np.bool_)
        own = np.array([row.id not in self.lent for row in rows], np.bool_)
        return Cadres(
            codes=[row.staff_number for row in rows],
            office=np.array([offices[row.office_id] for row in rows], np.int64),
            department=np.array([department[row.department_id] for row in rows], np.int64),
            leader=leaders,
            available=np.array([available(row, day) for row in rows], np.bool_),
            counts=own & (~leaders | session.settings.floor_leaders),
            capacity=np.where(own, np.array(room, np.int64), lent + held),
            held=held,
            knows=cadres.known(session).levels(ids, specialties),
        )


def available(row: Any, day: date) -> bool:
    first, last = row.available_from, row.available_to
    return (first is None or first <= day) and (last is None or day <= last)


def staff(session: Session, day: date, area: str, here: Counter[int], away: Counter[int]) -> Staff:
    departments = session.execute(
        select(Department.id, Department.code, Department.name, Department.headcount)
        .add_columns(Department.area_code)
        .where(valid_on(Department, day))
        .order_by(Department.code)
    ).all()
    own = {row.id for row in departments if row.area_code.startswith(area)}
    offices = session.execute(
        select(Office.id, Office.place, Office.name)
        .where(valid_on(Office, day))
        .order_by(Office.code)
    ).all()
    known = {row.id for row in offices}
    rows = session.execute(
        select(
            Cadre.id,
            Cadre.staff_number,
            Cadre.department_id,
            Cadre.office_id,
            Cadre.rank,
            Cadre.capacity,
            Cadre.available_from,
            Cadre.available_to,
        )
        .where(valid_on(Cadre, day))
        .order_by(Cadre.staff_number)
    ).all()
    there = {row.id for row in departments}
    mine = [
        row
        for row in rows
        if row.office_id in known
        and row.department_id in there
        and (row.department_id in own or here[row.id])
    ]
    sending = {row.department_id for row in mine} | own
    homes = {row.office_id for row in mine}
    return Staff(
        mine,
        [row for row in offices if row.id in homes],
        [row for row in departments if row.id in sending],
        {row.id: here[row.id] for row in mine if row.department_id not in own},
        away,
    )


def bases(session: Session, staff: Staff, area: str) -> tuple[list[int], list[int]]:
    """Count for each department its base and who could serve; none where it only lends."""
    day = session.today
    could = Counter(
        row.department_id
        for row in staff.rows
        if (row.rank != "leader" or session.settings.floor_leaders)
        and available(row, day)
        and (row.capacity > 0 or staff.away[row.id])
    )
    eligible = [could[row.id] for row in staff.departments]
    roll = session.settings.floor_base == "roll"
    bases = [
        (row.headcount if roll else number) if row.area_code.startswith(area) else 0
        for row, number in zip(staff.departments, eligible, strict=True)
    ]
    return bases, eligible
