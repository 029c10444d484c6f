"""What is wrong with each grid: the worst first, who could help, and what a sentence is made of."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from gisapp.core.coverage import NONE, SERVED, STRETCHED
from gisapp.core.reasons import Facts, Helper
from gisapp.i18n import Name
from gisapp.store import serving
from gisapp.store.serving import Ints, Situation

Helpers = Mapping[int, tuple[int, float]]
"""By grid: the nearest free cadre who knows what it wants (position in the roster), and minutes."""

NOBODY: Final = (NONE, math.inf)


def helpers(town: Situation, grids: Sequence[int] | None = None) -> Helpers:
    """Find who could help each grid, or each of some, that is not well served."""
    some = np.arange(len(town.coverage.state)) if grids is None else np.array(grids, np.int64)
    trouble = np.unique(some[town.coverage.state[some] != SERVED])
    near, minutes = serving.candidates(town, trouble)
    who = zip(near.tolist(), minutes.tolist(), strict=True)
    return dict(zip(trouble.tolist(), who, strict=True))


def urgent_first(town: Situation) -> Ints:
    """Order grids by state, then by published need, then by households."""
    return worst_first(needy_first(town), town)


def worst_first(order: Ints, town: Situation) -> Ints:
    """Order grids by state, and within each as in ``order``."""
    # Numbers as small as these are sorted by counting.
    state = town.coverage.state[order].astype(np.int8)
    return order[np.argsort(state, kind="stable")]


def needy_first(town: Situation) -> Ints:
    """Order grids by published need, then by households, whoever serves them."""
    # By what is published: an order is as telling as the figure itself.
    cases = np.nansum(town.published, axis=1)
    households = np.array([number or 0 for number in town.ground.households], np.int64)
    rank: Ints = np.lexsort((-households, -cases))
    return rank


def facts(town: Situation, grid: int, helpers: Helpers, names: Mapping[str, Name]) -> Facts:
    """Gather what `reasons.reason` says of one grid."""
    cadre, minutes = helpers.get(grid, NOBODY)
    found = town.coverage
    which = int((found.strained if found.state[grid] == STRETCHED else found.lacking)[grid])
    need = math.nan if which == NONE else float(town.published[grid, which])
    return Facts(
        state=int(found.state[grid]),
        members=int(found.members[grid]),
        minutes=float(found.minutes[grid]),
        specialty=None if which == NONE else names[town.specialties[which]],
        need=None if math.isnan(need) else need,
        supply=0.0 if which == NONE else float(found.supply[grid, which]),
        helper=None if cadre == NONE else Helper(minutes, town.roster.departments[cadre]),
    )
