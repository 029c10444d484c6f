"""List what came in, and take a batch back whole while nothing depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import func, select

from gisapp.actions.owned import own_area
from gisapp.auth import Scope
from gisapp.errors import Conflict, NotFound
from gisapp.i18n import N_, Sentence
from gisapp.store import (
    audit,
    batches,
    depends,
    installation,
    outlines,
    places,
    revisions,
    undoing,
)
from gisapp.store.models import Batch
from gisapp.store.session import Session

PAGE: Final = 50
"""Batches on one page of the list."""

DIGITS: Final = 9
"""Of the largest number of a batch that the store holds."""

POINTS: Final = frozenset({"enterprises", "disputes"})
"""Kinds that lie in grids: the grid of a row as it was may have changed since."""

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "area": N_("areas"),
        "grid": N_("grids"),
        "department": N_("departments"),
        "office": N_("offices"),
        "cadre": N_("cadres"),
        "recusal": N_("recusals"),
        "link": N_("links"),
        "travel": N_("ways"),
        "post": N_("posts"),
        "slot": N_("posts"),
        "assignment": N_("placements in plans"),
        "draft_change": N_("changes of drafts"),
        "plan": N_("plans"),
        "comment": N_("comments"),
        "enterprise": N_("enterprises"),
        "dispute": N_("disputes"),
        "service": N_("services"),
    }
)
"""What may depend on a batch, by table."""


class BatchNotFound(NotFound):
    """No batch has the name, or not for this actor: both look alike."""

    code = "batch_not_found"
    message = N_("There is no batch {batch}. “gisapp imports” lists them.")


class BatchUndone(Conflict):
    """It was taken back before."""

    code = "batch_undone"
    message = N_("Batch {batch} was taken back before, on {day}.")


class BatchTooOld(Conflict):
    """It came when nothing was kept yet of what rows were before."""

    code = "batch_too_old"
    message = N_(
        "Batch {batch} cannot be taken back: it came before this program remembered what "
        "imports change. Correct the rows instead."
    )


class BatchOvertaken(Conflict):
    """A later batch changed its rows."""

    code = "batch_overtaken"
    message = N_("Batch {later} changed rows of batch {batch} since. Take {later} back first.")


class BatchEdited(Conflict):
    """People or a repair changed its rows."""

    code = "batch_edited"
    message = N_(
        "Batch {batch} cannot be taken back: {count} of its rows were changed since, "
        "and that would be lost. Correct the rows instead."
    )


class BatchNeeded(Conflict):
    """Something that came later names its rows."""

    code = "batch_needed"
    message = N_(
        "Batch {batch} cannot be taken back: {count} {what} depend on what it brought. "
        "Take those back first, or correct the rows instead."
    )


class BatchCounted(Conflict):
    """Published figures were counted in its grids, and those stay as they are."""

    code = "batch_counted"
    message = N_(
        "Batch {batch} cannot be taken back: months were published whose disputes are counted "
        "in its grids, and published figures stay. Import the right boundaries instead."
    )


class BatchUnderBoundaries(Conflict):
    """Later boundaries were drawn on its own."""

    code = "batch_under_boundaries"
    message = N_(
        "Batch {batch} cannot be taken back: the boundaries were changed since. "
        "Take the later changes back first."
    )


class BatchInForce(Conflict):
    """It became a published plan, which never changes."""

    code = "batch_in_force"
    message = N_(
        "Batch {batch} became plan {plan}, and a published plan stays. "
        "Publish another one in its place."
    )


class BatchReplaced(Conflict):
    """It replaced what is never kept twice."""

    code = "batch_replaced"
    message = N_(
        "Batch {batch} cannot be taken back: it replaced {count} phones or exact places, "
        "of which no copy is kept. Import the right ones instead."
    )


@dataclass(frozen=True, slots=True)
class Brought:
    """One batch in the list."""

    batch: str
    kind: str
    file: str
    read: int
    stored: int
    refused: int
    added: int
    changed: int
    by: str
    at: datetime
    undone_at: datetime | None

    @property
    def state(self) -> str:
        """Say in a word whether it holds: stored or undone."""
        return "stored" if self.undone_at is None else "undone"

    def document(self) -> dict[str, Any]:
        """Say it for programs."""
        names = ("batch", "kind", "file", "read", "stored", "refused", "added", "changed")
        return {name: getattr(self, name) for name in names} | {
            "by": self.by,
            "at": self.at,
            "state": self.state,
            "undone_at": self.undone_at,
        }


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back."""

    batch: str
    removed: int
    restored: int


def list_batches(session: Session, page: int = 1) -> tuple[list[Brought], int]:
    """List a page of what came in, the latest first, and say how many batches there are."""
    session.actor.must(Scope.DATA_WRITE)
    total = session.scalar(select(func.count()).select_from(Batch)) or 0
    found = session.scalars(
        select(Batch).order_by(Batch.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return [_brought(each) for each in found], total


def undo_batch(session: Session, code: str) -> Undone:
    """Take a batch back whole: what it brought goes, what it changed is as before."""
    session.actor.must(Scope.DATA_WRITE)
    batches.alone(session)
    batch = _by_code(session, code)
    own_area(session, batch.area_code)
    _ensure_free(session, batch, code)
    came = batches.rows(session, batch)
    later = batches.later(session, batch)
    if later is not None:
        raise BatchOvertaken(batch=code, later=later)
    if count := batches.edited(session, came):
        raise BatchEdited(batch=code, count=count)
    posts = depends.ruled_posts(session, came)
    needs = depends.dependent(session, came, posts)
    if needs is not None:
        table, count = needs
        if table in {"released_count", "released_open"}:
            raise BatchCounted(batch=code)
        what = Sentence(WORDS.get(table, N_("other rows")))
        raise BatchNeeded(batch=code, count=count, what=what)
    undoing.take_out(session, batch, came, posts)
    _redraw(session, batch)
    batch.undone_at = session.now
    session.flush()
    done = Undone(
        code,
        sum(len(each.added) for each in came),
        sum(len({one.name for one in each.changes if one.before}) for each in came),
    )
    audit.note(
        session,
        "import.undone",
        f"batch {code}",
        area_code=batch.area_code,
        removed=done.removed,
        restored=done.restored,
    )
    return done


def _ensure_free(session: Session, batch: Batch, code: str) -> None:
    """Refuse what can be seen from the batch alone."""
    if batch.undone_at is not None:
        raise BatchUndone(batch=code, day=session.day_of(batch.undone_at))
    if not batch.report.get("journal"):
        raise BatchTooOld(batch=code)
    if batch.report.get("plan"):
        raise BatchInForce(batch=code, plan=batch.report["plan"])
    if count := batch.report.get("overwritten"):
        raise BatchReplaced(batch=code, count=count)
    before, since = batch.report.get("revisions", (None, None))
    if before != since and not revisions.stands(session, since):
        raise BatchUnderBoundaries(batch=code)


def _redraw(session: Session, batch: Batch) -> None:
    """Draw the boundaries as they were before, as a new revision; those of between stay."""
    before, since = batch.report.get("revisions", (None, None))
    if batch.kind == "areas":
        outlines.hang(session)
    if before != since:
        revisions.record_again(session, before)
        if revisions.bare(session):
            # The next boundaries may be those of another city.
            installation.forget_srid(session)
    if before != since or batch.kind in POINTS:
        places.join_again(session, places.ground(session))


def _by_code(session: Session, code: str) -> Batch:
    """Find a batch, and let nobody else take it back at the same moment."""
    area, _, number = code.rpartition("-")
    found = None
    if number.isascii() and number.isdecimal() and len(number) <= DIGITS:
        question = select(Batch).where(Batch.area_code == area, Batch.number == int(number))
        found = session.scalars(question.with_for_update()).one_or_none()
    if found is None:
        raise BatchNotFound(batch=code[:40])
    return found


def _code(batch: Batch) -> str:
    return f"{batch.area_code}-{batch.number}"


def _brought(batch: Batch) -> Brought:
    return Brought(
        _code(batch),
        batch.kind,
        batch.file_name,
        batch.read,
        batch.stored,
        batch.refused,
        int(batch.report.get("added", 0)),
        int(batch.report.get("changed", 0)),
        batch.actor,
        batch.at,
        batch.undone_at,
    )
