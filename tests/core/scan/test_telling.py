from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.publication import Figure, Published, rounded
from gisapp.core.scan.clusters import Cluster
from gisapp.core.scan.telling import least, recurrence, stands_for, tell
from gisapp.i18n import say

FIGURES: list[list[Figure]] = [["<5", 10, "—"], ["<5", 15, "—"], [5, 15, "—"]]
PUBLISHED = [Published(row, [0, 1, 2], [0, 0, 0], {}, "—") for row in FIGURES]


def cluster(**fields: Any) -> Cluster:
    usual = {"centre": 0, "months": 1, "count": 40, "expected": 9.5, "ratio": 12.25, "p": 0.001}
    made = {"grids": np.array([0, 1])} | usual | fields
    return Cluster(**({"firm": made["p"]} | made))


@given(st.lists(st.integers(0, 60), min_size=1))
def test_the_least_is_never_more_than_the_truth(counts: list[int]) -> None:
    said = least([rounded(count) for count in counts])

    assert said % 5 == 0
    assert said <= max(sum(counts), 10)


def test_the_least_comes_from_published_figures_alone() -> None:
    told = tell(
        [cluster(months=2, count=count) for count in (43, 61)],
        *(PUBLISHED, range(100, 103)),
        prospective=True,
    )

    # At least 13 + 13 in one grid, 0 + 5 in the other: 31.
    assert [one.least for one in told] == [30, 30]


def test_a_cluster_up_to_now_is_told_with_its_months_and_how_rare_it_is() -> None:
    (told,) = tell([cluster(months=2)], PUBLISHED, range(24_314, 24_317), prospective=True)

    assert say(told.sentence, lambda message: message, "en") == (
        "Grids together: 2, from Apr 2026 to May 2026. At least 30 disputes; "
        "chance alone gathers as many less than once in 50 years."
    )


@pytest.mark.parametrize(
    ("p", "years"), [(0.001, 50), (0.004, 20), (0.04, 2), (1 / 12, 1), (0.09, None)]
)
def test_the_recurrence_comes_in_wide_steps(p: float, years: int | None) -> None:
    told = tell([cluster(p=p)], PUBLISHED, range(3), prospective=True)

    assert [one.recurrence for one in told] == [years] * (years is not None)
    assert years is None or years <= recurrence(p)


@pytest.mark.parametrize(("p", "odds"), [(0.001, 100), (0.03, 20), (0.1, 10), (0.11, None)])
def test_one_window_is_told_by_odds(p: float, odds: int | None) -> None:
    told = tell([cluster(p=p)], PUBLISHED[-1:], range(3), prospective=False)

    assert [one.odds for one in told] == [odds] * (odds is not None)


@pytest.mark.parametrize(("count", "told"), [(9, 0), (10, 0), (11, 1)])
def test_what_would_hold_fewer_than_ten_with_one_less_is_not_told(count: int, told: int) -> None:
    found = tell([cluster(count=count)], PUBLISHED, range(3), prospective=True)

    assert len(found) == told


def test_a_cluster_is_told_as_if_it_held_one_dispute_less() -> None:
    (told,) = tell([cluster(p=0.001, firm=0.004)], PUBLISHED, range(3), prospective=True)

    assert told.recurrence == 20
    assert tell([cluster(firm=0.2)], PUBLISHED, range(3), prospective=True) == []


def test_grids_that_are_counted_together_count_once_and_only_where_all_of_them_are_there() -> None:
    both = Published([20, 20, 20, 30], [0, 0, 0, 1], [0, 0, 0, 0], {}, "—")

    part, whole = (
        tell([cluster(grids=np.array(grids))], [both], range(1), prospective=False)[0].least
        for grids in ([0, 1, 3], [0, 1, 2, 3])
    )

    # At least 28 of 30 alone; with at least 18 of 20 they are 46.
    assert (part, whole) == (25, 45)


def test_figures_stand_for_counts_that_follow_from_what_is_published() -> None:
    published = Published([20, 20, "<5", "—", 7], [0, 0, 1, 2, 3], [0] * 5, {}, "—")
    base = np.array([30.0, 10.0, 40.0, 80.0, 0.0])

    counts = stands_for(published, np.arange(4), base[:4])

    # 22 of 80 where the figure leaves, so 22 where none does.
    assert counts.tolist() == [15, 5, 2, 22]
    assert stands_for(published, np.array([3]), base[[3]]).tolist() == [0]
