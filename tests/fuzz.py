"""``make fuzz``: files built to break the gate, then mutated ones, through the whole import.

``make fuzz ARGS="--files 2000"``. Built files go each through a reader started afresh, mutated ones
through readers forked from a warm parent. Nothing may crash, nothing but the file's own content
may come out, nobody may be called on the network, and an import is whole or leaves nothing.
"""

import argparse
import os
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from gisapp.actions import import_reading, imports
from gisapp.auth import OPERATOR
from gisapp.errors import InvalidInput
from gisapp.intake.faults import ReaderFailed
from gisapp.intake.limits import LIMITS, MEGABYTE
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store.engine import open_engine
from gisapp.store.models import Batch, Enterprise
from gisapp.store.schema import upgrade
from tests.factories import COUNTY, Make
from tests.intake.built import square
from tests.intake.hostile_files import MARKER, Hostile, all_of_them
from tests.intake.mutated import mutated, seeds
from tests.intake.warm import Warm

TIGHT = replace(LIMITS, cpu_seconds=20, wall_seconds=40, memory_bytes=1_500 * MEGABYTE)
SUFFIXES = (".shp.zip", ".csv.gz")


@dataclass(slots=True)
class Tally:
    """What became of the files, and every promise that was broken."""

    read: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    locks: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    """Files whose reader ended without a reason: no promise is broken, but somebody should look."""
    slowest: float = 0.0


@dataclass(slots=True)
class Listener:
    """Waits on the loopback for somebody who should not call."""

    tcp: socket.socket
    udp: socket.socket

    def called(self) -> bool:
        for ear in (self.tcp, self.udp):
            ear.setblocking(False)
        try:
            self.tcp.accept()
        except BlockingIOError:
            try:
                self.udp.recv(1)
            except BlockingIOError:
                return False
        return True


@dataclass(slots=True)
class Town:
    """An installation of its own, and the files that are brought to it."""

    runtime: Runtime
    folder: Path
    listener: Listener
    canary: Path
    tally: Tally

    def bring(self, name: str, data: bytes, *, enters: bool) -> None:
        suffix = next((end for end in SUFFIXES if name.endswith(end)), Path(name).suffix)
        path = self.folder / f"file{suffix}"
        path.write_bytes(data)
        before = self._counts()
        asked = import_reading.Asked(crs="EPSG:4326")
        started = time.perf_counter()
        stored = 0
        said = ""
        try:
            with self.runtime.sessions.write(OPERATOR, Make.now) as session:
                report = imports.import_file(session, "enterprises", path, asked, limits=TIGHT)
            code, stored = "stored", report.stored
            self.tally.locks.update(report.locks)
            if report.read != report.stored + report.refused:
                self._broken(name, "rows were lost")
        except InvalidInput as wrong:
            code, said = wrong.code, repr((str(wrong), getattr(wrong, "findings", "")))
            if isinstance(wrong, ReaderFailed):
                self.tally.unnamed.append(name)
        except Exception as wrong:  # noqa: BLE001  # this is what we look for
            code = "crash"
            self._broken(name, repr(wrong)[:300])
        took = time.perf_counter() - started
        self.tally.slowest = max(self.tally.slowest, took)
        self.tally.codes[code] += 1
        after = self._counts()
        if code == "stored" and not enters:
            self._broken(name, "was to be refused")
        if after[0] - before[0] != (code == "stored"):
            self._broken(name, f"half an import: {before} {after}")
        if after[1] - before[1] > stored:
            self._broken(name, "more was stored than said")
        if MARKER in said or self._leaked() or touched(self.canary):
            self._broken(name, "the canary sings")
            watch(self.canary)
        if self.listener.called():
            self._broken(name, "called on the network")

    def _broken(self, name: str, what: str) -> None:
        self.tally.broken.append(f"{name}: {what}")

    def _counts(self) -> tuple[int, int]:
        with self.runtime.sessions.read(OPERATOR, Make.now) as session:
            counts = [
                session.scalar(select(func.count()).select_from(model)) or 0
                for model in (Batch, Enterprise)
            ]
        return counts[0], counts[1]

    def _leaked(self) -> bool:
        with self.runtime.sessions.read(OPERATOR, Make.now) as session:
            found = select(Enterprise.id).where(Enterprise.name.contains(MARKER))
            return session.scalar(found.limit(1)) is not None


def watch(path: Path) -> None:
    """Make the file look as if nobody had read it since it was written."""
    os.utime(path, (0, 1_000_000_000))


def touched(path: Path) -> bool:
    """Say whether somebody read the file: the system notes the first time after `watch`."""
    return path.stat().st_atime != 0


def main(files: int, built: int | None, seed: int) -> int:
    """Bring the files and print what became of them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        canary = folder / "canary.csv"
        canary.write_text(f"register_number,name\n{MARKER},{MARKER}\n")
        watch(canary)
        if MARKER not in canary.read_text() or not touched(canary):
            raise SystemExit("this file system does not note who reads; set TMPDIR to another")
        watch(canary)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        runtime = _runtime(folder)
        stack.callback(runtime.close)
        ports = tcp.getsockname()[1], udp.getsockname()[1]
        listener = Listener(tcp, udp)
        hostile = list(all_of_them(canary, *ports))[:built]
        fresh = Town(runtime, folder, listener, canary, Tally())
        started = time.perf_counter()
        for file in hostile:
            fresh.bring(file.name, file.data, enters=file.enters)
        _table("built, each in a fresh reader", fresh.tally, time.perf_counter() - started)
        warm = stack.enter_context(Warm())
        forked = Town(runtime, folder, listener, canary, Tally())
        import_reading.content = warm.content
        started = time.perf_counter()
        for file in _drawn(hostile, canary, ports[0], files, seed, folder):
            forked.bring(file.name, file.data, enters=True)
        _table("mutated, forked from a warm reader", forked.tally, time.perf_counter() - started)
        ended = Counter(each.signal for each in warm.ended)
        peak = max((each.peak_mb for each in warm.ended), default=0)
        print(f"\nreaders ended by signal (0: none): {dict(ended)}; peak {peak:.0f} MB")  # noqa: T201
    return 1 if fresh.tally.broken or forked.tally.broken else 0


def _drawn(
    hostile: list[Hostile], canary: Path, port: int, files: int, seed: int, folder: Path
) -> Iterator[Hostile]:
    whole = seeds(folder)
    others = [file for file in hostile if len(file.data) < 100_000]
    for number in range(files):
        dice = random.Random(f"{seed}-{number}")  # noqa: S311  # the same files every time
        file = dice.choice(others) if dice.random() < 0.3 else dice.choice(whole)
        data = mutated(file.name, file.data, dice, str(canary), port)
        yield replace(file, name=f"{number}-{file.name}", data=data)


def _runtime(folder: Path) -> Runtime:
    url = f"sqlite:///{folder / 'town.sqlite'}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    runtime = Runtime.open(Settings(database_url=url))
    make = Make(runtime)
    make.grid(code=f"{COUNTY}001001001", shape=square(), households=300)
    make.commit()
    make.close()
    return runtime


def _table(name: str, tally: Tally, seconds: float) -> None:
    files = sum(tally.codes.values())
    out: list[str] = [f"\n## {name}\n", "| outcome | files |", "| --- | ---: |"]
    out += [f"| {code} | {count} |" for code, count in tally.codes.most_common()]
    out.append(f"\n{files} files in {seconds:.0f} s, the slowest {tally.slowest:.1f} s")
    out.append(f"locks of the readers that told them: {dict(tally.locks)}")
    out.append(f"readers that gave no reason: {', '.join(tally.unnamed) or 'none'}")
    out.append(f"promises broken: {len(tally.broken)}")
    out += [f"- {each}" for each in tally.broken]
    print("\n".join(out), flush=True)  # noqa: T201


def _words(words: list[str]) -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000, help="mutated files")
    parser.add_argument("--built", type=int, help="only so many of the built files")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(words)


if __name__ == "__main__":
    asked = _words(sys.argv[1:])
    sys.exit(main(asked.files, asked.built, asked.seed))
