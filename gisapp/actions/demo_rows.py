"""Stores the invented town: its rows, table by table, in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import shapely
from sqlalchemy import insert, select

from gisapp.actions.import_places import erase_on
from gisapp.demo.economy import Floats, inside
from gisapp.demo.naming import Areas
from gisapp.demo.town import Town
from gisapp.store import models as m
from gisapp.store import revisions
from gisapp.store.session import Session

SINCE: Final = date(2020, 1, 1)
"""Everything in the town has been there since this day."""
CHUNK: Final = 20_000
"""Rows sent at once; so many dictionaries are in memory."""
BACK_DAYS: Final = 75
"""Who is not available comes back so many days later."""
SERVICES: Final = ("visit", "legal_checkup", "case_talk", "mediation", "outreach", "research_day")
SERVICE_DAYS: Final = 180
PER_GRID: Final = 0.7
"""Services reported for each grid in those days."""

Columns = Mapping[str, Sequence[Any]]


def store(session: Session, town: Town, seed: int) -> None:
    """Store every row of ``town`` in an empty database and record its boundaries."""
    rng = np.random.default_rng(seed)
    grids, communities = _ground(session, town)
    cadres = _people(session, town, rng)
    _context(session, town)
    _enterprises(session, town, grids, communities)
    _disputes(session, town, grids, communities, rng)
    _services(session, town, grids, communities, cadres, rng)


def _put(session: Session, model: type[m.Base], columns: Columns, **same: Any) -> None:
    """Insert equally long columns; ``same`` holds what is alike in every row."""
    connection = session.connection()
    statement = insert(model.__table__)  # type: ignore[arg-type]  # a mapped class has a table
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    for part in _parts(rows):
        connection.execute(statement, [dict(zip(names, row, strict=True)) | same for row in part])


def _parts(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    part: list[tuple[Any, ...]] = []
    for row in rows:
        part.append(row)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part


def _ids(session: Session, key: Any, number: Any, codes: Sequence[str]) -> list[int]:
    """Return the ids that the database gave to rows with these codes."""
    found = {code: row for code, row in session.execute(select(key, number))}  # noqa: C416
    return [found[code] for code in codes]


def _ground(session: Session, town: Town) -> tuple[list[int], list[str]]:
    """Store the tree and the shapes; return the ids of the grids and their community codes."""
    levels = town.ground.levels
    above: list[int] = []
    shapes: dict[int, Any] = {}
    for level, name in (
        (levels.city, "city"),
        (levels.counties, "county"),
        (levels.townships, "township"),
        (levels.communities, "community"),
    ):
        above = _areas(session, level, name, above)
        shapes |= zip(above, level.shape, strict=True)
    parent = levels.grids.parent.tolist()
    code = [levels.communities.code[row] for row in parent]
    _put(
        session,
        m.Grid,
        {
            "code": levels.grids.code,
            "area_code": code,
            "community_id": [above[row] for row in parent],
            "name": town.residents.name,
            "kind": town.residents.kind,
            "households": town.residents.households.tolist(),
            "population": town.residents.population.tolist(),
        },
        valid_from=SINCE,
    )
    grids = _ids(session, m.Grid.code, m.Grid.id, levels.grids.code)
    revisions.record(session, dict(zip(grids, levels.grids.shape, strict=True)), shapes)
    return grids, code


def _areas(session: Session, level: Areas, name: str, above: list[int]) -> list[int]:
    parents = [above[row] if above else None for row in level.parent.tolist()]
    columns: Columns = {
        "code": level.code,
        "area_code": level.code,
        "name": level.name,
        "parent_id": parents,
    }
    _put(session, m.Area, columns, level=name, valid_from=SINCE)
    return _ids(session, m.Area.code, m.Area.id, level.code)


def _context(session: Session, town: Town) -> None:
    levels, lines = town.ground.levels, town.ground.lines
    columns: Columns = {
        "area_code": [
            levels.city.code[0] if line.area < 0 else levels.counties.code[line.area]
            for line in lines
        ],
        "kind": [line.kind for line in lines],
        "name": [line.name for line in lines],
        "shape": [line.shape for line in lines],
    }
    _put(session, m.Context, columns)


def _people(session: Session, town: Town, rng: np.random.Generator) -> list[int]:
    """Store departments, offices, cadres and their ties; return the ids of the cadres."""
    people = town.people
    departments, offices, cadres = people.departments, people.offices, people.cadres
    columns: Columns = {
        "code": departments.code,
        "area_code": departments.area,
        "name": departments.name,
        "kind": departments.kind,
        "headcount": departments.headcount,
    }
    _put(session, m.Department, columns, valid_from=SINCE)
    department = _ids(session, m.Department.code, m.Department.id, departments.code)
    columns = {
        "code": offices.code,
        "area_code": [departments.area[row] for row in offices.department],
        "name": offices.name,
        "address": offices.address,
        "department_id": [department[row] for row in offices.department],
        "place": _points(people.office_place),
    }
    _put(session, m.Office, columns, valid_from=SINCE)
    office = _ids(session, m.Office.code, m.Office.id, offices.code)
    area = [departments.area[row] for row in cadres.department]
    columns = {
        "staff_number": cadres.staff_number,
        "area_code": area,
        "name": cadres.name,
        "department_id": [department[row] for row in cadres.department],
        "office_id": [office[row] for row in cadres.office],
        "rank": ["leader" if leader else "staff" for leader in cadres.leader],
        "capacity": cadres.capacity,
        "available_from": _available_from(session.today, town, rng),
    }
    _put(session, m.Cadre, columns, valid_from=SINCE)
    cadre = _ids(session, m.Cadre.staff_number, m.Cadre.id, cadres.staff_number)
    known = [
        (cadre[row], area[row], specialty, level)
        for row, knows in enumerate(cadres.knows)
        for specialty, level in knows.items()
    ]
    columns = _columns(("cadre_id", "area_code", "specialty_code", "level"), known)
    _put(session, m.CadreSpecialty, columns)
    # No telephone number begins with 100 and has eleven digits.
    phones: Columns = {
        "cadre_id": cadre,
        "area_code": area,
        "phone": [f"100{row:08d}" for row in range(len(cadre))],
    }
    _put(session, m.CadrePhone, phones)
    barred = [(cadre[row], area[row], place) for row, place in people.recusals]
    columns = _columns(("cadre_id", "area_code", "place_code"), barred)
    _put(session, m.Recusal, columns, valid_from=SINCE)
    ties = [(department[row], departments.area[row], place) for row, place in people.links]
    columns = _columns(("department_id", "area_code", "place_code"), ties)
    _put(session, m.Link, columns, valid_from=SINCE, kind="pair")
    return cadre


def _available_from(matched: date, town: Town, rng: np.random.Generator) -> list[date | None]:
    """Say since when each cadre may be sent: some only after the day of the plan in force."""
    cadres = town.people.cadres
    back = town.day + timedelta(days=BACK_DAYS)
    days = rng.integers(1, max((town.day - matched).days, 1) + 1, len(cadres.name)).tolist()
    return [
        back if away else min(matched + timedelta(days=after), town.day) if joined else None
        for away, joined, after in zip(cadres.away, cadres.joined, days, strict=True)
    ]


def _columns(names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> Columns:
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _points(xy: Floats) -> Sequence[Any]:
    points: list[Any] = np.asarray(shapely.points(xy)).tolist()
    return points


def _enterprises(session: Session, town: Town, grids: list[int], communities: list[str]) -> None:
    firms = town.enterprises
    grid = firms.grid.tolist()
    columns: Columns = {
        "register_number": firms.register_number,
        "area_code": [communities[row] for row in grid],
        "credit_code": firms.credit_code,
        "name": firms.name,
        "industry": firms.industry,
        "size": firms.size,
        "address": firms.address,
        "place": _points(firms.place),
        "grid_id": [grids[row] for row in grid],
    }
    _put(session, m.Enterprise, columns, valid_from=SINCE)


def _disputes(
    session: Session,
    town: Town,
    grids: list[int],
    communities: list[str],
    rng: np.random.Generator,
) -> None:
    """Store the disputes; the exact place only of those whose erase date has not come."""
    cases = town.disputes
    grid = cases.grid.tolist()
    resolved = cases.resolved.tolist()
    columns: Columns = {
        "case_number": cases.case_number,
        "area_code": [communities[row] for row in grid],
        "category_code": [town.categories[row] for row in cases.category.tolist()],
        "grid_id": [grids[row] for row in grid],
        "reported_on": cases.reported.tolist(),
        "accepted_on": cases.accepted.tolist(),
        "resolved_on": resolved,
        "status": cases.status,
        "resolved_level": cases.level,
        "enterprise_related": cases.enterprise.tolist(),
    }
    _put(session, m.Dispute, columns, epidemic=False)
    open_rows = np.flatnonzero(np.isnat(cases.resolved))
    at, shapes = cases.grid[open_rows], town.ground.levels.grids.shape
    still = select(m.Dispute.case_number, m.Dispute.id).where(m.Dispute.resolved_on.is_(None))
    keys = {number: row for number, row in session.execute(still)}  # noqa: C416  # rows, not pairs
    columns = {
        "dispute_id": [keys[cases.case_number[row]] for row in open_rows.tolist()],
        "area_code": [communities[grid[row]] for row in open_rows.tolist()],
        "place": _points(inside(shapes[at], town.ground.middle[at], rng)),
    }
    _put(session, m.DisputePlace, columns, erase_on=erase_on(None, town.day))


def _services(
    session: Session,
    town: Town,
    grids: list[int],
    communities: list[str],
    cadres: list[int],
    rng: np.random.Generator,
) -> None:
    """Store what cadres did in the last months, on working days and in their own county."""
    n = round(PER_GRID * len(grids))
    grid = rng.integers(0, len(grids), n)
    area = [town.people.departments.area[row] for row in town.people.cadres.department]
    of_county: dict[str, list[int]] = {}
    people = town.people.cadres
    for row, code in enumerate(area):
        if not (people.away[row] or people.joined[row]):
            of_county.setdefault(code, []).append(cadres[row])
    day = np.busday_offset(
        np.datetime64(town.day) - rng.integers(1, SERVICE_DAYS, n), 0, roll="backward"
    )
    local = [of_county[communities[row][:6]] for row in grid.tolist()]
    columns: Columns = {
        "kind": rng.choice(SERVICES, n).tolist(),
        "area_code": [communities[row] for row in grid.tolist()],
        "grid_id": [grids[row] for row in grid.tolist()],
        "cadre_id": [there[int(rng.integers(len(there)))] for there in local],
        "day": day.tolist(),
    }
    _put(session, m.Service, columns)
