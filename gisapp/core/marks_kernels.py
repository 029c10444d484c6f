"""Joins the marks of the members of groups, one after the other."""

import numpy as np
import numpy.typing as npt

from gisapp.core.compiled import Kernel

Bits = npt.NDArray[np.uint8]
Whole = npt.NDArray[np.int64]


@Kernel
def either(marks: Bits, of: Whole, groups: int) -> Bits:
    """Say of each group, and in each row of ``marks``, whether one of its members is marked."""
    found = np.zeros((marks.shape[0], groups), np.uint8)
    for row in range(marks.shape[0]):
        for one in range(marks.shape[1]):
            found[row, of[one]] |= marks[row, one]
    return found


@Kernel
def another(marks: Bits, of: Whole, groups: int) -> Bits:
    """Say of each member, and in each row of ``marks``, whether another of its group is marked."""
    found = np.empty_like(marks)
    once, twice = np.zeros(groups, np.uint8), np.zeros(groups, np.uint8)
    for row in range(marks.shape[0]):
        once[:], twice[:] = 0, 0
        for one in range(marks.shape[1]):
            group = of[one]
            twice[group] |= once[group] & marks[row, one]
            once[group] |= marks[row, one]
        for one in range(marks.shape[1]):
            group = of[one]
            found[row, one] = twice[group] | (once[group] & ~marks[row, one])
    return found
