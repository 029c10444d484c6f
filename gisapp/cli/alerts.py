"""``gisapp alerts``: what was told of gatherings, what is to be told, and how it is calibrated."""

from typing import Any

import click

from gisapp.actions.alerts import (
    AlertsQuery,
    WatchQuery,
    calibrate,
    documents,
    keep,
    last_look,
    listed,
    look,
    scanned,
    shown,
    tell,
)
from gisapp.cli.door import Door, door
from gisapp.cli.progress import left_alone
from gisapp.cli.scan import watch
from gisapp.i18n import N_


@click.command()
@click.option("--month", metavar="YYYY-MM", help="One whole month; with --tell the last one.")
@click.option("--category", metavar="CODE", help="Only this category of disputes.")
@click.option("--tell", "deed", flag_value="tell", help="Look at the month and tell what is due.")
@click.option("--calibrate", "deed", flag_value="calibrate", help="Simulate, and keep the result.")
@click.option("--calibration", "deed", flag_value="calibration", help="Show how it is calibrated.")
@click.option("--years", type=click.IntRange(1, 1000), default=20, help="Years to simulate.")
@door
def alerts(
    door: Door, *, month: str | None, category: str | None, deed: str | None, years: int
) -> None:
    """Say which gatherings are new, grew or became rarer, each once."""
    args = {"month": month, "category": category}
    query = WatchQuery.parse({name: one for name, one in args.items() if one is not None})
    if deed == "tell":
        _tell(door, query)
    elif deed == "calibrate":
        with door.read() as session:
            question = look(session, query)
        with left_alone():
            months, made = calibrate(question, years, watch(door))
        with door.write() as session:
            keep(session, question, months, made)
        _calibration(door, category)
    elif deed == "calibration":
        _calibration(door, category)
    else:
        with door.read() as session:
            rows = listed(session, AlertsQuery(month=query.month))
            last = last_look(session)
        if category is not None:
            rows = [row for row in rows if row["category"] == category]
        about = None if last is None else {"month": last.month, "on": last.day.isoformat()}
        door.answer({"alerts": rows, "looked": about})
        _lines(door, rows)
        if about is not None:
            door.line(N_("Last looked at: {month}, on {on}."), **about)


def _tell(door: Door, query: WatchQuery) -> None:
    with door.read() as session:
        question = look(session, query)
    with left_alone():
        looked = scanned(question, watch(door))
    with door.write() as session:
        rows = documents(session, tell(session, looked))
    about = {"month": looked.found.field.picture.window, "calibrated": looked.calibrated}
    door.answer(about | {"told": rows})
    if not looked.calibrated:
        door.line(N_("Not calibrated yet, so very strict; “gisapp alerts --calibrate” does it."))
    _lines(door, rows)


def _lines(door: Door, rows: list[dict[str, Any]]) -> None:
    if not rows:
        door.line(N_("Nothing to tell."))
    for row in rows:
        door.line(
            "  {category}  {sentence}", category=row["category_name"], sentence=row["sentence"]
        )
        door.line("     {grids}", grids=", ".join(row["grids"]))


def _calibration(door: Door, category: str | None) -> None:
    with door.read() as session:
        document = shown(session, category)
    door.answer({"calibration": document})
    if document is None:
        door.line(N_("Not calibrated yet, so very strict; “gisapp alerts --calibrate” does it."))
        return
    door.line("{sentence}", sentence=document["sentence"])
    for row in document["thresholds"]:
        door.line(
            N_("  up to p {p}: {alarms} false alarms a year"),
            p=row["p"],
            alarms=row["false_alarms"],
        )
