"""Windows of any connected shape round each grid, among its nearest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist

from gisapp.core.scan import flexible_kernels
from gisapp.core.scan.chance import Null, Peaks
from gisapp.core.scan.likelihood import Limits
from gisapp.errors import InvalidInput
from gisapp.i18n import N_

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

NEAREST: Final = 15
"""Grids among which a window round one of them may lie, itself included."""

GRIDS_MOST: Final = 1_000
"""Grids that are scanned so: each has thousands of windows."""

CENTRES: Final = 16
"""Centres of one block."""


class TooManyForShapes(InvalidInput):
    """Windows of any shape are asked for in too large a place."""

    code = "too_many_for_shapes"
    message = N_(
        "Windows of any shape are for at most {most} grids, here are {grids}. Take circles."
    )


@dataclass(frozen=True, slots=True)
class Flexible:
    """
    Connected windows among each grid's nearest.

    Notes
    -----
    Tango and Takahashi (2005), International Journal of Health Geographics 4:11.
    """

    nearest: Longs
    """Shape (n, k). Each grid and its nearest; of two as far the first."""
    near: csr_array
    """Shape (n, n). Which grids touch."""
    most: float
    """The share of the base that a window may hold."""

    @classmethod
    def of(cls, points: Array, near: csr_array, most: float) -> "Flexible":
        """Take the `NEAREST` of each grid; raise `TooManyForShapes` beyond `GRIDS_MOST`."""
        if len(points) > GRIDS_MOST:
            raise TooManyForShapes(most=GRIDS_MOST, grids=len(points))
        away = cdist(points, points, "sqeuclidean")
        # A grid comes first among its own nearest, also where another lies on the same place.
        np.fill_diagonal(away, -1.0)
        return cls(np.argsort(away, axis=1, kind="stable")[:, :NEAREST], near, most)

    def blocks(self) -> Iterator[tuple[int, Longs]]:
        """Yield the nearest of some centres after those of others."""
        for start in range(0, len(self.nearest), CENTRES):
            block = np.ascontiguousarray(self.nearest[start : start + CENTRES])
            yield len(block), block

    def climb(self, block: Longs, null: Null, drawn: Ints, limits: Limits, best: Array) -> None:
        """Raise ``best`` as `flexible_kernels.climb` does."""
        counts = np.ascontiguousarray(drawn[:, 0])
        flexible_kernels.climb(
            *(block, *self._near, null.mass, self.most, counts, float(null.total)),
            *(*limits, best),
        )

    def peaks(self, null: Null, seen: Ints) -> Peaks:
        """Find the highest connected window round each grid."""
        counts = np.ascontiguousarray(seen[:, 0])
        nearest = np.ascontiguousarray(self.nearest)
        height, pick = flexible_kernels.peaks(
            nearest, *self._near, null.mass, self.most, counts, float(null.total)
        )
        return Peaks(height, pick, np.zeros(pick.size, np.int64))

    def members(self, centre: int, pick: int) -> Longs:
        """Return the grids whose bits ``pick`` has set, ascending."""
        chosen = [pick >> place & 1 == 1 for place in range(self.nearest.shape[1])]
        return np.sort(self.nearest[centre][np.array(chosen)])

    @property
    def _near(self) -> tuple[Longs, Ints]:
        return self.near.indptr.astype(np.int64), self.near.indices.astype(np.int32)
