"""T50: the exact place of a dispute is told to who handles it, and only as long as it is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from gisapp.actions.cases import mine
from gisapp.actions.fieldwork import NotACadre
from gisapp.actions.import_places import erase_places
from gisapp.auth import OPERATOR, Actor, Role, ScopeMissing
from gisapp.store.models import DisputePlace
from tests.factories import COUNTY, Make


def test_t50_a_handler_sees_the_places_of_her_own_cases_until_they_are_erased(make: Make) -> None:
    ann, bob = make.cadre("Ann"), make.cadre("Bob")
    grid = make.grid("A", members=[ann, bob])
    own = make.dispute(grid, placed=True, cadre_id=ann.id)
    make.dispute(grid, placed=True, cadre_id=bob.id)
    make.dispute(grid, placed=True)
    elsewhere = make.dispute(make.grid("B"), cadre_id=ann.id)

    with make.seen_by(make.viewer(ann)) as session:
        cases = mine(session)
        places = session.scalar(select(func.count()).select_from(DisputePlace))

    assert {case["case_number"]: case["lon"] is not None for case in cases} == {
        own.case_number: True,
        elsewhere.case_number: False,
    }
    assert places == 1


def test_t50_a_place_is_told_no_longer_on_its_erase_date_though_it_is_still_there(
    make: Make,
) -> None:
    ann = make.cadre("Ann")
    make.dispute(make.grid("A", members=[ann]), placed=True, cadre_id=ann.id)
    viewer = make.viewer(ann)
    with make.seen_by(viewer):
        pass  # what was made is stored

    with make.runtime.sessions.read(viewer, make.now + timedelta(days=90)) as session:
        (case,) = mine(session)
    with make.runtime.sessions.write(OPERATOR, make.now + timedelta(days=90)) as session:
        erased = erase_places(session)

    assert (case["lon"], case["lat"]) == (None, None)
    assert erased == 1


@pytest.mark.parametrize("role", [Role.PLANNER, Role.LEADER])
def test_t50_planners_and_leaders_are_told_no_place(make: Make, role: Role) -> None:
    with (
        make.seen_by(Actor("x", role, COUNTY)) as session,
        pytest.raises(ScopeMissing),
    ):
        mine(session)


def test_t50_who_is_no_cadre_has_no_cases(make: Make) -> None:
    with make.seen_by(OPERATOR) as session, pytest.raises(NotACadre):
        mine(session)
