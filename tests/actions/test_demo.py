from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from gisapp.actions import demo, demo_past, plans
from gisapp.actions.demo import HoldsOtherData, Recipe
from gisapp.auth import OPERATOR
from gisapp.demo.variants import NotThatManyGrids
from gisapp.runtime import Runtime
from gisapp.store import installation, revisions, serving
from gisapp.store.models import (
    Audit,
    Cadre,
    Department,
    Dispute,
    Enterprise,
    Grid,
    Installation,
    Service,
)
from gisapp.store.plans import holdings

NOW = datetime(2026, 9, 15, 4, tzinfo=UTC)
SMALL = Recipe(100, 1, "default")


def build(runtime: Runtime, recipe: Recipe = SMALL) -> demo.Built:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        demo.standing(session, recipe)
        return demo.build(session, recipe)


def test_a_demo_is_stored_whole_and_can_be_matched_and_published(runtime: Runtime) -> None:
    built = build(runtime)

    with runtime.sessions.write(OPERATOR, NOW) as session:
        draft = plans.match_cadres(session)
        plans.publish_plan(session, draft.plan, session.today, None)
        for model, name in ((Grid, "grids"), (Enterprise, "enterprises"), (Dispute, "disputes")):
            assert session.scalar(select(func.count(model.id))) == built.counts[name]
        assert session.scalar(select(func.count(Service.id))) == 70
        ids = revisions.ids(session, revisions.current(session) or 0)
        assert len(ids.codes["grid"]) == 100
        assert (ids.parent["grid"] >= 0).all()
        assert installation.the(session).demo
        assert installation.root_area(session) == "9901"
        assert draft.filled > 60
        assert not [row.code for row in draft.departments if row.short]


def test_the_same_town_is_known_again_and_another_one_is_another(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.write(OPERATOR, NOW) as session:
        assert demo.standing(session, SMALL) == "same"
        assert demo.standing(session, Recipe(100, 2, "default")) == "other"
    with runtime.sessions.write(OPERATOR, NOW.replace(month=10)) as session:
        assert demo.standing(session, SMALL) == "other"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 11, 24, 4, tzinfo=UTC), datetime(2026, 10, 1, 1, tzinfo=UTC)),
        (datetime(2026, 10, 30, 4, tzinfo=UTC), datetime(2026, 7, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 30, 17, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 30, 15, tzinfo=UTC), datetime(2025, 10, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_plan_is_made_on_the_first_morning_of_a_quarter(now: datetime, then: datetime) -> None:
    assert demo.matched_at(now, "Asia/Shanghai") == then


def test_who_came_after_the_plan_is_free_and_fills_gaps_in_another(runtime: Runtime) -> None:
    then = demo.matched_at(NOW, "Asia/Shanghai")
    with runtime.sessions.write(OPERATOR, then) as session:
        demo.build(session, SMALL, NOW.date())
        before = plans.match_cadres(session)
        plans.publish_plan(session, before.plan)
        past = demo_past.remember(session, before.plan)
        days = [then.date() - timedelta(days=ago) for ago in (360, 100, 1, 0)]
        held = [set(holdings(session, None, day)["post_code"]) for day in days]
    assert held[0] < held[1] < held[2] < held[3], "members came in each of the last quarters"

    with runtime.sessions.write(OPERATOR, NOW) as session:
        assert [each.plan for each in plans.list_plans(session)] == [past, before.plan]
        assert demo.standing(session, SMALL) == "same"
        town = serving.situation(session, None, None)
        since = [row for row in session.scalars(select(Cadre.available_from)) if row is not None]
        after = plans.match_cadres(session)
    assert town.plans == [before.plan]
    assert town.free.size > 0
    assert any(then.date() < day <= NOW.date() for day in since)
    assert after.seats_filled > before.seats_filled
    assert after.filled >= before.filled


def test_building_over_a_demo_replaces_it_whole(runtime: Runtime) -> None:
    build(runtime)

    demo.start_over(runtime.sessions.engine)
    build(runtime, Recipe(120, 2, "default"))

    with runtime.sessions.read(OPERATOR, NOW) as session:
        assert session.scalar(select(func.count(Grid.id))) == 120
        assert session.scalar(select(func.count(Audit.id))) == 1


def test_a_database_with_other_data_is_left_alone(runtime: Runtime) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        if installation.find(session) is None:
            installation.make(session)
        session.add(
            Department(code="D", area_code="9902", name="D", headcount=1, valid_from=NOW.date())
        )

    with runtime.sessions.write(OPERATOR, NOW) as session, pytest.raises(HoldsOtherData):
        demo.standing(session, SMALL)

    with runtime.sessions.read(OPERATOR, NOW) as session:
        assert session.scalar(select(func.count(Department.id))) == 1
        assert session.scalar(select(Installation.demo)) is False


def test_one_department_falls_short_of_its_floor_in_the_variant(runtime: Runtime) -> None:
    build(runtime, Recipe(100, 1, "short-floor"))

    with runtime.sessions.write(OPERATOR, NOW) as session:
        draft = plans.match_cadres(session)

    assert [row.code for row in draft.departments if row.short] == ["9901-JYJ"]


@pytest.mark.parametrize("grids", [-5, 0, 99, 120_001])
def test_a_town_that_cannot_be_is_refused_before_one_is_thrown_away(grids: int) -> None:
    with pytest.raises(NotThatManyGrids):
        Recipe(grids, 1, "default")
