"""Areas above published cells, whose totals leave too: communities, townships, and counties."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from gisapp.core.cells import LEAST_BASE, Cells, Number, joined

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TOWNSHIP: Final = 9
"""Digits of the code of a township; a community's begins with it."""

COMMUNITIES, TOWNSHIPS, WHOLE = range(3)
"""Levels of areas."""

NOWHERE: Final = ""
"""Stands for the community of a grid that has none."""


@dataclass(frozen=True, slots=True)
class Areas:
    """
    Who lies in whom; k cells, c communities, t townships, w wholes, a = c + t + w areas.

    A cell without a community is a community of its own that is not `counted`. A whole is a
    county, or the part of one that somebody sees: what is released is released county by
    county, and only who sees several has more than one.
    """

    codes: list[str]
    """Of all areas: communities, then townships, then wholes; sorted within each."""
    community: Whole
    """Shape (k,). The community of each cell."""
    township: Whole
    """Shape (c,). The township of each community."""
    county: Whole
    """Shape (t,). The whole that holds each township."""
    counted: Flags
    """Shape (a,). Whether so many live there that a total may leave."""

    @classmethod
    def of(
        cls,
        cells: Cells,
        homes: Sequence[str],
        base: npt.NDArray[np.float64] | None = None,
        whole: str = "",
    ) -> Self:
        """
        Lay communities and townships over cells.

        Parameters
        ----------
        homes
            n codes: the community of each grid, or `NOWHERE`.
        base
            Shape (n,). Households and enterprises; nan where a number is missing. Without it
            every area is counted.
        whole
            Code of the area that holds them all.
        """
        first = np.unique(cells.of, return_index=True)[1].tolist()
        # No digit begins so: cells without a community come last and are nobody's neighbours.
        home = [homes[grid] or f"~{grid}" for grid in first]
        names, community = np.unique(np.array(home, np.str_), return_inverse=True)
        above = [name if name.startswith("~") else name[:TOWNSHIP] for name in names.tolist()]
        towns, township = np.unique(np.array(above, np.str_), return_inverse=True)
        codes = [*names.tolist(), *towns.tolist(), whole]
        county = np.zeros(len(towns), np.int64)
        made = cls(codes, community, township, county, np.ones(len(codes), np.bool_))
        living = np.ones(cells.of.size) * LEAST_BASE if base is None else np.nan_to_num(base)
        held = made.sums(np.bincount(cells.of, living, minlength=cells.counted.size))
        there = np.array([not code.startswith("~") for code in codes])
        made.counted[:] = there & (held >= LEAST_BASE)
        return made

    @classmethod
    def none(cls, cells: Cells) -> Self:
        """Lay no area over cells: no total leaves."""
        made = cls.of(cells, [NOWHERE] * cells.of.size)
        made.counted[:] = False
        return made

    @property
    def townships(self) -> int:
        """Return t."""
        return self.county.size

    @property
    def wholes(self) -> int:
        """Return w."""
        return len(self.codes) - self.township.size - self.county.size

    @property
    def region(self) -> Whole:
        """Shape (k,). The township of each cell."""
        return self.township[self.community]

    def whole_of(self, cells: Cells) -> Whole:
        """Return the whole that holds each grid, shape (n,)."""
        return self.county[self.region[cells.of]]

    def places(self, level: int) -> slice:
        """Return which of the areas are of a level."""
        ends = np.cumsum([0, self.township.size, self.townships, self.wholes]).tolist()
        return slice(ends[level], ends[level + 1])

    def above(self, level: int) -> tuple[Whole, Whole]:
        """Return the area of a level that holds each cell, and the township of each such area.

        The one whole lies in all townships; its place is taken by each of them.
        """
        if level == COMMUNITIES:
            return self.community, self.township
        every = np.arange(self.townships)
        return (self.region if level == TOWNSHIPS else np.zeros_like(self.community)), every

    def sums(self, table: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Add up the last axis of ``table``, one number a cell, to one number an area."""
        near = joined(np.add, table, self.community, self.township.size)
        far = joined(np.add, near, self.township, self.townships)
        if self.wholes == 1:
            return np.concatenate([near, far, far.sum(axis=-1, keepdims=True)], axis=-1)
        return np.concatenate([near, far, joined(np.add, far, self.county, self.wholes)], axis=-1)
