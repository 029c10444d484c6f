import pytest
from sqlalchemy import select

from gisapp.actions import cases
from gisapp.actions.demo_cases import hand_out
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.store import plans
from gisapp.store.models import Dispute, Post
from tests.factories import NOW, TODAY, Make


@pytest.mark.both
def test_open_cases_are_handed_to_one_of_those_who_serve_the_grid(make: Make) -> None:
    office = make.office(make.department("D"))
    here, there = (
        [make.cadre(f"{mark}{number}", office=office) for number in range(2)] for mark in "AB"
    )
    served, other, unserved = (make.grid(name) for name in ("one", "two", "three"))
    posts = [
        make.session.scalars(select(Post).where(Post.grid_id == one.id)).one()
        for one in (served, other)
    ]
    plan = make.plan(dict(zip(posts, (here, there), strict=True)))
    make.publication(plan)
    open_ = [make.dispute(served, status="handling", placed=True) for _ in range(20)]
    kept = [
        make.dispute(served, status="reported"),
        make.dispute(served, status="closed", resolved_on=TODAY),
        make.dispute(unserved, status="handling"),
    ]
    code = plans.code(plan)
    make.commit()

    def hand() -> dict[int, int | None]:
        with make.runtime.sessions.write(OPERATOR, NOW) as session:
            assert hand_out(session, code, seed=1) == len(open_)
        with make.runtime.sessions.read(OPERATOR, NOW) as session:
            return {one.id: one.cadre_id for one in session.scalars(select(Dispute))}

    first, again = hand(), hand()

    assert {first[one.id] for one in open_} == {one.id for one in here}
    assert [first[one.id] for one in kept] == [None, None, None]
    assert again == first
    cadre = Actor("cadre", Role.CADRE, here[0].area_code, here[0].id)
    with make.runtime.sessions.read(cadre, NOW) as session:
        mine = cases.mine(session)
    assert len(mine) == list(first.values()).count(here[0].id)
    assert all(one["lon"] is not None for one in mine)
