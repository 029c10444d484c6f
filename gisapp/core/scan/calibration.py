"""How many false alarms a year each threshold gives, by the city's own months."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from gisapp.core import alerts
from gisapp.core.alerts import Seen
from gisapp.core.scan import chance, clusters
from gisapp.core.scan.chance import Null, Peaks, Watch
from gisapp.core.scan.circles import Circles

Array = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

THRESHOLDS: Final = (0.3, 0.2, 0.15, 0.1, 0.075, 0.05, 0.03, 0.02, 0.01, 0.005, 0.002)
"""p up to which a gathering is told, one of these."""

YEARS: Final = 20
"""Years that are simulated."""

SURE: Final = 0.95
"""How sure the interval of a simulated rate is."""

YEAR: Final = 12
"""Months."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What each threshold would have told where nothing gathers."""

    table: list[tuple[float, float]]
    """Threshold on p, false alarms a year; the loosest first."""
    years: int
    """Simulated."""

    def threshold(self, wanted: float) -> float:
        """Return the loosest threshold with ``wanted`` false alarms a year at most, or the last."""
        return next((p for p, alarms in self.table if alarms <= wanted), self.table[-1][0])

    def doubt(self, alarms: float) -> tuple[float, float]:
        """Return between what the rate of ``alarms`` a year lies in 95 % of cases.

        Exactly, for the mean of a Poisson count over the simulated years (Garwood, 1936).
        """
        return _between(round(alarms * self.years), self.years)


def least_years(wanted: float) -> int:
    """Return in how many years without any alarm it is told that ``wanted`` a year are kept."""
    return math.ceil(_between(0, 1)[1] / wanted)


def _between(count: int, years: int) -> tuple[float, float]:
    tail = (1 - SURE) / 2
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    return low / years, float(special.gammaincinv(count + 1, 1 - tail)) / years


def uncalibrated(wanted: float) -> float:
    """Return a threshold that is surely strict enough: as if every month told anew."""
    return min(wanted / YEAR, THRESHOLDS[0])


def calibrate(
    points: Array,
    base: Array,
    months: Sequence[int],
    rng: np.random.Generator,
    *,
    years: int = YEARS,
    draws: int = clusters.DRAWS,
    watch: Watch = lambda done: None,
) -> Calibration:
    """
    Simulate years without gatherings and count what each threshold would tell.

    Parameters
    ----------
    points, base
        As in `clusters.space`.
    months
        Cases of each month of the city's history, oldest first, at least one. They are taken
        again and again in their order, so that seasons stay; where in the city a case lies is
        drawn anew, as the base lies.
    years
        How many are simulated, besides one in which the first ones are met.

    Returns
    -------
    calibration
        Nothing is told in a place of fewer than two grids or without cases.

    Notes
    -----
    Each month is scanned as it would be when it was over, with the months before it, and the
    rule by which alerts are told (`alerts.judge`) runs along. p is read off one distribution of
    chance, that of the last months of the history.
    """
    span = min(2 * YEAR, max(len(months), 1))
    runs = YEAR * (years + 1)
    totals = np.resize(np.asarray(months, np.int64), span + runs - 1)
    mass = base / base.sum() if base.sum() else base
    if base.size < 2 or not totals[-span:].any():  # noqa: PLR2004  # one grid gathers nothing
        return Calibration([(p, 0.0) for p in THRESHOLDS], years)
    placed = rng.multinomial(totals, mass)
    search = Circles(points, mass, clusters.TENTH, clusters.PROSPECTIVE_REACH)
    reach = min(YEAR, span)
    now = Null(mass, np.asarray(months, np.int64)[::-1][:reach], int(np.sum(months[-span:])))
    maxima = chance.highest(search, now, draws, rng, lambda done: watch(done / 2))
    scans = [placed[start : start + span] for start in range(runs)]
    nulls = [Null(mass, one[::-1][:reach].sum(axis=1), int(one.sum())) for one in scans]
    stacks = [clusters.stacks(one, reach) for one in scans]
    lowest = float(np.quantile(maxima, 1 - THRESHOLDS[0])) * (1 - chance.EQUAL)
    found = [
        _seen(search, peaks, maxima, lowest, month)
        for month, peaks in enumerate(
            search.peaks_of_all(nulls, stacks, lambda done: watch((1 + done) / 2))
        )
    ]
    table = [
        (p, alerts.false_alarms([[o for q, o in month if q <= p] for month in found], YEAR) / years)
        for p in THRESHOLDS
    ]
    return Calibration(table, years)


def _seen(
    search: Circles,
    peaks: Peaks,
    maxima: Array,
    lowest: float,
    month: int,
) -> list[tuple[float, Seen]]:
    """List the gatherings of a month with their p."""
    found = []
    for centre, grids in clusters.apart(search, peaks, lowest):
        p = chance.share(float(peaks.ratio[centre]), maxima)
        names = frozenset(map(str, grids.tolist()))
        found.append((p, Seen(names, month - int(peaks.stack[centre]), 0, 0)))
    return found
