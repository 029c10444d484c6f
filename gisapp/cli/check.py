"""``gisapp check``: the fix list, and the repairs accepted from it."""

from dataclasses import asdict
from itertools import groupby

import click

from gisapp.actions import checks, repairs
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_, Sentence

SHOWN = 5
"""Findings of one kind that people see before the rest is folded."""


@click.command(cls=Command)
@click.option("--layer", type=click.Choice(checks.LAYERS), help="Look through one layer only.")
@click.option("--all", "unfolded", is_flag=True, help="Print every finding, none folded.")
@click.option(
    "--repair",
    "accepted",
    multiple=True,
    metavar="KIND[:CODE]",
    help="Accept proposed repairs, by kind or one by one; may stand more than once.",
)
@click.option("--undo", metavar="REPAIR", help="Take back all that was accepted at once.")
@click.option("--repairs", "ledger", is_flag=True, help="List what was accepted.")
@door
def check(
    door: Door,
    layer: str | None,
    accepted: tuple[str, ...],
    undo: str | None,
    *,
    ledger: bool,
    unfolded: bool,
) -> None:
    """List gaps, overlaps and other faults in what is stored, and mend what can be mended."""
    if accepted:
        _repair(door, accepted)
    elif undo is not None:
        with door.write() as session:
            rows = repairs.undo(session, undo)
        door.line(
            N_("Repair {batch} is taken back: {n} rows are as they were."), batch=undo, n=rows
        )
        door.answer({"batch": undo, "undone": rows})
    elif ledger:
        _ledger(door)
    else:
        _findings(door, layer, unfolded=unfolded)


def _findings(door: Door, layer: str | None, *, unfolded: bool) -> None:
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
    if kinds := sorted({finding.kind for finding in found if finding.repair}):
        message = N_("“gisapp check --repair KIND” mends what is proposed: {kinds}.")
        door.line(message, kinds=kinds)
    keys = ("kind", "severity", "code", "sentence", "lon", "lat", "repair")
    rows = [{key: getattr(finding, key) for key in keys} for finding in found]
    door.answer({"findings": rows})


def _repair(door: Door, accepted: tuple[str, ...]) -> None:
    with door.write() as session:
        done = repairs.repair(session, accepted)
    message = N_("Repair {batch}: {n} findings mended, {rows} rows changed.")
    door.line(message, batch=done.batch, n=done.mended, rows=done.changed)
    if done.left:
        message = N_("{n} are left as they were, to be drawn by hand: {codes}.")
        door.line(message, n=len(done.left), codes=done.left[:SHOWN])
    door.line(N_("“gisapp check --undo {batch}” takes it back."), batch=done.batch)
    door.answer(asdict(done))


def _ledger(door: Door) -> None:
    with door.read() as session:
        rows = repairs.listed(session)
    for row in rows:
        state = N_("taken back") if row["undone"] else N_("in force")
        message = N_("{batch}  {kind}  {rows} rows  {by}  {state}")
        door.line(message, **{**row, "state": Sentence(state)})
    if not rows:
        door.line(N_("No repairs yet."))
    door.answer({"repairs": rows})
