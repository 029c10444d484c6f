"""``gisapp demo``: an invented town, matched, published and on the map, from one command."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy.engine import make_url

from gisapp.actions import demo as deeds
from gisapp.auth import OPERATOR
from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.cli.progress import Watch
from gisapp.demo.variants import DEFAULT, VARIANTS
from gisapp.i18n import N_
from gisapp.layer import Values
from gisapp.settings import data_folder

DEFAULT_GRIDS: Final = 1000
PATIENCE_S: Final = 600.0
"""What a newcomer may wait for a proof; a town of 10,000 grids needs a fiftieth of it."""
HOT: Final = (2, 3)
"""Bins called hot without more words: 95 % and more."""


@click.command(cls=Command)
@click.option("--grids", type=int, default=DEFAULT_GRIDS, show_default=True, help="How many grids.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="Which town."
)
@click.option(
    "--variant",
    type=click.Choice(VARIANTS),
    default=DEFAULT,
    show_default=True,
    help="short-floor: one department cannot reach its floor.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    default=PATIENCE_S,
    show_default=True,
    help="Seconds for the match; then the best plan so far is taken and its gap said.",
)
@click.option("--no-serve", is_flag=True, help="Build only; do not serve the map.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on.")
@door
def demo(
    door: Door,
    *,
    grids: int,
    seed: int,
    variant: str,
    time_limit: float,
    no_serve: bool,
    host: str,
    port: int | None,
) -> None:
    """Build the invented town, match, publish, find hotspots, and serve it."""
    began = time.perf_counter()
    recipe = deeds.Recipe(grids, seed, variant)
    engine = door.runtime.sessions.engine
    deeds.open_database(engine)
    with door.write() as session:
        found, today = deeds.standing(session, recipe), session.today
    if found == "same":
        door.line(N_("This town is built already; nothing was changed."))
        door.answer({"built": False, "grids": grids, "seed": seed, "variant": variant})
    else:
        if found == "other":
            deeds.start_over(engine)
        _build(door, recipe, today, began, time_limit)
    if not no_serve:
        from gisapp.cli.serve import run  # noqa: PLC0415  # the web is not loaded to build

        run(door.runtime, host, port)


def _build(door: Door, recipe: deeds.Recipe, today: date, began: float, time_limit: float) -> None:
    """Build, match and publish as one transaction; then say what came of it.

    Its clock is that of the plan: who came later is free, and another match has something to do.
    """
    from gisapp.actions import plans  # noqa: PLC0415  # a second start matches nothing
    from gisapp.actions.demo_cases import hand_out  # noqa: PLC0415
    from gisapp.actions.demo_past import remember  # noqa: PLC0415
    from gisapp.cli.tiles import cut  # noqa: PLC0415

    then = deeds.matched_at(door.now, door.settings.time_zone)
    with door.runtime.sessions.write(OPERATOR, then) as session:
        _progress(door, N_("Inventing {grids} grids and all that is in them …"), grids=recipe.grids)
        built = deeds.build(session, recipe, today)
        _progress(door, N_("Matching {cadres} cadres …"), cadres=built.counts["cadres"])
        watch = Watch(door, time_limit)
        draft = plans.match_cadres(session, seed=recipe.seed, watch=watch)
        plans.publish_plan(session, draft.plan, session.today, None)
        remember(session, draft.plan)
        hand_out(session, draft.plan, recipe.seed)
    truth = _truth_file(door)
    truth.write_text(json.dumps(built.truth, ensure_ascii=False, indent=1), "utf-8")
    cut(door)
    with door.read() as session:
        _progress(door, N_("Looking for gaps and hotspots …"))
        states = _counted(door, session, "coverage", "state")
        bins = _counted(door, session, "hotspots", "bin")
    hot = sum(bins.get(str(bin_), 0) for bin_ in HOT)
    short = [row for row in draft.departments if row.short]
    seconds = round(time.perf_counter() - began, 1)
    door.line(
        N_(
            "{name}: {grids} grids, {communities} communities, {townships} townships, "
            "{enterprises} enterprises, {cadres} cadres of {departments} departments, "
            "{disputes} disputes in 24 months."
        ),
        name=built.name,
        **built.counts,
    )
    door.line(
        N_("Plan {plan} is in force: {filled} of {seats} seats filled."),
        plan=draft.plan,
        filled=draft.seats_filled,
        seats=draft.seats,
    )
    door.line("{text}", text=draft.proof)
    door.line(
        N_(
            "{unserved} of {grids} {grids:grid|grids} {unserved:has|have} nobody; {hot} "
            "{hot:is a hotspot|are hotspots}."
        ),
        unserved=states.get("unserved", 0),
        grids=recipe.grids,
        hot=hot,
    )
    for row in short:
        door.line("{text}", text=row.sentence)
    door.line(N_("What was planted is listed in {file}."), file=truth)
    door.line(N_("Built in {seconds} s."), seconds=seconds)
    door.answer(
        {
            "built": True,
            "grids": recipe.grids,
            "seed": recipe.seed,
            "variant": recipe.variant,
            "counts": built.counts,
            "plan": draft.plan,
            "status": draft.status,
            "gap": draft.gap,
            "posts": draft.posts,
            "filled": draft.filled,
            "states": states,
            "hotspots": hot,
            "below_floor": [row.code for row in short],
            "truth": str(truth),
            "seconds": seconds,
        }
    )


def _progress(door: Door, message: str, **fields: object) -> None:
    click.echo(door.translate(message).format(**fields), err=True)


def _counted(door: Door, session: Any, layer: str, column: str) -> dict[str, int]:
    """Count the grids of each value of a layer's column."""
    read = door.runtime.layers[layer].read(session, session.actor, {})
    assert isinstance(read, Values)  # noqa: S101  # both layers are of grids
    counts: dict[str, int] = {}
    for value in read.columns[column]:
        counts[str(value)] = counts.get(str(value), 0) + 1
    return counts


def _truth_file(door: Door) -> Path:
    """Name the file of what was planted: beside the database, else in the data folder."""
    url = make_url(door.settings.database_url.get_secret_value())
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.truth.json")
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{url.database}.truth.json"
