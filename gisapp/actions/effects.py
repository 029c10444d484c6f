"""What it does to a draft when its placements become others."""

from typing import Any, Final

import numpy as np

from gisapp.actions.drafts import standings
from gisapp.actions.laid import Laid
from gisapp.core.coverage import STATES
from gisapp.core.matching.problem import Ints

FIGURES = ("gaps", "seats_filled", "below_floor", "moved", "people_moved")
"""Of `Laid.figures`, whose change is told as it is."""

FEW: Final = 200
"""Grids that are listed one by one."""


def effect(before: Laid, after: Laid) -> dict[str, Any]:
    """Say by how much each figure rises from ``before`` to ``after``; costs in minutes.

    Departments are those whose people out are not as many as before.
    """
    old, new = before.figures, after.figures
    states = {name: new["states"][name] - old["states"][name] for name in STATES}
    return {
        "cost": (after.tally.cost - before.tally.cost) / 100,
        **{name: new[name] - old[name] for name in FIGURES},
        "states": states,
        "unserved": states["unserved"],
        "departments": [
            {
                "code": now.code,
                "name": now.name,
                "before": then.deployed,
                "after": now.deployed,
                "floor": now.floor,
                "sentence": now.sentence,
            }
            for then, now in zip(_standings(before), _standings(after), strict=True)
            if then.deployed != now.deployed
        ],
    }


def changed(before: Laid, after: Laid, base: Laid) -> dict[str, Any]:
    """List the grids that look other than before, with their place among all grids.

    ``base`` is what ``changed`` of a grid is counted from. More than `FEW` are told as arrays
    over their positions, which come as first, how many, first, how many …
    """
    old = before.changed_grids(base)
    new = old if after.keys is before.keys else after.changed_grids(base)
    marks = [
        (laid.state, moved, laid.locked_grids) for laid, moved in ((before, old), (after, new))
    ]
    differ = np.zeros(len(after.state), np.bool_)
    for then, now in zip(*marks, strict=True):
        differ |= then != now
    state, moved, locked = marks[1]
    where = np.flatnonzero(differ)
    if len(where) > FEW:
        return {"grids": [], "many": _many(where, [each[where] for each in marks[1]])}
    codes = after.town.ground.codes
    return {
        "grids": [
            {
                "code": codes[at],
                "position": at,
                "state": STATES[int(state[at])],
                "changed": bool(moved[at]),
                "locked": bool(locked[at]),
            }
            for at in where.tolist()
        ]
    }


def _many(where: Ints, marks: list[Any]) -> dict[str, Any]:
    """Tell of many grids in few signs: runs of positions, and one number a grid for each mark."""
    first = np.flatnonzero(np.diff(where, prepend=-2) != 1)
    long = np.diff(first, append=len(where))
    state, moved, locked = (each.astype(np.int64).tolist() for each in marks)
    return {
        "runs": np.column_stack([where[first], long]).ravel().tolist(),
        "states": list(STATES),
        "state": state,
        "changed": moved,
        "locked": locked,
    }


def _standings(laid: Laid) -> Any:
    return standings(laid.table.muster, laid.tally.deployed.tolist())
