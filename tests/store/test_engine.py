import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from gisapp.auth import OPERATOR
from gisapp.store import schema
from gisapp.store.engine import (
    PATIENCE_S,
    WRITE,
    DatabaseBusy,
    DatabaseUnreachable,
    UnknownDatabase,
    open_engine,
)
from gisapp.store.models import Specialty
from tests.factories import NOW, Make

STRANGE = [
    "",
    "nonsense",
    "mysql://localhost/x",
    "sqlite://",
    "sqlite:///:memory:",
    "sqlite://tmp/town.sqlite",
    "postgresql+oracle",
    "postgresql+psycopg2://localhost/x",
    "postgresql+psycopg://localhost:port/x",
]

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""

BOTH_ORDERS = [
    "import gisapp.store.engine, shapely, pyproj, pyogrio",
    "import shapely, pyproj, pyogrio, gisapp.store.engine",
]


@pytest.mark.parametrize("imports", BOTH_ORDERS)
def test_whoever_is_imported_first_the_libraries_stay_apart(imports: str, tmp_path: Path) -> None:
    program = f"""
{imports}
before = pyproj.proj_version_str
engine = gisapp.store.engine.open_engine("sqlite:///{tmp_path / "town.sqlite"}")
gisapp.store.engine.init_spatial(engine)
assert shapely.union_all([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]).area == 2
assert pyproj.Transformer.from_crs(4326, 4549).transform(30, 120)
assert pyproj.proj_version_str == before
engine.dispose()
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("url", [*STRANGE])
def test_an_address_of_no_known_database_is_refused(url: str) -> None:
    with pytest.raises(UnknownDatabase):
        open_engine(url)


def test_writers_of_a_file_keep_it_safe(spatialite: str) -> None:
    engine = open_engine(spatialite)

    with engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        found = [connection.scalar(text(f"PRAGMA {name}")) for name in asked]
    engine.dispose()

    assert found == ["wal", 2, 1]


def test_two_who_read_and_then_write_take_turns(make: Make) -> None:
    make.commit()
    sessions = make.runtime.sessions

    def add() -> None:
        with sessions.write(OPERATOR, NOW) as session:
            row = session.get_one(Specialty, "police")
            session.refresh(row, with_for_update=True)
            row.name_en = f"{row.name_en}+"

    writers = [Thread(target=add) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with make.seen_by() as session:
        name = session.scalar(select(Specialty.name_en).where(Specialty.code == "police"))
    assert str(name).count("+") == 6


def test_what_fails_leaves_nothing_behind(make: Make) -> None:
    make.commit()

    def change_and_fail() -> None:
        with make.runtime.sessions.write(OPERATOR, NOW) as session:
            session.get_one(Specialty, "police").name_en = "Changed"
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change_and_fail()

    with make.seen_by() as session:
        assert session.get_one(Specialty, "police").name_en != "Changed"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    engine = open_engine(f"sqlite:///{tmp_path / 'file' / 'town.sqlite'}")

    with pytest.raises(DatabaseUnreachable):
        schema.upgrade(engine)


def test_a_writer_that_waits_too_long_is_told_that_another_writes(spatialite: str) -> None:
    engine = open_engine(spatialite)
    words = [sys.executable, "-c", HOLD, spatialite.removeprefix("sqlite:///")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"

        with engine.connect() as connection:
            connection.execute(text("PRAGMA busy_timeout = 10"))
            connection.rollback()
            with pytest.raises(DatabaseBusy):
                connection.execution_options(**{WRITE: True}).execute(text("SELECT 1"))

        other.communicate()
    engine.dispose()


def test_a_writer_waits_as_long_as_a_large_file_is_stored(spatialite: str) -> None:
    engine = open_engine(spatialite)

    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA busy_timeout")) == 1000 * PATIENCE_S
    engine.dispose()


def test_no_value_of_a_row_stands_in_an_error(spatialite: str) -> None:
    engine = open_engine(spatialite)

    with engine.connect() as connection, pytest.raises(OperationalError) as wrong:
        connection.execute(text("SELECT * FROM nosuch WHERE x = :x"), {"x": "secret"})

    assert "secret" not in str(wrong.value)
    engine.dispose()
