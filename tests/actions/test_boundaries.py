"""New boundaries are shown, accepted whole and taken back; what was a grid's goes on after it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select, update

from gisapp.actions import alerts, beforeafter, boundaries, drafting, import_reading
from gisapp.actions.alerts import AlertsQuery
from gisapp.actions.batches import BatchNeeded
from gisapp.actions.beforeafter import EffectQuery
from gisapp.actions.posts import make_posts
from gisapp.auth import OPERATOR
from gisapp.core import windows
from gisapp.core.alerts import Seen
from gisapp.store import disputes, plans, releases, revisions, services
from gisapp.store.days import valid_on
from gisapp.store.models import (
    Batch,
    Dispute,
    Enterprise,
    Grid,
    Lineage,
    Post,
    Publication,
    Recusal,
    Service,
    Slot,
)
from tests.brought import CRS, Town
from tests.factories import COUNTY, Make
from tests.intake.built import content_here, gpkg

COMMUNITY = f"{COUNTY}001001"
ACCEPT = replace(CRS, accept=True)


def grid(number: int) -> str:
    return f"{COMMUNITY}{number:03d}"


def box(west: float, east: float) -> Any:
    """A grid from one hundredth of a degree to another."""
    return shapely.box(120 + west / 100, 30, 120 + east / 100, 30.01)


class Ground(Town):
    """Four grids side by side, 1 to 4, each with a member in today's plan."""

    def file(self, shapes: dict[int, Any], **more: Any) -> Path:
        path = self.folder / f"grids{self.make._next()}.gpkg"  # noqa: SLF001
        rows = [{"code": grid(number), **more} for number in shapes]
        return gpkg(path, rows, list(shapes.values()))

    def standing(self) -> list[int]:
        """Numbers of the grids that hold today, as the boundaries in force draw them."""
        with self.make.runtime.sessions.read(OPERATOR, self.make.now) as session:
            valid = set(session.scalars(select(Grid.code).where(valid_on(Grid, session.today))))
            drawn = revisions.ids(session, revisions.current(session) or 0).codes["grid"]
            assert set(drawn) == valid
        return [int(code[-3:]) for code in drawn]

    def all(self, statement: Any) -> list[Any]:
        with self.make.runtime.sessions.read(OPERATOR, self.make.now) as session:
            return list(session.execute(statement).all())

    def accept(self, proposal: str) -> boundaries.Accepted:
        with self.make.runtime.sessions.write(OPERATOR, self.make.now) as session:
            return boundaries.accept(session, proposal)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of its own for each file would take most of the time."""
    monkeypatch.setattr(import_reading, "content", content_here)


@pytest.fixture
def ground(make: Make, tmp_path: Path) -> Ground:
    make.area(COMMUNITY, shape=box(0, 5))
    for number in range(1, 5):
        make.grid(code=grid(number), shape=box(number - 1, number), members=[make.cadre()])
    make.commit()
    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        make_posts(session)
    return Ground(make, tmp_path)


NEW = {11: box(0, 0.75), 12: box(0.75, 1), 21: box(1, 3), 31: box(3, 4)}
"""Grid 1 is split into two, 2 and 3 become one, 4 gets another code."""


def test_what_a_file_would_change_is_shown_and_nothing_is_stored(ground: Ground) -> None:
    before = ground.picture()

    report = ground.bring("grids", ground.file(NEW))

    assert report.proposal is not None
    assert (report.batch, report.read, report.stored) == ("", 4, 4)
    assert ground.picture() == before
    assert ground.all(select(func.count()).select_from(Batch)) == [(0,)]
    told = [
        (one["kind"], [c[-3:] for c in one["old"]], [c[-3:] for c in one["new"]], one["placements"])
        for one in report.proposal.changes
    ]
    assert told == [
        ("split", ["001"], ["011", "012"], 1),
        ("merged", ["002", "003"], ["021"], 2),
        ("recoded", ["004"], ["031"], 1),
    ]
    assert report.proposal.changes[0]["shares"] == {grid(1): {grid(11): 0.75, grid(12): 0.25}}
    said = [
        one.message.format(**one.fields) for one in boundaries.sentences(report.proposal.changes[0])
    ]
    assert said[0] == f"Grid {grid(1)} is split: {grid(11)} 75 %, {grid(12)} 25 %."


@pytest.mark.both
def test_all_that_was_a_grids_goes_on_and_comes_back_when_it_is_undone(ground: Ground) -> None:
    make = ground.make
    cadre = plans_of(ground)["staff_number"].iloc[0]
    ground.bring("recusals", f"staff_number,place\n{cadre},{grid(1)}\n")
    for _ in range(8):
        make.dispute(ground_grid(ground, 1))
    placed = make.dispute(ground_grid(ground, 4))
    make.commit()
    ground.bring("enterprises", "register_number,name,lon,lat\n1,a,120.009,30.005\n")
    before = ground.picture()
    key = key_now(ground)
    proposal = ground.bring("grids", ground.file(NEW)).proposal
    assert proposal is not None

    done = ground.accept(proposal.proposal)

    assert ground.standing() == [11, 12, 21, 31]
    assert (done.added, done.ended) == (4, 4)
    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        old = revisions.ids(session, revisions.by_key(session, key))
        assert old.codes["grid"] == [grid(number) for number in range(1, 5)]
        yesterday = session.today - timedelta(days=1)
        posts = set(session.scalars(select(Post.code).where(valid_on(Post, session.today))))
        then = set(session.scalars(select(Post.code).where(valid_on(Post, yesterday))))
    assert {code for code in posts if ":member" in code and len(code) > 19} == {
        f"{grid(number)}:member" for number in NEW
    }
    assert {f"{grid(number)}:member" for number in range(1, 5)} <= then
    homes = dict(ground.all(select(Grid.code, func.count()).join(Dispute).group_by(Grid.code)))
    assert homes == {grid(11): 6, grid(12): 2, grid(31): 1}
    assert placed.id
    assert ground.all(select(Grid.code).join(Enterprise)) == [(grid(12),)]
    assert sorted(code for (code,) in ground.all(select(Recusal.place_code))) == [
        *(grid(1), grid(11), grid(12))
    ]
    shares = dict(
        ground.all(
            select(Grid.code, Lineage.share)
            .join(Lineage, Lineage.new_grid_id == Grid.id)
            .where(Grid.code.in_([grid(11), grid(12)]))
        )
    )
    assert shares == pytest.approx({grid(11): 0.75, grid(12): 0.25})
    ((draft, carried, left),) = done.drafts
    assert (carried, left) == (3, 1), "two served where one seat is now"

    assert ground.refusal(done, BatchNeeded).fields["count"] == 3
    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        drafting.delete(session, draft, plans.by_code(session, draft).version)
    ground.undo(done)
    assert ground.picture() == before
    assert ground.standing() == [1, 2, 3, 4]
    assert key_now(ground) == key


def plans_of(ground: Ground) -> Any:
    with ground.make.runtime.sessions.read(OPERATOR, ground.make.now) as session:
        return plans.holdings(session, None, session.today)


def ground_grid(ground: Ground, number: int) -> Grid:
    with ground.make.runtime.sessions.read(OPERATOR, ground.make.now) as session:
        return session.scalars(select(Grid).where(Grid.code == grid(number))).one()


def key_now(ground: Ground) -> str:
    with ground.make.runtime.sessions.read(OPERATOR, ground.make.now) as session:
        return revisions.key(session, revisions.newest(session) or 0)


def test_a_file_that_changes_no_border_is_stored_at_once(ground: Ground) -> None:
    same = {number: box(number - 1, number) for number in range(1, 5)}

    again = ground.bring("grids", ground.file(same, households=300))
    more = ground.bring("grids", ground.file({5: box(4, 5)}, households=1))
    part = ground.bring("grids", ground.file({1: box(0, 1)}, households=200))

    assert [one.proposal for one in (again, more, part)] == [None, None, None]
    assert ground.standing() == [1, 2, 3, 4, 5]


def test_what_a_whole_file_does_not_name_goes_and_what_a_part_leaves_out_stays(
    ground: Ground,
) -> None:
    three = {1: box(0, 1), 2: box(1, 2), 3: box(2, 3.5)}

    whole = ground.bring("grids", ground.file(three)).proposal
    part = ground.bring("grids", ground.file(three), replace(CRS, part=True)).proposal
    faulty = [*({"code": grid(number)} for number in three), {"code": "no code"}]
    path = gpkg(ground.folder / "faulty.gpkg", faulty, [*three.values(), box(0, 1)])
    refused = ground.bring("grids", path).proposal

    assert whole is not None
    assert [one["kind"] for one in whole.changes] == ["merged"]
    assert whole.changes[0]["old"] == [grid(3), grid(4)]
    for one in (part, refused):
        assert one is not None
        assert [(each["kind"], each["old"]) for each in one.changes] == [("changed", [grid(3)])]


def test_a_decision_is_made_once_and_only_on_what_still_stands(ground: Ground) -> None:
    first = ground.bring("grids", ground.file({1: box(0, 0.5)})).proposal
    second = ground.bring("grids", ground.file({4: box(3.2, 4)})).proposal
    assert first is not None
    assert second is not None
    done = ground.accept(first.proposal)

    with pytest.raises(boundaries.ProposalStale):
        ground.accept(second.proposal)
    with pytest.raises(boundaries.ProposalDecided):
        ground.accept(first.proposal)
    ground.undo(done)
    with ground.make.runtime.sessions.write(OPERATOR, ground.make.now) as session:
        boundaries.reject(session, second.proposal)
        states = [row.state for row in boundaries.listed(session)[0]]
    assert states == ["rejected", "undone"]
    assert ground.standing() == [1, 2, 3, 4]


def test_boundaries_go_back_and_forth_on_one_day(ground: Ground) -> None:
    for number in (31, 4, 31, 4):
        ground.bring("grids", ground.file({number: box(3, 4)}), ACCEPT)

    assert ground.standing() == [1, 2, 3, 4]
    assert ground.all(
        select(func.count())
        .select_from(Slot)
        .join(Post)
        .where(Post.code == f"{grid(4)}:member", Post.valid_to.is_(None))
    ) == [(1,)]


def test_published_months_of_a_grid_that_goes_are_counted_where_its_land_goes_on(
    ground: Ground,
) -> None:
    make = ground.make
    for number, cases in ((1, 8), (3, 5)):
        for _ in range(cases):
            make.dispute(ground_grid(ground, number))
    make.commit()
    month = windows.number(make.today) - 2
    with make.runtime.sessions.write(OPERATOR, make.now) as session:
        releases.ensure(session, [month])
    ground.bring("grids", ground.file({11: box(0, 0.75), 12: box(0.75, 1)}), ACCEPT)
    ground.bring("grids", ground.file({41: box(0, 1)}), replace(ACCEPT, part=True))

    codes = [grid(number) for number in (2, 3, 4, 41)]
    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        found = disputes.tally(session, codes)
        late = releases.late(session)

    assert found.counts(found.recorded, 4, None).sum(axis=0).tolist() == [0, 5, 0, 8]
    assert found.outside(found.recorded) == 0
    assert late == 0, "what is known now agrees with what was published"


def accept_new(ground: Ground) -> None:
    proposal = ground.bring("grids", ground.file(NEW)).proposal
    assert proposal is not None
    ground.accept(proposal.proposal)


def visited(ground: Ground, *numbers: int) -> None:
    """Somebody was in each of some grids in February."""
    session, cadre = ground.make.session, ground.make.cadre()
    for number in numbers:
        where = {"grid_id": ground_grid(ground, number).id, "area_code": COMMUNITY}
        session.add(Service(kind="visit", cadre_id=cadre.id, day=date(2026, 2, 5), **where))


@pytest.mark.both
def test_visits_and_members_go_on_in_what_was_split_merged_or_named_anew(ground: Ground) -> None:
    make = ground.make
    visited(ground, 1, 1, 2, 3)
    make.session.execute(update(Publication).values(starts_on=date(2026, 2, 1)))
    make.commit()

    accept_new(ground)

    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        codes = [grid(number) for number in NEW]
        seen = services.visits(session, codes, date(2026, 1, 1), make.today)
        effects = [
            beforeafter.compare(session, EffectQuery(what=what, quarter="2026-Q1"))
            for what in ("service", "member")
        ]
    assert seen.tolist() == [2, 2, 2, 0]
    assert [(one["began"], one["never"]) for one in effects] == [(3, 1), (4, 0)]


@pytest.mark.parametrize("after", [(11, 12), (31,), (21, 31)])
def test_a_gathering_that_was_told_is_not_new_under_other_boundaries(
    ground: Ground, after: tuple[int, ...]
) -> None:
    make = ground.make
    month = windows.number(make.today) - 1
    old = {(11, 12): [1], (31,): [4], (21, 31): [2, 4]}[after]

    def tell(*numbers: int) -> list[dict[str, Any]]:
        seen = Seen(frozenset(grid(number) for number in numbers), month, 2, 10)
        with make.runtime.sessions.write(OPERATOR, make.now) as session:
            query = SimpleNamespace(category=None)
            found = SimpleNamespace(query=query)
            here = {"area": alerts.own(session), "month": month}
            looked: Any = SimpleNamespace(**here, found=found, seen=lambda: [seen])
            return alerts.documents(session, alerts.tell(session, looked))

    first = tell(*old)
    accept_new(ground)

    with make.runtime.sessions.read(OPERATOR, make.now) as session:
        (listed,) = alerts.listed(session, AlertsQuery())
    assert [one["why"] for one in first] == ["new"]
    assert listed["grids"] == [grid(number) for number in after]
    assert tell(*after) == []


OTHER = f"{COUNTY}001002"


def areas(ground: Ground, shapes: dict[str, Any]) -> Path:
    path = ground.folder / f"areas{ground.make._next()}.gpkg"  # noqa: SLF001
    rows = [{"code": code, "name": code} for code in shapes]
    return gpkg(path, rows, list(shapes.values()))


@pytest.mark.both
def test_other_outlines_of_areas_wait_and_are_accepted_and_taken_back_whole(
    ground: Ground,
) -> None:
    before = ground.picture()
    file = areas(ground, {COMMUNITY: box(0, 3.2), OTHER: box(3.2, 5)})

    found = ground.bring("areas", file).proposal

    assert found is not None
    assert ground.picture() == before
    told = [(one["kind"], one["old"], one["new"], one["stays"]) for one in found.changes]
    assert told == [
        ("area_changed", [COMMUNITY], [COMMUNITY], 0.64),
        ("area_added", [], [OTHER], 0.0),
    ]
    assert found.changes[0]["outside"] == 1
    said = " ".join(one.message for one in boundaries.sentences(found.changes[0]))
    assert "bring their borders next" in said

    done = ground.accept(found.proposal)

    assert (done.added, done.changed, done.ended) == (1, 1, 0)
    assert ground.standing() == [1, 2, 3, 4]
    with ground.make.runtime.sessions.read(OPERATOR, ground.make.now) as session:
        land = revisions.shapes(session, revisions.current(session) or 0, "community")
    assert shapely.area(land) == pytest.approx([3.2e-4, 1.8e-4])
    ground.undo(done)
    assert ground.picture() == before


def test_areas_on_free_land_and_the_same_outlines_again_are_stored_at_once(ground: Ground) -> None:
    file = areas(ground, {COMMUNITY: box(0, 5), OTHER: box(5, 6)})

    report = ground.bring("areas", file)

    assert (report.proposal, report.added) == (None, 1)


def test_an_area_that_others_take_stays_and_is_named(ground: Ground) -> None:
    ground.bring("areas", areas(ground, {OTHER: box(5, 6)}))

    found = ground.bring("areas", areas(ground, {COMMUNITY: box(0, 6)})).proposal

    assert found is not None
    assert [(one["kind"], one["old"]) for one in found.changes] == [
        ("area_changed", [COMMUNITY]),
        ("area_kept", [OTHER]),
    ]
