"""Where disputes gather: Gi* scores, and which of them survive looking at many grids at once."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import permutation
from gisapp.core.method import USUAL, Correction, Method
from gisapp.errors import InvalidInput
from gisapp.i18n import N_

Array = npt.NDArray[np.float64]
Bins = npt.NDArray[np.int64]

LEVELS: Final = ((1, 0.10), (2, 0.05), (3, 0.01))
"""Strength of a bin, and the share of false discoveries it allows: 90, 95 and 99 %."""

SIGNIFICANT: Final = 2
"""Bins from this strength on are called hot or cold without more words: 95 %."""


class FlatCounts(InvalidInput):
    """Every grid has the same count, so no grid can stand out."""

    code = "flat_counts"
    message = N_("All {grids} grids have the same count; no grid can stand out.")


def gi_star(counts: npt.NDArray[np.float64], near: csr_array) -> npt.NDArray[np.float64]:
    """
    Score how far disputes gather around each grid (Getis-Ord Gi*).

    Parameters
    ----------
    counts
        Shape (n,), n > 1. Disputes per grid, or a rate; any unit.
    near
        Shape (n, n). 1 where two grids are neighbours and on the diagonal
        (the star: a grid is its own neighbour), 0 elsewhere. Other weights may stand
        there, too.

    Returns
    -------
    z
        Shape (n,). Standard scores, no unit. A grid that neighbours all others alike
        scores 0: it cannot stand out against itself.

    Raises
    ------
    FlatCounts
        If all counts are equal.

    Notes
    -----
    Ord and Getis (1995), Geographical Analysis 27(4), 286-306.
    """
    # The spread of equal numbers is not always exactly 0, their range is.
    if np.ptp(counts) == 0:
        raise FlatCounts(grids=counts.size)
    z: npt.NDArray[np.float64] = gi_star_of_all(counts[np.newaxis], near)[0]
    return z


def gi_star_of_all(values: Array, near: csr_array, back: int = 0) -> Array:
    """
    Score each grid in each month against all grids in all months.

    Parameters
    ----------
    values
        Shape (t, n). One row a month, oldest first; of one row, `gi_star` says the same.
    near
        Shape (n, n), or those rows whose scores are asked for. As in `gi_star`; any weights,
        for example rows that sum to 1.
    back
        Months before that are neighbours, too: the same star there belongs to a month's
        neighbourhood. The first rows have only as many as there are.

    Returns
    -------
    z
        Shape (t, n). Mean and spread are those of the whole table, so that a rise
        everywhere is a rise. All 0 when all values are equal.
    """
    if not values.size:
        return np.zeros((len(values), near.shape[0]))
    months, weight, squares = _in_time(values, near, back)
    excess = months - values.mean() * weight
    spread = 0.0 if np.ptp(values) == 0 else values.std()
    return _scored(excess, spread * np.sqrt(_room(values.size, weight, squares)))


def gi_star_of_each(values: Array, near: csr_array, back: int = 0) -> Array:
    """Score each grid against all grids of the same months: place with place; as above."""
    if not values.size:
        return np.zeros((len(values), near.shape[0]))
    centred = values - values.mean(axis=1, keepdims=True)
    spread = np.where(np.ptp(values, axis=1) == 0, 0.0, values.std(axis=1))
    one, weight, squares = _in_time(centred, near, 0)
    # Months are drawn apart, so that their variances add up.
    variance = (spread[:, np.newaxis] ** 2) * _room(values.shape[1], weight, squares)
    return _scored(_with_before(one, back), np.sqrt(_with_before(variance, back)))


def _in_time(values: Array, near: csr_array, back: int) -> tuple[Array, Array, Array]:
    """Return each neighbourhood's sum, and the sums of its weights and of their squares."""
    weight = np.asarray(near.sum(axis=1), dtype=np.float64)
    squares = np.asarray(near.power(2).sum(axis=1), dtype=np.float64)
    ones = np.ones((len(values), near.shape[0]))
    return (
        _with_before(values @ near.T, back),
        _with_before(ones * weight, back),
        _with_before(ones * squares, back),
    )


def _with_before(rows: Array, back: int) -> Array:
    added = rows.copy()
    for months in range(1, min(back, len(rows) - 1) + 1):
        added[months:] += rows[:-months]
    return added


def _room(number: int, weight: Array, squares: Array) -> Array:
    """Return the variance of a weighted sum of values with variance 1, drawn from ``number``."""
    room: Array = np.maximum(number * squares - weight**2, 0) / max(number - 1, 1)
    return room


def _scored(excess: Array, scale: Array) -> Array:
    z: Array = np.divide(excess, scale, out=np.zeros_like(excess), where=scale > 0)
    return z


def survives(p: Array, level: float, correction: Correction = "bh") -> npt.NDArray[np.bool_]:
    """
    Say which tests survive when a share of ``level`` of those found may be false.

    Parameters
    ----------
    p
        Shape (…, n). Each row is a family of its own.
    correction
        ``by`` holds however the tests hang together, and finds less.

    Notes
    -----
    Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57(1), 289-300; Benjamini and
    Yekutieli (2001), Annals of Statistics 29(4), 1165-1188: ``level`` ÷ (1 + ½ + … + 1/n).
    """
    n = p.shape[-1]
    found = np.zeros(p.shape, np.bool_)
    for row, line in zip(found.reshape(-1, n), p.reshape(-1, n), strict=True) if n else ():
        row[:] = _survive(line, n, level, correction)
    return found


def _survive(p: Array, n: int, level: float, correction: Correction) -> npt.NDArray[np.bool_]:
    """Say which tests survive, of a family of ``n`` of which the others are likelier than all."""
    if correction == "by":
        level = level / max((1 / np.arange(1, n + 1)).sum(), 1.0)
    # What lies above the highest limit of all survives nowhere, and most tests do. That limit is
    # ``level`` as the last of those below is rounded.
    ranked = np.sort(p[p <= level * n / n])
    below = ranked[ranked <= level * np.arange(1, ranked.size + 1) / n]
    limit = below[-1] if below.size else -np.inf
    survives: npt.NDArray[np.bool_] = p <= limit
    return survives


def bins(values: Array, near: csr_array, rng: np.random.Generator, method: Method = USUAL) -> Bins:
    """
    Sort the grids of each map into bins, from −3 (cold, 99 %) to 3 (hot, 99 %).

    Parameters
    ----------
    values
        Shape (t, n). One map a row; false discoveries are limited within each.
    near
        Shape (n, n). As in `gi_star`.
    rng
        Asked only where sums have to be drawn.
    """
    p, side = tested(values, near, rng, method)
    return bins_of(p, side, method.correction)


def tested(
    values: Array, near: csr_array, rng: np.random.Generator, method: Method
) -> tuple[Array, Bins]:
    """Return p and side of each grid as ``method`` randomises; shapes as in `bins`."""
    randomised = permutation.total if method.randomisation == "total" else permutation.conditional
    return randomised(values, near, rng)


def bins_of(p: Array, side: npt.NDArray[np.int64], correction: Correction = "bh") -> Bins:
    """
    Sort two-sided p and the side each value lies on (−1, 0, 1) into bins.

    Notes
    -----
    Hot and cold grids are families of their own, each among all n grids: together, many
    true hotspots would raise the limit for chance lows, too. With three gatherings in
    1,024 grids, 3 % of the grids flagged then were cold ones that nothing made cold;
    apart, hardly any.
    """
    n = p.shape[-1]
    found = np.zeros(p.shape, np.int64)
    lines = zip(*(one.reshape(-1, n) for one in (found, p, side)), strict=True) if n else ()
    for row, line, sides in lines:
        # What is likelier survives at no level, and most tests are.
        likely = np.flatnonzero(line <= LEVELS[0][1] * n / n)
        for sign in (1, -1):
            these = likely[sides[likely] == sign]
            for level, allowed in LEVELS:
                row[these[_survive(line[these], n, allowed, correction)]] = sign * level
    return found
