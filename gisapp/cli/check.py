"""``gisapp check``: the fix list."""

from itertools import groupby

import click

from gisapp.actions import checks
from gisapp.cli.door import Door, door
from gisapp.i18n import N_

SHOWN = 5
"""Findings of one kind that people see before the rest is folded."""


@click.command()
@click.option("--layer", type=click.Choice(checks.LAYERS), help="Look through one layer only.")
@click.option("--all", "unfolded", is_flag=True, help="Print every finding, none folded.")
@door
def check(door: Door, layer: str | None, *, unfolded: bool) -> None:
    """List gaps, overlaps and other faults in what is stored."""
    with door.read() as session:
        found = checks.check(session, layer)
    for _, group in groupby(found, key=lambda finding: finding.kind):
        alike = list(group)
        for finding in alike if unfolded else alike[:SHOWN]:
            where = "" if finding.lon is None else f"  ({finding.lon}, {finding.lat})"
            door.line("{text}", text=f"{door.say(finding.sentence)}{where}")
        if not unfolded and len(alike) > SHOWN:
            door.line(N_("… and {n} of the same kind."), n=len(alike) - SHOWN)
    if not found:
        door.line(N_("No findings."))
    keys = ("kind", "severity", "code", "sentence", "lon", "lat")
    rows = [{key: getattr(finding, key) for key in keys} for finding in found]
    door.answer({"findings": rows})
