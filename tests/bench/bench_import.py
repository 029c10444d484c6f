"""A large import with every check, and what the pages of the same computer notice of it.

The size is the number of points; for every twenty there is one grid. Files are read and stored by
programs of their own, as the server's workers do, on a fresh database each time.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyogrio
import shapely

from gisapp.cli.worker import BEHIND_PAGES
from gisapp.core.credit_code import SIGNS, check_digit
from tests.bench.rounds import busy, say
from tests.factories import COUNTY

POINTS_A_GRID = 20
ACROSS = 100
"""Grids in a row; ten of them are a community, fifty communities a township."""
SIDE = 0.005
WRONG = 0.01
"""Share of the enterprises that stand outside, have no place, or a code with a slip."""
PAGES = ("/map/coverage", "/healthz", "/api/v1/layers/coverage/rows?size=25")
STEPS = ("grids", "enterprises", "check")
PAUSE_S = 0.05
ROUNDS = 200
Answer = dict[str, Any]


def main(sizes: list[int]) -> None:
    """Print one table for each size."""
    for size in sizes or [100_000]:
        with tempfile.TemporaryDirectory() as name:
            _one(Path(name), size)
    say("")
    say(busy())


def _one(folder: Path, points: int) -> None:
    files = {"areas": folder / "areas.gpkg", "grids": folder / "grids.gpkg"}
    squares = _ground(files, points // POINTS_A_GRID)
    files["enterprises"] = _enterprises(folder / "enterprises.csv", squares, points)
    town = Town({"GISAPP_DATABASE_URL": f"sqlite:///{folder}/town.sqlite"})
    town.run("init")
    with town.served() as web:
        town.run("import", "areas", str(files["areas"]))
        took: dict[str, tuple[float, float]] = {}
        took["grids"], grids = town.run("import", "grids", str(files["grids"]))
        web.asked(ROUNDS // 4)  # what is kept is made, kernels are compiled
        held = web.megabytes()
        calm = web.asked(ROUNDS)
        words = ("import", "enterprises", str(files["enterprises"]), "--crs", "EPSG:4326")
        more: dict[str, Answer] = {}

        def rest() -> None:
            took["enterprises"], more["enterprises"] = town.run(*words)
            took["check"], more["check"] = town.run("check")

        at_work = web.beside(rest)
        grown = web.megabytes() - held
    with town.served() as web:
        web.asked(ROUNDS // 4)
        of_data = web.megabytes() - held
    found = more["enterprises"]
    say(f"{points:,} points and {len(squares):,} grids of 40 vertices")
    say("")
    say("| step | s | of the processors s |")
    say("| --- | ---: | ---: |")
    for name in (*STEPS, "all"):
        wall, work = (sum(took[each][n] for each in STEPS if name in {each, "all"}) for n in (0, 1))
        say(f"| {name} | {wall:.1f} | {work:.1f} |")
    say("")
    say(f"grids: {grids['stored']:,} of {grids['read']:,} stored")
    say(f"enterprises: {found['stored']:,} of {found['read']:,} stored")
    say(f"findings: {_many(found)} of the import, {_many(more['check'])} of the check")
    before, beside = _p95(calm), _p95(at_work)
    say(f"a page waits (p95): {before:.0f} ms before, {beside:.0f} ms beside it")
    say(f"ratio: {beside / before:.2f} ×")
    say(f"the web process grew by {grown:.0f} MB; one begun afterwards holds {of_data:.0f} MB more")


def _many(answer: Answer) -> str:
    return f"{len(answer['findings']):,}"


def _p95(waits: list[float]) -> float:
    return float(np.percentile(waits, 95)) * 1000


@dataclass(frozen=True, slots=True)
class Web:
    """A server, and how long its pages take."""

    process: int
    host: str

    def asked(self, rounds: int) -> list[float]:
        """Ask for the pages so many times; returns the seconds of each answer."""
        return list(self._answers(threading.Event(), rounds))

    def beside(self, work: Callable[[], None]) -> list[float]:
        """Ask for the pages as long as ``work`` is done; returns the seconds of each answer."""
        done, waited = threading.Event(), list[float]()
        asker = threading.Thread(target=lambda: waited.extend(self._answers(done, sys.maxsize)))
        asker.start()
        try:
            work()
        finally:
            done.set()
            asker.join()
        return waited

    def _answers(self, done: threading.Event, rounds: int) -> Iterator[float]:
        line = HTTPConnection(self.host, timeout=60)
        for page in islice(cycle(PAGES), rounds):
            if done.wait(PAUSE_S):
                break
            began = time.perf_counter()
            line.request("GET", page)
            answer = line.getresponse()
            answer.read()
            yield time.perf_counter() - began
            if answer.status >= 500:
                raise AssertionError(page, answer.status)
        line.close()

    def megabytes(self) -> float:
        """Return what the server holds, without the workers beside it."""
        held = 0.0
        for process in [self.process, *_below(self.process)]:
            place = Path(f"/proc/{process}")
            if b"\0worker\0" not in place.joinpath("cmdline").read_bytes():
                # What processes share counts once.
                status = place.joinpath("smaps_rollup").read_text()
                held += int(status.partition("Pss:")[2].split()[0]) / 1024
        return held


def _below(process: int) -> Iterator[int]:
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, task.joinpath("children").read_text().split()):
            yield child
            yield from _below(child)


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Town:
    """An installation, used through its command line."""

    env: dict[str, str]

    def run(self, *words: str) -> tuple[tuple[float, float], Answer]:
        """Return the seconds, those of the processors, and what the command answered."""
        began, worked = time.perf_counter(), _worked()
        command = [
            "nice",
            "-n",
            str(BEHIND_PAGES),
            sys.executable,
            "-m",
            "gisapp",
            *words,
            "--json",
        ]
        done = subprocess.run(
            command, env=os.environ | self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(words, done.stdout[-2000:], done.stderr[-2000:])
        return (time.perf_counter() - began, _worked() - worked), json.loads(done.stdout)

    @contextmanager
    def served(self) -> Iterator[Web]:
        command = [sys.executable, "-m", "gisapp", "serve", "--port", "0", "--json"]
        with subprocess.Popen(
            command, env=os.environ | self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as server:
            try:
                told = b"" if server.stdout is None else server.stdout.readline()
                yield Web(server.pid, urlsplit(json.loads(told)["url"]).netloc)
            finally:
                server.send_signal(signal.SIGINT)


def _ground(files: dict[str, Path], grids: int) -> list[shapely.Polygon]:
    squares, codes = [], []
    for number in range(grids):
        row, column = divmod(number, ACROSS)
        west, south = 114 + SIDE * column, 30 + SIDE * row
        squares.append(
            shapely.segmentize(shapely.box(west, south, west + SIDE, south + SIDE), SIDE / 10)
        )
        community = number // 10
        codes.append(
            f"{COUNTY}{1 + community // 50:03d}{1 + community % 50:03d}{1 + number % 10:03d}"
        )
    households = [str(300 + number % 200) for number in range(grids)]
    _gpkg(files["grids"], squares, {"code": codes, "households": households})
    areas: dict[str, list[shapely.Polygon]] = {}
    for code, square in zip(codes, squares, strict=True):
        for digits in (6, 9, 12):
            areas.setdefault(code[:digits], []).append(square)
    shapes = [shapely.union_all(parts) for parts in areas.values()]
    _gpkg(files["areas"], shapes, {"code": list(areas), "name": [f"area {code}" for code in areas]})
    return squares


def _gpkg(path: Path, shapes: list[shapely.Polygon], columns: dict[str, list[str]]) -> None:
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
        field_data=[np.array(column, dtype=object) for column in columns.values()],
        fields=list(columns),
        driver="GPKG",
        geometry_type="Unknown",
        crs="EPSG:4490",
    )


def _enterprises(path: Path, squares: list[shapely.Polygon], points: int) -> Path:
    rng = np.random.default_rng(1)
    west, south, east, north = shapely.total_bounds(squares)
    lon, lat = rng.uniform(west, east, points), rng.uniform(south, north, points)
    wrong = rng.random(points) < WRONG
    kind = rng.integers(0, 3, points)
    lon[wrong & (kind == 0)] += 5
    lon[wrong & (kind == 1)] = 0
    lat[wrong & (kind == 1)] = 0
    signs = rng.integers(0, 10, (points, 8))
    with path.open("w", encoding="gb18030", newline="") as out:
        out.write("登记号,企业名称,统一社会信用代码,行业代码,地址,经度,纬度\n")
        for n in range(points):
            first = f"91{COUNTY}{''.join(map(str, signs[n]))}X"[:17]
            last = check_digit(first)
            code = first + (SIGNS[SIGNS.index(last) - 1] if wrong[n] and kind[n] == 2 else last)
            out.write(
                f"{n:09d},江澜第{n}商贸有限公司,{code},F52,中山路{n}号,{lon[n]:.7f},{lat[n]:.7f}\n"
            )
    return path


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
