"""Bounds of whole numbers that add up, handed from parts to their sum and back."""

import numpy as np
import numpy.typing as npt

from gisapp.core.compiled import Kernel

Bounds = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]


@Kernel
def narrow(
    low: Bounds, high: Bounds, links: Whole, parent: Whole, ends: Whole, rounds: int
) -> None:
    """
    Narrow the least and the most that figures can be by each other, in place.

    Parameters
    ----------
    low, high
        Shape (rows, columns, places). The last column is the sum of the others.
    links
        Shape (m, 3). The row in the last column is the sum of the rows from the first to before
        the second.
    parent
        Shape (places,). The place whose figures are those of all its parts together.
    ends
        Ends of the levels of places, parts before what holds them.
    rounds
        After how many at most it is left as it is.
    """
    least, most = np.zeros(low.shape[2], np.int64), np.zeros(low.shape[2], np.int64)
    for _ in range(rounds):
        narrower = _columns(low, high, least, most)
        for link in range(len(links)):
            narrower |= _rows(low, high, links[link], least, most)
        for level in range(1, len(ends) - 1):
            levels = (ends[level - 1], ends[level], ends[level + 1])
            narrower |= _places(low, high, parent, levels, least, most)
        if not narrower:
            break


@Kernel
def _columns(low: Bounds, high: Bounds, least: Whole, most: Whole) -> bool:
    """Add up all columns but the last; return whether anything is narrower."""
    rows, columns, places = low.shape
    narrower = False
    for row in range(rows):
        least[:], most[:] = 0, 0
        for column in range(columns - 1):
            for place in range(places):
                least[place] += low[row, column, place]
                most[place] += high[row, column, place]
        narrower |= _whole(low[row, -1], high[row, -1], least, most, 0)
        for column in range(columns - 1):
            part = (low[row, column], high[row, column])
            narrower |= _part(part, (low[row, -1], high[row, -1]), least, most)
    return narrower


@Kernel
def _rows(low: Bounds, high: Bounds, link: Whole, least: Whole, most: Whole) -> bool:
    """Add up the rows of one link."""
    columns, places = low.shape[1:]
    first, end, row = link
    narrower = False
    for column in range(columns):
        least[:], most[:] = 0, 0
        for part in range(first, end):
            for place in range(places):
                least[place] += low[part, column, place]
                most[place] += high[part, column, place]
        narrower |= _whole(low[row, column], high[row, column], least, most, 0)
        whole = (low[row, column], high[row, column])
        for part in range(first, end):
            narrower |= _part((low[part, column], high[part, column]), whole, least, most)
    return narrower


@Kernel
def _places(
    low: Bounds,
    high: Bounds,
    parent: Whole,
    levels: tuple[int, int, int],
    least: Whole,
    most: Whole,
) -> bool:
    """Add up the places of one level to those that hold them."""
    rows, columns, _ = low.shape
    first, end, last = levels
    narrower = False
    for row in range(rows):
        for column in range(columns):
            lows, highs = low[row, column], high[row, column]
            least[end:last], most[end:last] = 0, 0
            for place in range(first, end):
                least[parent[place]] += lows[place]
                most[parent[place]] += highs[place]
            narrower |= _whole(lows[:last], highs[:last], least, most, end)
            for place in range(first, end):
                holder = parent[place]
                below = lows[holder] - most[holder] + highs[place]
                above = highs[holder] - least[holder] + lows[place]
                if below > lows[place]:
                    lows[place] = below
                    narrower = True
                if above < highs[place]:
                    highs[place] = above
                    narrower = True
    return narrower


@Kernel
def _whole(low: Bounds, high: Bounds, least: Whole, most: Whole, first: int) -> bool:
    """Narrow sums by what their parts can be together."""
    changes = 0
    for place in range(first, low.size):
        below, above = max(least[place], low[place]), min(most[place], high[place])
        changes += (below != low[place]) | (above != high[place])
        low[place], high[place] = below, above
    return changes > 0


@Kernel
def _part(
    part: tuple[Bounds, Bounds], whole: tuple[Bounds, Bounds], least: Whole, most: Whole
) -> bool:
    """Narrow one part by what the sums leave to it when the others are what they can be."""
    low, high = part
    changes = 0
    # Without a branch this is done for several places at once.
    for place in range(low.size):
        below = max(whole[0][place] - most[place] + high[place], low[place])
        above = min(whole[1][place] - least[place] + low[place], high[place])
        changes += (below != low[place]) | (above != high[place])
        low[place], high[place] = below, above
    return changes > 0
