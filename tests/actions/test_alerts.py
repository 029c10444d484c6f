from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import select

from gisapp.actions import alerts
from gisapp.actions.alerts import AlertsQuery, MonthAlreadyPast, WatchQuery
from gisapp.auth import OPERATOR, ScopeMissing
from gisapp.runtime import Runtime
from gisapp.store.models import Alert, Audit
from tests import hot_town as town

PLANT = [18, 19, 26, 27]


def tell(runtime: Runtime, month: str) -> list[dict[str, Any]]:
    with runtime.sessions.read(OPERATOR, town.NOW) as session:
        question = alerts.look(session, WatchQuery(month=month))
    looked = alerts.scanned(question, lambda done: None)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        return alerts.documents(session, alerts.tell(session, looked))


def risen(months: int, more: int) -> npt.NDArray[np.int64]:
    """A year and a half; in the last months each of four grids has so many disputes more."""
    counts = np.random.default_rng(3).poisson(3.0, (18, len(town.CODES)))
    counts[-months:, PLANT] += more
    return counts


def test_a_gathering_is_told_once_and_again_when_it_grew(runtime: Runtime) -> None:
    counts = risen(3, 14)
    counts[-1, PLANT] = 0
    town.build(runtime, counts)

    first, again, next_, last = (
        tell(runtime, month) for month in ("2026-08", "2026-08", "2026-09", "2026-10")
    )

    assert [one["why"] for one in first] == ["new"]
    assert set(first[0]["grids"]) >= {town.CODES[grid] for grid in PLANT}
    assert (first[0]["to"], first[0]["told"]) == ("2026-08", "2026-08")
    assert again == []
    assert [one["why"] for one in next_] == ["added"]
    assert last == []
    with runtime.sessions.read(OPERATOR, town.NOW) as session:
        assert len(list(session.scalars(select(Alert)))) == 1
        notes = session.scalars(select(Audit).where(Audit.deed == "alerts.told")).all()
        assert [note.subject for note in notes] == [
            f"month 2026-{month}" for month in ("08", "08", "09", "10")
        ]
    with pytest.raises(MonthAlreadyPast):
        tell(runtime, "2026-08")


def test_a_leader_reads_what_was_told_and_no_exact_count(runtime: Runtime) -> None:
    town.build(runtime, risen(2, 9))
    tell(runtime, "2026-10")

    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        (row,) = alerts.listed(session, AlertsQuery())
        (shown,) = alerts.mapped(session, AlertsQuery())
        assert alerts.listed(session, AlertsQuery(month="2026-09")) == []
        looked = alerts.scanned(alerts.look(session, WatchQuery()), lambda done: None)
        with pytest.raises(ScopeMissing):
            alerts.tell(session, looked)

    west, south, east, north = shown.pop("bounds")
    assert shown == row
    assert 114 < west < east < 114.08
    assert 29.92 < south < north < 30
    assert "cases" not in row
    assert row["count"].startswith("≥")
    assert int(row["count"][1:]) % 5 == 0


def test_what_is_over_is_closed_without_a_word(runtime: Runtime) -> None:
    counts = risen(4, 9)
    counts[-3:, PLANT] = 0
    town.build(runtime, counts)
    tell(runtime, "2026-07")
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        row = session.scalars(select(Alert)).one()
        row.grids = [town.CODES[-1]]  # nothing gathers there

    assert [one["why"] for one in tell(runtime, "2026-08")] in ([], ["new"])
    told = tell(runtime, "2026-10")

    with runtime.sessions.read(OPERATOR, town.NOW) as session:
        first, *_ = session.scalars(select(Alert).order_by(Alert.id))
        assert first.over
    assert not any(town.CODES[-1] in one["grids"] for one in told)


def test_a_calibration_is_kept_shown_and_used(runtime: Runtime) -> None:
    town.build(runtime, risen(3, 9))
    with runtime.sessions.read(OPERATOR, town.NOW) as session:
        question = alerts.look(session, WatchQuery())
        assert alerts.shown(session, None) is None
    assert not question.calibrated
    months, made = alerts.calibrate(question, 2, lambda done: None)

    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        alerts.keep(session, question, months, made)

    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        told = alerts.shown(session, None)
        assert alerts.shown(session, "labour") is None
        again = alerts.look(session, WatchQuery())
    assert told
    assert (told["years"], told["grids"], told["wanted"]) == (2, len(town.CODES), 1.0)
    assert (told["from"], told["to"]) == ("2025-05", "2026-10")
    assert again.calibrated
    assert again.threshold == told["threshold"] == made.threshold(1.0)


def test_an_empty_town_has_nothing_to_tell(runtime: Runtime) -> None:
    town.build(runtime, np.zeros((1, len(town.CODES)), np.int64))

    assert tell(runtime, "2026-10") == []
