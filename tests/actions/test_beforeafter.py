"""Before and after, from rows of disputes, services and placements on both databases."""

from datetime import date

import pytest

from gisapp.actions.beforeafter import EffectQuery, compare
from gisapp.auth import OPERATOR
from gisapp.core.windows import WindowNotOver
from gisapp.runtime import Runtime
from gisapp.store.models import Service
from tests import hot_town as town
from tests.actions.test_visits import build


def test_grids_where_visits_began_are_held_against_similar_ones(runtime: Runtime) -> None:
    build(runtime, months=9)
    visited = range(10, 30)
    with runtime.sessions.write(OPERATOR, town.NOW) as session:
        session.add_all(
            Service(
                kind="visit",
                grid_id=grid + 1,
                cadre_id=1,
                day=date(2026, 5, 4),
                area_code=town.COMMUNITY,
            )
            for grid in visited
        )

    with runtime.sessions.read(town.LEADER, town.NOW) as session:
        found = compare(session, EffectQuery(quarter="2026-Q2"))
        nobody = compare(session, EffectQuery(what="member", quarter="2026-Q2"))
        with pytest.raises(WindowNotOver):
            compare(session, EffectQuery(quarter="2026-Q3"))

    codes = {town.CODES[grid] for grid in visited}
    assert (found["before"], found["after"]) == ("2026-Q1", "2026-Q3")
    assert (found["began"], found["never"]) == (20, 44)
    assert {row["code"] for row in found["grids"]} <= codes
    assert not codes & {code for row in found["grids"] for code in row["similar"]}
    assert nobody["began"] == 0
    assert nobody["grids"] == []
