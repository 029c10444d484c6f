"""The model stated directly in OR-Tools CP-SAT: no flow, no network, no convexity needed."""

from ortools.sat.python.cp_model import INFEASIBLE, OPTIMAL, CpModel, CpSolver, LinearExprT

from gisapp.core.matching.problem import Problem
from tests.core.matching.definition import load_price, placements, room, standing

MANY = 1 << 30


def optimum(problem: Problem, *, max_moves: int | None = None) -> int | None:
    """Find the least cost, 0.01 min; None where no plan keeps the limit on moves."""
    model, cost = stated(problem, max_moves)
    model.minimize(cost)
    solver = CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    assert status in (OPTIMAL, INFEASIBLE), solver.status_name()
    return round(solver.objective_value) if status == OPTIMAL else None


def stated(problem: Problem, max_moves: int | None = None) -> tuple[CpModel, LinearExprT]:
    """Return the model and its cost: a boolean for each placement, and what follows from them."""
    model = CpModel()
    slots, cadres, departments = problem.slots, problem.cadres, problem.departments
    price = placements(problem)
    taken = {pair: model.new_bool_var("") for pair in price}
    cost: list[LinearExprT] = [price[pair] * var for pair, var in taken.items()]

    def short_of(wanted: int, there: LinearExprT) -> LinearExprT:
        short = model.new_int_var(0, MANY, "")
        model.add_max_equality(short, [wanted - there, 0])
        return short

    for cadre, slot in problem.locks.tolist():
        model.add(taken[cadre, slot] == 1)
    for cadre, post in {(cadre, int(slots.post[slot])) for cadre, slot in taken}:
        model.add_at_most_one(
            var for (who, slot), var in taken.items() if who == cadre and slots.post[slot] == post
        )

    sent: list[LinearExprT] = []
    for cadre in range(len(cadres.codes)):
        mine = sum(var for (who, _), var in taken.items() if who == cadre)
        load = model.new_int_var(0, room(problem, cadre), "")
        model.add(load == mine)
        steps = [load_price(problem, cadre, nth + 1) for nth in range(room(problem, cadre))]
        worth = [sum(steps[:nth]) for nth in range(len(steps) + 1)]
        dear = model.new_int_var(0, worth[-1], "")
        model.add_element(load, worth, dear)
        cost.append(dear)
        sent.append(load)

    for slot in range(len(slots.post)):
        sitting = sum(var for (_, where), var in taken.items() if where == slot)
        model.add(sitting <= int(slots.most[slot]))
        least, wanted = int(slots.least[slot]), int(slots.wanted[slot])
        must = short_of(least, sitting)
        cost.append(int(slots.price_least[slot]) * must)
        cost.append(int(slots.price_wanted[slot]) * (short_of(wanted, sitting) - must))

    for department in range(len(departments.codes)):
        ours = [c for c in range(len(cadres.codes)) if cadres.department[c] == department]
        out = sum(_deployed(model, problem, c, sent[c]) for c in ours if cadres.counts[c])
        placed = sum(sent[c] for c in ours)
        short = [short_of(int(departments.floor[department]), out)]
        if len(departments.least):
            short.append(short_of(int(departments.least[department]), placed))
        if len(departments.most):
            model.add(placed <= int(departments.most[department]))
        cost += [problem.weights.price_floor * missing for missing in short]

    stands = standing(problem, price)
    kept = sum(var for (c, s), var in taken.items() if (c, int(slots.post[s])) in stands)
    given_up = len(stands) - kept
    cost.append(round(100 * problem.weights.move_min) * given_up)
    if max_moves is not None:
        model.add(given_up <= max_moves)
    return model, sum(cost)


def _deployed(model: CpModel, problem: Problem, cadre: int, load: LinearExprT) -> LinearExprT:
    if problem.cadres.held[cadre] > 0:
        return 1
    out = model.new_bool_var("")
    model.add_min_equality(out, [load, 1])
    return out
