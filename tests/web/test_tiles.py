"""Tiles over HTTP: out of a file or cut, one and the same, and nobody else's."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from flask import Flask
from shapely import MultiPolygon
from sqlalchemy import select
from werkzeug.test import TestResponse

from gisapp.actions import maps, tile_files
from gisapp.actions.work import Task
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.core import tiles
from gisapp.core import world as worlds
from gisapp.runtime import Runtime
from gisapp.store import revisions
from gisapp.store.models import Grid
from tests.factories import NOW, Make
from tests.web.routes import application, client, config
from tests.web.test_two_counties import build_county

CITY, COUNTY = "planner:99", "planner:990001"
EVERYBODY = Actor("planner", Role.PLANNER, "99")


@pytest.fixture
def make(runtime: Runtime, tmp_path: Path) -> Iterator[Make]:
    """Rows for this test, in an installation with a folder of tiles of its own."""
    settings = runtime.settings.model_copy(update={"tiles_folder": tmp_path / "tiles"})
    make = Make(
        replace(runtime, settings=settings, sessions=replace(runtime.sessions, settings=settings))
    )
    build_county(make, "990001", "ALFA")
    build_county(make, "990002", "BRAVO")
    make.commit()
    yield make
    make.close()


def build(make: Make, actor: Actor = EVERYBODY) -> dict[str, Any]:
    task = Task(make.runtime.sessions, actor, lambda: NOW)
    return tile_files.work(task, tile_files.TilesQuery())


def tile(app: Flask, view: str, path: str, **headers: str) -> TestResponse:
    return client(app, view).get(path, headers={"Accept-Encoding": "gzip"} | headers)


def places(make: Make, key: str) -> list[str]:
    """Every tile in which something lies, as its path."""
    with make.seen_by(EVERYBODY) as session:
        ground = tile_files.read(session)
    found = []
    for z, level in tile_files.SHOWN.items():
        x, y = tiles.reached(ground.worlds[level], z)
        found += [
            f"/geometry/{key}/{z}/{a}/{b}.mvt"
            for a, b in zip(x.tolist()[:3], y.tolist()[:3], strict=True)
        ]
    return found + [path + "?level=grid" for path in found if "/12/" in path]


def test_a_tile_out_of_the_file_is_the_tile_that_is_cut(make: Make) -> None:
    key = config(client(application(make.runtime), CITY))["revision"]
    paths = places(make, key)
    cut = [tile(application(make.runtime), CITY, path) for path in paths]

    made = build(make)

    app = application(make.runtime)
    ready = [tile(app, CITY, path) for path in paths]
    assert made["revision"] == key
    assert made["tiles"] >= sum(one.status_code == 200 for one in ready) > len(tile_files.SHOWN)
    assert [one.data for one in ready] == [one.data for one in cut]
    assert [one.headers.get("ETag") for one in ready] == [one.headers.get("ETag") for one in cut]


def test_who_takes_no_gzip_gets_the_tile_plain(make: Make) -> None:
    build(make)
    app = application(make.runtime)
    key = config(client(app, CITY))["revision"]

    packed = tile(app, CITY, f"/geometry/{key}/4/13/6.mvt")
    plain = client(app, CITY).get(f"/geometry/{key}/4/13/6.mvt")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_the_file_of_everybody_gives_a_county_nothing(make: Make) -> None:
    build(make)
    app = application(make.runtime)
    everything = config(client(app, CITY))["revision"]
    own = config(client(app, COUNTY))["revision"]

    refused = tile(app, COUNTY, f"/geometry/{everything}/4/13/6.mvt")
    given = tile(app, COUNTY, f"/geometry/{own}/4/13/6.mvt")

    assert tile(app, CITY, f"/geometry/{everything}/4/13/6.mvt").status_code == 200
    assert refused.status_code == 404
    assert refused.json
    assert refused.json["code"] == "revision_gone"
    assert given.status_code == 200
    assert given.data != tile(app, CITY, f"/geometry/{everything}/4/13/6.mvt").data


def test_a_county_may_have_a_file_of_its_own(make: Make) -> None:
    county = Actor("planner", Role.PLANNER, "990001")
    own = config(client(application(make.runtime), COUNTY))["revision"]
    cut = tile(application(make.runtime), COUNTY, f"/geometry/{own}/4/13/6.mvt")

    made = build(make, county)

    assert made["revision"] == own
    assert tile(application(make.runtime), COUNTY, f"/geometry/{own}/4/13/6.mvt").data == cut.data


@pytest.mark.parametrize("path", ["4/13/6.mvt", "14/1/1.mvt", "ids"])
def test_boundaries_that_are_gone_are_said_and_no_empty_tile(make: Make, path: str) -> None:
    build(make)

    answer = client(application(make.runtime), CITY).get(
        f"/geometry/0123456789abcdef0123/{path}", headers={"Accept-Language": "en"}
    )

    assert answer.status_code == 404
    assert answer.json
    assert answer.json["code"] == "revision_gone"
    assert "0123456789abcdef0123" in answer.json["title"]


def test_a_damaged_file_costs_time_and_nothing_else(make: Make) -> None:
    app = application(make.runtime)
    key = config(client(app, CITY))["revision"]
    cut = tile(app, CITY, f"/geometry/{key}/4/13/6.mvt")
    build(make)
    for file in make.runtime.settings.tiles_folder.glob("*.pmtiles"):  # type: ignore[union-attr]
        file.write_bytes(file.read_bytes()[:-9] if file.stat().st_size > 30_000 else b"PMTiles")

    again = tile(application(make.runtime), CITY, f"/geometry/{key}/4/13/6.mvt")

    assert again.status_code == 200
    assert again.data == cut.data


def test_built_again_nothing_is_written_and_what_nobody_needs_goes(make: Make) -> None:
    first = build(make)
    folder = make.runtime.settings.tiles_folder
    assert folder
    (folder / "00000000000000000000.pmtiles").write_bytes(b"of boundaries before")
    (folder / "00000000000000000000.pmtiles.999999999.part").write_bytes(b"left by a crash")

    again = build(make)

    assert first["tiles"] > 0
    assert again["tiles"] == 0
    assert again["cleared"] == 2
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        [f"{first['revision']}.pmtiles", f"{first['revision']}-early.pmtiles"]
    )


def test_old_boundaries_keep_their_file_while_a_plan_needs_them(make: Make) -> None:
    needed = build(make)["revision"]
    passing = moved(make, hours=1, east=121.0)
    build(make)
    moved(make, hours=2, east=121.02)

    newest = build(make)

    folder = make.runtime.settings.tiles_folder
    assert folder
    keys = {one.name[:20] for one in folder.iterdir()}
    assert len({needed, passing, newest["revision"]}) == 3
    assert newest["cleared"] == 2
    assert keys == {needed, newest["revision"]}
    app = application(make.runtime)
    for key in (needed, passing, newest["revision"]):
        assert tile(app, CITY, f"/geometry/{key}/4/13/6.mvt").status_code == 200


def moved(make: Make, hours: int, east: float) -> str:
    """Give a grid another shape, hours later; returns the key that everybody knows it by."""
    square = MultiPolygon([shapely.box(east, 31, east + 0.01, 31.01)])
    later = NOW + timedelta(hours=hours)
    with make.runtime.sessions.write(OPERATOR, later) as session:
        grid = session.scalars(select(Grid.id).order_by(Grid.id)).first()
        assert grid
        revisions.record(session, {grid: square}, {})
    with make.seen_by(EVERYBODY) as session:
        return maps.key(session)


def test_names_of_roads_come_with_the_streets_and_not_before(make: Make) -> None:
    app = application(make.runtime)
    told = config(client(app, CITY))
    place = worlds.project(np.array([[120.05, 30.005]]))[0]

    def road(z: int) -> bytes:
        x, y = (place * 2**z).astype(int).tolist()
        found = tile(app, CITY, f"/context/{told['context']}/{z}/{x}/{y}.mvt")
        return gzip.decompress(found.data)

    far, near = road(maps.STREETS - 1), road(maps.STREETS)

    assert b"Road ALFA" in near
    assert b"Road" not in far
    assert b"road" in far
