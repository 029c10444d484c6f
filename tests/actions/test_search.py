from gisapp.actions import search
from gisapp.auth import Actor, Role
from gisapp.runtime import Runtime
from tests.factories import COUNTY, NOW, Make

PLANNER = Actor("test", Role.PLANNER, COUNTY)


def found(runtime: Runtime, text: str) -> list[tuple[str, str]]:
    with runtime.sessions.read(PLANNER, NOW) as session:
        return [(one.kind, one.name) for one in search.find(session, text)]


def test_an_address_finds_the_office_and_the_enterprise_there(runtime: Runtime, make: Make) -> None:
    make.office(name="Court", address="17 Lake Road")
    make.enterprise(make.grid("A"), name="Mill", address="19 Lake Road")
    make.commit()

    assert found(runtime, "Lake Road") == [("office", "Court"), ("enterprise", "Mill")]
    assert found(runtime, "17 Lake") == [("office", "Court")]


def test_what_like_reads_as_a_pattern_is_a_sign_like_any_other(
    runtime: Runtime, make: Make
) -> None:
    make.office(name="Court", address="17 Lake Road")
    make.commit()

    assert found(runtime, "17%Road") == []
