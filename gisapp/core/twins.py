"""Other years that read the same as the true one: no figure of theirs can be told from its own."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from gisapp.core import nest
from gisapp.core.areas import Areas
from gisapp.core.cells import Cells
from gisapp.core.marks import Bits, Marks, joined, others

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """Some whole townships: the positions of what lies in them, and who lies in whom."""

    grids: Whole
    cells: Whole
    areas: Whole
    """Communities, then townships, then the whole."""
    cell: Whole
    """Of each of ``grids``, counted within ``cells``; so do the two that follow."""
    community: Whole
    township: Whole
    townships: Whole

    @classmethod
    def of(cls, cells: Cells, areas: Areas, regions: Whole) -> Self:
        """Take out the townships ``regions``, sorted."""
        inside = np.zeros(areas.townships, np.bool_)
        inside[regions] = True
        communities = np.flatnonzero(inside[areas.township])
        here = np.flatnonzero(inside[areas.region])
        grids = np.flatnonzero(inside[areas.region[cells.of]])
        above = areas.township.size + np.append(regions, areas.townships)
        return cls(
            grids,
            here,
            np.concatenate([communities, above]),
            np.searchsorted(here, cells.of[grids]),
            np.searchsorted(communities, areas.community[here]),
            np.searchsorted(regions, areas.township[communities]),
            regions,
        )


@dataclass(frozen=True, slots=True)
class Room:
    """Where a dispute more, or less, would change nothing that is published."""

    more: Marks
    less: Marks


class Search:
    """
    Looks for other years in which figures differ, and nothing that was published does.

    Townships may be looked at one by one: what others have room for is remembered.
    """

    def __init__(self, months: int, words: int, townships: int) -> None:
        """Begin with t ``townships`` nobody has looked at; ``months`` as in `nest.movable`."""
        self._months = months
        # What each township has room for, as `nest.room` says it.
        kinds = months + len(nest.pairs(months))
        self._room = np.zeros((2, kinds, words, townships), np.uint8)
        self._elsewhere = self._room.copy()
        rows = len(nest.around(range(months)))
        self._within = Marks.none(rows, words, townships)
        self.lost = False
        """Whether others than those looked at last have less to move a dispute to than before."""

    def exchanged(self, here: Room, above: Room, part: Part) -> tuple[Marks, Marks]:
        """
        Return the figures that differ where two places exchange disputes of one category.

        A cell with another one of the community, a community with another one of the
        township, a township with another one. One gives a dispute of a month to the other; or
        each moves one to another month of the quarter, the other the other way. The totals of
        what holds both do not change.

        Parameters
        ----------
        here
            Of each of the grids of ``part``, for the figures of its cell and the bins around.
        above
            Of each of its areas, for the area's own total.

        Returns
        -------
        cells, areas
            Marks of the cells and of the areas of ``part``; those of the whole are all set.
        """
        communities = part.township.size
        rows, words, _ = above.more.each.shape
        cells = Marks.none(rows, words, part.cells.size)
        near = Marks.none(rows, words, communities)
        far = Marks.none(rows, words, part.townships.size)
        whole = ~Marks.none(rows, words, 1)

        room = self._rooms(above)
        own, town = room[..., :communities], room[..., communities:-1]
        there = joined(self._rooms(here), part.cell, part.cells.size)
        there_near = joined(there, part.community, communities) & own
        there_far = joined(there_near, part.township, part.townships.size) & town
        self._put(part.townships, there_far)
        beyond = self._elsewhere[..., part.townships]
        self._move(far, there_far, beyond)
        beyond = _partners(there_near, beyond, town, part.township)
        self._move(near, there_near, beyond)
        self._move(cells, there, _partners(there, beyond, own, part.community))
        return cells, Marks.side_by_side([near, far, whole])

    def alone(
        self, here: Room, above: Room, part: Part, grids: Whole, found: tuple[Marks, Marks]
    ) -> None:
        """
        Add the figures that differ with one dispute more, less, or moved within its grid.

        As `nest.movable` does, where the figures of its cell and of all areas above have room.

        Parameters
        ----------
        here, above
            As in `exchanged`, which gave ``found``.
        grids
            Which of ``part`` are tried.
        """
        community = part.community[part.cell[grids]]
        more = here.more.take(grids) & _over(above.more, part, community)
        less = here.less.take(grids) & _over(above.less, part, community)
        some = nest.movable(self._months, more, less)
        cells, areas = found
        cells.add(part.cell[grids], some)
        areas.add(community, some)
        areas.add(part.township.size + part.township[community], some)

    def whole(self, here: Room, above: Room, part: Part, found: tuple[Marks, Marks]) -> None:
        """Mark the figures of the whole, too, with what the other townships show of it.

        The arguments are those of `alone`, which is done for all grids.
        """
        rows, words, cells = found[0].each.shape
        bare = Marks.none(rows, words, cells), Marks.none(rows, words, part.areas.size)
        self.alone(here, above, part, np.arange(part.grids.size), bare)
        first = part.township.size
        far = bare[1].take(np.arange(first, first + part.townships.size))
        self._within.put(part.townships, far)
        every = np.zeros(self._room.shape[-1], np.int64)
        bare[1].put(np.array([-1]), self._within.joined(every, 1))
        found[1].put(np.array([-1]), Marks.none(rows, words, 1))
        for marks, more in zip(found, bare, strict=True):
            marks.add(np.arange(marks.each.shape[-1]), more)

    def _rooms(self, room: Room) -> Bits:
        return nest.room(self._months, room.more, room.less)

    def _move(self, found: Marks, there: Bits, elsewhere: Bits) -> None:
        """Exchange disputes with other places."""
        more, less = there & elsewhere[::-1]
        nest.moved(found, self._months, more | less)

    def _put(self, townships: Whole, there: Bits) -> None:
        """Remember what some townships have room for, and what that is to the others."""
        self._room[..., townships] = there
        before = self._elsewhere
        self._elsewhere = others(self._room, np.zeros(self._room.shape[-1], np.int64), 1)
        gone = before & ~self._elsewhere
        gone[..., townships] = 0
        self.lost = bool(gone.any())


def _over(above: Marks, part: Part, community: Whole) -> Marks:
    """Say of each grid, by its community, whether all areas it lies in have room."""
    township = part.township.size + part.township[community]
    whole = np.full(community.size, part.areas.size - 1)
    return above.take(community) & above.take(township) & above.take(whole)


def _partners(there: Bits, beyond: Bits, room: Bits, of: Whole) -> Bits:
    """
    Say where else there is room: in another place of the same area, or beyond it.

    Parameters
    ----------
    there
        Shape (2, …, words, n). What each place has room for, as `nest.room` says it.
    beyond, room
        The same of the areas that hold them: what there is beyond, and what they have room for.
    of
        Shape (n,). The area of each place.
    """
    return others(there, of, room.shape[-1]) | (room[::-1] & beyond)[..., of]
