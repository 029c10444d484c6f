"""Replan with a limit on moves: the corners of cost against moves, and the plan under a limit.

A limit on moves is no part of a flow. With a price on each move it is: every price gives a plan
that is the cheapest of all with as many moves or fewer. These plans are the corners of the lower
hull of cost against moves; between two corners the straight line bounds what any plan can cost.
"""

from dataclasses import dataclass
from math import gcd

from gisapp.core.matching.contradictions import ensure
from gisapp.core.matching.engine import FORCE, Engine, Watch, never_stop
from gisapp.core.matching.problem import Ints, Plan, Problem, plan
from gisapp.errors import InvalidInput
from gisapp.i18n import N_

CORNERS = 40
"""Corners of a curve that are looked for, at most."""


class MovesBelowLeast(InvalidInput):
    """More placements of today's plan cannot stay than may be given up."""

    code = "moves_below_least"
    message = N_(
        "At most {limit} moves are allowed, but {least} placements cannot stay together. "
        "Allow more moves."
    )


@dataclass(frozen=True, slots=True)
class Corner:
    """A plan that costs least among all with as many moves or fewer; 0.01 min."""

    moves: int
    cost: int
    cadre: Ints
    slot: Ints


@dataclass(frozen=True, slots=True)
class Edge:
    """Two corners; ``engine`` is at the price of a move that joins them."""

    few: Corner
    many: Corner
    engine: Engine
    proven: bool
    """Whether it was solved, so that no other corner lies between them."""


def solve(problem: Problem, most: int, *, seed: int = 0, watch: Watch = never_stop) -> Plan:
    """
    Find the plan of least cost among those with at most ``most`` moves.

    Parameters
    ----------
    problem, seed, watch
        As in `exact.solve`; ``problem.base`` is the plan that moves are counted from.
    most
        Moves, 0 or more: placements of the base that could stand and are given up.

    Returns
    -------
    A plan that keeps the limit. On a corner of the curve it is proven; between corners it
    carries its proven gap, which CP-SAT closes where few enough pairs are undecided.

    Raises
    ------
    MovesBelowLeast
        If capacity, seats or locks leave fewer of the base's placements than the limit asks for.
    """
    ensure(problem)
    engine = Engine(problem, seed)
    proven = engine.solve(watch)
    free = corner(engine)
    if free.moves <= most:
        return plan(problem, free.cadre, free.slot, gap=engine.gap)
    kept = steadfast(engine, watch)
    if kept.moves > most:
        raise MovesBelowLeast(limit=most, least=kept.moves)
    if not proven:
        return plan(problem, kept.cadre, kept.slot, gap=_gap(kept.cost, engine.bound))
    edge = between(engine, kept, free, most, watch)
    if edge.few.moves == most:
        return plan(problem, edge.few.cadre, edge.few.slot, gap=0.0)
    return _under(problem, edge, most)


def curve(problem: Problem, *, seed: int = 0, watch: Watch = never_stop) -> list[Corner]:
    """
    List corners of the least cost against moves, the fewest moves first.

    Takes what `solve` takes. Every corner is proven. There are at most `CORNERS`; the widest
    gaps between them are filled first. Whoever stops it gets those found so far.
    """
    ensure(problem)
    engine = Engine(problem, seed)
    if not engine.solve(watch):
        return []
    free, kept = corner(engine), steadfast(engine, watch)
    if free.moves <= kept.moves:
        return [free]
    found, wide = [kept, free], [(kept, free)]
    while wide and len(found) < CORNERS:
        wide.sort(key=lambda pair: pair[1].moves - pair[0].moves)
        few, many = wide.pop()
        if many.moves - few.moves <= 1:
            continue
        new, _, proven = _joined(engine, few, many, watch)
        if not proven:
            break
        if new is not None:
            found.append(new)
            wide += [(few, new), (new, many)]
    return sorted(found, key=lambda each: each.moves)


def corner(engine: Engine) -> Corner:
    """Keep what an engine has reached."""
    who, slot = engine.placements()
    return Corner(engine.moves, engine.plain_cost, who, slot)


def steadfast(engine: Engine, watch: Watch = never_stop) -> Corner:
    """Find the cheapest of the plans that give up the fewest placements; never half of it."""
    twin = engine.copy()
    twin.weigh(1, FORCE)
    twin.solve(lambda progress: watch(progress) and False)
    return corner(twin)


def between(engine: Engine, few: Corner, many: Corner, most: int, watch: Watch) -> Edge:
    """Narrow an edge around ``most`` until no corner lies inside, or until told to stop."""
    while True:
        new, twin, proven = _joined(engine, few, many, watch)
        if new is None or not proven:
            return Edge(few, many, twin, proven)
        if new.moves <= most:
            few = new
        else:
            many = new


def _joined(
    engine: Engine, few: Corner, many: Corner, watch: Watch
) -> tuple[Corner | None, Engine, bool]:
    """Price moves so that two corners cost the same; return a corner below both, if there is.

    The last value tells whether it was solved to the proof: else the plan is no corner yet.
    """
    price, each = few.cost - many.cost, many.moves - few.moves
    shared = gcd(price, each)
    price, each = price // shared, each // shared
    twin = engine.copy()
    twin.weigh(each, price)
    proven = twin.solve(watch)
    new = corner(twin)
    line = each * few.cost + price * few.moves
    return (new if each * new.cost + price * new.moves < line else None), twin, proven


def _under(problem: Problem, edge: Edge, most: int) -> Plan:
    """Find the best plan known under the limit, and how far from the best it can be."""
    few, _many, engine = edge.few, edge.many, edge.engine
    price, each = engine.net.extra, engine.net.scale
    best = few
    own = corner(engine)
    if own.moves <= most and own.cost < best.cost:
        best = own
    if engine.bound is None:
        return plan(problem, best.cadre, best.slot, gap=None)
    # Where the price is proven, this is the line between the corners; costs are whole.
    line = engine.bound + price * (engine.stays - most)
    bound = -(-line // each)
    if best.cost > bound and edge.proven:
        from gisapp.core.matching.closing import closed  # noqa: PLC0415  # loads all of OR-Tools

        better = closed(engine, best.cost, line, most)
        if better is not None:
            cost, who, slot, proven = better
            if cost < best.cost:
                best = Corner(most, cost, who, slot)
            bound = max(bound, proven)
    return plan(problem, best.cadre, best.slot, gap=_gap(best.cost, bound))


def _gap(cost: int, bound: int | None) -> float | None:
    """Tell how far a plan may be from the best, as a share of its cost; None when nothing is."""
    if bound is None:
        return None
    over = max(cost - bound, 0)
    # As in the engine: a bound below nothing says nothing.
    return None if over >= max(abs(cost), 1) else over / max(abs(cost), 1)
