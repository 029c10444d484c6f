"""How long the scans take as a place grows, and how much memory they add: ``make bench ARGS=scan``.

Each row runs in a process of its own, so that the memory is its own. The kernels are compiled
before the clock starts.
"""

import json
import resource
import subprocess
import sys
import time
from typing import Any, Final

import numpy as np

from gisapp.core.neighbours import queen
from gisapp.core.scan import clusters
from tests.core.test_neighbours import lattice

SIZES: Final = (1_000, 5_000, 10_000)
KINDS: Final = ("space", "prospective", "flexible")
MONTHS: Final = 24
MEAN: Final = 2.0
"""Disputes of a grid and month."""
SMALL: Final = 36


def town(n: int) -> dict[str, Any]:
    """Make n grids with 100 to 900 households, of which a few near each other hold too much."""
    rng = np.random.default_rng(1)
    side = int(np.ceil(np.sqrt(n)))
    points = np.indices((side, side)).reshape(2, -1).T[:n] + rng.uniform(-0.3, 0.3, (n, 2))
    base = rng.integers(100, 901, n).astype(np.float64)
    hot = np.linalg.norm(points - side / 3, axis=1) < 1.5
    risk = np.where(hot[np.newaxis] & (np.arange(MONTHS)[:, np.newaxis] >= MONTHS - 3), 3.0, 1.0)
    return {
        "points": points,
        "base": base,
        "counts": rng.poisson(MEAN * risk * base / base.mean()),
        "near": queen(lattice(side, side)[:n]),
    }


def scan(kind: str, n: int, draws: int = clusters.DRAWS) -> list[clusters.Cluster]:
    """Run one scan."""
    made, rng = town(n), np.random.default_rng(0)
    points, base, counts = made["points"], made["base"], made["counts"]
    if kind == "prospective":
        return clusters.prospective(points, base, counts, rng, draws=draws)
    quarter = counts[-3:].sum(axis=0)
    if kind == "space":
        return clusters.space(points, base, quarter, rng, draws=draws)
    return clusters.flexible(points, made["near"], base, quarter, rng, draws=draws)


def measure(kind: str, n: int) -> None:
    """Print seconds, memory and the first cluster of one scan as JSON."""
    scan(kind, SMALL, 9)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, used = time.perf_counter(), time.process_time()
    first = scan(kind, n)[0]
    took, cpu = time.perf_counter() - start, time.process_time() - used
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    row = {"s": took, "cpu": cpu, "mb": more / 1024, "grids": first.grids.size, "p": first.p}
    sys.stdout.write(json.dumps(row) + "\n")


def main(sizes: tuple[int, ...]) -> None:
    """Print the growth table."""
    _say(f"{clusters.DRAWS} worlds of chance, {MEAN:g} disputes a grid and month.\n")
    _say("| scan | grids | seconds | CPU seconds | MB more | grids of the first cluster | p |")
    _say("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in KINDS:
        for n in sizes if kind != "flexible" else (1_000,):
            command = [sys.executable, "-m", "tests.bench.bench_scan", kind, str(n)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            row = json.loads(done.stdout)
            _say(
                f"| {kind} | {n:,} | {row['s']:.1f} | {row['cpu']:.1f} | {row['mb']:.0f} "
                f"| {row['grids']} | {row['p']:.3f} |"
            )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in KINDS:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
