"""Years that read the same, and who can take a dispute from whom."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gisapp.core.areas import COMMUNITIES, NOWHERE, TOWNSHIPS, WHOLE, Areas
from gisapp.core.cells import Cells
from gisapp.core.marks import others

CELLS = Cells(np.arange(5), np.ones(5, np.bool_))
HOMES = ["990101002001", "990101001002", NOWHERE, "990101001001", "990101001002"]


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            arrays(np.uint8, (2, 1, n)),
            st.lists(st.integers(0, 3), min_size=n, max_size=n),
        )
    )
)
def test_others_are_those_of_the_same_group_but_oneself(
    drawn: tuple[np.ndarray, list[int]],
) -> None:
    marks, of = drawn[0], np.unique(drawn[1], return_inverse=True)[1]

    found = others(marks, of, int(of.max()) + 1)

    for place, group in enumerate(of.tolist()):
        rest = [one for one, its in enumerate(of.tolist()) if its == group and one != place]
        wanted = np.bitwise_or.reduce(marks[..., rest], axis=-1) if rest else 0 * marks[..., 0]
        assert (found[..., place] == wanted).all()


def test_totals_of_areas_hold_their_communities_and_townships() -> None:
    areas = Areas.of(CELLS, HOMES, np.full(5, 20.0), "9901")

    sums = areas.sums(np.array([1, 2, 4, 8, 16]))
    by = dict(zip(areas.codes, sums.tolist(), strict=True))

    assert {code: by[code] for code in by if code.isdigit()} == {
        "990101001001": 8,
        "990101001002": 18,
        "990101002001": 1,
        "990101001": 26,
        "990101002": 1,
        "9901": 31,
    }
    for level, whose in ((COMMUNITIES, HOMES), (TOWNSHIPS, [home[:9] for home in HOMES])):
        above, _ = areas.above(level)
        names = areas.codes[areas.places(level)]
        assert [names[place] for place in above[[0, 1, 3, 4]]] == [whose[i] for i in (0, 1, 3, 4)]
    assert areas.codes[areas.places(WHOLE)] == ["9901"]


def test_an_area_of_too_few_people_or_without_a_code_says_no_total() -> None:
    base = np.array([9.0, 5.0, 400.0, np.nan, 5.0])

    areas = Areas.of(CELLS, HOMES, base, "9901")

    counted = dict(zip(areas.codes, areas.counted.tolist(), strict=True))
    assert [code for code, there in counted.items() if there] == [
        "990101001002",
        "990101001",
        "9901",
    ]
