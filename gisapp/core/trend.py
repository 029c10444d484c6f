"""Whether a gathering is new, rising, lasting or easing: Mann-Kendall and the trend classes."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from gisapp.coded import Coded, mapped
from gisapp.core.hotspots import SIGNIFICANT, survives
from gisapp.core.method import Correction

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STEPS: Final = 12
"""Months a class looks back on: a year, in which every season comes once."""

LEAST_STEPS: Final = 10
"""Fewer months than this are not enough evidence for any class."""

LEAST_EXPECTED: Final = 1.0
"""Disputes a month expected in a neighbourhood, below which there is not enough evidence."""

BACK: Final = 1
"""Months before that are neighbours in time of a month whose score enters a trend."""

NEARLY_ALL: Final = 0.9
"""Share of months, rounded up, that makes a hotspot lasting."""

ALPHA: Final = 0.05
"""Of the trend, and of the correlations that Hamed and Rao take in."""

KINDS: Final = (
    "new",
    "consecutive",
    "intensifying",
    "diminishing",
    "persistent",
    "historical",
    "oscillating",
    "sporadic",
)
"""In the order in which they are tried; each is there hot and cold."""

NO_PATTERN: Final = "no_pattern"
NOT_ENOUGH_EVIDENCE: Final = "not_enough_evidence"

CLASSES: Final = (
    *(f"{kind}_{side}" for side in ("hot", "cold") for kind in KINDS),
    NO_PATTERN,
    NOT_ENOUGH_EVIDENCE,
)

URGENT: Final = ("new_hot", "intensifying_hot", "consecutive_hot", "persistent_hot", "sporadic_hot")
"""Classes that call for a deed, the most urgent first."""


NOW: Final = ("new_hot", "intensifying_hot", "consecutive_hot")
"""Classes to deal with now: high in the last month, and new or on the rise."""


def urgency(classes: Sequence[str]) -> npt.NDArray[np.int64]:
    """Rank classes: those of `URGENT` come first, from 0 on."""
    names = [*URGENT, *(name for name in CLASSES if name not in URGENT)]
    rank = {name: place for place, name in enumerate(names)}
    return mapped(classes, rank.__getitem__, np.int64)


def mann_kendall(series: Array, overlap: int | None = 0) -> Array:
    """
    Score how steadily each series rises or falls, whatever its shape.

    Parameters
    ----------
    series
        Shape (t, n), oldest first; any unit.
    overlap
        How many steps before are part of each step. None takes all steps as independent:
        the test as Mann made it.

    Returns
    -------
    z
        Shape (n,). Standard scores, positive when rising; 0 for fewer than two steps
        and for series that never change.

    Notes
    -----
    Mann (1945), Kendall (1975), with ties. The variance is that of Hamed and Rao (1998),
    Journal of Hydrology 204, 182-196: a month resembles the month before, and
    independent months would find trends where none are. Correlations are those of the
    ranks about Sen's slope. They may only enlarge the variance: in series as short as
    ours they come out too low, and left to shrink it they call 8 % of independent
    series of 12 or 24 steps a trend at a nominal 5 %, against 5 % so. For the same
    reason the correlations that an overlap makes are not estimated but known: left to
    the estimate, 12 to 14 % of series whose steps overlap by half are called a trend.
    """
    steps, n = series.shape
    score, slope = np.zeros(n), np.zeros(n)
    if steps < 2:  # noqa: PLR2004  # one step has no direction
        return slope
    early, late = np.triu_indices(steps, 1)
    rise = series[late] - series[early]
    score = np.sign(rise).sum(axis=0)
    slope = np.median(rise / (late - early)[:, np.newaxis], axis=0)
    variance = (steps * (steps - 1) * (2 * steps + 5) - _ties(series)) / 18
    if overlap is not None:
        known = _enlarged(_of_overlap(overlap, steps), steps)
        variance = variance * np.maximum(_hamed_rao(_flat_ranks(series, slope)), known)
    z: Array = np.divide(
        score - np.sign(score), np.sqrt(variance), out=np.zeros(n), where=variance > 0
    )
    return z


def two_sided(z: Array) -> Array:
    """Return how likely chance alone is to score as far from 0 as ``z``."""
    p: Array = 2 * ndtr(-np.abs(z))
    return p


def classes(
    bins: npt.NDArray[np.int64], z: Array, enough: Flags, correction: Correction = "bh"
) -> Coded[str]:
    """
    Name the pattern of each grid; every grid gets exactly one.

    Parameters
    ----------
    bins
        Shape (t, n), oldest first. −3 to 3 in each month.
    z
        Shape (n,). From `mann_kendall`, of the scores of the same months.
    enough
        Shape (n,). Whether the neighbourhood expects `LEAST_EXPECTED` disputes a month.

    Notes
    -----
    S is a month with a bin of 95 % or more, ``k`` their number, ``most`` = ⌈0.9 t⌉. The
    first that holds:

    ============  ==============================================================
    new           the last month is S, none before
    consecutive   an unbroken run of S up to the last month, none before, k < most
    intensifying  k ≥ most, the last month is S, the scores rise
    diminishing   k ≥ most, the last month is S, the scores fall
    persistent    k ≥ most, the last month is S
    historical    k ≥ most, the last month is not S
    oscillating   the last month is S, once significantly the other way
    sporadic      the last month is S, on and off before, never the other way
    ============  ==============================================================

    Cold classes mirror these: there, falling scores intensify. Trends are corrected for
    false discoveries among the grids for which they are asked. The order is that of
    ArcGIS' emerging hot spots, whose classes they are.
    """
    steps, n = bins.shape
    if steps < LEAST_STEPS:
        return never(n)
    place = {name: at for at, name in enumerate(CLASSES)}
    found = np.full(n, place[NO_PATTERN], np.uint8)
    hot, cold = bins >= SIGNIFICANT, bins <= -SIGNIFICANT
    for side, inside, other, direction in (("hot", hot, cold, 1), ("cold", cold, hot, -1)):
        tried = _tried(inside, other, direction * z, enough, correction)
        for kind, holds in reversed(tried.items()):
            found[holds] = place[f"{kind}_{side}"]
    found[~enough] = place[NOT_ENOUGH_EVIDENCE]
    return Coded(CLASSES, found)


def never(n: int) -> Coded[str]:
    """Return the classes of ``n`` grids of which too little is known."""
    return Coded((NOT_ENOUGH_EVIDENCE,), np.zeros(n, np.uint8))


def _tried(
    inside: Flags, other: Flags, z: Array, enough: Flags, correction: Correction
) -> dict[str, Flags]:
    steps = inside.shape[0]
    number = inside.sum(axis=0)
    last = inside[-1]
    most = int(np.ceil(NEARLY_ALL * steps - 1e-9))
    lasting = number >= most
    run = np.logical_and.accumulate(inside[::-1], axis=0).sum(axis=0)
    steady = np.zeros(z.size, dtype=bool)
    asked = np.flatnonzero(lasting & last & enough)
    steady[asked] = survives(two_sided(z[asked]), ALPHA, correction)
    return {
        "new": last & (number == 1),
        "consecutive": last & (run == number) & ~lasting,
        "intensifying": lasting & last & steady & (z > 0),
        "diminishing": lasting & last & steady & (z < 0),
        "persistent": lasting & last,
        "historical": lasting & ~last,
        "oscillating": last & other.any(axis=0),
        "sporadic": last,
    }


def _flat_ranks(series: Array, slope: Array) -> Array:
    """Rank the steps of each series about its slope."""
    flat = series - slope * np.arange(1, len(series) + 1)[:, np.newaxis]
    # What is equal but for rounding shares a rank, in whatever unit it is measured.
    flat -= flat.mean(axis=0)
    widest = np.abs(flat).max(axis=0)
    return _ranks(np.round(np.divide(flat, widest, out=np.zeros_like(flat), where=widest > 0), 9))


def _ranks(series: Array) -> Array:
    """Rank the steps of each series; equal ones share the mean of their ranks."""
    above = (series[:, np.newaxis] > series[np.newaxis]).sum(axis=1)
    same = (series[:, np.newaxis] == series[np.newaxis]).sum(axis=1)
    ranks: Array = above + (same + 1) / 2
    return ranks


def _ties(series: Array) -> Array:
    same = (series[:, np.newaxis] == series[np.newaxis]).sum(axis=1)
    # A group of m equal steps is met m times, so each step brings a m-th of its share.
    ties: Array = ((same - 1) * (2 * same + 5)).sum(axis=0).astype(np.float64)
    return ties


def _hamed_rao(ranks: Array) -> Array:
    """Return by how much the likeness of the steps enlarges the variance, at least 1."""
    steps = ranks.shape[0]
    centred = ranks - ranks.mean(axis=0)
    power = (centred**2).sum(axis=0)
    limit = ndtri(1 - ALPHA / 2) / np.sqrt(steps)
    like = np.zeros((steps - 1, ranks.shape[1]))
    for lag in range(1, steps - 1):
        together = (centred[lag:] * centred[:-lag]).sum(axis=0)
        np.divide(together, power, out=like[lag], where=power > 0)
    like[np.abs(like) <= limit] = 0.0
    return _enlarged(like, steps)


def _of_overlap(overlap: int, steps: int) -> Array:
    """Return how alike the ranks of overlapping steps are, by lag: that of normal values."""
    shared = np.maximum(1 - np.arange(steps - 1) / (overlap + 1), 0)
    alike: Array = 6 / np.pi * np.arcsin(shared / 2)
    return alike


def _enlarged(like: Array, steps: int) -> Array:
    """Return the factor of Hamed and Rao for correlations by lag; the first, lag 0, is left out."""
    if steps <= 2:  # noqa: PLR2004  # no lag to correlate
        return np.ones(like.shape[1:])
    lag = np.arange(1, steps - 1)
    weight = (steps - lag) * (steps - lag - 1) * (steps - lag - 2)
    factor = 1 + 2 * (weight @ like[1:]) / (steps * (steps - 1) * (steps - 2))
    found: Array = np.maximum(factor, 1.0)
    return found
