"""A code is taken where place or name leave no doubt, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core import codematch

NAMES = st.lists(st.sampled_from(["", "保成", "泰宁社区", "大智", "一元", "一元街"]), max_size=6)


def hows(names: list[str], codes: list[str], inside: list[int]) -> list[tuple[str, int | None]]:
    found = codematch.match(names, codes, np.array(inside, np.int64))
    return [(one.how, one.row) for one in found]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("保成社区居委会", "保成社区"),
        ("保成社区", "保 成（社区）居民委员会"),
        ("大智街办事处", "大智街道办事处"),
        ("江夏村委会", "江夏村"),
    ],
)
def test_names_that_differ_by_their_endings_are_one(one: str, two: str) -> None:
    assert codematch.likeness(one, two) > 0.85
    assert codematch.likeness(one, two) == codematch.likeness(two, one)


def test_an_office_within_and_of_the_same_name_is_sure() -> None:
    codes = ["保成社区居委会", "泰宁社区居委会"]

    assert hows(["泰宁社区"], codes, [0, 0]) == [("place_and_name", 1)]


def test_a_name_that_stands_once_on_both_sides_is_sure_wherever_its_office_is() -> None:
    assert hows(["泰宁"], ["泰宁社区"], [-1]) == [("name", 0)]
    assert hows(["泰宁", "泰宁"], ["泰宁社区"], [-1]) == [("several", None)] * 2


def test_without_a_name_one_office_is_sure_and_two_are_not() -> None:
    assert hows(["", "", ""], ["a", "b", "c"], [0, 1, 1]) == [
        ("place", 0),
        ("several", None),
        ("none", None),
    ]


def test_an_office_of_another_name_is_for_somebody_to_look_at() -> None:
    (found,) = codematch.match(["泰宁"], ["大智社区", "泰安社区"], np.array([0, 0]))

    assert (found.how, found.row, found.candidates) == ("apart", None, (1, 0))


@given(names=NAMES, codes=NAMES, data=st.data())
def test_no_code_is_given_twice_and_every_polygon_is_answered(
    names: list[str], codes: list[str], data: st.DataObject
) -> None:
    places = st.integers(-1, len(names) - 1)
    inside = data.draw(st.lists(places, min_size=len(codes), max_size=len(codes)))

    found = codematch.match(names, codes, np.array(inside, np.int64))

    rows = [one.row for one in found if one.row is not None]
    assert [one.polygon for one in found] == list(range(len(names)))
    assert len(set(rows)) == len(rows)
    assert all(one.row in one.candidates for one in found if one.sure)
