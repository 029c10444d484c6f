"""``gisapp export``: a layer as a file."""

from pathlib import Path

import click

from gisapp.actions import exports
from gisapp.catalogue import layer_named
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_
from gisapp.layer import Values


@click.command(cls=Command)
@click.argument("layer")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--crs", default="EPSG:4326", show_default=True, help="EPSG:nnnn, gcj02 or bd09.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--plan", help="A plan other than the one in force.")
@click.option("--day", help="A day other than today, YYYY-MM-DD.")
@click.option("--category", help="Disputes of one category only.")
@click.option("--month", help="Calendar month, YYYY-MM.")
@click.option("--quarter", help="Calendar quarter, YYYY-Qn.")
@click.option("--year", help="Calendar year, YYYY.")
@door
def export(
    door: Door, layer: str, path: Path, *, crs: str, force: bool, **question: str | None
) -> None:
    """Write LAYER to FILE: .gpkg .geojson .shp.zip .kml .csv or .xlsx, by the file's name."""
    wanted = layer_named(door.runtime.layers, layer)
    asked = {name: value for name, value in question.items() if value is not None}
    with door.write() as session:
        found = wanted.read(session, session.actor, asked)
        if isinstance(found, Values):
            columns = dict(found.columns)
            if found.sentence is not None:
                tell = found.sentence
                columns["sentence"] = [door.say(tell(row)) for row in range(len(found.codes))]
            rows = exports.export_values(
                session, layer, found.revision, found.codes, columns, path, crs=crs, force=force
            )
        else:
            rows = exports.export_features(
                session, layer, found.ids, found.shapes, found.columns, path, crs=crs, force=force
            )
    door.line(N_("{rows} rows of “{layer}” written to {file}."), rows=rows, layer=layer, file=path)
    door.answer({"layer": layer, "file": str(path), "rows": rows, "crs": crs})
