"""Mend what the check proposes to mend, as accepted, and take it back again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select

from gisapp import frames
from gisapp.actions.check_ground import DEGREE_M, SNAP, scale
from gisapp.actions.checks import check
from gisapp.actions.findings import Finding
from gisapp.auth import Scope
from gisapp.core import seams, snapping, validity
from gisapp.core.edges import misfits
from gisapp.core.join import NOWHERE
from gisapp.core.world import Shapes
from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.store import audit, batches, installation, places, repairs, revisions
from gisapp.store.days import valid_on
from gisapp.store.models import Area, Dispute, DisputePlace, Enterprise, Grid
from gisapp.store.repairs import Changed
from gisapp.store.session import Session


class NothingToRepair(InvalidInput):
    """No finding fits what was asked, or none of them has a repair."""

    code = "nothing_to_repair"
    message = N_("Nothing to repair by “{asked}”: the check proposes no repair for it.")


class RepairUnsafe(InvalidInput):
    """All that was asked would leave something that fits no more."""

    code = "repair_unsafe"
    message = N_(
        "Nothing repaired: each of the {n} repairs would leave a border that fits less. "
        "Draw it by hand."
    )


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of the repairs that were asked for."""

    batch: str
    changed: int
    """Rows: a strip changes several grids."""
    mended: int
    """Findings."""
    left: list[str]
    """Codes of findings whose repair would not have been safe."""
    revision: int | None


def repair(session: Session, asked: Sequence[str]) -> Repaired:
    """Accept proposed repairs, each named ``KIND`` or ``KIND:CODE``; all or nothing is kept."""
    session.actor.must(Scope.DATA_REPAIR)
    batches.alone(session)
    found = [one for one in check(session) if one.repair]
    chosen: list[Finding] = []
    for word in asked:
        kind, _, code = word.partition(":")
        fits = [one for one in found if one.kind == kind and code in ("", one.code)]
        if not fits:
            raise NothingToRepair(asked=word[:80])
        chosen += [one for one in fits if one not in chosen]
    before = revisions.current(session)
    changes: list[Changed] = []
    left: list[str] = []
    for kind, mend in _MEND.items():
        if some := [one for one in chosen if one.kind == kind]:
            more, not_safe = mend(session, some)
            changes += more
            left += not_safe
    if not changes:
        raise RepairUnsafe(n=len(chosen))
    if revisions.current(session) != before:
        session.flush()
        places.join_again(session, places.ground(session))
    area = installation.root_area(session)
    batch = repairs.keep(session, area, changes)
    done = len(chosen) - len(left)
    audit.note(session, "data.repaired", batch, area_code=area, rows=len(changes), findings=done)
    return Repaired(batch, len(changes), done, left, revisions.current(session))


def undo(session: Session, batch: str) -> int:
    """Take back all that was accepted at once; returns how many rows are as they were."""
    session.actor.must(Scope.DATA_REPAIR)
    batches.alone(session)
    before = revisions.current(session)
    rows = repairs.undo(session, batch)
    if revisions.current(session) != before:
        places.join_again(session, places.ground(session))
    area = rows[0].area_code
    audit.note(session, "repair.undone", batch, area_code=area, rows=len(rows))
    return len(rows)


def listed(session: Session) -> list[dict[str, Any]]:
    """List what was accepted, the newest first, one row for each kind."""
    session.actor.must(Scope.GRIDS_READ)
    return [
        {
            "batch": f"{row.area_code}-R{row.number}",
            "kind": row.kind,
            "rows": row.rows,
            "by": row.actor,
            "at": row.at,
            "undone": row.undone_at is not None,
        }
        for row in repairs.listed(session)
    ]


Mended = tuple[list[Changed], list[str]]


def _outlines(session: Session, found: list[Finding]) -> Mended:
    """Make outlines valid by their structure."""
    changes: list[Changed] = []
    codes = {one.code for one in found}
    for level, subject in (("grid", "grid"), ("community", "area")):
        ground, known, ids = _ground(session, level)
        new = {
            ids[known[fault.which]]: validity.mended(ground[fault.which])
            for fault in validity.faults(ground)
            if known[fault.which] in codes
        }
        new = {key: shape for key, shape in new.items() if not shape.is_empty}
        if new:
            changes += repairs.reshape(session, "invalid", subject, new)
    mended = {one.code for one in changes}
    return changes, [one.code for one in found if one.code not in mended]


def _slivers(session: Session, found: list[Finding]) -> Mended:
    """Close strips that lie between two shapes or in both."""
    changes: list[Changed] = []
    left: list[str] = []
    for level, subject in (("grid", "grid"), ("community", "area")):
        ground, codes, ids = _ground(session, level)
        mine = {one.about: one for one in found if set(one.about) <= ids.keys()}
        if not mine:
            continue
        new, not_safe = _closed(session, ground, codes, mine)
        left += not_safe
        by_id = {ids[codes[at]]: shape for at, shape in new.items()}
        if by_id:
            changes += repairs.reshape(session, "sliver", subject, by_id)
    return changes, left


def _closed(
    session: Session, ground: Shapes, codes: list[str], mine: dict[tuple[str, ...], Finding]
) -> tuple[dict[int, Any], list[str]]:
    settings, srid = session.settings, installation.srid(session)
    metres = partial(frames.shapes_to_metres, srid=srid)
    width, least = settings.check_sliver_m, settings.check_least_m2
    reach = width / DEGREE_M
    bad = misfits(ground, reach, SNAP)
    steps: list[tuple[tuple[int, ...], partial[snapping.Changed | None]]] = []
    for pair in seams.overlaps(ground, bad, metres, least, SNAP):
        both = (pair.first, pair.second)
        if pair.width_m < width:
            steps.append((both, partial(snapping.parted, ground, *both, reach, SNAP)))
    for strip in seams.strips(ground, bad, metres, least, width, scale(ground)):
        close = partial(snapping.filled, ground, strip.beside, strip.land, reach, SNAP)
        steps.append((strip.beside, close))
    new: dict[int, Any] = {}
    left: list[str] = []
    for which, close in steps:
        about = tuple(codes[at] for at in which)
        if about not in mine:
            continue
        changed = close()
        if changed is None:
            left.append(mine[about].code)
            continue
        # The next one stands on what this one made.
        for at, shape in changed.items():
            ground[at] = shape
        new |= changed
    return new, left


def _parents(session: Session, found: list[Finding]) -> Mended:
    """Hang areas under the nearest area whose code theirs begins with."""
    areas = {
        row.code: row for row in session.scalars(select(Area).where(valid_on(Area, session.today)))
    }
    changes = []
    for one in found:
        row = areas[one.code]
        above = next(areas[one.code[:n]] for n in (9, 6, 4, 2) if one.code[:n] in areas)
        changes.append(repairs.change("parent", "area", row, row.code, {"parent_id": above.id}))
    return changes, []


def _misplaced(session: Session, found: list[Finding]) -> Mended:
    """Put enterprises and disputes into the grid they lie in."""
    codes = [one.code for one in found]
    land = places.ground(session)
    changes: list[Changed] = []
    firms = _some(session, select(Enterprise, Enterprise.place), Enterprise.register_number, codes)
    cases = _some(
        session,
        select(Dispute, DisputePlace.place).join(
            DisputePlace, DisputePlace.dispute_id == Dispute.id
        ),
        Dispute.case_number,
        codes,
    )
    for subject, rows in (("enterprise", firms), ("dispute", cases)):
        home = land.hold([row[1] for row in rows])
        for (row, _), at in zip(rows, home.tolist(), strict=True):
            if at == NOWHERE or row.grid_id == land.grid_ids[at]:
                continue
            code = row.register_number if subject == "enterprise" else row.case_number
            to = {"grid_id": int(land.grid_ids[at]), "area_code": land.area_codes[at]}
            changes.append(repairs.change("misplaced", subject, row, code, to))
            if subject == "dispute":
                place = session.get(DisputePlace, row.id)
                assert place is not None  # noqa: S101  # joined above
                place.area_code = land.area_codes[at]
    return changes, []


def _twice(session: Session, found: list[Finding]) -> Mended:
    """End enterprises that another one is already, with yesterday."""
    last = session.today - timedelta(days=1)
    changes: list[Changed] = []
    left: list[str] = []
    codes = [one.code for one in found]
    question = select(Enterprise).where(valid_on(Enterprise, session.today))
    for (row,) in _some(session, question, Enterprise.register_number, codes):
        code = row.register_number
        if row.valid_from > last:
            left.append(code)
        else:
            changes.append(repairs.change("duplicate", "enterprise", row, code, {"valid_to": last}))
    return changes, left


def _some(session: Session, question: Any, column: Any, codes: list[str]) -> list[Any]:
    found: list[Any] = []
    for at in range(0, len(codes), 5_000):
        found += session.execute(question.where(column.in_(codes[at : at + 5_000]))).all()
    return found


def _ground(session: Session, level: str) -> tuple[Shapes, list[str], dict[str, int]]:
    """Read outlines and codes of a level, and the ids by code."""
    revision = revisions.current(session)
    if revision is None:
        return revisions.NO_SHAPES.copy(), [], {}
    codes = revisions.ids(session, revision).codes[level]
    model: Any = Grid if level == "grid" else Area
    rows = session.execute(select(model.code, model.id).order_by(model.valid_from)).all()
    known: dict[str, int] = dict(rows)
    return revisions.shapes(session, revision, level), codes, {code: known[code] for code in codes}


_MEND: Final[dict[str, Callable[[Session, list[Finding]], Mended]]] = {
    "invalid": _outlines,
    "sliver": _slivers,
    "parent": _parents,
    "misplaced": _misplaced,
    "duplicate": _twice,
}

REPAIRS: Final = tuple(_MEND)
"""Kinds of findings for which there is a repair."""
