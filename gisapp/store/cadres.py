"""Questions about cadres: who they are, what they know, where they come from, who is free."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import select

from gisapp import frames
from gisapp.i18n import Name
from gisapp.store import installation, state
from gisapp.store.codes import within
from gisapp.store.days import valid_on
from gisapp.store.models import (
    Cadre,
    CadreSpecialty,
    Department,
    Office,
    Recusal,
    Specialty,
    Travel,
)
from gisapp.store.session import Session

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Roster:
    """All cadres on the staff on one day, by staff number."""

    ids: Ints
    staff_numbers: list[str]
    names: list[str]
    departments: list[str]
    """Names."""
    department_codes: list[str]
    staff: Flags
    """Whether they are staff, not leaders."""
    available: Flags
    capacity: Ints
    """Posts at once."""
    office_ids: Ints
    offices: list[str]
    """Names."""
    places: Array
    """Shape (c, 2). Longitude, latitude of the office."""
    metres: Array
    """The same in the city's projection."""
    knows: Flags
    """Shape (c, s)."""


def roster(session: Session, day: date, specialties: list[str]) -> Roster:
    """Read all cadres on the staff on ``day``."""
    rows = session.execute(
        select(
            Cadre.id,
            Cadre.staff_number,
            Cadre.name,
            Cadre.rank,
            Cadre.capacity,
            Cadre.available_from,
            Cadre.available_to,
            Department.name.label("department"),
            Department.code.label("department_code"),
            Office.id.label("office_id"),
            Office.name.label("office"),
        )
        .join(Department, Cadre.department_id == Department.id)
        .join(Office, Cadre.office_id == Office.id)
        .where(valid_on(Cadre, day))
        .order_by(Cadre.staff_number)
    ).all()
    spots = dict(session.execute(select(Office.id, Office.place)).all())
    office = [spots[row.office_id] for row in rows]
    places = np.column_stack([shapely.get_x(office), shapely.get_y(office)]).reshape(-1, 2)
    ids = np.array([row.id for row in rows], np.int64)
    return Roster(
        ids,
        [row.staff_number for row in rows],
        [row.name for row in rows],
        [row.department for row in rows],
        [row.department_code for row in rows],
        np.array([row.rank == "staff" for row in rows], np.bool_),
        np.array([_open(row.available_from, row.available_to, day) for row in rows], np.bool_),
        np.array([row.capacity for row in rows], np.int64),
        np.array([row.office_id for row in rows], np.int64),
        [row.office for row in rows],
        places,
        frames.to_metres(places, installation.srid(session)) if rows else places,
        known(session).levels(ids, specialties) > 0,
    )


def _open(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True, slots=True)
class Known:
    """Who knows what and how well: several times as many rows as there are people."""

    cadre: Ints
    """Ids."""
    code: Ints
    """Positions in ``codes``."""
    level: Ints
    codes: list[str]

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        return 3 * self.cadre.nbytes + 200

    def levels(self, cadre_ids: Ints, specialties: list[str]) -> Ints:
        """Lay out levels, a row for each cadre, a column for each specialty; 0 is no knowledge."""
        found = np.zeros((len(cadre_ids), len(specialties)), np.int64)
        if not found.size or not self.cadre.size:
            return found
        order = np.argsort(cadre_ids)
        place = np.minimum(np.searchsorted(cadre_ids[order], self.cadre), len(order) - 1)
        row = order[place]
        at = {code: position for position, code in enumerate(specialties)}
        column = np.array([at.get(code, -1) for code in self.codes], np.int64)[self.code]
        here = (cadre_ids[row] == self.cadre) & (column >= 0)
        found[row[here], column[here]] = self.level[here]
        return found


def known(session: Session) -> Known:
    """Read what everybody knows; units of work that only read share it until the data change."""
    if not session.keeps:
        return _known(session)
    kept = ("known", state.of_data(session))
    return session.kept(kept, lambda: _known(session), lambda found: found.size)


def _known(session: Session) -> Known:
    rows = session.execute(
        select(CadreSpecialty.cadre_id, CadreSpecialty.specialty_code, CadreSpecialty.level)
    ).all()
    cadre, code, level = zip(*rows, strict=True) if rows else ((), (), ())
    codes = sorted(set(code))
    at = {one: position for position, one in enumerate(codes)}
    return Known(
        np.array(cadre, np.int64),
        np.array([at[one] for one in code], np.int64),
        np.array(level, np.int64),
        codes,
    )


def recusals(
    session: Session, day: date, cadre_ids: Ints, grid_codes: list[str]
) -> tuple[Ints, Ints]:
    """Pair grids with the cadres who must not serve them; both as positions, grids sorted."""
    row = {cadre: position for position, cadre in enumerate(cadre_ids.tolist())}
    rows = session.execute(
        select(Recusal.cadre_id, Recusal.place_code).where(valid_on(Recusal, day))
    )
    here = [(row[cadre], place) for cadre, place in rows if cadre in row]
    first, last = within([place for _, place in here], grid_codes)
    many = last - first
    # A run of consecutive positions for each recusal, all runs end to end.
    step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    who = np.array([cadre for cadre, _ in here], np.int64)
    return np.repeat(first, many) + step, np.repeat(who, many)


def measured_ways(session: Session) -> dict[tuple[int, str], float]:
    """Read the minutes that were measured, by office id and place code."""
    rows = session.execute(select(Travel.office_id, Travel.place_code, Travel.minutes))
    return {(office, place): minutes for office, place, minutes in rows}


def specialty_names(session: Session) -> dict[str, Name]:
    """Read what each specialty is called."""
    rows = session.execute(select(Specialty.code, Specialty.name_zh, Specialty.name_en))
    return {code: Name(zh, en) for code, zh, en in rows}


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is."""

    staff_number: str
    name: str
    department: str
    """Its name."""
    area_code: str
    """Of the department."""


def persons(session: Session) -> dict[int, Person]:
    """Read who everybody is, by id; also those who left the staff."""
    rows = session.execute(
        select(
            Cadre.id, Cadre.staff_number, Cadre.name, Department.name, Department.area_code
        ).join(Department, Cadre.department_id == Department.id)
    )
    return {row[0]: Person(*row[1:]) for row in rows}


def on_staff(session: Session, day: date, staff_number: str) -> int | None:
    """Find who has a staff number on ``day``: its id."""
    question = select(Cadre.id).where(valid_on(Cadre, day), Cadre.staff_number == staff_number)
    return session.scalars(question).one_or_none()
