"""How often chance alone gathers as much, or as little, as is seen around a grid.

Sums over a neighbourhood are compared with all sums that chance could have put there.
Where the neighbours of a grid weigh alike, these depend on their number only and are
counted exactly, without replacement (`convolution`). Whole numbers keep their values;
others are first rounded to steps of their range, in the map as well as in what it is
compared with; `error` says what that may do to p. Other weights, and neighbourhoods too
large to count, are drawn (`draws`).

Two-sided p is folded: twice the smaller tail, both tails containing what was seen, at most 1.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import draws
from gisapp.core.convolution import Sums, countable, lattice, whole
from gisapp.errors import InvalidInput
from gisapp.i18n import N_

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class UnfitWeights(InvalidInput):
    """Weights that are negative or no numbers, or a grid that is not its own neighbour."""

    code = "unfit_weights"
    message = N_("Weights must be numbers above 0, and each grid its own neighbour.")


def total(values: Array, near: csr_array, rng: np.random.Generator) -> tuple[Array, Whole]:
    """
    Test each grid when all values, its own included, could lie anywhere.

    Parameters
    ----------
    values
        Shape (t, n). One map a row.
    near
        Shape (n, n). Weights of the neighbours, above 0 on the diagonal; 0 elsewhere.
    rng
        Asked only where neighbours of one grid weigh differently, and for neighbourhoods
        too large to count.

    Returns
    -------
    p
        Shape (t, n). Two-sided, above 0; a grid that neighbours all others alike has 1.
    side
        Shape (t, n). 1 where the sum is high, −1 where it is low, 0 in the middle.

    Raises
    ------
    UnfitWeights
        If a weight is negative or no number, or a grid has no star.
    """
    weights = _fit(near)
    if not weights.diagonal().all():
        raise UnfitWeights
    return _tested(values, weights, None, rng)


def conditional(values: Array, near: csr_array, rng: np.random.Generator) -> tuple[Array, Whole]:
    """
    Test each grid when its own value stays and only the others could lie elsewhere.

    The grid's own value then counts for nothing: the test is that of Gi, and of local
    Moran. For comparison with published results; `total` is what we use.

    Parameters
    ----------
    values, near, rng
        As in `total`; the diagonal is ignored.

    Returns
    -------
    p, side
        As in `total`; a grid without neighbours has 1 and 0.
    """
    weights = _fit(near)
    weights.setdiag(0)
    weights.eliminate_zeros()
    return _tested(values, weights, np.arange(weights.shape[0]), rng)


def error(values: Array, near: csr_array) -> Array:
    """
    Bound what rounding to steps may do to p of `total`.

    Parameters
    ----------
    values, near
        As in `total`; neighbours of one grid weigh alike.

    Returns
    -------
    most
        Shape (t, n). No unrounded p is farther from that of `total`: 0 for whole numbers.

    Notes
    -----
    A value moves by at most half a step, so a sum of k values, drawn or seen, moves by at
    most k ÷ 2 steps, and their difference by k. Each tail therefore lies between those of
    sums k steps lower and k steps higher.
    """
    weights = _fit(near)
    size = np.diff(weights.indptr)
    pattern = _pattern(weights)
    most = np.zeros(values.shape)
    for row, line in enumerate(values):
        if not line.size or whole(line):
            continue
        level = lattice(line)
        seen = np.rint(pattern @ level).astype(np.int64)
        sums = Sums(level, int(size.max(initial=1)))
        for k in np.unique(size).tolist():
            these = np.flatnonzero(size == k)
            low, high = sums.tails(k, seen[these])
            wide = (sums.tails(k, seen[these] + k), sums.tails(k, seen[these] - k))
            most[row, these] = 2 * np.max(
                [wide[0][0] - low, low - wide[1][0], wide[1][1] - high, high - wide[0][1]], axis=0
            )
    return np.minimum(most, 1.0)


def _fit(near: csr_array) -> csr_array:
    if not (np.isfinite(near.data).all() and (near.data >= 0).all()):
        raise UnfitWeights
    weights = csr_array(near, dtype=np.float64, copy=True)
    weights.eliminate_zeros()
    return weights


def _pattern(weights: csr_array) -> csr_array:
    return csr_array((np.ones(weights.nnz), weights.indices, weights.indptr), weights.shape)


def _alike(weights: csr_array) -> Flags:
    """Say whose neighbours all have the same weight."""
    size = np.diff(weights.indptr)
    row = np.repeat(np.arange(size.size), size)
    other = weights.data != weights.data[weights.indptr[row]]
    alike: Flags = np.bincount(row[other], minlength=size.size) == 0
    return alike


def _tested(
    values: Array, weights: csr_array, own: Whole | None, rng: np.random.Generator
) -> tuple[Array, Whole]:
    p, side = np.ones(values.shape), np.zeros(values.shape, np.int64)
    alike = _alike(weights)
    pattern = _pattern(weights)
    for row, line in enumerate(values if values.size else []):
        low, high, counted = _counted(line, pattern, alike, own, rng)
        loose = np.flatnonzero(~counted)
        if loose.size:
            kept = None if own is None else own[loose]
            drawn = draws.tails(line[np.newaxis], weights[loose], kept, rng)
            low[loose], high[loose] = drawn[0][0], drawn[1][0]
        p[row], side[row] = fold(low, high)
    return p, side


def _counted(
    line: Array, pattern: csr_array, alike: Flags, own: Whole | None, rng: np.random.Generator
) -> tuple[Array, Array, Flags]:
    """Return the tails of the grids whose sums depend on their number only, and which those are."""
    level = lattice(line)
    n = level.size
    size = np.diff(pattern.indptr)
    seen = np.rint(pattern @ level.astype(np.float64)).astype(np.int64)
    # Choosing k of all is leaving out the rest: the smaller one is counted.
    rest = n - size if own is None else n - 1 - size
    few = np.minimum(size, rest)
    left = level.sum() - seen - (0 if own is None else level)
    seen = np.where(few < size, left, seen)
    low, high, done = np.ones(n), np.ones(n), alike.copy()
    numbers = np.unique(few[alike])
    sums = Sums(level, max((k for k in numbers.tolist() if countable(k, level)), default=1))
    far = np.array([k for k in numbers.tolist() if not countable(k, level)], np.int64)
    drawn: Iterator[Whole] = iter([])
    if far.size and own is None:
        drawn = iter(draws.sums_of(level, far, rng))
    for k in numbers.tolist():
        these = np.flatnonzero(alike & (few == k))
        if own is None and k in far:
            low[these], high[these] = draws.tails_at(next(drawn), seen[these])
        elif own is None:
            low[these], high[these] = sums.tails(k, seen[these])
        elif k not in far:
            low[these], high[these] = sums.tails_without(level[these], k, seen[these])
    if own is not None:
        done &= ~np.isin(few, far)
    turned = done & (few < size)
    low[turned], high[turned] = high[turned], low[turned]
    return low, high, done


def fold(low: Array, high: Array) -> tuple[Array, Whole]:
    """Return two-sided p and side of two tails, both of which contain what was seen."""
    smaller = np.minimum(low, high)
    p = np.minimum(1.0, np.maximum(2 * smaller, np.finfo(float).tiny))
    return p, np.sign(low - high).astype(np.int64) * (p < 1)
