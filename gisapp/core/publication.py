"""The one pure function between counts and what leaves; nothing else may say a count."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

FEW: Final = 5
"""Counts below this are all published alike."""

FEWER: Final = f"<{FEW}"

EVIDENCE: Final = 10
"""Disputes that a grid and its neighbours must hold in the window before a bin is published."""

LEAST_BASE: Final = 10
"""Households and enterprises together below which a grid shows bins only."""

WITHHELD: Final = "—"
"""Stands for a count that is not published, whatever it is; reads alike in every language."""

NOT_ENOUGH_EVIDENCE: Final = "not_enough_evidence"

Figure = int | str


def rounded(n: int) -> Figure:
    """Say a count of people or cases: ``<5`` for 0 to 4, else rounded to five."""
    return FEWER if n < FEW else FEW * round(n / FEW)


def rounded_all(counts: npt.NDArray[np.integer]) -> list[Figure]:
    """Say every count of an array, as `rounded` does one."""
    near: list[int] = (FEW * np.rint(counts / FEW).astype(np.int64)).tolist()
    few: list[bool] = (counts < FEW).tolist()
    return [FEWER if small else figure for small, figure in zip(few, near, strict=True)]


@dataclass(frozen=True, slots=True)
class Published:
    """What may leave about the grids of one map."""

    counts: list[Figure]
    """Rounded, ``<5`` or `WITHHELD`."""
    bins: list[int | str]
    """−3 to 3, or `NOT_ENOUGH_EVIDENCE`."""


def publish(
    counts: npt.NDArray[np.int64],
    bins: npt.NDArray[np.int64],
    star: csr_array,
    base: npt.NDArray[np.float64],
) -> Published:
    """
    Turn what is true of a window into what may be said of it.

    Parameters
    ----------
    counts
        Shape (n,). Disputes of each grid in one calendar month, quarter or year.
    bins
        Shape (n,). −3 to 3, from the true values.
    star
        Shape (n, n). 1 where two grids are neighbours and on the diagonal.
    base
        Shape (n,). Households and enterprises together; nan where a number is missing.

    Notes
    -----
    A missing number is not zero: such a grid shows its bin only, like one with fewer
    than `LEAST_BASE`. That a count is withheld depends on ``base`` alone, never on the
    count.
    """
    shown = enough_base(base).tolist()
    figures = zip(rounded_all(counts), shown, strict=True)
    evidence = (star @ counts >= EVIDENCE).tolist()
    return Published(
        [figure if known else WITHHELD for figure, known in figures],
        [
            level if enough else NOT_ENOUGH_EVIDENCE
            for level, enough in zip(bins.tolist(), evidence, strict=True)
        ],
    )


def enough_base(base: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Say which grids hold so many households and enterprises that counts may be shown."""
    found: npt.NDArray[np.bool_] = np.nan_to_num(base, nan=0.0) >= LEAST_BASE
    return found
