"""Opens the batch that an import makes, and closes it with what became of the rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select

from gisapp.actions.import_job import Job
from gisapp.intake.faults import Finding
from gisapp.store import audit
from gisapp.store.models import Batch
from gisapp.store.session import Session

KEPT_FINDINGS: Final = 1_000
"""Findings that the batch remembers by line and code."""


def opened(session: Session, area: str, kind: str, file: str, digest: str) -> Batch:
    """Write the batch of a file before its rows come, which name it."""
    last = session.scalar(select(func.max(Batch.number)).where(Batch.area_code == area))
    batch = Batch(
        area_code=area,
        number=(last or 0) + 1,
        kind=kind,
        file_name=file,
        file_digest=digest,
        read=0,
        stored=0,
        refused=0,
        report={},
        actor=session.actor.name,
        at=session.now,
    )
    session.add(batch)
    session.flush()
    return batch


def closed(job: Job, counts: Mapping[str, int], findings: Sequence[Finding], **more: Any) -> None:
    """Say in the batch what became of its rows, and in the audit that they are stored."""
    session, batch, merged = job.session, job.origin, job.merged
    batch.read, batch.stored, batch.refused = (counts[n] for n in ("read", "stored", "refused"))
    batch.report = more | {
        "added": merged.added,
        "changed": merged.changed,
        "unchanged": merged.unchanged,
        "findings": [[each.line, each.code] for each in findings[:KEPT_FINDINGS]],
        "findings_in_all": len(findings),
        "plan": job.plan,
        "revisions": list(job.revisions),
        "overwritten": job.overwritten,
        "journal": True,
    }
    session.flush()
    audit.note(
        session,
        "import.stored",
        f"batch {job.batch}",
        area_code=batch.area_code,
        kind=batch.kind,
        read=batch.read,
        stored=batch.stored,
        refused=batch.refused,
        added=merged.added,
        changed=merged.changed,
    )
