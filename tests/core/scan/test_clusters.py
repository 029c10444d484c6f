import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from gisapp.core.neighbours import queen
from gisapp.core.scan.clusters import CasesWithoutBase, Cluster, flexible, prospective, space
from gisapp.core.scan.flexible import TooManyForShapes
from tests.core.test_neighbours import lattice

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

SATSCAN = (
    (100, 58.28, 14.083511, 0.00015),
    (38, 17.79, 9.019716, 0.016),
    (64, 40.85, 6.114140, 0.248),
    (25, 12.82, 4.651839, 0.645),
    (12, 5.14, 3.363518, 0.965),
    (11, 4.61, 3.209485, 0.982),
)
"""Cases, expected, log likelihood ratio and p of the clusters that SaTScan 9.6 reports."""

MEMBERS = """
52 50 37 49 38 48 53 39 15 47 51 1 40 44 16 2 55 36 14 43 13 45 3 35 17 11 12 46
89 88 87 84 90 86 92 85
112 113 115 111 116 219 117 123 218 114 122 110 124 220 118 133 121 125 216 120 134 217 126 139 \
215 132 141 140 127 142 138 131 119
62 64 67 65
266 281 267 265
166 159 167
""".strip().splitlines()

SIDE = 8
POINTS = np.indices((SIDE, SIDE)).reshape(2, -1).T.astype(float)
EVEN = np.full(SIDE * SIDE, 100.0)
CORNER = np.array([0, 1, SIDE, SIDE + 1])


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def new_york(shared_data: Path) -> tuple[Array, Array, Whole]:
    folder = shared_data / "published" / "hotspot"
    with (folder / "ny_leukemia_satscan_input.csv").open() as file:
        rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    table = np.array(rows)
    return table[:, 1:3], table[:, 4], table[:, 3].astype(np.int64)


def test_new_york_has_the_clusters_that_satscan_reports(
    new_york: tuple[Array, Array, Whole],
) -> None:
    points, base, cases = new_york

    found = space(points, base, cases, rng())[: len(SATSCAN)]

    for cluster, told, members in zip(found, SATSCAN, MEMBERS, strict=True):
        count, expected, ratio, _ = told
        assert set(cluster.grids + 1) == {int(one) for one in members.split()}
        assert cluster.count == count
        assert abs(cluster.expected - expected) <= 0.005
        assert abs(cluster.ratio - ratio) <= 1e-6
    # The report rounds to cents; what it rounds is exact.
    assert abs(found[0].expected - 552 * 111_674 / 1_057_673) <= 1e-6


def test_new_yorks_clusters_are_as_unlikely_as_satscan_says(
    new_york: tuple[Array, Array, Whole],
) -> None:
    points, base, cases = new_york

    found = space(points, base, cases, rng())

    for cluster, (_, _, _, p) in zip(found, SATSCAN, strict=False):
        assert abs(cluster.p - p) <= 5 * np.sqrt(2 * p * (1 - p) / 999) + 1 / 999


def hot(counts: Whole, grids: Whole, times: int) -> Whole:
    counts = counts.copy()
    counts[..., grids] *= times
    return counts


def told(clusters: list[Cluster]) -> list[tuple[list[int], int, int]]:
    return [(one.grids.tolist(), one.months, one.count) for one in clusters]


def test_a_planted_circle_is_the_most_likely_cluster() -> None:
    counts = hot(np.full(SIDE * SIDE, 5), CORNER, 4)

    first, *others = space(POINTS, EVEN, counts, rng())

    assert first.grids.tolist() == CORNER.tolist()
    assert (first.count, first.p) == (80, 0.001)
    assert all(other.p > 0.1 for other in others)


def test_a_window_of_any_shape_follows_a_street() -> None:
    street = np.array([25, 26, 27, 35, 43])
    counts = hot(np.full(SIDE * SIDE, 3), street, 5)

    first, *_ = flexible(POINTS, queen(lattice(SIDE, SIDE)), EVEN, counts, rng(), draws=99)

    assert set(first.grids) == set(street)
    assert first.p == 0.01


@settings(max_examples=10)
@given(seed=st.integers(0, 999))
def test_windows_drawn_by_other_counts_tell_nothing_of_their_own(seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = SIDE * SIDE
    drawn_by = hot(np.full(shape, 3), np.array([25, 26, 27, 35, 43]), 4)
    one, other = drawn_by + random.integers(0, 3, (2, shape))
    near = queen(lattice(SIDE, SIDE))

    outlines = [
        flexible(POINTS, near, EVEN, counts, rng(), drawn_by=drawn_by, draws=9)
        for counts in (one, other)
    ]

    assert [set(each.grids) for each in outlines[0]] == [set(each.grids) for each in outlines[1]]
    assert [each.count for each in outlines[0]] == [one[each.grids].sum() for each in outlines[0]]


def test_what_began_three_months_ago_is_told_with_its_three_months() -> None:
    counts = np.full((24, SIDE * SIDE), 2)
    counts[-3:] = hot(counts[-3:], CORNER, 5)

    first, *others = prospective(POINTS, EVEN, counts, rng(), draws=199)

    assert told([first]) == [(CORNER.tolist(), 3, 120)]
    assert first.p == 0.005
    assert all(other.p > 0.1 for other in others)


def test_a_season_of_the_whole_city_is_no_cluster() -> None:
    counts = np.full((24, SIDE * SIDE), 2)
    counts[-2:] *= 3

    assert all(one.p > 0.5 for one in prospective(POINTS, EVEN, counts, rng(), draws=99))


@settings(max_examples=10)
@given(seed=st.integers(0, 999))
def test_the_order_of_the_grids_does_not_matter(seed: int) -> None:
    counts = rng(seed).poisson(3, SIDE * SIDE)
    order = rng(seed).permutation(SIDE * SIDE)

    as_is = space(POINTS, EVEN, counts, rng(), draws=9)[0]
    shuffled = space(POINTS[order], EVEN[order], counts[order], rng(), draws=9)[0]

    assert shuffled.ratio == pytest.approx(as_is.ratio)


def test_the_same_generator_gives_the_same_answer() -> None:
    counts = rng(3).poisson(3, (12, SIDE * SIDE))

    one, other = (prospective(POINTS, EVEN, counts, rng(5), draws=99) for _ in range(2))

    assert [(c.ratio, c.p) for c in one] == [(c.ratio, c.p) for c in other]


def test_chance_alone_is_rarely_told() -> None:
    base = rng().integers(50, 150, SIDE * SIDE).astype(float)
    least = [
        space(POINTS, base, rng(seed).multinomial(300, base / base.sum()), rng(seed), draws=99)[0].p
        for seed in range(100)
    ]

    # 5 % of 100, with four standard errors.
    assert sum(p <= 0.05 for p in least) <= 5 + 4 * np.sqrt(4.75)
    assert sum(p <= 0.5 for p in least) >= 30


def test_clusters_share_no_grid() -> None:
    found = space(POINTS, EVEN, rng().poisson(3, SIDE * SIDE), rng(), draws=9)

    grids = np.concatenate([one.grids for one in found])
    assert len(grids) == len(set(grids))
    assert len(found) > 3


@pytest.mark.parametrize(
    ("base", "counts"),
    [
        pytest.param([100.0], [7], id="one grid"),
        pytest.param([100.0, 100.0, 100.0], [0, 0, 0], id="no case"),
        pytest.param([0.0, 0.0, 0.0], [0, 0, 0], id="no base"),
    ],
)
def test_where_nothing_can_gather_no_cluster_is_told(base: list[float], counts: list[int]) -> None:
    n = len(base)
    points, near = np.indices((n, 1))[0].repeat(2, axis=1).astype(float), csr_array((n, n))
    args = np.array(base), np.array(counts), rng()

    assert space(points, *args) == []
    assert flexible(points, near, *args) == []
    assert prospective(points, args[0], args[1][np.newaxis], args[2]) == []


def test_all_cases_in_one_grid_are_its_cluster() -> None:
    counts = np.zeros(SIDE * SIDE, np.int64)
    counts[9] = 6
    months = np.zeros((12, counts.size), np.int64)
    months[-1] = counts

    assert told(space(POINTS, EVEN, counts, rng(), draws=9))[0] == ([9], 1, 6)
    assert told(prospective(POINTS, EVEN, months, rng(), draws=9))[0] == ([9], 1, 6)


def test_an_island_is_a_window_alone() -> None:
    counts = np.array([1, 9, 1, 1])
    points = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]])

    found = flexible(points, csr_array((4, 4)), np.ones(4), counts, rng(), draws=9)

    assert told(found) == [([1], 1, 9)]


def test_grids_on_one_place_enter_together() -> None:
    points = np.array([[0.0, 0], [0, 0], [5, 0], [9, 0], [9, 9]])

    found = space(points, np.ones(5), np.array([9, 0, 0, 0, 1]), rng(), draws=9)

    assert told(found)[0] == ([0, 1], 1, 9)


def test_cases_where_nobody_is_are_refused() -> None:
    with pytest.raises(CasesWithoutBase) as wrong:
        space(POINTS[:3], np.array([1.0, 0, 1]), np.array([1, 2, 3]), rng())

    assert wrong.value.fields == {"grids": 1}


def test_any_shape_is_for_small_places() -> None:
    n = 1_001
    with pytest.raises(TooManyForShapes):
        flexible(np.zeros((n, 2)), csr_array((n, n)), np.ones(n), np.ones(n, int), rng())
