"""`gisapp match-codes`: official codes for communities that have none."""

from pathlib import Path
from typing import Final

import click

from gisapp.actions import codes
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW: Final = click.Path(dir_okay=False, path_type=Path)


@click.command("match-codes", cls=Command)
@click.argument("file", type=FILE)
@click.argument("table", type=FILE)
@click.option("--layer", help="Layer of a file with several.")
@click.option("--crs", help="System of the table's points: EPSG:nnnn, gcj02 or bd09.")
@click.option("--name", help="Column of FILE with the names of its polygons.")
@click.option("--code", help="Column of TABLE with the codes.")
@click.option("--out", type=NEW, help="Write the polygons with their codes here.")
@click.option("--review", type=NEW, help="Write the unsure ones here, with what could be meant.")
@click.option(
    "--reviewed", type=FILE, help="A list written by --review, with codes filled in by a person."
)
@click.option("--force", is_flag=True, help="Write over files that are there.")
@door
def match_codes(
    door: Door,
    file: Path,
    table: Path,
    *,
    layer: str | None,
    crs: str | None,
    name: str | None,
    code: str | None,
    out: Path | None,
    review: Path | None,
    reviewed: Path | None,
    force: bool,
) -> None:
    """Join the polygons of FILE to the official codes of TABLE, by place and by name."""
    wish = codes.Wish(layer, crs, name, code)
    with door.read() as session:
        found = codes.match_codes(session, file, table, wish, reviewed=reviewed)
    if out is not None:
        codes.write(found, out, force=force)
    if review is not None:
        codes.write_review(found, review, force=force)
    counts = found.counts
    sure = sum(line.code is not None for line in found.lines)
    door.line(
        N_("{sure} of {polygons} polygons have a code now; {codes} codes, {placed} with a point."),
        sure=sure,
        polygons=len(found.lines),
        codes=found.codes,
        placed=found.placed,
    )
    for how, count in counts.items():
        if count:
            door.line("  {count}: {how}", count=count, how=door.translate(codes.HOW[how]))
    fields = ("line", "name", "how", "code", "official", "candidates", "lon", "lat")
    door.answer(
        {
            "polygons": len(found.lines),
            "sure": sure,
            "unsure": len(found.lines) - sure,
            "codes": found.codes,
            "placed": found.placed,
            "crs": found.crs,
            "counts": counts,
            "matches": [{each: getattr(line, each) for each in fields} for line in found.lines],
        }
    )
