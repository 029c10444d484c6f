"""`gisapp import`: files come in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from gisapp.actions.import_reading import Asked, read_aside
from gisapp.actions.import_refusals import note_refusal
from gisapp.actions.imports import Report, RowsRefused, ready, store
from gisapp.cli import proposals, revisions
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Sentence
from gisapp.intake.faults import Finding, placed
from gisapp.intake.kinds import KINDS

SHOWN: Final = 20
"""Lines of findings that people get to see; ``--json`` has all."""

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import", cls=Command)
@click.argument("kind", metavar="KIND", type=click.Choice(list(KINDS)), required=False)
@click.argument("file", metavar="FILE", type=FILE, required=False)
@click.option("--propose", type=FILE, help="Guess a profile for this file; store nothing.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the profile here."
)
@click.option("--profile", type=FILE, help="How a foreign file's columns become ours (TOML).")
@click.option(
    "--crs", help="System of the coordinates: EPSG:nnnn, gcj02, bd09; NAME-swapped: y first."
)
@click.option("--layer", help="Layer of a file with several.")
@click.option("--area", help="Area code of rows that have no place.")
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
@click.option("--strict", is_flag=True, help="Store nothing when any row is refused.")
@click.option("--accept", is_flag=True, help="Change boundaries that are there at once.")
@click.option("--part", is_flag=True, help="Grids that the file does not name stay.")
@door
def import_(
    door: Door,
    kind: str | None,
    file: Path | None,
    *,
    propose: Path | None,
    out: Path | None,
    profile: Path | None,
    crs: str | None,
    layer: str | None,
    area: str | None,
    dry_run: bool,
    strict: bool,
    accept: bool,
    part: bool,
) -> None:
    """Bring in the rows of FILE (.gpkg .geojson .geojsonl .kml .csv .xlsx .zip) as KIND."""
    if propose is not None:
        proposals.propose(door, propose, kind, layer, out)
        return
    if kind is None or file is None:
        here = click.get_current_context()
        name = "kind" if kind is None else "file"
        lacks = next(each for each in here.command.params if each.name == name)
        raise click.MissingParameter(ctx=here, param=lacks)
    asked = Asked(crs, layer, area, profile, strict=strict, accept=accept, part=part)
    try:
        with door.read() as session:
            ready(session)
        # Nobody waits while a file is read: only its rows are stored in one go.
        with (
            _bar(file) as progress,
            read_aside(kind, file, asked, progress) as came,
            door.write() as session,
        ):
            report = store(session, came)
            if dry_run:
                session.rollback()
    except InvalidInput as wrong:
        if not dry_run:
            with door.write() as session:
                note_refusal(session, kind, file, wrong)
        if isinstance(wrong, RowsRefused):
            _refuse(door, wrong)
        raise
    _say(door, report, dry_run=dry_run)


@contextmanager
def _bar(file: Path) -> Iterator[Any]:
    """Show how many rows are read, on stderr and only to people."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(file.name[:40].replace("[", "("), total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _refuse(door: Door, wrong: RowsRefused) -> None:
    if not door.json:
        _list(door, wrong.report, err=True)
        door.fail(wrong)
    door.answer(
        {
            "type": "about:blank",
            "title": door.say(wrong.sentence),
            "status": 422,
            "code": wrong.code,
            "file": wrong.report.file,
            "layer": wrong.report.layer,
            "read": wrong.fields["read"],
            "stored": 0,
            "refused": wrong.fields["refused"],
            "findings": _plain(wrong.findings),
        }
    )
    sys.exit(1)


def _plain(findings: list[Finding]) -> list[dict[str, Any]]:
    return [{"line": one.line, "code": one.code, "message": one.message} for one in findings]


def _say(door: Door, report: Report, *, dry_run: bool) -> None:
    if door.json:
        door.answer(
            {
                "batch": None if dry_run else report.batch or None,
                "kind": report.kind,
                "file": report.file,
                "dry_run": dry_run,
                "read": report.read,
                # In a dry run: what would be. read = stored + refused holds in both.
                "stored": report.stored,
                "refused": report.refused,
                "added": report.added,
                "changed": report.changed,
                "unchanged": report.unchanged,
                "findings": _plain(report.findings),
                "ignored_columns": report.ignored_columns,
                "repairs": [one.line for one in report.repairs],
                "plan": report.plan,
                "drafts": revisions.drafts(report.drafts),
                "proposal": (
                    None if report.proposal is None else revisions.document(door, report.proposal)
                ),
                "layer": report.layer,
                "encoding": report.encoding,
                "crs": report.crs,
                "datum": None if report.offer is None else report.offer.plain,
                "sandbox": report.locks,
                "seconds": report.seconds,
            }
        )
        return
    _list(door, report, err=False)
    if report.ignored_columns:
        door.line(N_("Columns ignored: {columns}."), columns=report.ignored_columns)
    if report.repairs:
        lines = [one.line for one in report.repairs]
        door.line(N_("Outlines repaired: {count}, lines {lines}."), count=len(lines), lines=lines)
    fields = {"read": report.read, "stored": report.stored, "refused": report.refused}
    if dry_run:
        door.line(
            N_("Dry run, nothing stored. Of {read} rows {stored} could be, {refused} not."),
            **fields,
        )
        if report.proposal is not None:
            revisions.say(door, report.proposal)
        return
    if report.proposal is not None:
        door.line(
            N_(
                "Nothing stored yet: {read} rows read, {refused} refused, and they change "
                "boundaries that are there. Accept all of it with “gisapp revisions --accept "
                "{proposal}”, or reject it."
            ),
            proposal=report.proposal.proposal,
            **fields,
        )
        revisions.say(door, report.proposal)
        return
    door.line(
        N_(
            "Read {read} rows: {stored} stored, {refused} refused. "
            "{added} new, {changed} changed, {unchanged} as before. Batch {batch}."
        ),
        batch=report.batch,
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        **fields,
    )
    if report.plan is not None:
        door.line(N_("In force as plan {plan}."), plan=report.plan)
    revisions.say_drafts(door, report.drafts)


def _list(door: Door, report: Report, *, err: bool) -> None:
    for one in report.findings[:SHOWN]:
        click.echo(door.say(placed(one, report.file, report.layer)), err=err)
    if (more := len(report.findings) - SHOWN) > 0:
        message = N_("… and {count} more; --json has all of them.")
        click.echo(door.say(Sentence(message, {"count": more})), err=err)
