"""Keeps checked rows in the database between the gate and the one commit, not in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select

from gisapp.intake.cells import Value
from gisapp.store.merge import add
from gisapp.store.models import Staged
from gisapp.store.session import Session

CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class Draft:
    """One row that passed the gate: its values by field, and its shape in longitude/latitude."""

    line: int
    values: dict[str, Value]
    shape: BaseGeometry | None = None


def stage(session: Session, batch: UUID, drafts: Iterator[Draft]) -> int:
    """Put rows aside; returns how many."""
    count = 0
    while chunk := list(islice(drafts, CHUNK)):
        rows = [
            {"batch_uid": batch, "line": count + number, "row": row}
            for number, row in enumerate(_packed(chunk), 1)
        ]
        add(session, Staged, rows)
        count += len(chunk)
    return count


def _packed(drafts: Sequence[Draft]) -> Iterator[dict[str, Any]]:
    shapes = shapely.to_wkb([draft.shape for draft in drafts], hex=True)
    for draft, shape in zip(drafts, shapes, strict=True):
        yield {"line": draft.line, "values": draft.values, "shape": shape}


def staged(session: Session, batch: UUID) -> Iterator[list[Draft]]:
    """Give the rows back in the order of the file, some thousands at a time."""
    last = 0
    while True:
        rows = session.execute(
            select(Staged.line, Staged.row)
            .where(Staged.batch_uid == batch, Staged.line > last)
            .order_by(Staged.line)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        last = rows[-1][0]
        shapes = shapely.from_wkb([row["shape"] for _, row in rows])
        yield [
            Draft(row["line"], row["values"], shape)
            for (_, row), shape in zip(rows, shapes, strict=True)
        ]


def clear(session: Session, batch: UUID) -> None:
    """Empty the staging table of this batch, in the same transaction."""
    session.execute(delete(Staged).where(Staged.batch_uid == batch))
