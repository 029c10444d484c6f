"""Who did what, when: one line a deed, in its transaction, chained within its area."""

import hashlib
import json
from datetime import UTC
from typing import Any

from sqlalchemy import func, select, text

from gisapp.store.models import Audit
from gisapp.store.session import Session

FIRST = "0" * 64
"""What the first line of a chain follows."""


def note(
    session: Session,
    deed: str,
    subject: str,
    *,
    area_code: str,
    **details: str | float | None,
) -> None:
    """Add one line to the area's chain: ids and numbers, no personal data."""
    if session.get_bind().dialect.name == "postgresql":
        # Two writers of one area take turns, or both would follow the same line.
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:area))")
        session.connection().execute(lock, {"area": f"audit {area_code}"})
    last = session.execute(
        select(Audit.number, Audit.digest)
        .where(Audit.area_code == area_code)
        .order_by(Audit.number.desc())
        .limit(1)
    ).first()
    number, previous = (last.number + 1, last.digest) if last else (1, FIRST)
    line = Audit(
        area_code=area_code,
        number=number,
        at=session.now,
        actor=session.actor.name,
        deed=deed,
        subject=subject,
        details=details,
        previous=previous,
        digest="",
    )
    line.digest = _digest(line)
    session.add(line)
    session.flush()


def verify(session: Session) -> list[tuple[str, int]]:
    """Return the first broken line of each area's chain, as (area, number); none when whole."""
    broken: dict[str, int] = {}
    expected: dict[str, tuple[int, str]] = {}
    lines = session.scalars(select(Audit).order_by(Audit.area_code, Audit.number))
    for line in lines.yield_per(1000):
        number, previous = expected.get(line.area_code, (1, FIRST))
        whole = (line.number, line.previous, line.digest) == (number, previous, _digest(line))
        if not whole:
            broken.setdefault(line.area_code, line.number)
        expected[line.area_code] = (line.number + 1, line.digest)
    return sorted(broken.items())


def stamp(session: Session) -> str:
    """Return a text that changes with every deed the actor can see, and with nothing else."""
    rows = session.execute(
        select(Audit.area_code, func.max(Audit.number)).group_by(Audit.area_code)
    ).all()
    body = json.dumps(sorted((area, number) for area, number in rows))
    return hashlib.blake2b(body.encode(), digest_size=8).hexdigest()


def _digest(line: Audit) -> str:
    body: dict[str, Any] = {
        "area": line.area_code,
        "number": line.number,
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": line.actor,
        "deed": line.deed,
        "subject": line.subject,
        "details": line.details,
        "previous": line.previous,
    }
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
