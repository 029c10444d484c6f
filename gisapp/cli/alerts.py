"""``gisapp alerts``: what was told of gatherings, what is to be told, and how it is calibrated."""

from typing import Any

import click

from gisapp.actions.alerts import (
    AlertsQuery,
    Question,
    WatchQuery,
    check_years,
    keep,
    last_look,
    listed,
    look_around,
    scanned,
    shown,
    tell_around,
)
from gisapp.actions.alerts import calibrate as simulate
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.cli.progress import left_alone
from gisapp.cli.scan import watch
from gisapp.i18n import N_


@click.command(cls=Command)
@click.option("--month", metavar="YYYY-MM", help="One whole month; with --tell the last one.")
@click.option("--category", metavar="CODE", help="Only this category of disputes.")
@click.option("--area", metavar="CODE", help="List or show this city or county; usually all.")
@click.option("--calibrate", is_flag=True, help="Simulate, and keep the result; before --tell.")
@click.option("--tell", is_flag=True, help="Look at the month and tell what is due.")
@click.option("--calibration", is_flag=True, help="Show how it is calibrated.")
@click.option("--years", type=click.IntRange(1, 1000), default=20, help="Years to simulate.")
@door
def alerts(
    door: Door,
    *,
    month: str | None,
    category: str | None,
    area: str | None,
    calibrate: bool,
    tell: bool,
    calibration: bool,
    years: int,
) -> None:
    """Say which gatherings are new, grew or became rarer, each once.

    All there is, and each city and county of it, is looked at and calibrated on its own.
    """
    args = {"month": month, "category": category}
    query = WatchQuery.parse({name: one for name, one in args.items() if one is not None})
    place = {} if area is None else {"area": area}
    asked = AlertsQuery.parse(place if month is None else {"month": month, **place})
    said: dict[str, Any] = {}
    if calibrate:
        _calibrate(door, query, years)
    if calibrate or calibration:
        said |= _calibration(door, category, asked.area)
    if tell:
        said |= _tell(door, query)
    door.answer(said or _listed(door, asked, category))


def _listed(door: Door, query: AlertsQuery, category: str | None) -> dict[str, Any]:
    with door.read() as session:
        rows = listed(session, query)
        last = last_look(session)
    if category is not None:
        rows = [row for row in rows if row["category"] == category]
    about = None if last is None else {"month": last.month, "on": last.day.isoformat()}
    _lines(door, rows)
    if about is not None:
        door.line(N_("Last looked at: {month}, on {on}."), **about)
    return {"alerts": rows, "looked": about}


def _questions(door: Door, query: WatchQuery) -> list[Question]:
    with door.read() as session:
        return look_around(session, query, lambda inside, area: [query.category])


def _calibrate(door: Door, query: WatchQuery, years: int) -> None:
    with door.read() as session:
        check_years(session, years)
    questions = _questions(door, query)
    with left_alone():
        made = [simulate(question, years, watch(door)) for question in questions]
    with door.write() as session:
        for question, (months, table) in zip(questions, made, strict=True):
            keep(session, question, months, table)


def _tell(door: Door, query: WatchQuery) -> dict[str, Any]:
    questions = _questions(door, query)
    with left_alone():
        looks = [scanned(question, watch(door)) for question in questions]
    with door.write() as session:
        told = tell_around(session, looks)
    parts: list[dict[str, Any]] = [
        {"area": look.area, "calibrated": look.calibrated, "told": rows}
        for look, rows in zip(looks, told, strict=True)
    ]
    first, *others = parts
    if not all(look.calibrated for look in looks):
        door.line(N_("Not calibrated yet, so very strict; “gisapp alerts --calibrate” does it."))
    for one in (first, *others):
        if others:
            door.line(N_("Area {area}:"), area=one["area"])
        _lines(door, one["told"])
    return {"month": looks[0].found.field.picture.window, **first, "parts": others}


def _lines(door: Door, rows: list[dict[str, Any]]) -> None:
    if not rows:
        door.line(N_("Nothing to tell."))
    for row in rows:
        door.line(
            "  {category}  {sentence}", category=row["category_name"], sentence=row["sentence"]
        )
        door.line("     {grids}", grids=", ".join(row["grids"]))


def _calibration(door: Door, category: str | None, area: str | None) -> dict[str, Any]:
    with door.read() as session:
        document = shown(session, category, area)
    said = {"calibration": document}
    if document is None:
        door.line(N_("Not calibrated yet, so very strict; “gisapp alerts --calibrate” does it."))
        return said
    door.line("{sentence}", sentence=document["sentence"])
    for row in document["thresholds"]:
        door.line(
            N_("  up to p {p}: {alarms} false alarms a year, between {low} and {high}"),
            p=row["p"],
            alarms=row["false_alarms"],
            low=row["between"][0],
            high=row["between"][1],
        )
    return said
