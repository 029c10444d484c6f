from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from gisapp.actions import stamps
from gisapp.actions.plans import list_plans, match_cadres, publish_plan
from gisapp.actions.publications import AlreadyOver
from gisapp.actions.surge import (
    NoSurge,
    SeveralSurges,
    SurgeAhead,
    SurgeEndsAnyway,
    stand_down,
)
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.errors import Forbidden
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import Audit, Cadre, Publication, Recusal
from tests.county import COUNTY, LEADER, NOW, PLANNER, SINCE, TODAY, TOWNSHIP, build
from tests.surges import LAST, YESTERDAY, begun, holding, surge


def test_publishing_a_surge_and_standing_down_never_touch_the_normal_plan(
    runtime: Runtime,
) -> None:
    begun(runtime)

    def rows() -> list[Any]:
        with runtime.sessions.read(PLANNER, NOW) as session:
            found = session.scalars(select(Publication).where(Publication.mode == "normal"))
            return [(row.starts_on, row.ends_on, row.plan_id, row.version) for row in found]

    before = rows()
    code = surge(runtime, YESTERDAY)
    with runtime.sessions.write(PLANNER, NOW) as session:
        normally = holding(session, plan=f"{COUNTY}-1")
        in_surge = holding(session)
        done = stand_down(session)
        after = holding(session)
        deed = session.scalars(select(Audit).where(Audit.deed == "surge.ended")).one()

    assert rows() == before
    assert normally < in_surge
    assert after == normally
    assert (done.ended, done.area, done.on, done.back_on) == (code, COUNTY, YESTERDAY, TODAY)
    assert (done.back_to, done.fallen) == (f"{COUNTY}-1", [])
    assert deed.subject == f"plan {code}"
    assert deed.details["ends_on"] == str(YESTERDAY)


def test_standing_down_says_who_goes_home_and_which_posts_fall_open(runtime: Runtime) -> None:
    begun(runtime)
    surge(runtime, YESTERDAY)
    with runtime.sessions.read(PLANNER, NOW) as session:
        with_it, without = holding(session), holding(session, plan=f"{COUNTY}-1")

    with runtime.sessions.write(PLANNER, NOW) as session:
        done = stand_down(session)

    people = [{row[2] for row in rows} for rows in (with_it, without)]
    assert done.went_home == len(people[0] - people[1]) > 0
    assert set(done.open_posts) == {row[0] for row in with_it} - {row[0] for row in without}
    assert sum(row.went_home for row in done.departments) == done.went_home
    for row in done.departments:
        assert row.surge - row.normal == row.went_home
        assert row.floor == 2
    assert sum(row.surge for row in done.departments) == len(people[0])


def test_standing_down_says_which_placements_no_longer_stand(runtime: Runtime) -> None:
    begun(runtime)
    surge(runtime, YESTERDAY)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        held = plans.holdings(session, f"{COUNTY}-1", TODAY)
        posts = held.drop_duplicates("cadre_id")
        first, second = list(posts.itertuples())[:2]
        session.execute(
            update(Cadre).where(Cadre.id == first.cadre_id).values(available_to=YESTERDAY)
        )
        session.add(
            Recusal(
                cadre_id=second.cadre_id,
                place_code=second.place_code,
                area_code=COUNTY,
                valid_from=SINCE["valid_from"],
            )
        )
        gone = held.loc[held["cadre_id"] == first.cadre_id, "post_code"].tolist()

    with runtime.sessions.write(PLANNER, NOW) as session:
        done = stand_down(session)

    said = {(row.cadre, row.post, row.why) for row in done.fallen}
    assert said == {(first.staff_number, post, "unavailable") for post in gone} | {
        (second.staff_number, second.post_code, "recused")
    }
    assert set(gone) & set(done.open_posts) == set()


def test_a_surge_that_began_today_ends_today_and_the_normal_plan_holds_from_tomorrow(
    runtime: Runtime,
) -> None:
    begun(runtime)
    code = surge(runtime)

    with runtime.sessions.write(PLANNER, NOW) as session:
        done = stand_down(session)
        days = [
            plans.holdings(session, None, day)["plan"].unique().tolist()
            for day in (TODAY, done.back_on)
        ]
        listed = {row.plan: row.published for row in list_plans(session)}

    assert (done.on, done.back_on) == (TODAY, TODAY + timedelta(days=1))
    assert days == [[code], [f"{COUNTY}-1"]]
    assert listed[code] == [{"from": TODAY, "to": TODAY}]


def test_a_named_day_is_the_last_one_of_the_surge(runtime: Runtime) -> None:
    begun(runtime)
    surge(runtime)
    day = TODAY + timedelta(days=3)

    with runtime.sessions.write(PLANNER, NOW) as session:
        done = stand_down(session, COUNTY, day)

        assert done.on == day
        with pytest.raises(AlreadyOver):
            stand_down(session, COUNTY, date(2026, 11, 1))
        with pytest.raises(SurgeEndsAnyway):
            stand_down(session, COUNTY, day)


def test_without_a_plan_beneath_it_a_surge_goes_back_to_none(runtime: Runtime) -> None:
    build(runtime)
    surge(runtime, YESTERDAY)

    with runtime.sessions.write(PLANNER, NOW) as session:
        done = stand_down(session)

        assert (done.back_to, done.plans, done.fallen) == (None, [], [])
        with pytest.raises(NoSurge):
            stand_down(session)


def test_a_surge_to_come_is_withdrawn_and_can_be_published_again(runtime: Runtime) -> None:
    begun(runtime)
    first = TODAY + timedelta(days=5)
    code = surge(runtime, first)

    with runtime.sessions.write(PLANNER, NOW) as session:
        with pytest.raises(SurgeAhead):
            stand_down(session, on=TODAY)
        done = stand_down(session)
        then = plans.holdings(session, None, first)["plan"].unique().tolist()
        deed = session.scalars(select(Audit).where(Audit.deed == "surge.withdrawn")).one()
        again = publish_plan(session, code, first, LAST)

    assert (done.ended, done.area, done.on, done.back_on) == (code, COUNTY, None, first)
    assert (done.back_to, done.plans, done.went_home) == (f"{COUNTY}-1", [f"{COUNTY}-1"], 0)
    assert then == [f"{COUNTY}-1"]
    assert deed.details["starts_on"] == str(first)
    assert again.plan == code


def test_a_surge_in_force_is_ended_before_one_to_come_is_withdrawn(runtime: Runtime) -> None:
    begun(runtime)
    now = surge(runtime, TODAY, TODAY + timedelta(days=3))
    later = surge(runtime, TODAY + timedelta(days=10), LAST)

    with runtime.sessions.write(PLANNER, NOW) as session:
        ended = [stand_down(session) for _ in range(2)]
        with pytest.raises(SurgeEndsAnyway):
            stand_down(session)

    assert [(done.ended, done.on) for done in ended] == [(now, TODAY), (later, None)]


def test_of_several_surges_the_area_is_to_be_named(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        for number in ("001", "002"):
            made = match_cadres(session, f"{TOWNSHIP}{number}", mode="surge")
            publish_plan(session, made.plan, YESTERDAY, LAST)

        with pytest.raises(SeveralSurges):
            stand_down(session)
        first = stand_down(session, f"{TOWNSHIP}001")
        second = stand_down(session)

    assert (first.area, second.area) == (f"{TOWNSHIP}001", f"{TOWNSHIP}002")


def test_a_planner_ends_no_surge_of_the_area_above_and_a_leader_none_at_all(
    runtime: Runtime,
) -> None:
    build(runtime)
    surge(runtime, YESTERDAY)
    township = Actor("planner", Role.PLANNER, TOWNSHIP)

    with runtime.sessions.write(township, NOW) as session, pytest.raises(NoSurge):
        stand_down(session)
    with runtime.sessions.write(LEADER, NOW) as session, pytest.raises(Forbidden):
        stand_down(session)


def test_an_end_is_seen_by_areas_that_people_came_from(runtime: Runtime) -> None:
    build(runtime)
    surge(runtime, YESTERDAY)
    elsewhere = Actor("planner", Role.PLANNER, "990102")

    def stamp() -> str:
        with runtime.sessions.read(elsewhere, NOW) as session:
            return stamps.stamp(session, lambda _, found: found())

    before = stamp()
    with runtime.sessions.write(PLANNER, NOW) as session:
        stand_down(session)

    assert stamp() != before
