"""Tiles of our encoder beside PostGIS' ST_AsMVT: the same shapes, the same tiles, one run.

Shapes are a mesh of grids with crooked borders, about thirty corners each.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import create_engine, text

from gisapp.actions import tile_files
from gisapp.core import tiles
from gisapp.core.tiles import Layer
from gisapp.core.tiles_plain import BUFFER, EXTENT
from gisapp.core.world import World, project
from gisapp.tilefile import TileFile
from tests import postgres
from tests.bench.rounds import busy, say
from tests.core.test_tiles import decode

ZOOMS: Final = (10, 12, 14, 16)
EACH: Final = 30
CORNERS: Final = 7
"""Between two ends of a border."""

RIM: Final = 16
"""Units along the cut that are not compared."""

HALF: Final = 20_037_508.342789244
"""Metres from the middle to the edge of the square world."""

Place = tuple[int, int, int]
Cut = Callable[[int, int, int], bytes]

SQL: Final = """
SELECT ST_AsMVT(q, 'grid', 4096, 'g', 'id') FROM (
  SELECT id, ST_AsMVTGeom(g, ST_TileEnvelope(:z, :x, :y), 4096, 64, true) AS g FROM bench_tiles
  WHERE g && ST_TileEnvelope(:z, :x, :y, margin => 0.015625)) q
"""


def main(sizes: list[int]) -> None:
    """Print a table for each size."""
    for grids in sizes:
        _table(grids)
    say("\nvtzero is left out: it is in no lock.")
    say(busy())


def _table(grids: int) -> None:
    land = mesh(grids)
    began = time.perf_counter()
    world = World.of(land)
    read = time.perf_counter() - began
    began = time.perf_counter()
    tiles.compile_kernels()
    compiled = time.perf_counter() - began
    say(f"\n{grids:,} grids: flat in {read:.2f} s, kernels ready in {compiled:.2f} s.\n")
    places = {z: _places(world, z) for z in ZOOMS}
    layers = [Layer("grid", world)]
    cuts: dict[str, Cut] = {"gisapp": lambda z, x, y: tiles.tile(layers, z, x, y)}
    if peer := _postgis(land):
        cuts["PostGIS ST_AsMVT"] = peer
    cuts["gisapp, shapely only"] = lambda z, x, y: tiles.tile(layers, z, x, y, quick=False)
    say("| p50 / p99 ms | " + " | ".join(f"z{z}" for z in ZOOMS) + " |")
    say("| --- |" + " ---: |" * len(ZOOMS))
    for name, cut in cuts.items():
        say(f"| {name} | " + " | ".join(_timed(cut, places[z]) for z in ZOOMS) + " |")
    if peer:
        say("")
        for z in ZOOMS:
            say(f"z{z}: " + _agreement(cuts["gisapp"], peer, places[z][::5]))
    _whole_set(world)


def mesh(grids: int) -> npt.NDArray[np.object_]:
    """Draw a city of crooked quadrilaterals that share their borders exactly."""
    rng = np.random.default_rng(1)
    side = round(grids**0.5)
    fine = side * (CORNERS + 1)
    bent = np.stack(np.meshgrid(np.arange(fine + 1.0), np.arange(fine + 1.0), indexing="ij"), -1)
    bent += rng.uniform(-0.3, 0.3, bent.shape)
    bent = bent * 0.004 / (CORNERS + 1) + np.array([117.0, 31.0])
    step = CORNERS + 1
    rings = []
    for i in range(0, fine, step):
        for j in range(0, fine, step):
            west, south = bent[i, j : j + step], bent[i : i + step, j + step]
            east, north = bent[i + step, j + step : j : -1], bent[i + step : i : -1, j]
            rings.append(np.concatenate([west, south, east, north]))
    made: Any = shapely.polygons(np.array(rings))
    return np.asarray(made, dtype=object)


def _places(world: World, z: int) -> list[Place]:
    """Choose tiles of a zoom, the same each time."""
    x, y = tiles.reached(world, z)
    chosen = np.random.default_rng(z).permutation(len(x))[:EACH]
    return [(z, int(x[at]), int(y[at])) for at in chosen]


def _timed(cut: Cut, places: list[Place]) -> str:
    for place in places[::10]:
        cut(*place)
    took = []
    for place in places:
        began = time.perf_counter()
        cut(*place)
        took.append(1000 * (time.perf_counter() - began))
    return f"{np.median(took):.2f} / {np.percentile(took, 99):.2f}"


def _postgis(land: npt.NDArray[np.object_]) -> Cut | None:
    """Put the shapes into the suite's own server, in Web Mercator, with an index."""
    address = postgres.address()
    if address is None:
        say("PostGIS is left out: there is no server.")
        return None
    connection = create_engine(address, isolation_level="AUTOCOMMIT").connect()
    flat = shapely.transform(land, lambda p: (project(p) * [2, -2] + [-1, 1]) * HALF)
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    connection.execute(text("DROP TABLE IF EXISTS bench_tiles"))
    connection.execute(text("CREATE TABLE bench_tiles (id bigint, g geometry(Polygon, 3857))"))
    rows = [{"id": at, "g": body} for at, body in enumerate(shapely.to_wkb(flat).tolist())]
    insert = text("INSERT INTO bench_tiles VALUES (:id, ST_GeomFromWKB(:g, 3857))")
    for begin in range(0, len(rows), 10_000):
        connection.execute(insert, rows[begin : begin + 10_000])
    connection.execute(text("CREATE INDEX ON bench_tiles USING gist (g)"))
    connection.execute(text("VACUUM ANALYZE bench_tiles"))
    connection.execute(text("SET max_parallel_workers_per_gather = 0"))
    question = text(SQL)
    return lambda z, x, y: bytes(connection.scalar(question, {"z": z, "x": x, "y": y}))


def _agreement(ours: Cut, theirs: Cut, places: list[Place]) -> str:
    """Decode tiles of both and compare ids and borders."""
    alone = [0, 0]
    both = far = 0
    most = 0.0
    for place in places:
        one, other = (decode(cut(*place)).get("grid", {}) for cut in (ours, theirs))
        alone[0] += len(one.keys() - other.keys())
        alone[1] += len(other.keys() - one.keys())
        for at in one.keys() & other.keys():
            apart = max(_apart(one[at][1], other[at][1]), _apart(other[at][1], one[at][1]))
            both, far, most = both + 1, far + (apart > 1), max(most, apart)
    return (
        f"{both:,} features in both, {alone[0]} only ours, {alone[1]} only theirs; "
        f"{far} borders lie more than a unit apart, the most {most:.2f}."
    )


def _apart(one: Any, other: Any) -> float:
    """Say how far a border runs from another's, within the tile and most of its buffer.

    On the cut itself a border that runs along it ends where half a unit decides.
    """
    corners = shapely.get_coordinates(one)
    inside = ((corners > RIM - BUFFER) & (corners < EXTENT + BUFFER - RIM)).all(axis=1)
    found = shapely.distance(shapely.points(corners[inside]), other.boundary)
    return float(found.max(initial=0))


def _whole_set(world: World) -> None:
    """Write every tile maps ask for, and read some as a page does."""
    empty = World.of([])
    ground = tile_files.Ground("bench", {"grid": world, "community": empty, "township": empty})
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        built = tile_files.build(ground, Path(name), lambda share: None)
        seconds = time.perf_counter() - began
        say(f"All tiles: {built.tiles:,}, {built.size / 1e6:.1f} MB, in {seconds:.1f} s.")
        file = TileFile.open(Path(name) / "bench.pmtiles")
        for z in (14, 16):
            say(f"A ready tile of z{z}, p50 / p99 ms: {_timed(file.get, _places(world, z))}")


if __name__ == "__main__":
    postgres.prepare()
    try:
        main([int(word) for word in sys.argv[1:]] or [10_000, 100_000])
    finally:
        postgres.stop()
