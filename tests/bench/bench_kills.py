"""Imports killed at random moments: each leaves all of its file or nothing."""

import os
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import closing
from pathlib import Path
from select import select

import numpy as np
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from gisapp.intake import leftovers
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store.engine import open_engine
from gisapp.store.schema import upgrade
from tests import postgres
from tests.bench.rounds import say
from tests.factories import Make
from tests.kills import NOTHING, Victim

ROWS = 2_000
SHARE_OF_POSTGIS = 4
"""One in so many kills."""
MARGIN = 1.1
"""Some kills come too late."""
PATIENCE_S = 10.0


def main(sizes: list[int]) -> None:
    """Print one row for each database; half of the kills fall into the time of storing."""
    postgres.prepare()
    # Folders that a killed reader left are told from others, and are taken at any age.
    tempfile.tempdir = tempfile.mkdtemp(prefix="gisapp-kills-")
    leftovers.folder.__wrapped__.__defaults__ = (0.0,)  # type: ignore[attr-defined]
    say("| database | kills | nothing left | all there | in part | readers left | folders left |")
    say("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    try:
        for kills in sizes:
            folder = Path(tempfile.mkdtemp())
            _row("SpatiaLite", f"sqlite:///{folder}/town.sqlite", folder, kills)
            if (server := postgres.address()) is not None:
                name = f"kills_{uuid.uuid4().hex[:12]}"
                admin = create_engine(server, isolation_level="AUTOCOMMIT")
                with closing(admin.connect()) as connection:
                    connection.execute(text(f"CREATE DATABASE {name}"))
                url = make_url(server).set(database=name).render_as_string(hide_password=False)
                _row("PostGIS", url, folder, kills // SHARE_OF_POSTGIS)
    finally:
        postgres.stop()


def _row(name: str, url: str, folder: Path, kills: int) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    runtime = Runtime.open(Settings(database_url=url))
    make = Make(runtime)
    make.grid()
    make.commit()
    runtime.close()
    victim = Victim(url, folder, ROWS)
    whole, storing = (victim.after(run, PATIENCE_S, stored=bool(run)) for run in (0, 1))
    rng = np.random.default_rng(1)
    found: Counter[str] = Counter()
    for run in range(2, 2 + kills):
        stored = run % 2 == 0
        victim.after(run, rng.uniform(0, MARGIN * (storing if stored else whole)), stored=stored)
        left = victim.left(run)
        found["nothing" if left == NOTHING else "all" if left == victim.whole else "part"] += 1
    readers = _readers()
    victim.after(1 + 2 * kills, PATIENCE_S, stored=False)
    folders = len(list(Path(tempfile.gettempdir()).glob("gisapp-*")))
    counts = [found[one] for one in ("nothing", "all", "part")]
    say(f"| {name} | {kills} | " + " | ".join(map(str, [*counts, readers, folders])) + " |")


def _readers() -> int:
    """Count the readers of killed imports that still run after a moment."""
    end = time.monotonic() + PATIENCE_S
    while (number := sum(map(_reads, Path("/proc").glob("[0-9]*")))) and time.monotonic() < end:
        select([], [], [], 0.1)
    return number


def _reads(process: Path) -> bool:
    try:
        words = (process / "cmdline").read_bytes()
        return b"gisapp.intake.reader" in words and os.fsencode(tempfile.gettempdir()) in words
    except OSError:
        return False


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [200])
