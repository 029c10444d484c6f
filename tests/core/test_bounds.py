"""What bounds of figures give away to who knows about how many cases there are."""

import numpy as np
import numpy.typing as npt
import pytest

from gisapp.core import nest
from gisapp.core.areas import Areas
from gisapp.core.bounds import Pins
from gisapp.core.cells import Cells
from gisapp.core.neighbours import queen, with_self
from gisapp.core.shown import Bins, Risk, Shown
from gisapp.core.watched import Watched
from tests.core.test_neighbours import lattice

GRIDS = 6
CELLS = Cells(np.arange(GRIDS), np.ones(GRIDS, np.bool_))
AREAS = Areas.of(CELLS, ["990101001001"] * GRIDS)
STAR = with_self(queen(lattice(1, GRIDS)))

Counts = npt.NDArray[np.int64]


def no_bins(counts: Counts) -> Bins:
    """Let no grid have a bin."""
    shape = (len(nest.ending(len(counts))), counts.shape[1] + 1, GRIDS)
    there, level = np.zeros(shape, np.bool_), np.zeros(shape, np.int64)
    return Bins(there, level, np.zeros(shape), np.zeros(shape), np.ones(shape))


def pins(counts: Counts, areas: Areas, bins: Bins | None = None, before: int = 0) -> Pins:
    """Learn what states tell of a year after another with ``before`` cases of all in November."""
    earlier = np.zeros((nest.MONTHS - 1, *counts.shape[1:]), np.int64)
    earlier[-2] = before
    return Pins(counts, (CELLS, areas, STAR), bins or no_bins(counts), Watched(earlier))


def found(
    months: list[list[int]], *, figures: list[int], totals: list[int], before: int = 0
) -> Risk:
    """Show counts of cells in some rows of `nest`, and totals in others; of one category."""
    counts = np.array(months)[:, np.newaxis]
    areas = AREAS if totals else Areas.none(CELLS)
    shown = Shown.nothing(1, CELLS, areas)
    shown.figures[figures] = True
    shown.totals[totals] = True
    return pins(counts, areas, before=before).of(shown)


def test_four_grids_with_a_case_have_one_each_where_their_area_has_fewer_than_five() -> None:
    risk = found([[1, 1, 0, 1, 1, 0]], figures=[], totals=[0])

    # And so has their area four: all that lies in it is concerned.
    assert risk.cells.tolist() == [*range(GRIDS)]
    assert risk.columns.all()


def test_a_month_tells_nothing_of_who_had_cases_the_year_before() -> None:
    assert not found([[1, 1, 0, 1, 1, 0]], figures=[], totals=[0], before=1)


@pytest.mark.parametrize("counts", [[2, 1, 0, 1, 0, 0], [1, 1, 0, 1, 0, 0], [4, 3, 1, 0, 0, 0]])
def test_three_grids_with_a_case_may_have_more_than_one(counts: list[int]) -> None:
    assert not found([counts], figures=[0], totals=[0])


def test_two_grids_with_a_case_have_four_each_where_their_area_has_about_ten() -> None:
    assert found([[4, 4, 0, 0, 0, 0]], figures=[0], totals=[0]).cells.tolist() == [0, 1]
    assert not found([[4, 4, 0, 0, 0, 0]], figures=[0], totals=[])


def test_a_quarter_of_whose_cases_about_the_number_is_known_gives_its_last_month_away() -> None:
    months = [[12, 0, 0, 0, 0, 0], [12, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0]]

    assert found(months, figures=[0, 1, 2], totals=[]).cells.tolist() == [0]
    assert not found(months[:2], figures=[0, 1], totals=[])


def test_a_quarter_is_known_by_twelve_months_of_which_few_lie_in_the_year_before() -> None:
    months = [[1, 0, 0, 0, 0, 0], [0] * GRIDS, [3, 0, 0, 0, 0, 0]]

    # Eight to twelve together, four at most before, and four at most of the quarter.
    assert found(months, figures=[nest.MONTHS], totals=[], before=4).cells.tolist() == [0]
    assert not found(months, figures=[nest.MONTHS], totals=[], before=3)


@pytest.mark.parametrize(("before", "known"), [(8, False), (9, True), (10, False)])
def test_the_year_before_is_taken_as_known_to_the_last_case(before: int, *, known: bool) -> None:
    months = [[1, 0, 0, 0, 0, 0], [0] * GRIDS, [3, 0, 0, 0, 0, 0]]

    # Nine and four are the least that read as fifteen.
    assert bool(found(months, figures=[nest.MONTHS], totals=[], before=before)) == known


def test_a_year_is_bounded_by_what_was_known_of_it_before() -> None:
    months = [[1, 0, 0, 0, 0, 0]] * nest.MONTHS

    risk = found(months, figures=[], totals=[nest.ROWS - 1])

    assert not risk
    assert not risk.without(risk)


@pytest.mark.parametrize(("rise", "given_away"), [(0, [1, 2]), (1, [])])
def test_a_bin_gives_grids_away_that_can_have_no_more_than_the_one_they_are_seen_to_have(
    rise: int, given_away: list[int]
) -> None:
    counts = np.array([[[8, 1, 1, 0, 0, 0]]])
    bins, areas = no_bins(counts), Areas.none(CELLS)
    bins.there[0, 0, 1] = True
    bins.rise[0, 0, 1] = rise
    shown = Shown.nothing(1, CELLS, areas)
    # Eight to twelve.
    shown.figures[0, 0, 0] = True
    known = pins(counts, areas, bins)

    assert not known.of(shown)
    shown.bins[0, 0, 1] = True
    assert known.of(shown).cells.tolist() == given_away
