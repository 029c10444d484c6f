"""A county of square grids with its people, as small or as large as a test of plans needs it."""

from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
import shapely
from sqlalchemy import insert, select

from gisapp.auth import OPERATOR, Actor, Role
from gisapp.runtime import Runtime
from gisapp.store import installation, revisions
from gisapp.store.models import (
    Area,
    Cadre,
    CadreSpecialty,
    Department,
    Dispute,
    Grid,
    Office,
)
from gisapp.store.reference import fill
from gisapp.store.session import Session

NOW: Final = datetime(2026, 11, 24, 4, tzinfo=UTC)
TODAY: Final = date(2026, 11, 24)
COUNTY: Final = "990101"
TOWNSHIP: Final = "990101001"
PLANNER: Final = Actor("planner", Role.PLANNER, COUNTY)
LEADER: Final = Actor("leader", Role.LEADER, COUNTY)

SINCE: Final = {"valid_from": date(2020, 1, 1), "valid_to": None, "version": 1}
WIDTH: Final = 0.003
"""Of one grid, degrees."""
IN_COMMUNITY: Final = 10


def build(runtime: Runtime, grids: int = 20, cadres: int = 20, leaders: int = 2) -> None:
    """Store ``grids`` grids, ten to a community, and people of two departments in the middle.

    Each fourth cadre knows labour law; the first community has 24 labour disputes.
    """
    with runtime.sessions.write(OPERATOR, NOW) as session:
        fill(session)
        installation.make(session)
        installation.set_srid(session, 4547)
        _ground(session, grids)
        _people(session, cadres, leaders, int(np.sqrt(grids)) * WIDTH / 2)
        session.add_all(
            Dispute(
                area_code=f"{TOWNSHIP}001",
                case_number=f"N-{number}",
                category_code="labour",
                grid_id=1,
                reported_on=date(2026, 3, 1),
            )
            for number in range(24)
        )


def _ground(session: Session, grids: int) -> None:
    side = int(np.ceil(np.sqrt(grids)))
    row, column = np.divmod(np.arange(grids), side)
    west, south = 114 + column * WIDTH, 30 + row * WIDTH
    boxes = shapely.box(west, south, west + WIDTH, south + WIDTH)
    home = np.arange(grids) // IN_COMMUNITY
    codes = [f"990101{1 + n // 900:03d}{1 + n % 900:03d}" for n in range(home[-1] + 1)]
    townships = sorted({code[:9] for code in codes})
    areas = {COUNTY: "county"} | dict.fromkeys(townships, "township")
    areas |= dict.fromkeys(codes, "community")
    rows = [
        {"code": code, "area_code": code, "name": code, "level": level, **SINCE}
        for code, level in areas.items()
    ]
    session.execute(insert(Area), rows)
    known = {row.code: row.id for row in session.execute(select(Area.code, Area.id))}
    session.execute(
        insert(Grid),
        [
            {
                "id": n + 1,
                "code": f"{codes[home[n]]}{1 + n % IN_COMMUNITY:03d}",
                "area_code": codes[home[n]],
                "community_id": known[codes[home[n]]],
                "name": f"Grid {n + 1}",
                "kind": "base",
                "households": 300,
                "enterprises": 0,
                **SINCE,
            }
            for n in range(grids)
        ],
    )
    shapes = shapely.multipolygons(boxes, indices=np.arange(grids))
    outlines = {
        known[code]: shapely.MultiPolygon([shapely.box(*shapely.total_bounds(boxes[home == n]))])
        for n, code in enumerate(codes)
    }
    whole = shapely.MultiPolygon([shapely.box(*shapely.total_bounds(boxes))])
    outlines |= {known[code]: whole for code in townships}
    revisions.record(session, dict(enumerate(shapes, 1)), outlines)


def _people(session: Session, cadres: int, leaders: int, middle: float) -> None:
    for number, code in enumerate(("court", "labour"), 1):
        headcount = (cadres + leaders) // 2
        mine: dict[str, Any] = {"area_code": COUNTY, **SINCE}
        session.execute(
            insert(Department),
            {"id": number, "code": code, "name": code, "headcount": headcount} | mine,
        )
        place = shapely.Point(114 + middle, 30 + middle / number)
        office = {"id": number, "code": f"{code}-1", "name": code, "department_id": number}
        session.add(Office(**office, area_code=COUNTY, valid_from=SINCE["valid_from"], place=place))
    session.flush()
    session.execute(
        insert(Cadre),
        [
            {
                "id": n + 1,
                "staff_number": f"C{n + 1:05d}",
                "name": f"Cadre {n + 1}",
                "department_id": 1 + n % 2,
                "office_id": 1 + n % 2,
                "rank": "leader" if n >= cadres else "staff",
                "capacity": 2,
                "area_code": COUNTY,
                **SINCE,
            }
            for n in range(cadres + leaders)
        ],
    )
    session.execute(
        insert(CadreSpecialty),
        [
            {
                "cadre_id": n + 1,
                "specialty_code": "labour_law",
                "level": 2,
                "area_code": COUNTY,
            }
            for n in range(0, cadres, 4)
        ],
    )
