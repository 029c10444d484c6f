"""The table of background work: who holds what until when. The clock is the database's own.

Workers on several machines must agree on when a lease ends, and their own clocks may differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer

from gisapp.auth import Actor, Role
from gisapp.i18n import N_, Sentence
from gisapp.store.models import Job
from gisapp.store.parcels import pack
from gisapp.store.session import Session
from gisapp.store.types import clock

WAITING, RUNNING = "waiting", "running"
DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
STATES: Final = (WAITING, RUNNING, DONE, FAILED, CANCELLED)
ENDED: Final = (DONE, FAILED, CANCELLED)

ATTEMPTS: Final = 5
"""How often a job is begun before it waits for a person."""
PAUSES: Final = (2, 10, 60, 300)
"""Seconds from a failure to the next attempt."""

IDLE_MOST: Final = 10_000
"""Milliseconds that a transaction of a worker may stand still.

A worker that is stopped within one would else hold the row of its job for ever: nobody could
take the job up. On SQLite it holds the file, and only its end frees that.
"""

GAVE_UP: Final = "job_gave_up"
WHY_GAVE_UP: Final = N_("It was tried {attempts} times and never came to an end. Ask again later.")


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker holds, and by which attempt."""

    id: int
    attempt: int
    client_id: UUID
    name: str
    arguments: dict[str, Any]
    actor: Actor


def moment(session: Session) -> datetime:
    """Read the database's clock."""
    found: datetime = session.scalars(select(clock())).one()
    return found


def by_client_id(session: Session, client_id: UUID) -> Job | None:
    """Find a job that the actor may see by the id its asker made."""
    return session.scalars(select(Job).where(Job.client_id == client_id)).one_or_none()


def taken(session: Session, client_id: UUID) -> bool:
    """Whether anybody's job has the id: asked past what the actor may see, and told no further."""
    table = Job.__table__
    question = select(table.c.id).where(table.c.client_id == client_id)
    return session.connection().execute(question).first() is not None


def add(session: Session, job: Job) -> bool:
    """Store a new job; False when another got the id a moment before."""
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        return False
    return True


def newest(
    session: Session, name: str | None, plan: str | None, state: str | None, most: int
) -> Sequence[Job]:
    """List jobs that the actor may see, without their results."""
    question = select(Job).options(defer(Job.result)).order_by(Job.id.desc()).limit(most)
    if name is not None:
        question = question.where(Job.name == name)
    if plan is not None:
        question = question.where(Job.arguments["plan"].as_string() == plan)
    if state is not None:
        question = question.where(Job.state == state)
    return session.scalars(question).all()


def told(
    session: Session, ids: Sequence[int], keys: Sequence[str]
) -> dict[int, dict[str, str | None]]:
    """Read a few keys of the results of some jobs, each as text: results can be long."""
    parts = [Job.result[key].as_string() for key in keys]
    rows = session.execute(select(Job.id, *parts).where(Job.id.in_(ids)))
    return {id_: dict(zip(keys, texts, strict=True)) for id_, *texts in rows}


def waiting(session: Session, area_code: str) -> int:
    """Count the jobs of exactly this area that have not come to an end."""
    question = select(func.count(Job.id)).where(
        Job.area_code == area_code, Job.state.in_((WAITING, RUNNING))
    )
    return session.scalar(question) or 0


def any_to_claim(session: Session) -> bool:
    """Whether there is something to do: asked without a lock, as there mostly is not."""
    return session.scalar(select(Job.id).where(_to_claim(moment(session))).limit(1)) is not None


def claim(session: Session, lease: timedelta) -> Claim | None:
    """Take the oldest job that waits, or whose worker is gone; none where nothing is to do.

    What was begun often enough fails instead, and the next one is looked at.
    """
    _never_idle(session)
    while True:
        now = moment(session)
        job = session.scalars(
            select(Job)
            .where(_to_claim(now))
            .order_by(Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if job is None:
            return None
        if job.state == WAITING or job.attempt < ATTEMPTS:
            job.state, job.attempt = RUNNING, job.attempt + 1
            job.leased_until, job.progress = now + lease, None
            session.flush()
            actor = Actor(job.actor, Role(job.role), job.home, job.cadre_id)
            return Claim(job.id, job.attempt, job.client_id, job.name, job.arguments, actor)
        _end(job, FAILED, now)
        fields = {"attempts": ATTEMPTS}
        job.error = {"code": GAVE_UP, "title": pack(Sentence(WHY_GAVE_UP, fields))}
        session.flush()


def _to_claim(now: datetime) -> Any:
    return or_(
        and_(Job.state == WAITING, Job.not_before <= now),
        and_(Job.state == RUNNING, Job.leased_until < now),
    )


def ours(session: Session, held: Claim) -> bool:
    """Whether the job is still to be done by this attempt: nobody cancelled or took it over."""
    question = select(Job.id).where(*_fence(held))
    return session.scalar(question) is not None


def hold(session: Session, held: Claim) -> bool:
    """Keep everybody else from the job until the transaction ends; tell whether it is ours."""
    if _held(session, held) is None:
        return False
    _never_idle(session, 0)  # what it stores may be thought about for longer than that
    return True


def adopt(session: Session, former: str, area_code: str) -> None:
    """Give the jobs of one area to another."""
    session.execute(update(Job).where(Job.area_code == former).values(area_code=area_code))


def beat(session: Session, held: Claim, lease: timedelta, progress: dict[str, Any] | None) -> bool:
    """Hold the job for longer and say how far it is; tell whether it is still ours."""
    job = _held(session, held)
    if job is not None:
        job.leased_until = moment(session) + lease
        job.progress = pack(progress)
    return job is not None


def finish(session: Session, held: Claim, result: dict[str, Any]) -> bool:
    """Keep the result, unless the job is ours no more; tell whether it was kept."""
    job = _held(session, held)
    if job is not None:
        _end(job, DONE, moment(session))
        job.result, job.error = result, None
    return job is not None


def fail(session: Session, held: Claim, error: dict[str, Any], *, again: bool) -> bool:
    """Say what went wrong; where it may go well ``again``, it waits for its next attempt."""
    job = _held(session, held)
    if job is None:
        return False
    job.error = pack(error)
    now = moment(session)
    if again and job.attempt < ATTEMPTS:
        _wait(job, now + timedelta(seconds=PAUSES[job.attempt - 1]))
    else:
        _end(job, FAILED, now)
    return True


def give_back(session: Session, held: Claim) -> bool:
    """Let another worker have the job at once: this one was told to leave."""
    job = _held(session, held)
    if job is not None:
        _wait(job, moment(session))
    return job is not None


def cancel(session: Session, job: Job) -> None:
    """End a job that has not ended; a worker that holds it can write nothing any more."""
    if job.state not in ENDED:
        _end(job, CANCELLED, session.now)
        job.cancel = True
        session.flush()


def locked(session: Session, client_id: UUID) -> Job | None:
    """Find a job that the actor may see, and keep others from changing it."""
    question = select(Job).where(Job.client_id == client_id).with_for_update()
    return session.scalars(question).one_or_none()


def clear(session: Session, age: timedelta) -> int:
    """Delete what ended longer ago; return how many there were."""
    old = select(Job.id).where(Job.state.in_(ENDED), Job.ended_at < moment(session) - age)
    ids = session.scalars(old).all()
    if ids:
        session.execute(
            delete(Job).where(Job.id.in_(ids)), execution_options={"synchronize_session": False}
        )
    return len(ids)


def _never_idle(session: Session, most: int | None = None) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        name = "idle_in_transaction_session_timeout"
        limit = str(IDLE_MOST if most is None else most)
        connection.execute(select(func.set_config(name, limit, True)))


def _held(session: Session, held: Claim) -> Job | None:
    _never_idle(session)
    return session.scalars(select(Job).where(*_fence(held)).with_for_update()).first()


def _fence(held: Claim) -> tuple[Any, ...]:
    return Job.id == held.id, Job.attempt == held.attempt, Job.state == RUNNING


def _wait(job: Job, since: datetime) -> None:
    job.state, job.not_before, job.leased_until, job.progress = WAITING, since, None, None


def _end(job: Job, state: str, now: datetime) -> None:
    job.state, job.ended_at, job.leased_until, job.progress = state, now, None, None
