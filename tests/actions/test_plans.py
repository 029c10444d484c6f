from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from gisapp.actions import publications
from gisapp.actions.owned import OtherArea
from gisapp.actions.plans import list_plans, match_cadres, publish_plan
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.core.matching.contradictions import LockAgainstRecusal
from gisapp.errors import Forbidden
from gisapp.layer import Values
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import (
    Assignment,
    Audit,
    Cadre,
    Department,
    Link,
    Office,
    Plan,
    Recusal,
    Travel,
)
from tests.county import COUNTY, LEADER, NOW, PLANNER, SINCE, TODAY, TOWNSHIP, build

GRID = f"{TOWNSHIP}001001"
TOMORROW = TODAY + timedelta(days=1)


def test_a_match_fills_the_seats_and_is_proven(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session)
        held = plans.holdings(session, draft.plan, TODAY)
        deed = session.scalars(select(Audit).where(Audit.deed == "plan.made")).one()

    assert (draft.plan, draft.status, draft.gap) == (f"{COUNTY}-1", "optimal", 0)
    assert draft.seats_filled == draft.seats == len(held) == 22
    assert draft.cost == pytest.approx(sum(draft.parts.values()))
    assert draft.parts["travel_min"] == pytest.approx(held["travel_min"].sum())
    assert deed.subject == f"plan {COUNTY}-1"


def test_seats_for_a_specialty_go_to_those_who_know_it(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.write(PLANNER, NOW) as session:
        held = plans.holdings(session, match_cadres(session).plan, TODAY)

    lawyers = held.loc[held["slot_specialty"] == "labour_law", "staff_number"]
    assert len(lawyers) == 1
    assert all(int(number[1:]) % 4 == 1 for number in lawyers)


def test_the_same_town_gives_the_same_plan(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.write(PLANNER, NOW) as session:
        first, second = match_cadres(session), match_cadres(session)
        rows = [plans.holdings(session, each.plan, TODAY) for each in (first, second)]
        digests = session.scalars(select(Plan.input_digest)).all()

    assert rows[0].drop(columns="plan").equals(rows[1].drop(columns="plan"))
    assert len(set(digests)) == 1


def test_a_published_plan_is_the_one_the_next_match_starts_from(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.execute(update(Office).where(Office.id == 1).values(valid_to=date(2020, 1, 1)))

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session)
        origin = session.scalars(select(Plan.based_on_id).where(Plan.number == 2)).one()

    # People without an office could not stand: nobody has moved them.
    assert draft.moved == 0
    assert draft.seats_filled < draft.seats
    assert origin is not None


def test_a_locked_placement_stays_whatever_it_costs(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session)
        before = plans.holdings(session, draft.plan, TODAY)
        session.execute(update(Assignment).values(locked=True))
        publish_plan(session, draft.plan)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.add(
            Link(
                department_id=2,
                place_code=COUNTY,
                bonus_min=500,
                area_code=COUNTY,
                kind="",
                team="",
                valid_from=SINCE["valid_from"],
            )
        )

    with runtime.sessions.write(PLANNER, NOW) as session:
        after = plans.holdings(session, match_cadres(session).plan, TODAY)

    keys = ["post_code", "slot_number", "cadre_id"]
    assert after[keys].equals(before[keys])
    assert after["locked"].all()


def test_a_lock_against_a_recusal_is_refused(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session)
        held = plans.holdings(session, draft.plan, TODAY)
        cadre = int(held.loc[held["post_code"] == f"{GRID}:member", "cadre_id"].iloc[0])
        session.execute(update(Assignment).where(Assignment.cadre_id == cadre).values(locked=True))
        publish_plan(session, draft.plan)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.add(_recusal(cadre, GRID))

    with runtime.sessions.write(PLANNER, NOW) as session, pytest.raises(LockAgainstRecusal):
        match_cadres(session)


@pytest.mark.parametrize("place", [GRID, f"{TOWNSHIP}001", TOWNSHIP])
def test_nobody_serves_where_they_are_recused(runtime: Runtime, place: str) -> None:
    build(runtime, cadres=2, leaders=1)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.add_all(_recusal(cadre, place) for cadre in (1, 2, 3))

    with runtime.sessions.write(PLANNER, NOW) as session:
        held = plans.holdings(session, match_cadres(session).plan, TODAY)

    assert not held["place_code"].str.startswith(place).any()


def test_a_measured_way_takes_the_place_of_the_estimate(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.add_all(
            Travel(office_id=office, place_code=GRID, minutes=41.5, area_code=COUNTY)
            for office in (1, 2)
        )

    with runtime.sessions.write(PLANNER, NOW) as session:
        held = plans.holdings(session, match_cadres(session).plan, TODAY)

    assert held.loc[held["post_code"] == f"{GRID}:member", "travel_min"].tolist() == [41.5]


def test_a_floor_out_of_reach_is_said_with_what_would_mend_it(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.execute(update(Department).where(Department.id == 1).values(headcount=200))

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session)

    court = next(row for row in draft.departments if row.code == "court")
    assert (court.floor, court.eligible, court.short) == (20, 11, 9)
    assert court.sentence.fields["people"] == 9
    assert draft.parts["floors"] > 0


def test_too_few_people_leave_seats_open(runtime: Runtime) -> None:
    build(runtime, cadres=4)

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session)

    assert draft.seats_filled == 8 + 1
    assert draft.parts["unfilled"] > 0


def test_people_of_another_area_stay_lent_and_are_no_more(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for kind in (Department, Office, Cadre):
            session.execute(update(kind).where(kind.id == 1).values(area_code="9902"))

    with runtime.sessions.write(PLANNER, NOW) as session:
        base = plans.holdings(session, None, TODAY)
        held = plans.holdings(session, match_cadres(session).plan, TODAY)

    before, after = ((rows["cadre_id"] == 1).sum() for rows in (base, held))
    assert after <= before


def test_nobody_is_given_more_than_they_can_take_by_plans_of_two_areas(runtime: Runtime) -> None:
    build(runtime)
    community = f"{TOWNSHIP}001"
    planner = Actor("planner", Role.PLANNER, community)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for kind in (Department, Office, Cadre):
            column = Cadre.department_id if kind is Cadre else kind.id
            session.execute(update(kind).where(column == 1).values(area_code=community))

    with runtime.sessions.write(planner, NOW) as session:
        draft = match_cadres(session)
        shown = runtime.layers["plan"].read(session, planner, {})
        publish_plan(session, draft.plan)
    with runtime.sessions.read(OPERATOR, NOW) as session:
        held = plans.holdings(session, None, TODAY)

    assert set(held["plan"]) == {f"{COUNTY}-1", draft.plan}
    assert held.groupby("cadre_id").size().max() == 2
    out = held.loc[held["department_code"] == "court", "cadre_id"].nunique()
    assert isinstance(shown, Values)
    (court,) = shown.about["departments"]
    assert court["deployed"] == draft.departments[0].deployed == out


def test_publishing_ends_the_plan_before_and_keeps_history(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session)
        publish_plan(session, "1")

    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session)
        done = publish_plan(session, "2", TOMORROW)

    with runtime.sessions.read(PLANNER, NOW) as session:
        listed = list_plans(session)
        days = [plans.holdings(session, None, day)["plan"].unique() for day in (TODAY, TOMORROW)]
    assert done.replaces == f"{COUNTY}-1"
    assert [row.published for row in listed] == [
        [{"from": TODAY, "to": TODAY}],
        [{"from": TOMORROW, "to": None}],
    ]
    assert [list(each) for each in days] == [[f"{COUNTY}-1"], [f"{COUNTY}-2"]]


def test_a_second_plan_of_one_day_replaces_the_first(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.write(PLANNER, NOW) as session:
        for number in ("1", "2"):
            match_cadres(session)
            publish_plan(session, number)
        listed = list_plans(session)

    assert [row.in_force for row in listed] == [False, True]


@pytest.mark.parametrize("starts", [TODAY - timedelta(days=1), TODAY])
def test_after_the_last_day_of_a_plan_the_one_before_is_in_force_again(
    runtime: Runtime, starts: date
) -> None:
    build(runtime)
    last, end = TODAY + timedelta(days=6), TODAY + timedelta(days=30)
    with runtime.sessions.write(PLANNER, NOW) as session:
        for _ in range(2):
            match_cadres(session)
        publish_plan(session, "1", starts, end)

        done = publish_plan(session, "2", TODAY, last)
        listed = {row.plan: row.published for row in list_plans(session)}
        asked = (TODAY, last, last + timedelta(days=1), end)
        held = [set(plans.holdings(session, None, day)["plan"]) for day in asked]

    again = last + timedelta(days=1)
    before = [] if starts == TODAY else [{"from": starts, "to": TODAY - timedelta(days=1)}]
    assert listed[f"{COUNTY}-1"] == [*before, {"from": again, "to": end}]
    assert held == [{f"{COUNTY}-2"}, {f"{COUNTY}-2"}, {f"{COUNTY}-1"}, {f"{COUNTY}-1"}]
    assert done.displaces is not None
    assert done.displaces.again == again


def test_a_plan_may_be_given_an_earlier_last_day(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session)
        publish_plan(session, "1", TODAY)
        publish_plan(session, "1", TOMORROW, TOMORROW)
        (listed,) = list_plans(session)

    assert [row["to"] for row in listed.published] == [TODAY, TOMORROW]


@pytest.mark.parametrize(
    ("first", "last", "refusal"),
    [
        (TOMORROW, TODAY, publications.EndsBeforeStart),
        (date(2026, 1, 1), date(2026, 2, 1), publications.AlreadyOver),
        (TODAY, None, publications.PublicationAhead),
        (TODAY, date(2027, 1, 1), publications.PublicationAhead),
        (date(2026, 11, 1), TODAY, publications.HistoryFixed),
        (date(2026, 9, 1), TODAY, publications.HistoryFixed),
    ],
)
def test_what_cannot_be_in_force_is_refused(
    runtime: Runtime, first: date, last: date | None, refusal: type[Exception]
) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        for _ in range(3):
            match_cadres(session)
        publish_plan(session, "1", date(2026, 10, 1), TODAY)
        publish_plan(session, "2", TOMORROW)

    with runtime.sessions.write(PLANNER, NOW) as session, pytest.raises(refusal):
        publish_plan(session, "3", first, last)


def test_a_plan_that_is_to_come_may_begin_sooner_up_to_its_first_day(runtime: Runtime) -> None:
    build(runtime)
    later = date(2026, 12, 1)
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session)
        publish_plan(session, "1", later)

    with runtime.sessions.write(PLANNER, NOW) as session:
        with pytest.raises(publications.SamePlanAhead):
            publish_plan(session, "1", TOMORROW)
        publish_plan(session, "1", TOMORROW, later - timedelta(days=1))
        (listed,) = list_plans(session)

    assert [row["from"] for row in listed.published] == [TOMORROW, later]


def test_nobody_matches_or_publishes_beyond_their_area(runtime: Runtime) -> None:
    build(runtime)
    township = Actor("planner", Role.PLANNER, TOWNSHIP)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)

    with runtime.sessions.write(township, NOW) as session:
        with pytest.raises(OtherArea):
            match_cadres(session, COUNTY)
        with pytest.raises(OtherArea):
            publish_plan(session, f"{COUNTY}-1", TOMORROW)


def test_the_floor_of_a_department_is_said_where_all_its_people_are_seen(
    runtime: Runtime,
) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, match_cadres(session).plan)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for kind in (Department, Office, Cadre):
            column = Cadre.department_id if kind is Cadre else kind.id
            session.execute(update(kind).where(column == 1).values(area_code="99"))

    with runtime.sessions.write(PLANNER, NOW) as session:
        lent = set(plans.holdings(session, None, TODAY)["department_code"])
        draft = match_cadres(session)
        shown = runtime.layers["plan"].read(session, PLANNER, {})

    assert "court" in lent
    assert [row.code for row in draft.departments] == ["labour"]
    assert isinstance(shown, Values)
    assert [row["code"] for row in shown.about["departments"]] == ["labour"]


def test_who_sees_part_of_a_plan_is_not_told_how_many_seats_all_of_it_has(
    runtime: Runtime,
) -> None:
    build(runtime)
    township = Actor("planner", Role.PLANNER, TOWNSHIP)
    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = match_cadres(session)
        publish_plan(session, draft.plan)

    with runtime.sessions.read(PLANNER, NOW) as session:
        (whole,) = list_plans(session)
    with runtime.sessions.read(township, NOW) as session:
        (part,) = list_plans(session)

    assert (whole.seats, whole.seats_filled) == (draft.seats, draft.seats_filled)
    assert (part.seats, part.seats_filled) == (None, None)
    assert (part.plan, part.gap) == (whole.plan, 0)


def test_a_plan_made_after_midnight_is_of_the_new_day(runtime: Runtime) -> None:
    build(runtime)
    midnight = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)

    with runtime.sessions.write(PLANNER, midnight) as session:
        match_cadres(session)
        (listed,) = list_plans(session)

    assert listed.made_on == TOMORROW


def test_the_plan_of_the_smaller_area_is_the_one_a_match_starts_from(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        match_cadres(session, COUNTY)
        session.execute(update(Plan).values(number=10_000_000))
        publish_plan(session, f"{COUNTY}-10000000")
        near = match_cadres(session, f"{TOWNSHIP}001").plan
        publish_plan(session, near)

        made = match_cadres(session, COUNTY).plan

        assert plans.by_code(session, made).based_on_id == plans.by_code(session, near).id


def test_who_is_interrupted_leaves_nothing_behind(runtime: Runtime) -> None:
    build(runtime)

    def leave(progress: object) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session, watch=leave)

    with runtime.sessions.read(PLANNER, NOW) as session:
        assert not session.scalars(select(Plan)).all()
        assert not session.scalars(select(Audit)).all()


def test_a_leader_reads_plans_and_makes_none(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.write(LEADER, NOW) as session:
        listed = list_plans(session)
        with pytest.raises(Forbidden):
            match_cadres(session)

    assert listed == []


def _recusal(cadre: int, place: str) -> Recusal:
    since = SINCE["valid_from"]
    return Recusal(cadre_id=cadre, place_code=place, area_code=COUNTY, valid_from=since)
