from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from gisapp.actions import jobs
from gisapp.actions.once import IdUsed
from gisapp.actions.work import Task, Work
from gisapp.auth import Actor, Role, Scope, ScopeMissing
from gisapp.jobs import WORK as REAL
from gisapp.jobs import Worker
from gisapp.query import InvalidParameter, UnknownParameter
from gisapp.runtime import Runtime
from gisapp.store import audit
from gisapp.store.models import Audit
from gisapp.store.session import Session
from tests.factories import COUNTY, LEADER, NOW, PLANNER, Make
from tests.labour import WORKS, PathQuery, Wrong

NEIGHBOUR = Actor("planner", Role.PLANNER, "990002")
CITY = Actor("planner", Role.PLANNER, COUNTY[:4])


def ask(
    session: Session, name: str = "note", id_: Any = None, path: str = "/dev/null"
) -> jobs.Seen:
    return jobs.ask(session, WORKS, id_ or uuid4(), name, {"path": path})


def test_the_same_id_twice_is_the_same_job_and_never_another(runtime: Runtime) -> None:
    id_ = uuid4()
    with runtime.sessions.write(PLANNER, NOW) as session:
        first = ask(session, id_=id_)
        assert ask(session, id_=id_) == first

        for name, path in (("note", "/dev/zero"), ("fail", "/dev/null")):
            with pytest.raises(IdUsed):
                ask(session, name, id_, path)
        assert [job.id for job in jobs.find(session, WORKS, jobs.JobsQuery())] == [id_]
    for other in (LEADER, NEIGHBOUR):
        with runtime.sessions.write(other, NOW) as session, pytest.raises(IdUsed):
            ask(session, id_=id_)


def test_jobs_are_seen_and_cancelled_from_their_area_and_those_above(runtime: Runtime) -> None:
    with runtime.sessions.write(PLANNER, NOW) as session:
        id_ = ask(session).id

    for actor, seen in ((CITY, [id_]), (PLANNER, [id_]), (NEIGHBOUR, [])):
        with runtime.sessions.read(actor, NOW) as session:
            assert [job.id for job in jobs.find(session, WORKS, jobs.JobsQuery())] == seen
    with runtime.sessions.write(NEIGHBOUR, NOW) as session:
        for deed in (jobs.look, jobs.cancel):
            with pytest.raises(jobs.NoSuchJob):
                deed(session, WORKS, id_)
    with runtime.sessions.write(CITY, NOW) as session:
        assert jobs.cancel(session, WORKS, id_).state == "cancelled"


def test_what_cannot_be_done_is_not_put_into_the_queue(runtime: Runtime) -> None:
    cadre = Actor("cadre", Role.CADRE, COUNTY, 1)
    with runtime.sessions.write(PLANNER, NOW) as session:
        for name, arguments, wrong in (
            ("dance", {}, jobs.NoSuchWork),
            ("note", {}, InvalidParameter),
            ("note", {"path": 7}, InvalidParameter),
            ("note", {"path": "/", "way": "/"}, UnknownParameter),
            ("note", {"path": "路" * 22_000}, jobs.ArgumentsTooLong),
        ):
            with pytest.raises(wrong):
                jobs.ask(session, WORKS, uuid4(), name, arguments)
        assert jobs.find(session, WORKS, jobs.JobsQuery()) == []
    with runtime.sessions.write(cadre, NOW) as session, pytest.raises(ScopeMissing):
        ask(session)


def test_an_area_has_so_many_jobs_and_does_not_fill_the_queue_of_another(
    runtime: Runtime,
) -> None:
    with runtime.sessions.write(PLANNER, NOW) as session:
        first, *_ = [ask(session).id for _ in range(jobs.UNENDED_MOST)]
        with pytest.raises(jobs.TooManyJobs):
            ask(session)
        assert ask(session, id_=first).id == first
    with runtime.sessions.write(NEIGHBOUR, NOW) as session:
        ask(session)
    with runtime.sessions.write(PLANNER, NOW) as session:
        jobs.cancel(session, WORKS, first)
        ask(session)


def test_jobs_are_listed_by_work_plan_and_state_without_their_results(make: Make) -> None:
    plan = make.plan({})
    code = f"{plan.area_code}-{plan.number}"
    make.commit()
    with make.runtime.sessions.write(PLANNER, NOW) as session:
        pair = {"before": code, "after": code}
        compared = jobs.ask(session, REAL, uuid4(), "compare", pair).id
        noted = ask(session).id
        jobs.cancel(session, WORKS, noted)

    both = WORKS | REAL
    with make.runtime.sessions.read(PLANNER, NOW) as session:

        def found(**asked: Any) -> list[Any]:
            return [job.id for job in jobs.find(session, both, jobs.JobsQuery(**asked))]

        assert found() == [noted, compared]
        assert found(name="compare") == [compared]
        assert found(state="cancelled") == [noted]
        assert found(plan=code) == []


def test_an_action_gets_the_whole_result_and_the_door_only_what_may_leave(
    runtime: Runtime,
) -> None:
    work = WORKS["note"]
    with runtime.sessions.write(PLANNER, NOW) as session:
        id_ = ask(session).id
        with pytest.raises(jobs.JobNotDone):
            jobs.done(session, work, id_)

    Worker(runtime, WORKS).once()

    with runtime.sessions.read(PLANNER, NOW) as session:
        assert jobs.done(session, work, id_).result["hidden"] == [1, 2]
        seen = jobs.look(session, WORKS, id_).result
        assert seen is not None
        assert set(seen) == {"pid", "sentence"}
        with pytest.raises(jobs.NoSuchJob):
            jobs.done(session, WORKS["fail"], id_)


@pytest.mark.parametrize(
    ("ends", "state", "kept"),
    [("well", "done", 1), ("refused", "failed", 0), ("cancelled", "cancelled", 0)],
)
def test_what_work_stores_is_kept_with_the_end_of_its_job_or_not_at_all(
    runtime: Runtime, ends: str, state: str, kept: int
) -> None:
    id_ = uuid4()

    def run(task: Task, asked: PathQuery) -> str:
        if ends == "cancelled":
            with runtime.sessions.write(PLANNER, NOW) as session:
                jobs.cancel(session, works, id_)
        return "read"

    def store(session: Session, read: str) -> dict[str, Any]:
        audit.note(session, "test.stored", read, area_code=COUNTY)
        if ends == "refused":
            raise Wrong(what="a test")
        return {"by": session.actor.name}

    works = {"deed": Work("deed", Scope.PLANS_READ, PathQuery, run, store=store)}
    with runtime.sessions.write(PLANNER, NOW) as session:
        jobs.ask(session, works, id_, "deed", {"path": "/"})

    Worker(runtime, works).once()

    with runtime.sessions.read(PLANNER, NOW) as session:
        seen = jobs.look(session, works, id_)
        stored = session.scalars(select(Audit.subject).where(Audit.deed == "test.stored")).all()
    assert (seen.state, len(stored)) == (state, kept)
    assert seen.result == ({"by": "planner"} if kept else None)
