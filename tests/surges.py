"""A normal plan of few placements, and a surge on top of it."""

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import delete, select

from gisapp.actions.plans import match_cadres, publish_plan
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import Assignment, Post
from gisapp.store.session import Session
from tests import kept
from tests.county import NOW, PLANNER, TODAY, build

YESTERDAY: Final = TODAY - timedelta(days=1)
LAST: Final = TODAY + timedelta(days=30)
KEYS: Final = ["post_code", "slot_number", "staff_number"]


def normal(runtime: Runtime, holders: int = 4) -> None:
    """Put a plan in force of which only the first few placements of grids are kept."""
    with runtime.sessions.write(PLANNER, NOW) as session:
        made = match_cadres(session)
        chief = select(Post.id).where(Post.role == "chief")
        grids = select(Assignment.id).where(Assignment.post_id.not_in(chief)).order_by("id")
        stay = session.scalars(grids).all()[:holders]
        session.execute(delete(Assignment).where(Assignment.id.not_in(stay)))
        publish_plan(session, made.plan, date(2026, 1, 1))


def begun(runtime: Runtime) -> None:
    """Build a county with such a plan in force."""

    def make() -> None:
        build(runtime)
        normal(runtime)

    kept.once(runtime, "normal", make)


def matched(runtime: Runtime) -> str:
    """Build a county and match its people; nothing is in force."""

    def make() -> str:
        build(runtime)
        with runtime.sessions.write(PLANNER, NOW) as session:
            return match_cadres(session).plan

    return kept.once(runtime, "matched", make)


def surge(runtime: Runtime, first: date = TODAY, last: date = LAST) -> str:
    with runtime.sessions.write(PLANNER, NOW) as session:
        return publish_plan(session, match_cadres(session, mode="surge").plan, first, last).plan


def holding(session: Session, day: date = TODAY, plan: str | None = None) -> set[tuple[Any, ...]]:
    return set(plans.holdings(session, plan, day)[KEYS].itertuples(index=False, name=None))
