from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from gisapp.actions import asked
from gisapp.actions.explain import NotYours, candidates, explain_post, offers
from gisapp.actions.owned import OtherArea
from gisapp.actions.plans import match_cadres, publish_plan
from gisapp.auth import OPERATOR, Actor, Role, ScopeMissing
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import Assignment, Cadre, Department, Office, Post, Recusal
from tests.county import COUNTY, LEADER, NOW, PLANNER, SINCE, TODAY, TOWNSHIP, build
from tests.surges import begun, matched, surge

POST = f"{TOWNSHIP}001001:member"
TEAM = f"{TOWNSHIP}001:member"
CHIEF = f"{TOWNSHIP}:chief"
NOBODY = {"cadre": None, "name": None, "change": None}


def change(runtime: Runtime, *statements: Any) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for each in statements:
            session.execute(each)


def made(runtime: Runtime, **options: Any) -> str:
    with runtime.sessions.write(PLANNER, NOW) as session:
        return match_cadres(session, **options).plan


def told(runtime: Runtime, plan: str, post: str, why_not: str | None = None) -> dict[str, Any]:
    with runtime.sessions.read(PLANNER, NOW) as session:
        return explain_post(session, plan, post, why_not).document()


def cost(runtime: Runtime, plan: str) -> float:
    with runtime.sessions.read(PLANNER, NOW) as session:
        return float(plans.by_code(session, plan).score["cost"])


def test_a_plan_of_today_is_explained_as_it_is(runtime: Runtime) -> None:
    plan = matched(runtime)

    found = told(runtime, plan, POST)

    (match,) = found["matches"]
    assert (found["explained_against"], found["proven"]) == ("this plan", True)
    assert (found["post"], found["place"], found["open_seats"]) == (POST, "Grid 1", 0)
    with runtime.sessions.read(PLANNER, NOW) as session:
        held = plans.holdings(session, plan, TODAY).set_index("post_code").loc[POST]
    assert (match["cadre"], match["slot"]) == (held["staff_number"], 1)
    assert match["parts"]["travel_min"] == held["travel_min"]
    assert match["runner_up"]["cadre"] not in {None, match["cadre"]}
    assert match["sentence"].fields["other"].fields["cadre"] == match["runner_up"]["cadre"]


def test_a_runner_up_costs_what_matching_without_the_pair_costs(runtime: Runtime) -> None:
    plan = matched(runtime)
    (match,) = told(runtime, plan, POST)["matches"]
    with runtime.sessions.write(OPERATOR, NOW) as session:
        people = select(Cadre.id).where(Cadre.department_id == 1, Cadre.id % 4 == 1)
        since = {"valid_from": SINCE["valid_from"], "area_code": COUNTY}
        session.add_all(
            Recusal(cadre_id=who, place_code=f"{TOWNSHIP}001001", **since)
            for who in session.scalars(people)
            if f"C{who:05d}" != match["cadre"]
        )
    alone = made(runtime)
    (match,) = told(runtime, alone, POST)["matches"]
    with runtime.sessions.write(OPERATOR, NOW) as session:
        who = session.scalars(select(Cadre.id).where(Cadre.staff_number == match["cadre"])).one()
        session.add(Recusal(cadre_id=who, place_code=f"{TOWNSHIP}001001", **since))

    without = made(runtime)

    change = match["runner_up"]["change"]
    assert change > 0
    assert change == pytest.approx(cost(runtime, without) - cost(runtime, alone))
    with runtime.sessions.read(PLANNER, NOW) as session:
        held = plans.holdings(session, without, TODAY).set_index("post_code").loc[POST]
    assert held["staff_number"] == match["runner_up"]["cadre"]


def test_why_not_costs_what_matching_with_the_pair_locked_costs(runtime: Runtime) -> None:
    plan = matched(runtime)
    asked_for = told(runtime, plan, POST, "C00002")["why_not"]
    with runtime.sessions.write(OPERATOR, NOW) as session:
        post = session.scalars(select(Post.id).where(Post.code == POST)).one()
        session.execute(delete(Assignment).where(Assignment.post_id != post))
        session.execute(update(Assignment).values(cadre_id=2, locked=True))

    locked = made(runtime, based_on=plan)

    assert asked_for["change"] == pytest.approx(cost(runtime, locked) - cost(runtime, plan))
    came = {(each["cadre"], each["post"], each["move"]) for each in asked_for["moves"]}
    assert ("C00002", POST, "came") in came


def test_who_is_there_already_costs_nothing(runtime: Runtime) -> None:
    plan = matched(runtime)
    (match,) = told(runtime, plan, POST)["matches"]

    found = told(runtime, plan, POST, match["cadre"])["why_not"]

    assert (found["cadre"], found["change"], found["moves"]) == (match["cadre"], 0, [])


def test_a_pair_that_cannot_be_says_why(runtime: Runtime) -> None:
    build(runtime)
    since = {"valid_from": SINCE["valid_from"], "area_code": COUNTY}
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.add(Recusal(cadre_id=2, place_code=f"{TOWNSHIP}001001", **since))
        session.execute(
            update(Cadre).where(Cadre.id == 3).values(available_to=TODAY - timedelta(days=1))
        )
        session.execute(update(Cadre).where(Cadre.id == 4).values(capacity=0))
    plan = made(runtime)

    found = {
        number: told(runtime, plan, POST, number)["why_not"]
        for number in ("C00002", "C00003", "C00004", "C00021")
    }

    assert [each["barred"] for each in found.values()] == [
        "recused",
        "unavailable",
        "capacity",
        "rank",
    ]
    assert all(each["change"] is None and not each["moves"] for each in found.values())


def test_a_locked_match_has_no_runner_up(runtime: Runtime) -> None:
    plan = matched(runtime)
    change(runtime, update(Assignment).values(locked=True))
    second = made(runtime, based_on=plan)

    (match,) = told(runtime, second, POST)["matches"]

    assert (match["locked"], match["runner_up"]) == (True, NOBODY)
    assert "locked" in match["sentence"].message


def test_a_surge_keeps_its_locks_when_it_is_explained(runtime: Runtime) -> None:
    begun(runtime)
    plan = surge(runtime)
    with runtime.sessions.read(PLANNER, NOW) as session:
        kept = plans.holdings(session, f"{COUNTY}-1", TODAY)["post_code"].iloc[0]

    found = told(runtime, plan, kept)

    assert found["explained_against"] == "this plan"
    assert (found["matches"][0]["locked"], found["matches"][0]["runner_up"]) == (False, NOBODY)
    assert "surge" in found["matches"][0]["sentence"].message


def test_seats_nobody_takes_are_open(runtime: Runtime) -> None:
    build(runtime, cadres=4, leaders=0)
    plan = made(runtime)

    found = told(runtime, plan, CHIEF)

    assert (found["open_seats"], found["matches"]) == (1, [])
    assert found["seats"] == [{"slot": 1, "specialty": None, "wanted": 1, "filled": 0}]


def test_a_seat_without_a_second_would_stay_open(runtime: Runtime) -> None:
    build(runtime, leaders=1)
    plan = made(runtime)

    (match,) = told(runtime, plan, CHIEF)["matches"]

    assert match["runner_up"]["cadre"] is None
    assert match["runner_up"]["change"] > 0


def test_changed_data_are_said(runtime: Runtime) -> None:
    plan = matched(runtime)
    (before,) = told(runtime, plan, POST)["matches"]
    change(runtime, update(Cadre).values(office_id=3 - Cadre.office_id))

    found = told(runtime, plan, POST)

    assert found["explained_against"] == "today's data"
    assert found["matches"][0]["cadre"] == before["cadre"]


def test_a_day_on_which_other_people_are_available_is_other_data(runtime: Runtime) -> None:
    build(runtime)
    change(runtime, update(Cadre).where(Cadre.id < 9).values(available_to=TODAY))
    plan = made(runtime)

    with runtime.sessions.read(PLANNER, NOW + timedelta(days=1)) as session:
        found = explain_post(session, plan, POST).document()

    assert found["explained_against"] == "today's data"


def test_a_plan_changed_by_hand_is_measured_against_the_best(runtime: Runtime) -> None:
    plan = matched(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        post = session.scalars(select(Post.id).where(Post.code == TEAM)).one()
        mine = Assignment.post_id == post
        session.execute(update(Assignment).where(mine).values(cadre_id=2))

    found = told(runtime, plan, TEAM)

    assert found["explained_against"] == "the best plan"
    assert found["matches"][0]["cadre"] == "C00002"
    assert found["matches"][0]["parts"]["specialty"] > 0
    assert found["matches"][0]["runner_up"]["cadre"] != "C00002"


def test_a_plan_under_a_limit_on_moves_is_measured_against_the_best(runtime: Runtime) -> None:
    build(runtime)
    today = made(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        post = session.scalars(select(Post.id).where(Post.code == TEAM)).one()
        mine = Assignment.post_id == post
        session.execute(update(Assignment).where(mine).values(cadre_id=2))
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, today)
    plan, best = made(runtime, max_moves=0), made(runtime)

    found = told(runtime, plan, POST)

    saved = float(found["against"].fields["saved"])
    assert found["explained_against"] == "the best plan"
    assert saved == pytest.approx(cost(runtime, plan) - cost(runtime, best), abs=0.05)
    assert saved > 0


def test_a_placement_of_somebody_who_left_is_said_not_to_stand(runtime: Runtime) -> None:
    plan = matched(runtime)
    (match,) = told(runtime, plan, POST)["matches"]
    gone = update(Cadre).where(Cadre.staff_number == match["cadre"])
    change(runtime, gone.values(valid_to=TODAY - timedelta(days=1)))

    (after,) = told(runtime, plan, POST)["matches"]

    assert (after["cadre"], after["parts"], after["runner_up"]) == (match["cadre"], None, NOBODY)


def test_a_plan_based_on_the_one_in_force_is_its_own_best(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)
    plan = made(runtime)

    before = told(runtime, plan, POST)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, plan)
    after = told(runtime, plan, POST)

    assert before["explained_against"] == after["explained_against"] == "this plan"
    assert before["matches"][0]["parts"]["kept"] is True
    assert before["matches"] == after["matches"]


def test_offers_are_the_posts_with_the_least_change(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        plan = publish_plan(session, match_cadres(session).plan).plan
        held = plans.holdings(session, plan, TODAY)

    with runtime.sessions.read(PLANNER, NOW) as session:
        found = offers(session, "C00003", most=5).document()

    rows = found["offers"]
    mine = set(held.loc[held["staff_number"] == "C00003", "post_code"])
    assert (found["plan"], found["cadre"], len(rows)) == (plan, "C00003", 5)
    assert [row["change"] for row in rows] == sorted(row["change"] for row in rows)
    assert not mine & {row["post"] for row in rows}
    for row in rows:
        assert row["change"] == told(runtime, plan, row["post"], "C00003")["why_not"]["change"]


def test_who_is_not_available_any_more_is_said_to_be_so(runtime: Runtime) -> None:
    plan = matched(runtime)
    (held,) = told(runtime, plan, POST)["matches"]
    who = held["cadre"]
    gone = TODAY - timedelta(days=1)
    change(runtime, update(Cadre).where(Cadre.staff_number == who).values(available_to=gone))

    (match,) = told(runtime, plan, POST)["matches"]
    with runtime.sessions.read(PLANNER, NOW) as session:
        none = offers(session, who, plan).document()

    assert match["cadre"] == who
    assert match["sentence"].message.startswith("{person} is not available today.")
    assert (none["offers"], none["available"]) == ([], False)


def test_a_cadre_is_offered_posts_herself_and_not_told_who_would_move(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)
        whole = offers(session, "C00003", most=5).document()
    her = Actor("cadre C00003", Role.CADRE, COUNTY, 3)

    with runtime.sessions.read(her, NOW) as session:
        found = offers(session, "C00003", most=5).document()
        with pytest.raises((NotYours, asked.NoSuchCadre)):
            offers(session, "C00004")
        with pytest.raises(ScopeMissing):
            offers(session, "C00003", found["plan"])
        with pytest.raises(ScopeMissing):
            candidates(session, POST)

    assert found["offers"] == [
        {key: value for key, value in row.items() if key != "moves"} for row in whole["offers"]
    ]
    assert found["plan"] == whole["plan"]
    assert "moves" not in found["offers"][0]


def test_a_part_of_the_plan_that_holds_is_offered_to_who_answers_for_it(runtime: Runtime) -> None:
    build(runtime)
    home = f"{TOWNSHIP}001"
    court = (Department.id, Office.id, Cadre.department_id)
    change(runtime, *(update(one.class_).where(one == 1).values(area_code=home) for one in court))
    with runtime.sessions.write(PLANNER, NOW) as session:
        plan = publish_plan(session, match_cadres(session).plan).plan
        held = plans.holdings(session, plan, TODAY)
    who = held.loc[held["department_code"] == "court", "staff_number"].iloc[0]

    with runtime.sessions.read(Actor("planner", Role.PLANNER, home), NOW) as session:
        mine = offers(session, who, most=40).document()
        there = candidates(session, POST, most=40).document()
        with pytest.raises(OtherArea):
            offers(session, who, plan)

    assert (mine["plan"], mine["against"].fields["area"]) == (plan, home)
    assert mine["offers"]
    assert all(row["post"].startswith(home) for row in mine["offers"])
    assert there["candidates"]
    assert all(int(row["cadre"][1:]) % 2 == 1 for row in there["candidates"])


def test_candidates_know_what_the_post_asks_for_first(runtime: Runtime) -> None:
    plan = matched(runtime)

    with runtime.sessions.read(PLANNER, NOW) as session:
        found = candidates(session, TEAM, plan, most=3).document()

    assert all(int(row["cadre"][1:]) % 4 == 1 for row in found["candidates"])
    assert len(found["candidates"]) == 3


def test_questions_nobody_can_answer_are_refused(runtime: Runtime) -> None:
    plan = matched(runtime)
    part = made(runtime, area=f"{TOWNSHIP}002")

    with runtime.sessions.read(PLANNER, NOW) as session:
        with pytest.raises(plans.PlanNotFound):
            explain_post(session, "77", POST)
        with pytest.raises(asked.NoSuchPost):
            explain_post(session, plan, "990101:nobody")
        with pytest.raises(asked.PostElsewhere):
            explain_post(session, part, POST)
        with pytest.raises(asked.NoSuchCadre):
            explain_post(session, plan, POST, "X1")
        with pytest.raises(asked.CadreElsewhere):
            offers(session, "C00001", part)
        with pytest.raises(asked.NoPlanInForce):
            offers(session, "C00001")
        with pytest.raises(asked.NoPlanInForce):
            candidates(session, POST)


def test_only_planners_ask_about_people_who_are_not_in_a_plan(runtime: Runtime) -> None:
    plan = matched(runtime)

    with runtime.sessions.read(LEADER, NOW) as session:
        assert explain_post(session, plan, POST).matches
        with pytest.raises(ScopeMissing):
            explain_post(session, plan, POST, "C00002")
        with pytest.raises(ScopeMissing):
            offers(session, "C00002", plan)
        with pytest.raises(ScopeMissing):
            candidates(session, POST, plan)


def test_a_plan_of_another_area_is_not_explained(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        plan = publish_plan(session, match_cadres(session).plan).plan
    township = Actor("planner", Role.PLANNER, TOWNSHIP)

    with runtime.sessions.read(township, NOW) as session, pytest.raises(OtherArea):
        explain_post(session, plan, POST)
