"""What the program proposes for a draft: the cheapest plan that keeps what is locked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gisapp.actions import drafting, refusals
from gisapp.actions.desk import Desk
from gisapp.actions.laid import Laid
from gisapp.actions.match import SurgeMovesNobody
from gisapp.actions.owned import editable
from gisapp.core.matching import exact, judge, moves
from gisapp.core.matching.engine import Watch, never_stop
from gisapp.core.matching.portion import Portion, portion
from gisapp.core.matching.problem import Flags, Ints, Plan, Problem, plan
from gisapp.core.matching.tally import fits
from gisapp.store import plans, versions
from gisapp.store.drafts import Placed
from gisapp.store.session import Session
from gisapp.store.versions import Row


@dataclass(frozen=True)
class Question:
    """A draft at one version and what may change; needs no database any more."""

    code: str
    version: int
    desk: Desk
    before: Laid
    problem: Problem
    """With the draft's own locks; in a surge nobody moves."""
    part: Portion | None
    """Of the posts that may change; None: all may."""
    stay: list[Row]
    """Rows that stand nowhere today and that nobody asked to change."""


def question(
    session: Session, code: str, version: int, grids: Sequence[str] | None = None
) -> Question:
    """Read what a proposal is made from; ``grids``: only their posts may change."""
    stored = editable(session, code)
    desk = drafting.own_desk(session, plans.code(stored))
    number, laid = desk.now(session)
    if number != version:
        raise refusals.JobOfOther
    for (post, _, cadre, locked), _ in laid.fallen:
        if locked:
            raise refusals.LockFallen(**_named(session, post, cadre))
    surge = desk.mode == "surge"
    locks = _pairs(laid) if surge else desk.locks(laid)
    problem = replace(desk.muster.problem, locks=locks)
    if grids is None:
        return Question(desk.code, version, desk, laid, problem, None, [])
    open_ = _open(desk, grids)
    ids = {desk.muster.post_ids[at] for at in np.flatnonzero(open_).tolist()}
    stay = [row for row, _ in laid.fallen if row[0] not in ids]
    elsewhere = _count(desk, stay)
    part = portion(problem, open_, laid.cadre, laid.slot, elsewhere)
    return Question(desk.code, version, desk, laid, problem, part, stay)


def propose(
    asked: Question,
    max_moves: int | None = None,
    seed: int = 0,
    watch: Watch = never_stop,
) -> dict[str, Any]:
    """Find the placements that cost least; nothing is stored.

    ``gap`` is proven among all plans that keep what must stay, and the limit on moves.
    """
    if max_moves and asked.desk.mode == "surge":
        raise SurgeMovesNobody
    problem = asked.problem if asked.part is None else asked.part.problem
    if max_moves is None:
        found = exact.solve(problem, seed=seed, watch=watch)
    else:
        most = max_moves - _moved_elsewhere(asked)
        if most < 0:
            raise moves.MovesBelowLeast(limit=max_moves, least=max_moves - most)
        found = moves.solve(problem, most, seed=seed, watch=watch)
    whole = _whole(asked, found)
    verdict = judge.check(asked.problem, whole)
    if verdict.broken_rules:
        raise AssertionError(f"a proposal breaks rules: {verdict.broken_rules[:5]}")
    after = asked.desk.lay([*_rows(asked, whole), *asked.stay])
    return {
        "plan": asked.code,
        "version": asked.version,
        "status": found.status,
        "gap": found.gap,
        "whole": asked.part is None and max_moves is None,
        "effect": asked.desk.effect(asked.before, after),
        "figures": after.figures,
        "placements": [list(row) for row in _placements(asked, after)],
    }


def curve(asked: Question, seed: int = 0, watch: Watch = never_stop) -> dict[str, Any]:
    """Say what fewer and more moves would cost; each point is proven."""
    corners = moves.curve(asked.problem, seed=seed, watch=watch)
    return {
        "plan": asked.code,
        "version": asked.version,
        "curve": [{"moves": each.moves, "cost": each.cost / 100, "gap": 0.0} for each in corners],
        "stays": _could_stay(asked.problem),
    }


def _pairs(laid: Laid) -> Ints:
    """Pair cadres and slots."""
    return np.column_stack([laid.cadre, laid.slot])


def _named(session: Session, post: int, cadre: int) -> dict[str, object]:
    ((staff_number, code, _),) = versions.names(session, [(post, 0, cadre, True)])
    return {"cadre": staff_number, "post": code}


def _open(desk: Desk, grids: Sequence[str]) -> Flags:
    """Tell which posts lie in the grids or areas of these codes."""
    places = [code.rpartition(":")[0] for code in desk.muster.problem.posts.codes]
    unknown = sorted(set(grids) - set(places))
    if unknown:
        raise refusals.NoSuchGrid(grid=unknown[0])
    return np.isin(np.array(places, dtype=str), np.array(sorted(grids), dtype=str))


def _count(desk: Desk, rows: Sequence[Row]) -> Ints:
    """Count the posts of each person among rows."""
    found = desk.table.cadres.find(np.array([row[2] for row in rows], np.int64))
    return np.bincount(found[found >= 0], minlength=len(desk.muster.cadre_ids)).astype(np.int64)


def _moved_elsewhere(asked: Question) -> int:
    """Count the moves that are made already where nothing may change."""
    if asked.part is None:
        return 0
    problem, laid = asked.problem, asked.before
    many = len(problem.posts.codes)
    open_ = np.zeros(many, np.bool_)
    open_[problem.slots.post[asked.part.slot]] = True
    base = problem.base[~open_[problem.base[:, 1]]]
    base = base[fits(problem, base[:, 0], base[:, 1])]
    keys = np.unique(base[:, 0] * many + base[:, 1])
    return int((~np.isin(keys, laid.cadre * many + laid.post)).sum())


def _could_stay(problem: Problem) -> int:
    """Count the placements of the base that could stand, without those that are locked."""
    many = len(problem.posts.codes)
    base = problem.base[fits(problem, problem.base[:, 0], problem.base[:, 1])]
    locked = problem.locks[:, 0] * many + problem.slots.post[problem.locks[:, 1]]
    return int((~np.isin(np.unique(base[:, 0] * many + base[:, 1]), locked)).sum())


def _whole(asked: Question, found: Plan) -> Plan:
    """Put what was found beside what is kept."""
    if asked.part is None:
        return found
    before, part = asked.before, asked.part
    kept = ~np.isin(before.slot, part.slot)
    cadre = np.concatenate([before.cadre[kept], found.cadre])
    slot = np.concatenate([before.slot[kept], part.slot[found.slot]])
    return plan(asked.problem, cadre, slot, gap=found.gap)


def _rows(asked: Question, whole: Plan) -> list[Row]:
    muster, before = asked.desk.muster, asked.before
    locked = {(cadre, slot) for cadre, slot in _pairs(before)[before.locked].tolist()}
    post = muster.problem.slots.post
    return [
        (
            muster.post_ids[int(post[slot])],
            muster.slot_ids[slot],
            muster.cadre_ids[cadre],
            (cadre, slot) in locked,
        )
        for cadre, slot in zip(whole.cadre.tolist(), whole.slot.tolist(), strict=True)
    ]


def _placements(asked: Question, after: Laid) -> list[Placed]:
    """Give all rows that the draft would have, with what each is made of."""
    stay: list[Placed] = [(*row, None) for row in asked.stay]
    return [*drafting.rows(asked.desk, after), *stay]
