"""``gisapp explain``, ``offers`` and ``candidates``: why a match is, and what else could be."""

from itertools import groupby
from typing import Any

import click

from gisapp.actions import explain as deeds
from gisapp.actions import mending
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.cli.usage import Misused
from gisapp.i18n import N_

MOST = click.option(
    "--most", type=click.IntRange(1, 50), default=10, help="How many to list; 10 by default."
)
PLAN = click.option("--plan", metavar="PLAN", help="Of this plan; the one in force by default.")


@click.command(cls=Command)
@click.argument("plan")
@click.argument("post", required=False)
@click.option("--why-not", metavar="CADRE", help="Staff number of somebody who is not there.")
@click.option(
    "--floor", metavar="DEPARTMENT", help="What would let this department reach its floor."
)
@door
def explain(
    door: Door, plan: str, post: str | None, why_not: str | None, floor: str | None
) -> None:
    """Say why PLAN has who it has in POST, who else could be there, what would fill it."""
    if (post is None) == (floor is None):
        raise Misused(N_("Name a post, or a department with --floor; one of the two."))
    if why_not is not None and post is None:
        raise Misused(N_("Name the post that --why-not asks about."))
    if floor is not None:
        _explain_floor(door, plan, floor)
        return
    with door.read() as session:
        found = deeds.explain_post(session, plan, post or "", why_not)
        document = found.document()
        document["open"] = mending.open_seats(found.found, found.post)
    door.line("{sentence}", sentence=document["sentence"])
    for each in document["matches"]:
        door.line("  {sentence}", sentence=each["sentence"])
    if document["open_seats"]:
        door.line(N_("“gisapp candidates {post}” lists who could come."), post=post)
    for each in document["open"]:
        _mend(door, each)
    if document["why_not"] is not None:
        door.line("{sentence}", sentence=document["why_not"]["sentence"])
        for each in document["why_not"]["moves"]:
            door.line("  {sentence}", sentence=each["sentence"])
    door.line("{sentence}", sentence=document["against"])
    door.answer(document)


def _explain_floor(door: Door, plan: str, department: str) -> None:
    with door.read() as session:
        document = mending.reach_floor(session, plan, department).document()
    _mend(door, document)
    door.line("{sentence}", sentence=document["against"])
    door.answer(document)


def _mend(door: Door, document: dict[str, Any]) -> None:
    """Say what would mend something, a line for each change."""
    door.line("{sentence}", sentence=document["sentence"])
    steps = [door.say(step["sentence"]) for step in (document["mend"] or {"steps": ()})["steps"]]
    for sentence, alike in groupby(steps):
        times = len(list(alike))
        door.line("  {times}{step}", times=f"{times} × " if times > 1 else "", step=sentence)


@click.command(cls=Command)
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
    elif document["available"]:
        door.line(N_("{name} ({cadre}) can take no other post."), **document)
    else:
        door.line(N_("{name} ({cadre}) can take no post: not available today."), **document)
    _list(door, document, document["offers"])


@click.command(cls=Command)
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
