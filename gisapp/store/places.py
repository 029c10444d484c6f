"""Which grid of the current boundary revision holds each point."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import bindparam, delete, func, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute

from gisapp.core.join import NOWHERE, Land
from gisapp.store import journal, revisions
from gisapp.store.merge import add
from gisapp.store.models import Base, Batch, Dispute, DisputePlace, Enterprise, Grid
from gisapp.store.session import Session


@dataclass(frozen=True, slots=True)
class Ground:
    """The grids of one revision, in order of code, ready to be asked."""

    grid_ids: npt.NDArray[np.int64]
    area_codes: list[str]
    land: Land

    def hold(self, points: Sequence[Any]) -> npt.NDArray[np.int64]:
        """Find the grid that holds each point; `NOWHERE` when none does.

        ``points`` are shapely points in longitude/latitude, or null. A point on a border
        belongs to the grid that comes first by code.
        """
        there: Any = np.asarray(points, dtype=object)
        # One that is missing has no coordinates: nan, which is nowhere.
        return self.land.hold(shapely.get_x(there), shapely.get_y(there))


def ground(session: Session) -> Ground:
    """Read the grids of the current revision; empty when there is none."""
    revision = revisions.current(session)
    if revision is None:
        return Ground(np.empty(0, np.int64), [], Land.of(np.empty(0, object)))
    codes = revisions.ids(session, revision).codes["grid"]
    known = {
        code: (pk, area)
        for code, pk, area in session.execute(
            select(Grid.code, Grid.id, Grid.area_code).order_by(Grid.valid_from)
        )
    }
    ids = np.array([known[code][0] for code in codes], np.int64)
    return Ground(
        ids,
        [known[code][1] for code in codes],
        Land.of(revisions.shapes(session, revision, "grid")),
    )


def join_again(session: Session, land: Ground) -> int:
    """Put every enterprise and dispute with a place into the grid that holds it now.

    Returns how many moved. A dispute whose exact place is erased stays where it was.
    """
    moved = _again(session, land, Enterprise, Enterprise.id, Enterprise.place, Enterprise.grid_id)
    return moved + _again(
        session, land, Dispute, DisputePlace.dispute_id, DisputePlace.place, Dispute.grid_id
    )


def _again(
    session: Session,
    land: Ground,
    model: type[Base],
    key: InstrumentedAttribute[int],
    place: InstrumentedAttribute[Any],
    grid: InstrumentedAttribute[int | None],
) -> int:
    question = select(key, place, grid).where(place.is_not(None))
    if model is Dispute:
        question = question.join(Dispute, Dispute.id == DisputePlace.dispute_id)
    rows = session.execute(question).all()
    home = land.hold([row[1] for row in rows])
    changes = [
        {"key": row[0], "grid": int(land.grid_ids[at]), "area": land.area_codes[at]}
        for row, at in zip(rows, home, strict=True)
        if at != NOWHERE and row[2] != land.grid_ids[at]
    ]
    lost = [
        {"key": row[0], "grid": None}
        for row, at in zip(rows, home, strict=True)
        if at == NOWHERE and row[2] is not None
    ]
    table: Any = inspect(model).local_table
    by_key = update(table).where(table.c.id == bindparam("key"))
    connection = session.connection()
    if changes:
        both = by_key.values(grid_id=bindparam("grid"), area_code=bindparam("area"))
        connection.execute(both, changes)
        if model is Dispute:
            places: Any = inspect(DisputePlace).local_table
            connection.execute(
                update(places)
                .where(places.c.dispute_id == bindparam("key"))
                .values(area_code=bindparam("area")),
                [{"key": row["key"], "area": row["area"]} for row in changes],
            )
    if lost:
        connection.execute(by_key.values(grid_id=bindparam("grid")), lost)
    return len(changes) + len(lost)


def keep_places(
    session: Session, rows: Sequence[dict[str, Any]], old: Collection[int], batch: Batch
) -> int:
    """Keep the exact places of disputes, of which ``old`` were there before.

    A known place is replaced, and no copy of it kept. Returns how many were.
    """
    ids = [row["dispute_id"] for row in rows]
    known: dict[int, Any] = {}
    for at in range(0, len(ids), 5_000):
        found = session.execute(
            select(DisputePlace.dispute_id, DisputePlace.place).where(
                DisputePlace.dispute_id.in_(ids[at : at + 5_000])
            )
        )
        known |= {row[0]: row[1] for row in found}
    new = [row for row in rows if row["dispute_id"] not in known]
    other = [
        row
        for row in rows
        if row["dispute_id"] in known and not known[row["dispute_id"]].equals_exact(row["place"], 0)
    ]
    if new:
        add(session, DisputePlace, new)
        ids = [row["dispute_id"] for row in new if row["dispute_id"] in old]
        journal.added(session, batch, DisputePlace, [{"dispute_id": pk} for pk in ids])
    if other:
        session.execute(update(DisputePlace), other)
    return len(other)


def dispute_ids(session: Session, case_numbers: Sequence[str]) -> dict[str, int]:
    """Return the ids of disputes by case number."""
    found: dict[str, int] = {}
    for at in range(0, len(case_numbers), 5_000):
        rows = session.execute(
            select(Dispute.case_number, Dispute.id).where(
                Dispute.case_number.in_(case_numbers[at : at + 5_000])
            )
        )
        found |= {row[0]: row[1] for row in rows}
    return found


def erase_due(session: Session, today: date) -> dict[str, int]:
    """Erase the exact places that are due; returns how many by county (or area above)."""
    due = session.execute(
        select(DisputePlace.area_code, func.count())
        .where(DisputePlace.erase_on <= today)
        .group_by(DisputePlace.area_code)
    ).all()
    erased: dict[str, int] = {}
    for area, number in due:
        erased[area[:6]] = erased.get(area[:6], 0) + number
    if erased:
        session.execute(
            delete(DisputePlace)
            .where(DisputePlace.erase_on <= today)
            .execution_options(synchronize_session=False)
        )
    return erased
