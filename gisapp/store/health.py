"""What the database is made of, and whether its spatial indexes are whole."""

from sqlalchemy import Engine, func, inspect, select

from gisapp.store.models import Base
from gisapp.store.types import Shape

SPATIALITE = {
    "SQLite": func.sqlite_version(),
    "SpatiaLite": func.spatialite_version(),
    "GEOS": func.geos_version(),
    "PROJ": func.proj_version(),
}
POSTGIS = {
    "PostgreSQL": func.current_setting("server_version"),
    "PostGIS": func.postgis_lib_version(),
    "GEOS": func.postgis_geos_version(),
    "PROJ": func.postgis_proj_version(),
}


def versions(engine: Engine) -> dict[str, str]:
    """Ask the database for its own version and those of the libraries it works with."""
    parts = POSTGIS if engine.dialect.name == "postgresql" else SPATIALITE
    with engine.connect() as connection:
        return {name: str(connection.scalar(select(part))) for name, part in parts.items()}


def broken_indexes(engine: Engine) -> list[str]:
    """List the geometry columns whose spatial index is missing or does not fit the rows."""
    places = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Shape)
    ]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            looking = inspect(connection)
            whole = {
                (table, index["column_names"][0])
                for table, _ in places
                for index in looking.get_indexes(table)
                if index.get("dialect_options", {}).get("postgresql_using") == "gist"
            }
        else:
            whole = {
                (table, column)
                for table, column in places
                if connection.scalar(select(func.CheckSpatialIndex(table, column)))
            }
    return [f"{table}.{column}" for table, column in places if (table, column) not in whole]
