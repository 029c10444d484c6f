"""``gisapp visits``, ``gisapp before-after``: where a visit matters, and whether it helped."""

import click

from gisapp.actions.beforeafter import EffectQuery, compare
from gisapp.actions.visits import VisitsQuery, suggest
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_


@click.command(cls=Command)
@click.option("--category", metavar="CODE", help="Hotspots of this category of disputes only.")
@click.option("--month", metavar="YYYY-MM", help="One whole calendar month.")
@click.option("--quarter", metavar="YYYY-Qn", help="One whole quarter; the last one by default.")
@click.option("--year", metavar="YYYY", help="One whole calendar year.")
@click.option("--area", metavar="CODE", help="Only grids in this area.")
@click.option("--most", metavar="N", help="How many grids are listed; 50 by default.")
@door
def visits(door: Door, **asked: str | None) -> None:
    """List hot grids where much was left open and few have been."""
    args = {name: value for name, value in asked.items() if value is not None}
    with door.read() as session:
        found = suggest(session, VisitsQuery.parse(args))
    door.answer(found)
    door.line("{sentence}", sentence=found["sentence"])
    for place, row in enumerate(found["grids"], 1):
        door.line("  {place}. {code}  {sentence}", place=place, **row)
    if found["total"] > len(found["grids"]):
        more = found["total"] - len(found["grids"])
        door.line(N_("  … and {more} more; --most lists more."), more=more)
    if found["grids"]:
        door.line("{note}", note=found["note"])


@click.command("before-after", cls=Command)
@click.option(
    "--what",
    type=click.Choice(("member", "service")),
    help="Grids that got their first member, or where visits began; visits by default.",
)
@click.option("--quarter", metavar="YYYY-Qn", help="In which quarter it began.")
@click.option("--category", metavar="CODE", help="Only this category of disputes.")
@door
def before_after(door: Door, **asked: str | None) -> None:
    """Hold grids where something began against similar ones, before and after."""
    args = {name: value for name, value in asked.items() if value is not None}
    with door.read() as session:
        found = compare(session, EffectQuery.parse(args))
    door.answer(found)
    door.line(
        N_("Before: {before}. It began: {quarter}. After: {after}. {category}."),
        category=found["category_name"],
        **{name: found[name] for name in ("before", "quarter", "after")},
    )
    for name in ("sentence", "caveat"):
        door.line("{said}", said=found[name])
