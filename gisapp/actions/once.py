"""What is asked for twice under one id is done once, and answered alike."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, inspect, select

from gisapp.errors import Conflict
from gisapp.i18n import N_
from gisapp.store.models import Ledger
from gisapp.store.session import Session

LOCK: Final = 0x6F6E6365
"""First half of the advisory locks of ids ("once"); the second is the id."""

Answer = dict[str, Any]


class IdUsed(Conflict):
    """The id of something new was used for something else."""

    code = "id_used"
    message = N_("The id {id} was used for something else. Make a new one.")


@dataclass(frozen=True, slots=True)
class Retold:
    """An answer too long to be kept: only what it can be told again from."""

    brief: Callable[[Answer], Answer]
    """Makes what is kept of an answer."""
    again: Callable[[Answer], Answer]
    """Makes the answer of what is kept."""


def once(
    session: Session,
    id_: UUID,
    asked: Mapping[str, Any],
    deed: Callable[[], Answer],
    retold: Retold | None = None,
) -> Answer:
    """Do a deed under an id that its asker made, or return what it answered the first time.

    ``asked`` is all that makes it what it is: the body, and what it is done to. The answer is
    plain JSON; an error stores nothing, so that the same id may be sent again.
    """
    digest = _digest(session, asked)
    table: Any = inspect(Ledger).local_table
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # Two who send one id must not both do it. SQLite has one writer.
        connection.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(str(id_)))))
    # Read past what the actor may see: it tells only whether the id is free.
    known = connection.execute(
        select(table.c.body_digest, table.c.answer).where(table.c.client_id == id_)
    ).first()
    if known is not None:
        if known.body_digest != digest:
            raise IdUsed(id=str(id_))
        answer: Answer = known.answer
        return answer if retold is None else retold.again(answer)
    answer = deed()
    connection.execute(
        insert(table).values(
            client_id=id_,
            area_code=session.actor.area_code,
            actor=session.actor.name,
            body_digest=digest,
            answer=answer if retold is None else retold.brief(answer),
            at=session.now.astimezone(UTC),
        )
    )
    return answer


def _digest(session: Session, asked: Mapping[str, Any]) -> str:
    """Name what is asked and by whom: an answer is for its asker only."""
    actor = session.actor
    whole = [actor.name, actor.role, actor.area_code, actor.cadre_id, dict(asked)]
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode(), digest_size=32).hexdigest()
