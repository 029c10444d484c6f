import pytest
import shapely
from shapely import MultiPolygon
from sqlalchemy import select

from gisapp.auth import OPERATOR, Actor, Role
from gisapp.store import revisions
from gisapp.store.models import Grid, Lineage, Revision, RevisionGrid
from gisapp.store.revisions import RevisionGone
from tests.factories import COUNTY, PLANNER, Make

HERE, THERE = f"{COUNTY}001001", "990002001001"
SQUARE = MultiPolygon([shapely.box(121, 31, 121.01, 31.01)])
NEIGHBOUR = Actor("neighbour", Role.PLANNER, THERE[:6])


def recorded(make: Make, *grids: Grid) -> int:
    """Give some grids another shape; return the new revision."""
    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        return revisions.record(session, {grid.id: SQUARE for grid in grids}, {})


def key(make: Make, actor: Actor) -> str:
    with make.seen_by(actor) as session:
        return revisions.key(session, revisions.current(session) or 0)


def test_before_the_first_shape_there_is_no_revision(make: Make) -> None:
    assert revisions.current(make.session) is None


def test_a_revision_keeps_what_it_does_not_replace(make: Make) -> None:
    first, second = make.grid("A"), make.grid("B")
    make.commit()

    new = recorded(make, first)

    with make.seen_by() as session:
        shapes = revisions.shapes(session, new, "grid")
        before = revisions.shapes(session, new - 1, "grid")
        kept = session.scalars(
            select(RevisionGrid.shape_id).where(RevisionGrid.grid_id == second.id)
        ).all()
    assert shapes[0].equals(SQUARE)
    assert shapes[1].equals(before[1])
    assert not before[0].equals(SQUARE)
    assert len(set(kept)) == 1


def test_nothing_new_is_no_new_revision(make: Make) -> None:
    grid = make.grid("A")
    make.commit()
    new = recorded(make, grid)

    again = recorded(make, grid)

    assert again == new


def test_where_a_ring_begins_makes_no_new_revision(make: Make) -> None:
    grid = make.grid("A")
    make.commit()
    new = recorded(make, grid)
    ring = list(SQUARE.geoms[0].exterior.coords)
    turned = MultiPolygon([shapely.Polygon(ring[2:] + ring[1:3])])

    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        again = revisions.record(session, {grid.id: turned}, {})

    assert again == new


def test_a_place_that_is_no_more_is_left_out(make: Make) -> None:
    gone, stays = make.grid("A"), make.grid("B")
    make.commit()

    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        new = revisions.record(session, {}, {}, gone_grids=[gone.id])
        revisions.descend(session, new, {(gone.id, stays.id): 0.4})

    with make.seen_by() as session:
        assert revisions.ids(session, new).codes["grid"] == [stays.code]
        assert session.scalars(select(Lineage.share)).all() == [0.4]
        assert session.get_one(Revision, new).predecessor_id == new - 1


def test_another_county_changes_neither_key_nor_shapes(make: Make) -> None:
    make.grid("Here", community=HERE)
    there = make.grid("There", community=THERE)
    make.commit()
    before, abroad = key(make, PLANNER), key(make, NEIGHBOUR)

    recorded(make, there)

    assert key(make, PLANNER) == before
    assert key(make, NEIGHBOUR) != abroad
    with make.seen_by(PLANNER) as session:
        found = revisions.by_key(session, before)
        assert [code[:6] for code in revisions.ids(session, found).codes["grid"]] == [COUNTY]
        assert len(revisions.shapes(session, found, "grid")) == 1


def test_a_key_is_the_same_in_a_town_of_its_own(make: Make) -> None:
    make.grid("Here", community=HERE)
    make.commit()
    alone = key(make, PLANNER)

    make.grid("There", community=THERE)
    make.commit()

    assert key(make, PLANNER) == alone
    assert key(make, OPERATOR) != alone


def test_the_key_of_another_actor_opens_nothing(make: Make) -> None:
    make.grid("Here", community=HERE)
    make.grid("There", community=THERE)
    make.commit()

    abroad = key(make, NEIGHBOUR)

    with make.seen_by(PLANNER) as session, pytest.raises(RevisionGone):
        revisions.by_key(session, abroad)


def test_an_actor_whose_area_has_no_shapes_has_no_boundaries(make: Make) -> None:
    make.grid("There", community=THERE)

    with make.seen_by(PLANNER) as session:
        assert revisions.current(session) is None


def test_a_cadre_has_a_key_for_what_she_sees(make: Make) -> None:
    ann = make.cadre()
    make.grid("A", members=[ann])
    make.grid("B", community=f"{COUNTY}002001")

    with make.seen_by(make.viewer(ann)) as session:
        revision = revisions.current(session) or 0
        name = revisions.key(session, revision)
        codes = revisions.ids(session, revision).codes
        assert revisions.by_key(session, name) == revision

    assert [len(codes[level]) for level in revisions.LEVELS] == [1, 1, 1]
    assert name != key(make, PLANNER)
