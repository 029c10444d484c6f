"""A chessboard of grids with a known number of disputes in each grid and month."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import insert

from gisapp.auth import OPERATOR, Actor, Role
from gisapp.cache import Cache
from gisapp.core import windows
from gisapp.runtime import Runtime
from gisapp.store import audit, installation, revisions
from gisapp.store.models import Area, Dispute, Grid, Lineage
from gisapp.store.reference import fill
from gisapp.store.session import REMEMBERED
from tests import kept

NOW: Final = datetime(2026, 11, 24, 4, tzinfo=UTC)
LAST: Final = windows.number(date(2026, 10, 1))
"""The last whole month; the last whole quarter ends a month earlier."""
COMMUNITY: Final = "990101001001"
TOWNSHIP: Final = COMMUNITY[:9]
LEADER: Final = Actor("leader", Role.LEADER, "990101")
SIDE: Final = 8
CODES: Final = [f"{COMMUNITY}{number:03d}" for number in range(1, SIDE * SIDE + 1)]
PLANT: Final = [row * SIDE + column for row in (2, 3, 4) for column in (2, 3, 4)]
"""Positions of the nine grids in which disputes gather."""
CORNER: Final = [row * SIDE + column for row in (6, 7) for column in (6, 7)]
"""Positions of four grids far from `PLANT`."""

HERE = {"area_code": COMMUNITY, "valid_from": date(2020, 1, 1)}


def usual(months: int = 24, mean: float = 4.0, risk: float = 4.0) -> npt.NDArray[np.int64]:
    """Draw counts of shape (months, grids) with a gathering in `PLANT` all the time."""
    expected = np.full(SIDE * SIDE, mean)
    expected[PLANT] *= risk
    drawn: npt.NDArray[np.int64] = np.random.default_rng(7).poisson(expected, (months, SIDE * SIDE))
    return drawn


def build(
    runtime: Runtime,
    counts: npt.NDArray[np.int64],
    *,
    households: Sequence[int | None] | None = None,
    category: str = "labour",
) -> None:
    """Store the chessboard and ``counts`` (months up to `LAST`, grids) disputes in it."""
    people = list(households or [300] * len(CODES))
    name = hashlib.sha256(repr((counts.tolist(), people, category)).encode()).hexdigest()
    kept.once(runtime, name, lambda: _build(runtime, counts, people, category))


def seen(runtime: Runtime, actor: Actor = LEADER) -> None:
    """Store the usual town, at which somebody has looked before: the first look takes seconds."""

    def make() -> None:
        build(runtime, usual())
        # With a memory of its own: the first test to ask begins as those that are given a copy.
        apart = replace(runtime.sessions, memory=Cache(REMEMBERED))
        with apart.read(actor, NOW) as session:
            runtime.layers["hotspots"].read(session, session.actor, {})

    kept.once(runtime, f"the usual town as {actor.role} of {actor.area_code} knows it", make)


def _build(
    runtime: Runtime, counts: npt.NDArray[np.int64], people: Sequence[int | None], category: str
) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        fill(session)
        installation.make(session)
        installation.set_srid(session, 4547)
        town = {"area_code": TOWNSHIP, "valid_from": date(2020, 1, 1)}
        session.add(Area(id=1, code=TOWNSHIP, name="长堤街道", level="township", **town))
        session.flush()
        session.add(
            Area(id=2, code=COMMUNITY, name="02 社区", level="community", parent_id=1, **HERE)
        )
        session.flush()
        session.add_all(
            Grid(id=number, code=code, name=code[-3:], community_id=2, households=held, **HERE)
            for number, (code, held) in enumerate(zip(CODES, people, strict=True), 1)
        )
        session.flush()
        row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
        west, south = 114 + column / 100, 30 - row / 100
        boxes = shapely.box(west, south - 0.01, west + 0.01, south)
        land = {number: shapely.MultiPolygon([box]) for number, box in enumerate(boxes, 1)}
        whole = shapely.MultiPolygon([shapely.box(114, 29.92, 114.08, 30)])
        revisions.record(session, land, {1: whole, 2: whole})
        rows = disputes(counts, category)
        if rows:
            session.connection().execute(insert(Dispute), rows)


def recode(runtime: Runtime) -> dict[str, str]:
    """Give every grid another code from today on; returns the new codes by the old ones."""
    names = {code: f"{COMMUNITY}{int(code[-3:]) + 100:03d}" for code in CODES}
    today = NOW.date()
    with runtime.sessions.write(OPERATOR, NOW) as session:
        before = revisions.current(session)
        assert before is not None
        shapes = revisions.shapes(session, before, "grid")
        old = session.query(Grid).order_by(Grid.code).all()
        for grid in old:
            grid.valid_to = today - timedelta(days=1)
        new = [
            Grid(
                id=grid.id + len(CODES),
                code=names[grid.code],
                name=grid.name,
                community_id=2,
                households=grid.households,
                area_code=COMMUNITY,
                valid_from=today,
            )
            for grid in old
        ]
        session.add_all(new)
        session.flush()
        land = {grid.id: shape for grid, shape in zip(new, shapes, strict=True)}
        since = revisions.record(session, land, {}, gone_grids=[grid.id for grid in old])
        session.add_all(
            Lineage(
                revision_id=since,
                old_grid_id=one.id,
                new_grid_id=other.id,
                share=1.0,
                area_code=COMMUNITY,
            )
            for one, other in zip(old, new, strict=True)
        )
        audit.note(session, "revision.accepted", str(since), area_code=COMMUNITY)
    return names


def disputes(counts: npt.NDArray[np.int64], category: str) -> list[dict[str, Any]]:
    """Make the rows of ``counts`` (months up to `LAST`, grids) disputes."""
    first = LAST + 1 - len(counts)
    return [
        {
            "case_number": f"{month}-{grid}-{which}",
            "category_code": category,
            "epidemic": False,
            "enterprise_related": False,
            "grid_id": grid + 1,
            "reported_on": windows.first_day(first + month).replace(day=1 + which % 28),
            "status": "reported",
            "area_code": COMMUNITY,
            "version": 1,
        }
        for month, row in enumerate(counts)
        for grid, number in enumerate(row)
        for which in range(int(number))
    ]
