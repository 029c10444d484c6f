"""Duties that nobody asks for, by the clock: each once, however many workers look."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import func, insert, select

from gisapp import jobs as program
from gisapp.actions import alerts, duties
from gisapp.auth import OPERATOR
from gisapp.jobs import Worker
from gisapp.runtime import Runtime
from gisapp.store import audit
from gisapp.store import jobs as queue
from gisapp.store.models import Alert, Dispute, DisputePlace, Job
from tests import hot_town as town

NOVEMBER = town.NOW
"""The 24th."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment that workers read; the last one holds."""
    moments = [NOVEMBER]
    monkeypatch.setattr(program, "now", lambda: moments[-1])
    return moments


def build(runtime: Runtime) -> None:
    """A gathering of the last two months, and a place whose time is up."""
    counts = np.random.default_rng(3).poisson(2.0, (6, len(town.CODES)))
    counts[-2:, [18, 19, 26, 27]] += 9
    town.build(runtime, counts)
    with runtime.sessions.write(OPERATOR, NOVEMBER) as session:
        case = session.scalars(select(Dispute.id).limit(1)).one()
        row = {"dispute_id": case, "place": shapely.Point(114, 30), "area_code": town.COMMUNITY}
        session.execute(insert(DisputePlace), [row | {"erase_on": NOVEMBER.date()}])


def work(runtime: Runtime) -> list[tuple[str, str]]:
    """Let a new worker do what there is to do; say what it did."""
    ended: list[tuple[str, str]] = []
    worker = Worker(runtime, duties.WORKS, ended=lambda one: ended.append((one.name, one.how)))
    while worker.once():
        pass
    return ended


def count(runtime: Runtime, model: Any) -> int:
    with runtime.sessions.read(OPERATOR, NOVEMBER) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both
def test_a_month_is_looked_at_once_and_places_are_erased_daily(
    runtime: Runtime, clock: list[datetime]
) -> None:
    build(runtime)

    first, again = work(runtime), work(runtime)
    told, places = count(runtime, Alert), count(runtime, DisputePlace)
    with runtime.sessions.read(town.LEADER, NOVEMBER) as session:
        look = alerts.last_look(session)
    with runtime.sessions.read(OPERATOR, NOVEMBER) as session:
        said = [finding.value for finding in duties.examine(session)]
    clock.append(NOVEMBER + timedelta(days=1))
    next_day = work(runtime)
    # Nobody has brought December's cases yet: to look would release it without them.
    clock.append(datetime(2027, 1, 6, 4, tzinfo=UTC))
    next_year = work(runtime)

    assert first == [("erase", "done"), ("alerts", "done")]
    assert again == []
    assert (told, places) == (1, 0)
    assert look == alerts.Look("2026-10", NOVEMBER.date())
    assert said == ["2026-10 (2026-11-24)", "2026-11-24"]
    assert next_day == next_year == [("erase", "done")]


def test_a_month_waits_for_its_day_and_is_not_told_again_by_itself(
    runtime: Runtime, clock: list[datetime]
) -> None:
    build(runtime)
    with runtime.sessions.read(OPERATOR, datetime(2026, 11, 4, 4, tzinfo=UTC)) as session:
        early = duties.due(session)
    with runtime.sessions.read(OPERATOR, datetime(2026, 11, 5, 4, tzinfo=UTC)) as session:
        due = duties.due(session)
    with runtime.sessions.write(OPERATOR, NOVEMBER) as session:
        audit.note(session, "alerts.told", "month 2026-10", area_code=town.COMMUNITY)
    with runtime.sessions.read(OPERATOR, NOVEMBER) as session:
        after = duties.due(session)

    assert [one.name for one in early] == ["erase"]
    assert [one.name for one in due] == ["erase", "alerts"]
    assert [one.name for one in after] == ["erase"]


@pytest.mark.both
def test_two_workers_that_look_at_one_moment_ask_for_the_same_jobs(runtime: Runtime) -> None:
    build(runtime)
    with (
        runtime.sessions.read(OPERATOR, NOVEMBER) as one,
        runtime.sessions.read(OPERATOR, NOVEMBER) as other,
    ):
        seen = duties.due(one), duties.due(other)

    for due in seen:
        with runtime.sessions.write(OPERATOR, NOVEMBER) as session:
            duties.ask(session, due)

    assert seen[0] == seen[1]
    assert count(runtime, Job) == 2


def test_nothing_is_due_where_that_is_turned_off_or_no_area_is_stored(runtime: Runtime) -> None:
    with runtime.sessions.read(OPERATOR, NOVEMBER) as session:
        empty = duties.due(session)
    build(runtime)
    off = Runtime.open(runtime.settings.model_copy(update={"duties": False}))
    with off.sessions.read(OPERATOR, NOVEMBER) as session:
        found = duties.due(session)
        said = duties.examine(session)
    off.close()

    assert empty == found == []
    assert [finding.value for finding in said] == ["—", "—", "false"]


def test_duties_wait_where_as_many_jobs_wait_as_may(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(runtime)
    monkeypatch.setattr("gisapp.actions.jobs.UNENDED_MOST", 1)
    with runtime.sessions.write(OPERATOR, NOVEMBER) as session:
        duties.ask(session, duties.due(session))

    with runtime.sessions.read(OPERATOR, NOVEMBER) as session:
        assert [one.name for one in duties.due(session)] == ["alerts"]
        assert [job.name for job in queue.newest(session, None, None, None, 9)] == ["erase"]
