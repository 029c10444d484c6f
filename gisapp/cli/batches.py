"""``gisapp imports``: what came in, and taking it back."""

import click

from gisapp.actions import batches as deeds
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_

STATES = {"stored": N_("stored"), "undone": N_("taken back")}


@click.command(cls=Command)
@click.option("--undo", metavar="BATCH", help="Take this batch back whole.")
@click.option(
    "--page",
    type=click.IntRange(1, 1_000_000),
    default=1,
    help="Which page of the list; the latest batches are on the first.",
)
@door
def imports(door: Door, *, undo: str | None, page: int) -> None:
    """List what came in, or take a batch back while nothing depends on it."""
    if undo is not None:
        _undo(door, undo)
        return
    with door.read() as session:
        listed, total = deeds.list_batches(session, page)
        days = {row.batch: session.day_of(row.at) for row in listed}
    for row in listed:
        door.line(
            N_("{batch}  {day}  {by}  {kind}  {file}: {stored} stored, {refused} refused, {state}"),
            batch=row.batch,
            by=row.by,
            day=days[row.batch],
            kind=row.kind,
            file=row.file,
            stored=row.stored,
            refused=row.refused,
            state=door.translate(STATES[row.state]),
        )
    if not listed:
        door.line(N_("Nothing on this page. “gisapp import” brings files in."))
    if total > page * deeds.PAGE:
        door.line(
            N_("{count} earlier ones: --page {page}"),
            count=total - page * deeds.PAGE,
            page=page + 1,
        )
    door.answer({"batches": [row.document() for row in listed], "page": page, "total": total})


def _undo(door: Door, batch: str) -> None:
    with door.write() as session:
        done = deeds.undo_batch(session, batch)
    door.line(
        N_("Batch {batch} is taken back: {removed} rows removed, {restored} as before."),
        batch=done.batch,
        removed=done.removed,
        restored=done.restored,
    )
    door.answer({"batch": done.batch, "removed": done.removed, "restored": done.restored})
