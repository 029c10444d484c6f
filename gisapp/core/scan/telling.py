"""What may be said of a cluster: its grids, its months, how rare it is, and the least it holds.

Nothing here is at full precision. A count is the least that the published figures of the
cluster's grids leave possible, so that it tells nothing that they do not tell; how rare a
cluster is comes in wide steps.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.core import windows
from gisapp.core.publication import EVIDENCE, FEW, WITHHELD, Figure, Published
from gisapp.core.scan.clusters import Cluster
from gisapp.i18n import N_, Sentence, window_name

Array = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

RUNS: Final = 12
"""Prospective scans a year: one when a month is over."""

YEARS: Final = (50, 20, 10, 5, 2, 1)
"""Steps of the recurrence interval."""

ODDS: Final = (100, 20, 10)
"""Steps of p where nobody scans month by month: as the bins, 99, 95 and 90 %."""


@dataclass(frozen=True, slots=True)
class Told:
    """What may leave of one cluster."""

    cluster: Cluster
    first: int
    """First month, as `windows` counts them."""
    last: int
    least: int
    """It holds at least so many disputes."""
    recurrence: int | None
    """Chance alone does this less than once in so many years; None in a scan of one window."""
    odds: int | None
    """Chance alone does this in less than one window of so many; None in a prospective scan."""

    @property
    def sentence(self) -> Sentence:
        """Say it."""
        fields: dict[str, object] = {
            "grids": len(self.cluster.grids),
            "first": window_name(windows.name(self.first)),
            "last": window_name(windows.name(self.last)),
            "least": self.least,
            "years": self.recurrence,
            "odds": self.odds,
        }
        if self.recurrence is None:
            return Sentence(
                N_(
                    "Grids together: {grids}. At least {least} disputes; chance alone gathers as "
                    "many anywhere in less than one window of {odds}."
                ),
                fields,
            )
        if self.recurrence == 1:
            return Sentence(
                N_(
                    "Grids together: {grids}, from {first} to {last}. At least {least} disputes; "
                    "chance alone gathers as many less than once a year."
                ),
                fields,
            )
        return Sentence(
            N_(
                "Grids together: {grids}, from {first} to {last}. At least {least} disputes; "
                "chance alone gathers as many less than once in {years} years."
            ),
            fields,
        )


def recurrence(p: float) -> float:
    """Return in how many years chance alone comes up with as much once."""
    return 1 / (p * RUNS)


def least(figures: Sequence[Figure]) -> int:
    """
    Return the least that published figures leave possible together, rounded down to five.

    Below `EVIDENCE` nothing is told at all, so whoever reads of a cluster knows that much.
    """
    known = sum(max(one - FEW // 2, FEW) for one in figures if isinstance(one, int))
    return max(known, EVIDENCE) // FEW * FEW


def least_of(cluster: Cluster, published: Sequence[Published]) -> int:
    """Return the least that a cluster holds; ``published`` as in `tell`."""
    return least([one for month in published[-cluster.months :] for one in _within(cluster, month)])


def stands_for(published: Published, grids: Longs, base: Array) -> Longs:
    """
    Return the counts that published figures stand for.

    Parameters
    ----------
    grids
        Shape (n,). Positions in what is published.
    base
        Shape (n,). Their households and enterprises.

    Returns
    -------
    counts
        Shape (n,). A figure is spread over the grids of its cell as the base lies; below five it
        is two, and where none leaves it is what the base would have of all that left.
    """
    _, cell = np.unique(np.array(published.cells, np.int64)[grids], return_inverse=True)
    cells = int(cell.max(initial=-1)) + 1
    figures = np.full(cells, np.nan)
    for at, grid in zip(cell.tolist(), grids.tolist(), strict=True):
        figure = published.counts[grid]
        if figure != WITHHELD:
            figures[at] = figure if isinstance(figure, int) else FEW // 2
    held, left = np.bincount(cell, base, cells), ~np.isnan(figures)
    if not held[left].any():
        return np.zeros(grids.size, np.int64)
    usual = figures[left].sum() / held[left].sum()
    rate = np.divide(figures, held, out=np.full(cells, usual), where=left & (held > 0))
    counts: Longs = np.rint(rate[cell] * base).astype(np.int64)
    return counts


def _within(cluster: Cluster, month: Published) -> list[Figure]:
    """List the counts of the published cells that lie in a cluster as a whole, each once."""
    grids = cluster.grids.tolist()
    size = Counter(month.cells)
    inside = Counter(month.cells[grid] for grid in grids)
    first = {month.cells[grid]: month.counts[grid] for grid in grids}
    return [first[cell] for cell, number in inside.items() if number == size[cell]]


def tell(
    clusters: Sequence[Cluster],
    published: Sequence[Published],
    months: range,
    *,
    prospective: bool,
) -> list[Told]:
    """
    Choose the clusters that may be told, and what of them.

    Parameters
    ----------
    clusters
        The most likely first.
    published
        What is published of each window or month, the last one last.
    months
        Those of the window, or of the months, that ``published`` is about.

    Notes
    -----
    A cluster leaves only where it holds at least `EVIDENCE` disputes, like a bin, and only
    when chance alone does as much in less than one window of ten, or once a year; and it is
    told as if it held one dispute less. So that it is told never says how many there are.
    Windows that hold fewer than expected are not looked for: quiet is no gathering.
    """
    told: list[Told] = []
    for one in clusters:
        steps, rare = (YEARS, recurrence(one.firm)) if prospective else (ODDS, 1 / one.firm)
        step = next((step for step in steps if rare >= step), None)
        if one.count <= EVIDENCE or step is None:
            continue
        told.append(
            Told(
                one,
                months[-one.months] if prospective else months[0],
                months[-1],
                least_of(one, published),
                step if prospective else None,
                None if prospective else step,
            )
        )
    return told
