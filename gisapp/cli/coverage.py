"""``gisapp coverage``: which grids nobody, or nobody suitable, serves."""

from datetime import datetime
from typing import Any, Final

import click

from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_
from gisapp.layer import Values
from gisapp.palette import STATES

SHOWN: Final = 10
"""How many grids are listed for people; ``--json`` has them all."""


@click.command(cls=Command)
@click.option("--plan", metavar="PLAN", help="Under this plan, not the one in force.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="On this day, not today.")
@door
def coverage(door: Door, plan: str | None, day: datetime | None) -> None:
    """Say which grids are served, and why not."""
    asked = {"plan": plan, "day": None if day is None else day.date().isoformat()}
    args = {name: value for name, value in asked.items() if value is not None}
    with door.read() as session:
        found = door.runtime.layers["coverage"].read(session, session.actor, args)
    assert isinstance(found, Values)  # noqa: S101  # of grids, not of its own shapes
    about = dict(found.about)
    rows = [_row(found, position) for position in range(len(found.codes))]
    door.answer(about | {"grids": rows})
    door.line("{sentence}", sentence=about["sentence"])
    for state, number in about["states"].items():
        door.line(
            N_("  {number} of {base} {base:grid|grids}: {state}"),
            number=number,
            base=about["base"],
            state=door.translate(STATES[state].word),
        )
    _list(door, found, rows)
    door.line("{sentence}", sentence=about["cases"])
    door.line(
        N_("Outside every grid: {enterprises} enterprises, {disputes} disputes of a year."),
        enterprises=about["enterprises_outside"],
        disputes=about["disputes_outside"],
    )


def _row(found: Values, position: int) -> dict[str, Any]:
    assert found.sentence is not None  # noqa: S101  # this layer always has reasons
    return {
        "code": found.codes[position],
        "state": found.columns["state"][position],
        "minutes": found.columns["minutes"][position],
        "sentence": found.sentence(position),
    }


def _list(door: Door, found: Values, rows: list[dict[str, Any]]) -> None:
    """Print the most urgent grids, and say how many more there are."""
    order = [] if found.order is None else [int(position) for position in found.order]
    urgent = [rows[position] for position in order if rows[position]["state"] != "served"]
    for row in urgent[:SHOWN]:
        door.line("  {code}  {sentence}", code=row["code"], sentence=row["sentence"])
    if len(urgent) > SHOWN:
        door.line(N_("  … and {more} more; --json lists all."), more=len(urgent) - SHOWN)
