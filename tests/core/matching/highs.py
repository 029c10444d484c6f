"""The model stated directly as an integer program, for HiGHS (by way of scipy)."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from gisapp.core.matching.problem import Problem
from tests.core.matching.definition import load_price, placements, room, standing

Needs = Sequence[tuple[str, int, int]]
"""Slot, department or placements, which one, and how many at least."""
INFEASIBLE = 2
"""What scipy calls it."""


class Rows:
    """Columns with a price and a limit, rows with bounds."""

    def __init__(self) -> None:
        self.price: list[float] = []
        self.upper: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, price: float, upper: float = 1) -> int:
        self.price.append(price)
        self.upper.append(upper)
        return len(self.price) - 1

    def row(self, terms: dict[int, float], least: float, most: float = np.inf) -> None:
        self.rows.append((terms, least, most))

    def minimum(self) -> float | None:
        """Find the least price; None where no values keep all rows."""
        matrix = np.zeros((len(self.rows), len(self.price)))
        for number, (terms, _, _) in enumerate(self.rows):
            matrix[number, list(terms)] = list(terms.values())
        _, least, most = zip(*self.rows, strict=True)
        found = milp(
            self.price,
            constraints=LinearConstraint(matrix, least, most),
            bounds=Bounds(0, self.upper),
            integrality=np.ones(len(self.price)),
            options={"mip_rel_gap": 0},
        )
        assert found.success or found.status == INFEASIBLE, found.message
        return float(found.fun) if found.success else None


def optimum(problem: Problem, *, max_moves: int | None = None, needs: Needs = ()) -> int | None:
    """Find the least cost, 0.01 min; None where no plan keeps what is asked for.

    That is a limit on moves, or slots and departments with at least so many people in them.
    """
    model, slots = Rows(), problem.slots
    price = placements(problem)
    stands = standing(problem, price)
    move = round(100 * problem.weights.move_min)
    kept = {pair for pair in price if (pair[0], int(slots.post[pair[1]])) in stands}
    taken = {pair: model.column(price[pair] - move * (pair in kept)) for pair in price}
    for pair in map(tuple, problem.locks.tolist()):
        model.row(_ones([taken[pair]]), 1)
    for cadre in range(len(problem.cadres.codes)):
        mine = [var for (who, _), var in taken.items() if who == cadre]
        steps = [
            model.column(load_price(problem, cadre, nth + 1)) for nth in range(room(problem, cadre))
        ]
        model.row(_ones(mine) | dict.fromkeys(steps, -1.0), 0, 0)
        for post in range(len(problem.posts.codes)):
            here = [v for (who, s), v in taken.items() if who == cadre and slots.post[s] == post]
            model.row(_ones(here), 0, 1)
    _seats(model, problem, taken)
    deployed = _departments(model, problem, taken)
    home = problem.cadres.department
    for kind, row, least in needs:
        where = {
            "slot": [var for (_, slot), var in taken.items() if slot == row],
            "department": deployed[row] if kind == "department" else [],
            "placements": [var for (who, _), var in taken.items() if home[who] == row],
        }
        model.row(_ones(where[kind]), least)
    if max_moves is not None:
        model.row(_ones(taken[pair] for pair in kept), len(stands) - max_moves)
    cost = model.minimum()
    return None if cost is None else round(cost + move * len(stands))


def _seats(model: Rows, problem: Problem, taken: dict[tuple[int, int], int]) -> None:
    slots = problem.slots
    for slot in range(len(slots.post)):
        here = _ones(var for (_, where), var in taken.items() if where == slot)
        least, wanted = int(slots.least[slot]), int(slots.wanted[slot])
        short = model.column(int(slots.price_least[slot]), least)
        less = model.column(int(slots.price_wanted[slot]), wanted)
        model.row(here, 0, int(slots.most[slot]))
        model.row(here | _ones([short]), least)
        model.row(here | _ones([short, less]), wanted)


def _departments(
    model: Rows, problem: Problem, taken: dict[tuple[int, int], int]
) -> list[list[int]]:
    """State floors and ceilings; return who is deployed of each department."""
    deployed = []
    cadres, rows, price = problem.cadres, problem.departments, problem.weights.price_floor
    for department, floor in enumerate(rows.floor.tolist()):
        ours = np.flatnonzero(cadres.department == department).tolist()
        placed = _ones(var for (who, _), var in taken.items() if who in ours)
        out = [model.column(price, floor)]
        for cadre in ours:
            if cadres.counts[cadre]:
                out.append(model.column(0))
                mine = _ones(var for (who, _), var in taken.items() if who == cadre)
                model.row(mine | {out[-1]: -1.0}, -float(cadres.held[cadre] > 0))
        model.row(_ones(out), floor)
        deployed.append(out[1:])
        if len(rows.least):
            least = int(rows.least[department])
            model.row(placed | _ones([model.column(price, least)]), least)
        if len(rows.most):
            model.row(placed, 0, int(rows.most[department]))
    return deployed


def _ones(columns: Iterable[int]) -> dict[int, float]:
    return dict.fromkeys(columns, 1.0)
