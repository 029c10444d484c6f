"""Accepted repairs mend what they name, as a whole, and can be taken back."""

from datetime import timedelta

import pytest
import shapely
from sqlalchemy import func, select

from gisapp.actions import repairs
from gisapp.actions.checks import check
from gisapp.actions.repairs import NothingToRepair, repair, undo
from gisapp.errors import Forbidden
from gisapp.runtime import Runtime
from gisapp.store import outlines, revisions
from gisapp.store.models import Audit, Enterprise, Grid
from gisapp.store.repairs import RepairNotFound, RepairOvertaken
from tests.factories import LEADER, Make

pytestmark = pytest.mark.both


def kinds(make: Make) -> list[str]:
    return [finding.kind for finding in check(make.session) if finding.repair]


def two_with_a_gap(make: Make) -> list[Grid]:
    community = make.community(shape=shapely.box(120.0, 30.0, 120.01, 30.005))
    halves = [shapely.box(120.0, 30.0, 120.005, 30.005), shapely.box(120.00502, 30, 120.01, 30.005)]
    return [make.grid(households=400, community=community, shape=half) for half in halves]


def test_a_closed_sliver_makes_a_new_revision_and_undo_brings_the_old_borders(make: Make) -> None:
    grids = two_with_a_gap(make)
    first = revisions.current(make.session)
    before = outlines.of_grids(make.session)

    done = repair(make.session, ["sliver"])

    assert (done.mended, done.left) == (1, [])
    assert done.revision != first
    assert check(make.session, "grids") == []

    undo(make.session, done.batch)

    after = outlines.of_grids(make.session)
    assert all(after[grid.id].equals(before[grid.id]) for grid in grids)
    assert kinds(make) == ["sliver"]


def test_a_strip_claimed_twice_is_left_to_the_first(make: Make) -> None:
    first = make.grid(households=400, shape=shapely.box(120.0, 30.0, 120.005, 30.005))
    make.grid(households=400, shape=shapely.box(120.00498, 30.0, 120.01, 30.005))
    before = outlines.of_grids(make.session)[first.id]

    repair(make.session, [f"sliver:{first.code}"])

    assert kinds(make) == []
    assert outlines.of_grids(make.session)[first.id].equals(before)


def test_enterprises_come_into_the_grid_they_lie_in_and_doubles_end(make: Make) -> None:
    here, there = make.grid(households=400), make.grid(households=400)
    firm = make.enterprise(here, name="One")
    double = make.enterprise(here, name="One", register_number="Z9")
    firm.grid_id = there.id

    done = repair(make.session, ["misplaced", "duplicate:Z9"])

    assert firm.grid_id == here.id
    assert double.valid_to == make.today - timedelta(days=1)
    assert kinds(make) == []

    assert undo(make.session, done.batch) == 2
    assert (firm.grid_id, double.valid_to) == (there.id, None)


def test_a_dispute_comes_into_the_grid_it_lies_in(make: Make) -> None:
    here, there = make.grid(), make.grid()
    dispute = make.dispute(here, placed=True)
    dispute.grid_id = there.id

    repair(make.session, [f"misplaced:{dispute.case_number}"])

    assert dispute.grid_id == here.id


def test_an_area_hangs_under_the_area_its_code_begins_with(make: Make) -> None:
    community = make.community()
    mine, other = community.parent_id, make.area("990001002").id
    community.parent_id = other

    done = repair(make.session, ["parent"])

    assert community.parent_id == mine
    undo(make.session, done.batch)
    assert community.parent_id == other


def test_what_was_changed_since_is_not_taken_back(make: Make) -> None:
    here, there = make.grid(), make.grid()
    firm = make.enterprise(here)
    firm.grid_id = there.id
    done = repair(make.session, ["misplaced"])
    firm.grid_id = None

    with pytest.raises(RepairOvertaken):
        undo(make.session, done.batch)


def test_borders_that_were_drawn_anew_are_not_taken_back(make: Make) -> None:
    first, second = two_with_a_gap(make)
    done = repair(make.session, ["sliver"])
    other = shapely.MultiPolygon([shapely.box(121.0, 30.0, 121.005, 30.005)])
    revisions.record(make.session, {first.id: other, second.id: other}, {})

    with pytest.raises(RepairOvertaken):
        undo(make.session, done.batch)


@pytest.mark.parametrize("asked", ["overlap", "sliver:nobody", "", "duplicate"])
def test_what_has_no_repair_is_said(make: Make, asked: str) -> None:
    two_with_a_gap(make)

    with pytest.raises(NothingToRepair):
        repair(make.session, [asked])


@pytest.mark.parametrize(
    "batch", ["990001-R9", "990001", "", "990001-R" + "9" * 30, "R1\N{DIGIT ONE}"]
)
def test_there_is_nothing_to_take_back_twice(make: Make, batch: str) -> None:
    with pytest.raises(RepairNotFound):
        undo(make.session, batch)


def test_a_repair_is_audited_and_listed_with_who_and_when(make: Make) -> None:
    two_with_a_gap(make)
    done = repair(make.session, ["sliver"])

    (row,) = repairs.listed(make.session)

    assert (row["batch"], row["kind"], row["undone"]) == (done.batch, "sliver", False)
    deeds = make.session.scalars(select(Audit.deed).where(Audit.subject == done.batch)).all()
    assert list(deeds) == ["data.repaired"]


def test_a_leader_may_not_repair(runtime: Runtime, make: Make) -> None:
    two_with_a_gap(make)

    with make.seen_by(LEADER) as session, pytest.raises(Forbidden):
        repair(session, ["sliver"])


def test_points_are_joined_anew_when_a_border_moves(make: Make) -> None:
    two_with_a_gap(make)
    lost = make.enterprise(place=shapely.Point(120.00501, 30.002))

    repair(make.session, ["sliver"])

    question = select(func.count()).where(Enterprise.id == lost.id, Enterprise.grid_id.is_not(None))
    assert make.session.scalar(question) == 1
