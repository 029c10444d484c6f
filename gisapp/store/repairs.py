"""What repairs change, row by row: as it was, as it is since, and back again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select

from gisapp.errors import Conflict, NotFound
from gisapp.i18n import N_
from gisapp.store import revisions
from gisapp.store.models import (
    Area,
    AreaShape,
    Dispute,
    DisputePlace,
    Enterprise,
    Grid,
    GridShape,
    Repair,
    RevisionArea,
    RevisionGrid,
)
from gisapp.store.session import Session

MODELS: Final[Mapping[str, Any]] = {
    "grid": Grid,
    "area": Area,
    "enterprise": Enterprise,
    "dispute": Dispute,
}
DAYS: Final = frozenset({"valid_to"})
"""Fields that are days, which the ledger keeps as text."""


class RepairOvertaken(Conflict):
    """What a repair changed was changed again: taking it back would lose that."""

    code = "repair_overtaken"
    message = N_(
        "Repair {batch} cannot be taken back: {code} was changed since. Correct it by hand."
    )


class RepairNotFound(NotFound):
    """No repair has the number, or it was taken back: both look alike."""

    code = "repair_not_found"
    message = N_("There is no repair {batch} that could be taken back.")


@dataclass(frozen=True, slots=True)
class Changed:
    """One row that a repair changed."""

    kind: str
    subject: str
    row: int
    code: str
    before: dict[str, Any]
    after: dict[str, Any]


def change(kind: str, subject: str, row: Any, code: str, values: Mapping[str, Any]) -> Changed:
    """Set fields of a row, and say what they were."""
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    return Changed(kind, subject, row.id, code, _plain(before), _plain(values))


def reshape(
    session: Session, kind: str, subject: str, outlines: Mapping[int, Any]
) -> list[Changed]:
    """Give grids or areas other outlines, in a new boundary revision; by id."""
    was = _shapes(session, subject, outlines)
    given = (outlines, {}) if subject == "grid" else ({}, outlines)
    revisions.record(session, *given)
    now = _shapes(session, subject, outlines)
    return [
        Changed(kind, subject, key, now[key][0], was[key][1], now[key][1])
        for key in outlines
        if was[key] != now[key]
    ]


def keep(session: Session, area_code: str, changes: Sequence[Changed]) -> str:
    """Write down what was changed at once; returns what people call it."""
    last = session.scalar(select(func.max(Repair.number)).where(Repair.area_code == area_code))
    number = (last or 0) + 1
    session.add_all(
        Repair(
            area_code=area_code,
            number=number,
            kind=one.kind,
            subject=one.subject,
            row=one.row,
            code=one.code,
            before=one.before,
            after=one.after,
            actor=session.actor.name,
            at=session.now,
        )
        for one in changes
    )
    session.flush()
    return f"{area_code}-R{number}"


def undo(session: Session, batch: str) -> list[Repair]:
    """Put back all that was changed at once, or nothing; returns what was."""
    area, _, number = batch.partition("-R")
    rows = list(
        session.scalars(
            select(Repair)
            .where(
                Repair.area_code == area,
                Repair.number == (int(number) if number.isdecimal() and len(number) < 9 else 0),  # noqa: PLR2004  # what the column holds
                Repair.undone_at.is_(None),
            )
            .order_by(Repair.id.desc())
        )
    )
    if not rows:
        raise RepairNotFound(batch=batch[:40])
    for subject in ("grid", "area"):
        shaped = [row for row in rows if row.subject == subject and "digest" in row.after]
        now = _shapes(session, subject, [row.row for row in shaped])
        for row in shaped:
            if now.get(row.row, ("", {}))[1].get("digest") != row.after["digest"]:
                raise RepairOvertaken(batch=batch, code=row.code)
        if shaped:
            model = GridShape if subject == "grid" else AreaShape
            old = {
                row.row: session.scalars(
                    select(model.boundary).where(model.id == row.before["shape"])
                ).one()
                for row in shaped
            }
            revisions.record(session, *((old, {}) if subject == "grid" else ({}, old)))
    for row in rows:
        if "digest" not in row.after:
            _put_back(session, row, batch)
        row.undone_at = session.now
    session.flush()
    return rows


def listed(session: Session) -> list[Any]:
    """List what was accepted, the newest first: its name and number of rows by kind."""
    return list(
        session.execute(
            select(
                Repair.area_code,
                Repair.number,
                Repair.kind,
                func.count().label("rows"),
                func.max(Repair.actor).label("actor"),
                func.max(Repair.at).label("at"),
                func.max(Repair.undone_at).label("undone_at"),
            )
            .group_by(Repair.area_code, Repair.number, Repair.kind)
            .order_by(func.max(Repair.id).desc())
        ).all()
    )


def _put_back(session: Session, row: Repair, batch: str) -> None:
    found = session.get(MODELS[row.subject], row.row)
    if found is None or _plain({name: getattr(found, name) for name in row.after}) != row.after:
        raise RepairOvertaken(batch=batch, code=row.code)
    for name, value in row.before.items():
        day = name in DAYS and value is not None
        setattr(found, name, date.fromisoformat(value) if day else value)
    if row.subject == "dispute" and "area_code" in row.before:
        place = session.get(DisputePlace, row.row)
        if place is not None:
            place.area_code = row.before["area_code"]


def _shapes(session: Session, subject: str, ids: Any) -> dict[int, tuple[str, dict[str, Any]]]:
    """Return code, and shape with its digest, of grids or areas in the current revision."""
    rows: Any
    rows, shapes, places = (
        (RevisionGrid, GridShape, Grid) if subject == "grid" else (RevisionArea, AreaShape, Area)
    )
    key = rows.grid_id if subject == "grid" else rows.area_id
    found: dict[int, tuple[str, dict[str, Any]]] = {}
    revision = revisions.current(session)
    wanted = list(ids)
    for at in range(0, len(wanted), 5_000):
        question = (
            select(key, places.code, shapes.id, shapes.digest)
            .select_from(rows)
            .join(shapes, rows.shape_id == shapes.id)
            .join(places, key == places.id)
            .where(rows.revision_id == revision, key.in_(wanted[at : at + 5_000]))
        )
        for row in session.execute(question):
            found[row[0]] = (row[1], {"shape": row[2], "digest": row[3]})
    return found


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }
