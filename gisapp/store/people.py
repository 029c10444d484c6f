"""Writes what hangs on cadres: what they know, and their phones."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, or_, select, tuple_

from gisapp.store import journal
from gisapp.store.merge import merge
from gisapp.store.models import Batch, Cadre, CadrePhone, CadreSpecialty
from gisapp.store.session import Session


def ids_of(session: Session, staff_numbers: Sequence[str]) -> dict[str, int]:
    """Return the ids of cadres on the staff, by staff number."""
    rows = session.execute(
        select(Cadre.staff_number, Cadre.id)
        .where(Cadre.staff_number.in_(staff_numbers))
        .where(or_(Cadre.valid_to.is_(None), Cadre.valid_to >= session.today))
        .order_by(Cadre.valid_from)
    )
    return {number: pk for number, pk in rows}  # noqa: C416  # the last one by date wins


def set_specialties(
    session: Session, wanted: Mapping[int, Mapping[str, int]], areas: Mapping[int, str]
) -> dict[int, dict[str, int]]:
    """Make each cadre know just what ``wanted`` says; returns what those knew whom it changed."""
    known: dict[int, dict[str, int]] = {pk: {} for pk in wanted}
    for pk, code, level in session.execute(
        select(CadreSpecialty.cadre_id, CadreSpecialty.specialty_code, CadreSpecialty.level).where(
            CadreSpecialty.cadre_id.in_(list(wanted))
        )
    ):
        known[pk][code] = level
    differ = {pk for pk, levels in wanted.items() if known[pk] != dict(levels)}
    gone = [(pk, code) for pk in differ for code in known[pk]]
    if gone:
        pair = tuple_(CadreSpecialty.cadre_id, CadreSpecialty.specialty_code)
        for at in range(0, len(gone), 1_000):
            session.execute(
                delete(CadreSpecialty)
                .where(pair.in_(gone[at : at + 1_000]))
                .execution_options(synchronize_session=False)
            )
    rows: list[dict[str, Any]] = [
        {"cadre_id": pk, "specialty_code": code, "level": level, "area_code": areas[pk]}
        for pk in sorted(differ)
        for code, level in wanted[pk].items()
    ]
    if rows:
        session.execute(insert(CadreSpecialty), rows)
    return {pk: known[pk] for pk in sorted(differ)}


def set_phones(
    session: Session, rows: Sequence[Mapping[str, Any]], there: Collection[int], batch: Batch
) -> int:
    """Keep phones, one a cadre, of whom ``there`` were known before.

    Returns how many were replaced, of which no copy is kept.
    """
    if not rows:
        return 0
    ids = [row["cadre_id"] for row in rows]
    had = set(session.scalars(select(CadrePhone.cadre_id).where(CadrePhone.cadre_id.in_(ids))))
    done = merge(session, CadrePhone, ["cadre_id"], rows, {})
    new = [{"cadre_id": pk} for pk in ids if pk in there and pk not in had]
    journal.added(session, batch, CadrePhone, new)
    return done.changed
