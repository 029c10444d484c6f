"""Creates and upgrades the tables, and says whether they are of this program's version."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, column, inspect, select, table
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from gisapp.errors import Unavailable
from gisapp.i18n import N_
from gisapp.store.engine import WRITE, DatabaseUnreachable, init_spatial, make_folder
from gisapp.store.installation import NotMade

HISTORY: Final = Path(__file__).parent / "migrations"

VERSIONS: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
)
"""The history, oldest first; a test compares it with the files. Alembic loads too slowly to be
asked at every start."""

VERSION_TABLE: Final = table("alembic_version", column("version_num"))


class DatabaseTooOld(Unavailable):
    """The tables are of an earlier version of the program."""

    code = "database_too_old"
    message = N_("The database is of an earlier version. Run “gisapp init” to upgrade it.")


class DatabaseTooNew(Unavailable):
    """The tables are of a later version of the program."""

    code = "database_too_new"
    message = N_("The database is of a later version ({version}). Install a newer gisapp.")


class DatabaseAbsent(Unavailable):
    """There is no file where the database is to lie."""

    code = "database_absent"
    message = N_(
        "There is no database {name} there. Correct GISAPP_DATABASE_URL, or make it with "
        "“gisapp init”."
    )


def upgrade(engine: Engine) -> None:
    """Create the tables, or bring them to this program's version.

    An existing SpatiaLite file is copied beside itself first: the copy is the way back.
    """
    before = version(engine)
    if before == VERSIONS[-1]:
        return
    if before is not None:
        _refuse_newer(before)
        _copy(engine, before)
    make_folder(engine)
    init_spatial(engine)
    with engine.execution_options(**{WRITE: True}).connect() as connection:
        _run(connection, "upgrade", VERSIONS[-1])


def downgrade(engine: Engine, to: str = "base") -> None:
    """Go back to an earlier version; remove all tables where none is named."""
    with engine.execution_options(**{WRITE: True}).connect() as connection:
        _run(connection, "downgrade", to)


def check(engine: Engine) -> None:
    """Raise unless the database is reachable and of this program's version."""
    found = version(engine)
    if found is None:
        if _absent(engine):
            raise DatabaseAbsent(name=Path(engine.url.database or "").name)
        raise NotMade
    _refuse_newer(found)
    if found != VERSIONS[-1]:
        raise DatabaseTooOld


def version(engine: Engine) -> str | None:
    """Return the version of the tables; none when there are none."""
    if _absent(engine):
        return None  # asking would make an empty one
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(VERSION_TABLE.name):
                return None
            found: str | None = connection.scalar(select(VERSION_TABLE.c.version_num))
            return found
    except (OperationalError, ProgrammingError, DatabaseError) as wrong:
        # Without what the driver says: it may name the user, the host, the password.
        raise DatabaseUnreachable(name=Path(engine.url.database or "").name) from wrong


def _absent(engine: Engine) -> bool:
    """Say whether there is no file where a database of one file is to lie."""
    return engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists()


def _refuse_newer(found: str) -> None:
    if found not in VERSIONS:
        raise DatabaseTooNew(version=found)


def _copy(engine: Engine, before: str) -> None:
    if engine.dialect.name == "sqlite" and engine.url.database:
        moment = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        copy = f"{engine.url.database}.{before}.{moment}"
        with closing(engine.raw_connection()) as connection:
            # Of the driver itself: ours is always in a transaction, and that forbids it.
            connection.cursor().execute("VACUUM INTO ?", (copy,))


def _run(connection: Connection, command: str, version: str) -> None:
    from alembic import command as commands  # noqa: PLC0415  # half a second that no start needs
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(HISTORY).replace("%", "%%"))
    config.attributes["connection"] = connection
    with connection.begin():
        getattr(commands, command)(config, version)
