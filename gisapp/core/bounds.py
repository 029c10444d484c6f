"""What follows at once from figures that hang together, for who also knows the states of coverage.

States tell where there is a case at all, and at the ends of quarters about how many there are
(`load`). That is no figure, and cannot be left out: published figures have to leave it room.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import nest
from gisapp.core.areas import COMMUNITIES, TOWNSHIPS, WHOLE, Areas
from gisapp.core.cells import Cells
from gisapp.core.publication import FEW
from gisapp.core.shown import Risk, Shown

Table = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

ROUNDS: Final = 4
"""Times that bounds are handed up and down: more found nothing more in any town tried."""

MANY: Final = 1e9
"""Stands for no bound; finite, so that it can be taken off again."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The least and the most that figures can be, shape (rows, categories + 1, …)."""

    low: Table
    high: Table

    @classmethod
    def of(cls, sums: Table, told: Flags, least: Table | float, *, apart: bool) -> Self:
        """Bound ``sums`` where they are ``told`` rounded; ``apart`` tells none from a few."""
        near = FEW * np.rint(sums / FEW)
        few = np.where(sums > 0, 1.0, 0.0) if apart else np.zeros_like(sums)
        none = np.where(sums > 0, FEW - 1.0, 0.0) if apart else np.full_like(sums, FEW - 1.0)
        small = sums < FEW
        low = np.where(small, few, np.maximum(near - FEW // 2, FEW))
        high = np.where(small, none, near + FEW // 2)
        return cls(np.where(told, low, least), np.where(told, high, MANY))

    def part(self, places: slice) -> "_Bounds":
        """Return some of the places; what is narrowed there is narrowed here."""
        return _Bounds(self.low[..., places], self.high[..., places])

    def along(self, axis: int) -> "_Bounds":
        """Return it with another axis last; narrowed alike."""
        return _Bounds(np.moveaxis(self.low, axis, -1), np.moveaxis(self.high, axis, -1))

    def within(self, whole: "_Bounds", of: csr_array) -> None:
        """Narrow parts and the wholes that hold them by each other; ``of`` says which does."""
        where = of.indices
        low, high = _sums(self.low, of), _sums(self.high, of)
        np.maximum(whole.low, low, out=whole.low)
        np.minimum(whole.high, high, out=whole.high)
        most = whole.high[..., where] - (low[..., where] - self.low)
        least = whole.low[..., where] - (high[..., where] - self.high)
        np.minimum(self.high, most, out=self.high)
        np.maximum(self.low, least, out=self.low)

    def pinned(self, sums: Table) -> Flags:
        """Say which figures of 1 to 4 have one possible value only."""
        found: Flags = (sums > 0) & (sums < FEW) & (self.high - self.low < 1)
        return found


_SO_FAR: Final = (nest.MONTHS, nest.ROWS, nest.ROWS + 1, nest.ROWS - 1)
"""Rows of the year up to the end of each quarter: the first quarter, then more, then the year."""


def pinned(counts: Whole, cells: Cells, areas: Areas, shown: Shown) -> Risk:
    """
    Find the figures of 1 to 4 that bounds alone give away, to who knows the states, too.

    Parameters
    ----------
    counts
        Shape (months, categories, n). The months of one year from January on.
    cells, areas, shown
        As in `protection.protect`.

    Notes
    -----
    Known are, of each grid and category: in which months of the year there was nothing up to
    them, and that there was something in the month after (as if there had been nothing the
    year before); and up to the end of each quarter whether there is none, a few, or how many,
    rounded. Bounds are handed from cells to areas, from months to quarters and to
    the year, and from categories to all, and back.
    """
    rows, links = _rows(len(counts))
    sums = _all(counts)
    grids = _told(counts, sums.astype(np.float64))
    of = _members(cells.of, cells.counted.size)
    here = np.asarray(cells.sums(sums)[rows], np.float64)
    above = areas.sums(here)
    known = _Bounds(*(_sums(table[rows], of) for table in (grids.low, grids.high)))
    own = _Bounds.of(here, _shown(shown.figures)[rows], known.low, apart=False)
    own = _Bounds(np.maximum(own.low, known.low), np.minimum(own.high, known.high))
    over = _Bounds.of(above, _shown(shown.totals)[rows], 0.0, apart=False)
    levels = [over.part(areas.places(level)) for level in (COMMUNITIES, TOWNSHIPS, WHOLE)]
    ladder = list(
        zip(
            [own, *levels[:-1]],
            levels,
            [
                _members(areas.community, areas.township.size),
                _members(areas.township, areas.townships),
                _members(areas.county, areas.wholes),
            ],
            strict=True,
        )
    )
    categories = counts.shape[1]
    for _ in range(ROUNDS):
        for bounds in (own, over):
            every = bounds.along(1)
            _together(every, list(range(categories)), categories)
            for parts, whole in links:
                _together(bounds.along(0), parts, whole)
        for part, whole_, into in ladder:
            part.within(whole_, into)
    left = np.array(rows) < nest.ROWS
    found = own.pinned(here)[left].any(axis=0)
    far: Flags = over.pinned(above)[left].any(axis=0) & areas.counted
    community, township, county = (far[:, areas.places(level)] for level in range(WHOLE + 1))
    region = areas.region
    found |= community[:, areas.community] | township[:, region] | county[:, areas.county[region]]
    some = np.flatnonzero(found.any(axis=0))
    return Risk(some, found[:, some])


def _rows(months: int) -> tuple[list[int], list[tuple[list[int], int]]]:
    """List the rows of `_all` that are over, and who holds whom, as positions in the list."""
    size, quarters = nest.QUARTER, months // nest.QUARTER
    rows = [*range(months), *range(nest.MONTHS, nest.MONTHS + quarters)]
    links = [(list(range(size * one, size * (one + 1))), months + one) for one in range(quarters)]
    # A year is its last quarter and what was before it, and so is that.
    so_far = months
    for quarter in range(1, quarters):
        rows.append(_SO_FAR[quarter])
        links.append(([so_far, months + quarter], len(rows) - 1))
        so_far = len(rows) - 1
    return rows, links


def _told(counts: Whole, sums: Table) -> _Bounds:
    """Bound what each grid has by what states tell of it; rows as in `_all`.

    Of all categories together nothing is told.
    """
    bounds = _Bounds(np.zeros(sums.shape), np.full(sums.shape, MANY))
    low, high = bounds.low[:, :-1], bounds.high[:, :-1]
    there: Flags = np.asarray(np.cumsum(counts, axis=0) > 0)
    high[: len(counts)][~there] = 0.0
    low[: len(counts)] = np.diff(there, axis=0, prepend=False)
    for row in _SO_FAR[: len(counts) // nest.QUARTER]:
        told = _Bounds.of(sums[row, :-1], np.ones(sums[row, :-1].shape, bool), 0.0, apart=True)
        low[row], high[row] = told.low, told.high
    return bounds


def _all(counts: Whole) -> Whole:
    """Add up `nest.windows`, and half a year and three quarters of it."""
    sums = nest.windows(counts)
    quarters = sums[nest.MONTHS : nest.ROWS - 1]
    return np.concatenate([sums, np.cumsum(quarters, axis=0)[1:3]]).astype(np.int64)


def _shown(table: Flags) -> Flags:
    return np.concatenate([table, np.zeros((2, *table.shape[1:]), np.bool_)])


def _together(bounds: _Bounds, parts: list[int], whole: int) -> None:
    """Narrow some positions of the last axis, and the one that is their sum, by each other."""
    # Taking positions out copies them.
    low, high = bounds.low[..., parts], bounds.high[..., parts]
    least, most = low.sum(axis=-1), high.sum(axis=-1)
    np.maximum(bounds.low[..., whole], least, out=bounds.low[..., whole])
    np.minimum(bounds.high[..., whole], most, out=bounds.high[..., whole])
    room = bounds.high[..., whole] - least, bounds.low[..., whole] - most
    bounds.low[..., parts] = np.maximum(low, room[1][..., np.newaxis] + high)
    bounds.high[..., parts] = np.minimum(high, room[0][..., np.newaxis] + low)


def _members(of: Whole, groups: int) -> csr_array:
    return csr_array((np.ones(of.size), of, np.arange(of.size + 1)), (of.size, groups))


def _sums(table: Table, of: csr_array) -> Table:
    """Add up the last axis group by group."""
    flat = np.ascontiguousarray(table).reshape(-1, table.shape[-1])
    found: Table = (flat @ of).reshape(*table.shape[:-1], of.shape[1])
    return found
