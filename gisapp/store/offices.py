"""Questions about offices: the named places people set out from."""

from datetime import date

import pandas as pd
from sqlalchemy import select

from gisapp.store.days import valid_on
from gisapp.store.models import Department, Office
from gisapp.store.session import Session

COLUMNS = ["code", "name", "department", "address", "place"]


def frame(session: Session, day: date) -> pd.DataFrame:
    """Read all offices by code: code, name, department (its name), address, place (a point)."""
    rows = session.execute(
        select(Office.code, Office.name, Department.name, Office.address, Office.place)
        .join(Department, Office.department_id == Department.id)
        .where(valid_on(Office, day))
        .order_by(Office.code)
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=COLUMNS, dtype=object)
