import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, kron
from scipy.sparse.csgraph import connected_components

from gisapp.demo.disputes import NoRoomForPlants, counts, pick_plants


def lattice(side: int) -> csr_array:
    line = csr_array(np.abs(np.subtract.outer(np.arange(side), np.arange(side))) <= 1, dtype=float)
    return csr_array(kron(line, line))


NEAR = lattice(32)


@given(
    seed=st.integers(0, 2**32),
    size=st.sampled_from([1, 5, 9, 21]),
    number=st.integers(1, 4),
)
def test_plants_are_connected_and_never_touch_each_other(seed: int, size: int, number: int) -> None:
    plants = pick_plants(NEAR, size, number, np.random.default_rng(seed))

    for plant in plants:
        assert plant.size == np.unique(plant).size == size
        assert connected_components(NEAR[plant][:, plant])[0] == 1
    for i, one in enumerate(plants):
        for other in plants[i + 1 :]:
            assert NEAR[one][:, other].sum() == 0


def test_a_town_too_small_for_its_plants_says_so() -> None:
    with pytest.raises(NoRoomForPlants):
        pick_plants(lattice(5), 9, 3, np.random.default_rng(0))


def test_counts_follow_the_base_and_rise_inside_a_plant() -> None:
    rng = np.random.default_rng(1)
    base = rng.integers(100, 900, 1024).astype(float)
    plant = pick_plants(NEAR, 21, 1, rng)[0]

    drawn = counts(base, 200.0, [plant], 3.0, rng)

    rate = drawn / base * base.mean() / 200.0
    outside = np.delete(rate, plant)
    assert rate[plant].mean() == pytest.approx(3.0, rel=0.05)
    assert outside.mean() == pytest.approx(1.0, rel=0.02)


def test_drawing_counts_leaves_the_base_as_it_was() -> None:
    base = np.full(9, 100.0)

    counts(base, 12.0, [np.array([4])], 5.0, np.random.default_rng(1))

    assert base.tolist() == [100.0] * 9
