"""Which counts can be higher than what was found already: a table that spares logarithms."""

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

Limits = tuple[npt.NDArray[np.int32], Array]
"""What `limits` returns."""

LEAST_CASES: Final = 2
"""Cases below which a window is none: one case is where it is."""

FINE: Final = 4.0
"""Rows to a unit of √expected: half a standard deviation each."""

LEVELS: Final = 4.0
"""Columns to a unit of the ratio."""

TOP: Final = 64
"""The ratio from which all are looked at alike."""


def ratios(count: Array, expected: Array, total: float) -> Array:
    """Return `likelihood_kernels.ratio` of arrays."""
    rest, apart = total - count, total - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(expected > 0, count * np.log(count / expected), np.inf)
        outside = np.where(rest > 0, rest * np.log(rest / apart), 0.0)
    found: Array = np.where(count > expected, inside + outside, 0.0)
    return found


def limits(total: int, most: float) -> Limits:
    """
    Tabulate the least count that can reach a ratio.

    Parameters
    ----------
    total
        Cases of all months.
    most
        The most that any window expects, in cases.

    Returns
    -------
    limits
        Shape (rows, columns). For any window that expects at least what its row begins with,
        and any ratio of at least what its column begins with, a smaller count has a smaller
        ratio; ``total + 1`` where no count reaches it.
    steps
        Shape (2,). `FINE` and `LEVELS`: row = √expected × the one, column = ratio × the other.

    Notes
    -----
    The ratio grows with the count and shrinks with what is expected, so the least count is
    found by halving, and what holds where a row begins holds along it.
    """
    rows = int(np.sqrt(most) * FINE) + 2
    expected = (np.arange(rows)[:, np.newaxis] / FINE) ** 2
    reached = np.arange(int(TOP * LEVELS) + 1)[np.newaxis] / LEVELS
    low = np.full((rows, reached.size), LEAST_CASES)
    high = np.full_like(low, total + 1)
    expected = np.minimum(expected, np.nextafter(float(total), 0.0))
    while (low < high).any():
        middle = (low + high) // 2
        enough = ratios(middle.astype(np.float64), expected, float(total)) >= reached
        enough &= middle > expected
        high = np.where(enough, middle, high)
        low = np.where(enough | (low >= high), low, middle + 1)
        low = np.minimum(low, high)
    return low.astype(np.int32), np.array([FINE, LEVELS])
