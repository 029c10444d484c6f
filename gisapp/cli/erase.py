"""``gisapp erase``: take the exact places of disputes away whose time is up."""

import click

from gisapp.actions.import_places import erase_places
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_


@click.command(cls=Command)
@door
def erase(door: Door) -> None:
    """Erase exact places 90 days after their case was closed; every import does so, too."""
    with door.write() as session:
        number = erase_places(session)
    door.line(N_("Exact places erased: {number}."), number=number)
    door.answer({"erased": number})
