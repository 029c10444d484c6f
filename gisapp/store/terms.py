"""Between which days the people of each department are out, and which floors hold meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from gisapp.auth import EVERYWHERE
from gisapp.core import ledger
from gisapp.store import tenure
from gisapp.store.days import valid_on
from gisapp.store.models import Cadre, Department, Office
from gisapp.store.session import Session
from gisapp.store.tenure import Spans


@dataclass(frozen=True, slots=True)
class Terms:
    """Spans of days, by department: a position in ``departments``."""

    departments: Sequence[Any]
    """Valid on the day, by code; those of the actor's area, for nothing can be said of others."""
    days: Spans
    """On which each department is there."""
    surge: Spans
    """Of each department: a surge holds where it belongs, and raises its floor."""
    able: Spans
    """On which somebody of each department could serve; of all who count."""
    out: Spans
    """On which somebody is out; spans of one person do not touch."""


def terms(session: Session, start: date, end: date) -> Terms:
    """Read who of the actor's departments is out between two days, wherever it is.

    Out is who is on the staff and available, and holds a post that is there, by the publication
    in force for it and within the days of the assignment. Publications and posts are read past
    what the actor may see, as in `plans.held_outside`: it tells on which days somebody is out,
    and neither where nor whose plan says so.
    """
    departments = _departments(session, start)
    at = {row.id: position for position, row in enumerate(departments)}
    people = _people(session, at)
    published = tenure.published(session, start, end)
    there = [tenure.common((row.valid_from, row.valid_to)) for row in departments]
    present = [_present(row, there[at[row.department_id]]) for row in people]
    position = {row.id: n for n, row in enumerate(people)}
    out = ledger.united(*tenure.held(session, published, position))
    first, last = np.array(present, np.int64).reshape(-1, 2)[out[0]].T
    out = ledger.united(out[0], np.maximum(out[1], first), np.minimum(out[2], last))
    room = np.array([row.capacity > 0 for row in people], np.bool_)
    free = [(n, *span) for n, span in enumerate(present) if room[n]]
    # Who may hold no post and holds one all the same could serve on those days.
    able = np.column_stack([tenure.spans(free), np.array(out)[:, ~room[out[0]]]])
    department = np.array([at[row.department_id] for row in people], np.int64)
    return Terms(
        departments,
        tenure.spans([(n, *span) for n, span in enumerate(there)]),
        _surges(departments, published),
        (department[able[0]], able[1], able[2]),
        (department[out[0]], out[1], out[2]),
    )


def _departments(session: Session, day: date) -> list[Any]:
    home = "" if session.actor.area_code == EVERYWHERE else session.actor.area_code
    return [
        row
        for row in session.execute(
            select(
                Department.id,
                Department.code,
                Department.name,
                Department.headcount,
                Department.area_code,
                Department.valid_from,
                Department.valid_to,
            )
            .where(valid_on(Department, day))
            .order_by(Department.code)
        )
        if row.area_code.startswith(home)
    ]


def _people(session: Session, departments: dict[int, int]) -> list[Any]:
    """Read who counts against the floors: leaders as the setting says."""
    rows = session.execute(
        select(
            Cadre.id,
            Cadre.department_id,
            Cadre.rank,
            Cadre.capacity,
            Cadre.valid_from,
            Cadre.valid_to,
            Cadre.available_from,
            Cadre.available_to,
            Office.valid_from.label("office_from"),
            Office.valid_to.label("office_to"),
        ).join(Office, Cadre.office_id == Office.id)
    )
    leaders = session.settings.floor_leaders
    return [
        row
        for row in rows
        if row.department_id in departments and (leaders or row.rank != "leader")
    ]


def _present(row: Any, department: tuple[int, int]) -> tuple[int, int]:
    first, last = tenure.common(
        (row.valid_from, row.valid_to),
        (row.available_from, row.available_to),
        (row.office_from, row.office_to),
    )
    return max(first, department[0]), min(last, department[1])


def _surges(departments: Sequence[Any], published: list[Any]) -> Spans:
    return tenure.spans(
        [
            (position, *tenure.common((each.starts_on, each.ends_on)))
            for position, row in enumerate(departments)
            for each in published
            if each.mode == "surge" and row.area_code.startswith(each.area_code)
        ]
    )
