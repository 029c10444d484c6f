import dataclasses
from itertools import combinations_with_replacement

import numpy as np
import pytest

from gisapp.core.matching.engine import Engine
from gisapp.core.matching.mend import Mended, Mender, Step
from gisapp.core.matching.problem import Problem
from tests.core.matching.highs import optimum
from tests.core.matching.small import problem
from tests.depth import cases

BLOCKS = cases(2)
TOWNS = 12
"""Small problems in each block."""
STEPS = 2
"""Changes up to which every set of changes is tried."""


Needs = list[tuple[str, int, int]]
"""Slot or department, which, and how many there at least."""


def solved(problem: Problem) -> Engine:
    engine = Engine(problem)
    engine.solve()
    return engine


def changed(small: Problem, steps: tuple[Step, ...]) -> Problem:
    """Carry changes out in the problem itself."""
    cadres, slots, departments = small.cadres, small.slots, small.departments
    capacity, most, ceiling = cadres.capacity.copy(), slots.most.copy(), departments.most.copy()
    new = [step for step in steps if step.kind == "newcomer"]
    for step in steps:
        if step.kind == "capacity":
            assert step.cadre is not None
            capacity[step.cadre] = max(capacity[step.cadre], cadres.held[step.cadre]) + 1
        elif step.kind == "seat":
            most[step.slot] += 1
        elif step.kind == "ceiling":
            ceiling[step.department] += 1
    n = len(new)
    ones = np.ones(n, np.int64)
    return dataclasses.replace(
        small,
        slots=dataclasses.replace(slots, most=most),
        departments=dataclasses.replace(departments, most=ceiling),
        cadres=dataclasses.replace(
            cadres,
            codes=[*cadres.codes, *(f"Z{k}" for k in range(n))],
            office=np.append(cadres.office, [step.office for step in new]).astype(np.int64),
            department=np.append(cadres.department, [step.department for step in new]).astype(int),
            leader=np.append(cadres.leader, [step.leader for step in new]).astype(bool),
            available=np.append(cadres.available, ones > 0),
            counts=np.append(cadres.counts, ones > 0),
            capacity=np.append(capacity, ones),
            held=np.append(cadres.held, 0 * ones),
            knows=np.concatenate([cadres.knows, np.zeros((n, cadres.knows.shape[1]), np.int64)]),
        ),
    )


def every_step(small: Problem, department: int | None) -> list[Step]:
    cadres = small.cadres
    desks = sorted(
        set(
            zip(
                cadres.office.tolist(),
                cadres.department.tolist(),
                cadres.leader.tolist(),
                strict=True,
            )
        )
    )
    found = [Step("capacity", cadre=who) for who in np.flatnonzero(cadres.available).tolist()]
    found += [
        Step("newcomer", office=office, department=home, leader=leader)
        for office, home, leader in desks
        if department in (None, home)
    ]
    found += [Step("seat", slot=slot) for slot in range(len(small.slots.post))]
    found += [Step("ceiling", department=row) for row in range(len(small.departments.most))]
    return found


def best(small: Problem, steps: list[Step], needs: Needs) -> tuple[int, int] | None:
    """Try every set of changes, the fewest first: how many it takes, and the least cost."""
    for many in range(STEPS + 1):
        costs = [
            cost
            for chosen in combinations_with_replacement(steps, many)
            for cost in [optimum(changed(small, chosen), needs=needs)]
            if cost is not None
        ]
        if costs:
            return many, min(costs)
    return None


def agrees(found: Mended | None, cost: int, tried: tuple[int, int] | None) -> bool:
    if tried is None:
        return found is None or len(found.steps) > STEPS
    return found is not None and (len(found.steps), found.change) == (tried[0], tried[1] - cost)


def kept(small: Problem, engine: Engine) -> tuple[np.ndarray, np.ndarray, Needs]:
    """Count who is where, and ask for no less: wanted seats, people and placements of floors."""
    who, slot = engine.placements()
    rows, cadres = small.departments, small.cadres
    sitting = np.bincount(slot, minlength=len(small.slots.post))
    load = np.bincount(who, minlength=len(cadres.codes))
    out = (load + cadres.held > 0) & cadres.counts
    deployed = np.bincount(cadres.department[out], minlength=len(rows.codes))
    needs: Needs = [
        ("slot", row, min(many, int(small.slots.wanted[row])))
        for row, many in enumerate(sitting.tolist())
    ]
    needs += [
        ("department", row, min(many, int(rows.floor[row])))
        for row, many in enumerate(deployed.tolist())
    ]
    placed = np.bincount(cadres.department[who], minlength=len(rows.codes))
    needs += [
        ("placements", row, min(int(placed[row]), least))
        for row, least in enumerate(rows.least.tolist())
    ]
    return sitting, deployed, needs


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_fewest_then_cheapest_changes_fill_a_seat(block: int) -> None:
    for seed in range(TOWNS * block, TOWNS * (block + 1)):
        small = problem(seed)
        engine = solved(small)
        sitting, _, needs = kept(small, engine)
        for slot in np.flatnonzero(sitting < small.slots.wanted)[:1].tolist():
            found = Mender(engine, small).fill_seat(slot)

            more = [*needs, ("slot", slot, int(sitting[slot]) + 1)]
            tried = best(small, every_step(small, None), more)
            assert agrees(found, engine.cost, tried), (seed, slot, found, tried, engine.cost)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_fewest_then_cheapest_changes_reach_a_floor(block: int) -> None:
    for seed in range(TOWNS * block, TOWNS * (block + 1)):
        small = problem(seed)
        engine = solved(small)
        _, deployed, needs = kept(small, engine)
        for department in np.flatnonzero(deployed < small.departments.floor)[:1].tolist():
            found = Mender(engine, small).reach_floor(department)

            more = [*needs, ("department", department, int(small.departments.floor[department]))]
            tried = best(small, every_step(small, department), more)
            assert agrees(found, engine.cost, tried), (seed, department, found, tried)
