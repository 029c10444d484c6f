"""``gisapp stand-down``: end a surge, and say what changed meanwhile."""

from datetime import datetime
from typing import Final

import click

from gisapp.actions import surge as deeds
from gisapp.actions.drafts import told
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.cli.plan import DAY
from gisapp.i18n import N_

SHOWN: Final = 10
"""How many placements are listed for people; ``--json`` has them all."""


@click.command("stand-down", cls=Command)
@click.option("--area", help="Code of the area; all of it by default.")
@click.option("--on", "last", type=DAY, help="Last day of the surge; yesterday by default.")
@door
def stand_down(door: Door, area: str | None, last: datetime | None) -> None:
    """End the surge in force, or withdraw the next; the normal plan holds as it was."""
    with door.write() as session:
        done = deeds.stand_down(session, area, None if last is None else last.date())
        today = session.today
    _tell(door, done, whole_days=last is None and done.on == today)
    door.answer(done.document())


def _tell(door: Door, done: deeds.StoodDown, *, whole_days: bool) -> None:
    holds = [done.back_to] if done.back_to else done.plans
    fields = {"plan": done.ended, "area": done.area, "on": done.on, "day": done.back_on}
    if done.on is None:
        door.line(
            N_("Surge plan {plan} in {area} is withdrawn; it was to begin on {day}."), **fields
        )
        if holds:
            door.line(N_("On that day holds: {plans}."), plans=holds)
        else:
            door.line(N_("On that day no plan is in force there."))
        return
    door.line(N_("Surge plan {plan} in {area}: its last day is {on}."), **fields)
    if whole_days:
        door.line(N_("It began today, and a plan is in force for whole days."))
    if holds:
        door.line(N_("From {day} holds again: {plans}."), day=done.back_on, plans=holds)
    else:
        door.line(N_("From {day} no plan is in force there."), day=done.back_on)
    door.line(N_("{people} people go home, whom only the surge had sent."), people=done.went_home)
    for row in done.departments:
        door.line(
            N_("{department}: {surge} out in the surge, {normal} without it, floor {floor}."),
            department=row.name,
            surge=row.surge,
            normal=row.normal,
            floor=row.floor,
        )
    door.line(N_("{n} posts were served in the surge and are open now."), n=len(done.open_posts))
    door.line(N_("{n} placements of the plan no longer stand."), n=len(done.fallen))
    for each in done.fallen[:SHOWN]:
        door.line("  {text}", text=told(each)["sentence"])
    if len(done.fallen) > SHOWN:
        door.line(N_("  … and {more} more; “--json” lists all."), more=len(done.fallen) - SHOWN)
