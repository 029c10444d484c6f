"""Questions about services: how often somebody was in each grid."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from gisapp.store.models import Grid, Service
from gisapp.store.session import Session

Whole = npt.NDArray[np.int64]


def visits(session: Session, codes: Sequence[str], since: date, until: date) -> Whole:
    """
    Count the services in each grid from ``since`` to ``until``, whoever rendered them.

    Returns
    -------
    visits
        Shape (n,), in the order of ``codes``. Services at an enterprise count where it lies.
    """
    rows = session.execute(
        select(Grid.code, func.count())
        .join(Service, Service.grid_id == Grid.id)
        .where(Service.day >= since, Service.day <= until)
        .group_by(Grid.code)
    )
    many = {row[0]: row[1] for row in rows}
    return np.array([many.get(code, 0) for code in codes], np.int64)
