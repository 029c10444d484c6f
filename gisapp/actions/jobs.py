"""Background work as its asker sees it: ask, look, list, cancel.

Asking adds no link to the chain of deeds: a job changes nothing but itself, and its row says who
asked for what.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from gisapp.actions.once import IdUsed
from gisapp.actions.work import Work
from gisapp.auth import Scope
from gisapp.errors import InvalidInput, NotFound, Unavailable
from gisapp.i18n import N_
from gisapp.query import PlanCode, Query
from gisapp.store import installation
from gisapp.store import jobs as table
from gisapp.store.models import Job
from gisapp.store.parcels import unpack
from gisapp.store.session import Session

UNENDED_MOST: Final = 20
"""Jobs of one area that may wait or run at one time."""
ARGUMENTS_MOST: Final = 64 * 1024
"""Bytes of a job's arguments, written as JSON."""
LISTED: Final = 50
"""Jobs in one list, the newest first."""


class NoSuchWork(InvalidInput):
    """No work has the name."""

    code = "no_such_work"
    message = N_("There is no work called “{name}”. There is: {names}.")


class NoSuchJob(NotFound):
    """No job has the id, or none that the actor may see."""

    code = "no_such_job"
    message = N_("There is no job {id}. A job that ended is kept for 7 days.")


class JobNotDone(InvalidInput):
    """Somebody wants the result of a job that has none."""

    code = "job_not_done"
    message = N_("Job {id} has no result: it is not done.")


class ArgumentsTooLong(InvalidInput):
    """The arguments of a job are larger than a job carries."""

    code = "arguments_too_long"
    message = N_("A job carries at most {most} kB of arguments. Ask for less at once.")


class TooManyJobs(Unavailable):
    """As many jobs wait as an area may have."""

    code = "too_many_jobs"
    message = N_("{most} jobs wait already. Wait for one, or cancel one.")


class JobsQuery(Query):
    """Which jobs to list."""

    name: str | None = None
    plan: PlanCode | None = None
    state: Literal["waiting", "running", "done", "failed", "cancelled"] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A job as it is shown."""

    id: UUID
    name: str
    arguments: dict[str, Any]
    state: str
    progress: dict[str, Any] | None
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    attempt: int
    area: str
    """Of whoever asked: the result is of what can be seen there."""
    created_at: datetime
    ended_at: datetime | None

    def document(self) -> dict[str, Any]:
        """Say it to programs."""
        return {name: getattr(self, name) for name in self.__slots__} | {"id": str(self.id)}


@dataclass(frozen=True, slots=True)
class Done:
    """What a job was asked, and what came of it; with the keys that never leave the building."""

    arguments: dict[str, Any]
    result: dict[str, Any]


def ask(
    session: Session,
    works: Mapping[str, Work],
    client_id: UUID,
    name: str,
    arguments: Mapping[str, Any],
) -> Seen:
    """Put work into the queue; the same id with the same question again is the same job."""
    work = works.get(name)
    if work is None:
        raise NoSuchWork(name=name[:80], names=sorted(works))
    session.actor.must(work.scope)
    asked = work.arguments.parse(arguments).model_dump(mode="json", exclude_none=True)
    if len(json.dumps(asked, ensure_ascii=False).encode()) > ARGUMENTS_MOST:
        raise ArgumentsTooLong(most=ARGUMENTS_MOST // 1024)
    if table.taken(session, client_id):
        return _again(session, work, client_id, asked)
    area = installation.root_area(session)
    if table.waiting(session, area) >= UNENDED_MOST:
        raise TooManyJobs(most=UNENDED_MOST)
    actor = session.actor
    job = Job(
        client_id=client_id,
        name=name,
        arguments=asked,
        state=table.WAITING,
        cancel=False,
        attempt=0,
        not_before=table.moment(session),
        actor=actor.name,
        role=actor.role.value,
        home=actor.area_code,
        cadre_id=actor.cadre_id,
        created_at=session.now,
        area_code=area,
    )
    if not table.add(session, job):
        return _again(session, work, client_id, asked)
    return _seen(job, work)


def look(session: Session, works: Mapping[str, Work], client_id: UUID) -> Seen:
    """Show one job, with its result once it has one."""
    session.actor.must(Scope.PLANS_READ)
    job = table.by_client_id(session, client_id)
    if job is None:
        raise NoSuchJob(id=str(client_id))
    return _seen(job, _work(session, works, job))


def find(session: Session, works: Mapping[str, Work], query: JobsQuery) -> list[Seen]:
    """List the newest jobs, without their results."""
    session.actor.must(Scope.PLANS_READ)
    rows = table.newest(session, query.name, query.plan, query.state, LISTED)
    known = [job for job in rows if job.name in works]
    return [_seen(job, None) for job in known if session.actor.may(works[job.name].scope)]


def cancel(session: Session, works: Mapping[str, Work], client_id: UUID) -> Seen:
    """End a job; one that has ended stays as it is. Its worker learns of it within a second."""
    session.actor.must(Scope.PLANS_READ)
    job = table.locked(session, client_id)
    if job is None:
        raise NoSuchJob(id=str(client_id))
    work = _work(session, works, job)
    table.cancel(session, job)
    return _seen(job, work)


def done(session: Session, work: Work, client_id: UUID) -> Done:
    """Return the whole result of a job of one kind, for an action that goes on from it."""
    session.actor.must(work.scope)
    job = table.by_client_id(session, client_id)
    if job is None or job.name != work.name:
        raise NoSuchJob(id=str(client_id))
    if job.state != table.DONE or job.result is None:
        raise JobNotDone(id=str(client_id))
    return Done(job.arguments, unpack(job.result))


def _again(session: Session, work: Work, client_id: UUID, asked: Mapping[str, Any]) -> Seen:
    """Show the job that was asked for with the same id; raise when it was another question."""
    job = table.by_client_id(session, client_id)
    question = (session.actor.name, session.actor.area_code, work.name, asked)
    if job is None or (job.actor, job.home, job.name, job.arguments) != question:
        raise IdUsed(id=str(client_id))
    return _seen(job, work)


def _work(session: Session, works: Mapping[str, Work], job: Job) -> Work:
    """Find the work of a job; what a newer program asked for is not there for this one."""
    if job.name not in works:
        raise NoSuchJob(id=str(job.client_id))
    session.actor.must(works[job.name].scope)
    return works[job.name]


def _seen(job: Job, work: Work | None) -> Seen:
    result = None
    if work is not None and job.result is not None:
        kept = {key: one for key, one in job.result.items() if key not in work.internal}
        result = unpack(kept)
    return Seen(
        job.client_id,
        job.name,
        job.arguments,
        job.state,
        unpack(job.progress),
        result,
        unpack(job.error),
        job.attempt,
        job.home,
        job.created_at,
        job.ended_at,
    )
