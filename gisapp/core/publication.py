"""The one pure function between counts and what leaves; nothing else may say a count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.coded import Coded
from gisapp.core.areas import Areas
from gisapp.core.cells import LEAST_BASE, Cells

FEW: Final = 5
"""Counts below this are all published alike."""

FEWER: Final = f"<{FEW}"

EVIDENCE: Final = 10
"""Disputes that a grid and its neighbours must hold in the window before a bin is published."""

WITHHELD: Final = "—"
"""Stands for a count that is not published, whatever it is; reads alike in every language."""

NOT_ENOUGH_EVIDENCE: Final = "not_enough_evidence"

LEVELS: Final = range(-3, 4)
"""Bins, from cold to hot."""

NO_BIN: Final = 9
"""Stands for a bin that does not leave, in arrays."""

Figure = int | str


def rounded(n: int) -> Figure:
    """Say a count of people or cases: ``<5`` for 0 to 4, else rounded to five."""
    return FEWER if n < FEW else FEW * round(n / FEW)


def rounded_all(counts: npt.NDArray[np.integer]) -> list[Figure]:
    """Say every count of an array, as `rounded` does one."""
    near: list[int] = (FEW * np.rint(counts / FEW).astype(np.int64)).tolist()
    few: list[bool] = (counts < FEW).tolist()
    return [FEWER if small else figure for small, figure in zip(few, near, strict=True)]


def room(
    counts: npt.NDArray[np.integer],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Say which counts `rounded` would say alike if they were one more, and one less."""
    more, less = counts < FEW - 1, (counts > 0) & (counts != FEW)
    # Most counts are small, and dividing is slow.
    many = np.nonzero(counts >= FEW)
    place = (counts[many] + FEW // 2) % FEW
    more[many] = place < FEW - 1
    less[many] &= place > 0
    return more, less


@dataclass(frozen=True, slots=True)
class Published:
    """What may leave about the grids of one map."""

    counts: Sequence[Figure]
    """Rounded, ``<5`` or `WITHHELD`."""
    cells: list[int]
    """Which grids are counted together: each has the count of its cell."""
    bins: Sequence[int | str]
    """−3 to 3, or `NOT_ENOUGH_EVIDENCE`."""
    totals: dict[str, Figure]
    """Of communities, townships and counties, by code: rounded, ``<5`` or `WITHHELD`."""
    total: Figure
    """Of the county, or of several together."""


NOTHING: Final = Published([], [], [], {}, WITHHELD)
"""Of an area without grids."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What may leave of one window and category."""

    figures: npt.NDArray[np.bool_]
    """Shape (k,). Whether the count of a cell leaves."""
    bins: npt.NDArray[np.integer]
    """Shape (n,). −3 to 3 from the true values, or `NO_BIN`."""
    totals: npt.NDArray[np.bool_]
    """Shape (a,). Whether the total of an area leaves."""


def publish(
    counts: npt.NDArray[np.integer],
    cells: Cells,
    areas: Areas,
    shown: Seen,
) -> Published:
    """
    Turn what is true of a window into what may be said of it.

    Parameters
    ----------
    counts
        Shape (n,). Disputes of each grid in one calendar month, quarter or year.
    cells, areas
        Which grids are counted together, and who lies in whom; each grid is given the count
        of its cell.
    shown
        What may leave, as `protection.protect` decided.
    """
    sums = cells.sums(counts)
    said = _coded(sums, shown.figures)
    totals = _said(areas.sums(sums), shown.totals)
    level = np.where(shown.bins == NO_BIN, len(LEVELS), shown.bins - LEVELS[0])
    return Published(
        Coded(said.values, said.at[cells.of]),
        cells.of.tolist(),
        Coded((*LEVELS, NOT_ENOUGH_EVIDENCE), level.astype(np.uint8)),
        {code: total for code, total in zip(areas.codes, totals, strict=True) if code.isdigit()},
        together(totals[-areas.wholes :]),
    )


def total(sums: npt.NDArray[np.integer], shown: npt.NDArray[np.bool_]) -> Figure:
    """Say the total that `publish` says, of the sums of wholes and whether each of them leaves."""
    return together(_said(sums, shown))


def together(said: Sequence[Figure]) -> Figure:
    """
    Add up what is published of several counties.

    Nothing but that may be told of all: each county keeps its own small counts, and knows of no
    total above its own. Below five a county counts as two; where all are, nothing is said.
    """
    if len(said) == 1:
        return said[0]
    figures = [one for one in said if isinstance(one, int)]
    if WITHHELD in said or not figures:
        return WITHHELD
    return rounded(sum(figures) + FEW // 2 * (len(said) - len(figures)))


def _said(counts: npt.NDArray[np.integer], shown: npt.NDArray[np.bool_]) -> list[Figure]:
    return _coded(counts, shown).tolist()


def _coded(counts: npt.NDArray[np.integer], shown: npt.NDArray[np.bool_]) -> Coded[Figure]:
    """Say counts as `rounded` does, or that they are withheld."""
    fives = np.where(counts < FEW, 0, np.rint(counts / FEW).astype(np.int64))
    said = (WITHHELD, FEWER, *range(FEW, FEW * int(fives.max(initial=0)) + 1, FEW))
    return Coded(said, np.where(shown, fives + 1, 0))


def cases(
    least: npt.NDArray[np.integer],
    few: npt.NDArray[np.bool_],
    calls: npt.NDArray[np.bool_],
    others: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """
    Add up published counts of disputes to cases a year.

    Parameters
    ----------
    least
        Shape (m, c). What was published of each category, 0 where that was `FEWER` or nothing.
    few
        Shape (m, c). Whether `FEWER` was published of a year.
    calls
        Shape (c, s). Which disputes are cases of which kind.
    others
        Shape (m, s). Cases that come from elsewhere.

    Returns
    -------
    cases
        Shape (m, s). nan where it might be less than `FEW` or more.
    """
    found = least @ calls + others
    unknown = np.where(few, FEW - 1, FEW) @ calls + others
    return np.where((found >= FEW) | (unknown < FEW), found, np.nan)


def enough_base(base: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Say which grids hold so many households and enterprises that counts may be shown."""
    found: npt.NDArray[np.bool_] = np.nan_to_num(base, nan=0.0) >= LEAST_BASE
    return found
