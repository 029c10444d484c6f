"""Questions about enterprises: which there are, in which grid, and which lie in none."""

from datetime import date

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import LargeBinary, func, select

from gisapp.store.models import Dispute, Enterprise, Grid
from gisapp.store.needs import valid_on, year_before
from gisapp.store.session import Session

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
