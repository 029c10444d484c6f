"""``gisapp explain``, ``offers`` and ``candidates``: why a match is, and what else could be."""

from typing import Any

import click

from gisapp.actions import explain as deeds
from gisapp.cli.door import Door, door
from gisapp.i18n import N_

MOST = click.option(
    "--most", type=click.IntRange(1, 50), default=10, help="How many to list; 10 by default."
)
PLAN = click.option("--plan", metavar="PLAN", help="Of this plan; the one in force by default.")


@click.command()
@click.argument("plan")
@click.argument("post")
@click.option("--why-not", metavar="CADRE", help="Staff number of somebody who is not there.")
@door
def explain(door: Door, plan: str, post: str, why_not: str | None) -> None:
    """Say why PLAN has who it has in POST, and who else could be there."""
    with door.read() as session:
        found = deeds.explain_post(session, plan, post, why_not)
    document = found.document()
    door.line("{sentence}", sentence=document["sentence"])
    for each in document["matches"]:
        door.line("  {sentence}", sentence=each["sentence"])
    if document["open_seats"]:
        door.line(N_("“gisapp candidates {post}” lists who could come."), post=post)
    if document["why_not"] is not None:
        door.line("{sentence}", sentence=document["why_not"]["sentence"])
        for each in document["why_not"]["moves"]:
            door.line("  {sentence}", sentence=each["sentence"])
    door.line("{sentence}", sentence=document["against"])
    door.answer(document)


@click.command()
@click.argument("cadre")
@PLAN
@MOST
@door
def offers(door: Door, cadre: str, plan: str | None, most: int) -> None:
    """List the posts that CADRE could take, the best for the whole plan first."""
    with door.read() as session:
        document = deeds.offers(session, cadre, plan, most).document()
    if document["offers"]:
        door.line(N_("{name} ({cadre}) could take, the best first:"), **document)
    else:
        door.line(N_("{name} ({cadre}) can take no other post."), **document)
    _list(door, document, document["offers"])


@click.command()
@click.argument("post")
@PLAN
@MOST
@door
def candidates(door: Door, post: str, plan: str | None, most: int) -> None:
    """List the people who could take POST, the best for the whole plan first."""
    with door.read() as session:
        document = deeds.candidates(session, post, plan, most).document()
    if document["candidates"]:
        door.line(N_("{place} ({post}) could be taken by, the best first:"), **document)
    else:
        door.line(N_("Nobody else can take {place} ({post})."), **document)
    _list(door, document, document["candidates"])


def _list(door: Door, document: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    for number, row in enumerate(rows, 1):
        door.line("{number:3}  {sentence}", number=number, sentence=row["sentence"])
    door.line("{sentence}", sentence=document["against"])
    door.answer(document)
