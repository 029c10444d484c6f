"""Files that were brought: looked at, checked and stored in the background."""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from gisapp.actions import (
    boundaries,
    import_books,
    import_excerpt,
    import_picture,
    import_proposal,
    spool,
    views,
)
from gisapp.actions.bringing import place, program, refuse
from gisapp.actions.import_proposal import Proposed
from gisapp.actions.import_reading import Asked, Came, read_file
from gisapp.actions.imports import Report, RowsRefused, store
from gisapp.actions.work import Stopped, Task, Work
from gisapp.auth import Scope
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Name, Sentence
from gisapp.intake import profiles
from gisapp.intake.faults import FileFault, Finding
from gisapp.intake.kinds import KINDS
from gisapp.intake.limits import ON_THE_WEB
from gisapp.query import InvalidParameter, Query
from gisapp.store import installation
from gisapp.store import jobs as table
from gisapp.store.session import Session, whole

FINDINGS_MOST: Final = 20_000
"""Findings of one check that are kept to be paged through."""

NOT_DRAWN: Final = frozenset({"disputes"})
"""Kinds whose places stay in the file, and in the memory of who looks at it."""

READING: Final = N_("Reading the file")
CHECKING: Final = N_("Checking its rows against what is stored")

SHOWN: Final = 200
"""Changes of boundaries that a page shows; “gisapp revisions --json” has all."""

SAMPLES: Final = 3
"""Texts of each column that are shown."""


class FileQuery(Query):
    """A file that waits, and how it is to be read."""

    file: UUID
    profile: Annotated[str, Field(max_length=60_000)]
    """TOML; it names the kind."""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What one look at a file that waits has found: one of the two."""

    file: UUID
    came: Any = None
    wrong: FileFault | None = None


def _read(task: Task, query: FileQuery) -> Read:
    """Read a file that waits, and put its rows aside."""
    with task.read() as session:
        folder = place(session)
        brought = spool.find(folder, query.file)
    profile = profiles.parse(query.profile.encode(), brought.name)
    kind = str(profile.kind)

    def progress(done: int, of: int | None) -> None:
        task.leave_if_stopped()
        task.tell("read", done / of if of else None, Sentence(READING))

    progress(0, None)
    asked = Asked(profile=profile, strict=query.strict, called=brought.name)
    path = spool.content(folder, query.file)
    aside, beside = (spool.aside(folder, query.file) for _ in range(2))
    try:
        came = read_file(kind, path, aside, asked, progress, ON_THE_WEB, beside)
    except (FileFault, Stopped) as wrong:
        for each in (aside, beside):
            each.unlink(missing_ok=True)
        if isinstance(wrong, FileFault):
            return Read(query.file, wrong=wrong)
        raise
    return Read(query.file, came)


def check(task: Task, query: FileQuery) -> Read:
    """Do all that storing does, and keep nothing of it but the report."""
    read = _read(task, query)
    if read.wrong is not None:
        return read
    came: Came = read.came
    task.tell("check", None, Sentence(CHECKING))
    try:
        try:
            with task.trial() as session, program(session) as writing:
                report, stops = store(writing, came), None
        except RowsRefused as wrong:
            report, stops = wrong.report, wrong.sentence
        document = _document(report, came)
    except FileFault as wrong:
        return Read(query.file, wrong=wrong)
    finally:
        came.forget()
    return Read(query.file, document | {"stops": stops, "picture": _drawn(task, report, came)})


def _drawn(task: Task, report: Report, came: Came) -> dict[str, Any] | None:
    """Draw where all rows lie; the places of disputes are not kept with a job."""
    if came.kind.name in NOT_DRAWN:
        return None
    with task.read() as session, whole(session) as beyond:
        option = None if report.offer is None else report.offer.option
        return import_picture.of_rows(beyond, came.rows, option)


def settle(session: Session, read: Read) -> dict[str, Any]:
    """Keep what a check found; a file that nothing can mend goes."""
    if read.wrong is None:
        document: dict[str, Any] = read.came
        return document
    return _fault(session, read.file, read.wrong)


def _fault(session: Session, id_: UUID, wrong: FileFault) -> dict[str, Any]:
    gone = refuse(session, id_, wrong)
    option = wrong.fields.get("option")
    return {"fault": {"code": wrong.code, "title": wrong.sentence, "gone": gone, "option": option}}


def _document(report: Report, came: Came) -> dict[str, Any]:
    names = ("kind", "read", "stored", "refused", "added", "changed", "unchanged", "layer")
    more = ("encoding", "crs", "seconds", "ignored_columns", "plan")
    noted = {id(one) for one in report.notes}
    every = report.findings
    listed = _listed(every)
    kinds: dict[str, dict[str, Any]] = {}
    for one in every:
        known = kinds.setdefault(
            one.code, {"n": 0, "line": one.line, "first": one.message, "refused": 0}
        )
        known["n"] += 1
        known["refused"] += id(one) not in noted
    return {name: getattr(report, name) for name in (*names, *more)} | {
        "file": came.file.name,
        "datum": None if report.offer is None else report.offer.plain,
        "repairs": len(report.repairs),
        "proposal": None if report.proposal is None else report.proposal.proposal,
        "changes": None if report.proposal is None else report.proposal.counts,
        "proposed": None if report.proposal is None else proposed(report.proposal),
        "drafts": [list(each) for each in report.drafts],
        "findings_in_all": len(every),
        "codes": kinds,
        "unknown": import_books.met(every),
        "findings": [[one.line, one.code, id(one) not in noted, one.message] for one in listed],
        "rows": import_excerpt.kept(came, listed, noted),
    }


def _listed(every: list[Finding]) -> list[Finding]:
    """Leave out the last where there are too many, but no kind."""
    if len(every) <= FINDINGS_MOST:
        return every
    first = {one.code: at for at, one in reversed(list(enumerate(every)))}
    places = {*first.values(), *range(FINDINGS_MOST - len(first))}
    return [every[at] for at in sorted(places)]


def proposed(found: boundaries.Proposed) -> dict[str, Any]:
    """Say what proposed boundaries would change, as far as a page shows it."""
    return found.document() | {
        "changes": len(found.changes),
        "sentences": [boundaries.sentences(each) for each in found.changes[:SHOWN]],
    }


def keep(session: Session, read: Read) -> dict[str, Any]:
    """Store what was read, in the transaction that ends the job; then the file goes."""
    folder = place(session)
    if read.wrong is not None:
        return _fault(session, read.file, read.wrong)
    came: Came = read.came
    try:
        with program(session) as writing:
            report = store(writing, came)
            writing.flush()
            table.adopt(writing, views.NOWHERE, installation.root_area(writing))
    except InvalidInput:
        came.forget()
        raise
    session.when_kept(lambda: spool.drop(folder, read.file))
    return _document(report, came) | {"batch": report.batch, "stops": None}


class LookQuery(Query):
    """A file that waits, and how it may be read; proposed where nothing is said."""

    file: UUID
    profile: Annotated[str, Field(max_length=60_000)] | None = None
    kind: str | None = None
    layer: Annotated[str, Field(max_length=200)] | None = None
    met: dict[str, dict[str, int]] = Field(default_factory=dict)
    """By field, words that a check of all rows has found, with the number of rows."""


def look(task: Task, query: LookQuery) -> Read:
    """Look at a large file."""
    task.tell("read", None, Sentence(READING))
    with task.read() as session:
        try:
            found = peep(session, query)
        except FileFault as wrong:
            return Read(query.file, wrong=wrong)
        kept = {} if found["kind"] not in NOT_DRAWN else {"picture": None}
        return Read(query.file, found | kept)


def peep(session: Session, query: LookQuery) -> dict[str, Any]:
    """Show what a profile makes of a file that waits; without one, propose one."""
    with whole(session) as beyond:
        found = _proposed(session, beyond, query)
        kind, profile = found.proposal.kind, found.profile
        books = import_books.books(beyond, kind, profile, found.taken.texts, query.met)
        return document(found) | {
            "books": [each.plain for each in books],
            "picture": import_picture.of_proposed(beyond, found),
        }


def _proposed(session: Session, beyond: Session, query: LookQuery) -> Proposed:
    folder = place(session)
    brought, path = spool.find(folder, query.file), spool.content(folder, query.file)
    if query.kind is not None and query.kind not in KINDS:
        raise InvalidParameter(name="kind", value=query.kind[:80])
    if query.profile is None:
        return import_proposal.propose(
            beyond, path, query.kind, query.layer, ON_THE_WEB, brought.name
        )
    profile = profiles.parse(query.profile.encode(), brought.name)
    return import_proposal.follow(beyond, path, profile, ON_THE_WEB, brought.name)


def document(found: Proposed) -> dict[str, Any]:
    """Say what a look has found."""
    profile, kind, taken, offer = found.profile, found.proposal.kind, found.taken, found.offer
    given = (profile.columns, profile.constants, profile.templates)
    fields = [
        {
            "name": each.name,
            "label": Name(each.zh, each.name),
            "required": each.name in kind.key or each.required,
            "missing": each.name in found.proposal.missing,
            "column": given[0].get(each.name),
            "constant": given[1].get(each.name),
            "template": given[2].get(each.name),
            "coded": each.name in profile.values,
        }
        for each in kind.fields
    ]
    return {
        "kind": kind.name,
        "profile": found.text(),
        "fields": fields,
        "columns": [name for name in taken.came.columns if name],
        "samples": taken.samples(SAMPLES),
        "looked": len(taken.rows),
        "layer": taken.came.layer,
        "layer_chosen": profile.layer,
        "encoding": taken.came.encoding,
        "encoding_chosen": profile.encoding,
        "table": taken.table,
        "placed": kind.shape != "none",
        "crs": found.crs,
        "crs_said": found.crs_said,
        "declared": taken.came.crs,
        "datum": None if offer is None else offer.plain,
        "unused": found.unused,
        "rows": found.rows,
        "findings": [[one.line, one.code, True, one.message] for one in found.findings],
        "notes": [one for one in found.notes if offer is None or one != offer.finding.message],
    }


INTERNAL: Final = frozenset({"findings", "rows"})
LOOK: Final = Work("import_look", Scope.DATA_IMPORT, LookQuery, look, store=settle)
CHECK: Final = Work("import_check", Scope.DATA_IMPORT, FileQuery, check, INTERNAL, settle)
STORE: Final = Work("import_store", Scope.DATA_IMPORT, FileQuery, _read, INTERNAL, keep)
