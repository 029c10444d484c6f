"""A PostgreSQL server of the suite's own, where nobody names one."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STATE = "TEST_POSTGRES_STATE"
"""Names the folder that the workers of one run share; the first of them starts the server."""

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off"


def prepare() -> None:
    """Make the shared folder, before any worker is started."""
    os.environ.setdefault(STATE, tempfile.mkdtemp(prefix="gisapp-tests-"))


def address() -> str | None:
    """Return the address of the run's server, started when first asked for; none without one."""
    if named := os.environ.get("TEST_POSTGIS_URL"):
        return named
    state = Path(os.environ[STATE])
    with _locked(state / "lock"):
        known = state / "address"
        if not known.exists():
            program = _program("pg_ctl")
            known.write_text("" if program is None else _start(state, program))
        return known.read_text() or None


def stop() -> None:
    """Stop the run's server, if one was started, and remove what it wrote."""
    state = Path(os.environ.pop(STATE))
    data = state / "data"
    if data.exists():
        subprocess.run(
            [*_as_postgres(), _program("pg_ctl"), "-D", data, "-m", "immediate", "stop"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    shutil.rmtree(state)


def _start(state: Path, program: str) -> str:
    data, port = state / "data", _free_port()
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(state, "postgres")
    state.chmod(0o755)
    init = [_program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"]
    subprocess.run([*_as_postgres(), *init], check=True, stdout=subprocess.DEVNULL)
    options = f"-p {port} -h 127.0.0.1 -k {state} {OPTIONS}"
    start = [program, "-D", data, "-l", state / "log", "-o", options, "-w", "start"]
    subprocess.run([*_as_postgres(), *start], check=True, stdout=subprocess.DEVNULL)
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


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
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
