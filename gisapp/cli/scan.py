"""``gisapp scan``: gatherings of any size, in space, up to now, or of any shape."""

import time
from collections.abc import Callable
from typing import Any

import click

from gisapp.actions.scan import Found, ScanQuery, disclose, find, read
from gisapp.auth import OPERATOR
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.cli.progress import PAUSE, left_alone
from gisapp.cli.usage import Misused
from gisapp.i18n import N_, Sentence


@click.command(cls=Command)
@click.option("--category", metavar="CODE", help="Only this category of disputes.")
@click.option("--month", metavar="YYYY-MM", help="One whole calendar month.")
@click.option("--quarter", metavar="YYYY-Qn", help="One whole quarter; the last one by default.")
@click.option("--year", metavar="YYYY", help="One whole calendar year.")
@click.option("--prospective", is_flag=True, help="Up to 12 months until now.")
@click.option("--flexible", is_flag=True, help="Any shape, up to 1,000 grids.")
@click.option("--exact", is_flag=True, help="Add true counts, ratio and p; the audit notes it.")
@door
def scan(
    door: Door, *, prospective: bool, flexible: bool, exact: bool, **asked: str | None
) -> None:
    """Look for gatherings of any size that chance would hardly make."""
    if prospective and flexible:
        raise Misused(N_("Choose one of --prospective and --flexible."))
    args = {name: value for name, value in asked.items() if value is not None}
    kind = "prospective" if prospective else "flexible" if flexible else "space"
    query = ScanQuery.parse(args | {"kind": kind})
    with door.read() as session:
        field = read(session, query)
    with left_alone():
        found = find(field, query, watch(door))
    document = found.document()
    if exact:
        with door.write(OPERATOR) as session:
            document["exact"] = disclose(session, found)
    door.answer(document)
    _lines(door, found, document)


def watch(door: Door) -> Callable[[float], None]:
    """Say on stderr how far a comparison with chance is."""
    said = time.monotonic()

    def tell(share: float) -> None:
        nonlocal said
        if time.monotonic() - said >= PAUSE:
            said = time.monotonic()
            message = N_("Worlds of chance compared: {percent} %")
            click.echo(door.say(Sentence(message, {"percent": round(100 * share)})), err=True)

    return tell


def _lines(door: Door, found: Found, document: dict[str, Any]) -> None:
    door.line("{sentence}", sentence=document["sentence"])
    for row in document["clusters"]:
        door.line("  {rank}. {sentence}", rank=row["rank"], sentence=row["sentence"])
        door.line("     {grids}", grids=", ".join(row["grids"]))
    for row in document.get("exact", ()):
        message = N_(
            "  Exactly: {count} where {expected:.1f} are expected, ratio {llr:.2f}, p {p:.3g}, "
            "{from_} to {to}: {grids}"
        )
        door.line(
            message,
            count=row["exact_count"],
            from_=row["from"],
            grids=", ".join(row["grids"]),
            **{name: row[name] for name in ("expected", "llr", "p", "to")},
        )
