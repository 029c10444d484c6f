"""The hotspot map of one window: read from the store, computed by the core."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import hotmap, publication, trend, windows
from gisapp.core.method import USUAL, Method
from gisapp.i18n import Name
from gisapp.query import HotspotQuery
from gisapp.store import disputes, hot_ground
from gisapp.store.hot_ground import Bins, Keep
from gisapp.store.session import Session

Whole = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

SERIES: Final = 24
"""Months shown along the foot of the map and in the chart of a grid."""

SEED: Final = 0
"""Of the draws for neighbourhoods too large to count exactly: the same map, the same answer."""


def dice() -> np.random.Generator:
    """Return the generator of those draws, as new."""
    return np.random.default_rng(SEED)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is true of one window; only `published` and the classes may leave."""

    revision: str
    codes: list[str]
    window: str
    within: range
    """The window's months."""
    months: range
    """All months read; they hold the window, the series and the months of the trend."""
    counts: Whole
    """Shape (months, n)."""
    foot: dict[int, int]
    """Disputes of the whole map in each of the months along its foot."""
    by_category: dict[str, int]
    """Disputes of the whole map in the window; a category without any may be missing."""
    households: Array
    enterprises: Array
    star: csr_array
    category: str | None
    name: Name | None
    recorded: range | None
    """Months from the first dispute to the last."""
    keep: Keep
    """Holds bins of months that another window needs, too."""
    method: Method
    outside: int
    """Disputes of the window that lie in no grid of now."""

    @property
    def base(self) -> Array:
        """Households and enterprises together; nan where a number is missing."""
        return self.households + self.enterprises

    @property
    def window_counts(self) -> Whole:
        """Shape (n,). Disputes of each grid in the window."""
        total: Whole = self.part(self.within).sum(axis=0)
        return total

    @property
    def plain(self) -> bool:
        """Whether plain counts are compared because too few bases are known."""
        return bool(2 * np.isfinite(self.base).sum() < len(self.codes))

    def part(self, months: range) -> Whole:
        """Return the counts of some of the months."""
        start = self.months.start
        return self.counts[months.start - start : months.stop - start]

    def until_window(self, most: int) -> range:
        """Return up to ``most`` months that end with the window and have records before them."""
        stop = self.within.stop
        first = self.within.start if self.recorded is None else self.recorded.start
        return range(min(max(stop - most, first), stop - 1), stop)

    def published(self) -> publication.Published:
        """Return what may be said of the window."""
        counts = self.window_counts
        return publication.publish(counts, self._bins(self.within), self.star, self.base)

    def published_series(self) -> tuple[range, list[publication.Published]]:
        """Return what may be said of each of the months up to the window's end."""
        months = self.until_window(SERIES)
        said = [
            publication.publish(row, level, self.star, self.base)
            for row, level in zip(self.part(months), self._monthly(months), strict=True)
        ]
        return months, said

    def trends(self) -> hotmap.Trends:
        """Name the pattern of each grid over the months up to the window's end."""
        months = self.until_window(trend.STEPS)
        monthly = self._monthly(months)
        first = months.start if self.recorded is None else self.recorded.start
        before = min(trend.BACK, max(months.start - max(first, self.months.start), 0))
        counts = self.part(range(months.start - before, months.stop))
        return hotmap.trends(
            *(counts, self.base, self.star, dice(), monthly, self.method), before=before
        )

    def kinds(self) -> Whole:
        """Say of each grid whether it is like its neighbours or stands out, as `moran` codes."""

        def made() -> Bins:
            counts = self.window_counts
            found = hotmap.outliers(counts, self.base, self.star, dice(), self.method)
            return found.astype(np.int8)

        name = ("kinds", self.method, self.category, self.within.start, self.within.stop)
        return self.keep(name, made).astype(np.int64)

    def _monthly(self, months: range) -> Whole:
        """Return the bins of each of the months, shape (months, n)."""
        found = [self._bins(range(month, month + 1)) for month in months]
        return np.stack(found) if found else np.zeros((0, len(self.codes)), np.int64)

    def _bins(self, months: range) -> Whole:
        """Return the bins of some months together, shape (n,)."""

        def made() -> Bins:
            counts = self.part(months).sum(axis=0, keepdims=True)
            found = hotmap.bins(counts, self.base, self.star, dice(), self.method)
            level: Bins = found[0].astype(np.int8)
            return level

        name = (self.method, self.category, months.start, months.stop)
        return self.keep(name, made).astype(np.int64)


def picture(
    session: Session, query: HotspotQuery, usual: Callable[[int], str] = windows.last_quarter
) -> Picture:
    """
    Read what the hotspot map of a window needs.

    Without a window ``usual`` names it by the last month with records. The last whole quarter
    is taken for maps: with one or two disputes a grid and month, a month leaves most
    neighbourhoods below the ten disputes from which a bin is published, a quarter does not.
    """
    name = None if query.category is None else disputes.category_name(session, query.category)
    read = hot_ground.ground(session)
    recorded = None if read is None else read[0].tally.recorded
    last = windows.number(session.today) - 1
    if recorded is not None:
        # The month that is not over yet is no month of records.
        recorded = range(min(recorded.start, last), min(recorded.stop, last + 1))
    newest = last if recorded is None else recorded.stop - 1
    window = query.window or usual(newest)
    within = windows.whole(window, session.today)
    # As many months whatever is asked: a window of long ago must not read centuries.
    months = range(min(within.start, within.stop - SERIES), within.stop)
    if read is None:
        return _empty(window, within, months, query.category, name)
    ground, keep = read
    mesh, tally = ground.mesh, ground.tally
    return Picture(
        mesh.key,
        mesh.codes,
        window,
        within,
        months,
        tally.counts(months, len(mesh.codes), query.category),
        tally.by_month(_foot(within, recorded), query.category),
        tally.by_category(within),
        ground.households,
        ground.enterprises,
        mesh.star,
        query.category,
        name,
        recorded,
        keep,
        hot_ground.method(session),
        tally.outside(within),
    )


def _foot(within: range, recorded: range | None) -> range:
    """Return the months along the foot of the map: the last with records."""
    if recorded is None:
        return within
    stop = max(recorded.stop, within.stop)
    return range(max(stop - SERIES, min(recorded.start, within.start)), stop)


def _empty(
    window: str, within: range, months: range, category: str | None, name: Name | None
) -> Picture:
    nothing = np.zeros(0)
    counts = np.zeros((len(months), 0), np.int64)
    star = csr_array((0, 0))
    return Picture(
        *("", [], window, within, months, counts, dict.fromkeys(within, 0), {}),
        *(nothing, nothing, star, category, name, None, lambda _, make: make()),
        method=USUAL,
        outside=0,
    )
