"""Chooses where something is planted, and draws counts in which it shows."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.errors import InvalidInput
from gisapp.i18n import N_

Positions = npt.NDArray[np.int64]


class NoRoomForPlants(InvalidInput):
    """The town is too small for so many plants that must not touch each other."""

    code = "no_room_for_plants"
    message = N_("A town of {grids} grids has no room for {number} plants of {size} grids.")


def counts(
    base: npt.NDArray[np.float64],
    mean: float,
    plants: list[Positions],
    risk: float,
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """
    Draw how many disputes each grid has in one window.

    Parameters
    ----------
    base
        Shape (n,). Households and enterprises of each grid.
    mean
        Disputes expected in a grid of average base where nothing is planted.
    plants
        Positions of the grids in each plant; none may be empty.
    risk
        How many times likelier a dispute is inside a plant.
    """
    expected = mean * base / base.mean()
    for plant in plants:
        expected[plant] *= risk
    drawn: npt.NDArray[np.int64] = rng.poisson(expected)
    return drawn


def pick_plants(
    near: csr_array, size: int, number: int, rng: np.random.Generator
) -> list[Positions]:
    """
    Pick ``number`` compact plants of ``size`` connected grids that do not touch each other.

    Parameters
    ----------
    near
        Shape (n, n). Which grids touch; symmetrical, the diagonal does not matter.

    Raises
    ------
    NoRoomForPlants
        If the free ground does not hold another plant.
    """
    taken = np.zeros(near.shape[0], dtype=bool)
    plants: list[Positions] = []
    for start in rng.permutation(near.shape[0]):
        if len(plants) == number:
            break
        if not taken[start] and (plant := _grow(near, int(start), size, taken, rng)) is not None:
            plants.append(plant)
            # A ring stays free around each, so that no grid touches two plants.
            taken[_ring(near, plant)] = True
            taken[plant] = True
    if len(plants) < number:
        raise NoRoomForPlants(grids=near.shape[0], number=number, size=size)
    return plants


def _ring(near: csr_array, plant: Positions) -> Positions:
    return np.concatenate([_neighbours(near, grid) for grid in plant.tolist()])


def _neighbours(near: csr_array, grid: int) -> Positions:
    row: Positions = near.indices[near.indptr[grid] : near.indptr[grid + 1]].astype(np.int64)
    return row


def _grow(
    near: csr_array,
    start: int,
    size: int,
    taken: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> Positions | None:
    plant = [start]
    touching: dict[int, int] = {}
    while True:
        for grid in _neighbours(near, plant[-1]).tolist():
            if not taken[grid] and grid not in plant:
                touching[grid] = touching.get(grid, 0) + 1
        if len(plant) == size:
            return np.sort(np.array(plant, dtype=np.int64))
        if not touching:
            return None
        # The grid that touches most of the plant keeps it round; chance decides among equals.
        grids = sorted(touching)
        ties = rng.random(len(grids))
        best = max(range(len(grids)), key=lambda i: (touching[grids[i]], ties[i]))
        plant.append(grids[best])
        del touching[grids[best]]
