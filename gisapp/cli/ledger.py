"""``gisapp ledger``: which share of each department is out, and until when that is enough."""

from datetime import date, datetime

import click

from gisapp.actions import ledger as deeds
from gisapp.actions.deployment import Row
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.cli.plan import DAY
from gisapp.i18n import N_

BASES = {
    ("roll", True): N_("Base: headcount on the roll; leaders count among those who are out."),
    ("roll", False): N_("Base: headcount on the roll; leaders do not count among those out."),
    ("eligible", True): N_(
        "Base: people who could serve; leaders count in it and among those out."
    ),
    ("eligible", False): N_("Base: people who could serve; leaders count neither there nor out."),
}


@click.command(cls=Command)
@click.option("--day", type=DAY, help="On this day, not today.")
@door
def ledger(door: Door, day: datetime | None) -> None:
    """Say which share of each department is out, and when it will be too few."""
    with door.read() as session:
        found = deeds.ledger(session, None if day is None else day.date())
    _tell(door, found)
    door.answer(
        {
            "day": found.day,
            "until": found.until,
            "plans": found.plans,
            "base_kind": found.base_kind,
            "leaders": found.leaders,
            "floor_normal": found.floor_normal,
            "floor_surge": found.floor_surge,
            "departments": [row.document() for row in found.departments],
        }
    )


def _tell(door: Door, found: deeds.Ledger) -> None:
    fields = {"day": found.day, "until": found.until, "plans": found.plans}
    if found.plans:
        door.line(N_("Deployed on {day} by {plans}, with ends until {until}:"), **fields)
    else:
        door.line(N_("No plan is in force on {day}; ends until {until} are looked at."), **fields)
    door.line(BASES[found.base_kind, found.leaders])
    for row in sorted(found.departments, key=_urgency):
        door.line("{text}", text=row.sentence)
    falling = [row for row in found.departments if row.falls]
    if found.departments and not falling:
        message = N_("All {n} departments keep their floors until {until}.")
        door.line(message, n=len(found.departments), until=found.until)


def _urgency(row: Row) -> tuple[date, int, str]:
    """Put first who is short today, then who will be soonest."""
    return (date.max if row.falls is None else row.falls.day, -row.short, row.code)
