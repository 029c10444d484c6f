from collections import Counter
from itertools import combinations
from random import Random
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from gisapp.actions.deeds import Assign, Deed, Lock, Remove, Swap, Unlock
from gisapp.actions.versions import DraftChanged
from gisapp.auth import Actor, Role
from gisapp.errors import GisappError
from gisapp.runtime import Runtime
from gisapp.store import drafts, plans
from gisapp.store.models import Assignment, Cadre, DraftChange, Post, Slot
from tests.county import COUNTY, NOW, PLANNER
from tests.drafted import CHIEF, GU, SONG, Planner, Rows, cadre, drafted, member, started

pytestmark = pytest.mark.both

CLIENTS = 16
TRIES = 6
"""Deeds that a client thinks of until one is allowed."""
TINY = {"grids": 3, "cadres": 6}


def random_deed(chance: Random, found: Rows, people: int, grids: int) -> Deed:
    """Any deed on anything: most keep the rules, some do not."""
    posts = [member(n) for n in range(1, grids + 1)] + [CHIEF]
    sitting = [(row[0], row[2]) for row in found] or [(member(1), cadre(1))]
    one, two = chance.choice(sitting), chance.choice(sitting)
    who = cadre(chance.randint(1, people))
    post = chance.choice(posts)
    return chance.choice(
        [
            Assign(post, who),
            Assign(one[0], who, instead_of=one[1]),
            Remove(*one),
            Swap(*one, *two),
            Lock(pairs=[one]),
            Unlock(pairs=[one]),
            Unlock(all=True),
        ]
    )


def test_undoing_all_gives_the_first_draft_and_redoing_all_the_last(runtime: Runtime) -> None:
    planner, chance = drafted(runtime, grids=4, cadres=8), Random(1)  # noqa: S311
    seen = {planner.version: planner.rows()}
    for _ in range(24):
        step = chance.choice([planner.undo, planner.redo, None, None, None])
        try:
            if step is None:
                planner.do(random_deed(chance, planner.rows(), 9, 4))
            else:
                step()
        except GisappError:
            assert planner.rows() == seen[planner.version]
        seen[planner.version] = planner.rows()

    first, last = min(seen), planner.rows()
    undone = 0
    while planner.look() and _can(planner, "undo"):
        planner.undo()
        undone += 1
    assert planner.rows() == seen[first]
    for _ in range(undone):
        planner.redo()
    assert planner.rows() == last
    with runtime.sessions.read(PLANNER, NOW) as session:
        plan = plans.by_code(session, planner.plan)
        for version, rows in seen.items():
            assert _rebuilt(session, plan, version) == rows, version


def _can(planner: Planner, what: str) -> bool:
    try:
        getattr(planner, what)(preview=True)
    except GisappError:
        return False
    return True


def _rebuilt(session: Any, plan: Any, version: int) -> Rows:
    posts = dict(session.execute(select(Post.id, Post.code)).all())
    slots = dict(session.execute(select(Slot.id, Slot.number)).all())
    people = dict(session.execute(select(Cadre.id, Cadre.staff_number)).all())
    return sorted(
        (posts[post], slots[slot], people[who], locked, str(sorted((why or {}).items())))
        for post, slot, who, locked, why in drafts.at_version(session, plan, version)
    )


def test_in_every_order_of_two_planners_steps_nothing_is_lost(runtime: Runtime) -> None:
    drafted(runtime, **TINY)
    song = started(runtime, SONG)
    gu = Planner(runtime, song.plan, GU, song.version, song.kept)
    told = 0
    # Both do the same: whoever is first is the first of the two.
    for later in combinations(range(1, 8), 3):
        order = (0, *later)
        mine = {each.actor.name: iter(range(4)) for each in (song, gu)}
        for turn in range(8):
            planner, other = (song, gu) if turn in order else (gu, song)
            told += _step(planner, next(mine[planner.actor.name]), other)
    assert told > 35


def _step(planner: Planner, step: int, other: Planner) -> int:
    """Look; lock a grid; unlock all; undo. Who is late is told by whom, and nothing changes."""
    current = max(planner.version, other.version)
    if step == 0:
        assert planner.look().version == current
        return 0
    seen, grid = planner.version, member(1 + (planner.actor is GU)).partition(":")[0]
    wrong: GisappError | None = None
    try:
        if step == 3:
            planner.undo()
        else:
            planner.do(Lock(grids=[grid]) if step == 1 else Unlock(all=True))
    except GisappError as refused:
        wrong = refused
    if seen == current:
        # Or there was nothing to lock, unlock or take back.
        assert not isinstance(wrong, DraftChanged)
        assert planner.version == current + (wrong is None)
        return 0
    assert isinstance(wrong, DraftChanged)
    changes: Any = wrong.fields["changes"]
    assert wrong.fields["version"] == current
    assert [each["version"] for each in changes] == list(range(seen + 1, current + 1))
    assert {(each["actor"], each["at"]) for each in changes} == {(other.actor.name, NOW)}
    assert Planner(planner.runtime, planner.plan).look().version == current
    return 1


def test_many_clients_at_once_keep_every_rule_and_lose_nothing(runtime: Runtime) -> None:
    first = drafted(runtime, grids=6, cadres=10)
    begun = first.rows()
    wrong: list[BaseException] = []
    done = Counter[str]()

    def client(number: int) -> None:
        chance = Random(number)  # noqa: S311
        actor = Actor(f"planner {number}", Role.PLANNER, COUNTY)
        mine = Planner(runtime, first.plan, actor, first.version, first.kept)
        try:
            for _ in range(TRIES):
                deed = random_deed(chance, mine.rows(), 11, 6)
                while True:
                    try:
                        mine.do(deed)
                    except DraftChanged:
                        # Merge: the same deed again on what there is now.
                        mine.look()
                        continue
                    except GisappError:
                        break
                    done[actor.name] += 1
                    return
        except BaseException as broken:  # noqa: BLE001  # said by the test itself
            wrong.append(broken)

    threads = [Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert wrong == []
    with runtime.sessions.read(PLANNER, NOW) as session:
        plan = plans.by_code(session, first.plan)
        changes = session.scalars(select(DraftChange).order_by(DraftChange.version)).all()
        held = session.scalars(select(Assignment).where(Assignment.plan_id == plan.id)).all()
        most = dict(session.execute(select(Slot.id, Slot.seats_most)).all())
        capacity = dict(session.execute(select(Cadre.id, Cadre.capacity)).all())
        assert [row.version for row in changes] == list(range(first.version + 1, plan.version + 1))
        assert Counter(row.actor for row in changes) == done
        assert done.total() > CLIENTS / 2
        assert all(many <= most[slot] for slot, many in Counter(r.slot_id for r in held).items())
        assert all(many <= capacity[who] for who, many in Counter(r.cadre_id for r in held).items())
        assert _rebuilt(session, plan, first.version) == begun
