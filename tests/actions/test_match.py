from datetime import date

import pytest
from sqlalchemy import func, select

from gisapp.actions import drafting, editing
from gisapp.actions.deeds import Lock
from gisapp.actions.match import MatchOutdated, Posed, Terms, pose, solve, store_if_same
from gisapp.actions.plans import match_cadres
from gisapp.actions.posts import lacking, make_posts
from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import audit, plans
from gisapp.store.models import Audit, Cadre, Plan, Post
from tests.county import COUNTY, NOW, PLANNER, build


def posed(runtime: Runtime) -> Posed:
    """Read the problem of a county that has its posts."""
    build(runtime)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        make_posts(session)
    with runtime.sessions.read(PLANNER, NOW) as session:
        assert not lacking(session)
        return pose(session, Terms(), make=False)


def do_something(runtime: Runtime) -> None:
    """Note a deed that changes no problem."""
    with runtime.sessions.write(OPERATOR, NOW) as session:
        audit.note(session, "place.looked_at", "area", area_code=COUNTY)


def made(runtime: Runtime) -> list[str]:
    with runtime.sessions.read(OPERATOR, NOW) as session:
        return [plans.code(plan) for plan in session.scalars(select(Plan).order_by(Plan.id))]


def test_others_write_while_a_match_is_solved(runtime: Runtime) -> None:
    problem, steps = posed(runtime), []

    def watch(progress: object) -> bool:
        do_something(runtime)
        steps.append(progress)
        return False

    found = solve(problem, watch)
    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = store_if_same(session, problem, found)

    assert steps
    assert made(runtime) == [draft.plan]
    assert draft.seats_filled > 0


def test_a_match_of_what_is_no_more_is_not_stored(runtime: Runtime) -> None:
    problem = posed(runtime)
    found = solve(problem)
    with runtime.sessions.write(OPERATOR, NOW) as session:
        someone = session.scalars(select(Cadre).order_by(Cadre.id).limit(1)).one()
        someone.valid_to = date(2021, 1, 1)
        audit.note(session, "cadre.left", "cadre", area_code=COUNTY)

    with pytest.raises(MatchOutdated), runtime.sessions.write(PLANNER, NOW) as session:
        store_if_same(session, problem, found)

    assert made(runtime) == []


def test_a_draft_that_is_started_from_may_not_change_meanwhile(runtime: Runtime) -> None:
    posed(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        base = match_cadres(session).plan
    with runtime.sessions.read(PLANNER, NOW) as session:
        problem = pose(session, Terms(based_on=base), make=False)
    with runtime.sessions.write(PLANNER, NOW) as session:
        version = plans.by_code(session, base).version
        editing.do(session, drafting.own_desk, base, version, Lock(all=True))

    with pytest.raises(MatchOutdated), runtime.sessions.write(PLANNER, NOW) as session:
        store_if_same(session, problem, solve(problem))


def test_posts_that_were_only_tried_are_made_with_the_plan(runtime: Runtime) -> None:
    build(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        problem = pose(session, Terms())
        session.rollback()
    with runtime.sessions.read(PLANNER, NOW) as session:
        assert not session.scalar(select(func.count()).select_from(Post))
        assert not session.scalar(select(func.count()).select_from(Audit))

    with runtime.sessions.write(PLANNER, NOW) as session:
        draft = store_if_same(session, problem, solve(problem))

    with runtime.sessions.read(PLANNER, NOW) as session:
        held = plans.holdings(session, draft.plan, session.today)
    assert len(held) == draft.seats_filled > 0
