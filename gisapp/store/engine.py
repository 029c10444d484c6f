"""Opens PostGIS or SpatiaLite; the only place, with types.py, that knows which."""

# isort: off
# These bring their own GEOS and PROJ and must be bound before SpatiaLite is
# loaded into the process, or its libraries capture their symbols and it dies.
import shapely  # noqa: F401
import pyproj  # noqa: F401
import pyogrio  # noqa: F401

# isort: on
import importlib
import os
import re
import sys
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, ExceptionContext, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from gisapp.errors import InvalidInput, Unavailable
from gisapp.i18n import N_

SYSTEMS = (4326, 4490, 3857)
WRITE = "gisapp_write"


class UnknownDatabase(InvalidInput):
    """The address of the database names neither of the two engines."""

    code = "unknown_database"
    message = N_(
        "GISAPP_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://; "
        "this one does not."
    )


class NoSpatialite(Unavailable):
    """SpatiaLite cannot be loaded by this Python or on this machine."""

    code = "no_spatialite"
    message = N_("SpatiaLite cannot be loaded. Install libsqlite3-mod-spatialite, then try again.")


class DatabaseUnreachable(Unavailable):
    """Nobody answers, or what answers is no database of ours."""

    code = "database_unreachable"
    message = N_("The database {name} cannot be opened. Check GISAPP_DATABASE_URL and its server.")


class DatabaseBusy(Unavailable):
    """Another program holds the database, or what is to be changed in it, for too long."""

    code = "database_busy"
    message = N_(
        "Something else writes to the database, a large file perhaps. Nothing was changed; "
        "try again in a minute."
    )


class DatabaseReadOnly(Unavailable):
    """The database can be read and not written."""

    code = "database_read_only"
    message = N_("The database can only be read. Check the rights of its file or its server.")


class DatabaseFull(Unavailable):
    """The disk under the database is full."""

    code = "database_full"
    message = N_("The disk of the database is full. Nothing was changed; make room.")


class EndsBeforeStart(InvalidInput):
    """Something stored would end before it starts."""

    code = "dates_reversed"
    message = N_("Something would end before the day on which it starts. Correct its dates.")


class CodeTaken(InvalidInput):
    """Two rows with one code would hold on one day."""

    code = "code_taken"
    message = N_("A code is already in use on some of these days. Codes are unique on every day.")


class PublicationsOverlap(InvalidInput):
    """Two publications of one area and mode would hold on one day."""

    code = "publications_overlap"
    message = N_("Another plan is in force in this area on some of these days.")


PATIENCE_S: Final = 15
"""How long a writer waits for another one: 100,000 points are stored in about as many seconds."""

DATES = re.compile(r"\bck_\w+_dates\b")

TROUBLES: dict[object, type[Unavailable]] = {
    5: DatabaseBusy,
    6: DatabaseBusy,
    8: DatabaseReadOnly,
    13: DatabaseFull,
    "55P03": DatabaseBusy,
    "40P01": DatabaseBusy,
    "25006": DatabaseReadOnly,
    "53100": DatabaseFull,
}
"""By SQLite's primary result code, and by PostgreSQL's SQLSTATE."""


def open_engine(url: str) -> Engine:
    """Open the database that ``url`` names; nothing is asked of it yet."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as wrong:  # a port that is no number is a ValueError
        raise UnknownDatabase from wrong
    name = address.drivername
    if name in {"postgresql", "postgresql+psycopg"}:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 2, "options": "-c lock_timeout=3s"},
        )
    elif name == "sqlite" and not address.host and address.database not in {None, "", ":memory:"}:
        engine = _open_spatialite(url)
    else:
        raise UnknownDatabase
    event.listen(engine, "handle_error", _say_what_users_cause)
    return engine


def broken_rule(wrong: BaseException | None) -> str:
    """Name the constraint or trigger that refused a row; empty when it was something else."""
    told = getattr(wrong, "diag", None)
    # SpatiaLite's triggers say their name and nothing else.
    return str(wrong) if told is None else told.constraint_name or ""


def _say_what_users_cause(context: ExceptionContext) -> None:
    wrong = context.original_exception
    name = broken_rule(wrong)
    if name == "ex_publication":
        raise PublicationsOverlap from wrong
    if name.startswith("ex_"):
        raise CodeTaken from wrong
    if DATES.search(name):
        raise EndsBeforeStart from wrong
    kind = TROUBLES.get(getattr(wrong, "sqlite_errorcode", 0) & 0xFF) or TROUBLES.get(
        getattr(wrong, "sqlstate", None)
    )
    if kind is not None:
        raise kind from wrong
    if context.is_disconnect and not context.is_pre_ping and context.engine is not None:
        raise DatabaseUnreachable(name=context.engine.url.database) from wrong


def make_folder(engine: Engine) -> None:
    """Make the folder in which a database of one file is to lie."""
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database or "")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            raise DatabaseUnreachable(name=path.name) from wrong


def init_spatial(engine: Engine) -> None:
    """Make the database spatial; harmless when it already is."""
    with engine.execution_options(**{WRITE: True}).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS btree_gist")
        elif not connection.scalar(select(func.CheckSpatialMetaData())):
            # 0: we are in a transaction already.
            connection.scalar(select(func.InitSpatialMetaData(0, "EMPTY")))
            for system in SYSTEMS:
                connection.scalar(select(func.InsertEpsgSrid(system)))


def _open_spatialite(url: str) -> Engine:
    engine = create_engine(
        url, module=_driver(), hide_parameters=True, connect_args={"timeout": PATIENCE_S}
    )
    library = _library()

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN, not the driver
        try:
            connection.enable_load_extension(True)
            connection.load_extension(library)
            connection.enable_load_extension(False)
        except Exception as wrong:
            raise NoSpatialite from wrong
        # SpatiaLite sets a patience of its own, so ours comes after it.
        patience = f"busy_timeout={1000 * PATIENCE_S}"
        for pragma in (patience, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A writer that first reads and then writes fails at once when another
        # wrote in between, whatever the busy timeout: so it locks first.
        write = connection.get_execution_options().get(WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _driver() -> Any:
    # Pythons built by pyenv and by Apple leave extension loading out; pysqlite3
    # is the same module compiled with it.
    for name in ("sqlite3", "pysqlite3"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        if hasattr(module.Connection, "enable_load_extension"):
            return module
    raise NoSpatialite


def _library() -> str:
    if named := os.environ.get("SPATIALITE_LIBRARY_PATH"):
        return named
    folders = ["/usr/lib", "/usr/lib64", "/opt/homebrew/lib", "/usr/local/lib", f"{sys.prefix}/lib"]
    for folder in [*Path("/usr/lib").glob("*-linux-gnu"), *map(Path, folders)]:
        for name in ("mod_spatialite.so", "mod_spatialite.dylib"):
            if (folder / name).exists():
                return str(folder / name)
    return "mod_spatialite"
