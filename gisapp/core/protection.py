"""What may be shown of a month that is over, so that no cell of one to four can be worked out."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.core import nest
from gisapp.core.areas import COMMUNITIES, TOWNSHIPS, WHOLE, Areas
from gisapp.core.bounds import Pins
from gisapp.core.cells import Cells
from gisapp.core.disclosure import Disclosure
from gisapp.core.shown import Bins, Risk, Shown
from gisapp.core.watched import Watched
from gisapp.core.withholding import Reach, Step, counts_of, levels_of, totals_of

SPARED: Final = 0.05
"""Share of the new bins, of counts and of totals that may go for the sake of those to come."""


def protect(
    counts: npt.NDArray[np.integer],
    cells: Cells,
    areas: Areas,
    star: csr_array,
    bins: Bins,
    shown: Shown,
    watched: Watched | None = None,
) -> None:
    """
    Decide what is shown of the windows that end with the last of some months.

    Parameters
    ----------
    counts
        Shape (months, categories, n). The months of one year from January on.
    cells
        Which grids are counted together.
    areas
        Communities and townships above them; their totals leave, too.
    star
        Shape (n, n). Not 0 where two grids are neighbours and on the diagonal.
    bins
        What there is to be shown of the windows that end with the last month.
    shown
        What left of the earlier windows, which cannot be taken back; the windows that have
        just ended are added.
    watched
        What states of coverage told of the year; None where nobody could see any. The same at
        every release of its months.

    Notes
    -----
    What leaves is a list of inequalities about whole numbers. Every figure of 1 to 4 must
    have a second possible value: `twins.movable` looks for another year that satisfies all
    of them. Where it finds none, what is new is left out step by step, near by first, then
    in the whole township, until it does, at last all of it: without it nothing is known of
    the new month, and the old ones were safe. Then whatever can be shown after all is put
    back, the most telling first.
    """
    if not cells.counted.size:
        return
    leaving = Disclosure(counts, cells, areas, star, bins, shown, watched)
    leaving.forgo()
    # What comes first stays: a total of many is worth more than one of its places, and a
    # count more than a bin, of which there is one more beside it.
    for level in (WHOLE, TOWNSHIPS):
        leaving.add_totals(level)
        _clear(leaving, totals_of(leaving, level))
    leaving.add_counts()
    _clear(leaving, counts_of(leaving))
    leaving.add_totals(COMMUNITIES)
    _clear(leaving, totals_of(leaving, COMMUNITIES))
    leaving.add_bins()
    _clear(leaving, levels_of(leaving))
    if len(counts) < nest.MONTHS:
        _spare(leaving)
    if watched is not None:
        _unpin(leaving, Pins(counts, (cells, areas, star), bins, watched))


def _unpin(leaving: Disclosure, pins: Pins) -> None:
    """Leave out what gives a figure away to who knows the states of coverage, too.

    What nothing new gives away is not looked at.
    """
    if not pins.of(leaving.shown):
        return
    before = Shown(*(table.copy() for table in leaving.shown.tables()))
    before.figures[leaving.rows] = False
    before.totals[leaving.rows] = False
    before.bins[leaving.rows] = False
    anyway = pins.of(before)

    def risk() -> Risk:
        return pins.of(leaving.shown).without(anyway)

    found = risk()
    steps = [
        *totals_of(leaving, COMMUNITIES),
        *levels_of(leaving),
        *counts_of(leaving),
        *totals_of(leaving, TOWNSHIPS),
        *totals_of(leaving, WHOLE),
    ]
    for reach in Reach:
        for step in steps:
            if found and step.hide(found, reach):
                found = risk()
    for step in reversed(steps):
        if step.show().size:
            found = risk()
            for reach in Reach:
                if found and step.hide(found, reach):
                    found = risk()


def _spare(leaving: Disclosure) -> None:
    """
    Leave out the few bins, counts and totals for which totals of the whole would go some day.

    Where a figure's second value needs a total of the whole to move, that total cannot be
    told of the quarter or year to come, unless there happens to be room.
    """
    kinds = [
        totals_of(leaving, COMMUNITIES),
        levels_of(leaving),
        counts_of(leaving),
        totals_of(leaving, TOWNSHIPS),
    ]
    steps = [step for kind in kinds for step in kind]
    before = [_size(kind) for kind in kinds]
    leaving.closed = True
    risk = leaving.at_risk(np.arange(leaving.areas.townships))
    risk = _hide(leaving, steps, risk, Reach.NEAR)
    leaving.given_up[risk.cells] = True
    _put_back(leaving, steps, (Reach.NEAR,))
    leaving.given_up[:] = False
    leaving.closed = False
    if any(_size(kind) < (1 - SPARED) * most for kind, most in zip(kinds, before, strict=True)):
        for step in steps:
            step.show()


def _size(steps: Sequence[Step]) -> int:
    return sum(step.size for step in steps)


def _clear(leaving: Disclosure, steps: Sequence[Step]) -> None:
    """Leave out what is near until nothing is at risk, then put back what can be shown."""
    risk = leaving.at_risk(np.arange(leaving.areas.townships))
    for reach in Reach:
        risk = _hide(leaving, steps, risk, reach)
    _put_back(leaving, steps, tuple(Reach))


def _hide(leaving: Disclosure, steps: Sequence[Step], risk: Risk, reach: Reach) -> Risk:
    """Leave out what is as near as ``reach`` to what is at risk; return what still is."""
    hidden = [step.hide(risk, reach) for step in steps if risk]
    if not any(hidden):
        return risk
    return leaving.at_risk(np.unique(leaving.areas.region[risk.cells]))


def _put_back(leaving: Disclosure, steps: Sequence[Step], reaches: Sequence[Reach]) -> None:
    """Show what was left out wherever it puts nothing at risk."""
    region = leaving.areas.region
    for step in reversed(steps):
        felt = step.show()
        for reach in reaches:
            if felt.size and (risk := leaving.at_risk(felt)):
                step.hide(risk, reach)
                felt = np.unique(region[risk.cells])
            else:
                break
