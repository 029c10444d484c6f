from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from gisapp.actions import draft_heads, drafting, editing, refusals
from gisapp.actions.asked import NoSuchCadre, NoSuchPost
from gisapp.actions.board import Board
from gisapp.actions.deeds import Assign, Lock, Remove, Swap, TakeProposal, Unlock
from gisapp.actions.effects import FEW
from gisapp.actions.laid import Laid
from gisapp.actions.plans import publish_plan, publish_seen
from gisapp.actions.versions import DraftChanged
from gisapp.auth import OPERATOR
from gisapp.errors import GisappError
from gisapp.runtime import Runtime
from gisapp.store import drafts, plans
from gisapp.store.models import Audit, Cadre, DraftChange, Recusal
from tests.county import COUNTY, NOW, PLANNER, TODAY
from tests.drafted import (
    CHIEF,
    GU,
    SONG,
    Planner,
    cadre,
    drafted,
    held,
    load,
    member,
    rows,
    started,
)

SINCE = date(2020, 1, 1)


def free(planner: Planner, number: int = 0) -> str:
    """Somebody of the staff who holds nothing in the draft."""
    out = {row[2] for row in planner.rows()}
    return [cadre(n) for n in range(1, 17) if cadre(n) not in out][number]


def recuse(runtime: Runtime, who: str, post: str) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        person = session.scalars(select(Cadre).where(Cadre.staff_number == who)).one()
        place = post.rpartition(":")[0]
        session.add(
            Recusal(cadre_id=person.id, place_code=place, area_code=COUNTY, valid_from=SINCE)
        )


def test_a_new_draft_holds_what_is_in_force(runtime: Runtime) -> None:
    planner = drafted(runtime)

    with runtime.sessions.read(PLANNER, NOW) as session:
        plan = plans.by_code(session, planner.plan)
        (in_force,) = plans.in_force(session, TODAY)
        before = rows(session, plans.code(in_force.plan))
        assert (plan.state, plan.mode, plan.based_on_id) == ("draft", "normal", in_force.plan_id)
    assert [row[:4] for row in planner.rows()] == [row[:4] for row in before]
    assert planner.version == plan.version


def test_what_does_not_stand_today_is_left_out_of_a_new_draft(runtime: Runtime) -> None:
    first = drafted(runtime)
    gone = first.rows()[0]
    recuse(runtime, gone[2], gone[0])

    assert [row for row in first.rows() if row not in started(runtime).rows()] == [gone]


def test_somebody_is_put_into_a_free_seat(runtime: Runtime) -> None:
    planner = drafted(runtime)
    post, who = member(1), held(planner.rows(), member(1))[0]
    went = planner.do(Remove(post, who))
    newcomer = free(planner)

    answer = planner.do(Assign(post, newcomer))

    assert held(planner.rows(), post) == [newcomer]
    assert answer["kept"]
    assert answer["effect"]["seats_filled"] == 1
    assert post.partition(":")[0] in [row["code"] for row in went["changed"]["grids"]]
    assert str(answer["sentence"].message) == "{person} goes to {place}."


def test_somebody_takes_the_place_of_somebody_else(runtime: Runtime) -> None:
    planner = drafted(runtime)
    post, who = member(1), held(planner.rows(), member(1))[0]
    newcomer = free(planner)

    answer = planner.do(Assign(post, newcomer, instead_of=who))

    assert held(planner.rows(), post) == [newcomer]
    assert answer["effect"]["moved"] == 1
    assert answer["sentence"].fields["other"] == f"Cadre {int(who[1:])}"


def test_two_change_places(runtime: Runtime) -> None:
    planner = drafted(runtime)
    found = planner.rows()
    one, two = held(found, member(1))[0], held(found, member(2))[0]
    assert one != two

    planner.do(Swap(member(1), one, member(2), two))

    assert (held(planner.rows(), member(1)), held(planner.rows(), member(2))) == ([two], [one])


def test_a_change_lays_out_what_its_rows_would_be_laid_out_to(runtime: Runtime) -> None:
    planner = drafted(runtime)
    found = planner.rows()
    one, two = held(found, member(1))[0], held(found, member(2))[0]
    changes: list[Callable[[], Any]] = [
        lambda: planner.do(Lock([(member(1), one)])),
        lambda: planner.do(Unlock([(member(1), one)])),
        lambda: planner.do(Remove(member(2), two)),
        lambda: planner.do(Assign(member(2), free(planner))),
        lambda: planner.do(Assign(member(1), two, instead_of=one)),
        planner.undo,
        planner.redo,
        lambda: planner.do(Lock(all=True)),
        planner.undo,
        planner.redo,
    ]

    for change in changes:
        change()
        with runtime.sessions.read(PLANNER, NOW) as session:
            desk = planner.opened(session, planner.plan)
            version, laid = desk.placed(session)
            again = desk.lay(version.rows())

        for name in ("post", "slot", "cadre", "locked", "keys", "state", "locked_grids"):
            assert (getattr(laid, name) == getattr(again, name)).all(), name
        for name in ("members", "minutes", "lacking", "strained", "supply"):
            found, whole = getattr(laid.town.coverage, name), getattr(again.town.coverage, name)
            assert (found == whole).all(), name
        for name in ("grid", "cadre", "minutes"):
            found, whole = getattr(laid.town.serving, name), getattr(again.town.serving, name)
            assert (found == whole).all(), name
        assert laid.figures == again.figures


def test_a_lock_counts_and_covers_nothing_anew(runtime: Runtime) -> None:
    planner = drafted(runtime)

    def now() -> Laid:
        with runtime.sessions.read(PLANNER, NOW) as session:
            return planner.opened(session, planner.plan).now(session)[1]

    before = now()
    planner.do(Lock(all=True))
    after = now()
    planner.undo()
    back = now()
    planner.redo()

    assert [after.locked.all(), back.locked.any(), now().locked.all()] == [True, False, True]
    assert all(laid.town is before.town for laid in (after, back, now()))
    assert all(laid.tally is before.tally for laid in (after, back, now()))


def test_locks_are_set_and_taken_off_by_pair_by_grid_and_for_all(runtime: Runtime) -> None:
    planner = drafted(runtime)
    found = planner.rows()
    pairs = [(member(1), held(found, member(1))[0]), (member(2), held(found, member(2))[0])]

    def locked() -> set[str]:
        return {row[0] for row in planner.rows() if row[3]}

    planner.do(Lock(pairs=pairs))
    assert locked() == {member(1), member(2)}
    planner.do(Unlock(pairs=pairs[:1]))
    assert locked() == {member(2)}
    planner.do(Lock(grids=[member(3).partition(":")[0]]))
    assert locked() == {member(2), member(3)}
    planner.do(Lock(all=True))
    assert locked() == {row[0] for row in found}
    planner.do(Unlock(all=True))
    assert not locked()
    assert [row[4] for row in planner.rows()] == [row[4] for row in found]


def test_a_preview_stores_nothing_and_says_the_same(runtime: Runtime) -> None:
    planner = drafted(runtime)
    before, version, who = planner.rows(), planner.version, held(planner.rows(), member(1))[0]

    seen = planner.do(Remove(member(1), who), preview=True)

    assert (seen["kept"], seen["version"], planner.rows()) == (False, version, before)
    kept = planner.do(Remove(member(1), who))
    assert [kept[name] for name in ("effect", "figures", "changed")] == [
        seen[name] for name in ("effect", "figures", "changed")
    ]


def refused(planner: Planner, deed: Any, kind: type[GisappError]) -> GisappError:
    before, version = planner.rows(), planner.version
    with pytest.raises(kind) as wrong:
        planner.do(deed)
    assert planner.rows() == before
    assert planner.look().version == version
    return wrong.value


def test_what_is_refused_stores_nothing(runtime: Runtime) -> None:
    planner = drafted(runtime)
    found, newcomer, leader = planner.rows(), free(planner), cadre(17)
    sits = held(found, member(1))[0]

    refused(planner, Assign("990101001001999:member", newcomer), NoSuchPost)
    refused(planner, Assign(member(1), "nobody"), NoSuchCadre)
    refused(planner, Assign(member(1), newcomer), refusals.NoSeatFree)
    refused(planner, Assign(member(1), sits), refusals.ThereAlready)
    refused(planner, Assign(member(1), leader, instead_of=sits), refusals.RankElsewhere)
    refused(planner, Assign(member(1), newcomer, slot=9), refusals.NoSuchSlot)
    refused(planner, Assign(member(1), newcomer, instead_of=newcomer), refusals.NotThere)
    refused(planner, Remove(member(1), newcomer), refusals.NotThere)
    refused(planner, Swap(member(1), sits, member(1), sits), refusals.SamePost)
    refused(planner, Lock(grids=["990101001001999"]), refusals.NoSuchGrid)
    refused(planner, Unlock(all=True), refusals.NothingChanges)
    chief = held(found, CHIEF)[0]
    refused(planner, Swap(member(1), sits, CHIEF, chief), refusals.RankElsewhere)


def test_nobody_gets_more_posts_than_can_be_taken(runtime: Runtime) -> None:
    planner = drafted(runtime)
    who = free(planner)
    for number in (1, 2):
        planner.do(Assign(member(number), who, instead_of=held(planner.rows(), member(number))[0]))
    sits = held(planner.rows(), member(3))[0]

    wrong = refused(planner, Assign(member(3), who, instead_of=sits), refusals.BeyondCapacity)

    assert (wrong.fields["held"], wrong.fields["capacity"]) == (2, 2)
    assert load(planner.rows(), who) == 2


def test_a_recusal_and_an_absence_are_kept(runtime: Runtime) -> None:
    planner = drafted(runtime)
    sits, (barred, away) = held(planner.rows(), member(1))[0], (free(planner), free(planner, 1))
    recuse(runtime, barred, member(1))
    with runtime.sessions.write(OPERATOR, NOW) as session:
        ended = {"available_to": date(2026, 1, 31)}
        session.execute(update(Cadre).where(Cadre.staff_number == away).values(**ended))

    refused(planner, Assign(member(1), barred, instead_of=sits), refusals.RecusedThere)
    refused(planner, Assign(member(1), away, instead_of=sits), refusals.NotAvailable)


def test_what_is_locked_is_unlocked_before_it_is_changed(runtime: Runtime) -> None:
    planner = drafted(runtime)
    found = planner.rows()
    one, two = held(found, member(1))[0], held(found, member(2))[0]
    planner.do(Lock(pairs=[(member(1), one)]))

    refused(planner, Remove(member(1), one), refusals.Locked)
    refused(planner, Assign(member(1), free(planner), instead_of=one), refusals.Locked)
    refused(planner, Swap(member(2), two, member(1), one), refusals.Locked)


def test_a_lock_against_a_recusal_is_refused_with_the_reason(runtime: Runtime) -> None:
    planner = drafted(runtime)
    who = held(planner.rows(), member(1))[0]
    recuse(runtime, who, member(1))

    for deed in (Lock(pairs=[(member(1), who)]), Lock(all=True)):
        wrong = refused(planner, deed, refusals.LockBarred)
        assert "must not serve" in str(wrong.fields["reason"])


def test_a_person_gone_meanwhile_can_be_taken_out(runtime: Runtime) -> None:
    planner = drafted(runtime)
    who = held(planner.rows(), member(1))[0]
    with runtime.sessions.write(OPERATOR, NOW) as session:
        left = {"valid_to": date(2026, 11, 1)}
        session.execute(update(Cadre).where(Cadre.staff_number == who).values(**left))

    planner.do(Remove(member(1), who))

    assert held(planner.rows(), member(1)) == []


def test_a_frozen_plan_stays_as_it_is(runtime: Runtime) -> None:
    planner = drafted(runtime)
    with runtime.sessions.write(PLANNER, NOW) as session:
        publish_plan(session, planner.plan, TODAY)
    planner.look()

    with pytest.raises(refusals.PlanFrozen):
        planner.do(Lock(all=True))
    with runtime.sessions.write(PLANNER, NOW) as session:
        other = drafting.branch(session, uuid4(), planner.plan, planner.version)
        assert rows(session, plans.code(other)) == planner.rows()


def test_each_change_is_one_version_one_row_and_one_link_of_the_audit(runtime: Runtime) -> None:
    planner = drafted(runtime)
    first = planner.version

    planner.do(Lock(all=True))
    planner.undo()
    planner.redo()

    with runtime.sessions.read(OPERATOR, NOW) as session:
        changes = session.scalars(select(DraftChange).order_by(DraftChange.version)).all()
        assert [(row.version - first, row.kind, row.about) for row in changes] == [
            (1, "deed", None),
            (2, "undo", first + 1),
            (3, "redo", first + 1),
        ]
        noted = select(func.count()).select_from(Audit).where(Audit.deed == "draft.changed")
        assert session.scalar(noted) == 3


def test_undo_names_whose_change_it_takes_back(runtime: Runtime) -> None:
    drafted(runtime)
    song = started(runtime, SONG)
    gu = Planner(runtime, song.plan, GU, song.version)
    mine = song.do(Lock(all=True))
    assert (mine["undo"]["mine"], mine["redo"]) == (True, None)

    with runtime.sessions.read(GU, NOW):
        seen = gu.look().do(Unlock(all=True), preview=True)

    assert (seen["undo"]["mine"], seen["undo"]["actor"]) == (False, "宋雨桐")
    back = gu.undo()
    assert (back["undo"], back["redo"]["actor"]) == (None, "宋雨桐")


def test_a_new_deed_ends_what_could_be_done_again(runtime: Runtime) -> None:
    planner = drafted(runtime)
    planner.do(Lock(all=True))
    planner.undo()

    assert planner.do(Lock(grids=[member(1).partition(":")[0]]))["redo"] is None

    with pytest.raises(refusals.NothingToRedo):
        planner.redo()
    planner.undo()
    with pytest.raises(refusals.NothingToUndo):
        planner.undo()


def test_a_stale_deed_is_told_who_changed_what_and_whether_it_matters(runtime: Runtime) -> None:
    drafted(runtime)
    song = started(runtime, SONG)
    gu = Planner(runtime, song.plan, GU, song.version)
    found = song.rows()
    one, two = held(found, member(1))[0], held(found, member(2))[0]
    assert one != two
    song.do(Remove(member(1), one))

    for deed, touches in ((Remove(member(1), one), True), (Remove(member(2), two), False)):
        with pytest.raises(DraftChanged) as wrong:
            gu.do(deed)
        (change,) = wrong.value.fields["changes"]
        assert (change["actor"], change["at"], change["version"]) == ("宋雨桐", NOW, song.version)
        assert wrong.value.fields["touches"] is touches

    gu.look().do(Remove(member(2), two))
    assert held(gu.rows(), member(1)) == held(gu.rows(), member(2)) == []


def test_a_branch_is_what_the_draft_was_at_a_version(runtime: Runtime) -> None:
    planner = drafted(runtime)
    first, version = planner.rows(), planner.version
    planner.do(Lock(all=True))
    planner.do(Unlock(grids=[member(1).partition(":")[0]]))

    with runtime.sessions.write(PLANNER, NOW) as session:
        other = drafting.branch(session, uuid4(), planner.plan, version)
        assert rows(session, plans.code(other)) == first
        assert other.based_on_id == plans.by_code(session, planner.plan).based_on_id
        with pytest.raises(refusals.NoSuchVersion):
            drafting.branch(session, uuid4(), planner.plan, planner.version + 1)


def test_a_draft_is_deleted_with_all_that_belongs_to_it(runtime: Runtime) -> None:
    planner = drafted(runtime)
    planner.do(Lock(all=True))

    with runtime.sessions.write(PLANNER, NOW) as session, pytest.raises(DraftChanged):
        drafting.delete(session, planner.plan, planner.version - 1)
    with runtime.sessions.write(PLANNER, NOW) as session:
        drafting.delete(session, planner.plan, planner.version)

    with runtime.sessions.read(PLANNER, NOW) as session:
        assert session.scalar(select(func.count()).select_from(DraftChange)) == 0
        with pytest.raises(plans.PlanNotFound):
            plans.by_code(session, planner.plan)


def test_a_proposal_is_taken_over_as_one_change(runtime: Runtime) -> None:
    planner = drafted(runtime)
    found = planner.rows()
    with runtime.sessions.read(PLANNER, NOW) as session:
        plan = plans.by_code(session, planner.plan)
        wanted = list(drafts.placed(session, plan).values())
    for number in (1, 2, 3):
        planner.do(Remove(member(number), held(found, member(number))[0]))

    answer = planner.do(TakeProposal(wanted, 0.0))

    assert planner.rows() == found
    assert answer["sentence"].fields == {"came": 3, "went": 0}
    with runtime.sessions.read(PLANNER, NOW) as session:
        assert plans.by_code(session, planner.plan).gap == 0.0
    planner.undo()
    assert held(planner.rows(), member(1)) == []
    with runtime.sessions.read(PLANNER, NOW) as session:
        assert plans.by_code(session, planner.plan).gap is None


def test_who_only_changes_seats_within_a_post_neither_comes_nor_goes() -> None:
    held = {(1, 7): (10, False), (2, 8): (20, False)}
    board = cast("Board", SimpleNamespace(held=held))

    turn = TakeProposal([(1, 11, 7, False, None), (2, 20, 8, False, None)], 0.0).turn(board)

    assert (turn.out, turn.into) == ([(1, 7)], [(1, 11, 7, False)])
    assert (turn.says, turn.names) == ("proposed_seats", {"seats": 1})


def test_many_grids_are_told_in_few_signs(runtime: Runtime) -> None:
    planner = drafted(runtime, grids=FEW + 20, cadres=FEW)

    answer = planner.do(Lock(all=True))["changed"]

    with runtime.sessions.read(PLANNER, NOW) as session:
        desk = planner.opened(session, planner.plan)
        _, now = draft_heads.values(session, desk)
    many, first = answer["many"], 0
    told: dict[int, tuple[str, int, int]] = {}
    for start, long in zip(many["runs"][::2], many["runs"][1::2], strict=True):
        for at in range(start, start + long):
            state = many["states"][many["state"][first]]
            told[at] = (state, many["changed"][first], many["locked"][first])
            first += 1
    marks = list(zip(now["state"], now["changed"], now["locked"], strict=True))
    assert not answer["grids"]
    assert len(told) > FEW
    assert told == {at: marks[at] for at, is_ in enumerate(now["locked"]) if is_}


def test_what_was_answered_is_told_again_from_the_version(runtime: Runtime) -> None:
    planner = drafted(runtime)
    pair = planner.rows()[0]
    answers = [
        planner.do(Remove(pair[0], pair[2])),
        planner.undo(),
        planner.do(Lock(all=True)),
        planner.undo(),
        planner.redo(),
    ]

    with runtime.sessions.read(PLANNER, NOW) as session:
        again = [
            editing.again(session, planner.opened, planner.plan, answer["version"])
            for answer in answers
        ]

    assert again == answers


def test_a_draft_that_changes_while_it_is_published_is_looked_at_again(runtime: Runtime) -> None:
    planner = drafted(runtime)
    seen = planner.version
    if runtime.sessions.engine.dialect.name == "sqlite":
        planner.do(Lock(all=True))  # one writer: the deed is over before a publication begins
    with runtime.sessions.write(PLANNER, NOW) as session:
        plans.by_code(session, planner.plan)
        if planner.version == seen:
            planner.do(Lock(all=True))

        with pytest.raises(DraftChanged) as told:
            publish_seen(session, planner.plan, seen, None, None, [])

    assert told.value.fields["version"] == planner.version
    assert [row["version"] for row in told.value.fields["changes"]] == [planner.version]
