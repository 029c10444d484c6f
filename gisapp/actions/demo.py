"""Put an invented town into a database that holds nothing else."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from gisapp import __version__
from gisapp.auth import Scope
from gisapp.demo.variants import possible
from gisapp.errors import InvalidInput, Unavailable
from gisapp.i18n import N_
from gisapp.store import audit, installation, reference, schema
from gisapp.store.models import Area, Audit, Batch, Cadre, Department, Dispute, Enterprise
from gisapp.store.session import Session

BUILT: Final = "demo.built"
SRID: Final = 4548
"""CGCS2000 / 3-degree zone at 117° east, where the town is."""


SETTLED: Final = timedelta(days=30)
"""The plan in force is older than this: since then people came whom it does not know."""


class HoldsOtherData(InvalidInput):
    """The demo is asked for in a database that holds somebody's data."""

    code = "holds_other_data"
    message = N_(
        "The database holds data that is no demo. Name an empty one in GISAPP_DATABASE_URL."
    )


def open_database(engine: Engine) -> None:
    """Create the tables, or bring them to this program's version."""
    try:
        schema.check(engine)
    except Unavailable:
        # Empty, too old, or something that the upgrade says itself.
        schema.upgrade(engine)


def start_over(engine: Engine) -> None:
    """Throw a demo away; whoever asks has looked at `standing` first.

    Audit, boundaries and frozen plans refuse to be changed row by row, and rightly so: all goes.
    """
    schema.downgrade(engine)
    schema.upgrade(engine)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes one demo the same as another."""

    grids: int
    seed: int
    variant: str

    def __post_init__(self) -> None:
        """Refuse a town that cannot be before the one that stands is thrown away."""
        possible(self.grids)

    def details(self, day: date) -> dict[str, int | str]:
        """Return all that the town as of ``day`` depends on, as the audit keeps it."""
        return {
            "grids": self.grids,
            "seed": self.seed,
            "variant": self.variant,
            "version": __version__,
            "month": f"{day:%Y-%m}",
        }


@dataclass(frozen=True, slots=True)
class Built:
    """How much was stored, and what was planted."""

    name: str
    counts: dict[str, int]
    truth: dict[str, Any]


def matched_at(now: datetime, zone: str) -> datetime:
    """Return when the plan in force was made: a quarter's first morning, a month ago or more."""
    day = now.astimezone(ZoneInfo(zone)).date() - SETTLED
    first = day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return datetime.combine(first, time(9), ZoneInfo(zone))


def standing(
    session: Session, recipe: Recipe, day: date | None = None
) -> Literal["empty", "same", "other"]:
    """Say what the database holds: nothing, this very town as of ``day`` (today), or another demo.

    Raises `HoldsOtherData` when it holds anything but a demo.
    """
    session.actor.must(Scope.INSTALLATION)
    if installation.find(session) is None:
        installation.make(session)
    own = (Area, Department, Cadre, Enterprise, Dispute)
    if not installation.the(session).demo:
        if any(session.scalar(select(kind.id).limit(1)) for kind in (*own, Batch)):
            raise HoldsOtherData
        return "empty"
    if session.scalar(select(Batch.id).limit(1)):
        raise HoldsOtherData
    last = session.scalar(
        select(Audit.details).where(Audit.deed == BUILT).order_by(Audit.id.desc()).limit(1)
    )
    return "same" if last == recipe.details(day or session.today) else "other"


def build(session: Session, recipe: Recipe, day: date | None = None) -> Built:
    """Invent the town as of ``day`` (today) and store it; the database must be empty.

    Where the session's clock is before that day, some cadres come only in between.
    """
    session.actor.must(Scope.INSTALLATION)
    # The generator takes a second to load, and looking at what is there does not need it.
    from gisapp.actions import demo_rows  # noqa: PLC0415
    from gisapp.demo.town import town, truth  # noqa: PLC0415

    day = day or session.today
    if standing(session, recipe, day) != "empty":
        raise HoldsOtherData
    reference.fill(session)
    categories = reference.table("categories")
    made = town(recipe.grids, recipe.seed, day, categories, recipe.variant)
    demo_rows.store(session, made, recipe.seed)
    row = installation.the(session)
    row.demo = True
    row.name = row.name or made.name
    installation.set_srid(session, SRID)
    session.flush()
    levels = made.ground.levels
    counts = {
        "counties": len(levels.counties.code),
        "townships": len(levels.townships.code),
        "communities": len(levels.communities.code),
        "grids": len(levels.grids.code),
        "enterprises": len(made.enterprises.name),
        "departments": len(made.people.departments.code),
        "offices": len(made.people.offices.code),
        "cadres": len(made.people.cadres.name),
        "disputes": len(made.disputes.case_number),
    }
    area = levels.city.code[0]
    audit.note(session, BUILT, f"area {area}", area_code=area, **recipe.details(day))
    return Built(made.name, counts, truth(made))
