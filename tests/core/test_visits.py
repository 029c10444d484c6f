import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.publication import FEW, FEWER, WITHHELD, Figure, rounded
from gisapp.core.trend import CLASSES, NO_PATTERN, NOT_ENOUGH_EVIDENCE, NOW
from gisapp.core.visits import Place, left_open, order, reason, said
from gisapp.i18n import Sentence, say

CASES = st.lists(
    st.tuples(st.integers(0, 60), st.floats(0, 1), st.booleans()), min_size=1, max_size=12
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from([3, 2, 1, 0, -3, NOT_ENOUGH_EVIDENCE]),
        st.sampled_from(CLASSES),
        st.sampled_from([FEWER, WITHHELD, 5, 10, 40]),
        st.sampled_from([0, FEWER, 5, 20]),
    ),
    max_size=12,
)


def least(figure: Figure) -> int:
    """The fewest disputes that a figure leaves possible."""
    return max(figure - FEW // 2, FEW) if isinstance(figure, int) else 0


def english(sentence: Sentence) -> str:
    return say(sentence, lambda message: message, "en")


@given(CASES)
def test_what_was_left_open_tells_nothing_that_the_count_does_not(
    cases: list[tuple[int, float, bool]],
) -> None:
    counts: list[Figure] = [rounded(count) if shown else WITHHELD for count, _, shown in cases]
    open_ones = np.array([int(count * share) for count, share, _ in cases])

    left = left_open(counts, open_ones)

    for count, one, true in zip(counts, left, open_ones.tolist(), strict=True):
        assert least(one) <= least(count)
        assert isinstance(count, int) or one == count
        assert not isinstance(count, int) or one == rounded(true)


@given(CASES)
def test_cases_that_came_late_are_never_more_than_the_released_count(
    cases: list[tuple[int, float, bool]],
) -> None:
    counts: list[Figure] = [rounded(count) for count, _, _ in cases]

    left = left_open(counts, np.array([count + 20 for count, _, _ in cases]))

    assert left == counts


@given(ROWS)
def test_the_list_holds_what_is_hot_or_to_deal_with_now_once_and_nothing_else(
    rows: list[tuple[int | str, str, Figure, Figure]],
) -> None:
    levels, classes, left, visits = ([row[at] for row in rows] for at in range(4))

    found = order(levels, classes, left, visits).tolist()

    told = zip(levels, classes, strict=True)
    assert sorted(found) == [
        at for at, (level, name) in enumerate(told) if level in {2, 3} or name in NOW
    ]


def test_many_open_and_nobody_there_comes_first_and_the_stronger_bin_among_equals() -> None:
    levels = [2, 3, 3, 3, 1]
    classes = ["new_hot", "sporadic_hot", NO_PATTERN, NO_PATTERN, "new_hot"]
    left: list[Figure] = [40, 40, 10, 40, 40]
    visits: list[Figure] = [0, 0, 0, 20, 0]

    assert order(levels, classes, left, visits).tolist() == [1, 0, 4, 2, 3]


def test_a_reason_says_each_figure_with_its_base_or_that_it_is_not_published() -> None:
    few, none = said(3), said(0)

    texts = [
        english(reason(Place(3, 60, 15, none))),
        english(reason(Place(2, FEWER, FEWER, few))),
        english(reason(Place(2, WITHHELD, WITHHELD, said(11)))),
        english(reason(Place(0, FEWER, FEWER, none))),
    ]

    assert texts == [
        (
            "Hot at 99 %; about 15 of about 60 disputes were left open; "
            "nobody has been there in 12 months."
        ),
        "Hot at 95 %; fewer than 5 disputes were left open; fewer than 5 visits in 12 months.",
        (
            "Hot at 95 %; how many disputes were left open is not published; "
            "about 10 visits in 12 months."
        ),
        (
            "High in the last month; fewer than 5 disputes were left open; "
            "nobody has been there in 12 months."
        ),
    ]
