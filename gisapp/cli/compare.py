"""``gisapp compare``: what changes when one plan takes the place of another."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import click

from gisapp.actions import inputs
from gisapp.actions.compare import compare_plans
from gisapp.actions.comparison import Change, Comparison, Seats
from gisapp.actions.drafts import told
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_, Sentence

SHOWN: Final = 10
"""How many rows of a list are printed for people; ``--json`` has them all."""
NAMED: Final = 4
"""How many people of one post are named."""

PARTS: Final = MappingProxyType(
    {
        "travel_min": N_("Travel"),
        "specialty": N_("Specialty"),
        "load": N_("Load"),
        "disturbance": N_("Disturbance"),
        "unfilled": N_("Unfilled seats"),
        "floors": N_("Floors not reached"),
        "links": N_("Links"),
    }
)


@click.command(cls=Command)
@click.argument("before", metavar="PLAN")
@click.argument("after", metavar="PLAN")
@door
def compare(door: Door, before: str, after: str) -> None:
    """Say what changes from the first PLAN to the second."""
    with door.read() as session:
        found = compare_plans(session, before, after)
    _people(door, found)
    _posts(door, N_("{n} posts with more people:"), found.gained)
    _posts(door, N_("{n} posts with fewer people:"), found.lost)
    _posts(door, N_("{n} posts with as many people, but others:"), found.swapped)
    _minutes(door, found)
    _departments(door, found)
    door.answer(found.document())


def _people(door: Door, found: Comparison) -> None:
    door.line(
        N_(
            "From plan {before} to plan {after}: {people} {people:person gives|people "
            "give} up {moved} {moved:placement|placements}."
        ),
        before=found.before,
        after=found.after,
        people=found.people_moved,
        moved=found.moved,
    )
    moves = [
        Sentence(N_("{cadre}: {post} → {to}"), {"cadre": move.cadre, "post": move.post, "to": to})
        for move in found.moves
        for to in [move.to or Sentence(N_("nothing instead"))]
    ]
    _rows(door, moves)
    if found.fallen:
        message = N_(
            "{n} placements of plan {before} could not stand any more; these are no moves."
        )
        door.line(message, n=len(found.fallen), before=found.before)
        _rows(door, [told(row)["sentence"] for row in found.fallen])


def _posts(door: Door, heading: str, posts: Sequence[Seats]) -> None:
    if not posts:
        return
    door.line(heading, n=len(posts))
    both = N_("{post}: {before} → {after}, {came} instead of {went}")
    came, went = (
        N_("{post}: {before} → {after}, {came}"),
        N_("{post}: {before} → {after}, not {went}"),
    )
    rows = []
    for row in posts:
        message = (both if row.went else came) if row.came else went
        fields = {"post": row.code, "before": row.before, "after": row.after}
        rows.append(Sentence(message, fields | {"came": _few(row.came), "went": _few(row.went)}))
    _rows(door, rows)


def _few(people: list[str]) -> list[str]:
    return people if len(people) <= NAMED else [*people[:NAMED], "…"]


def _departments(door: Door, found: Comparison) -> None:
    """List the departments that send more or fewer, those with most change first."""
    changed = [row for row in found.departments if row.before != row.after]
    heading = N_("{n} of {all} departments send more or fewer people (base: who could serve).")
    if door.settings.floor_base == "roll":
        heading = N_("{n} of {all} departments send more or fewer people (base: the roll).")
    door.line(heading, n=len(changed), all=len(found.departments))
    message = N_("{department}: {before} → {after} of {base} out, floor {floor}.")
    names = ("before", "after", "base", "floor")
    _rows(
        door,
        [
            Sentence(message, {"department": row.name} | {key: getattr(row, key) for key in names})
            for row in sorted(changed, key=lambda row: (-abs(row.after - row.before), row.code))
        ],
    )


def _minutes(door: Door, found: Comparison) -> None:
    """Say what it costs, in all and by part, where that is known of both."""
    if found.cost.change is None:
        door.line(N_("What the plans cost is not known of both, or they are seen in part."))
        return
    door.line(N_("Cost: {before} → {after} min ({change})."), **_told(found.cost))
    for part, minutes in found.parts.items():
        if minutes.change:
            message = N_("  {part}: {before} → {after} min ({change})")
            door.line(message, part=door.translate(PARTS[part]), **_told(minutes))
    if (differs := inputs.sentence(found.unlike)) is not None:
        door.line("  {text}", text=differs)


def _told(minutes: Change) -> dict[str, str]:
    return {
        "before": f"{minutes.before:.1f}",
        "after": f"{minutes.after:.1f}",
        "change": f"{minutes.change:+.1f}",
    }


def _rows(door: Door, rows: Sequence[Sentence]) -> None:
    for row in rows[:SHOWN]:
        door.line("  {text}", text=row)
    if len(rows) > SHOWN:
        door.line(N_("  … and {more} more; “--json” lists all."), more=len(rows) - SHOWN)
