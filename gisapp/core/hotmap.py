"""One hotspot map with its trends: from counts of months to bins and classes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import hotspots, permutation, publication, rates, trend

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trends:
    """What the months up to the end of a window say."""

    classes: list[str]
    high: Whole
    """Shape (n,). Months in which a grid is significantly hot."""
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


def bins(counts: Whole, base: Array, star: csr_array, rng: np.random.Generator) -> Whole:
    """Sort the grids of each map into bins; shapes as in `values`."""
    return hotspots.bins(values(counts, base), star, rng)


def exact(
    counts: Whole, base: Array, star: csr_array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return z of Gi* and two-sided p of one map, shape (n,): for the operator only."""
    line = values(counts[np.newaxis], base)
    p, _ = permutation.total(line, star, rng)
    return hotspots.gi_star_of_all(line, star)[0], p[0]


def trends(
    counts: Whole,
    base: Array,
    star: csr_array,
    rng: np.random.Generator,
    monthly: Whole | None = None,
) -> Trends:
    """
    Name the pattern of each grid over months.

    Parameters
    ----------
    counts
        Shape (t, n), oldest first. Each month is a map of its own for the bins; the
        scores whose trend is tested are those of all months together, so that a rise
        of the whole city is a rise.
    monthly
        Shape (t, n). The `bins` of ``counts`` where they are known already.
    """
    if monthly is None:
        monthly = bins(counts, base, star, rng)
    known = rates.usable(base)
    if known is None:
        together = counts.astype(np.float64)
        share = np.ones(base.size)
    else:
        every = rates.standardised(counts.ravel(), np.tile(known, len(counts)))
        together, share = every.reshape(counts.shape), known
    # The trend of a grid that is neither hot nor cold in the end is never asked for.
    asked = np.flatnonzero((np.abs(monthly[-1:]) >= hotspots.SIGNIFICANT).any(axis=0))
    z = np.zeros(base.size)
    z[asked] = trend.mann_kendall(hotspots.gi_star_of_all(together, star)[:, asked])
    expected = star @ share * (counts.sum() / max(share.sum() * len(counts), 1.0))
    seen = star @ counts.sum(axis=0)
    enough = (expected >= trend.LEAST_EXPECTED) & (seen >= publication.EVIDENCE)
    return Trends(
        trend.classes(monthly, z, enough),
        (monthly >= hotspots.SIGNIFICANT).sum(axis=0),
        (monthly <= -hotspots.SIGNIFICANT).sum(axis=0),
        len(counts),
    )
