"""Imports in a child that is killed, and what is left of them."""

import gc
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from select import select as select_files
from typing import Any

from sqlalchemy import event, func, select

from gisapp.actions import import_reading
from gisapp.actions.import_reading import Asked
from gisapp.actions.imports import import_file
from gisapp.auth import OPERATOR
from gisapp.settings import Settings
from gisapp.store.engine import open_engine
from gisapp.store.models import Audit, Batch, Dispute, DisputePlace
from gisapp.store.session import Sessions
from tests.factories import NOW
from tests.intake.built import content_here


@dataclass(frozen=True, slots=True)
class Left:
    """What of one file is in the database."""

    disputes: int
    places: int
    batches: int
    deeds: int


NOTHING = Left(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Victim:
    """A database into which children bring files of ``rows`` disputes."""

    url: str
    folder: Path
    rows: int

    @property
    def whole(self) -> Left:
        """What there is when all of a file came in."""
        return Left(self.rows, self.rows, 1, 1)

    def at_step(self, run: int, step: int) -> int:
        """Bring a file in a child that dies at a step: a statement, the commit, or its end.

        Returns how many steps it took when it did not die.
        """
        reading, writing = os.pipe()

        def body() -> None:
            steps = count(1)

            def next_step(*_: Any) -> None:
                if next(steps) == step:
                    os.kill(os.getpid(), signal.SIGKILL)

            import_reading.content = content_here
            self._bring(run, next_step)
            next_step()
            os.write(writing, str(next(steps) - 1).encode())

        os.waitpid(_forked(body), 0)
        os.close(writing)
        with os.fdopen(reading) as told:
            return int(told.read() or 0)

    def after(self, run: int, seconds: float, *, stored: bool) -> float:
        """Bring a file, read as it always is, in a child that is killed after a time.

        With ``stored`` the time counts from its first word to the database. Returns how long it
        lived.
        """
        reading, writing = os.pipe()

        def body() -> None:
            self._bring(run, lambda *_: os.write(writing, b"x"))

        child = _forked(body)
        os.close(writing)
        if stored:
            os.read(reading, 1)
        start = time.perf_counter()
        life = os.pidfd_open(child)
        ended, _, _ = select_files([life], [], [], seconds)
        if not ended:
            os.kill(child, signal.SIGKILL)
        took = time.perf_counter() - start
        os.waitpid(child, 0)
        for each in (life, reading):
            os.close(each)
        return took

    def left(self, run: int) -> Left:
        """Count what is in the database of one run's file."""
        with self.sessions() as sessions, sessions.read(OPERATOR, NOW) as session:
            mine = Dispute.case_number.startswith(f"R{run}-", autoescape=True)
            batches = session.scalars(select(Batch).where(Batch.file_name == f"run{run}.csv")).all()
            subjects = [f"batch {one.area_code}-{one.number}" for one in batches]
            placed = select(func.count()).select_from(DisputePlace)
            disputes, places, deeds = (
                session.scalar(one) or 0
                for one in (
                    select(func.count()).select_from(Dispute).where(mine),
                    placed.join(Dispute, Dispute.id == DisputePlace.dispute_id).where(mine),
                    select(func.count()).select_from(Audit).where(Audit.subject.in_(subjects)),
                )
            )
        return Left(disputes, places, len(batches), deeds)

    @contextmanager
    def sessions(self) -> Iterator[Sessions]:
        """Open the database anew, as the next program does."""
        engine = open_engine(self.url)
        try:
            yield Sessions(engine, Settings(database_url=self.url))
        finally:
            engine.dispose()

    def _bring(self, run: int, step: Callable[..., Any]) -> None:
        path = self.folder / f"run{run}.csv"
        lines = [
            f"R{run}-{n},other,2026-07-01,{120.0001 + n * 1e-7:.7f},30.001\n"
            for n in range(self.rows)
        ]
        path.write_text("case_number,category,reported_on,lon,lat\n" + "".join(lines))
        with self.sessions() as sessions:
            event.listen(sessions.engine, "before_cursor_execute", step)
            event.listen(sessions.engine, "commit", step)
            with sessions.write(OPERATOR, NOW) as session:
                import_file(session, "disputes", path, Asked(crs="EPSG:4326"))


def _forked(body: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    gc.disable()  # what the parent holds is the parent's to close
    code = 1
    try:
        body()
        code = 0
    finally:
        os._exit(code)
