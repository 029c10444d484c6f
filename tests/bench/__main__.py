"""``make bench``: run every measurement in a process of its own and print its table.

``make bench ARGS="matching 1000"`` runs one, at one size where it has sizes.
"""

import subprocess
import sys
from pathlib import Path

ON_REQUEST = {"hotspots_peers", "kills", "map", "matching_growth", "workbench"}
"""Take minutes: run only when they are named."""

HERE = Path(__file__).resolve().parent


def main(wanted: list[str]) -> int:
    """Run the named benches (``hotspots`` for bench_hotspots.py), or all of them."""
    worst = 0
    sizes = [word for word in wanted if word.isdigit()]
    names = [word for word in wanted if not word.isdigit()]
    for path in sorted(HERE.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        if name not in names and (names or name in ON_REQUEST):
            continue
        print(f"\n## {name}\n", flush=True)  # noqa: T201
        done = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{path.stem}", *sizes],
            cwd=HERE.parents[1],
            check=False,
        )
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
