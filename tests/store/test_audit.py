from gisapp.auth import OPERATOR, Actor, Role
from gisapp.store import audit
from gisapp.store.models import Audit
from tests.factories import COUNTY, Make

NEIGHBOUR = Actor("neighbour", Role.PLANNER, "990002")


def test_links_are_numbered_without_a_gap_within_their_area(make: Make) -> None:
    for area in (COUNTY, "990002", COUNTY):
        audit.note(make.session, "plan.made", "plan 1", area_code=area, moved=3)

    with make.seen_by(OPERATOR) as session:
        rows = session.query(Audit.area_code, Audit.number).order_by(Audit.id).all()
        whole = audit.verify(session)

    assert [tuple(row) for row in rows] == [(COUNTY, 1), ("990002", 1), (COUNTY, 2)]
    assert whole == []


def test_the_first_link_that_does_not_fit_is_named(make: Make) -> None:
    for number in range(5):
        audit.note(make.session, "plan.made", f"plan {number}", area_code=COUNTY)
    rows = list(make.session.query(Audit).order_by(Audit.number))
    links = [
        {name: getattr(row, name) for name in audit.FIELDS} | {"digest": row.digest} for row in rows
    ]

    links[2]["actor"] = "somebody else"

    assert audit.broken(links) == [(COUNTY, 3)]
    assert audit.broken(links[:1] + links[2:]) == [(COUNTY, 3)]


def test_a_stamp_changes_with_what_the_actor_can_see_and_nothing_else(make: Make) -> None:
    audit.note(make.session, "plan.made", "plan 1", area_code=COUNTY)
    with make.seen_by(NEIGHBOUR) as session:
        before = audit.stamp(session)

    audit.note(make.session, "plan.made", "plan 2", area_code=COUNTY)
    with make.seen_by(NEIGHBOUR) as session:
        elsewhere = audit.stamp(session)
    audit.note(make.session, "plan.made", "plan 3", area_code="990002")
    with make.seen_by(NEIGHBOUR) as session:
        here = audit.stamp(session)

    assert before == elsewhere != here
