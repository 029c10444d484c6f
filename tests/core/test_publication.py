import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.neighbours import queen, with_self
from gisapp.core.publication import (
    NOT_ENOUGH_EVIDENCE,
    WITHHELD,
    publish,
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


@given(low=st.tuples(*[st.integers(0, 4)] * 3), other=st.tuples(*[st.integers(0, 4)] * 3))
def test_counts_below_five_cannot_be_told_apart(
    low: tuple[int, ...], other: tuple[int, ...]
) -> None:
    bins, base = np.zeros(3, np.int64), np.full(3, 50.0)

    said = [publish(np.array(counts), bins, LINE, base).counts for counts in (low, other)]

    assert said[0] == said[1]


def test_a_bin_needs_ten_disputes_in_the_neighbourhood() -> None:
    counts, bins = np.array([2, 3, 7]), np.array([1, 0, -2])

    said = publish(counts, bins, LINE, np.full(3, 50.0))

    assert said.bins == [NOT_ENOUGH_EVIDENCE, 0, -2]


def test_a_grid_with_few_or_unknown_people_shows_its_bin_only() -> None:
    counts, bins = np.array([20, 20, 20]), np.array([3, 0, -3])

    said = publish(counts, bins, LINE, np.array([9.0, 10.0, np.nan]))

    assert said.counts == [WITHHELD, 20, WITHHELD]
    assert said.bins == [3, 0, -3]
