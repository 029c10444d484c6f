"""What bounds of figures give away to who knows where there is a case."""

import numpy as np
import pytest

from gisapp.core import nest
from gisapp.core.areas import Areas
from gisapp.core.bounds import Pins
from gisapp.core.cells import Cells
from gisapp.core.shown import Risk, Shown

GRIDS = 6
CELLS = Cells(np.arange(GRIDS), np.ones(GRIDS, np.bool_))
AREAS = Areas.of(CELLS, ["990101001001"] * GRIDS)


def found(months: list[list[int]], *, figures: list[int], totals: list[int]) -> Risk:
    """Show counts of cells in some rows of `nest`, and totals in others; of one category."""
    counts = np.array(months)[:, np.newaxis]
    areas = AREAS if totals else Areas.none(CELLS)
    shown = Shown.nothing(1, CELLS, areas)
    shown.figures[figures] = True
    shown.totals[totals] = True
    return Pins(counts, CELLS, areas).of(shown)


def test_four_grids_with_a_case_have_one_each_where_their_area_has_fewer_than_five() -> None:
    counts = np.array([[[1, 1, 0, 1, 1, 0]]])
    shown = Shown.nothing(1, CELLS, AREAS)
    shown.totals[0] = True

    risk = Pins(counts, CELLS, AREAS).of(shown)

    # And so has their area four: all that lies in it is concerned.
    assert risk.cells.tolist() == [*range(GRIDS)]
    assert risk.columns.all()


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


def test_a_year_is_bounded_by_what_was_known_of_it_before() -> None:
    months = [[1, 0, 0, 0, 0, 0]] * nest.MONTHS

    risk = found(months, figures=[], totals=[nest.ROWS - 1])

    assert not risk
    assert not risk.without(risk)
