import numpy as np
import numpy.typing as npt
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gisapp.core.neighbours import band, islands, nearest, queen, with_self

Array = npt.NDArray[np.float64]


def lattice(rows: int, columns: int, side: float = 1.0) -> npt.NDArray[np.object_]:
    """Squares side by side, row by row."""
    y, x = np.divmod(np.arange(rows * columns), columns)
    boxes: npt.NDArray[np.object_] = shapely.box(x, y, x + side, y + side)
    return boxes


def test_squares_that_meet_in_a_corner_are_neighbours() -> None:
    near = queen(lattice(3, 3))

    assert near.sum(axis=1).tolist() == [3, 5, 3, 5, 8, 5, 3, 5, 3]


@given(rows=st.integers(1, 6), columns=st.integers(1, 6), seed=st.integers(0, 99))
def test_neighbours_are_mutual_and_nobody_is_their_own(rows: int, columns: int, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(rows * columns)

    near = queen(lattice(rows, columns)[order]).toarray()

    expected = queen(lattice(rows, columns)).toarray()[np.ix_(order, order)]
    assert (near == near.T).all()
    assert (near.diagonal() == 0).all()
    assert (near == expected).all()


def test_a_gap_no_wider_than_allowed_does_not_part_neighbours() -> None:
    apart = lattice(1, 3, side=0.99)

    assert queen(apart).nnz == 0
    assert queen(apart, gap=0.011).toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_a_missing_shape_has_no_neighbours() -> None:
    shapes = lattice(1, 3)
    shapes[1] = None

    assert queen(shapes).nnz == 0


def test_with_itself_every_grid_belongs_to_its_neighbourhood() -> None:
    star = with_self(queen(lattice(2, 2)))

    assert star.toarray().tolist() == np.ones((4, 4)).tolist()


PLACES = st.integers(2, 30).flatmap(
    lambda n: arrays(np.float64, (n, 2), elements=st.integers(0, 40).map(float))
)


@given(points=PLACES, k=st.integers(1, 9))
def test_the_nearest_are_those_than_whom_nobody_is_nearer(points: Array, k: int) -> None:
    near = nearest(points, k).toarray() > 0

    away = np.hypot(*(points[:, np.newaxis] - points[np.newaxis]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    assert not near.diagonal().any()
    assert (near.sum(axis=1) == min(k, len(points) - 1)).all()
    for chosen, far in zip(near, away, strict=True):
        assert far[chosen].max() <= far[~chosen].min()


@given(points=PLACES, radius=st.integers(1, 20))
def test_a_band_holds_all_within_its_radius(points: Array, radius: int) -> None:
    near = band(points, radius).toarray()

    away = np.hypot(*(points[:, np.newaxis] - points[np.newaxis]).transpose(2, 0, 1))
    assert (near == ((away <= radius) & ~np.eye(len(points), dtype=bool))).all()


def test_who_lies_alone_or_nowhere_is_an_island() -> None:
    points = np.array([[0.0, 0], [100, 0], [5_000, 0], [np.nan, np.nan]])

    assert islands(with_self(band(points, 500))).tolist() == [2, 3]
    assert islands(with_self(nearest(points, 1))).tolist() == [3]
    assert islands(with_self(nearest(points[:1], 3))).tolist() == [0]
