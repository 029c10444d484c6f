"""Columns of few different values read like the lists they stand for."""

from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gisapp.coded import Coded, counted, mapped
from gisapp.web.answers import spoken

VALUES = st.one_of(st.none(), st.integers(-3, 20), st.sampled_from(["<5", "—", "new_hot"]))
COLUMNS = st.lists(VALUES, max_size=40)


@given(COLUMNS)
def test_a_coded_column_reads_like_the_list(column: list[Any]) -> None:
    coded = Coded.of(column)

    assert coded == column
    assert coded != [*column, "more"]
    assert [*coded] == column
    assert [coded[at] for at in range(len(column))] == column
    assert coded[1:] == column[1:]
    assert spoken(coded) == spoken(column)


@given(COLUMNS)
def test_its_values_are_counted_and_turned_into_numbers_like_those_of_the_list(
    column: list[Any],
) -> None:
    coded = Coded(("nowhere", *Coded.of(column).values), Coded.of(column).at + 1)

    assert counted(coded) == counted(column) == Counter(column)
    for one in (coded, column):
        assert mapped(one, lambda value: isinstance(value, int), np.bool_).tolist() == [
            isinstance(value, int) for value in column
        ]
