"""The hotspot map of one window: read from the store, computed by the core."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import hotmap, nest, publication, release, trend, windows
from gisapp.core.areas import Areas
from gisapp.core.cells import Cells
from gisapp.core.method import USUAL, Method
from gisapp.core.publication import NO_BIN, Figure, Published, Seen
from gisapp.i18n import Name
from gisapp.query import HotspotQuery
from gisapp.store import disputes, hot_ground, years
from gisapp.store.disputes import NO_TALLY, Tally
from gisapp.store.hot_ground import SEED, Bins, Keep
from gisapp.store.session import Session
from gisapp.store.yearbook import Said

Whole = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

SERIES: Final = 24
"""Months shown along the foot of the map and in the chart of a grid."""


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
    foot: range
    """The months along the foot of the map."""
    tally: Tally
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
    late: int
    """Disputes by which released months differ from what is known now."""
    years: Mapping[int, Said]
    """What may be said of the windows of each year that is read."""
    sums: Mapping[int, Whole]
    """Of the same years: the disputes of each month, category and whole, all categories last."""

    @property
    def base(self) -> Array:
        """Households and enterprises together; nan where a number is missing."""
        return self.households + self.enterprises

    @property
    def counties(self) -> int:
        """How many counties the map shows, as a whole or in part."""
        return self.years[self.within.start // nest.MONTHS].areas.wholes if self.codes else 0

    @property
    def window_counts(self) -> Whole:
        """Shape (n,). Disputes of each grid in the window."""
        total: Whole = self.part(self.within).sum(axis=0)
        return total

    @property
    def plain(self) -> bool:
        """Whether plain counts are compared because too few bases are known."""
        return bool(2 * np.isfinite(self.base).sum() < len(self.codes))

    @property
    def totalled(self) -> bool:
        """Whether totals of the window's year may leave at all."""
        year = self.years[self.within.start // nest.MONTHS]
        return bool(year.areas.counted.any())

    def part(self, months: range) -> Whole:
        """Return the counts of some of the months."""
        start = self.months.start
        return self.counts[months.start - start : months.stop - start]

    def until_window(self, most: int) -> range:
        """Return up to ``most`` months that end with the window and have records before them."""
        stop = self.within.stop
        first = self.within.start if self.recorded is None else self.recorded.start
        return range(min(max(stop - most, first), stop - 1), stop)

    def published(self) -> Published:
        """Return what may be said of the window."""
        return self.told(self.within, self.category)

    def published_series(self) -> tuple[range, list[Published]]:
        """Return what may be said of each of the months up to the window's end."""
        months = self.until_window(SERIES)
        return months, [self.told(range(month, month + 1), self.category) for month in months]

    def told(self, months: range, category: str | None) -> Published:
        """Return what may be said of a month, quarter or year and of a category or all."""
        if not self.codes:
            return publication.NOTHING
        read = category == self.category and self.months.start <= months.start
        if read and months.stop <= self.months.stop:
            counts = self.part(months)
        else:
            counts = self.tally.counts(months, len(self.codes), category)
        return publication.publish(counts.sum(axis=0), *self._seen(months, category))

    def total(self, months: range, category: str | None) -> Figure:
        """Return the total that `told` has, sooner."""
        if not self.codes:
            return publication.NOTHING.total
        number, first = divmod(months.start, nest.MONTHS)
        year, known = self.years[number], self.tally.categories
        sums = np.zeros(year.areas.wholes, np.int64)
        if category is None or category in known:
            column = len(known) if category is None else known.index(category)
            sums = self.sums[number][first : first + len(months), column].sum(axis=0)
        return publication.total(sums, year.told(nest.row(first, len(months)), category))

    def _seen(self, months: range, category: str | None) -> tuple[Cells, Areas, Seen]:
        year = self.years[months.start // nest.MONTHS]
        row = nest.row(months.start % nest.MONTHS, len(months))
        return year.cells, year.areas, year.seen(row, category)

    def together(self, counts: Whole, months: range) -> Whole:
        """Give each grid what ``counts``, shape (n,), hold in its whole cell of some months."""
        if not self.codes:
            return counts
        cells = self.years[months.start // nest.MONTHS].cells
        sums: Whole = cells.sums(counts)[cells.of].astype(np.int64)
        return sums

    def trends(self) -> hotmap.Trends:
        """Name the pattern of each grid over the months up to the window's end."""
        months = self.until_window(trend.STEPS)
        first = months.start if self.recorded is None else self.recorded.start
        before = min(trend.BACK, max(months.start - max(first, self.months.start), 0))
        counts = self.part(range(months.start - before, months.stop))
        return hotmap.trends(
            *(counts, self.base, self.star, dice(), lambda: self._monthly(months)),
            method=self.method,
            before=before,
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
        found = [self._bins(month) for month in months]
        return np.stack(found) if found else np.zeros((0, len(self.codes)), np.int64)

    def _bins(self, month: int) -> Whole:
        """Return the bins of a month, shape (n,): as published, else only what is beyond doubt."""

        def made() -> Bins:
            counts = self.part(range(month, month + 1))
            found = release.cautious(counts, self.base, self.star, dice(), self.method)
            level: Bins = found[0].astype(np.int8)
            return level

        sure = self.keep((self.method, self.category, month), made).astype(np.int64)
        if not self.codes:
            return sure
        said = self._seen(range(month, month + 1), self.category)[2].bins
        return np.where(said == NO_BIN, sure, said)


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
    asked = range(0)
    if query.window is not None:
        asked = windows.whole(query.window, session.today)
    read = hot_ground.ground(session, _years(asked))
    recorded = None if read is None else read[0].tally.recorded
    last = windows.number(session.today) - 1
    if recorded is not None:
        # The month that is not over yet is no month of records.
        recorded = range(min(recorded.start, last), min(recorded.stop, last + 1))
    newest = last if recorded is None else recorded.stop - 1
    window = query.window or usual(newest)
    within = windows.whole(window, session.today)
    months = _read(within)
    if read is None:
        return _empty(window, within, months, query.category, name)
    ground, keep = read
    foot = _foot(within, recorded)
    mesh, tally = ground.mesh, ground.tally
    numbers = sorted({month // nest.MONTHS for month in (*months, *foot)})
    return Picture(
        mesh.key,
        mesh.codes,
        window,
        within,
        months,
        tally.counts(months, len(mesh.codes), query.category),
        foot,
        tally,
        ground.households,
        ground.enterprises,
        mesh.star,
        query.category,
        name,
        recorded,
        keep,
        hot_ground.method(session),
        tally.outside(within),
        ground.late,
        {number: years.year(session, ground, number) for number in numbers},
        {number: years.sums(session, ground, number) for number in numbers},
    )


def _read(within: range) -> range:
    """Return the months read for a window."""
    # As many whatever is asked: a window of long ago must not read centuries.
    return range(min(within.start, within.stop - SERIES), within.stop)


def _years(asked: range) -> range:
    """Return all months of the years in which a question reads some."""
    if not asked:
        return asked
    months, year = _read(asked), nest.MONTHS
    return range(months.start // year * year, -(-months.stop // year) * year)


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
        *("", [], window, within, months, counts, within, NO_TALLY),
        *(nothing, nothing, star, category, name, None, lambda _, make: make()),
        method=USUAL,
        outside=0,
        late=0,
        years={},
        sums={},
    )
