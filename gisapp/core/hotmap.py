"""One hotspot map with its trends: from counts of months to bins and classes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import hotspots, moran, permutation, publication, rates, trend
from gisapp.core.method import USUAL, Method

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trends:
    """What the months up to the end of a window say."""

    classes: Sequence[str]
    high: Whole
    """Shape (n,). Months in which a grid is significantly hot; 0 where all lack evidence."""
    low: Whole
    """Shape (n,). Months in which it is significantly cold."""
    months: int


def values(counts: Whole, base: Array) -> Array:
    """
    Make counts comparable: the empirical-Bayes rate, or plain counts without a usable base.

    Parameters
    ----------
    counts
        Shape (t, n). One map a row, each compared with itself.
    base
        Shape (n,). Households and enterprises; nan where a number is missing.
    """
    known = rates.usable(base)
    return counts.astype(np.float64) if known is None else rates.standardised(counts, known)


def steps(counts: Whole, base: Array) -> Array:
    """Say what one dispute more adds to each of `values`; shapes as there."""
    known = rates.usable(base)
    return np.ones(counts.shape) if known is None else rates.steps(counts, known)


def values_and_steps(counts: Whole, base: Array) -> tuple[Array, Array]:
    """Return `values` and `steps` of the same."""
    known = rates.usable(base)
    if known is None:
        return counts.astype(np.float64), np.ones(counts.shape)
    return rates.with_steps(counts, known)


def bins(
    counts: Whole, base: Array, star: csr_array, rng: np.random.Generator, method: Method = USUAL
) -> Whole:
    """Sort the grids of each map into bins; shapes as in `values`."""
    return hotspots.bins(values(counts, base), star, rng, method)


def exact(
    counts: Whole, base: Array, star: csr_array, rng: np.random.Generator, method: Method = USUAL
) -> tuple[Array, Array]:
    """Return z of Gi* and two-sided p of one map, shape (n,): for the operator only."""
    line = values(counts[np.newaxis], base)
    p, _ = hotspots.tested(line, star, rng, method)
    return hotspots.gi_star_of_all(line, star)[0], p[0]


def outliers(
    counts: Whole, base: Array, star: csr_array, rng: np.random.Generator, method: Method = USUAL
) -> Whole:
    """
    Say of each grid of one map whether it resembles its neighbours or stands out from them.

    Returns
    -------
    kinds
        Shape (n,). Codes of `moran`, where a conditional test of local Moran survives
        false discoveries at 5 %, all grids of the map being one family. `moran.TOO_NEAR`
        where one case would change the side of the mean on which a grid or its neighbours
        lie: that would tell of counts.
    """
    line, step = values_and_steps(counts[np.newaxis], base)
    p, _ = permutation.conditional(line, star, rng)
    kinds = moran.kinds(line[0], star, hotspots.survives(p, trend.ALPHA, method.correction)[0])
    stands = (kinds != moran.NONE) & (kinds != moran.ISOLATED)
    clear = moran.clear(line[0], step[0], star, stands)
    return np.where(stands & ~clear, moran.TOO_NEAR, kinds)


def trends(
    counts: Whole,
    base: Array,
    star: csr_array,
    rng: np.random.Generator,
    monthly: Callable[[], Whole] | None = None,
    method: Method = USUAL,
    *,
    before: int = 0,
) -> Trends:
    """
    Name the pattern of each grid over months.

    Parameters
    ----------
    counts
        Shape (before + t, n), oldest first. Each month is a map of its own for the bins;
        the scores whose trend is tested take in the month before (`trend.BACK`), so that
        two months overlap by half and their likeness is reckoned with.
    monthly
        Gives the `bins` of those months, shape (t, n), where others than these are meant. Not
        asked where no grid has evidence enough: making them is most of the work.
    before
        How many of the first rows are such months before, and belong to no class.
    """
    months = counts[before:]
    known = rates.usable(base)
    share = np.ones(base.size) if known is None else known
    expected = star @ share * (months.sum() / max(share.sum() * len(months), 1.0))
    seen = star @ months.sum(axis=0)
    enough = (expected >= trend.LEAST_EXPECTED) & (seen >= publication.EVIDENCE)
    if not enough.any():
        never = np.zeros(base.size, np.int64)
        return Trends(trend.never(base.size), never, never, len(months))
    found = bins(months, base, star, rng, method) if monthly is None else monthly()
    # The trend of a grid that is neither hot nor cold in the end is never asked for.
    asked = np.flatnonzero((np.abs(found[-1:]) >= hotspots.SIGNIFICANT).any(axis=0))
    z = np.zeros(base.size)
    # A first month without one before it would score lower for that alone: it is left out.
    whole = scores(counts, base, star[asked], method)[max(before, trend.BACK) :]
    z[asked] = trend.mann_kendall(whole, trend.BACK)
    return Trends(
        trend.classes(found, z, enough, method.correction),
        (found >= hotspots.SIGNIFICANT).sum(axis=0),
        (found <= -hotspots.SIGNIFICANT).sum(axis=0),
        len(months),
    )


def scores(counts: Whole, base: Array, star: csr_array, method: Method = USUAL) -> Array:
    """Score each month with the one before, against all months or against their own.

    ``star`` may be those rows only whose scores are asked for.
    """
    known = rates.usable(base)
    if method.reference == "month":
        return hotspots.gi_star_of_each(values(counts, base), star, trend.BACK)
    if known is None:
        together = counts.astype(np.float64)
    else:
        # One overall rate for all months: a rise of the whole city is a rise.
        every = rates.standardised(counts.ravel(), np.tile(known, len(counts)))
        together = every.reshape(counts.shape)
    return hotspots.gi_star_of_all(together, star, trend.BACK)
