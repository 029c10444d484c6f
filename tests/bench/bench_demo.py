"""How long the invented town takes, and whether its ground is clean at every level."""

import resource
import time
from datetime import date

import shapely

from gisapp.demo.town import town
from gisapp.store.reference import table

DAY = date(2026, 9, 15)
SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    """Print one row for each size."""
    print("| grids | seconds | clean | disputes | peak MB |")  # noqa: T201
    print("| ---: | ---: | --- | ---: | ---: |")  # noqa: T201
    for grids in SIZES:
        began = time.perf_counter()
        made = town(grids, 1, DAY, table("categories"))
        seconds = time.perf_counter() - began
        levels = made.ground.levels
        clean = all(
            shapely.coverage_is_valid(level.shape) and shapely.is_valid(level.shape).all()
            for level in (levels.grids, levels.communities, levels.townships, levels.counties)
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        number = len(made.disputes.case_number)
        print(f"| {grids:,} | {seconds:.1f} | {clean} | {number:,} | {peak:,} |")  # noqa: T201


if __name__ == "__main__":
    main()
