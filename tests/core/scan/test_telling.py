from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.publication import Figure, rounded
from gisapp.core.scan.clusters import Cluster
from gisapp.core.scan.telling import least, recurrence, tell

FIGURES: list[list[Figure]] = [["<5", 10, "—"], ["<5", 15, "—"], [5, 15, "—"]]


def cluster(**fields: Any) -> Cluster:
    usual = {"centre": 0, "months": 1, "count": 40, "expected": 9.5, "ratio": 12.25, "p": 0.001}
    return Cluster(np.array([0, 1]), **(usual | fields))


@given(st.lists(st.integers(0, 60), min_size=1))
def test_the_least_is_never_more_than_the_truth(counts: list[int]) -> None:
    said = least([rounded(count) for count in counts])

    assert said % 5 == 0
    assert said <= max(sum(counts), 10)


def test_the_least_comes_from_published_figures_alone() -> None:
    told = tell(
        [cluster(months=2, count=count) for count in (43, 61)],
        *(FIGURES, range(100, 103)),
        prospective=True,
    )

    # At least 13 + 13 in one grid, 0 + 5 in the other: 31.
    assert [one.least for one in told] == [30, 30]


def test_a_cluster_up_to_now_is_told_with_its_months_and_how_rare_it_is() -> None:
    (told,) = tell([cluster(months=2)], FIGURES, range(24_314, 24_317), prospective=True)

    assert str(told.sentence.message.format(**told.sentence.fields)) == (
        "Grids together: 2, from 2026-04 to 2026-05. At least 30 disputes; "
        "chance alone gathers as many less than once in 50 years."
    )


@pytest.mark.parametrize(
    ("p", "years"), [(0.001, 50), (0.004, 20), (0.04, 2), (1 / 12, 1), (0.09, None)]
)
def test_the_recurrence_comes_in_wide_steps(p: float, years: int | None) -> None:
    told = tell([cluster(p=p)], FIGURES, range(3), prospective=True)

    assert [one.recurrence for one in told] == [years] * (years is not None)
    assert years is None or years <= recurrence(p)


@pytest.mark.parametrize(("p", "odds"), [(0.001, 100), (0.03, 20), (0.1, 10), (0.11, None)])
def test_one_window_is_told_by_odds(p: float, odds: int | None) -> None:
    told = tell([cluster(p=p)], FIGURES[-1:], range(3), prospective=False)

    assert [one.odds for one in told] == [odds] * (odds is not None)


def test_fewer_than_ten_disputes_are_not_told() -> None:
    assert tell([cluster(count=9)], FIGURES, range(3), prospective=True) == []
