"""How much better two rates explain a window and the rest than one rate does."""

import math

from gisapp.core.compiled import Kernel


@Kernel
def ratio(count: float, expected: float, total: float) -> float:
    """
    Return the log likelihood ratio of one window under the Poisson model.

    Parameters
    ----------
    count
        Cases inside.
    expected
        Cases that its share of the base would hold, above 0 and below ``total``.
    total
        Cases inside and outside.

    Returns
    -------
    ratio
        0 where the window holds no more than expected: only high windows count.

    Notes
    -----
    Kulldorff (1997), Communications in Statistics: Theory and Methods 26(6), 1481-1496.
    """
    if count <= expected:
        return 0.0
    inside = count * math.log(count / expected)
    if count >= total:
        return inside
    return inside + (total - count) * math.log((total - count) / (total - expected))
