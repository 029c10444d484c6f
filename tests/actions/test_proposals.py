from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from gisapp.actions import jobs, proposals, proposing, refusals
from gisapp.actions.deeds import Assign, Lock, Remove
from gisapp.actions.match import SurgeMovesNobody
from gisapp.auth import OPERATOR
from gisapp.jobs import WORK, Worker
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import Assignment, Cadre, DraftChange
from tests.county import NOW, PLANNER
from tests.drafted import Planner, cadre, drafted, held, load, member, started


def ask(planner: Planner, name: str = "propose", **more: object) -> UUID:
    """Let a worker do a job about the draft as it is."""
    id_ = uuid4()
    arguments = {"plan": planner.plan, "version": planner.version, **more}
    with planner.runtime.sessions.write(PLANNER, NOW) as session:
        jobs.ask(session, WORK, id_, name, arguments)
    Worker(planner.runtime).once()
    return id_


def take(planner: Planner, job: UUID) -> dict[str, object]:
    with planner.runtime.sessions.read(PLANNER, NOW) as session:
        deed = proposing.taken(session, planner.plan, planner.version, job)
    return planner.do(deed)


def worsen(planner: Planner) -> None:
    """Put people far from the best places, and leave two seats open."""
    for number in (1, 2):
        planner.do(Remove(member(number), held(planner.rows(), member(number))[0]))
    out = {row[2] for row in planner.rows()}
    free = [cadre(n) for n in range(1, 17) if cadre(n) not in out]
    sits = held(planner.rows(), member(5))[0]
    planner.do(Assign(member(5), free[-1], instead_of=sits))


def test_a_proposal_is_the_best_there_is_and_is_proven(runtime: Runtime) -> None:
    planner = drafted(runtime)
    best = [row[:3] for row in planner.rows()]
    worsen(planner)

    answer = take(planner, ask(planner))

    assert [row[:3] for row in planner.rows()] == best
    assert answer["figures"]["moved"] == 0  # type: ignore[index]
    with runtime.sessions.read(PLANNER, NOW) as session:
        assert plans.by_code(session, planner.plan).gap == 0
        changes = session.scalar(select(func.count()).select_from(DraftChange))
    assert changes == 4


def test_what_is_locked_stays(runtime: Runtime) -> None:
    planner = drafted(runtime)
    worsen(planner)
    who = held(planner.rows(), member(5))[0]
    planner.do(Lock(pairs=[(member(5), who)]))

    take(planner, ask(planner))

    found = planner.rows()
    assert held(found, member(5)) == [who]
    assert [row[0] for row in found if row[3]] == [member(5)]
    assert held(found, member(1))


def test_a_selection_leaves_everything_else_alone(runtime: Runtime) -> None:
    planner = drafted(runtime)
    worsen(planner)
    before = planner.rows()
    grid = member(1).partition(":")[0]

    take(planner, ask(planner, grids=[grid]))

    after = planner.rows()
    assert [row for row in after if row[0] != member(1)] == before
    assert len(held(after, member(1))) == 1
    with runtime.sessions.read(PLANNER, NOW) as session:
        assert plans.by_code(session, planner.plan).gap is None


def test_a_limit_on_moves_counts_those_made_already(runtime: Runtime) -> None:
    planner = drafted(runtime)
    worsen(planner)

    for limit in (0, 2):
        with runtime.sessions.read(PLANNER, NOW) as session:
            asked = proposals.question(session, planner.plan, planner.version)
        assert proposals.propose(asked, limit)["figures"]["moved"] <= limit


def test_a_surge_moves_nobody(runtime: Runtime) -> None:
    drafted(runtime)
    planner = started(runtime, mode="surge")
    planner.do(Remove(member(1), held(planner.rows(), member(1))[0]))
    before = planner.rows()

    take(planner, ask(planner))

    assert {row[:3] for row in before} <= {row[:3] for row in planner.rows()}
    with runtime.sessions.read(PLANNER, NOW) as session:
        asked = proposals.question(session, planner.plan, planner.version)
        with pytest.raises(SurgeMovesNobody):
            proposals.propose(asked, 3)


def test_a_proposal_for_another_version_or_plan_is_not_taken(runtime: Runtime) -> None:
    planner = drafted(runtime)
    other = started(runtime)
    worsen(planner)
    job = ask(planner)
    planner.do(Lock(all=True))

    for each in (planner, other):
        with pytest.raises(refusals.JobOfOther):
            take(each, job)


def test_a_job_that_is_not_done_gives_nothing(runtime: Runtime) -> None:
    planner = drafted(runtime)
    id_ = uuid4()
    arguments = {"plan": planner.plan, "version": planner.version}
    with runtime.sessions.write(PLANNER, NOW) as session:
        jobs.ask(session, WORK, id_, "propose", arguments)

    with pytest.raises(jobs.JobNotDone):
        take(planner, id_)
    with pytest.raises(jobs.NoSuchJob):
        take(planner, ask(planner, "curve"))


def test_what_does_not_stand_is_replaced_and_a_lock_of_it_is_asked_about(
    runtime: Runtime,
) -> None:
    planner = drafted(runtime)
    who = held(planner.rows(), member(1))[0]
    planner.do(Lock(pairs=[(member(1), who)]))
    with runtime.sessions.write(OPERATOR, NOW) as session:
        gone = {"available_to": date(2026, 1, 1)}
        session.execute(update(Cadre).where(Cadre.staff_number == who).values(**gone))
    with runtime.sessions.read(PLANNER, NOW) as session, pytest.raises(refusals.LockFallen):
        proposals.question(session, planner.plan, planner.version)

    planner.undo()
    take(planner, ask(planner))

    assert load(planner.rows(), who) == 0
    assert held(planner.rows(), member(1))


def test_a_curve_begins_where_few_move_and_falls(runtime: Runtime) -> None:
    planner = drafted(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        plan = plans.by_code(session, planner.plan)
        session.execute(
            update(Assignment).where(Assignment.plan_id == plan.id).values(locked=False)
        )
    job = ask(planner, "curve")

    with runtime.sessions.read(PLANNER, NOW) as session:
        seen = jobs.look(session, WORK, job).result
    assert seen is not None
    costs = [each["cost"] for each in seen["curve"]]
    assert costs == sorted(costs, reverse=True)
    assert seen["stays"] == len(planner.rows())


def test_placements_do_not_leave_the_building(runtime: Runtime) -> None:
    planner = drafted(runtime)
    worsen(planner)
    job = ask(planner)

    with runtime.sessions.read(PLANNER, NOW + timedelta(minutes=1)) as session:
        seen = jobs.look(session, WORK, job)
    assert seen.state == "done"
    assert seen.result is not None
    assert "placements" not in seen.result
    assert seen.result["effect"]["seats_filled"] == 2
