"""Bounds of whole numbers that add up, handed from parts to their sum and back."""

from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.core.compiled import Kernel

Bounds = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]
Table = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HAIR: Final = 1e-6
"""What sums of fractions may be off by."""


Around = tuple[Whole, Whole, Whole, Table, Table, Table, Flags]


@Kernel
def narrow(
    low: Bounds,
    high: Bounds,
    links: Whole,
    parent: Whole,
    ends: Whole,
    around: Around,
    rounds: int,
) -> None:
    """
    Narrow the least and the most that figures can be by each other, in place.

    Parameters
    ----------
    low, high
        Shape (rows, columns, places). The last column is the sum of the others.
    links
        Shape (m, 4). The last row is the sum of the others; those below 0 are none.
    parent
        Shape (places,). The place whose figures are those of all its parts together.
    ends
        Ends of the levels of places, parts before what holds them.
    around
        What sums with weights, k of them, are known to lie between: row and column, shape
        (k, 2); where the places of each begin, shape (k + 1,); places, those of which less is
        known as -1 - place; weights; the least and the most, shape (k,); which are told.
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
        for line in range(len(around[0])):
            if around[-1][line]:
                narrower |= _weighted(low, high, around, line)
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
    row = link[-1]
    narrower = False
    for column in range(columns):
        least[:], most[:] = 0, 0
        for part in link[:-1]:
            if part >= 0:
                for place in range(places):
                    least[place] += low[part, column, place]
                    most[place] += high[part, column, place]
        narrower |= _whole(low[row, column], high[row, column], least, most, 0)
        whole = (low[row, column], high[row, column])
        for part in link[:-1]:
            if part >= 0:
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
def _weighted(low: Bounds, high: Bounds, around: Around, line: int) -> bool:
    """Narrow the parts of a sum with weights."""
    where, start, places, weights, least, most, _ = around
    lows, highs = low[where[line, 0], where[line, 1]], high[where[line, 0], where[line, 1]]
    below, above = 0.0, 0.0
    for at in range(start[line], start[line + 1]):
        place = places[at]
        if place >= 0:
            below += weights[at] * lows[place]
            above += weights[at] * highs[place]
        else:
            above += weights[at] * highs[-1 - place]
    narrower = False
    for at in range(start[line], start[line + 1]):
        place, weight = places[at], weights[at]
        if place < 0 or weight <= 0:
            continue
        rest = most[line] - below + weight * lows[place]
        need = least[line] - above + weight * highs[place]
        if weight * highs[place] > rest + HAIR:
            highs[place] = max(np.floor(rest / weight + HAIR), lows[place])
            narrower = True
        if need > weight * lows[place] + HAIR:
            lows[place] = min(np.ceil(need / weight - HAIR), highs[place])
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
