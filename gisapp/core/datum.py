"""Whether points fit the ground markedly better when they are read in another system."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

Inside = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

LEAST_GAIN: Final = 0.02
"""Share of the points by which more must lie inside."""
NESTS: Final = 0.95
"""Share of an outline within one other: the rest is how the two were drawn."""
SIGMAS: Final = 3.0
"""How far the gain must stand out of what chance moves in and out at a border."""
MOST_OUTSIDE: Final = 0.005
"""Share of points outside from which there is nothing to look for."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How points read in one system fit the ground, against how they fit as they are read."""

    name: str
    points: int
    before: int
    """Inside as they are read."""
    after: int
    gained: int
    """Outside before, inside after."""
    lost: int
    """Inside before, outside after."""


def nest(small: Shapes, large: Shapes) -> Inside:
    """
    Say which outlines lie within one of others, but for how exactly borders are drawn.

    Parameters
    ----------
    small
        Shape (n,). Valid polygons in degrees; one that is missing nests in none.
    large
        Shape (m,). Likewise, of about the same size or larger.

    Returns
    -------
    nests
        Shape (n,). Whether at least `NESTS` of its land lies in one of ``large``. Two drawings
        of one level nest in each other where they lie in the same place.
    """
    first, second = shapely.STRtree(large).query(small, predicate="intersects").astype(np.intp)
    common = shapely.area(shapely.intersection(small[first], large[second]))
    most = np.zeros(len(small))
    np.maximum.at(most, first, common)
    whole = shapely.area(small)
    return np.asarray((whole > 0) & (most >= NESTS * whole), np.bool_)


def worth_asking(as_read: Inside) -> bool:
    """Say whether enough points lie outside for another reading to be looked for."""
    return as_read.size > 0 and float(np.mean(~as_read)) > MOST_OUTSIDE


def better(as_read: Inside, others: Mapping[str, Inside]) -> Fit | None:
    """
    Choose the reading that fits markedly better than the given one.

    Parameters
    ----------
    as_read
        Shape (n,). Which points lie in some grid or community as they are read.
    others
        By name, each of shape (n,): the same for each other reading.

    Returns
    -------
    fit
        The best of those that are markedly better, by points inside; of equals the
        first. Null when none is, or when there are no points.

    Notes
    -----
    Two readings are compared by the points on which they differ, as in McNemar's
    test (1947, Psychometrika 12, 153-157): without any difference as many points
    come in as go out, with a deviation of √(gained + lost). A datum that is off by
    500 m moves many points over inner borders, and few in or out; the gain must
    reach three deviations, and 2 % of all points. Where nothing lay inside before,
    half of the points inside after is enough, however few they are.
    """
    n = as_read.size
    before = int(as_read.sum())
    found: Fit | None = None
    for name, inside in others.items():
        gained, lost = int((inside & ~as_read).sum()), int((as_read & ~inside).sum())
        fit = Fit(name, n, before, int(inside.sum()), gained, lost)
        if _markedly(fit) and (found is None or fit.after > found.after):
            found = fit
    return found


def _markedly(fit: Fit) -> bool:
    gain = fit.gained - fit.lost
    if fit.before == 0 and 2 * gain >= fit.points:
        return fit.points > 0
    return gain >= LEAST_GAIN * fit.points and gain >= SIGMAS * (fit.gained + fit.lost) ** 0.5
