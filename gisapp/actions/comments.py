"""What planners say to each other about the grids of a draft."""

from typing import Any
from unicodedata import category
from uuid import UUID

from gisapp.actions import refusals, said
from gisapp.actions.owned import editable, seen_plan
from gisapp.actions.versions import DraftChanged
from gisapp.errors import InvalidInput, NotFound
from gisapp.i18n import N_
from gisapp.store import audit, plans
from gisapp.store import comments as table
from gisapp.store.models import Comment
from gisapp.store.session import Session

LONGEST = 400
"""Signs of one comment."""

LAST = 2**31 - 1
"""The largest id that both databases can look for."""

TURNS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Signs that turn the order of a line, so that it reads as something else."""


class EmptyComment(InvalidInput):
    """A comment says nothing, or more than it may."""

    code = "comment_length"
    message = N_("A comment has 1 to {most} signs.")


class CommentSigns(InvalidInput):
    """A comment holds what steers a screen and is no text."""

    code = "comment_signs"
    message = N_("A comment is plain text. It holds a control sign; type it again.")


class NoSuchComment(NotFound):
    """No comment of the draft has the id."""

    code = "no_such_comment"
    message = N_("This comment is not there any more.")


def read(session: Session, code: str, place: str | None = None) -> list[dict[str, Any]]:
    """List the comments of a draft, or of one of its grids, the earliest first."""
    plan = seen_plan(session, code)
    return [told(session, row) for row in table.of_plan(session, plan, place)]


def make(session: Session, client_id: UUID, code: str, place: str, text: str) -> dict[str, Any]:
    """Comment on a grid of a draft."""
    plan = editable(session, code)
    words = text.replace("\r\n", "\n").replace("\t", " ").strip()
    if not 1 <= len(words) <= LONGEST:
        raise EmptyComment(most=LONGEST)
    if any(sign in TURNS or (category(sign) == "Cc" and sign != "\n") for sign in words):
        raise CommentSigns
    area = table.area_of_grid(session, place)
    if area is None or not area.startswith(plan.area_code):
        raise refusals.NoSuchGrid(grid=place)
    row = Comment(
        client_id=client_id,
        plan_id=plan.id,
        place_code=place,
        area_code=area,
        text=words,
        actor=session.actor.name,
        at=session.now,
    )
    session.add(row)
    session.flush()
    audit.note(
        session,
        "draft.commented",
        f"plan {plans.code(plan)}",
        area_code=plan.area_code,
        place=place,
    )
    return told(session, row)


def delete(session: Session, code: str, comment_id: int, version: int) -> None:
    """Delete one's own comment."""
    plan = editable(session, code)
    row = table.find(session, plan, comment_id) if comment_id <= LAST else None
    if row is None:
        raise NoSuchComment
    if row.actor != session.actor.name:
        raise refusals.NotYours(actor=said.who(row.actor))
    if row.version != version:
        raise DraftChanged(plan=plans.code(plan), version=row.version)
    place = row.place_code
    session.delete(row)
    session.flush()
    audit.note(
        session,
        "draft.comment_deleted",
        f"plan {plans.code(plan)}",
        area_code=plan.area_code,
        place=place,
    )


def told(session: Session, row: Comment) -> dict[str, Any]:
    """Say one comment to programs."""
    mine = row.actor == session.actor.name
    return {
        "id": row.id,
        "version": row.version,
        "place": row.place_code,
        "text": row.text,
        "actor": said.who(row.actor),
        "at": row.at,
        "mine": mine,
    }
