"""The year before the demo's plan: a smaller one was in force, and grew quarter by quarter."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zlib import crc32

from sqlalchemy import insert, select

from gisapp.auth import Scope
from gisapp.core import nest, windows
from gisapp.store import plans
from gisapp.store.models import Assignment, Plan, Post, Publication
from gisapp.store.session import Session

FIRST: Final = 0
"""Its number: the plan that followed it stays the first that was matched."""

COMMUNITY: Final = 12
"""Digits of the code of a community: its grids got their members together."""

PARTS: Final = 20
LATER: Final = 5
"""Of so many communities nobody had come before the plan that followed."""
BEGAN: Final = (8, 11)
"""Up to these, members came in the second and in the first quarter before it."""


def remember(session: Session, code: str) -> str:
    """Store the plan that the named one followed, in force for a year until the day before it."""
    session.actor.must(Scope.INSTALLATION)
    after = plans.by_code(session, code)
    today = session.today
    begun = windows.first_day(windows.number(today) - windows.YEAR)
    before = Plan(
        area_code=after.area_code,
        number=FIRST,
        state="draft",
        mode=after.mode,
        seed=after.seed,
        parameters={},
        input_digest="",
        score={},
        gap=None,
        created_at=datetime.combine(begun, time(9), session.now.tzinfo),
        created_by=session.actor.name,
    )
    session.add(before)
    session.flush()
    names = ("post_id", "slot_id", "cadre_id", "area_code")
    columns = [getattr(Assignment, name) for name in names]
    question = select(Post.code, *columns).join(Assignment, Assignment.post_id == Post.id)
    rows: list[dict[str, Any]] = []
    for place, *values in session.execute(question.where(Assignment.plan_id == after.id)):
        part = crc32(place[:COMMUNITY].encode()) % PARTS
        if part >= LATER:
            row = dict(zip(names, values, strict=True)) | {"plan_id": before.id, "why": {}}
            rows.append(row | {"starts_on": _began(part, today), "locked": False})
    if rows:
        session.execute(insert(Assignment), rows)
    before.state = "frozen"
    session.flush()
    session.add(
        Publication(
            area_code=before.area_code,
            mode=before.mode,
            starts_on=begun,
            ends_on=today - timedelta(days=1),
            plan_id=before.id,
            published_at=before.created_at,
            published_by=before.created_by,
        )
    )
    session.flush()
    return plans.code(before)


def _began(part: int, today: date) -> date | None:
    """Return the day on which members of a community came; None: with the plan."""
    for quarters, most in zip((2, 1), BEGAN, strict=True):
        if part < most:
            return windows.first_day(windows.number(today) - quarters * nest.QUARTER + 1)
    return None
