"""The circles that are scanned: round each grid, from the nearest to the farthest it may reach."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from gisapp.core.scan import circles_kernels
from gisapp.core.scan.chance import Null, Peaks, Watch
from gisapp.core.scan.likelihood import Limits

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Block = tuple[Longs, Ints]
"""Where the grids round each centre begin in the second array, and these grids."""

CELLS: Final = 640_000
"""Distances that are sorted at one time: about 25 MB."""

ALIKE: Final = 1e-9
"""Two distances that differ by less than this share are one."""

ROUNDING: Final = 1e-12
"""By so much a share of the base may exceed its limit."""


@dataclass(frozen=True, slots=True)
class Circles:
    """Circles round every grid that hold at most a share of the base."""

    points: Array
    """Shape (n, 2). The middle of each grid, in metres or any other plane system."""
    mass: Array
    """Shape (n,). Each grid's share of the base; adds up to 1."""
    most: float
    """The share that a circle may hold."""
    reach: int
    """Grids that a circle may hold: bounds the work in a province."""

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Yield the circles of some centres after those of others."""
        n = len(self.points)
        rows = max(1, CELLS // max(n, 1))
        for start in range(0, n, rows):
            stop = min(start + rows, n)
            yield stop - start, self._block(start, stop)

    def climb(self, block: Block, null: Null, drawn: Ints, limits: Limits, best: Array) -> None:
        """Raise ``best`` as `circles_kernels.climb` does."""
        circles_kernels.climb(
            *block, null.mass, null.within, drawn, float(null.total), *limits, best
        )

    def peaks(self, null: Null, seen: Ints) -> Peaks:
        """Find the highest circle and stack of months round each grid."""
        return self.peaks_of_all([null], [seen], lambda done: None)[0]

    def peaks_of_all(
        self, nulls: Sequence[Null], seen: Sequence[Ints], watch: Watch
    ) -> list[Peaks]:
        """Find the same for several sets of counts; the circles are sorted once for all."""
        found: list[list[Any]] = [[] for _ in nulls]
        done = 0
        with ThreadPoolExecutor() as pool:
            for centres, block in self.blocks():

                def one(null: Null, counts: Ints, block: Block = block) -> Any:
                    total = float(null.total)
                    return circles_kernels.peaks(*block, null.mass, null.within, counts, total)

                for rows, made in zip(found, pool.map(one, nulls, seen), strict=True):
                    rows.append(made)
                done += centres
                watch(done / len(self.points))
        return [
            Peaks(*(np.concatenate(column) for column in zip(*rows, strict=True))) for rows in found
        ]

    def members(self, centre: int, pick: int) -> Longs:
        """Return the grids of the circle that holds the ``pick`` nearest, ascending."""
        _, member = self._block(centre, centre + 1)
        inside = member[:pick].astype(np.int64)
        found: Longs = np.sort(np.where(inside < 0, ~inside, inside))
        return found

    def _block(self, start: int, stop: int) -> Block:
        """
        Sort all grids by their distance from each centre.

        Grids that are equally far enter together: in which order rows came plays no part.
        A grid before another that is as far stands as ``~grid``.
        """
        away = cdist(self.points[start:stop], self.points, "sqeuclidean")
        whole = self.reach >= away.shape[1]
        if whole:
            order = np.argsort(away, axis=1)
        else:
            near = np.argpartition(away, self.reach, axis=1)[:, : self.reach + 1]
            inner = np.argsort(np.take_along_axis(away, near, axis=1), axis=1)
            order = np.take_along_axis(near, inner, axis=1)
        away = np.take_along_axis(away, order, axis=1)
        alike = np.empty(order.shape, np.bool_)
        alike[:, :-1] = np.diff(away, axis=1) <= 2 * ALIKE * away[:, 1:]
        # Beyond the last of a part there may be more that are as far.
        alike[:, -1] = not whole
        fits = np.cumsum(self.mass[order], axis=1) <= self.most + ROUNDING
        member = np.where(alike, ~order, order)[fits].astype(np.int32)
        first = np.concatenate([[0], np.cumsum(fits.sum(axis=1))])
        return first, member
