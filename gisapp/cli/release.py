"""``gisapp release``: fix the figures of a month, or take them anew."""

import click

from gisapp.actions import releases as deeds
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_
from gisapp.query import HotspotQuery


@click.command(cls=Command)
@click.argument("month", metavar="YYYY-MM")
@click.option("--again", is_flag=True, help="Take the figures anew, with what came late.")
@door
def release(door: Door, month: str, *, again: bool) -> None:
    """Fix the figures of MONTH; the first who looks at it does so, too."""
    HotspotQuery.parse({"month": month})
    with door.write() as session:
        done = deeds.release(session, month, again=again)
    number = sum(done.counties.values())
    door.line(N_("{month} is released: {number} disputes."), month=done.month, number=number)
    door.answer({"month": done.month, "counties": done.counties, "again": again})
