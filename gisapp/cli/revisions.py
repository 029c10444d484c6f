"""``gisapp revisions``: boundaries that were brought and wait to be accepted."""

from typing import Any, Final

import click

from gisapp.actions import boundaries
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_

STATES: Final = {
    "waiting": N_("waiting"),
    "accepted": N_("accepted"),
    "rejected": N_("rejected"),
    "undone": N_("taken back"),
}

SHOWN: Final = 20
"""Changes that people get to see of one proposal; ``--json`` has all."""


@click.command(cls=Command)
@click.option("--accept", metavar="ID", help="Change the boundaries as this proposal says, whole.")
@click.option("--reject", metavar="ID", help="Give this proposal up.")
@click.option(
    "--page",
    type=click.IntRange(1, 1_000_000),
    default=1,
    help="Which page of the list; the latest proposals are on the first.",
)
@door
def revisions(door: Door, *, accept: str | None, reject: str | None, page: int) -> None:
    """List proposed boundaries with what each changes, accept one or reject it."""
    if accept is not None and reject is not None:
        message = "--accept and --reject exclude each other."
        raise click.UsageError(message, click.get_current_context())
    if accept is not None:
        with door.write() as session:
            done = boundaries.accept(session, accept)
        say_accepted(door, done)
    elif reject is not None:
        with door.write() as session:
            found = boundaries.reject(session, reject)
        door.line(N_("Proposed boundaries {proposal} are rejected."), proposal=found.proposal)
        door.answer(found.document())
    else:
        _list(door, page)


def say(door: Door, found: boundaries.Proposed) -> None:
    """Say what a proposal changes, one sentence a change."""
    for change in found.changes[:SHOWN]:
        said = [door.say(sentence) for sentence in boundaries.sentences(change)]
        click.echo("  " + " ".join(said))
    if len(found.changes) > SHOWN:
        door.line(
            N_("… and {count} more; --json has all of them."), count=len(found.changes) - SHOWN
        )


def document(door: Door, found: boundaries.Proposed) -> dict[str, Any]:
    """Say a proposal with its changes for programs."""
    changes = [
        change | {"sentence": " ".join(door.say(one) for one in boundaries.sentences(change))}
        for change in found.changes
    ]
    return found.document() | {"changes": changes}


def say_accepted(door: Door, done: boundaries.Accepted) -> None:
    """Say what became of proposed boundaries."""
    door.line(
        N_("New: {added}, changed: {changed}, ended: {ended}. Batch {batch}."),
        added=done.added,
        changed=done.changed,
        ended=done.ended,
        batch=done.batch,
    )
    say_drafts(door, done.drafts)
    names = ("proposal", "batch", "added", "changed", "ended")
    door.answer({name: getattr(done, name) for name in names} | {"drafts": drafts(done.drafts)})


def say_drafts(door: Door, made: list[tuple[str, int, int]]) -> None:
    """Say which drafts wait to be published."""
    for code, carried, left in made:
        door.line(
            N_(
                "Draft {plan} carries {carried} placements over to the new posts and leaves "
                "{left} out. “gisapp publish {plan}” puts it in force."
            ),
            plan=code,
            carried=carried,
            left=left,
        )


def drafts(made: list[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """Say the drafts for programs."""
    return [{"plan": code, "carried": carried, "left": left} for code, carried, left in made]


def _list(door: Door, page: int) -> None:
    with door.read() as session:
        listed, total = boundaries.listed(session, page)
        days = {row.proposal: session.day_of(row.at) for row in listed}
    for row in listed:
        door.line(
            N_("{proposal}  {day}  {by}  {file}: {count} changes, {state}"),
            proposal=row.proposal,
            day=days[row.proposal],
            by=row.by,
            file=row.file,
            count=len(row.changes),
            state=door.translate(STATES[row.state]),
        )
        if row.state == "waiting" and not door.json:
            say(door, row)
    if not listed:
        door.line(N_("No proposed boundaries on this page."))
    if total > page * boundaries.PAGE:
        earlier = total - page * boundaries.PAGE
        door.line(N_("{count} earlier ones: --page {page}"), count=earlier, page=page + 1)
    door.answer(
        {"revisions": [document(door, row) for row in listed], "page": page, "total": total}
    )
