"""Tiles, read back with a decoder of their own."""

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gisapp.core import tiles, tiles_kernels, tiles_plain
from gisapp.core import world as worlds
from gisapp.core.tiles import Layer
from gisapp.core.tiles_plain import BUFFER, EXTENT
from gisapp.core.world import World, index


def varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(body: bytes) -> list[tuple[int, Any]]:
    found: list[tuple[int, Any]] = []
    at = 0
    while at < len(body):
        tag, at = varint(body, at)
        if tag & 7 == 0:
            value, at = varint(body, at)
            found.append((tag >> 3, value))
        else:
            assert tag & 7 == 2
            length, at = varint(body, at)
            found.append((tag >> 3, body[at : at + length]))
            at += length
    return found


def integers(body: bytes) -> list[int]:
    at, found = 0, []
    while at < len(body):
        value, at = varint(body, at)
        found.append(value)
    return found


def decode(body: bytes) -> dict[str, dict[int, Any]]:
    """Layer -> id -> (kind, shape, name)."""
    layers: dict[str, dict[int, Any]] = {}
    for number, layer in fields(body):
        assert number == 3
        parts = fields(layer)
        told = dict(parts)
        assert told[15] == 2
        assert told[5] == EXTENT
        words = [dict(fields(part))[1].decode() for which, part in parts if which == 4]
        features = [dict(fields(part)) for which, part in parts if which == 2]
        layers[told[1].decode()] = {
            one[1]: (
                one[3],
                shape(one[3], integers(one[4])),
                words[integers(one[2])[1]] if 2 in one else None,
            )
            for one in features
        }
    return layers


def shape(kind: int, numbers: list[int]) -> Any:
    """Follow the commands; outer rings have a positive area, as the format demands."""
    paths: list[list[tuple[int, int]]] = []
    x = y = at = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            x += (numbers[at] >> 1) ^ -(numbers[at] & 1)
            y += (numbers[at + 1] >> 1) ^ -(numbers[at + 1] & 1)
            at += 2
            if command == 1:
                paths.append([])
            paths[-1].append((x, y))
    if kind == 2:
        return shapely.MultiLineString(paths)
    polygons: list[tuple[Any, list[Any]]] = []
    for path in paths:
        if shapely.LinearRing(path).is_ccw:
            polygons.append((path, []))
        else:
            polygons[-1][1].append(path)
    return shapely.MultiPolygon(polygons)


def in_units(lonlat: Any, z: int, x: int, y: int) -> Any:
    def move(points: Any) -> Any:
        return worlds.project(points) * 2**z * EXTENT - np.array([x, y]) * EXTENT

    return shapely.transform(lonlat, move)


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    x, y = (worlds.project(np.array([[lon, lat]]))[0] * 2**z).astype(int).tolist()
    return z, x, y


def mesh(seed: int, side: int = 12, size: float = 0.004) -> Any:
    """A clean coverage: a lattice whose corners are moved, shared by its neighbours."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), -1).astype(float)
    corners += rng.uniform(-0.35, 0.35, corners.shape)
    corners = corners * size + np.array([114.3, 30.5])
    return np.array(
        [
            shapely.Polygon(
                [corners[i, j], corners[i, j + 1], corners[i + 1, j + 1], corners[i + 1, j]]
            )
            for i in range(side)
            for j in range(side)
        ],
        dtype=object,
    )


@given(st.integers(0, 10_000), st.sampled_from([9, 11, 13, 15]))
@settings(max_examples=25, deadline=None)
def test_a_tile_holds_what_a_plain_clip_holds_to_one_unit(seed: int, zoom: int) -> None:
    land = mesh(seed)
    z, x, y = tile_of(114.32, 30.52, zoom)
    window = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    expected = {
        at: shapely.intersection(each, window)
        for at, each in enumerate(in_units(land, z, x, y))
        if shapely.intersects(each, window)
    }

    found = decode(tiles.tile([Layer("grid", World.of(land))], z, x, y)).get("grid", {})

    assert set(found) == {
        at for at, each in expected.items() if at in found or each.area > each.length
    }
    for at, (kind, drawn, _) in found.items():
        assert kind == 3
        assert drawn.is_valid
        assert shapely.area(drawn) == pytest.approx(expected[at].area, abs=expected[at].length + 4)
        assert shapely.hausdorff_distance(drawn.boundary, expected[at].boundary) <= math.sqrt(2)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_tiles_side_by_side_join_without_a_seam(seed: int) -> None:
    land = mesh(seed)
    world = World.of(land)
    z, x, y = tile_of(114.32, 30.52, 14)
    whole = shapely.box(0, 0, EXTENT, EXTENT)

    def drawn(across: int) -> Any:
        found = decode(tiles.tile([Layer("grid", world)], z, x + across, y)).get("grid", {})
        moved = [
            shapely.transform(one[1], lambda p: p + np.array([across * EXTENT, 0]))
            for one in found.values()
        ]
        window = shapely.transform(whole, lambda p: p + np.array([across * EXTENT, 0]))
        return shapely.intersection(shapely.union_all(moved), window)

    ground = shapely.union_all(in_units(land, z, x, y))
    both = shapely.box(0, 0, 2 * EXTENT, EXTENT)
    joined = shapely.union_all([drawn(0), drawn(1)])
    missing = shapely.difference(shapely.intersection(ground, both), joined)

    assert shapely.area(shapely.buffer(missing, -1)) == 0


def blob(rng: np.random.Generator) -> Any:
    """A crooked shape, often concave; some with a hole, a second part, or next to nothing."""
    corners = int(rng.integers(3, 40))
    turns = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reach = rng.uniform(0.05, 1, corners)[:, None] * 10 ** rng.uniform(-6, -1.5)
    middle = np.array([114.32, 30.52]) + rng.uniform(-0.02, 0.02, 2)
    ring = middle + reach * np.column_stack([np.cos(turns), np.sin(turns)])
    made = shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False)
    kind = rng.integers(0, 6)
    if kind == 0:
        made = shapely.difference(made, shapely.buffer(shapely.centroid(made), 0.0002))
    if kind == 1:
        made = shapely.union(made, shapely.box(114.33, 30.53, 114.331, 30.531))
    return made if made.geom_type.endswith("Polygon") else shapely.Polygon()


@given(st.integers(0, 10_000), st.sampled_from([8, 11, 13, 15, 17]), st.integers(-1, 1))
@settings(max_examples=60)
def test_the_kernel_writes_what_the_plain_way_writes(seed: int, zoom: int, across: int) -> None:
    rng = np.random.default_rng(seed)
    land = np.array([*mesh(seed, side=6), *(blob(rng) for _ in range(40)), None], dtype=object)
    z, x, y = tile_of(114.32, 30.52, zoom)
    layers = [Layer("grid", World.of(land))]

    quick = tiles.tile(layers, z, x + across, y)

    assert quick == tiles.tile(layers, z, x + across, y, quick=False)


BOXES = arrays(np.float64, (9, 4), elements=st.floats(0, 1) | st.just(np.nan))


@given(BOXES, st.tuples(*[st.floats(0, 1)] * 4))
def test_the_index_finds_what_looking_at_every_shape_finds(bounds: Any, ends: Any) -> None:
    bounds = np.sort(bounds.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
    bounds[np.isnan(bounds).any(axis=1)] = np.nan
    box = (
        min(ends[0], ends[2]),
        min(ends[1], ends[3]),
        max(ends[0], ends[2]),
        max(ends[1], ends[3]),
    )
    cells = index(bounds)
    world = World(bounds, cells, None, None)

    found = tiles_kernels.near(
        np.array(box), bounds, cells.at, cells.across, cells.first, cells.order
    )

    assert sorted(found.tolist()) == tiles_plain.near(world, box).tolist()


def test_neighbours_share_their_border_exactly() -> None:
    land = mesh(3)
    z, x, y = tile_of(114.32, 30.52, 12)

    found = decode(tiles.tile([Layer("grid", World.of(land))], z, x, y))["grid"]
    shapes = [one[1] for one in found.values()]

    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(sum(map(shapely.area, shapes)))


def test_simplified_neighbours_still_share_their_border() -> None:
    world = World.of(mesh(5, size=0.0004)).simplified(10)

    assert shapely.coverage_is_valid(world.shapes)


@given(st.integers(0, 10_000), st.sampled_from([8, 10, 12, 14]))
@settings(max_examples=25, deadline=None)
def test_a_thinned_road_has_few_corners_and_strays_by_half_a_pixel(seed: int, zoom: int) -> None:
    z, x, y = tile_of(114.3, 30.5, zoom)
    side = 360 / 2**z
    along = np.linspace(0.1 * side, 0.9 * side, 5_000)
    wild = np.random.default_rng(seed).normal(0, side / 20_000, (5_000, 2))
    west = x * side - 180
    place = np.column_stack([west + along, 30.5 + 0.02 * side * np.sin(along * 40 / side)])
    road = shapely.LineString(place + wild)
    world = World.of([road, shapely.Point(west, 30.5).buffer(side / 10_000)])

    thin = world.thinned(zoom)

    drawn, whole = (
        decode(tiles.tile([Layer("road", one, ["", ""])], z, x, y))["road"][0][1]
        for one in (thin, world)
    )
    corners = shapely.get_num_coordinates(drawn)
    assert corners < 400
    assert corners * 5 < shapely.get_num_coordinates(whole)
    assert shapely.hausdorff_distance(drawn, whole) <= EXTENT / 512 + 1
    assert len(thin) == 2


def test_thinned_water_stays_valid_and_keeps_its_islands() -> None:
    rng = np.random.default_rng(3)
    turn = np.linspace(0, 2 * np.pi, 2_000, endpoint=False)
    reach = 0.05 + rng.uniform(0, 0.0005, turn.shape)
    shore = np.column_stack([114.3 + reach * np.cos(turn), 30.5 + reach * np.sin(turn)])
    lake = shapely.Polygon(shore, [shapely.Point(114.31, 30.5).buffer(0.01).exterior])

    (thin,) = World.of([lake]).thinned(10).shapes

    assert shapely.is_valid(thin)
    assert len(shapely.get_parts(thin)[0].interiors) == 1
    assert shapely.get_num_coordinates(thin) < 200


def test_holes_and_parts_survive() -> None:
    shell = shapely.box(114.300, 30.500, 114.310, 30.510)
    hole = shapely.box(114.303, 30.503, 114.306, 30.506)
    island = shapely.box(114.311, 30.500, 114.312, 30.501)
    land = shapely.MultiPolygon([shapely.difference(shell, hole), island])
    z, x, y = tile_of(114.305, 30.505, 13)

    kind, drawn, _ = decode(tiles.tile([Layer("grid", World.of([land]))], z, x, y))["grid"][0]

    assert kind == 3
    assert len(drawn.geoms) == 2
    assert sum(len(part.interiors) for part in drawn.geoms) == 1


def test_lines_carry_their_names() -> None:
    roads = [shapely.LineString([(114.30, 30.50), (114.31, 30.51)]) for _ in range(3)]
    names = ["滨江路", "", "滨江路"]
    z, x, y = tile_of(114.305, 30.505, 13)

    found = decode(tiles.tile([Layer("road", World.of(roads), names)], z, x, y))["road"]

    assert [found[at][2] for at in range(3)] == names
    assert {one[0] for one in found.values()} == {2}


def test_a_place_too_small_to_be_seen_is_left_out_and_an_empty_tile_is_nothing() -> None:
    world = World.of([shapely.box(114.3, 30.5, 114.3000001, 30.5000001)])

    assert tiles.tile([Layer("grid", world)], *tile_of(114.3, 30.5, 10)) == b""
    assert tiles.tile([Layer("grid", World.of([]))], 0, 0, 0) == b""
    assert tiles.tile([Layer("grid", world)], 10, 0, 0) == b""


def test_projection_comes_back() -> None:
    places = np.array([[114.3, 30.5], [-179.9, -84.0], [0.0, 0.0]])

    assert worlds.unproject(worlds.project(places)) == pytest.approx(places)
