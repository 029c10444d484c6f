"""What is known of a year to who kept all that left of it, and what its new windows would add."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import nest
from gisapp.core.areas import Areas
from gisapp.core.cells import Cells
from gisapp.core.disclosure_kernels import fits
from gisapp.core.marks import Marks, Packed
from gisapp.core.publication import FEW, room
from gisapp.core.shown import Bins, Risk, Shown
from gisapp.core.twins import Part, Room, Search
from gisapp.core.watched import Watched

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

HAIR: Final = 1e-9
"""What sums of fractions may be off by."""


class Disclosure:
    """The windows that end together, on their way out; t of them."""

    def __init__(
        self,
        counts: npt.NDArray[np.integer],
        cells: Cells,
        areas: Areas,
        star: csr_array,
        bins: Bins,
        shown: Shown,
        watched: Watched | None = None,
    ) -> None:
        """Begin with nothing; the arguments are those of `protection.protect`."""
        self.rows = nest.ending(len(counts))
        self.cells, self.areas, self.star = cells, areas, star
        self.bins, self.shown = bins, shown
        self.sums = nest.windows(cells.sums(counts))
        # Only what the windows that end now hold, or lie in, can be told more of.
        months = nest.span(len(counts))
        self._months, self._around = len(months), nest.around(months)
        self._held = Marks.of(nest.windows(counts)[self._around] > 0)
        self._states = _first_year(counts, watched)
        self._of_cells = _Figures(self.sums[self._around])
        self._of_areas = _Figures(areas.sums(self.sums)[self._around], areas.counted)
        self._few = self._of_areas.last_risky
        self.closed = False
        """Whether totals of the whole stay the same in every year that is looked for."""
        self._search = Search(len(months), self._held.each.shape[1], areas.townships)
        self.given_up = np.zeros(cells.counted.size, np.bool_)
        """Cells that are not looked at, whatever is known of them."""
        self.counts, self.totals, self._more, self._less = (
            Packed(table, self._around)
            for table in (shown.figures, shown.totals, shown.more, shown.less)
        )
        # Row by row who has a grid in the neighbourhood: at least the grid itself.
        self._holders = csr_array(star.T)

    def forgo(self) -> None:
        """
        Leave no room for a number that states told where the months before it have none.

        It can give a figure away to who had found the number of every category by drafts before
        anybody looked at figures.
        """
        if self._states is None or len(self.rows) == 1:
            return
        region = self.areas.region
        # First of the cell alone, then in its township, then everywhere.
        for around in (np.arange(region.size), region, np.zeros_like(region)):
            risk = self.at_risk(np.arange(self.areas.townships))
            if not risk:
                break
            some = np.zeros((around.max() + 1, len(risk.columns)), np.bool_)
            np.logical_or.at(some, around[risk.cells], risk.columns.T)
            # All categories together are a matter of each.
            some |= some[:, -1:]
            free = Marks.of(some[around[self.cells.of]].T[np.newaxis]).each
            for side in self._states:
                side.each[self._months :] |= free

    def add_bins(self) -> None:
        """Show the bins of grids."""
        self.shown.bins[self.rows] = self.bins.there
        every = np.arange(self.cells.of.size)
        for at in range(len(self.rows)):
            self.feel(at, slice(None), every)

    def add_totals(self, level: int) -> None:
        """Show the totals of one level of areas."""
        places = self.areas.places(level)
        self.shown.totals[self.rows, :, places] = self.areas.counted[places]
        for row in self.rows:
            self.totals.renew(row)

    def add_counts(self) -> None:
        """Show the counts of cells."""
        self.shown.figures[self.rows] = self.cells.counted
        for row in self.rows:
            self.counts.renew(row)

    def at_risk(self, townships: Whole) -> Risk:
        """Find the figures of 1 to 4 in some townships for which no second value is known."""
        part = Part.of(self.cells, self.areas, townships)
        here, above = self._here(part), self._above(part)
        found = self._search.exchanged(here, above, part)
        if self._search.lost:
            return self.at_risk(np.arange(self.areas.townships))
        risky = self._without(part, *found)
        if not self.closed:
            # Most are found by exchanges, and little is left to be tried.
            if self._few:
                self._search.whole(here, above, part, found)
            else:
                grids = np.flatnonzero(np.asarray(risky.any(axis=0))[part.cell])
                self._search.alone(here, above, part, grids, found)
            risky = self._without(part, *found)
        some = risky.any(axis=0) & ~self.given_up[part.cells]
        return Risk(part.cells[some], risky[:, some])

    def _without(self, part: Part, found: Marks, above: Marks) -> Flags:
        """Say in which columns a cell, or an area above it, has a figure without a second value."""
        communities = part.township.size
        columns = [*range(self.sums.shape[1] - 1), -1]
        risky: Flags = np.asarray(self._of_cells.risky.take(part.cells).missing(found))[columns]
        over = self._of_areas.risky.take(part.areas).missing(above)[columns]
        far = over[:, communities:-1][:, part.township] | over[:, -1:]
        risky |= (over[:, :communities] | far)[:, part.community]
        return risky

    def _here(self, part: Part) -> Room:
        """Say where a dispute finds room in the figures of its cell and in the bins around it."""
        free = ~self.counts.marks.take(part.cells)
        more = (free | self._of_cells.more.take(part.cells)).take(part.cell)
        less = (free | self._of_cells.less.take(part.cells)).take(part.cell)
        more &= self._more.marks.take(part.grids)
        less &= self._less.marks.take(part.grids)
        less.each[: self._months] &= self._held.each[: self._months][..., part.grids]
        if self._states:
            for side, alike in zip((more, less), self._states, strict=True):
                side.each[: len(alike.each)] &= alike.each[..., part.grids]
        return Room(more, less)

    def _above(self, part: Part) -> Room:
        """Say where a dispute finds room in the totals of the areas."""
        free = ~self.totals.marks.take(part.areas)
        more, less = self._of_areas.more.take(part.areas), self._of_areas.less.take(part.areas)
        return Room(free | more, free | less)

    def feel(self, at: int, columns: slice, grids: Whole) -> None:
        """Note round which of ``grids`` a dispute more or less would change a bin that is shown."""
        row, bins, holders = self.rows[at], self.bins, self._holders
        shown, steps = self.shown.bins[row, columns], bins.steps[at, columns] - HAIR
        for most, around in ((bins.rise, self.shown.more), (bins.fall, self.shown.less)):
            places = (holders.indptr, holders.indices, grids)
            fits(shown, most[at, columns], steps, *places, around[row, columns])
        self._more.renew(row)
        self._less.renew(row)

    def around(self, bins: Flags) -> Whole:
        """Return the grids that lie in the neighbourhood of some of ``bins``, shape (…, n)."""
        some = np.flatnonzero(bins.any(axis=0))
        return np.unique(self.star[some].indices).astype(np.int64)

    def near(self, risk: Risk) -> Flags:
        """Say of the bins of each category which have a cell at risk in it around them.

        Returns
        -------
        near
            Shape (categories + 1, n).
        """
        grids = np.flatnonzero(np.isin(self.cells.of, risk.cells))
        columns = risk.columns[:, np.searchsorted(risk.cells, self.cells.of[grids])]
        near: Flags = (self._holders[grids].T @ columns.T.astype(np.float32)).T > 0
        return near

    def loose(self) -> Flags:
        """Say which bins some dispute more, or less, around the grid would change."""
        step = self.bins.steps[..., self.star.indices]
        widest = np.maximum.reduceat(step, self.star.indptr[:-1], axis=-1)
        loose: Flags = np.minimum(self.bins.rise, self.bins.fall) < widest - HAIR
        return loose & self.bins.there


def _first_year(
    counts: npt.NDArray[np.integer], watched: Watched | None
) -> tuple[Marks, Marks] | None:
    """
    Say where a dispute more, and one less, leaves states of coverage alone.

    In the first year with records they show in which month a category begins in a grid; from
    then on it has cases to the end of the year. The second year shows which month was its last.
    Some quarter's end may have told about how many there were. Later most have cases all the
    time, numbers hang together with those of the year before, and what `bounds.Pins` finds must
    suffice.

    Parameters
    ----------
    counts, watched
        As in `protection.protect`.

    Returns
    -------
    more, less
        Rows are the months that are asked about, then their quarters; columns the categories,
        the last of no meaning. None where it does not matter.
    """
    if watched is None or not watched.first_year:
        return None
    so_far, months = np.cumsum(counts, axis=0), nest.span(len(counts))
    # Between others a month may gain or lose its only case.
    between = (so_far > counts) & (so_far < so_far[-1])
    ends = [end for end in watched.ends if end <= len(counts)]
    numbers = [room(so_far[end - 1]) for end in ends]
    sides = []
    for side, least in enumerate((1, 2)):
        rows = [*(between | (counts >= least))[months.start :]]
        for start in range(months.start, months.stop, nest.QUARTER):
            # What a quarter has is in its own number, and in all that follow.
            told = [both[side] for end, both in zip(ends, numbers, strict=True) if end > start]
            rows.append(np.logical_and.reduce([np.ones_like(rows[0]), *told]))
        alike = np.stack(rows)
        sides.append(Marks.of(np.concatenate([alike, alike[:, :1]], axis=1)))
    more, less = sides
    return more, less


class _Figures:
    """What rounding leaves open of some figures, shape (rows, categories + 1, …)."""

    def __init__(self, sums: npt.NDArray[np.integer], counted: Flags | None = None) -> None:
        more, less = room(sums)
        few = (sums > 0) & (sums < FEW)
        self.more, self.less = Marks.of(more), Marks.of(less)
        few = few if counted is None else few & counted
        self.risky = Marks.of(few)
        self.last_risky = bool(few[..., -1].any())
