"""``gisapp match``, ``plans`` and ``publish``: make a plan, list plans, put one in force."""

from datetime import datetime

import click

from gisapp.actions import plans as deeds
from gisapp.actions.drafts import Draft
from gisapp.actions.match import Mode, Terms, pose, solve, store_if_same
from gisapp.actions.posts import lacking
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.cli.progress import Watch, left_alone
from gisapp.i18n import N_, day_name

DAY = click.DateTime(["%Y-%m-%d"])
SEED = click.IntRange(0, 2**31 - 1)
"""What the column of either engine holds."""


@click.command(cls=Command)
@click.option(
    "--mode", type=click.Choice(["normal", "surge"]), default="normal", help="Which floors hold."
)
@click.option("--area", help="Code of the area to match; all of it by default.")
@click.option("--seed", type=SEED, default=0, help="Picks among equal plans.")
@click.option("--based-on", metavar="PLAN", help="Plan to start from; the one in force by default.")
@click.option(
    "--max-moves",
    type=click.IntRange(0, 2**31 - 1),
    help="At most so many placements of today's plan are given up.",
)
@click.option("--curve", is_flag=True, help="Also tell what fewer and more moves would cost.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Stop then, with the best plan so far and its proven gap.",
)
@door
def match(  # one for each option
    door: Door,
    *,
    mode: Mode,
    area: str | None,
    seed: int,
    based_on: str | None,
    max_moves: int | None,
    curve: bool,
    time_limit: float | None,
) -> None:
    """Make the best draft plan: who serves where."""
    with left_alone():
        draft = _matched(
            door, Terms(area, mode, seed, based_on, max_moves, curve), Watch(door, time_limit)
        )
    _tell(door, draft)
    door.answer(draft.document())


def _matched(door: Door, terms: Terms, watch: Watch) -> Draft:
    """Read, solve and store; while it solves, others may write."""
    with door.read() as session:
        posed = None if lacking(session) else pose(session, terms, make=False)
    if posed is None:
        # Posts are tried out only: they are made together with the plan, or not at all.
        with door.write() as session:
            posed = pose(session, terms)
            session.rollback()
    found = solve(posed, watch)
    with door.write() as session:
        return store_if_same(session, posed, found)


def _tell(door: Door, draft: Draft) -> None:
    door.line(
        N_("Plan {plan}: {filled} of {seats} seats filled, {open} open, in {posts} posts."),
        plan=draft.plan,
        filled=draft.seats_filled,
        seats=draft.seats,
        open=draft.seats - draft.seats_filled,
        posts=draft.posts,
    )
    door.line("{text}", text=draft.proof)
    door.line(
        N_("Way from office to post: {minutes} min in all, {each} min for each seat."),
        minutes=round(draft.parts["travel_min"]),
        each=round(draft.parts["travel_min"] / max(draft.seats_filled, 1), 1),
    )
    door.line(
        N_("Moved: {moved} {moved:placement|placements} of {people} {people:person|people}."),
        moved=draft.moved,
        people=draft.people_moved,
    )
    if draft.corners == []:
        door.line(N_("The time was up before the costs of other moves were found."))
    for each in draft.curve:
        door.line(N_("  {moves} moves: {cost} min in all, proven"), **each)
    if draft.placeless:
        door.line(N_("{n} posts are left out: their places have no boundary."), n=draft.placeless)
    if draft.mode == "surge":
        _preview(door, draft)
    short = [row for row in draft.departments if row.short]
    for row in short:
        door.line("{text}", text=row.sentence)
    if draft.departments and not short:
        door.line(N_("All {n} departments reach their floors."), n=len(draft.departments))
    if draft.mode == "surge":
        door.line(N_("In force with: gisapp publish {plan} --to DAY"), plan=draft.plan)
    else:
        door.line(N_("In force with: gisapp publish {plan}"), plan=draft.plan)


def _preview(door: Door, draft: Draft) -> None:
    """Say what a surge keeps and what it asks of each department."""
    door.line(
        N_("Kept: {kept} placements, all that stand today; {fallen} no longer stand."),
        kept=draft.standing,
        fallen=len(draft.fallen),
    )
    for row in draft.departments:
        door.line("{text}", text=row.preview)


@click.command(cls=Command)
@door
def plans(door: Door) -> None:
    """List all plans, and when each is in force."""
    with door.read() as session:
        listed = deeds.list_plans(session)
    for row in listed:
        fields = {
            "plan": row.plan + (door.translate(SURGE) if row.mode == "surge" else ""),
            "made": row.made_on,
            "filled": "–" if row.seats_filled is None else row.seats_filled,
            "seats": "–" if row.seats is None else row.seats,
        }
        if row.in_force and row.until is None:
            door.line(N_("{plan}  made {made}, {filled} of {seats} seats, in force"), **fields)
        elif row.in_force:
            message = N_("{plan}  made {made}, {filled} of {seats} seats, in force until {last}")
            door.line(message, **fields, last=row.until)
        elif row.published:
            days = {"first": row.published[-1]["from"], "last": row.published[-1]["to"] or "…"}
            message = N_(
                "{plan}  made {made}, {filled} of {seats} seats, in force {first} to {last}"
            )
            door.line(message, **fields, **days)
        else:
            door.line(
                N_("{plan}  made {made}, {filled} of {seats} seats, {state}"),
                **fields,
                state=door.translate(STATES[row.state]),
            )
    if not listed:
        door.line(N_("No plans yet. “gisapp match” makes one."))
    keys = ("plan", "mode", "state", "made_on", "seats", "seats_filled", "gap", "published")
    rows = [{key: getattr(row, key) for key in (*keys, "in_force", "until")} for row in listed]
    door.answer({"plans": rows})


SURGE = N_(" (surge)")

STATES = {"draft": N_("draft"), "frozen": N_("not in force any more")}


@click.command(cls=Command)
@click.argument("plan")
@click.option("--from", "first", type=DAY, help="First day; today by default.")
@click.option("--to", "last", type=DAY, help="Last day; open by default.")
@door
def publish(door: Door, plan: str, first: datetime | None, last: datetime | None) -> None:
    """Put PLAN in force; the one it takes the place of ends the day before."""
    with door.write() as session:
        done = deeds.publish_standing(
            session,
            plan,
            None if first is None else first.date(),
            None if last is None else last.date(),
        )
    fields = {"plan": done.plan, "area": done.area, "starts": day_name(done.starts_on)}
    if done.ends_on is None:
        door.line(N_("Plan {plan} is in force in {area} from {starts}."), **fields)
    else:
        door.line(
            N_("Plan {plan} is in force in {area} from {starts} to {ends}."),
            **fields,
            ends=day_name(done.ends_on),
        )
    if done.displaces is not None:
        door.line("{text}", text=done.displaces.sentence)
    door.answer(done.document())
