from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Point
from sqlalchemy import insert, select, text

from gisapp.store import near
from gisapp.store.models import Dispute, DisputePlace, Enterprise, Grid, GridShape
from gisapp.store.session import Session
from tests.factories import FIRST, TODAY, Make

BOX = (120.1, 30.1, 120.1015, 30.1015)
COLUMNS = [GridShape.boundary, Enterprise.place, DisputePlace.place]


def fill(make: Make, number: int = 2000) -> None:
    """Store many places on a lattice of 0.001 degrees."""
    make.grid("A")
    session = make.session
    grid = session.scalars(select(Grid)).one()
    x, y = 120 + np.arange(number) % 200 * 0.001, 30 + np.arange(number) // 200 * 0.02
    points = shapely.points(x, y)
    common = {"area_code": grid.area_code}
    firms = [
        common
        | {"register_number": f"E{k}", "name": "E", "place": point, "address": "", "version": 1}
        | {"valid_from": FIRST}
        for k, point in enumerate(points)
    ]
    session.execute(insert(Enterprise), firms)
    cases = [
        common
        | {"case_number": f"C{k}", "category_code": "other", "reported_on": FIRST}
        | {"epidemic": False, "enterprise_related": False, "status": "closed", "version": 1}
        for k in range(number)
    ]
    session.execute(insert(Dispute), cases)
    keys = session.scalars(select(Dispute.id).order_by(Dispute.case_number)).all()
    where = [
        common | {"dispute_id": key, "place": point, "erase_on": TODAY}
        for key, point in zip(keys, points, strict=True)
    ]
    session.execute(insert(DisputePlace), where)
    shapes = [
        common
        | {"grid_id": grid.id, "digest": str(k)}
        | {
            "boundary": MultiPolygon(
                [shapely.box(*point.coords[0], point.x + 0.001, point.y + 0.001)]
            )
        }
        for k, point in enumerate(points)
    ]
    session.execute(insert(GridShape), shapes)


def explained(session: Session, question: Any) -> str:
    """Ask the database how it would answer."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        for name in ("grid_shape", "enterprise", "dispute_place"):
            connection.execute(text(f"ANALYZE {name}"))
    plain = question.compile(connection, compile_kwargs={"literal_binds": True})
    word = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    rows = connection.exec_driver_sql(f"{word} {plain}".replace("%", "%%")).all()
    return "\n".join(str(row) for row in rows)


def test_a_box_is_answered_by_the_spatial_index(make: Make) -> None:
    fill(make)

    for place in COLUMNS:
        question = select(place.class_.area_code).where(near.bbox_filter(make.session, place, BOX))
        plan = explained(make.session, question)

        assert f"idx_{place.class_.__tablename__}_{place.key}" in plan, plan
        if "VIRTUAL TABLE" in plan:
            assert f"SEARCH {place.class_.__tablename__} USING INTEGER PRIMARY KEY" in plan, plan


def test_a_box_finds_what_lies_in_it(make: Make) -> None:
    fill(make, 400)
    west, south, east, north = box = (120.0105, 29.99, 120.0195, 30.01)
    place = Enterprise.place

    found = make.session.scalars(select(place).where(near.bbox_filter(make.session, place, box)))

    everything: list[Point] = list(make.session.scalars(select(place)))
    inside = [one for one in everything if west <= one.x <= east and south <= one.y <= north]
    assert sorted(one.wkt for one in found) == sorted(one.wkt for one in inside)
    assert len(inside) == 9


def test_a_box_is_narrowed_too(make: Make) -> None:
    make.enterprise(make.grid("A"))
    make.enterprise(make.grid("B", community="990002001001"))
    county = [make.viewer(make.cadre())]

    with make.seen_by(county[0]) as session:
        question = select(Enterprise).where(
            near.bbox_filter(session, Enterprise.place, (0, 0, 180, 90))
        )
        found = session.scalars(question).all()

    assert found == []
