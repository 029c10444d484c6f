"""What a county is told of gatherings, in an installation that holds another one, too."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import insert

from gisapp.actions import alerts, duties
from gisapp.actions.alerts import AlertsQuery, WatchQuery
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.core import windows
from gisapp.core.scan.calibration import Calibration
from gisapp.jobs import Worker
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store.models import Dispute
from tests.factories import NOW, Make

COUNTIES = ("990001", "990002")
LEADERS = {code: Actor("leader", Role.LEADER, code) for code in (*COUNTIES, "9900", "990001001")}
LAST = windows.number(date(2026, 6, 1))
GRIDS = 36
MONTHS = 6

pytestmark = pytest.mark.both


@pytest.fixture
def alone(blank: Path, tmp_path: Path) -> Iterator[Make]:
    """An installation with the first county only."""
    path = tmp_path / "alone.sqlite"
    path.write_bytes(blank.read_bytes())
    runtime = Runtime.open(Settings(database_url=f"sqlite:///{path}"))
    yield Make(runtime)
    runtime.close()


def counts(code: str) -> npt.NDArray[np.int64]:
    """Draw a half year with a gathering in the first county, on four grids in a row, at its end."""
    drawn: npt.NDArray[np.int64] = np.random.default_rng(int(code)).poisson(2.0, (MONTHS, GRIDS))
    if code == COUNTIES[0]:
        drawn[-2:, :4] += 9
    return drawn


def build(make: Make, code: str) -> None:
    make.area(code)
    make.department(f"D-{code}", area=code)
    community = make.area(f"{code}001001")
    grids = [make.grid(f"{code} {which}", community=community) for which in range(GRIDS)]
    for grid in grids:
        grid.households = 300
    make.session.flush()
    rows = [
        {
            "case_number": f"{code}-{month}-{which}-{case}",
            "category_code": "labour",
            "epidemic": False,
            "enterprise_related": False,
            "grid_id": grids[which].id,
            "reported_on": windows.first_day(LAST + 1 - MONTHS + month),
            "status": "reported",
            "area_code": community.code,
            "version": 1,
        }
        for (month, which), number in np.ndenumerate(counts(code))
        for case in range(int(number))
    ]
    make.session.connection().execute(insert(Dispute), rows)
    make.commit()


def look(runtime: Runtime) -> None:
    """Let a worker do its duty of the month."""
    ended: list[tuple[str, str]] = []
    worker = Worker(runtime, duties.WORKS, ended=lambda one: ended.append((one.name, one.how)))
    while worker.once():
        pass
    assert ("alerts", "done") in ended


def listed(runtime: Runtime, actor: Actor, area: str | None = None) -> list[dict[str, Any]]:
    with runtime.sessions.read(actor, NOW) as session:
        return alerts.listed(session, AlertsQuery(area=area))


def is_watched(runtime: Runtime, code: str) -> bool:
    with runtime.sessions.read(LEADERS[code], NOW) as session:
        return alerts.watched(session)


def test_a_county_is_told_what_it_would_be_told_if_it_stood_alone(
    make: Make, alone: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gisapp.jobs.now", lambda: datetime(2026, 7, 15, 4, tzinfo=UTC))
    build(alone, COUNTIES[0])
    for code in COUNTIES:
        build(make, code)

    for runtime in (alone.runtime, make.runtime):
        look(runtime)

    first, second = (listed(make.runtime, LEADERS[code]) for code in COUNTIES)
    assert first == listed(alone.runtime, LEADERS[COUNTIES[0]])
    assert [grid[:6] for row in first for grid in row["grids"]].count(COUNTIES[0]) >= 4
    assert second == []
    city = listed(make.runtime, LEADERS["9900"])
    assert len(city) == 1
    assert listed(make.runtime, OPERATOR) == city
    assert listed(make.runtime, LEADERS["9900"], COUNTIES[0]) == first
    # Neither another county's, nor what depends on other townships.
    assert listed(make.runtime, LEADERS[COUNTIES[1]], COUNTIES[0]) == []
    assert listed(make.runtime, LEADERS["990001001"]) == []
    assert [is_watched(make.runtime, code) for code in LEADERS] == [True, True, True, False]


def test_each_county_has_a_calibration_of_its_own(make: Make) -> None:
    for code in COUNTIES:
        build(make, code)
    with make.runtime.sessions.read(OPERATOR, NOW) as session:
        questions = alerts.look_around(session, WatchQuery(), lambda inside, area: [None])
    assert [question.area for question in questions] == ["9900", *COUNTIES]

    with make.runtime.sessions.write(OPERATOR, NOW) as session:
        alerts.keep(session, questions[1], range(LAST, LAST + 1), Calibration([(0.05, 0.5)], 20))

    with make.runtime.sessions.read(OPERATOR, NOW) as session:
        again = alerts.look_around(session, WatchQuery(), lambda inside, area: [None])
        assert alerts.shown(session, None) is None
    assert [question.calibrated for question in again] == [False, True, False]
    assert again[1].threshold == 0.05
    with make.runtime.sessions.read(LEADERS[COUNTIES[0]], NOW) as session:
        assert alerts.shown(session, None)
    with make.runtime.sessions.read(LEADERS[COUNTIES[1]], NOW) as session:
        assert alerts.shown(session, None) is None
