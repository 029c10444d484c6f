"""The check of what is stored, as work in the background whose last result stays to be read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gisapp.actions import jobs, stamps
from gisapp.actions.checks import LAYERS, check, in_order
from gisapp.actions.findings import Finding
from gisapp.actions.jobs import JobsQuery, Seen
from gisapp.actions.work import Task, Work
from gisapp.auth import Scope
from gisapp.i18n import N_, Sentence
from gisapp.query import NoQuery
from gisapp.store import installation
from gisapp.store.session import Session

NAMES: Final = ("kind", "severity", "code", "sentence", "lon", "lat", "repair", "about")
"""What of a finding is kept, in this order."""

SAYING: Final = {
    "areas": N_("Looking through the areas"),
    "grids": N_("Looking through the grids"),
    "enterprises": N_("Looking through the enterprises"),
    "disputes": N_("Looking through the disputes"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last check has found."""

    findings: list[Finding]
    at: datetime
    stamp: str
    """Names the state of the data that was looked at."""


def run(task: Task, query: NoQuery) -> dict[str, Any]:
    """Look through everything that the asker sees."""
    found: list[Finding] = []
    with task.read() as session:
        stamp = stamps.checked_stamp(session)
        for number, layer in enumerate(LAYERS):
            task.leave_if_stopped()
            task.tell(layer, number / len(LAYERS), Sentence(SAYING[layer]))
            found += check(session, layer)
    return {
        "stamp": stamp,
        "count": len(found),
        "findings": [[getattr(one, name) for name in NAMES] for one in in_order(found)],
    }


WORK: Final = Work("check", Scope.DATA_REPAIR, NoQuery, run, frozenset({"findings", "stamp"}))


def newest(session: Session, state: str | None = None) -> Seen | None:
    """Find the latest check of exactly the actor's area, of those in a state."""
    session.actor.must(Scope.DATA_REPAIR)
    query = JobsQuery.model_validate({"name": WORK.name, "state": state})
    own = installation.root_area(session)
    found = jobs.find(session, {WORK.name: WORK}, query)
    return next((each for each in found if each.area == own), None)


def read(session: Session, job: Seen) -> Checked:
    """Read what a check has found."""
    result = jobs.done(session, WORK, job.id).result
    rows = [
        Finding(**dict(zip(NAMES, each, strict=True)) | {"about": tuple(each[-1])})
        for each in result["findings"]
    ]
    return Checked(rows, job.ended_at or job.created_at, result["stamp"])
