"""Puts cells into larger areas and gives every one its number, as the standards ask."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def merge_small(group: Ints, within: Ints, centre: Floats, least: int) -> Ints:
    """
    Add groups of fewer than ``least`` cells to the nearest group in the same larger area.

    Parameters
    ----------
    group, within
        Shape (n,). The group and the larger area of each cell; a group lies in one area.
    centre
        Shape (n, 2). A place of each cell.

    Returns
    -------
    group
        Serial numbers 0, 1, … without gaps. A group alone in its area stays small.
    """
    # A group that reaches into two larger areas is two groups.
    _, group = np.unique(within * (group.max() + 1) + group, return_inverse=True)
    size = np.bincount(group)
    middle = np.column_stack([np.bincount(group, centre[:, axis]) / size for axis in (0, 1)])
    area = np.zeros(size.size, dtype=np.int64)
    area[group] = within
    into = np.arange(size.size)
    for small in np.argsort(size, kind="stable"):
        if size[small] >= least:
            break
        others = np.flatnonzero((area == area[small]) & (size > 0))
        others = others[others != small]
        if others.size:
            gap = np.hypot(*(middle[others] - middle[small]).T)
            best = others[gap.argmin()]
            into[into == small] = best
            size[best] += size[small]
            size[small] = 0
    merged: Ints = np.unique(into[group], return_inverse=True)[1]
    return merged


def numbered(parent: Ints, centre: Floats) -> Ints:
    """
    Order places within each parent from west to east and from north to south.

    Places are read like lines of writing: as many lines as make them about as
    long as there are lines. Returns the order of all places, parents ascending.
    """
    number = np.bincount(parent)
    top = np.full(number.size, -np.inf)
    bottom = np.full(number.size, np.inf)
    np.maximum.at(top, parent, centre[:, 1])
    np.minimum.at(bottom, parent, centre[:, 1])
    lines = np.maximum(np.rint(np.sqrt(number)), 1)
    height = np.maximum((top - bottom) / lines, 1e-12)
    line = np.minimum((top[parent] - centre[:, 1]) // height[parent], lines[parent] - 1)
    order: Ints = np.lexsort((centre[:, 0], line, parent))
    return order


def places_in_parent(parent: Ints) -> Ints:
    """Return 0, 1, … for the children of each parent, in the order they come."""
    order = np.argsort(parent, kind="stable")
    first = np.searchsorted(parent[order], parent[order])
    place = np.empty_like(parent)
    place[order] = np.arange(parent.size) - first
    return place
