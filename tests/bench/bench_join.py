"""Points into grids: our cells and crossing test beside geopandas."""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gisapp.core.join import NOWHERE, Land
from tests.bench.bench_tiles import mesh
from tests.bench.rounds import busy, say

POINTS = 10
"""For each grid."""
ROUNDS = 3


def main(sizes: list[int]) -> None:
    """Print one row for each size; medians of rounds in turn, after a first one."""
    say("from points: geopandas is given points that are made; from x, y: it makes them.")
    say("")
    say("| grids | points | gisapp s | kept index s | sjoin s | ratio | sjoin from x, y s | same |")
    say("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for grids in sizes:
        _row(grids)
    say("")
    say(busy())


def _row(grids: int) -> None:
    shapes = mesh(grids)
    west, south, east, north = shapely.total_bounds(shapes)
    rng = np.random.default_rng(1)
    many = POINTS * len(shapes)
    x, y = rng.uniform(west, east, many), rng.uniform(south, north, many)
    frame = gpd.GeoDataFrame({"at": np.arange(len(shapes))}, geometry=shapes)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    land = Land.of(shapes)
    took: dict[str, list[float]] = {"ours": [], "kept": [], "sjoin": [], "made": []}
    for turn in range(ROUNDS + 1):
        once = {
            "ours": _timed(lambda: Land.of(shapes).hold(x, y, quick=True)),
            "kept": _timed(lambda: land.hold(x, y, quick=True)),
            "sjoin": _timed(lambda: gpd.sjoin(points, frame, predicate="within")),
            "made": _timed(
                lambda: gpd.sjoin(
                    gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y)), frame, predicate="within"
                )
            ),
        }
        for name, (seconds, _) in once.items():
            if turn:
                took[name].append(seconds)
    home, pairs = once["ours"][1], once["sjoin"][1]
    theirs = np.full(many, NOWHERE)
    theirs[pairs.index.to_numpy()] = pairs["at"].to_numpy()
    ours, kept, sjoin, made = (statistics.median(each) for each in took.values())
    say(
        f"| {len(shapes):,} | {many:,} | {ours:.2f} | {kept:.2f} | {sjoin:.2f} "
        f"| {ours / sjoin:.2f} | {made:.2f} | {np.array_equal(home, theirs)} |"
    )


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10_000, 100_000])
