"""``make bench``: run every measurement in a process of its own and print its table."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(wanted: list[str]) -> int:
    """Run the named benches (``hotspots`` for bench_hotspots.py), or all of them."""
    worst = 0
    for path in sorted(HERE.glob("bench_*.py")):
        name = path.stem.removeprefix("bench_")
        if wanted and name not in wanted:
            continue
        print(f"\n## {name}\n", flush=True)  # noqa: T201
        done = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{path.stem}"], cwd=HERE.parents[1], check=False
        )
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
