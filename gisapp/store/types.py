"""Columns that are alike on both databases."""

from datetime import UTC, datetime
from typing import Any

from geoalchemy2 import Geometry
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

SRID = 4326
"""Every stored place is longitude/latitude in this system."""


class Shape(TypeDecorator[BaseGeometry]):
    """A geometry column that is Shapely on our side and lon/lat in the database."""

    impl = Geometry
    cache_ok = True

    def __init__(self, kind: str) -> None:
        super().__init__(geometry_type=kind, srid=SRID)

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> Any:
        return None if value is None else from_shape(value, srid=SRID)

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:
        return None if value is None else to_shape(value)


class Instant(TypeDecorator[datetime]):
    """An aware moment, UTC; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def code(length: int) -> String:
    """Return a text column that compares byte by byte on both databases."""
    plain = String(length)
    return plain.with_variant(String(length, collation="C"), "postgresql")


class clock(FunctionElement[datetime]):  # noqa: N801  # reads as a function does
    """The database's own clock: the one that all who share the database agree on."""

    type = Instant()
    inherit_cache = True


@compiles(clock, "postgresql")
def _clock_of_postgresql(element: clock, compiler: Any, **more: Any) -> str:
    return "clock_timestamp()"


@compiles(clock, "sqlite")
def _clock_of_sqlite(element: clock, compiler: Any, **more: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f', 'now')"
