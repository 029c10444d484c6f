from gisapp.store import plans, revisions
from tests.factories import PLANNER, TODAY, Make


def test_members_of_a_grid_hold_its_post_today(make: Make) -> None:
    ann = make.cadre("Ann", minutes=5)
    make.grid("A", members=[ann])
    make.grid("B")

    held = plans.holdings(make.session, None, TODAY)

    assert held["cadre_name"].tolist() == ["Ann"]
    assert held["travel_min"].tolist() == [5.0]


def test_grids_lie_side_by_side_and_have_their_parents(make: Make) -> None:
    make.grid("A")
    make.grid("B")

    with make.seen_by(PLANNER) as session:
        revision = revisions.current(session) or 0
        ids = revisions.ids(session, revision)
        shapes = revisions.shapes(session, revision, "grid")
        community = revisions.shapes(session, revision, "community")

    assert [len(ids.codes[level]) for level in revisions.LEVELS] == [2, 1, 1]
    assert ids.parent["grid"].tolist() == [0, 0]
    assert shapes[0].touches(shapes[1])
    assert community[0].covers(shapes[1])
