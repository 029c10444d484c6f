"""What may be said of a cluster: its grids, its months, how rare it is, and the least it holds.

Nothing here is at full precision. A count is the least that the published figures of the
cluster's grids leave possible, so that it tells nothing that they do not tell; how rare a
cluster is comes in wide steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gisapp.core import windows
from gisapp.core.publication import EVIDENCE, FEW, Figure
from gisapp.core.scan.clusters import Cluster
from gisapp.i18n import N_, Sentence

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
            "first": windows.name(self.first),
            "last": windows.name(self.last),
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


def least_of(cluster: Cluster, figures: Sequence[Sequence[Figure]]) -> int:
    """Return the least that a cluster holds; ``figures`` as in `tell`."""
    rows = figures[-cluster.months :]
    return least([row[grid] for row in rows for grid in cluster.grids.tolist()])


def tell(
    clusters: Sequence[Cluster],
    figures: Sequence[Sequence[Figure]],
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
    figures
        What is published of each grid: for each window or month, the last one last.
    months
        Those of the window, or of the months, that ``figures`` are about.

    Notes
    -----
    A cluster leaves only where it holds at least `EVIDENCE` disputes, like a bin, and only
    when chance alone does as much in less than one window of ten, or once a year.
    """
    told: list[Told] = []
    for one in clusters:
        steps, rare = (YEARS, recurrence(one.p)) if prospective else (ODDS, 1 / one.p)
        step = next((step for step in steps if rare >= step), None)
        if one.count < EVIDENCE or step is None:
            continue
        told.append(
            Told(
                one,
                months[-one.months] if prospective else months[0],
                months[-1],
                least_of(one, figures),
                step if prospective else None,
                None if prospective else step,
            )
        )
    return told
