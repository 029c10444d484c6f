import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from gisapp.actions.deployment import Row
from gisapp.actions.ledger import HORIZON, Ledger, ledger
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.errors import Forbidden
from gisapp.store import plans
from gisapp.store.models import Assignment, Cadre, Department, Post
from gisapp.store.session import Session
from tests.factories import COUNTY, FIRST, LEADER, PLANNER, TODAY, Make

OTHER = "990002"


def day(ahead: int) -> date:
    return TODAY + timedelta(days=ahead)


@contextmanager
def asked(make: Make, actor: Actor = PLANNER, **settings: Any) -> Iterator[Session]:
    """Read as somebody, under other settings."""
    with make.seen_by(actor) as session:
        session.settings = make.runtime.settings.model_copy(update=settings)
        yield session


def read(make: Make, on: date | None = None, *, actor: Actor = PLANNER, **settings: Any) -> Ledger:
    with asked(make, actor, **settings) as session:
        return ledger(session, on)


def only(found: Ledger) -> Row:
    (row,) = found.departments
    return row


def team(make: Make, people: int, headcount: int = 20, **more: Any) -> list[Cadre]:
    department = make.department(headcount=headcount)
    return [make.cadre(department=department, **more) for _ in range(people)]


def post(make: Make, community: str | None = None) -> Post:
    return make.post(make.community(community))


def test_the_rate_is_people_and_not_posts_over_the_roll(make: Make) -> None:
    one, two, _ = team(make, 3)
    make.publication(make.plan({post(make): [one, two], post(make): [one]}))

    row = only(read(make))

    assert (row.now.deployed, row.now.base, row.now.floor, row.rate) == (2, 20, 2, 0.1)
    assert (row.eligible, row.short, row.falls, row.now.mode) == (3, 0, None, "normal")


def test_the_base_may_be_who_could_serve_and_leaders_may_be_left_out(make: Make) -> None:
    one, _, gone = team(make, 3)
    boss = make.cadre(office=one.office, rank="leader")
    gone.available_to = day(-1)
    make.publication(make.plan({post(make): [one, boss]}))

    roll, without = only(read(make)), only(read(make, floor_leaders=False))
    eligible = only(read(make, floor_base="eligible"))
    both = only(read(make, floor_base="eligible", floor_leaders=False))

    figures = [(row.now.deployed, row.now.base) for row in (roll, without, eligible, both)]
    assert figures == [(2, 20), (1, 20), (2, 3), (1, 2)]
    assert [row.base_kind for row in (roll, eligible)] == ["roll", "eligible"]


def test_an_empty_base_has_no_rate_and_asks_for_nobody(make: Make) -> None:
    team(make, 1, headcount=0)

    row = only(read(make))

    assert (row.now.base, row.rate, row.now.floor, row.falls) == (0, None, 0, None)


@pytest.mark.parametrize("kind", ["assignment", "publication", "availability", "staff", "post"])
def test_a_department_falls_on_the_day_after_a_term_ends(make: Make, kind: str) -> None:
    stays, leaves = team(make, 2)
    where, last = post(make), day(9)
    plan = make.plan({post(make): [stays], where: [leaves]}, state="draft")
    if kind == "assignment":
        mine = make.session.query(Assignment).filter_by(cadre_id=leaves.id).one()
        mine.ends_on = last
    elif kind == "availability":
        leaves.available_to = last
    elif kind == "staff":
        leaves.valid_to = last
    elif kind == "post":
        where.valid_to = last
    make.session.flush()
    plan.state = "frozen"
    make.publication(plan, ends_on=last if kind == "publication" else None)

    row, after = only(read(make)), only(read(make, day(10)))

    assert row.falls is not None
    assert (row.falls.day, row.falls.floor) == (day(10), 2)
    assert row.falls.deployed == (0 if kind == "publication" else 1)
    assert row.leave == 2 - row.falls.deployed
    assert (after.short, after.falls is not None and after.falls.day) == (row.leave, day(10))


def test_whose_next_term_begins_at_once_does_not_leave(make: Make) -> None:
    one, two = team(make, 2)
    first, second = (make.plan({post(make): [one, two]}) for _ in range(2))
    make.publication(first, ends_on=day(4))
    make.publication(second, starts_on=day(5))

    assert only(read(make)).falls is None


def test_a_surge_raises_the_floor_and_falls_back_to_the_normal_plan(make: Make) -> None:
    people = team(make, 7)
    make.publication(make.plan({post(make): people[:1]}), starts_on=FIRST)
    surge = make.plan({post(make): people[:6]}, mode="surge")
    make.publication(surge, mode="surge", ends_on=day(20))

    before, now, after = (only(read(make, on)) for on in (day(-1), TODAY, day(21)))

    assert (now.now.mode, now.now.floor, now.now.share, now.now.deployed) == ("surge", 6, 0.3, 6)
    assert now.falls is not None
    assert (now.falls.day, now.falls.mode) == (day(21), "normal")
    assert (now.falls.deployed, now.falls.floor, now.leave) == (1, 2, 5)
    assert [(row.now.mode, row.now.floor) for row in (before, after)] == [("normal", 2)] * 2


def test_a_surge_to_come_that_sends_too_few_is_said(make: Make) -> None:
    people = team(make, 7)
    make.publication(make.plan({post(make): people[:5]}), starts_on=FIRST)
    surge = make.plan({post(make): people[:5]}, mode="surge")
    make.publication(surge, mode="surge", starts_on=day(3), ends_on=day(20))

    row = only(read(make))

    assert row.falls is not None
    assert (row.falls.day, row.falls.floor, row.leave) == (day(3), 6, 0)
    assert "when the floor rises" in row.sentence.message


def test_a_surge_elsewhere_raises_no_floor_here(make: Make) -> None:
    people = team(make, 3)
    make.publication(make.plan({post(make): people}), starts_on=FIRST)
    there = make.plan(area=f"{COUNTY}001", mode="surge")
    make.publication(there, mode="surge", ends_on=day(9))

    assert only(read(make)).now.mode == "normal"


def test_what_ends_beyond_the_horizon_is_not_looked_at(make: Make) -> None:
    one, two = team(make, 2)
    make.publication(make.plan({post(make): [one, two]}))
    one.available_to = day(HORIZON - 1)

    found, later = read(make), read(make, day(1))

    assert found.until == day(HORIZON - 1)
    assert only(found).falls is None
    assert only(later).falls is not None
    assert read(make, date.max).until == date.max


def test_without_a_plan_every_department_is_short(make: Make) -> None:
    team(make, 2)

    found = read(make)

    assert (found.plans, only(found).short) == ([], 2)


def test_each_county_reads_its_own_departments_and_counts_them_wherever_they_are(
    make: Make,
) -> None:
    mine, yours = (
        team(make, 2),
        [make.cadre(department=make.department(area=OTHER)) for _ in range(2)],
    )
    here, there = post(make), post(make, f"{OTHER}001001")
    make.publication(make.plan({here: [mine[0], yours[0]]}))
    # The other county's plan holds one of ours, until a day.
    abroad = make.plan({there: [mine[1], yours[1]]}, area=OTHER)
    make.publication(abroad, ends_on=day(5))

    own, other, whole = (
        read(make, actor=actor)
        for actor in (PLANNER, Actor("planner", Role.PLANNER, OTHER), OPERATOR)
    )

    assert only(own).now.deployed == 2
    falls = only(own).falls
    assert falls is not None
    assert falls.day == day(6)
    assert {row.code for row in own.departments}.isdisjoint(row.code for row in other.departments)
    assert [row.now.deployed for row in other.departments] == [1, 1]
    assert {(row.code, row.now.deployed, row.falls) for row in whole.departments} == {
        (row.code, row.now.deployed, row.falls) for row in (*own.departments, *other.departments)
    }
    assert own.plans == [plan for plan in whole.plans if plan.startswith(COUNTY)]


def test_a_cadre_reads_no_ledger_and_a_leader_does(make: Make) -> None:
    (one,) = team(make, 1)

    assert len(read(make, actor=LEADER).departments) == 1
    with pytest.raises(Forbidden):
        read(make, actor=make.viewer(one))


def by_day(session: Session, department: Department, on: date) -> int:
    """Count who is out on one day by asking for that day alone."""
    out = set()
    for cadre_id in plans.holdings(session, None, on)["cadre_id"].tolist():
        cadre = session.get_one(Cadre, cadre_id)
        spans = [(cadre.available_from, cadre.available_to), (cadre.valid_from, cadre.valid_to)]
        if cadre.department_id == department.id and all(
            (first or date.min) <= on <= (last or date.max) for first, last in spans
        ):
            out.add(cadre_id)
    return len(out)


@pytest.mark.parametrize("seed", range(2))
def test_every_day_counts_what_asking_for_that_day_alone_counts(make: Make, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def some(low: int, high: int) -> date | None:
        return None if rng.random() < 0.4 else day(int(rng.integers(low, high)))

    people = [*team(make, 8, headcount=20), *team(make, 8, headcount=30)]
    for one in people:
        one.available_from, one.available_to = some(-9, 9), some(9, 30)
    posts = [post(make, f"{COUNTY}00{n % 2 + 1}00{n}") for n in range(1, 7)]
    for area in (COUNTY, f"{COUNTY}001"):
        for mode, first, last in (
            ("normal", -9, 11),
            ("normal", 12, None),
            ("surge", int(rng.integers(0, 6)), int(rng.integers(7, 20))),
        ):
            holders = {
                each: rng.permutation(np.array(people))[: rng.integers(0, 4)].tolist()
                for each in posts
                if each.area_code.startswith(area)
            }
            plan = make.plan(holders, area=area, mode=mode, state="draft")
            for row in make.session.query(Assignment).filter_by(plan_id=plan.id):
                row.starts_on, row.ends_on = some(-9, 9), some(9, 30)
            make.session.flush()
            plan.state = "frozen"
            ends = None if last is None else day(last)
            make.publication(plan, mode=mode, starts_on=day(first), ends_on=ends)

    with asked(make) as session:
        departments = {row.code: row for row in session.query(Department)}
        figures = {
            on: {
                row.code: (row.now.deployed, row.now.floor, row.falls and row.falls.day)
                for row in ledger(session, on).departments
            }
            for on in map(day, range(40))
        }
        alone = {
            on: {code: by_day(session, row, on) for code, row in departments.items()}
            for on in figures
        }
        surges = {
            on: any(
                p.mode == "surge" and p.area_code == COUNTY for p in plans.in_force(session, on)
            )
            for on in figures
        }

    below: dict[str, date] = {}
    for on in sorted(figures, reverse=True):
        for code, row in departments.items():
            floor = math.ceil(round((0.3 if surges[on] else 0.1) * row.headcount, 9))
            if alone[on][code] < floor:
                below[code] = on
            falls = figures[on][code][2]
            assert figures[on][code] == (alone[on][code], floor, below.get(code, falls))
            assert code in below or falls is None or falls > day(39)
