"""A PostgreSQL server of the suite's own, where nobody names one."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

STATE = "TEST_POSTGRES_STATE"
"""Names the folder that the workers of one run share; the first of them starts the server."""

OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off "
    "-c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 "
    "-c track_counts=off -c track_activities=off -c log_checkpoints=off"
)


def prepare() -> None:
    """Make the shared folder, before any worker is started."""
    os.environ.setdefault(STATE, tempfile.mkdtemp(prefix="gisapp-tests-"))


def address() -> str | None:
    """Return the address of the run's server, started when first asked for; none without one."""
    if named := os.environ.get("TEST_POSTGIS_URL"):
        return named
    state = Path(os.environ[STATE])
    with locked(state / "lock"):
        known = state / "address"
        if not known.exists():
            program = _program("pg_ctl")
            known.write_text("" if program is None else _start(state, program))
        return known.read_text() or None


def create(name: str, template: str | None = None) -> None:
    """Make a database: without a table, or as the copy of another that nobody is connected to."""
    copied = "" if template is None else f" TEMPLATE {template}{_quickly()}"
    _say(f"CREATE DATABASE {name}{copied}")


def drop(name: str) -> None:
    """Drop a database, whoever is connected to it."""
    _say(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def database(template: str | None = None) -> Iterator[str]:
    """Make a database and drop it in the end; gives its address."""
    name = f"gisapp_{uuid.uuid4().hex[:12]}"
    create(name, template)
    yield _url(name)
    drop(name)


def template(name: str, make: Callable[[str], None], of: str | None = None) -> str:
    """Return the address of a database to be copied; the first worker of a run makes it for all."""
    told = Path(os.environ[STATE]) / f"{name}.template"
    with locked(told.with_suffix(".lock")):
        if not told.exists():
            made = f"gisapp_{name}_{uuid.uuid4().hex[:12]}"
            create(made, of)
            make(_url(made))
            told.write_text(made)
        return _url(told.read_text())


def stop() -> None:
    """Stop the run's server, if one was started, and remove what it wrote."""
    state = Path(os.environ.pop(STATE))
    if "TEST_POSTGIS_URL" in os.environ:
        for told in state.glob("*.template"):
            drop(told.read_text())
        leave()
    data = state / "data"
    if data.exists():
        subprocess.run(
            [*_as_postgres(), _program("pg_ctl"), "-D", data, "-m", "immediate", "stop"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    shutil.rmtree(state)


def _url(name: str) -> str:
    return make_url(str(address())).set(database=name).render_as_string(hide_password=False)


def leave() -> None:
    """Close this process's own connection to the server, if it has one."""
    if _server.cache_info().currsize:
        _server().dispose()
    _server.cache_clear()


@cache
def _server() -> Engine:
    # One connection for all: to begin one costs the server as much as to copy a database.
    return create_engine(str(address()), isolation_level="AUTOCOMMIT")


@cache
def _quickly() -> str:
    """How a copy costs half: older servers know no other way."""
    with _server().connect() as connection:
        version = connection.scalar(text("SELECT current_setting('server_version_num')::int"))
    return " STRATEGY FILE_COPY" if version >= 150000 else ""


def _say(statement: str) -> None:
    with _server().connect() as connection:
        connection.execute(text(statement))


def _start(state: Path, program: str) -> str:
    data, port = state / "data", _free_port()
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(state, "postgres")
    state.chmod(0o755)
    init = [_program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"]
    subprocess.run([*_as_postgres(), *init], check=True, stdout=subprocess.DEVNULL)
    options = f"-p {port} -h 127.0.0.1 -k {state} {OPTIONS}{_ahead()}"
    start = [program, "-D", data, "-l", state / "log", "-o", options, "-w", "start"]
    subprocess.run([*_as_postgres(), *start], check=True, stdout=subprocess.DEVNULL)
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


def _ahead() -> str:
    """Load PostGIS once for all: a connection that loads it for itself costs twice as much."""
    program = _program("postgres")
    there = program is not None and (Path(program).parents[1] / "lib" / "postgis-3.so").exists()
    return " -c shared_preload_libraries=postgis-3" if there else ""


def _as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _program(name: str) -> str | None:
    # Debian keeps the server's programs off the path.
    known = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(known[-1]) if known else shutil.which(name)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other worker of this run is in here."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
