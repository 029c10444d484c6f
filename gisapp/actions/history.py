"""What was done to a draft, by whom, and what can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from gisapp.actions import said
from gisapp.actions.owned import seen_plan
from gisapp.actions.turning import turning
from gisapp.actions.versions import DraftChanged
from gisapp.store import drafts, plans
from gisapp.store.models import DraftChange, Plan
from gisapp.store.session import Session

PAGE: Final = 50
"""Changes on one page, and in one refusal."""

Touched = tuple[set[str], set[str]] | None
"""Posts and people by code; None: all of them."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be taken back next, and done again."""

    undo: dict[str, Any] | None
    redo: dict[str, Any] | None


def offers(session: Session, plan: Plan, version: int | None = None) -> Offers:
    """Say what can be taken back next, and done again; names whose it is where another did it.

    As it was at ``version``, else as it is now.
    """
    changes = drafts.turns(session, plan)
    turns = turning(row for row in changes if version is None or row[0] <= version)
    return Offers(_offer(session, plan, turns.undo), _offer(session, plan, turns.redo))


def _offer(session: Session, plan: Plan, version: int | None) -> dict[str, Any] | None:
    if version is None:
        return None
    row = drafts.told_of(session, plan, version)
    mine = row.actor == session.actor.name
    return {
        "version": row.version,
        "deed": row.deed,
        "actor": said.who(row.actor),
        "at": row.at,
        "mine": mine,
        "sentence": said.offered(row.effect, None if mine else row.actor),
    }


def page(session: Session, code: str, number: int) -> dict[str, Any]:
    """List the changes of a draft, the latest first."""
    plan = seen_plan(session, code)
    total, rows = drafts.page(session, plan, (number - 1) * PAGE, PAGE)
    return {
        "total": total,
        "page": number,
        "size": PAGE,
        "pages": -(-total // PAGE),
        "rows": [
            told(row) | {"kind": row.kind, "effect": said.figures(row.effect)} for row in rows
        ],
    }


def told(row: Any) -> dict[str, Any]:
    """Say who changed what, and when."""
    return {
        "version": row.version,
        "actor": said.who(row.actor),
        "at": row.at,
        "sentence": said.sentence(row.kind, row.effect),
    }


def ensure_seen(session: Session, plan: Plan, version: int, touched: Touched) -> None:
    """Raise `DraftChanged` unless ``version`` is the one the draft is at.

    It tells who changed what since, and whether that touches what is to be done now.
    """
    if plan.version == version:
        return
    later = drafts.changes(session, plan, version)
    raise DraftChanged(
        plan=plans.code(plan),
        version=plan.version,
        changes=[told(row) for row in later[-PAGE:]],
        touches=_touches(session, later, touched),
    )


def _touches(session: Session, later: Sequence[DraftChange], touched: Touched) -> bool:
    if touched is None:
        return True
    posts, people = drafts.ids(session, *touched)
    return any(
        row[0] in posts or row[2] in people
        for change in later
        for row in (*change.out, *change.into)
    )
