"""Published cells: grids where too few live are counted together with a neighbour."""

from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Number = TypeVar("Number", bound=np.number[Any])

NONE: Final = -1
"""No community."""

LEAST_BASE: Final = 10
"""Households and enterprises together below which a cell shows bins only."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Which grids are counted together; k cells, numbered by their first grid."""

    of: Whole
    """Shape (n,). The cell of each grid."""
    counted: Flags
    """Shape (k,). Whether figures of the cell may leave; else it shows bins only."""

    @classmethod
    def none(cls, grids: int) -> Self:
        """Return cells of ``grids`` that show bins only."""
        return cls(np.arange(grids), np.zeros(grids, np.bool_))

    @property
    def size(self) -> Whole:
        """Shape (k,). Grids of each cell."""
        return np.bincount(self.of, minlength=self.counted.size)

    def sums(self, table: npt.NDArray[np.integer]) -> npt.NDArray[np.integer]:
        """Add up the last axis of ``table``, one number a grid, to one number a cell."""
        return self._together(np.add, table)

    def any(self, bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Join the bits of each cell's grids; shapes as in `sums`."""
        return self._together(np.bitwise_or, bits)

    def _together(self, join: np.ufunc, table: npt.NDArray[Number]) -> npt.NDArray[Number]:
        if self.counted.size == self.of.size:
            return table
        return joined(join, table, self.of, self.counted.size)


def joined(
    join: np.ufunc, table: npt.NDArray[Number], of: Whole, groups: int
) -> npt.NDArray[Number]:
    """Join the last axis of ``table`` group by group; every one of ``groups`` has a member."""
    if not groups:
        return table[..., :0]
    if (of[1:] < of[:-1]).any():
        order = np.argsort(of, kind="stable")
        table, of = table[..., order], of[order]
    starts = np.searchsorted(of, np.arange(groups))
    found: npt.NDArray[Number] = join.reduceat(table, starts, axis=-1)
    return found


def merged(base: npt.NDArray[np.float64], home: Whole, near: csr_array) -> Cells:
    """
    Merge each grid where too few live with a neighbour of its own community.

    Parameters
    ----------
    base
        Shape (n,). Households and enterprises together; nan where a number is missing.
    home
        Shape (n,). The community of each grid, `NONE` where it has none.
    near
        Shape (n, n). Not 0 where two grids are neighbours; the diagonal is ignored.

    Returns
    -------
    cells
        Every cell that counts holds at least `LEAST_BASE`. The smallest cell goes first,
        to its smallest neighbour, of equals to the first: so cells stay small, and
        nothing but ``base``, borders and the order of codes decides. A missing number is
        not zero: such a grid is a cell of its own that shows bins only, and so is what
        finds no neighbour with a known number in its community.
    """
    known = np.isfinite(base)
    held = np.where(known, base, 0.0)
    owner = np.arange(base.size)
    small = known & (held < LEAST_BASE) & (home != NONE)
    for community in np.unique(home[small]).tolist():
        members = np.flatnonzero(known & (home == community)).tolist()
        _merge(set(members), near, held, owner)
    kept, of = np.unique(owner, return_inverse=True)
    return Cells(of.astype(np.int64), known[kept] & (held[kept] >= LEAST_BASE))


def _merge(members: set[int], near: csr_array, held: npt.NDArray[np.float64], owner: Whole) -> None:
    """Merge within one community; ``held`` and ``owner`` are changed in place."""
    links = {
        grid: members & set(near.indices[near.indptr[grid] : near.indptr[grid + 1]].tolist())
        for grid in members
    }
    for grid, others in links.items():
        others.discard(grid)

    def smallest(cells: set[int]) -> int:
        return min(cells, key=lambda cell: (held[cell], cell))

    while waiting := {cell for cell, others in links.items() if others and held[cell] < LEAST_BASE}:
        cell = smallest(waiting)
        first, last = sorted((cell, smallest(links[cell])))
        for other in links.pop(last):
            links[other].discard(last)
            if other != first:
                links[other].add(first)
                links[first].add(other)
        held[first] += held[last]
        owner[owner == last] = first
