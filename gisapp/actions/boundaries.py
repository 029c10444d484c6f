"""Boundaries that were brought and would change those that are there: shown, accepted, rejected."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import func, select

from gisapp.actions import import_batch, import_ground
from gisapp.actions.import_job import Job
from gisapp.actions.owned import own_area
from gisapp.actions.redrawing import (
    AREA_ADDED,
    AREA_CHANGED,
    AREA_KEPT,
    PLACES,
    Redrawn,
    Resized,
)
from gisapp.auth import Scope
from gisapp.errors import Conflict, NotFound
from gisapp.i18n import N_, Sentence
from gisapp.intake import profiles, staging
from gisapp.intake.profiles import NONE
from gisapp.store import audit, batches, carrying, plans, revisions
from gisapp.store.models import Batch, Proposal
from gisapp.store.session import Session

PAGE: Final = 50
"""Proposals on one page of the list."""

DIGITS: Final = 9
"""Of the largest number of a proposal that the store holds."""

SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "added": N_("Grid {new} is new."),
        "removed": N_("Grid {old} goes, and no grid takes its land."),
        "changed": N_("Grid {old} is drawn otherwise; of its land it keeps {percent} %."),
        "recoded": N_("Grid {old} is called {new}."),
        "split": N_("Grid {old} is split: {parts}."),
        "merged": N_("Grids {old} become {new}."),
        "redrawn": N_("Grids {old} are drawn anew as {new}: {parts}."),
        AREA_ADDED: N_("Area {new} is new."),
        AREA_CHANGED: N_("Area {old} is drawn otherwise; of its land it keeps {percent} %."),
        AREA_KEPT: N_(
            "Area {old} is not in the file and stays, though others take its land but for "
            "{percent} %. Bring it with its last day if it has ended."
        ),
    }
)
"""What happens to grids and areas, by kind."""

OUTSIDE: Final = N_(
    "{outside} of its grids then {outside:lies|lie} outside it with most of their land: bring "
    "their borders next."
)

HANDED_ON: Final = N_(
    "Posts that end: {posts}. Placements in force ({placements}), recusals, links and monthly "
    "series go on by these shares."
)
ENDED: Final = N_(
    "Posts that end: {posts}. Placements in force ({placements}) and the monthly series go on "
    "nowhere."
)


class ProposalNotFound(NotFound):
    """No proposal has the name, or not for this actor: both look alike."""

    code = "proposal_not_found"
    message = N_("There are no proposed boundaries {proposal}. “gisapp revisions” lists them.")


class ProposalDecided(Conflict):
    """It was accepted or rejected before."""

    code = "proposal_decided"
    message = N_("Proposed boundaries {proposal} were decided on before, on {day}.")


class ProposalStale(Conflict):
    """The boundaries it would change are others by now."""

    code = "proposal_stale"
    message = N_(
        "Proposed boundaries {proposal} do not fit any more: what they change was changed since. "
        "Reject them and import the file again."
    )


@dataclass(frozen=True, slots=True)
class Proposed:
    """Boundaries that wait, or that were decided on."""

    proposal: str
    state: str
    """waiting, accepted, rejected, or undone: accepted, and its batch taken back."""
    file: str
    by: str
    at: datetime
    decided_by: str | None
    decided_at: datetime | None
    batch: str | None
    changes: list[dict[str, Any]] = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """How many changes there are of each kind."""
        found = Counter(each["kind"] for each in self.changes)
        return {kind: found[kind] for kind in SAID}

    def document(self) -> dict[str, Any]:
        """Say it for programs, without the changes one by one."""
        names = ("proposal", "state", "file", "by", "at", "decided_by", "decided_at", "batch")
        return {name: getattr(self, name) for name in names} | {"counts": self.counts}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of proposed boundaries."""

    proposal: str
    batch: str
    added: int
    changed: int
    ended: int
    drafts: list[tuple[str, int, int]]
    """Drafts into which plans in force were laid: code, placements carried, and not."""


def sentences(change: Mapping[str, Any]) -> list[Sentence]:
    """Say what happens to grids, and to what is theirs."""
    shares = [(new, part) for heirs in change["shares"].values() for new, part in heirs.items()]
    if len(change["old"]) > 1:
        shares = [
            (f"{old} → {new}", part)
            for old, heirs in change["shares"].items()
            for new, part in heirs.items()
        ]
    fields = {
        "old": ", ".join(change["old"]),
        "new": ", ".join(change["new"]),
        "parts": ", ".join(f"{name} {_percent(part)} %" for name, part in shares),
        "percent": _percent(change["stays"]),
    }
    found = [Sentence(SAID[change["kind"]], fields)]
    if change.get("outside"):
        found.append(Sentence(OUTSIDE, {"outside": change["outside"]}))
    if change["posts"]:
        what = {name: change[name] for name in ("posts", "placements")}
        found.append(Sentence(HANDED_ON if change["shares"] else ENDED, what))
    return found


def propose(job: Job, read: int, refused: int, profile: str | None) -> Proposed:
    """Keep what a file would change until somebody decides."""
    session, drawn = job.session, job.drawn
    assert drawn is not None  # noqa: S101  # who calls has looked
    area = job.area
    last = session.scalar(select(func.max(Proposal.number)).where(Proposal.area_code == area))
    row = Proposal(
        area_code=area,
        kind=job.origin.kind,
        number=(last or 0) + 1,
        state="waiting",
        file_name=job.origin.file_name,
        file_digest=job.origin.file_digest,
        read=read,
        refused=refused,
        whole=job.whole,
        revision_id=revisions.newest(session),
        changes=_changes(session, drawn),
        content=staging.packed(job.chunks()),
        profile=profile,
        actor=session.actor.name,
        at=session.now,
    )
    session.add(row)
    session.flush()
    found = _proposed(session, row)
    audit.note(
        session, "revision.proposed", found.proposal, area_code=area, changes=len(row.changes)
    )
    return found


def listed(session: Session, page: int = 1) -> tuple[list[Proposed], int]:
    """List a page of proposals, the latest first, and say how many there are."""
    session.actor.must(Scope.DATA_WRITE)
    total = session.scalar(select(func.count()).select_from(Proposal)) or 0
    question = select(Proposal).order_by(Proposal.id.desc())
    rows = session.scalars(question.limit(PAGE).offset((page - 1) * PAGE))
    return [_proposed(session, row) for row in rows], total


def find(session: Session, name: str) -> Proposed:
    """Read one proposal."""
    session.actor.must(Scope.DATA_WRITE)
    return _proposed(session, _by_name(session, name))


def reject(session: Session, name: str) -> Proposed:
    """Decide that boundaries stay as they are; the rows of the file are given up."""
    row = _waiting(session, name)
    _decide(session, row, "rejected")
    audit.note(session, "revision.rejected", name, area_code=row.area_code)
    return _proposed(session, row)


def accept(session: Session, name: str) -> Accepted:
    """Change the boundaries as it was shown, all of it or nothing."""
    batches.alone(session)
    row = _waiting(session, name)
    if not revisions.stands(session, row.revision_id):
        raise ProposalStale(proposal=name)
    content = row.content or b""
    batch = import_batch.opened(session, row.area_code, row.kind, row.file_name, row.file_digest)
    job = Job(
        session,
        NONE if row.profile is None else profiles.parse(row.profile.encode(), row.file_name),
        row.area_code,
        batch,
        lambda: staging.unpacked(content),
        accepted=True,
        whole=row.whole,
    )
    {"grids": import_ground.grids, "areas": import_ground.areas}[row.kind](job)
    if job.drawn is None or _changes(session, job.drawn, row.changes) != row.changes:
        raise ProposalStale(proposal=name)
    refused = row.refused + len(job.refused)
    counts = {"read": row.read, "stored": row.read - refused, "refused": refused}
    import_batch.closed(job, counts, job.refused, profile=row.profile)
    _decide(session, row, "accepted")
    row.batch_id = batch.id
    session.flush()
    ended = len(job.drawn.going)
    audit.note(
        session, "revision.accepted", name, area_code=row.area_code, ended=ended, batch=job.batch
    )
    merged = job.merged
    return Accepted(name, job.batch, merged.added, merged.changed, ended, job.drafts)


def _changes(
    session: Session, drawn: Redrawn | Resized, shown: list[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Describe each change; what was ``shown`` of posts and people is not counted again."""
    if isinstance(drawn, Resized):
        return drawn.changes
    going = drawn.going
    posts: Counter[str] = Counter()
    held: Counter[str] = Counter()
    if shown is None:
        name = {pk: code for code, pk in going.items()}
        found = carrying.posts_at(session, name, session.today)
        posts.update(name[post.grid_id or 0] for post in found)
        held.update(plans.holdings(session, None, session.today)["place_code"].tolist())
    of: dict[str, dict[str, float]] = {}
    for (one, other), part in sorted(drawn.shares.items()):
        of.setdefault(one, {})[other] = round(part, PLACES)
    told = []
    for at, change in enumerate(drawn.found):
        old = [drawn.old[place] for place in change.old]
        new = [drawn.new[place] for place in change.new]
        ends = [code for code in old if code in going]
        seen = {
            "posts": sum(posts[code] for code in ends),
            "placements": sum(held[code] for code in ends),
        }
        if shown is not None and at < len(shown):
            seen = {what: shown[at][what] for what in seen}
        stays = 0.0
        if change.kind == "changed":
            stays = round(drawn.of_old.get((change.old[0], change.new[0]), 0.0), PLACES)
        shares = {code: of[code] for code in old if code in of}
        told.append(
            {"kind": change.kind, "old": old, "new": new, "shares": shares, "stays": stays} | seen
        )
    return told


def _percent(share: float) -> int:
    """Say a share in whole percent; what is not all is not said to be."""
    return min(99, round(100 * share)) if share < 1 - 10**-PLACES else 100


def _decide(session: Session, row: Proposal, state: str) -> None:
    row.state, row.content = state, None
    row.decided_by, row.decided_at = session.actor.name, session.now
    session.flush()


def _waiting(session: Session, name: str) -> Proposal:
    session.actor.must(Scope.DATA_WRITE)
    row = _by_name(session, name)
    own_area(session, row.area_code)
    if row.decided_at is not None:
        raise ProposalDecided(proposal=name, day=session.day_of(row.decided_at))
    return row


def _by_name(session: Session, name: str) -> Proposal:
    """Find a proposal, and let nobody else decide on it at the same moment."""
    area, _, number = name.rpartition("-B")
    found = None
    if number.isascii() and number.isdecimal() and len(number) <= DIGITS:
        question = select(Proposal).where(
            Proposal.area_code == area, Proposal.number == int(number)
        )
        found = session.scalars(question.with_for_update()).one_or_none()
    if found is None:
        raise ProposalNotFound(proposal=name[:40])
    return found


def _proposed(session: Session, row: Proposal) -> Proposed:
    batch = None if row.batch_id is None else session.get(Batch, row.batch_id)
    undone = batch is not None and batch.undone_at is not None
    return Proposed(
        f"{row.area_code}-B{row.number}",
        "undone" if undone else row.state,
        row.file_name,
        row.actor,
        row.at,
        row.decided_by,
        row.decided_at,
        None if batch is None else f"{batch.area_code}-{batch.number}",
        row.changes,
    )
