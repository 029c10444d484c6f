"""Ready tiles in files beside the database: written once for each boundaries, cleared by a rule.

A file belongs to a key, and a key to what its actor sees: who may not ask for the key gets no tile
out of the file. Boundaries stay in the database: without a file their tiles are cut when asked.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy.engine import make_url

from gisapp import tilefile
from gisapp.actions import maps
from gisapp.actions.tiles import pack, usual
from gisapp.actions.work import Task, Work
from gisapp.auth import Scope
from gisapp.core import pmtiles, tiles
from gisapp.core.pmtiles import NoTileFile
from gisapp.core.tiles import Layer
from gisapp.core.world import World, detail
from gisapp.i18n import N_, Sentence
from gisapp.query import Query
from gisapp.settings import Settings, data_folder
from gisapp.store import revisions
from gisapp.store.session import Session
from gisapp.tilefile import TileFile

SHALLOWEST, DEEPEST = 4, 16
"""Zooms that maps ask for."""

SHOWN: Final[Mapping[int, str]] = {z: usual(z) for z in range(SHALLOWEST, DEEPEST + 1)}
"""What a tile of each zoom holds when nobody asks for another level."""

EARLY: Final[Mapping[int, str]] = {12: "grid"}
"""What a small town, or who wishes so, is shown one zoom before; a file of its own."""

STEP: Final = 50
"""Tiles between two words of how far it is."""

SAYING: Final = N_("Cutting tiles")

log = logging.getLogger(__name__)

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """What tiles are cut from."""

    key: str
    worlds: Mapping[str, World]
    """By level."""


@dataclass(frozen=True, slots=True)
class Built:
    """What there is for a key now."""

    key: str
    tiles: int
    """Written now; 0 where all was there."""
    size: int
    """Bytes of its files."""


def home(settings: Settings) -> Path:
    """Name the folder of ready tiles: as set, beside the database file, or in the data folder."""
    if settings.tiles_folder is not None:
        return settings.tiles_folder
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() == "sqlite":
        return Path(f"{url.database}.tiles")
    return data_folder() / f"{url.database}.tiles"


def find(folder: Path, key: str, level: str, z: int) -> tuple[Path, int] | None:
    """Find the file that holds a level's tiles of a zoom, and when it was written, if there."""
    if SHOWN.get(z) == level:
        name = key
    elif EARLY.get(z) == level:
        name = f"{key}-early"
    else:
        return None
    path = folder / f"{name}{tilefile.ENDING}"
    try:
        return path, path.stat().st_mtime_ns
    except (OSError, ValueError):  # not there, or no name that a file can have
        return None


def opened(path: Path) -> TileFile | None:
    """Open a file of tiles; None for a damaged one: its tiles are cut when asked."""
    try:
        return TileFile.open(path)
    except NoTileFile:
        log.warning("%s is no whole file of tiles; delete it and build it again", path)
        return None


def missing(session: Session) -> str | None:
    """Name the boundaries in force when they have no file yet."""
    key = maps.key(session)
    if key == maps.EMPTY or all(each.exists() for each in _files(home(session.settings), key)):
        return None
    return key


def read(session: Session) -> Ground:
    """Read the shapes in force, as this actor sees them."""
    key = maps.key(session)
    return Ground(key, {level: maps.world(session, key, level) for level in revisions.LEVELS})


def build(ground: Ground, folder: Path, tell: Tell) -> Built:
    """Write the files of a key that are not there yet; ``tell`` is told the share done."""
    files = _files(folder, ground.key)
    if ground.key == maps.EMPTY:
        return Built(ground.key, 0, 0)
    wanted = [(each, levels) for each, levels in files.items() if not each.exists()]
    plans = [(each, *_planned(ground, levels)) for each, levels in wanted]
    total = sum(many for _, _, many in plans)
    written = done = 0
    for each, parts, many in plans:
        levels = files[each]
        extents = [maps.extent(ground.worlds[level]) for level in set(levels.values())]
        corners = np.array([one for one in extents if one is not None] or [(0.0, 0.0, 0.0, 0.0)])
        extent = (*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist())

        def count(at: int, before: int = done) -> None:
            tell((before + at) / max(total, 1))

        zooms = (min(levels), max(levels))
        written += tilefile.write(
            each, _cut(parts, count), _about(ground.key, levels), zooms, extent
        )
        done += many
    return Built(ground.key, written, sum(each.stat().st_size for each in files))


def clear(session: Session, folder: Path) -> int:
    """Delete the files that no boundaries in force and no plan that counts needs, and leftovers.

    Returns how many went. Who has such a file open reads on.
    """
    kept = {str(each.name) for key in revisions.needed(session) for each in _files(folder, key)}
    gone = 0
    for each in [*folder.glob(f"*{tilefile.ENDING}"), *folder.glob(f"*{tilefile.UNFINISHED}")]:
        if each.name not in kept and not _being_written(each):
            each.unlink(missing_ok=True)
            gone += 1
    return gone


def _files(folder: Path, key: str) -> dict[Path, Mapping[int, str]]:
    return {
        folder / f"{key}{tilefile.ENDING}": SHOWN,
        folder / f"{key}-early{tilefile.ENDING}": EARLY,
    }


def _being_written(file: Path) -> bool:
    """Tell whether the process that writes an unfinished file still runs."""
    *_, number, _ = file.name.split(".")
    if file.suffix != tilefile.UNFINISHED or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


_Part = tuple[Layer, int, Any, Any, Any]
"""Tiles of one zoom: what is drawn, zoom, ids ascending, x and y."""


def _planned(ground: Ground, levels: Mapping[int, str]) -> tuple[list[_Part], int]:
    """Say which tiles a file may hold, and how many they are at most."""
    worlds: dict[tuple[str, int | None], World] = {}
    parts = []
    for z, level in levels.items():
        world = ground.worlds[level]
        x, y = tiles.reached(world, z)
        number = pmtiles.ids(z, x, y)
        order = np.argsort(number)
        fits = detail(z)
        if fits is not None and (level, fits) not in worlds:
            worlds[level, fits] = world.simplified(fits)
        drawn = Layer(level, world if fits is None else worlds[level, fits])
        parts.append((drawn, z, number[order], x[order], y[order]))
    return parts, sum(len(part[2]) for part in parts)


def _cut(parts: list[_Part], tell: Callable[[int], None]) -> Iterator[tuple[int, bytes]]:
    at = 0
    for layer, z, *columns in parts:
        for number, x, y in zip(*(column.tolist() for column in columns), strict=True):
            if at % STEP == 0:
                tell(at)
            at += 1
            if body := tiles.tile([layer], z, x, y):
                yield number, pack(body)


def _about(key: str, levels: Mapping[int, str]) -> dict[str, Any]:
    zooms = {level: [z for z, each in levels.items() if each == level] for level in levels.values()}
    return {
        "name": key,
        "generator": "gisapp",
        "vector_layers": [
            {"id": level, "fields": {}, "minzoom": min(at), "maxzoom": max(at)}
            for level, at in zooms.items()
        ],
    }


class TilesQuery(Query):
    """Nothing to choose: the boundaries in force."""


def work(task: Task, asked: TilesQuery) -> dict[str, Any]:
    """Write the tiles of the boundaries in force as the asker sees them, and clear old ones."""
    with task.read() as session:
        ground, folder = read(session), home(session.settings)

    def tell(share: float) -> None:
        task.tell("tiles", share, Sentence(SAYING))
        task.leave_if_stopped()

    built = build(ground, folder, tell)
    with task.read() as session:
        cleared = clear(session, folder)
    return {"revision": built.key, "tiles": built.tiles, "bytes": built.size, "cleared": cleared}


WORK: Final = Work("tiles", Scope.PLANS_WRITE, TilesQuery, work)
