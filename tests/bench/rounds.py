"""Runs each case in a process of its own, round after round, and sums up by medians."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Facts = dict[str, Any]
Case = Callable[[int], tuple[Callable[[], Any], Callable[[Any], Facts]]]
"""Given a size, sets up and returns what is timed, and what tells the facts of its result.

A fact named ``seconds`` takes the place of the time of the whole run.
"""

MARK = "@@"
PATIENCE_S = 900
SOON_S = 5.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What one case took."""

    seconds: float
    first: float
    """The call before, which compiles kernels or reads them from their cache."""
    extra: float
    """Peak of the process, less what it held after set-up; MB."""
    peak: float
    """What the process held at most since then; MB."""
    facts: Facts


def measure(case: Case, size: int) -> Measured:
    """Set up, run, and run again where that is soon done."""
    work, tell = case(size)
    held = _megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    first, done = _timed(work)
    seconds, done = _timed(work) if first < SOON_S else (first, done)
    peak = _megabytes("VmHWM")
    facts = tell(done)
    return Measured(facts.pop("seconds", seconds), first, max(peak - held, 0), peak, facts)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def answer(cases: Mapping[str, Case], arguments: list[str]) -> bool:
    """Measure the one case that a process was started for; tell whether it was."""
    if arguments[:1] != ["--one"]:
        return False
    _, name, size = arguments
    print(MARK + json.dumps(asdict(measure(cases[name], int(size))), default=float))  # noqa: T201
    return True


def rounds(module: str, names: list[str], size: int, many: int = 3) -> dict[str, Measured | str]:
    """Run the named cases of a module in turn, so many times; a case that fails says why."""
    found: dict[str, list[Measured]] = {name: [] for name in names}
    failed: dict[str, str] = {}
    for _ in range(many):
        for name in names:
            if name not in failed:
                one = _one(module, name, size)
                if isinstance(one, str):
                    failed[name] = one
                else:
                    found[name].append(one)
    return {name: failed.get(name) or _median(found[name]) for name in names}


def _one(module: str, name: str, size: int) -> Measured | str:
    command = [sys.executable, "-m", module, "--one", name, str(size)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"over {PATIENCE_S} s"
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not lines:
        return (done.stderr.strip().splitlines() or ["no output"])[-1]
    return Measured(**json.loads(lines[-1].removeprefix(MARK)))


def _median(all_of: list[Measured]) -> Measured:
    return Measured(
        statistics.median(one.seconds for one in all_of),
        statistics.median(one.first for one in all_of),
        statistics.median(one.extra for one in all_of),
        statistics.median(one.peak for one in all_of),
        all_of[-1].facts,
    )


def _megabytes(key: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith(key))
    return int(line.split()[1]) / 1024


def say(line: str) -> None:
    """Print a line of a table at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def busy() -> str:
    """Say how much else the machine was doing: kernels with threads suffer from it the most."""
    return f"Load of the machine in the last minute: {os.getloadavg()[0]:.1f}."
