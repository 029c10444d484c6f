"""Round which grids a dispute more or less would change a bin, one grid after the other."""

import numpy as np
import numpy.typing as npt

from gisapp.core.compiled import Kernel

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]


@Kernel
def fits(
    shown: Flags,
    most: Array,
    steps: Array,
    starts: Places,
    holders: Places,
    grids: Whole,
    free: Flags,
) -> None:
    """
    Mark in ``free`` of which grids a dispute fits in all bins shown around it.

    Parameters
    ----------
    shown, most, steps, free
        Shape (t, n). Which bins are shown, how much further their sums may go, and how much a
        dispute in each grid is.
    starts, holders
        As of a sparse matrix: of each grid those in whose neighbourhood it lies.
    grids
        Of which ``free`` is written anew.
    """
    for row in range(len(shown)):
        for grid in grids:
            fit = True
            for at in range(starts[grid], starts[grid + 1]):
                holder = holders[at]
                if shown[row, holder] and not steps[row, grid] <= most[row, holder]:
                    fit = False
                    break
            free[row, grid] = fit
