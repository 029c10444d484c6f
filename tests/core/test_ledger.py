from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core import ledger

DAYS = range(20)
START = 4
"""The table begins after the first spans do, and ends before the last."""

SPANS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 19), st.integers(0, 19)), max_size=12)


def arrays(rows: list[Any]) -> list[npt.NDArray[np.int64]]:
    return list(np.array(rows, np.int64).reshape(-1, 3).T)


@given(rows=SPANS)
def test_on_each_day_the_first_span_that_covers_it_wins(rows: list[Any]) -> None:
    rows = [(who, *sorted(days)) for who, *days in rows]
    _, first, last = arrays(rows)

    which, begins, ends = ledger.winners(first, last)

    for day in DAYS:
        covering = [k for k, (_, a, b) in enumerate(rows) if a <= day <= b]
        found = which[(begins <= day) & (day <= ends)].tolist()
        assert found == covering[:1]


@given(rows=SPANS)
def test_united_spans_cover_the_same_days_of_each_person_once(rows: list[Any]) -> None:
    who, first, last = ledger.united(*arrays(rows))

    for person in range(4):
        mine = sorted(zip(first[who == person].tolist(), last[who == person].tolist(), strict=True))
        covered = [day for a, b in mine for day in range(a, b + 1)]
        assert covered == [
            day for day in DAYS if any(p == person and a <= day <= b for p, a, b in rows)
        ]
        assert all(b + 1 < c for (_, b), (c, _) in pairwise(mine))


@given(rows=SPANS, days=st.integers(1, 12))
def test_the_table_is_what_counting_day_by_day_finds(rows: list[Any], days: int) -> None:
    table = ledger.counted(*arrays(rows), groups=4, start=START, days=days)

    assert table.tolist() == [
        [
            sum(g == group and a <= day <= b for g, a, b in rows)
            for day in range(START, START + days)
        ]
        for group in range(4)
    ]


@given(rows=SPANS, floor=st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_a_group_falls_on_the_first_day_with_fewer_people_than_its_floor(
    rows: list[Any], floor: list[int]
) -> None:
    table = ledger.counted(*arrays(rows), groups=4, start=START, days=10)

    found = ledger.falls(table, np.repeat(np.array(floor, np.int64)[:, None], 10, axis=1))

    for group in range(4):
        below = [day for day in range(10) if table[group, day] < floor[group]]
        assert found[group] == (below[0] if below else ledger.NEVER)


def test_a_floor_is_rounded_up_and_not_by_the_dust_of_binary_fractions() -> None:
    share, base = np.array([0.1, 0.1, 0.3, 0.3, 0.1]), np.array([20, 21, 10, 11, 0])

    assert ledger.floors(share, base).tolist() == [2, 3, 3, 4, 0]


def test_a_person_whose_terms_touch_does_not_leave_in_between() -> None:
    who, first, last = ledger.united(np.array([7, 7]), np.array([5, 1]), np.array([9, 4]))

    assert (who.tolist(), first.tolist(), last.tolist()) == ([7], [1], [9])
