"""`gisapp import --propose`: a profile for a foreign file, to look through."""

from pathlib import Path

import click

from gisapp.actions.import_proposal import Proposed
from gisapp.actions.import_proposal import propose as proposed
from gisapp.cli.door import Door
from gisapp.i18n import N_
from gisapp.intake.faults import placed


def propose(door: Door, file: Path, kind: str | None, layer: str | None, out: Path | None) -> None:
    """Print a profile for ``file``, or write it to ``out``, and rows as they would be stored."""
    with door.read() as session:
        found = proposed(session, file, kind, layer)
    notes = [door.say(note) for note in found.notes]
    profile = found.text(notes)
    if out is not None:
        out.write_text(profile, "utf-8")
    if door.json:
        _answer(door, found, profile, notes, out)
        return
    if out is None:
        click.echo(profile)
    for row in found.rows:
        click.echo("; ".join(f"{name}: {said}" for name, said in row.items()))
    for one in found.findings:
        click.echo(door.say(placed(one, found.taken.file, found.taken.came.layer)))
    if found.unused:
        door.line(N_("Columns ignored: {columns}."), columns=found.unused)
    if out is not None:
        door.line(N_("Profile written to {file}."), file=out)


def _answer(door: Door, found: Proposed, profile: str, notes: list[str], out: Path | None) -> None:
    door.answer(
        {
            "kind": found.proposal.kind.name,
            "profile": profile,
            "file": None if out is None else str(out),
            "columns": found.proposal.columns,
            "templates": found.proposal.templates,
            "values": found.proposal.values,
            "missing": found.proposal.missing,
            "code_column": found.proposal.code_column,
            "unused": found.unused,
            "layer": found.profile.layer,
            "encoding": found.taken.came.encoding,
            "crs": found.crs,
            "crs_said": found.crs_said,
            "datum": None if found.offer is None else found.offer.plain,
            "rows": found.rows,
            "findings": [
                {"line": one.line, "code": one.code, "message": one.message}
                for one in found.findings
            ],
            "notes": notes,
        }
    )
