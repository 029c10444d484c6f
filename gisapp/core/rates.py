"""Disputes per household and enterprise, made comparable between small grids and large ones."""

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

HAIR: Final = 1e-12
"""Share of what is subtracted from each other that rounding may leave."""

FLOOR: Final = 10.0
"""A smaller base counts as this: one dispute in a park must not outshine a street."""


def usable(base: Array) -> Array | None:
    """
    Make a base that every grid can be divided by.

    Parameters
    ----------
    base
        Shape (n,). Households and enterprises together; nan where a number is missing.

    Returns
    -------
    base
        Shape (n,). A missing number becomes the median of the known ones, since missing
        is not zero; none is below `FLOOR`. None when more than half are missing: then
        only plain counts can be compared.
    """
    known = np.isfinite(base)
    if 2 * known.sum() < base.size or not known.any():
        return None
    filled: Array = np.maximum(np.where(known, base, np.median(base[known])), FLOOR)
    return filled


def standardised(counts: npt.NDArray[np.integer] | Array, base: Array) -> Array:
    """
    Standardise rates by empirical Bayes: small bases are trusted less.

    Parameters
    ----------
    counts
        Shape (…, n). Disputes per grid; each row is a map with an overall rate of its own.
    base
        Shape (n,), above 0. Households and enterprises of each grid.

    Returns
    -------
    rates
        Shape (…, n). (rate − overall rate) ÷ √(a + b ÷ base), no unit, where b is the
        overall rate and a the variance of the rates beyond chance. Where a is so far
        below 0 that the root would not exist, a is left out. A map without any dispute
        is 0 everywhere.

    Notes
    -----
    Assunção and Reis (1999), Statistics in Medicine 18(16), 2147-2162.
    """
    overall, scale = _scale(counts, base)
    return _over(counts / base - overall, scale)


def with_steps(counts: npt.NDArray[np.integer] | Array, base: Array) -> tuple[Array, Array]:
    """Return `standardised` and `steps` of the same."""
    overall, scale = _scale(counts, base)
    return _over(counts / base - overall, scale), _over(1.0, base * scale)


def steps(counts: npt.NDArray[np.integer] | Array, base: Array) -> Array:
    """
    Say what one dispute more in a grid adds to its rate, those of the others left alone.

    Parameters
    ----------
    counts, base
        As in `standardised`.

    Returns
    -------
    steps
        Shape (…, n). 0 in a map without any dispute.
    """
    return _over(1.0, base * _scale(counts, base)[1])


def _over(part: Array | float, whole: Array) -> Array:
    """Divide; nothing is 0."""
    found: Array = np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
    return found


def _scale(counts: npt.NDArray[np.integer] | Array, base: Array) -> tuple[Array, Array]:
    """Return the overall rate of each map, and what each grid's excess over it is divided by."""
    rate = counts / base
    whole = base.sum()
    overall = counts.sum(axis=-1, keepdims=True) / whole
    spread = (base * (rate - overall) ** 2).sum(axis=-1, keepdims=True) / whole
    beyond = spread - overall / base.mean()
    variance = beyond + overall / base
    # What rounding leaves of nothing is nothing: its root would make a rate of millions.
    there = variance > HAIR * (spread + overall / base)
    variance = np.where(there, variance, overall / base)
    return overall, np.sqrt(variance)
