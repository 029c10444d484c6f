import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from gisapp.actions import jobs
from gisapp.auth import OPERATOR
from gisapp.errors import Unavailable
from gisapp.i18n import Sentence
from gisapp.jobs import BROKEN, Ended, Worker
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store import engine
from gisapp.store import jobs as table
from gisapp.store.engine import DatabaseBusy
from gisapp.store.models import Job
from tests.factories import COUNTY, NOW, PLANNER
from tests.labour import LEASE, WORKS, Labourer, begun, until

Ask = Callable[..., UUID]
TOUCH = timedelta(seconds=LEASE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "begun"


@pytest.fixture
def ask(runtime: Runtime, path: Path) -> Ask:
    def ask(name: str) -> UUID:
        id_ = uuid4()
        with runtime.sessions.write(PLANNER, NOW) as session:
            jobs.ask(session, WORKS, id_, name, {"path": str(path)})
        return id_

    return ask


def look(runtime: Runtime, id_: UUID) -> jobs.Seen:
    with runtime.sessions.read(PLANNER, NOW) as session:
        return jobs.look(session, WORKS, id_)


def cancel(runtime: Runtime, id_: UUID, at: datetime = NOW) -> jobs.Seen:
    with runtime.sessions.write(PLANNER, at) as session:
        return jobs.cancel(session, WORKS, id_)


def set_(runtime: Runtime, **values: Any) -> None:
    """Put something into every job."""
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.execute(update(Job).values(**values))


@contextmanager
def worker(runtime: Runtime) -> Iterator[Labourer]:
    """A worker in a process of its own; it tells how it let go of each job."""
    labourer = Labourer(runtime.settings.database_url.get_secret_value())
    yield labourer
    labourer.close()


@contextmanager
def at_work(runtime: Runtime, size: int) -> Iterator[list[Ended]]:
    """Workers in threads of this process, and what they let go."""
    stop, ended = Event(), list[Ended]()
    threads = [
        Thread(target=Worker(runtime, WORKS, stop=stop, ended=ended.append).run)
        for _ in range(size)
    ]
    for thread in threads:
        thread.start()
    try:
        yield ended
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_each_job_is_begun_once_by_one_of_many_threads(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    asked = {str(ask("note")) for _ in range(12)}

    with at_work(runtime, 4) as ended:
        until(lambda: len(ended) >= 12)

    assert Counter(each.id for each in ended) == Counter(asked)
    assert {(each.how, each.attempt) for each in ended} == {("done", 1)}
    assert len(begun(path)) == 12


def test_each_job_is_begun_once_by_one_of_two_processes(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    with worker(runtime), worker(runtime):
        ids = [ask("note") for _ in range(12)]
        seen = [until(lambda id_=id_: _ended(runtime, id_)) for id_ in ids]  # type: ignore[misc]

    assert {(each.state, each.attempt) for each in seen} == {("done", 1)}
    assert Counter(each.result["pid"] for each in seen) == Counter(begun(path))


def test_the_job_of_a_killed_worker_is_taken_up_once(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    with worker(runtime) as first:
        id_ = ask("hold")
        until(lambda: begun(path) == [first.pid])
        first.kill()
        first.wait()
        path.with_suffix(".go").touch()
        with worker(runtime), worker(runtime):
            seen = until(lambda: _ended(runtime, id_))

    assert (seen.state, seen.attempt) == ("done", 2)
    assert begun(path) == [first.pid, seen.result["pid"]]


def test_a_worker_that_wakes_up_late_writes_nothing(runtime: Runtime, ask: Ask, path: Path) -> None:
    with worker(runtime) as one, worker(runtime) as two:
        id_ = ask("hold")
        pid = until(lambda: begun(path))[0]
        late, other = (one, two) if pid == one.pid else (two, one)
        until(lambda: _asleep(runtime, late))
        until(lambda: begun(path) == [late.pid, other.pid])
        path.with_suffix(".go").touch()
        seen = until(lambda: _ended(runtime, id_))

        late.send_signal(signal.SIGCONT)

        assert (late.line(), other.line()) == ("lost", "done")
    assert (seen.state, seen.attempt, seen.result["pid"]) == ("done", 2, other.pid)
    assert look(runtime, id_) == seen


def test_only_the_last_attempt_can_write(runtime: Runtime, ask: Ask) -> None:
    id_ = ask("note")
    with runtime.sessions.write(OPERATOR, NOW) as session:
        first = table.claim(session, timedelta(seconds=-1))
    with runtime.sessions.write(OPERATOR, NOW) as session:
        second = table.claim(session, TOUCH)
    assert first
    assert second

    with runtime.sessions.write(OPERATOR, NOW) as session:
        assert not table.ours(session, first)
        assert not table.beat(session, first, TOUCH, {"step": "late"})
        assert not table.finish(session, first, {"late": True})
        assert not table.fail(session, first, {"code": "late"}, again=False)
        assert not table.give_back(session, first)
        assert table.finish(session, second, {"late": False})

    seen = look(runtime, id_)
    assert (first.attempt, second.attempt) == (1, 2)
    assert (seen.state, seen.result, seen.error) == ("done", {"late": False}, None)


def test_two_who_claim_at_one_time_do_not_get_one_job(runtime: Runtime, ask: Ask) -> None:
    ids = {ask("note"), ask("note")}

    with runtime.sessions.write(OPERATOR, NOW) as session:
        first = table.claim(session, TOUCH)
        if session.get_bind().dialect.name == "postgresql":
            # SQLite has one writer: nobody can even ask.
            with runtime.sessions.write(OPERATOR, NOW) as other:
                second = table.claim(other, TOUCH)
        else:
            second = table.claim(session, TOUCH)

    assert first
    assert second
    assert {first.client_id, second.client_id} == ids


def test_a_worker_stopped_within_a_transaction_loses_what_it_locked(
    runtime: Runtime, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if runtime.sessions.engine.dialect.name == "sqlite":
        pytest.skip("who stops there holds the file")
    monkeypatch.setattr(table, "IDLE_MOST", 300)
    id_ = ask("note")

    def claim() -> table.Claim | None:
        with runtime.sessions.write(OPERATOR, NOW) as session:
            return table.claim(session, TOUCH)

    stopped = ExitStack()
    assert table.claim(stopped.enter_context(runtime.sessions.write(OPERATOR, NOW)), TOUCH)
    assert claim() is None
    assert until(claim).client_id == id_

    with pytest.raises(Unavailable):
        stopped.close()
    assert look(runtime, id_).attempt == 1


def test_a_job_cancelled_while_it_waits_is_never_begun(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    id_ = ask("note")

    seen = cancel(runtime, id_)

    assert (seen.state, seen.attempt, seen.ended_at) == ("cancelled", 0, NOW)
    assert cancel(runtime, id_) == seen
    assert not Worker(runtime, WORKS).once()
    assert begun(path) == []


def test_a_job_cancelled_while_it_runs_ends_at_once_and_its_work_leaves(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    with at_work(runtime, 1) as ended:
        id_ = ask("hold")
        until(lambda: begun(path))
        # A worker clears away what ended long ago.
        assert cancel(runtime, id_, datetime.now(UTC)).state == "cancelled"
        until(lambda: ended, 5)

    seen = look(runtime, id_)
    assert [each.how for each in ended] == ["lost"]
    assert (seen.state, seen.result, seen.error) == ("cancelled", None, None)


def test_what_is_done_after_a_cancel_is_dropped(runtime: Runtime, ask: Ask) -> None:
    id_ = ask("note")
    with runtime.sessions.write(OPERATOR, NOW) as session:
        held = table.claim(session, TOUCH)
    cancel(runtime, id_)
    assert held

    with runtime.sessions.write(OPERATOR, NOW) as session:
        assert not table.finish(session, held, {})

    assert look(runtime, id_).state == "cancelled"


def test_how_far_it_is_can_be_read_while_it_runs_and_others_write(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    with at_work(runtime, 1) as ended:
        id_ = ask("hold")
        progress = until(lambda: look(runtime, id_).progress)
        other = ask("note")  # on SQLite there is one writer
        path.with_suffix(".go").touch()
        until(lambda: len(ended) == 2)

    assert progress == {"step": "holding", "share": 0.5, "sentence": Sentence("Not found.")}
    assert look(runtime, id_).progress is None
    assert look(runtime, other).state == "done"


def test_work_that_breaks_is_tried_five_times_with_growing_pauses(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    id_ = ask("fail")
    work, pauses = Worker(runtime, WORKS), []

    for _ in range(table.ATTEMPTS):
        assert look(runtime, id_).state == "waiting"
        assert work.once()
        with runtime.sessions.read(OPERATOR, NOW) as session:
            job = table.by_client_id(session, id_)
            assert job
            pauses.append((job.not_before - table.moment(session)).total_seconds())
        assert not work.once()
        set_(runtime, not_before=NOW - timedelta(days=900))

    seen = look(runtime, id_)
    assert len(begun(path)) == 5
    assert [*pauses[:4]] == sorted(pauses[:4])
    assert all(0 < pause <= most for pause, most in zip(pauses, table.PAUSES, strict=False))
    assert (seen.state, seen.attempt) == ("failed", 5)
    assert seen.error
    assert seen.error["code"] == BROKEN
    assert "secret" not in str(seen.error)
    assert not work.once()


def test_a_database_that_is_away_is_tried_again_and_a_users_error_is_not(
    runtime: Runtime, ask: Ask
) -> None:
    again, final = ask("away"), ask("refuse")
    work = Worker(runtime, WORKS)
    while work.once():
        pass

    assert look(runtime, again).state == "waiting"
    seen = look(runtime, final)
    assert (seen.state, seen.attempt) == ("failed", 1)
    assert seen.error
    assert seen.error["code"] == "wrong_in_a_test"
    assert seen.error["title"].fields == {"what": "a test"}


def test_a_result_that_cannot_be_kept_ends_no_worker(runtime: Runtime, ask: Ask) -> None:
    id_ = ask("garble")

    assert Worker(runtime, WORKS).once()

    seen = look(runtime, id_)
    if seen.state == "done":  # SQLite keeps any text
        assert seen.result == {"half": "\ud800", "nothing": None}
    else:
        assert (seen.state, seen.error and seen.error["code"]) == ("waiting", BROKEN)


def test_work_that_ends_its_workers_is_given_up_after_five(runtime: Runtime, ask: Ask) -> None:
    id_ = ask("note")
    for _ in range(5):
        with runtime.sessions.write(OPERATOR, NOW) as session:
            assert table.claim(session, timedelta(seconds=-1))

    with runtime.sessions.write(OPERATOR, NOW) as session:
        assert table.claim(session, TOUCH) is None

    seen = look(runtime, id_)
    assert (seen.state, seen.attempt) == ("failed", 5)
    assert seen.error
    assert seen.error["code"] == table.GAVE_UP


def test_a_worker_that_is_told_to_leave_gives_its_job_back(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    with worker(runtime) as first:
        id_ = ask("hold")
        until(lambda: begun(path))
        first.terminate()

        assert first.wait(10) == 0
        assert first.line() == "waiting"

    assert look(runtime, id_).state == "waiting"
    path.with_suffix(".go").touch()
    assert Worker(runtime, WORKS).once()
    seen = look(runtime, id_)
    assert (seen.state, seen.attempt, seen.result and seen.result["pid"]) == (
        "done",
        2,
        os.getpid(),
    )


def test_a_worker_leaves_work_behind_that_does_not_listen(
    runtime: Runtime, ask: Ask, path: Path
) -> None:
    with worker(runtime) as first:
        id_ = ask("stubborn")
        until(lambda: begun(path))
        first.terminate()

        assert first.wait(10) == 0

    assert look(runtime, id_).state == "waiting"


def test_a_job_runs_as_who_asked_and_not_as_a_master_key(runtime: Runtime, ask: Ask) -> None:
    id_ = ask("who")

    Worker(runtime, WORKS).once()

    result = look(runtime, id_).result
    assert result
    assert (result["name"], result["role"], result["area"]) == ("planner", "planner", COUNTY)


def test_what_ended_long_ago_is_cleared_and_nothing_else(runtime: Runtime, ask: Ask) -> None:
    old, waits = ask("note"), ask("note")
    Worker(runtime, WORKS).once()
    with runtime.sessions.write(OPERATOR, NOW) as session:
        job = table.by_client_id(session, old)
        assert job
        job.ended_at = table.moment(session) - timedelta(days=8)
    young = ask("note")
    cancel(runtime, young)
    set_(runtime, created_at=NOW - timedelta(days=900))
    with runtime.sessions.write(OPERATOR, NOW) as session:
        job = table.by_client_id(session, young)
        assert job
        job.ended_at = table.moment(session) - timedelta(days=6)

    work = Worker(runtime, WORKS)
    while work.once():
        pass

    with pytest.raises(jobs.NoSuchJob):
        look(runtime, old)
    assert look(runtime, young).state == "cancelled"
    assert look(runtime, waits).state == "done"


def _asleep(runtime: Runtime, process: Labourer) -> bool:
    """Stop a process at a moment when it holds no lock of the database."""
    process.send_signal(signal.SIGSTOP)
    try:
        set_(runtime, cancel=False)
    except DatabaseBusy:
        process.send_signal(signal.SIGCONT)
        return False
    return True


def _ended(runtime: Runtime, id_: UUID) -> jobs.Seen | None:
    seen = look(runtime, id_)
    return seen if seen.state in table.ENDED else None


def test_a_busy_database_is_one_line_until_it_works_again(
    spatialite: str,
    path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "PATIENCE_S", 1)
    runtime = Runtime.open(Settings(database_url=spatialite, job_lease_s=LEASE))
    with runtime.sessions.write(PLANNER, NOW) as session:
        jobs.ask(session, WORKS, id_ := uuid4(), "note", {"path": str(path)})
    stop = Event()
    work = Worker(runtime, WORKS, stop=stop)
    thread = Thread(target=work.run)
    lines = lambda: [row for row in caplog.records if "cannot be asked" in row.message]  # noqa: E731

    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.execute(update(Job).values(cancel=False))
        thread.start()
        until(lines)
        missed = len(lines())
    until(lambda: _ended(runtime, id_))
    stop.set()
    thread.join()
    runtime.close()

    assert missed == len(lines()) == 1
    assert lines()[0].message.endswith("database_busy")
    assert lines()[0].exc_info is None
