from datetime import timedelta
from math import ceil

import pytest
from sqlalchemy import select, update

from gisapp.actions.plans import match_cadres
from gisapp.actions.posts import make_posts
from gisapp.auth import OPERATOR, ScopeMissing
from gisapp.runtime import Runtime
from gisapp.store import posts
from gisapp.store.models import Dispute, Grid, Post, Slot
from tests.county import COUNTY, LEADER, NOW, PLANNER, TODAY, TOWNSHIP, build


def test_every_grid_and_township_gets_a_post(runtime: Runtime) -> None:
    build(runtime, grids=20)

    with runtime.sessions.write(PLANNER, NOW) as session:
        made = make_posts(session)
        codes = set(posts.standing(session, TODAY))

    assert made.posts == len(codes) == 22
    assert {f"{TOWNSHIP}001001:member", f"{TOWNSHIP}:chief"} <= codes
    assert f"{COUNTY}:chief" not in codes


def test_a_community_gets_seats_for_what_it_needs(runtime: Runtime) -> None:
    build(runtime, grids=20)

    with runtime.sessions.write(PLANNER, NOW) as session:
        make_posts(session)
        wanted = session.execute(
            select(Post.code, Slot.specialty_code, Slot.seats_wanted)
            .join(Post)
            .where(Slot.specialty_code.is_not(None))
        ).all()

    # 24 cases a year, a seat for each `posts_cases` of them begun; the other community has none.
    seats = ceil(24 / runtime.settings.posts_cases)
    assert (f"{TOWNSHIP}001:member", "labour_law", seats) in [tuple(row) for row in wanted]
    assert {row.code for row in wanted} == {f"{TOWNSHIP}001:member"}


def test_the_second_time_adds_nothing(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.write(PLANNER, NOW) as session:
        make_posts(session)
        again = make_posts(session)

    assert (again.posts, again.slots) == (0, 0)


@pytest.mark.parametrize("edited", [False, True])
def test_a_community_gains_seats_unless_people_edited_its_post(
    runtime: Runtime, *, edited: bool
) -> None:
    build(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        make_posts(session)
        if edited:
            session.execute(update(Post).values(version=2))
        session.execute(update(Dispute).values(category_code="medical"))

    with runtime.sessions.write(PLANNER, NOW) as session:
        grown = make_posts(session)
        numbers = session.scalars(
            select(Slot.number).join(Post).where(Post.code == f"{TOWNSHIP}001:member")
        ).all()

    assert (grown.slots == 0) == edited
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_a_post_that_was_ended_is_not_made_again_while_its_grid_lives(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        made = make_posts(session)
        ended = f"{TOWNSHIP}001001:member"
        session.execute(
            update(Post).where(Post.code == ended).values(valid_to=TODAY - timedelta(days=1))
        )

    with runtime.sessions.write(PLANNER, NOW) as session:
        again = match_cadres(session)
        codes = posts.standing(session, TODAY)

    assert ended not in codes
    assert again.posts == made.posts - 1


def test_a_new_grid_of_an_old_code_gets_its_post(runtime: Runtime) -> None:
    build(runtime)
    code = f"{TOWNSHIP}001001"
    with runtime.sessions.write(OPERATOR, NOW) as session:
        make_posts(session)
        old = session.scalars(select(Grid).where(Grid.code == code)).one()
        last = {"valid_to": TODAY - timedelta(days=1)}
        session.execute(update(Post).where(Post.grid_id == old.id).values(last))
        session.execute(update(Grid).where(Grid.id == old.id).values(last))
        fields = {"community_id": old.community_id, "area_code": old.area_code, "kind": old.kind}
        session.add(Grid(id=99, code=code, name="Again", valid_from=TODAY, **fields))

    with runtime.sessions.write(PLANNER, NOW) as session:
        again = make_posts(session)

    assert (again.posts, again.slots) == (1, 1)


def test_a_leader_makes_no_posts(runtime: Runtime) -> None:
    build(runtime)

    with runtime.sessions.write(LEADER, NOW) as session, pytest.raises(ScopeMissing):
        make_posts(session)
