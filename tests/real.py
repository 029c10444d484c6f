"""``make real``: a real city through every step on a fresh database, as one table.

Tracts stand for grids, community areas for communities, 311 complaints for disputes, businesses
for enterprises. Departments, offices and cadres are drawn by a seeded script, not real.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import chicago

HOME = Path(__file__).resolve().parent.parent
REAL = HOME.parent / "shared" / "data" / "chicago"
PROFILES = HOME / "tests" / "profiles" / "chicago"
WINDOW = ("--year", "2013")


@dataclass(slots=True)
class Step:
    """One command, what it said and what it took."""

    name: str
    said: dict[str, Any]
    seconds: float
    peak_mb: float


@dataclass(slots=True)
class Run:
    """The city's way through the program, one process a step."""

    url: str
    steps: list[Step] = field(default_factory=list)

    def step(self, name: str, *words: str) -> dict[str, Any]:
        """Run ``gisapp words --json`` and keep its answer, its time and its peak memory."""
        command = [sys.executable, "-m", "gisapp", *words, "--json"]
        env = os.environ | {"GISAPP_DATABASE_URL": self.url, "GISAPP_NAME": "Chicago"}
        with tempfile.TemporaryFile() as out:
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=HOME, env=env, stdout=out)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            out.seek(0)
            text = out.read().decode()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{name} failed:\n{text}")
        said: dict[str, Any] = json.loads(text)
        self.steps.append(Step(name, said, seconds, used.ru_maxrss / 1024))
        return said


def imported(said: dict[str, Any]) -> str:
    """Say what an import did, in one cell."""
    return f"{said['read']:,} read = {said['stored']:,} stored + {said['refused']:,} refused"


def travel(run: Run, people: Path) -> None:
    """Take the city through every step."""
    run.step("init", "init")
    files = [
        ("areas", REAL / "chicago_community_areas.gpkg", PROFILES / "areas.toml"),
        ("grids", REAL / "chicago_tracts.gpkg", PROFILES / "grids.toml"),
        ("departments", people / "departments.csv", None),
        ("offices", people / "offices.csv", None),
        ("cadres", people / "cadres.csv", None),
        ("enterprises", REAL / "chicago_businesses.csv.gz", PROFILES / "enterprises.toml"),
        (
            "disputes",
            REAL / "chicago_311_sanitation_complaints.csv.gz",
            PROFILES / "disputes.toml",
        ),
    ]
    for kind, path, profile in files:
        extra = ["--profile", str(profile)] if profile else ["--crs", "EPSG:4326"]
        run.step(f"import {kind}", "import", kind, str(path), *extra)
    run.step("check", "check")
    plan = run.step("match", "match")["plan"]
    run.step("publish", "publish", plan)
    run.step("coverage", "coverage")
    run.step("hotspots", "hotspots", *WINDOW)


def told(step: Step) -> str:
    """Say the counts of one step, in one cell."""
    said = step.said
    if "read" in said:
        return imported(said)
    match step.name:
        case "check":
            kinds = [finding["kind"] for finding in said["findings"]]
            counts = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
            return ", ".join(f"{kind} {n:,}" for kind, n in counts.items()) or "no findings"
        case "match":
            gap = "nothing proven" if said["gap"] is None else f"proven gap {said['gap']}"
            return f"{said['filled']:,} of {said['posts']:,} posts filled, {said['status']}, {gap}"
        case "coverage":
            return ", ".join(f"{state} {n:,}" for state, n in said["states"].items())
        case "hotspots":
            bins = [grid["bin"] for grid in said["grids"]]
            hot = sum(1 for one in bins if isinstance(one, int) and one >= 2)
            return f"{said['window']}: {hot:,} of {len(bins):,} grids hot at 95 %"
    return ""


def table(run: Run) -> None:
    """Print what happened as one Markdown table."""
    print("| step | counts | s | peak MB |\n| --- | --- | ---: | ---: |")  # noqa: T201
    for step in run.steps:
        print(f"| {step.name} | {told(step)} | {step.seconds:.1f} | {step.peak_mb:.0f} |")  # noqa: T201
    seconds = sum(step.seconds for step in run.steps)
    peak = max(step.peak_mb for step in run.steps)
    print(f"| **all** | | **{seconds:.1f}** | **{peak:.0f}** |")  # noqa: T201


def main() -> None:
    """Run every step; with ``--serve`` show the result."""
    parser = argparse.ArgumentParser(prog="make real ARGS=…", description=__doc__)
    parser.add_argument("--url", help="database to use; it must be empty (default: a new file)")
    parser.add_argument("--serve", action="store_true", help="serve the result")
    asked = parser.parse_args()
    if not REAL.is_dir():
        sys.exit("The real data is not here: it belongs beside the checkout, in ../shared/data.")
    with tempfile.TemporaryDirectory() as folder:
        run = Run(asked.url or f"sqlite:///{folder}/chicago.sqlite")
        chicago.write_people(Path(folder))
        travel(run, Path(folder))
        table(run)
        if asked.serve:
            env = os.environ | {"GISAPP_DATABASE_URL": run.url, "GISAPP_NAME": "Chicago"}
            subprocess.run([sys.executable, "-m", "gisapp", "serve"], env=env, check=False)


if __name__ == "__main__":
    main()
