import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.core.neighbours import queen, with_self
from gisapp.core.scan import circles_kernels, flexible_kernels, likelihood, plain
from gisapp.core.scan.chance import Null
from gisapp.core.scan.circles import Circles
from gisapp.core.scan.flexible import Flexible
from gisapp.core.scan.likelihood_kernels import ratio
from tests.core.test_neighbours import lattice

SEEDS = st.integers(0, 10_000)


def some_circles(rng: np.random.Generator) -> tuple[Circles, Null]:
    """Few grids, many of them equally far from each other, some without base."""
    n = int(rng.integers(2, 9))
    points = rng.integers(0, 4, (n, 2)).astype(float)
    base = rng.integers(0, 4, n).astype(float)
    base[0] += 1
    months = rng.integers(0, 12, int(rng.integers(1, 4)))
    mass = base / base.sum()
    reach = int(rng.integers(1, n + 1))
    return Circles(points, mass, 0.6, reach), Null(mass, months, int(months.sum()) + 4)


@given(seed=SEEDS)
def test_circles_climb_as_high_as_the_plain_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    search, null = some_circles(rng)
    drawn = null.draw(5, rng)
    fast, slow = np.zeros(5), np.zeros(5)

    for _, block in search.blocks():
        limits = likelihood.limits(null.total, search.most * null.within[-1])
        search.climb(block, null, drawn, limits, fast)
        plain.climb(*block, null.mass, null.within, drawn, float(null.total), slow)

    np.testing.assert_allclose(fast, slow, rtol=1e-12)


@given(seed=SEEDS)
def test_the_best_circle_of_each_centre_is_that_of_the_plain_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    search, null = some_circles(rng)
    seen = null.draw(1, rng)[:, :, 0]
    ((_, block),) = search.blocks()

    fast = circles_kernels.peaks(*block, null.mass, null.within, seen, float(null.total))
    slow = plain.peaks(*block, null.mass, null.within, seen, float(null.total))

    np.testing.assert_allclose(fast[0], slow[0], rtol=1e-12)
    # Where two are equal but for rounding, either is right.
    clear = np.abs(fast[0] - slow[0]) == 0
    assert (fast[1][clear] == slow[1][clear]).all()


@settings(max_examples=50)
@given(
    count=st.integers(2, 300),
    share=st.floats(1e-6, 0.5),
    rest=st.integers(0, 300),
    reached=st.floats(0, 80),
)
def test_a_count_below_its_limit_cannot_be_higher(
    count: int, share: float, rest: int, reached: float
) -> None:
    total = count + rest
    limits, steps = likelihood.limits(total, total * 0.5)
    expected = total * share
    row = int(np.sqrt(expected) * steps[0])
    column = min(int(reached * steps[1]), limits.shape[1] - 1)

    if ratio(count, expected, float(total)) > reached:
        assert count >= limits[row, column]


@given(seed=SEEDS)
def test_every_connected_window_is_listed_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 8))
    near = rng.random((k, k)) < 0.35
    near |= near.T
    touch = np.array([sum(1 << j for j in range(k) if near[i, j] and i != j) for i in range(k)])
    place, depth = np.empty(1 << (k - 1), np.int64), np.empty(1 << (k - 1), np.int64)

    many = flexible_kernels.connected(touch, place, depth)

    grown, found = [0] * (k + 1), []
    for one, deep in zip(place[:many].tolist(), depth[:many].tolist(), strict=True):
        grown[deep] = one
        found.append(frozenset(grown[: deep + 1]))
    assert len(found) == len(set(found))
    assert set(found) == set(plain.connected([set(np.flatnonzero(row)) for row in near]))


def every_window(
    search: Flexible, null: Null, seen: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """Look at each connected window by its definition; the best ratio round each grid."""
    best = np.zeros(len(search.nearest))
    table = search.near.toarray() > 0
    for centre, nearest in enumerate(search.nearest):
        touch = [set(np.flatnonzero(table[one][nearest])) for one in nearest]
        for chosen in plain.connected(touch):
            inside = nearest[list(chosen)]
            count, held = int(seen[inside].sum()), float(null.mass[inside].sum())
            if held <= search.most and count >= 2:
                found = ratio(float(count), held * null.total, float(null.total))
                best[centre] = max(best[centre], found)
    return best


@settings(max_examples=20)
@given(seed=SEEDS)
def test_windows_of_any_shape_climb_as_high_as_the_plain_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    near = queen(lattice(3, 3))
    base = rng.integers(1, 5, 9).astype(float)
    null = Null(base / base.sum(), np.array([rng.integers(2, 30)]), 30)
    points = np.indices((3, 3)).reshape(2, -1).T.astype(float)
    search = Flexible(Flexible.of(points, near, 0.5).nearest[:, :6], with_self(near), 0.5)
    drawn = null.draw(3, rng)
    best = np.zeros(3)

    limits = likelihood.limits(null.total, 15.0)
    for _, block in search.blocks():
        search.climb(block, null, drawn, limits, best)
    peaks = search.peaks(null, drawn[:, :, 0])

    told = [every_window(search, null, drawn[:, 0, lane]) for lane in range(3)]
    np.testing.assert_allclose(best, [one.max() for one in told], rtol=1e-9)
    np.testing.assert_allclose(peaks.ratio, told[0], rtol=1e-9)
