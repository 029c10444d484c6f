"""The cheapest plan there is, proven over all pairs."""

from gisapp.core.matching.contradictions import ensure
from gisapp.core.matching.engine import Engine, Watch, never_stop
from gisapp.core.matching.problem import Plan, Problem, plan


def solve(problem: Problem, *, seed: int = 0, watch: Watch = never_stop) -> Plan:
    """
    Find the plan of least cost.

    Parameters
    ----------
    problem
        Rows in any order: the same rows make the same plan.
    seed
        Picks among plans that cost the same.
    watch
        Is told how far it is, several times a second at city size; once it returns True the
        best plan so far comes back with the gap that was proven.

    Raises
    ------
    Contradictions
        Or one of its leaves, when rules contradict each other. Scarcity is none: what cannot
        be filled or reached stays open.

    Notes
    -----
    All data are whole numbers, so that an optimal flow is whole too (Ahuja, Magnanti, Orlin,
    Network Flows, 1993, theorem 9.10) and no branching is needed. Pairs are added as their
    prices call for them (column generation); that no pair is left that would pay proves the
    optimum over all of them.
    """
    ensure(problem)
    engine = Engine(problem, seed)
    engine.solve(watch)
    return planned(engine, problem)


def planned(engine: Engine, problem: Problem) -> Plan:
    """Turn what an engine has reached into a plan of the problem as given."""
    who, slot = engine.placements()
    return plan(problem, who, slot, gap=engine.gap)
