"""What does not fit, found by our table of edges and by GEOS, with gaps and overlaps planted."""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from gisapp.core import seams
from gisapp.core.edges import misfits
from gisapp.core.shapes import as_they_are
from tests.bench.bench_tiles import mesh
from tests.bench.rounds import busy, say

GAP_M = 5.0
MM = 0.001
PLANTED = 20
"""Of each; 2 m wide."""
ROUNDS = 3
METRES = (95_000.0, 111_000.0)
"""In a degree, about, where the mesh lies."""


def main(sizes: list[int]) -> None:
    """Print one row for each size; medians of rounds in turn, after a first one."""
    say("| grids | gisapp s | GEOS s | ratio | flagged | the same | gaps | overlaps | seams s |")
    say("| ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |")
    for grids in sizes:
        _row(grids)
    say("")
    say(busy())


def _row(grids: int) -> None:
    shapes = shapely.transform(mesh(grids), lambda xy: np.round(xy * METRES, 3))
    planted = np.random.default_rng(3).choice(len(shapes), 2 * PLANTED, replace=False)
    wide = np.repeat([-2.0, 2.0], PLANTED)
    shapes[planted] = shapely.buffer(shapes[planted], wide, join_style="mitre")
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(ROUNDS + 1):
        took, found = _timed(lambda: misfits(shapes, GAP_M, MM))
        peer, edges = _timed(lambda: shapely.coverage_invalid_edges(shapes, gap_width=GAP_M))
        if turn:
            ours.append(took)
            theirs.append(peer)
    same = np.array_equal(found.which, np.flatnonzero(~shapely.is_empty(edges)))
    took, (strips, pairs) = _timed(
        lambda: (
            seams.strips(shapes, found, as_they_are, 1.0, GAP_M),
            seams.overlaps(shapes, found, as_they_are, 1.0),
        )
    )
    gaps = {at for strip in strips for at in strip.beside} & set(planted[:PLANTED].tolist())
    doubles = {at for pair in pairs for at in (pair.first, pair.second)}
    a, b = statistics.median(ours), statistics.median(theirs)
    say(
        f"| {len(shapes):,} | {a:.2f} | {b:.2f} | {a / b:.2f} | {len(found.which)} | {same} "
        f"| {len(gaps)} / {PLANTED} | {len(doubles & set(planted[PLANTED:].tolist()))} / {PLANTED} "
        f"| {took:.2f} |"
    )


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10_000, 100_000])
