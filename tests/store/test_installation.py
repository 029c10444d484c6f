import pytest

from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import installation
from gisapp.store.installation import NoAreas, NoRootArea, NotMade
from tests.factories import COUNTY, NOW, PLANNER, SRID, Make


def test_an_empty_database_says_that_it_is_not_made(runtime: Runtime) -> None:
    with runtime.sessions.read(OPERATOR, NOW) as session, pytest.raises(NotMade):
        installation.the(session)


def test_the_projection_is_set_once(runtime: Runtime) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        installation.make(session)
        with pytest.raises(NoAreas):
            installation.srid(session)

        installation.set_srid(session, SRID)
        installation.set_srid(session, 4534)

        assert installation.srid(session) == SRID


@pytest.mark.parametrize(
    ("codes", "root"),
    [
        (["990001001001"], "990001001001"),
        (["990001001001", "990001001002"], "990001001"),
        (["990001001001", "990001002001"], "990001"),
        (["990001001001", "990002001001"], "9900"),
    ],
)
def test_the_root_is_the_smallest_area_that_holds_all(
    make: Make, codes: list[str], root: str
) -> None:
    for code in codes:
        make.grid(community=code)

    assert installation.root_area(make.session) == root


def test_two_provinces_have_no_root(make: Make) -> None:
    make.area("110101001001")
    make.area("990001001001")

    with pytest.raises(NoRootArea):
        installation.root_area(make.session)


def test_the_root_of_a_planner_is_her_own_area(make: Make) -> None:
    with make.seen_by(PLANNER) as session:
        assert installation.root_area(session) == COUNTY
