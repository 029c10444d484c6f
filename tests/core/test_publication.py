import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.areas import Areas
from gisapp.core.cells import merged
from gisapp.core.neighbours import queen, with_self
from gisapp.core.publication import (
    NO_BIN,
    NOT_ENOUGH_EVIDENCE,
    WITHHELD,
    Published,
    Seen,
    cases,
    enough_base,
    publish,
    room,
    rounded,
    rounded_all,
)
from tests.core.test_neighbours import lattice

LINE = with_self(queen(lattice(1, 3)))


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "<5"), (1, "<5"), (4, "<5"), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (2_402, 2_400)],
)
def test_a_count_is_said_as_fewer_than_five_or_to_the_nearest_five(
    count: int, said: int | str
) -> None:
    assert rounded(count) == said


@given(st.lists(st.integers(0, 1_000)))
def test_an_array_is_said_like_its_members(counts: list[int]) -> None:
    assert rounded_all(np.array(counts, np.int64)) == [rounded(count) for count in counts]


@given(st.integers(0, 1_000))
def test_room_is_where_one_dispute_changes_nothing_that_is_said(count: int) -> None:
    more, less = room(np.array([count]))

    assert more[0] == (rounded(count + 1) == rounded(count))
    assert less[0] == (count > 0 and rounded(count - 1) == rounded(count))


def said(counts: list[int], base: list[float], *, totals: bool = True) -> Published:
    cells = merged(np.array(base), np.zeros(3, np.int64), LINE)
    areas = Areas.of(cells, ["990101001001", "990101001002", "990101001002"], np.array(base), "99")
    seen = Seen(cells.counted, np.array([1, NO_BIN, -2]), areas.counted & totals)
    return publish(np.array(counts), cells, areas, seen)


@given(low=st.tuples(*[st.integers(0, 4)] * 2), other=st.tuples(*[st.integers(0, 4)] * 2))
def test_t45_counts_do_not_tell_what_is_below_five(
    low: tuple[int, int], other: tuple[int, int]
) -> None:
    assert said([*low, 20], [50.0] * 3).counts == said([*other, 20], [50.0] * 3).counts


def test_a_total_is_said_from_its_own_true_count() -> None:
    found = said([4, 4, 4], [50.0] * 3)

    assert found.counts == ["<5"] * 3
    assert found.totals == {
        "990101001001": "<5",
        "990101001002": 10,
        "990101001": 10,
        "99": 10,
    }
    assert found.total == 10


def test_a_total_counts_cases_where_a_number_is_missing_or_a_count_withheld() -> None:
    found = said([3, 12, 20], [50.0, 50.0, np.nan])

    assert found.counts == ["<5", 10, WITHHELD]
    assert found.total == 35


def test_a_total_of_too_few_people_or_one_that_would_tell_is_withheld() -> None:
    few, told = said([30, 3, 3], [np.nan, 50.0, 50.0]), said([30, 3, 3], [50.0] * 3, totals=False)

    assert few.totals["990101001001"] == WITHHELD
    assert few.total == 35
    assert set(told.totals.values()) == {told.total} == {WITHHELD}


def test_grids_of_one_cell_are_given_its_count() -> None:
    found = said([3, 4, 20], [9.0, 10.0, 40.0])

    assert found.counts == [5, 5, 20]


def test_a_bin_that_does_not_leave_reads_as_too_little_evidence() -> None:
    assert said([3, 4, 20], [50.0] * 3).bins == [1, NOT_ENOUGH_EVIDENCE, -2]


def test_a_missing_number_is_not_enough_base() -> None:
    assert enough_base(np.array([9.0, 10.0, np.nan])).tolist() == [False, True, False]


def test_cases_add_up_what_is_published_and_are_unknown_where_that_may_be_few_or_not() -> None:
    calls = np.array([[True, False], [True, False], [False, True]])
    least = np.array([[10, 5, 0], [0, 0, 0], [0, 0, 0], [0, 0, 5]])
    few = np.array([[False, False, True], [True, True, True], [False, False, False], [True] * 3])
    others = np.array([[0.5, 0.5], [0.0, 0.9], [7.0, 0.0], [0.0, 0.0]])

    found = cases(least, few, calls, others)

    # Two of fewer than five may be five and more; one is not, until enterprises bring as many.
    assert np.array_equal(found, [[15.5, 0.5], [np.nan, 0.9], [7.0, np.nan], [np.nan, 5.0]], True)
