"""Every id a phone or planner made: what came before with it, so that sending twice stores once."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.store.models import Ledger
from gisapp.store.session import Session


class IdConflict(InvalidInput):
    """The id was used before, for something else or by somebody else."""

    code = "id_conflict"
    message = N_("The id {id} was used before for something else. Send it with a new id.")


def answered(session: Session, client_id: UUID, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what was answered to this id and body before, or none when the id is new.

    Raises `IdConflict` when the id came with another body or from another actor.
    """
    # An id is taken wherever it was used: read past what the actor may see, and tell nothing.
    table = Ledger.__table__
    row = (
        session.connection()
        .execute(
            select(table.c.actor, table.c.body_digest, table.c.answer).where(
                table.c.client_id == client_id
            )
        )
        .first()
    )
    if row is None:
        return None
    if row.actor != session.actor.name or row.body_digest != _digest(body):
        raise IdConflict(id=client_id)
    answer: dict[str, Any] = row.answer
    return answer


def remember(
    session: Session,
    client_id: UUID,
    body: Mapping[str, Any],
    answer: dict[str, Any],
    *,
    area_code: str,
) -> None:
    """Keep the answer in the transaction of the deed."""
    session.execute(
        insert(Ledger),
        [
            {
                "client_id": client_id,
                "actor": session.actor.name,
                "body_digest": _digest(body),
                "answer": answer,
                "at": session.now,
                "area_code": area_code,
            }
        ],
    )


def _digest(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
