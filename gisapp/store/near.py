"""Questions about boxes that use the spatial index of either database."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, column, func, select, table

from gisapp.store.session import Session
from gisapp.store.types import SRID

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


def bbox_filter(session: Session, place: Any, box: Box) -> ColumnElement[bool]:
    """Keep the rows whose ``place`` (a geometry column of a model) touches the box.

    Bounding boxes are compared, not shapes. SpatiaLite never uses its index by itself: it is
    asked as the table it is, for the row ids.
    """
    west, south, east, north = box
    if session.get_bind().dialect.name == "postgresql":
        inside: ColumnElement[bool] = place.op("&&", is_comparison=True)(
            func.ST_MakeEnvelope(west, south, east, north, SRID)
        )
        return inside
    model = place.class_
    index = table(
        f"idx_{model.__table__.name}_{place.key}",
        *(column(name, Integer) for name in ("pkid",)),
        *(column(name) for name in ("xmin", "xmax", "ymin", "ymax")),
    )
    rows = select(index.c.pkid).where(
        index.c.xmax >= west, index.c.xmin <= east, index.c.ymax >= south, index.c.ymin <= north
    )
    (key,) = model.__table__.primary_key.columns
    found: ColumnElement[bool] = getattr(model, key.name).in_(rows)
    return found
