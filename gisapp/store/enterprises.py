"""Questions about enterprises: which there are, in which grid, and which lie in none."""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy import LargeBinary, func, select

from gisapp.store import counts
from gisapp.store.counts import Table
from gisapp.store.days import valid_on, year_before
from gisapp.store.models import Dispute, Enterprise, Grid
from gisapp.store.session import Session

UNKNOWN: Final = "*"
"""Stands for enterprises of which no industry is known."""

COLUMNS = ["code", "name", "credit_code", "industry", "size", "address", "grid", "place"]


def frame(session: Session, day: date, grid_codes: list[str] | None = None) -> pd.DataFrame:
    """Read the enterprises, all or those of some grids, by register number.

    Columns: code (the register number), name, credit_code, industry, size, address, grid (its
    code), place (a point or None). Texts that are missing are empty.
    """
    question = (
        select(
            Enterprise.register_number,
            Enterprise.name,
            func.coalesce(Enterprise.credit_code, ""),
            func.coalesce(Enterprise.industry, ""),
            func.coalesce(Enterprise.size, ""),
            Enterprise.address,
            func.coalesce(Grid.code, ""),
            func.ST_AsBinary(Enterprise.place, type_=LargeBinary),
        )
        .outerjoin(Grid, Enterprise.grid_id == Grid.id)
        .where(valid_on(Enterprise, day))
        .order_by(Enterprise.register_number)
    )
    if grid_codes is not None:
        question = question.where(Grid.code.in_(grid_codes))
    found = pd.DataFrame(session.execute(question).all(), columns=COLUMNS, dtype=object)
    # All points at once: one by one takes ten times as long.
    return found.assign(place=shapely.from_wkb(found["place"].to_numpy(dtype=np.object_)))


def outside(session: Session, day: date) -> int:
    """Count the enterprises that lie in no grid."""
    question = select(func.count(Enterprise.id)).where(
        valid_on(Enterprise, day), Enterprise.grid_id.is_(None)
    )
    return session.scalar(question) or 0


def disputes_outside(session: Session, day: date) -> int:
    """Count the disputes of the last 12 whole months that lie in no grid."""
    start, end = year_before(day)
    question = select(func.count(Dispute.id)).where(
        Dispute.grid_id.is_(None), Dispute.reported_on >= start, Dispute.reported_on < end
    )
    return session.scalar(question) or 0


def by_grid(session: Session, day: date) -> dict[str, int]:
    """Say how many enterprises each grid holds: the grid's own number, else those counted."""
    grids = counts.grids(session, day)
    row = {grid_id: position for position, (grid_id, _, _) in enumerate(grids)}
    found = numbers(grids, by_industry(session, day, row)[0]).tolist()
    return {code: number for (_, code, _), number in zip(grids, found, strict=True)}


def numbers(grids: list[tuple[int, str, int | None]], counted: Table) -> npt.NDArray[np.int64]:
    """Take each grid's own number of enterprises, or the number counted where it has none."""
    there = counted.sum(axis=1).astype(np.int64).tolist()
    found = [count if own is None else own for (_, _, own), count in zip(grids, there, strict=True)]
    return np.array(found, np.int64)


def by_industry(session: Session, day: date, row: dict[int, int]) -> tuple[Table, list[str]]:
    """Count the enterprises per grid and section of industry; `UNKNOWN` comes first."""
    section = func.substr(func.coalesce(Enterprise.industry, UNKNOWN), 1, 1)
    found = session.execute(
        select(Enterprise.grid_id, section, func.count())
        .where(valid_on(Enterprise, day), Enterprise.grid_id.is_not(None))
        .group_by(Enterprise.grid_id, section)
    ).all()
    industries = [UNKNOWN, *sorted({code for _, code, _ in found} - {UNKNOWN})]
    column = {code: place for place, code in enumerate(industries)}
    return counts.table(found, row, column), industries
