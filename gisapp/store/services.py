"""Questions about services: how often somebody was in each grid."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select

from gisapp.store import lineage
from gisapp.store.models import Service
from gisapp.store.session import Session

Whole = npt.NDArray[np.int64]


def visits(session: Session, codes: Sequence[str], since: date, until: date) -> Whole:
    """
    Count the services in each grid from ``since`` to ``until``, whoever rendered them.

    Returns
    -------
    visits
        Shape (n,), in the order of ``codes``. Services at an enterprise count where it lies;
        those in a grid that is no more count in each that took a part of it: nobody knows
        where in it somebody was, and nowhere in it may be said that nobody has been.
    """
    question = (
        select(Service.grid_id, func.count())
        .where(Service.day >= since, Service.day <= until)
        .group_by(Service.grid_id)
    )
    many = {row[0]: row[1] for row in session.execute(question) if row[0] is not None}
    found = np.zeros(len(codes), np.int64)
    for grid, places in lineage.followed(session, codes, many).items():
        found[places] += many[grid]
    return found
