"""Which grids resemble their neighbours, and which stand out from them: local Moran."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NONE: Final = 0
HIGH_HIGH: Final = 1
LOW_LOW: Final = 2
LOW_HIGH: Final = 3
HIGH_LOW: Final = 4
ISOLATED: Final = 6
TOO_NEAR: Final = 7
"""Codes of a grid's kind, as in GeoDa (whose 5, undefined, is never needed here); 7 is ours."""

ROUNDING: Final = 1e-12
"""A standard deviation below this is that of equal numbers."""


def rows_to_one(near: csr_array) -> csr_array:
    """Return ``near`` without its diagonal, each row divided by its sum; empty rows stay so."""
    return _rows(near, np.arange(near.shape[0]))


def _rows(near: csr_array, these: Whole) -> csr_array:
    """Return some rows of `rows_to_one`."""
    weights = csr_array(near[these], dtype=np.float64)
    row = np.repeat(np.arange(these.size), np.diff(weights.indptr))
    others = (weights.indices != these[row]) & (weights.data != 0)
    column, data, row = weights.indices[others], weights.data[others], row[others]
    sums = np.bincount(row, data, minlength=these.size)
    sums[sums == 0] = 1.0
    start = np.append(0, np.cumsum(np.bincount(row, minlength=these.size)))
    return csr_array(((1 / sums)[row] * data, column, start), weights.shape)


def local(values: Array, near: csr_array) -> Array:
    """
    Multiply how far each grid is from the mean with how far its neighbours are.

    Parameters
    ----------
    values
        Shape (n,). Counts or rates, any unit.
    near
        Shape (n, n). Weights of the neighbours; the diagonal is ignored, rows are divided
        by their sums.

    Returns
    -------
    moran
        Shape (n,), no unit. Above 0 among like neighbours, below 0 among unlike ones; 0
        for a grid without neighbours, and everywhere when all values are equal.

    Notes
    -----
    Anselin (1995), Geographical Analysis 27(2), 93-115, with the standard deviation of n − 1
    degrees of freedom, as in GeoDa.
    """
    z = _standard(values)
    moran: Array = z * (rows_to_one(near) @ z)
    return moran


def score(values: Array, near: csr_array) -> Array:
    """
    Score local Moran against all arrangements of the other grids' values.

    Returns
    -------
    z
        Shape (n,). (moran − its mean) ÷ its standard deviation, exact over all
        permutations that leave the grid's own value where it is. 0 where all of these
        give the same.

    Notes
    -----
    Sokal, Oden and Thomson (1998), Geographical Analysis 30(4), 331-354, conditional.
    """
    n = values.size
    z = _standard(values)
    weights = rows_to_one(near)
    whole = np.asarray(weights.sum(axis=1), dtype=np.float64)
    squares = np.asarray(weights.power(2).sum(axis=1), dtype=np.float64)
    others = n - 1
    mean = (z.sum() - z) / max(others, 1)
    spread = np.maximum(((z**2).sum() - z**2) / max(others, 1) - mean**2, 0)
    room = np.maximum(others * squares - whole**2, 0) / max(others - 1, 1)
    sd = np.abs(z) * np.sqrt(spread * room)
    excess = z * (weights @ z - mean * whole)
    found: Array = np.divide(excess, sd, out=np.zeros(n), where=sd > ROUNDING)
    return found


def kinds(values: Array, near: csr_array, found: npt.NDArray[np.bool_]) -> Whole:
    """
    Name the kind of each grid: alike and high, alike and low, or unlike.

    Parameters
    ----------
    values, near
        As in `local`.
    found
        Shape (n,). Whether the test of a grid survived.

    Returns
    -------
    kinds
        Shape (n,). `HIGH_HIGH` (a high value among high ones), `LOW_LOW`, `LOW_HIGH`,
        `HIGH_LOW`, `NONE`, or `ISOLATED` without neighbours, whatever ``found`` says.
    """
    named = np.where(_alone(near), ISOLATED, NONE)
    these = np.flatnonzero(found & (named == NONE))
    every = _standard(values)
    z, around = every[these], _rows(near, these) @ every
    kind = np.select(
        [(z > 0) & (around > 0), (z < 0) & (around > 0), (z < 0) & (around < 0)],
        [HIGH_HIGH, LOW_HIGH, LOW_LOW],
        HIGH_LOW,
    )
    # A value or a surrounding exactly at the mean is neither high nor low.
    named[these] = np.where((z != 0) & (around != 0), kind, NONE)
    return named


def clear(
    values: Array, steps: Array, near: csr_array, where: Flags | None = None
) -> npt.NDArray[np.bool_]:
    """
    Say where one case more or less leaves a grid, and its neighbours, on their side of the mean.

    Parameters
    ----------
    values, near
        As in `local`.
    steps
        Shape (n,). What a case is in the unit of ``values``.
    where
        Shape (n,). Of whom it is asked, if not of all; the others are not clear.

    Returns
    -------
    clear
        Shape (n,). Whoever reads the kind of such a grid learns nothing that one case,
        wherever it lies, would change.
    """
    found = np.zeros(values.size, np.bool_)
    these = np.arange(values.size) if where is None else np.flatnonzero(where)
    if not these.size:
        return found
    weights = _rows(near, these)
    apart = values - values.mean()
    widest = (weights.multiply(steps)).max(axis=1).toarray().ravel()
    far = np.abs(weights @ apart) >= widest
    found[these] = (np.abs(apart[these]) >= steps[these]) & far
    return found


def _alone(near: csr_array) -> Flags:
    """Say which grids have no neighbours."""
    row = np.repeat(np.arange(near.shape[0]), np.diff(near.indptr))
    others = (near.indices != row) & (near.data != 0)
    alone: Flags = np.bincount(row[others], minlength=near.shape[0]) == 0
    return alone


def _standard(values: Array) -> Array:
    if not values.size or np.ptp(values) == 0:
        return np.zeros(values.size)
    z: Array = (values - values.mean()) / values.std(ddof=1)
    return z
