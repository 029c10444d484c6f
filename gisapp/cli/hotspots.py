"""``gisapp hotspots``: where disputes gather, in which months, and whether it rises or eases."""

from typing import Any, Final

import click

from gisapp.actions.hotspots import Exact, disclose
from gisapp.auth import OPERATOR
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_
from gisapp.layer import Values
from gisapp.palette import BINS
from gisapp.query import HotspotQuery

SHOWN: Final = 10
"""How many grids are listed for people; ``--json`` has them all."""

WORTH_A_LINE: Final = (1, 2, 3)

NOW: Final = ("new_hot", "intensifying_hot", "consecutive_hot")
"""Trends to deal with now, whatever the bin of the window."""

UNLIKE: Final = ("low_high", "high_low")


@click.command(cls=Command)
@click.option("--category", metavar="CODE", help="Only this category of disputes.")
@click.option("--month", metavar="YYYY-MM", help="One whole calendar month.")
@click.option("--quarter", metavar="YYYY-Qn", help="One whole quarter; the last one by default.")
@click.option("--year", metavar="YYYY", help="One whole calendar year.")
@click.option(
    "--view",
    type=click.Choice(("significance", "outliers")),
    help="List hotspots, or grids unlike their neighbours (local Moran).",
)
@click.option(
    "--reference",
    type=click.Choice(("cube", "month")),
    help="Score months for trends among all months, or place with place.",
)
@click.option("--exact", is_flag=True, help="Add true counts, z and p; the audit notes it.")
@door
def hotspots(door: Door, *, exact: bool, reference: str | None, **asked: str | None) -> None:
    """Say where disputes gather, and whether it is new, rising, lasting or easing."""
    args = {name: value for name, value in asked.items() if value is not None}
    with door.read() as session:
        if reference is not None:
            chosen = {"hotspot_reference": reference}
            session.settings = session.settings.model_copy(update=chosen)
        found = door.runtime.layers["hotspots"].read(session, session.actor, args)
    assert isinstance(found, Values)  # noqa: S101  # of grids, not of its own shapes
    rows = [_row(found, position) for position in range(len(found.codes))]
    if exact:
        window = HotspotQuery.parse(args)
        with door.write(OPERATOR) as session:
            _add(rows, disclose(session, window))
    about = dict(found.about)
    totals = [{"code": code, "count": count} for code, count in found.totals["count"].items()]
    door.answer(about | {"grids": rows, "areas": totals})
    _summary(door, about)
    order = [] if found.order is None else [int(position) for position in found.order]
    worth = _unlike if about["view"] == "outliers" else _hot
    hot = [rows[position] for position in order if worth(rows[position])]
    for row in hot[:SHOWN]:
        _line(door, row)
    if len(hot) > SHOWN:
        door.line(N_("  … and {more} more; --json lists all."), more=len(hot) - SHOWN)


def _hot(row: dict[str, Any]) -> bool:
    return row["bin"] in WORTH_A_LINE or row["trend"] in NOW


def _unlike(row: dict[str, Any]) -> bool:
    return row["outlier"] in UNLIKE


def _row(found: Values, position: int) -> dict[str, Any]:
    assert found.sentence is not None  # noqa: S101  # this layer always has reasons
    return {
        "code": found.codes[position],
        "count": found.columns["count"][position],
        "bin": found.columns["bin"][position],
        "trend": found.columns["trend"][position],
        "outlier": found.columns["outlier"][position],
        "sentence": found.sentence(position),
    }


def _add(rows: list[dict[str, Any]], exact: list[Exact]) -> None:
    """Put the true figures beside the published ones; both are in the same order."""
    for row, true in zip(rows, exact, strict=True):
        row.update(exact_count=true.count, z=true.z, p=true.p)


def _summary(door: Door, about: dict[str, Any]) -> None:
    door.line("{sentence}", sentence=about["sentence"])
    door.line(
        N_("{window}, {category}; {method}."),
        window=about["window"],
        category=about["category_name"],
        method=about["method"],
    )
    for notice in filter(None, (*about["notices"], about["added_up"])):
        door.line("{notice}", notice=notice)
    door.line(
        N_("Disputes of the window outside every grid: {disputes}."),
        disputes=about["disputes_outside"],
    )
    for level, paint in BINS.items():
        door.line(
            N_("  {number} of {base} {base:grid|grids}: {state}"),
            number=about["bins"][str(level)],
            base=about["base"],
            state=door.translate(paint.word),
        )


def _line(door: Door, row: dict[str, Any]) -> None:
    sign = BINS[row["bin"]].sign_en
    if "p" in row:
        door.line(
            N_("  {sign} {code}  {count} exactly, z {z:.2f}, p {p:.2g}  {sentence}"),
            sign=sign,
            count=row["exact_count"],
            **{name: row[name] for name in ("code", "z", "p", "sentence")},
        )
    else:
        door.line(
            N_("  {sign} {code}  {count}  {sentence}"),
            sign=sign,
            **{name: row[name] for name in ("code", "count", "sentence")},
        )
