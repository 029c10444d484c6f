"""Why a plan is as it is: what changes when a pair is forced or forbidden, over all pairs.

A change is the cost of the best plan with the demand minus that of the best plan without it;
both are proven. Positions of cadres, posts and slots are those of the problem as given.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gisapp.core.matching.engine import Engine
from gisapp.core.matching.problem import Ints

Pair = tuple[int, int]
"""Cadre, post."""


class Barred(StrEnum):
    """Why a pair cannot be at all."""

    LOCKED = "locked"
    """It is locked: it stays."""
    RECUSED = "recused"
    UNAVAILABLE = "unavailable"
    RANK = "rank"
    """The role of the post is for another rank."""
    CAPACITY = "capacity"
    """Every post the person can take is locked or held elsewhere."""
    SEATS = "seats"
    """Every seat of the post is locked."""
    LIMIT = "limit"
    """The department may have no further placement."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the best plan differs under a demand."""

    change: int
    """By how much the whole plan gets worse, 0.01 min; 0 where another plan is as good."""
    came: list[Pair]
    went: list[Pair]
    """Placements the other plan has, and those it has not; in order of code."""


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """Who would enter a post if somebody in it could not serve there."""

    cadre: int | None
    """None where the seat would stay open."""
    change: Change


def placed(engine: Engine) -> set[Pair]:
    """List who is in which post."""
    who, slot = engine.seated()
    post = engine.net.problem.slots.post[slot]
    return set(zip(who.tolist(), post.tolist(), strict=True))


def runner_up(engine: Engine, cadre: int, post: int) -> RunnerUp | Barred:
    """
    Forbid a pair of the plan and tell who then enters the post, and what it costs.

    Parameters
    ----------
    engine
        Solved to the proof; it is not changed.
    cadre, post
        Positions in the problem as given. A pair that the plan has not got costs nothing to
        forbid.

    Returns
    -------
    The runner-up; `Barred.LOCKED` for a pair that is locked. Where several people enter the
    post, for it has several seats, the first by code.
    """
    order = engine.order
    who, where = int(order.cadre_at[cadre]), int(order.post_at[post])
    locks = engine.net.problem.locks
    slots = engine.net.problem.slots.post
    if ((locks[:, 0] == who) & (slots[locks[:, 1]] == where)).any():
        return Barred.LOCKED
    twin = engine.copy()
    twin.forbid(who, where)
    twin.solve()
    change = _change(engine, twin)
    enters = [person for person, place in change.came if place == post]
    return RunnerUp(enters[0] if enters else None, change)


def why_not(engine: Engine, cadre: int, post: int) -> Change | Barred:
    """
    Force a pair and tell what the whole plan then costs more, and who would move.

    Takes what `runner_up` takes. A pair that the plan has already costs nothing.
    """
    order = engine.order
    who, where = int(order.cadre_at[cadre]), int(order.post_at[post])
    wrong = barred(engine, who, where)
    if wrong is not None:
        return wrong
    twin = engine.copy()
    arc = twin.force(who, where)
    twin.solve()
    if twin.net.simplex.flow[arc] == 0:
        return Barred.LIMIT
    return _change(engine, twin)


def barred(engine: Engine, who: int, where: int) -> Barred | None:
    """Tell why a pair cannot be at all; positions in order. None where it can."""
    net = engine.net
    problem = net.problem
    leader, chief = problem.cadres.leader[who], problem.posts.chief[where]
    locks = problem.locks
    locked = (locks[:, 0] == who) & (problem.slots.post[locks[:, 1]] == where)
    seats = slice(net.first_slot[where], net.first_slot[where + 1])
    reasons = (
        (Barred.LOCKED, locked.any()),
        (Barred.RECUSED, (problem.recused == [who, where]).all(axis=1).any()),
        (Barred.UNAVAILABLE, not problem.cadres.available[who]),
        (Barred.RANK, leader != chief and not (leader and problem.weights.leaders_as_members)),
        (Barred.CAPACITY, net.room[who] <= 0),
        (Barred.SEATS, not net.open[seats].any()),
    )
    return next((reason for reason, holds in reasons if holds), None)


@dataclass(frozen=True, slots=True)
class Offer:
    """A pair that the plan has not got and could have."""

    cadre: int
    post: int
    change: Change


def offers(engine: Engine, cadre: int, most: int = 10, tries: int | None = None) -> list[Offer]:
    """List the posts a person could take, by what the whole plan would then cost more.

    Takes what `runner_up` takes; the least change first, at most ``most``, by code where equal.
    No post that is left out would change less than the last one listed; unless no more than
    ``tries`` of them are to be looked at, those of the least bounds.
    """
    who = int(engine.order.cadre_at[cadre])
    posts = np.arange(engine.net.posts)
    return _best(engine, np.full(len(posts), who), posts, most, tries)


def candidates(engine: Engine, post: int, most: int = 10) -> list[Offer]:
    """List the people who could take a post, as `offers` does the posts of a person."""
    where = int(engine.order.post_at[post])
    people = np.arange(engine.net.people)
    return _best(engine, people, np.full(len(people), where), most)


def _best(
    engine: Engine, cadre: Ints, post: Ints, most: int, tries: int | None = None
) -> list[Offer]:
    """Find exact changes in order of their lower bounds, until no bound could still get in."""
    net = engine.net
    may = net.fits(cadre, post)
    cadre, post = cadre[may], post[may]
    there = placed(engine)
    bounds = np.maximum(_reduced(engine, cadre, post), 0)
    found: list[tuple[int, Pair, Offer]] = []
    tried = 0
    for k in np.lexsort((post, cadre, bounds)).tolist():
        pair = int(cadre[k]), int(post[k])
        if len(found) >= most and (bounds[k] >= found[most - 1][0] or tried == tries):
            break
        if pair in there:
            continue
        tried += 1
        given = int(engine.order.cadre[pair[0]]), int(engine.order.post[pair[1]])
        change = why_not(engine, *given)
        if isinstance(change, Change):
            found.append((change.change, pair, Offer(*given, change)))
            found.sort(key=lambda each: each[:2])
    return [offer for _, _, offer in found[:most]]


def _reduced(engine: Engine, cadre: Ints, post: Ints) -> Ints:
    """Bound from below what forcing each pair costs: its reduced cost (weak duality)."""
    net = engine.net
    price, worth = net.prices()
    best = np.full(len(cadre), -(1 << 60))
    for number in range(int(net.many[post].max(initial=0))):
        here = np.flatnonzero(net.many[post] > number)
        slot = net.first_slot[post[here]] + number
        gain = worth[slot] - net.costs.specialty(cadre[here], slot)
        best[here] = np.maximum(best[here], gain)
    reduced: Ints = net.costs.pair(cadre, post) + price[cadre] - best
    return reduced


def _change(engine: Engine, twin: Engine) -> Change:
    before, after = _keys(engine), _keys(twin)
    return Change(
        twin.cost - engine.cost,
        _given(engine, np.setdiff1d(after, before, assume_unique=True)),
        _given(engine, np.setdiff1d(before, after, assume_unique=True)),
    )


def _keys(engine: Engine) -> Ints:
    """Write who is in which post as one number each, in order."""
    who, slot = engine.seated()
    keys: Ints = np.sort(who * engine.net.posts + engine.net.problem.slots.post[slot])
    return keys


def _given(engine: Engine, keys: Ints) -> list[Pair]:
    order = engine.order
    who, where = order.cadre[keys // engine.net.posts], order.post[keys % engine.net.posts]
    return list(zip(who.tolist(), where.tolist(), strict=True))
