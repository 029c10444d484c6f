"""What is left out, and that it is little: counts and bins of windows that end together."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array

from gisapp.core import nest
from gisapp.core.areas import Areas
from gisapp.core.cells import Cells
from gisapp.core.protection import protect
from gisapp.core.shown import Bins, Shown

ALONE = csr_array(eye_array(2, format="csr"))
CELLS = Cells(np.arange(2), np.ones(2, np.bool_))
AREAS = Areas.none(CELLS)


def released(months: list[list[list[int]]], star: csr_array = ALONE, level: int = 9) -> Shown:
    """Release (months, categories, 2) counts; bins of strength ``level`` change with any move."""
    counts = np.array(months)
    shown = Shown.nothing(counts.shape[1], CELLS, AREAS)
    for month in range(1, len(counts) + 1):
        shape = (len(nest.ending(month)), counts.shape[1] + 1, 2)
        nil = np.zeros(shape)
        there = np.full(shape, level != 9)
        bins = Bins(there, np.full(shape, level), nil, nil, np.ones(shape))
        protect(counts[:month], CELLS, AREAS, star, bins, shown)
    return shown


def test_a_quarter_that_would_give_a_month_away_is_left_out() -> None:
    shown = released([[[12, 20]], [[12, 20]], [[4, 20]]])

    assert shown.figures[:3, 0].all()
    assert shown.figures[nest.MONTHS, 0].tolist() == [False, True]


def test_a_month_whose_category_all_would_give_away_keeps_one_of_the_two() -> None:
    shown = released([[[12, 9], [12, 9], [4, 9]]])

    row = shown.figures[0, :, 0]
    assert row[2]
    assert not row.all()
    assert shown.figures[0, :, 1].all()


def test_what_gives_nothing_away_is_shown() -> None:
    assert released([[[3, 0], [20, 1]], [[10, 2], [2, 2]]]).figures[:2].all()


def test_bins_that_any_dispute_would_change_are_left_out_round_a_small_figure_only() -> None:
    hot, cold = (released([[[3, 20]]], level=level).bins[0].tolist() for level in (3, 0))

    assert hot == cold == [[False, True], [False, True]]


def test_bins_round_a_small_figure_stay_where_it_may_move_elsewhere() -> None:
    counts: npt.NDArray[np.int64] = np.array([[[3, 20]]])
    shown = Shown.nothing(1, CELLS, AREAS)
    there = np.ones((1, 2, 2), np.bool_)
    room = np.full((1, 2, 2), np.inf)
    bins = Bins(there, np.zeros((1, 2, 2), np.int64), 0 * there, room, np.ones((1, 2, 2)))

    protect(counts, CELLS, AREAS, ALONE, bins, shown)

    assert shown.bins[0].all()
    assert not shown.more[0].any()
    assert shown.less[0].all()
