"""The layers of the ground: grids, a cadre's own grids, offices, enterprises."""

from gisapp.auth import Actor, Role
from gisapp.i18n import say
from gisapp.layer import Features, Values
from gisapp.runtime import Runtime
from gisapp.store.models import Grid
from tests import town

CADRE = Actor("S1", Role.CADRE, "990101", 1)


def read(runtime: Runtime, layer: str, actor: Actor = town.PLANNER) -> Values | Features:
    with runtime.sessions.read(actor, town.NOW) as session:
        return runtime.layers[layer].read(session, actor, {})


def test_grids_say_kind_households_and_enterprises(runtime: Runtime) -> None:
    town.build(runtime)
    with runtime.sessions.write(town.PLANNER, town.NOW) as session:
        park = session.get_one(Grid, 2)
        park.kind, park.households, park.enterprises = "park", None, 7

    found = read(runtime, "grids")

    assert isinstance(found, Values)
    assert found.columns["kind"][1] == "park"
    assert found.columns["households"][:3] == [400, None, 400]
    assert found.columns["enterprises"] == [0, 7, 0, 1, 0, 0]
    assert found.about["kinds"]["base"] == 5
    assert found.order is not None
    assert found.order[0] == 1
    assert found.sentence is not None
    assert say(found.sentence(1), str, "en") == "Households unknown, 7 enterprises."


def test_a_cadre_sees_which_grids_are_her_own(standing: Runtime) -> None:
    found = read(standing, "my_grid", CADRE)

    assert isinstance(found, Values)
    places = dict(zip(found.codes, found.columns["place"], strict=True))
    assert [code for code, place in places.items() if place == "own"] == town.CODES[3:5]


def test_offices_and_enterprises_bring_their_points(standing: Runtime) -> None:
    offices = read(standing, "offices")
    firms = read(standing, "enterprises")

    assert isinstance(offices, Features)
    assert isinstance(firms, Features)
    assert list(offices.ids) == ["F", "N"]
    assert offices.shapes[1].x == 114.04
    assert list(firms.columns["lies"]) == ["in_grid", "outside"]
    assert list(firms.columns["grid"]) == [town.CODES[3], ""]
    assert firms.shapes[1] is None
