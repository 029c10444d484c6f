"""``gisapp tiles``: the map's tiles, cut ahead into files that need no more work."""

import time
from typing import Any

import click

from gisapp.actions import tile_files
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_


@click.command(cls=Command)
@click.option("--area", metavar="AREA", help="As those who see only this area see them.")
@door
def tiles(door: Door, area: str | None) -> None:
    """Cut the tiles of the boundaries in force, and clear away those nobody needs."""
    actor = OPERATOR if area is None else Actor("operator", Role.PLANNER, area)
    made = cut(door, actor)
    door.line(
        N_("{tiles} tiles written, {megabytes} MB in {folder}; {cleared} old files deleted."),
        tiles=made["tiles"],
        megabytes=round(made["bytes"] / 1e6, 1),
        folder=made["folder"],
        cleared=made["cleared"],
    )
    door.answer(made)


def cut(door: Door, actor: Actor = OPERATOR) -> dict[str, Any]:
    """Do it; tells what there is now, as ``--json`` says it."""
    began = time.perf_counter()
    click.echo(door.translate(N_("Cutting the map's tiles …")), err=True)
    with door.read(actor) as session:
        ground = tile_files.read(session)
    folder = tile_files.home(door.settings)
    built = tile_files.build(ground, folder, lambda share: None)
    with door.read() as session:
        cleared = tile_files.clear(session, folder)
    return {
        "revision": built.key,
        "tiles": built.tiles,
        "bytes": built.size,
        "folder": str(folder),
        "cleared": cleared,
        "seconds": round(time.perf_counter() - began, 1),
    }
