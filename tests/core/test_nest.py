import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gisapp.core import nest
from gisapp.core.marks import Marks
from gisapp.core.publication import room, rounded

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 10), st.integers(1, 3))


@pytest.mark.parametrize(
    ("months", "rows"),
    [(1, [0]), (3, [12, 2]), (6, [13, 5]), (11, [10]), (12, [16, 15, 11])],
)
def test_windows_end_together_the_longest_first(months: int, rows: list[int]) -> None:
    assert nest.ending(months) == rows


@pytest.mark.parametrize(
    ("first", "months", "row"), [(4, 1, 4), (3, 3, 13), (9, 3, 15), (0, 12, 16)]
)
def test_a_window_has_a_row_of_its_own(first: int, months: int, row: int) -> None:
    assert nest.row(first, months) == row


@given(SHAPES.flatmap(lambda shape: arrays(np.int64, shape, elements=st.integers(0, 9))))
def test_windows_hold_their_months_and_all_holds_the_categories(counts: np.ndarray) -> None:
    sums = nest.windows(counts)

    assert (sums[:, -1] == sums[:, :-1].sum(axis=1)).all()
    assert (sums[: len(counts), :-1] == counts).all()
    for quarter in range(len(counts) // 3):
        part = counts[3 * quarter : 3 * quarter + 3].sum(axis=0)
        assert (sums[12 + quarter, :-1] == part).all()
    assert (sums[16, :-1] == (counts.sum(axis=0) if len(counts) == 12 else 0)).all()


def twins(counts: np.ndarray) -> list[np.ndarray]:
    """List the years with one dispute more, less or elsewhere, that read the same."""
    flat, sums = counts.ravel(), nest.windows(counts)
    said = [rounded(int(number)) for number in sums.ravel()]
    found = []
    for one in range(-1, flat.size):
        for other in range(-1, flat.size):
            twin = flat.copy()
            if one >= 0:
                twin[one] += 1
            if other >= 0:
                twin[other] -= 1
            if one == other or (twin < 0).any():
                continue
            there = nest.windows(twin.reshape(counts.shape))
            if [rounded(int(number)) for number in there.ravel()] == said:
                found.append(there != sums)
    return found


@given(
    st.one_of(
        st.tuples(st.sampled_from([1, 2, 4, 6]), st.integers(1, 3), st.just(1)),
        # More categories than bits in a word.
        st.tuples(st.sampled_from([1, 2]), st.just(9), st.just(1)),
    ).flatmap(
        lambda shape: arrays(np.int64, shape, elements=st.sampled_from([0, 1, 2, 4, 5, 7, 8, 12]))
    )
)
def test_a_figure_is_movable_where_some_twin_of_the_year_reads_the_same(
    counts: np.ndarray,
) -> None:
    sums = nest.windows(counts)
    over = np.zeros(sums.shape, np.bool_)
    over[[row for month in range(len(counts)) for row in nest.ending(month + 1)]] = True
    more, less = room(sums)
    more, less = more | ~over, less | ~over
    less[: len(counts), :-1] &= counts > 0

    rows = nest.around(range(len(counts)))
    found = nest.movable(len(counts), Marks.of(more[rows]), Marks.of(less[rows]))

    wanted = np.any([np.zeros(sums.shape, np.bool_), *twins(counts)], axis=0) & over
    here, told = Marks.of(wanted[rows]), Marks.of(over[rows])
    assert not here.missing(found).any()
    assert not (found & told).missing(here).any()
