from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from gisapp.auth import OPERATOR, Actor, NotAnArea, Role
from gisapp.store import narrow
from gisapp.store.models import (
    Area,
    Assignment,
    Cadre,
    CadrePhone,
    Context,
    Department,
    Dispute,
    DisputePlace,
    Enterprise,
    Grid,
    GridShape,
    Office,
    Plan,
    Post,
    Publication,
    Recusal,
    RevisionGrid,
    Service,
    Slot,
    Specialty,
    Travel,
)
from gisapp.store.narrow import NoActor, NotNarrowed
from gisapp.store.session import Session
from tests.factories import COUNTY, FIRST, NOW, PLANNER, TODAY, Make

OTHER = "990002"
HERE, THERE = f"{COUNTY}001001", f"{OTHER}001001"

WHOLE = st.sampled_from([2, 4, 6, 9, 12]).flatmap(
    lambda size: st.text("019", min_size=size, max_size=size)
)


def planner(area: str) -> Actor:
    return Actor("planner", Role.PLANNER, area)


@pytest.fixture
def counties(make: Make) -> Make:
    """One grid in each of two counties."""
    make.grid("Here", community=HERE)
    make.grid("There", community=THERE)
    make.commit()
    return make


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(codes=st.lists(WHOLE, min_size=1, max_size=8, unique=True), prefix=WHOLE)
def test_an_actor_sees_the_subtree_and_nothing_else(
    make: Make, codes: list[str], prefix: str
) -> None:
    rows = [
        {"code": f"X{k}", "name": "X", "headcount": 1, "area_code": code, "kind": "", "version": 1}
        | {"valid_from": FIRST}
        for k, code in enumerate(codes)
    ]
    make.session.execute(delete(Department))
    make.session.execute(insert(Department), rows)

    with make.seen_by(planner(prefix)) as session:
        seen = session.scalars(select(Department.area_code)).all()
        number = session.scalar(select(func.count()).select_from(Department))

    assert sorted(seen) == sorted(code for code in codes if code.startswith(prefix))
    assert number == len(seen)


Question = Callable[[Session], list[Any]]
ONE = aliased(Grid)
QUESTIONS: dict[str, Question] = {
    "rows": lambda s: [row.code for row in s.scalars(select(Grid))],
    "columns": lambda s: list(s.scalars(select(Grid.code))),
    "aliases": lambda s: list(s.scalars(select(ONE.code))),
    "question in from": lambda s: list(s.scalars(select(select(Grid.code).subquery().c.code))),
    "common table": lambda s: list(s.scalars(select(select(Grid.code).cte().c.code))),
    "union": lambda s: list(
        s.scalars(union_all(select(Grid.code), select(Grid.code).where(False)))
    ),
    "scalar question": lambda s: list(s.scalars(select(select(Grid.code).scalar_subquery()))),
    "join": lambda s: list(s.scalars(select(Grid.code).join(Area, Grid.community_id == Area.id))),
    "relationship": lambda s: list(s.scalars(select(Grid.code).join(Grid.community))),
    "old manner": lambda s: [row.code for row in s.query(Grid.code)],
    "maximum": lambda s: [s.scalar(select(func.max(Grid.code)))],
    "in": lambda s: list(s.scalars(select(Grid.code).where(Grid.id.in_(select(Grid.id))))),
}


def test_every_way_to_ask_is_narrowed(counties: Make) -> None:
    with counties.seen_by(PLANNER) as session:
        found = {name: [code[:6] for code in ask(session)] for name, ask in QUESTIONS.items()}

    assert {name: codes for name, codes in found.items() if codes != [COUNTY]} == {}


def test_what_is_elsewhere_cannot_be_got_by_its_id(counties: Make) -> None:
    with counties.seen_by() as session:
        ids = dict(session.execute(select(Grid.name, Grid.id)).all())

    with counties.seen_by(PLANNER) as session:
        assert session.get(Grid, ids["There"]) is None
        assert session.get(Grid, ids["Here"]) is not None
        assert not session.scalar(select(exists(select(Grid.id).where(Grid.id == ids["There"]))))


def test_a_relationship_does_not_lead_out_of_the_area(counties: Make) -> None:
    with counties.seen_by() as session:
        grid = session.scalars(select(Grid).where(Grid.name == "Here")).one()
        abroad = session.scalars(select(Area).where(Area.code == THERE)).one()
        community = abroad.id
        number = grid.id
    with counties.runtime.sessions.write(OPERATOR, NOW) as session:
        session.execute(update(Grid).where(Grid.id == number).values(community_id=community))

    with counties.seen_by(PLANNER) as session:
        assert session.scalars(select(Grid)).one().community is None


def test_edits_reach_no_further_than_reading(counties: Make) -> None:
    with counties.runtime.sessions.write(PLANNER, NOW) as session:
        session.execute(update(Grid).values(name="Mine"))
        session.execute(delete(Slot))

    with counties.seen_by() as session:
        assert set(session.scalars(select(Grid.name))) == {"Mine", "There"}
        assert [code[:6] for code in session.scalars(select(Slot.area_code))] == [OTHER]


GRID = Grid.__table__
UNREACHABLE: dict[str, Any] = {
    "table": select(GRID),
    "column": select(GRID.c.code),
    "aliased table": select(GRID.alias().c.code),
    "question of tables": select(select(GRID.c.code).subquery().c.code),
    "beside a model": select(Specialty.code, GRID.c.code),
    "condition of a model": select(GRID.c.code).where(Grid.id > 0),
    "model over a table": select(aliased(Grid, select(GRID).subquery())),
    "exists": select(literal(1)).where(exists(select(GRID.c.id))),
    "text": text("SELECT code FROM grid"),
    "text column": select(Specialty.code, text("(SELECT max(code) FROM grid)")),
    "rows from text": select(Grid).from_statement(text("SELECT * FROM grid")),
    "insert from": insert(Specialty).from_select(["code"], select(Grid.code)),
    "handed back": update(GRID).values(name="X").returning(GRID.c.code),
}


@pytest.mark.parametrize("actor", [PLANNER, OPERATOR], ids=["planner", "operator"])
def test_what_cannot_be_narrowed_is_refused(counties: Make, actor: Actor) -> None:
    answered = []
    with counties.seen_by(actor) as session:
        for name, asked in UNREACHABLE.items():
            with suppress(NotNarrowed):
                session.execute(asked)
                answered.append(name)

    assert answered == []


def test_tables_may_be_written_in_bulk(counties: Make) -> None:
    with counties.runtime.sessions.write(PLANNER, NOW) as session:
        names = {"name_zh": "一", "name_en": "One"}
        session.execute(insert(Specialty.__table__), [{"code": "one"} | names])
        session.execute(update(GRID).values(kind="park"))


def test_without_an_actor_nothing_is_read_or_written(counties: Make) -> None:
    with Session(counties.runtime.sessions.engine) as session:
        with pytest.raises(NoActor):
            session.scalars(select(Grid.code))
        with pytest.raises(NoActor):
            session.get(Grid, 1)
        session.add(Specialty(code="two", name_zh="二", name_en="Two"))
        with pytest.raises(NoActor):
            session.flush()


@pytest.mark.parametrize(
    "code", ["", "33%", "33_2", " 3301", "３３０１", "33010", "3301'--", "*", "3301\n"]
)
def test_nobody_acts_for_what_is_no_area(code: str) -> None:
    with pytest.raises(NotAnArea):
        planner(code)


def test_people_from_elsewhere_are_seen_through_a_post_they_hold_here(make: Make) -> None:
    city = make.department("City", area="9900")
    guest = make.cadre("Guest", department=city, specialties=["lawyer"])
    make.cadre("Stranger", department=city)
    make.grid("Here", members=[guest])
    common = {"cadre_id": guest.id, "area_code": "9900"}
    make.session.add(CadrePhone(phone="1", **common))
    make.session.add(Recusal(place_code=HERE, valid_from=FIRST, **common))

    with make.seen_by(PLANNER) as session:
        people = list(session.scalars(select(Cadre.name)))
        offices = session.scalar(select(func.count()).select_from(Office))
        department = session.scalars(select(Department.code)).all()
        beside = [len(session.scalars(select(kind)).all()) for kind in (CadrePhone, Recusal)]

    assert (people, offices, department, beside) == (["Guest"], 1, ["City"], [1, 1])


def test_a_draft_shows_nobody_from_elsewhere(make: Make) -> None:
    guest = make.cadre("Guest", department=make.department("City", area="9900"))
    make.plan({make.post(make.grid("Here"), "chief"): [guest]}, state="draft")

    with make.seen_by(PLANNER) as session:
        assert session.scalars(select(Cadre)).all() == []


def test_what_the_city_published_is_seen_by_its_counties_and_its_drafts_are_not(make: Make) -> None:
    make.publication(make.plan(area="9900"))
    make.plan(area="9900", state="draft")
    make.publication(make.plan(area=OTHER))

    with make.seen_by(PLANNER) as session:
        assert session.scalars(select(Publication.area_code)).all() == ["9900"]
        assert session.scalars(select(Plan.area_code)).all() == ["9900"]


def test_roads_and_water_are_seen_from_within(make: Make) -> None:
    grid = make.grid("A")
    make.commit()
    with make.seen_by() as session:
        line = session.scalars(select(GridShape.boundary)).one().boundary
    for area in ("99", COUNTY, grid.area_code, OTHER):
        make.session.add(Context(kind="road", name=area, shape=line, area_code=area))

    with make.seen_by(PLANNER) as session:
        names = session.scalars(select(Context.name)).all()

    assert sorted(names) == sorted(["99", COUNTY, grid.area_code])


@pytest.fixture
def field(make: Make) -> Make:
    """Ann and Bob on grid A, Eve beside them on B in the same community, Zed farther off."""
    people = {
        name: make.cadre(name, specialties=["lawyer"]) for name in ("Ann", "Bob", "Eve", "Zed")
    }
    places = {
        "A": make.grid("A", community=HERE, members=[people["Ann"], people["Bob"]]),
        "B": make.grid("B", community=HERE, members=[people["Eve"]]),
        "C": make.grid("C", community=f"{COUNTY}002001", members=[people["Zed"]]),
    }
    for grid in places.values():
        make.enterprise(grid, name=grid.name)
        dispute = make.dispute(grid, placed=True)
        kind = {"kind": "visit", "cadre_id": people["Zed"].id, "day": TODAY}
        make.session.add(Service(grid_id=grid.id, area_code=grid.area_code, **kind))
        assert dispute.grid_id == grid.id
    return make


@pytest.fixture
def ann(field: Make) -> Iterator[Session]:
    """The town as Ann sees it."""
    cadre = field.session.scalars(select(Cadre).where(Cadre.name == "Ann")).one()
    with field.seen_by(field.viewer(cadre)) as session:
        yield session


def test_a_cadre_sees_her_own_place_and_who_serves_there(ann: Session) -> None:
    assert set(ann.scalars(select(Cadre.name))) == {"Ann", "Bob"}
    assert ann.scalars(select(Enterprise.name)).all() == ["A"]
    for kind, number in ((Dispute, 1), (DisputePlace, 0), (Service, 1), (Assignment, 2)):
        assert ann.scalar(select(func.count()).select_from(kind)) == number, kind
    for kind, number in ((Post, 1), (Slot, 1), (Office, 2), (Department, 2), (Plan, 1)):
        assert ann.scalar(select(func.count()).select_from(kind)) == number, kind


def test_a_cadre_sees_the_ground_of_her_community_to_know_the_neighbours(ann: Session) -> None:
    assert set(ann.scalars(select(Grid.name))) == {"A", "B"}
    assert ann.scalar(select(func.count()).select_from(RevisionGrid)) == 2
    assert set(ann.scalars(select(Area.code))) == {HERE, HERE[:9], HERE[:6]}


def test_a_cadre_without_a_post_sees_herself(field: Make) -> None:
    idle = field.cadre("Idle")

    with field.seen_by(field.viewer(idle)) as session:
        assert session.scalars(select(Cadre.name)).all() == ["Idle"]
        for kind in (Grid, GridShape, Enterprise, Dispute, DisputePlace, Post, Assignment, Travel):
            assert session.scalars(select(kind)).all() == [], kind


def test_a_chief_sees_all_that_lies_in_the_township(make: Make) -> None:
    chief = make.cadre("Chief", rank="leader")
    make.grid("A", community=HERE)
    make.grid("B", community=f"{COUNTY}001002")
    make.grid("C", community=f"{COUNTY}002001")
    make.publication(make.plan({make.post(make.area(HERE[:9]), "chief"): [chief]}))

    with make.seen_by(make.viewer(chief)) as session:
        assert set(session.scalars(select(Grid.name))) == {"A", "B"}


def test_a_new_table_of_areas_is_hidden_from_cadres_until_somebody_decides(make: Make) -> None:
    cadre = make.cadre("Ann")
    make.session.add(
        Travel(office_id=cadre.office_id, place_code=HERE, minutes=1, area_code=COUNTY)
    )

    with make.seen_by(make.viewer(cadre)) as session:
        assert session.scalars(select(Travel)).all() == []


def test_every_table_of_areas_is_known_to_narrowing() -> None:
    assert {kind.__name__ for kind in narrow.scoped()} >= {"Grid", "Audit", "Ledger", "Batch"}
