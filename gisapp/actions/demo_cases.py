"""Who handles the demo's open cases: one of those who serve the grid by the plan in force."""

from typing import Any, Final

import numpy as np
from sqlalchemy import bindparam, inspect, select, update

from gisapp.auth import Scope
from gisapp.store import plans
from gisapp.store.models import Assignment, Dispute, Post
from gisapp.store.session import Session

HANDLED: Final = ("dispatched", "handling", "feedback")
"""States in which somebody has an open case; before, nobody was sent yet."""

CASES: Final = 1
"""Parts these draws from those that make the town, which stay as they are."""


def hand_out(session: Session, code: str, seed: int) -> int:
    """Give the open cases of grids that somebody serves to one of those; return how many."""
    from gisapp.demo.cases import handlers  # noqa: PLC0415  # the generator takes a second to load

    session.actor.must(Scope.INSTALLATION)
    plan = plans.by_code(session, code)
    held = (
        select(Post.grid_id, Assignment.cadre_id)
        .join(Assignment, Assignment.post_id == Post.id)
        .where(Assignment.plan_id == plan.id, Post.grid_id.is_not(None))
        .order_by(Post.grid_id, Assignment.cadre_id)
    )
    serving: dict[int | None, list[int]] = {}
    for grid, cadre in session.execute(held):
        serving.setdefault(grid, []).append(cadre)
    still = (
        select(Dispute.id, Dispute.grid_id)
        .where(Dispute.resolved_on.is_(None), Dispute.status.in_(HANDLED))
        .order_by(Dispute.case_number)
    )
    rows = [(case, serving[grid]) for case, grid in session.execute(still) if grid in serving]
    drawn = handlers([there for _, there in rows], np.random.default_rng((seed, CASES)))
    changes = [{"case": case, "cadre": cadre} for (case, _), cadre in zip(rows, drawn, strict=True)]
    if changes:
        table: Any = inspect(Dispute).local_table
        statement = update(table).where(table.c.id == bindparam("case"))
        session.connection().execute(statement.values(cadre_id=bindparam("cadre")), changes)
    return len(changes)
