"""Bring in one file: through the gate, aside, and into the store in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Final

from gisapp.actions import (
    boundaries,
    import_batch,
    import_datum,
    import_ground,
    import_people,
    import_places,
    import_posts,
)
from gisapp.actions.import_job import Job
from gisapp.actions.import_reading import Asked, Came, Progress, quiet, read_aside
from gisapp.auth import AREA_CODE, Scope, area_code
from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.intake import profile_text, profiles, staging
from gisapp.intake.faults import Finding
from gisapp.intake.limits import LIMITS, Limits
from gisapp.intake.profiles import Profile
from gisapp.store import batches, installation
from gisapp.store.session import Session

WRITERS: Final[Mapping[str, Callable[[Job], None]]] = MappingProxyType(
    {
        "areas": import_ground.areas,
        "grids": import_ground.grids,
        "departments": import_people.departments,
        "offices": import_people.offices,
        "cadres": import_people.cadres,
        "recusals": import_people.recusals,
        "links": import_people.links,
        "posts": import_posts.posts,
        "assignments": import_posts.assignments,
        "enterprises": import_places.enterprises,
        "disputes": import_places.disputes,
        "services": import_places.services,
        "travel": import_people.travel,
    }
)
"""Who stores the rows of each kind."""

MOST_REFUSED: Final = 0.5
"""A file of which a larger share is refused is another file than its kind says."""


class RowsRefused(InvalidInput):
    """Too many rows are wrong, or one is and the file was to be stored whole: nothing is stored."""

    code = "rows_refused"
    message = N_(
        "Nothing stored: {refused} of {read} rows of “{file}” are refused. "
        "The first, line {line}: {first}"
    )

    def __init__(self, report: "Report", **fields: object) -> None:
        super().__init__(**fields)
        self.report = report
        self.findings = report.findings


class AreasApart(InvalidInput):
    """The areas of a file have nothing above them in common."""

    code = "areas_apart"
    message = N_("The areas of the file lie in several provinces. Name the area with --area.")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file; ``read = stored + refused``."""

    batch: str
    kind: str
    file: str
    """As the person called it."""
    read: int
    stored: int
    refused: int
    added: int
    changed: int
    unchanged: int
    findings: list[Finding]
    repairs: list[Finding]
    ignored_columns: list[str]
    seconds: float
    plan: str | None = None
    locks: list[str] = field(default_factory=list)
    """Which locks of the reader's sandbox hold on this machine."""
    layer: str = ""
    encoding: str = ""
    """As it was found, or as the profile names it."""
    crs: str | None = None
    """The system in which the coordinates were read; null when there are none."""
    offer: import_datum.Offer | None = None
    """A system in which they would fit the ground better."""
    drafts: list[tuple[str, int, int]] = field(default_factory=list)
    """Drafts into which new boundaries laid plans in force: code, placements carried, and not."""
    proposal: boundaries.Proposed | None = None
    """What is proposed instead of stored: the file changes boundaries that are there."""
    notes: list[Finding] = field(default_factory=list)
    """Those of the findings that are about rows that are stored, or about the whole file."""


def import_file(
    session: Session,
    kind: str,
    path: Path,
    asked: Asked,
    progress: Progress = quiet,
    limits: Limits = LIMITS,
) -> Report:
    """Store the rows of ``path`` as ``kind``; raises an `InvalidInput` for faults of the file."""
    ready(session)
    with read_aside(kind, path, asked, progress, limits) as came:
        return store(session, came)


def ready(session: Session) -> None:
    """Raise unless files may come in: asked before one is read."""
    session.actor.must(Scope.DATA_WRITE)
    installation.the(session)


def store(session: Session, came: Came) -> Report:
    """Store what was read; raises an `InvalidInput` for what only the store can tell."""
    ready(session)
    batches.alone(session)
    started = perf_counter()
    import_places.erase_places(session)
    if came.wrong is not None:
        raise import_datum.offered(session, came.rows, came.wrong) from came.wrong
    offer = import_datum.offer(session, came.rows)
    area = _area(session, came)
    batch = import_batch.opened(session, area, came.kind.name, came.file.name, came.file.digest)
    job = Job(
        session,
        came.profile,
        area,
        batch,
        lambda: staging.staged(came.aside),
        accepted=came.asked.accept,
        whole=not (came.asked.part or came.rows.refused),
    )
    WRITERS[came.kind.name](job)
    report = _report(job, came, offer, came.seconds + perf_counter() - started)
    _judge(report, [*came.rows.refused, *job.refused], came.file.name, strict=came.asked.strict)
    if job.drawn is None or job.accepted:
        import_batch.closed(
            job,
            {name: getattr(report, name) for name in ("read", "stored", "refused")},
            report.findings,
            ignored_columns=report.ignored_columns,
            repaired=[finding.line for finding in report.repairs],
            profile=_profile(job.profile, report.kind),
        )
        return report
    session.delete(batch)
    read, refused = report.read, len(came.rows.refused)
    profile = _profile(job.profile, report.kind)
    return replace(report, batch="", proposal=boundaries.propose(job, read, refused, profile))


def _area(session: Session, came: Came) -> str:
    """Return the area of the batch, and of rows that lie in none."""
    named, profile = came.asked.area or came.profile.area, came.profile
    if named is not None:
        return area_code(named)
    if came.kind.name == "areas":
        codes = [parent.code for parent in profile.parent]
        codes += [str(d.values["code"]) for drafts in staging.staged(came.aside) for d in drafts]
        if whole := [code for code in codes if AREA_CODE.fullmatch(code)]:
            return _common(whole)
    return installation.root_area(session)


def _common(codes: list[str]) -> str:
    """Return the longest whole area code that all of ``codes`` begin with."""
    first, last = min(codes), max(codes)
    for digits in (12, 9, 6, 4, 2):
        if len(first) >= digits and first[:digits] == last[:digits]:
            return area_code(first[:digits])
    raise AreasApart


def _report(job: Job, came: Came, offer: import_datum.Offer | None, seconds: float) -> Report:
    rows, found = came.rows, came.found
    refused = len(rows.refused) + len(job.refused)
    whole = [] if offer is None else [offer.finding]
    notes = [*whole, *rows.notes, *job.notes]
    findings = sorted(
        [*rows.refused, *job.refused, *notes],
        key=lambda finding: (finding.line, finding.code),
    )
    return Report(
        batch=job.batch,
        kind=came.kind.name,
        file=came.file.name,
        read=rows.read,
        stored=rows.read - refused,
        refused=refused,
        added=job.merged.added,
        changed=job.merged.changed,
        unchanged=job.merged.unchanged,
        findings=findings,
        repairs=rows.repairs,
        ignored_columns=rows.mapping.ignored,
        seconds=round(seconds, 2),
        plan=job.plan,
        drafts=job.drafts,
        locks=found.locks,
        layer=found.layer,
        encoding=found.encoding,
        crs=None if rows.crs is None else rows.crs.name,
        offer=offer,
        notes=notes,
    )


def _judge(report: Report, refused: list[Finding], file: str, *, strict: bool) -> None:
    if not refused or not (strict or len(refused) > MOST_REFUSED * report.read):
        return
    first = min(refused, key=lambda finding: finding.line)
    raise RowsRefused(
        report,
        file=file,
        read=report.read,
        refused=report.refused,
        line=first.line,
        first=first.message,
    )


def _profile(profile: Profile, kind: str) -> str | None:
    """Write down how the file was read, so that the next one like it is read so too."""
    if profile is profiles.NONE:
        return None
    return profile_text.written(profile.model_copy(update={"kind": kind}))
