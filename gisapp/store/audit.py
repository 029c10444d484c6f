"""Who did what, when: append-only, chained per area, in the transaction of the deed."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, insert, select

from gisapp.auth import area_code as whole_code
from gisapp.store.models import Audit
from gisapp.store.session import Session

START: Final = "0" * 64
"""What the first link of a chain names as the one before it."""

FIELDS: Final = ("area_code", "number", "at", "actor", "deed", "subject", "details", "previous")
"""What the digest of a link is made of."""

LOCK: Final = 0x61756469
"""First half of the advisory locks of the chains ("audi"); the second is the area."""


def note(
    session: Session,
    deed: str,
    subject: str,
    *,
    area_code: str,
    **details: str | float | None,
) -> None:
    """Add one link to the chain of an area: the last thing an action does.

    ``deed`` is ``noun.verb-ed``, ``subject`` the object's kind and code. Details are numbers and
    codes; no personal data, no sentences.
    """
    table = Audit.__table__
    connection = session.connection()
    code = whole_code(area_code)
    if connection.dialect.name == "postgresql":
        # Two deeds in one area must not both follow the same link. SQLite has one writer.
        connection.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(code))))
    last = connection.execute(
        select(table.c.number, table.c.digest)
        .where(table.c.area_code == code)
        .order_by(table.c.number.desc())
        .limit(1)
    ).first()
    number, previous = (last.number + 1, last.digest) if last else (1, START)
    row = {
        "area_code": code,
        "number": number,
        "at": session.now.astimezone(UTC),
        "actor": session.actor.name,
        "deed": deed,
        "subject": subject,
        "details": details,
        "previous": previous,
    }
    connection.execute(insert(Audit), [row | {"digest": digest(row)}])


def digest(row: dict[str, Any]) -> str:
    """Hash one link with the one before it, over one fixed way to write it down."""
    moment: datetime = row["at"]
    plain = row | {"at": moment.astimezone(UTC).isoformat(timespec="microseconds")}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(session: Session) -> list[tuple[str, int]]:
    """Return the first broken link of each area's chain, as (area, number); none when whole."""
    rows = session.execute(
        select(*(getattr(Audit, name) for name in FIELDS), Audit.digest)
        .order_by(Audit.area_code, Audit.number)
        .execution_options(yield_per=10_000)
    )
    return broken(row._asdict() for row in rows)


def broken(links: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    """Find the first link of each chain that does not follow the one before it.

    Links are in order of area and number. A tail that was cut off leaves a whole chain: only
    a number kept elsewhere shows it.
    """
    found: dict[str, int] = {}
    area, number, previous = "", 0, START
    for link in links:
        if link["area_code"] != area:
            area, number, previous = link["area_code"], 0, START
        said = link["digest"]
        follows = link["number"] == number + 1 and link["previous"] == previous
        if not follows or digest({name: link[name] for name in FIELDS}) != said:
            found.setdefault(area, link["number"])
        number, previous = link["number"], said
    return sorted(found.items())


def subjects(session: Session, deed: str, area_code: str) -> list[str]:
    """List what a deed was done to in an area, as it was called, the earliest first."""
    question = (
        select(Audit.subject)
        .where(Audit.area_code == whole_code(area_code), Audit.deed == deed)
        .order_by(Audit.number)
    )
    return list(session.scalars(question))


def newest(session: Session, deed: str) -> Audit | None:
    """Return the last link of a deed that the actor can see, by its moment."""
    question = select(Audit).where(Audit.deed == deed).order_by(Audit.at.desc(), Audit.id.desc())
    return session.scalars(question.limit(1)).first()


def stamp(session: Session) -> str:
    """Return a text that changes with every deed the actor can see, and with nothing else."""
    rows = session.execute(
        select(Audit.area_code, func.max(Audit.number)).group_by(Audit.area_code)
    )
    links = json.dumps(sorted((area, number) for area, number in rows))
    return hashlib.sha256(links.encode()).hexdigest()[:16]
