"""``gisapp init``, ``gisapp doctor``: the installation itself."""

import sys

import click

from gisapp.actions import duties, installation
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.cli.settings import address
from gisapp.i18n import N_

DONE = {
    "created": N_("The database is made."),
    "upgraded": N_("The database is upgraded."),
    "unchanged": N_("The database is up to date."),
}


@click.command(cls=Command)
@door
def init(door: Door) -> None:
    """Create the database, or upgrade it."""
    done = installation.prepare(door.runtime.sessions.engine)
    with door.write() as session:
        installation.make(session)
    door.line(DONE[done])
    door.answer({"database": address(door.settings.database_url), "done": done})


@click.command(cls=Command)
@door
def doctor(door: Door) -> None:
    """Say what this installation runs on, and what to mend."""
    found = installation.examine(door.runtime.sessions.engine)
    if all(finding.advice is None for finding in found):
        with door.read() as session:
            found += duties.examine(session)
    for finding in found:
        subject = door.translate(finding.subject)
        if finding.advice is None:
            door.line(N_("ok  {subject} {value}"), subject=subject, value=finding.value)
        else:
            door.line(
                N_("!!  {subject} {value}: {advice}"),
                subject=subject,
                value=finding.value,
                advice=finding.advice,
            )
    rows = [
        {
            "subject": door.translate(finding.subject),
            "ok": finding.advice is None,
            "value": finding.value,
            "advice": finding.advice,
        }
        for finding in found
    ]
    well = all(row["ok"] for row in rows)
    door.answer({"ok": well, "findings": rows})
    if not well:
        sys.exit(1)
