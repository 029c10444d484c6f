"""A cadre's own cases, with the exact place as long as it is kept: nobody else is told it."""

from typing import Any, Final

from sqlalchemy import and_, select

from gisapp.actions.fieldwork import NotACadre
from gisapp.auth import Scope
from gisapp.store import disputes
from gisapp.store.models import Dispute, DisputePlace, Grid
from gisapp.store.session import Session

LISTED: Final = 200
"""Cases listed at most, the latest first: nobody handles more at a time."""


def mine(session: Session) -> list[dict[str, Any]]:
    """
    List the cases that the cadre who asks handles.

    A place is told until its erase date, 90 days after the case was closed, or was brought in
    for older ones; also where nobody has erased it yet.
    """
    actor = session.actor
    actor.must(Scope.MY_GRID_READ)
    if actor.cadre_id is None:
        raise NotACadre
    names = disputes.categories(session)
    kept = and_(
        DisputePlace.dispute_id == Dispute.id,
        DisputePlace.erase_on > session.today,
    )
    question = (
        select(Dispute, Grid.code, DisputePlace.place)
        .outerjoin(Grid, Grid.id == Dispute.grid_id)
        .outerjoin(DisputePlace, kept)
        .where(Dispute.cadre_id == actor.cadre_id)
        .order_by(Dispute.reported_on.desc(), Dispute.case_number)
        .limit(LISTED)
    )
    rows: Any = session.execute(question)
    return [
        {
            "case_number": case.case_number,
            "category": case.category_code,
            "category_name": names[case.category_code],
            "status": case.status,
            "reported_on": case.reported_on.isoformat(),
            "resolved_on": None if case.resolved_on is None else case.resolved_on.isoformat(),
            "grid": grid,
            "lon": None if place is None else place.x,
            "lat": None if place is None else place.y,
        }
        for case, grid, place in rows
    ]
