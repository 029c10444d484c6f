"""The same city by others: flow, constraint and integer programming, assignment."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gisapp.core.matching.candidates import near
from gisapp.core.matching.network import RANSOM_MOVES, Network
from gisapp.core.matching.ordered import ordered
from tests.bench import city
from tests.bench.matching_ours import rich
from tests.bench.rounds import Case, Facts

CPSAT_S = 10.0
NEAREST = 24
ENDLESS = 1 << 20


def flow(grids: int) -> tuple[Callable[[], Any], Callable[[Any], Facts]]:
    """OR-Tools' min-cost flow on the list of 24 nearest; pairs and costs are made before."""
    drawn, model = city.instance(grids), city.peer("matching_model")
    return lambda: model.solve_flow(drawn), lambda done: {"cost": done[1], "proven": "its list"}


def loop(grids: int) -> tuple[Callable[[], Any], Callable[[Any], Facts]]:
    """OR-Tools' flow again and again, with pairs added by price until none would pay."""
    drawn, peer, model = city.instance(grids), city.peer("matching_cg"), city.peer("matching_model")

    def tell(done: Any) -> Facts:
        proven, taken, facts = done
        assert (facts["new"], facts["short"]) == (0, 0)
        return {"cost": model.objective(proven, taken.astype(int)), "proven": "all pairs"}

    return lambda: peer.certified(drawn), tell


def rich_flow(grids: int) -> tuple[Callable[[], int], Callable[[int], Facts]]:
    """OR-Tools' min-cost flow on our network of the 24 nearest, every rule on."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415

    net = Network(ordered(rich(grids)).problem)
    net.simplex.rebuild()
    net.add(*near(net.problem, np.flatnonzero(net.room > 0), NEAREST))
    arcs = np.flatnonzero(net.moved != -RANSOM_MOVES)
    simplex = net.simplex
    tail, head = simplex.tail[arcs].astype(np.int64), simplex.head[arcs].astype(np.int64)
    room, cost = np.minimum(simplex.room[arcs], ENDLESS), simplex.cost[arcs]
    nothing = net.nothing()

    def work() -> int:
        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(tail, head, room, cost)
        assert solver.solve() == solver.OPTIMAL
        return nothing + int(solver.optimal_cost())

    return work, lambda cost: {"cost": cost, "proven": "its list"}


def cpsat(grids: int) -> tuple[Callable[[], Any], Callable[[Any], Facts]]:
    """CP-SAT on the list, stated directly."""
    drawn, model = city.instance(grids), city.peer("matching_model")

    def tell(done: Any) -> Facts:
        _, cost, bound, status = done
        proven = "its list" if status == "OPTIMAL" else f"within {1 - bound / cost:.2%}"
        return {"cost": cost, "proven": proven}

    return lambda: model.solve_cpsat(drawn, CPSAT_S), tell


def highs(grids: int, *, whole: bool) -> tuple[Callable[[], Any], Callable[[Any], Facts]]:
    """scipy's HiGHS on the list: the flow as a linear, or as an integer program."""
    drawn, model = city.instance(grids), city.peer("matching_model")

    def work() -> Any:
        return model.solve_scipy(drawn, integer=whole)

    return work, lambda done: {"cost": round(done[1]), "proven": "its list"}


def assignment(name: str) -> Case:
    """One of the bench's assignment routines, which hold a part of the model only."""

    def case(grids: int) -> tuple[Callable[[], Any], Callable[[Any], Facts]]:
        run = getattr(city.peer("matching"), name)(grids)
        return run, lambda done: {"proven": "*"}

    return case


CASES: dict[str, Case] = {
    "OR-Tools min-cost flow": flow,
    "OR-Tools flow, priced in a loop": loop,
    "OR-Tools flow, every rule on": rich_flow,
    "OR-Tools CP-SAT": cpsat,
    "scipy HiGHS, linear": lambda grids: highs(grids, whole=False),
    "scipy HiGHS, integer": lambda grids: highs(grids, whole=True),
    "scipy linear_sum_assignment": assignment("base_scipy_dense"),
    "scipy sparse bipartite matching": assignment("base_scipy_sparse"),
}
