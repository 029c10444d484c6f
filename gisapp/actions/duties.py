"""What the installation does by itself: it looks for gatherings monthly, erases places daily."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID, uuid5

from pydantic import AfterValidator

from gisapp.actions import alerts, jobs
from gisapp.actions.alerts import Looked, Watch, WatchQuery
from gisapp.actions.import_places import erase_places
from gisapp.actions.installation import Finding
from gisapp.actions.jobs import TooManyJobs
from gisapp.actions.scan import SAYING
from gisapp.actions.work import Task, Work
from gisapp.auth import Scope
from gisapp.core import windows
from gisapp.i18n import N_, Sentence
from gisapp.query import Query, month_name
from gisapp.store import alerts as table
from gisapp.store import disputes, installation, revisions
from gisapp.store import jobs as queue
from gisapp.store.installation import NoAreas, NoRootArea
from gisapp.store.session import Session

SPACE: Final = UUID("5f0c4a1e-8d4e-4a9b-9a6e-2f1c7d3b6e10")
"""Names the jobs of duties: who asks for the same day or month asks for the same job."""

NEVER: Final = "—"


class DayQuery(Query):
    """Which day's places are erased."""

    day: date


class MonthQuery(Query):
    """Which month gatherings are looked for in."""

    month: Annotated[str, AfterValidator(month_name)]


@dataclass(frozen=True, slots=True)
class Due:
    """A job that nobody has asked for yet."""

    id: UUID
    name: str
    arguments: Mapping[str, str]


def due(session: Session) -> list[Due]:
    """List what is to be done by now; looking takes no lock."""
    session.actor.must(Scope.INSTALLATION)
    if not session.settings.duties:
        return []
    try:
        installation.root_area(session)
    except (NoAreas, NoRootArea):
        return []  # a job belongs to an area that holds all others
    return [one for one in _due(session) if not queue.taken(session, one.id)]


def ask(session: Session, those: list[Due]) -> None:
    """Put duties into the queue; whoever was faster asked for the same jobs.

    Where as many jobs wait as may, they are still due when it is looked again.
    """
    with suppress(TooManyJobs):
        for one in those:
            jobs.ask(session, WORKS, one.id, one.name, one.arguments)


def _due(session: Session) -> Iterator[Due]:
    today = session.today
    yield _named(ERASE, day=today.isoformat())
    month = windows.number(today) - 1
    if (
        today.day >= session.settings.alerts_day
        and revisions.current(session) is not None
        and not _told(session, month)
        # To look at a month releases it: one without records waits for them.
        and disputes.any_in(session, month)
    ):
        yield _named(ALERTS, month=windows.name(month))


def _named(work: Work, **arguments: str) -> Due:
    return Due(uuid5(SPACE, f"{work.name} {arguments}"), work.name, arguments)


def _told(session: Session, month: int) -> bool:
    """Whether gatherings of a month, or of a later one, were looked for already."""
    looked = alerts.last_look(session)
    return looked is not None and looked.month >= windows.name(month)


def _erase(session: Session, _: object) -> dict[str, Any]:
    return {"erased": erase_places(session)}


def _look(task: Task, asked: MonthQuery) -> list[Looked]:
    """Scan each area's disputes together, and each category for which it was calibrated."""
    with task.read() as session:
        questions = alerts.look_around(
            session,
            WatchQuery(month=asked.month),
            lambda inside, area: [None, *table.calibrated(inside, area)],
        )

    def watch(before: int) -> Watch:
        def said(share: float) -> None:
            task.tell("scan", (before + share) / len(questions), Sentence(SAYING))
            task.leave_if_stopped()

        return said

    return [alerts.scanned(question, watch(at)) for at, question in enumerate(questions)]


def _tell(session: Session, those: list[Looked]) -> dict[str, Any]:
    return {"told": sum(map(len, alerts.tell_around(session, those)))}


ERASE: Final = Work("erase", Scope.INSTALLATION, DayQuery, lambda task, asked: asked, store=_erase)
ALERTS: Final = Work("alerts", Scope.INSTALLATION, MonthQuery, _look, store=_tell)
WORKS: Final = {work.name: work for work in (ERASE, ALERTS)}


def examine(session: Session) -> list[Finding]:
    """Say when each duty was last done."""
    session.actor.must(Scope.INSTALLATION)
    looked = alerts.last_look(session)
    erased = queue.newest(session, ERASE.name, None, queue.DONE, 1)
    day = session.day_of(erased[0].created_at).isoformat() if erased else NEVER
    found = [
        Finding(
            N_("Alerts last looked for"),
            NEVER if looked is None else f"{looked.month} ({looked.day.isoformat()})",
        ),
        Finding(N_("Places last erased by itself"), day),
    ]
    return found if session.settings.duties else [*found, Finding("GISAPP_DUTIES", "false")]
