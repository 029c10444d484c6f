"""A community of six grids in a row, one of each state of coverage and one more unserved."""

from datetime import UTC, date, datetime
from typing import Final

import shapely

from gisapp.auth import OPERATOR, Actor, Role
from gisapp.runtime import Runtime
from gisapp.store import installation, revisions
from gisapp.store.models import (
    Area,
    Assignment,
    Cadre,
    CadreSpecialty,
    Department,
    Dispute,
    Enterprise,
    Grid,
    Office,
    Plan,
    Post,
    Publication,
    Recusal,
    Slot,
)
from gisapp.store.reference import fill
from gisapp.store.session import Session

NOW: Final = datetime(2026, 11, 24, 4, tzinfo=UTC)
TODAY: Final = date(2026, 11, 24)
COMMUNITY: Final = "990101001001"
CODES: Final = [f"{COMMUNITY}{number:03d}" for number in range(1, 7)]
STATES: Final = ["unserved", "specialty_missing", "far", "stretched", "served", "unserved"]
PLANNER: Final = Actor("planner", Role.PLANNER, "990101")

HERE = {"area_code": COMMUNITY, "valid_from": date(2020, 1, 1)}
PEOPLE = {1: ("N", ["labour_law"]), 2: ("N", []), 3: ("F", []), 4: ("N", ["labour_law"])}
"""Cadre: office (near or far), specialties. The fourth holds no post."""
SEATS = [(2, 2), (3, 3), (4, 1), (5, 1)]
"""Grid and cadre. The first cadre has two grids, so half of 12 cases for each."""
DISPUTES = {1: 4, 2: 7, 4: 10, 5: 3}
"""Labour disputes of each grid in the last whole year."""


def build(runtime: Runtime) -> None:
    """Store the community, its people, its disputes and a published plan."""
    with runtime.sessions.write(OPERATOR, NOW) as session:
        fill(session)
        installation.make(session)
        installation.set_srid(session, 4547)
        _ground(session)
        _people(session)
        _plan(session)
        for grid, number in DISPUTES.items():
            session.add_all(
                Dispute(
                    case_number=f"{grid}-{which}",
                    category_code="labour",
                    grid_id=grid,
                    reported_on=date(2026, 8, 1),
                    area_code=COMMUNITY,
                )
                for which in range(number)
            )
        session.add_all(
            Enterprise(register_number=f"E{number}", name=name, grid_id=grid, place=place, **HERE)
            for number, (name, grid, place) in enumerate(
                [("=1+1 厂", 4, shapely.Point(114.035, 30.005)), ("无址公司", None, None)]
            )
        )


def _ground(session: Session) -> None:
    city = {"area_code": "990101001", "valid_from": date(2020, 1, 1)}
    session.add(Area(id=9, code="990101001", name="长堤街道", level="township", **city))
    session.flush()
    session.add(Area(id=1, code=COMMUNITY, name="02 社区", level="community", parent_id=9, **HERE))
    session.flush()
    session.add_all(
        Grid(id=number, code=code, name=f"{number:02d} 格", community_id=1, households=400, **HERE)
        for number, code in enumerate(CODES, 1)
    )
    session.flush()
    # Neighbours share their corners with the community: no sliver between straight lines.
    east = [114 + number / 100 for number in range(1, 8)]
    land = {
        number: shapely.MultiPolygon([shapely.box(west, 30, east[number], 30.01)])
        for number, west in enumerate(east[:-1], 1)
    }
    ring = [(x, 30.0) for x in east] + [(x, 30.01) for x in reversed(east)]
    whole = shapely.MultiPolygon([shapely.Polygon(ring)])
    revisions.record(session, land, {1: whole, 9: whole})


def _people(session: Session) -> None:
    session.add(Department(id=1, code="D1", name="司法局", headcount=40, **HERE))
    session.flush()
    places = {"N": shapely.Point(114.04, 30.005), "F": shapely.Point(114.3, 30.3)}
    offices = {
        code: Office(code=code, name=f"{code} 楼", department_id=1, place=place, **HERE)
        for code, place in places.items()
    }
    session.add_all(offices.values())
    session.flush()
    for number, (office, known) in PEOPLE.items():
        session.add(
            Cadre(
                id=number,
                staff_number=f"S{number}",
                name=f"顾{number}",
                department_id=1,
                office_id=offices[office].id,
                rank="staff",
                **HERE,
            )
        )
        session.flush()
        session.add_all(
            CadreSpecialty(cadre_id=number, specialty_code=code, area_code=COMMUNITY)
            for code in known
        )


def _plan(session: Session) -> None:
    session.add_all(
        Post(id=number, code=f"{code}:member", role="member", grid_id=number, **HERE)
        for number, code in enumerate(CODES, 1)
    )
    session.flush()
    session.add_all(
        Slot(id=number, post_id=number, number=1, area_code=COMMUNITY) for number in range(1, 7)
    )
    session.add(
        Plan(
            id=1,
            number=1,
            area_code="990101",
            parameters={},
            input_digest="",
            score={},
            created_at=NOW,
            created_by="planner",
        )
    )
    session.flush()
    session.add_all(
        Assignment(
            plan_id=1,
            post_id=grid,
            slot_id=grid,
            cadre_id=cadre,
            area_code=COMMUNITY,
            why={"travel_min": 500},
        )
        for grid, cadre in SEATS
    )
    session.flush()
    session.add(
        Publication(
            mode="normal",
            starts_on=date(2026, 1, 1),
            plan_id=1,
            area_code="990101",
            published_at=NOW,
            published_by="planner",
        )
    )


def recuse(session: Session, cadre: int, place: str) -> None:
    """Forbid a cadre to serve a place."""
    session.add(Recusal(cadre_id=cadre, place_code=place, **HERE))
