"""True or false of many figures at once, the categories packed into the bits of whole numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from gisapp.core.marks_kernels import another, either

Bits = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

WIDTH: Final = 8
"""Categories in a word."""

NONE: Final = np.uint8(0)
ALL: Final = ~NONE


class Packed:
    """A table of flags, packed anew where it has changed."""

    def __init__(self, table: Flags, rows: Sequence[int]) -> None:
        """Pack some rows of a table of shape (…, categories + 1, n)."""
        self._table, self._rows = table, list(rows)
        self.marks = Marks.of(table[self._rows])

    def renew(self, row: int) -> None:
        """Take note that a row of the table has changed."""
        at = self._rows.index(row)
        new = Marks.of(self._table[row : row + 1])
        self.marks.each[at], self.marks.every[at] = new.each[0], new.every[0]


@dataclass(frozen=True, slots=True)
class Marks:
    """True or false for each figure of some windows, one a row."""

    each: Bits
    """Shape (rows, words, n). One bit a category."""
    every: Bits
    """Shape (rows, 1, n). Of all categories together: all bits or none."""

    @classmethod
    def of(cls, flags: Flags) -> Self:
        """Pack flags of shape (rows, categories + 1, n)."""
        rows, columns, n = flags.shape
        each = np.zeros((rows, -(-(columns - 1) // WIDTH), n), np.uint8)
        for column in range(columns - 1):
            word, bit = divmod(column, WIDTH)
            each[:, word] |= flags[:, column].view(np.uint8) << np.uint8(bit)
        return cls(each, np.where(flags[:, -1:], ALL, NONE))

    @classmethod
    def none(cls, rows: int, words: int, n: int) -> Self:
        """Return no mark at all."""
        return cls(np.zeros((rows, words, n), np.uint8), np.zeros((rows, 1, n), np.uint8))

    def put(self, places: npt.NDArray[np.int64], other: Self) -> None:
        """Take the marks of another for some of n."""
        self.each[..., places], self.every[..., places] = other.each, other.every

    def add(self, places: npt.NDArray[np.int64], other: Self) -> None:
        """Mark some of n, each perhaps several times, where another is marked."""
        if places.size:
            more = other.joined(places, self.each.shape[-1])
            np.bitwise_or(self.each, more.each, out=self.each)
            np.bitwise_or(self.every, more.every, out=self.every)

    def __invert__(self) -> Self:
        return type(self)(~self.each, ~self.every)

    def __and__(self, other: Self) -> Self:
        return type(self)(self.each & other.each, self.every & other.every)

    def __or__(self, other: Self) -> Self:
        return type(self)(self.each | other.each, self.every | other.every)

    def take(self, places: npt.NDArray[np.int64]) -> Self:
        """Return the marks of some of n."""
        return type(self)(self.each.take(places, axis=-1), self.every.take(places, axis=-1))

    def joined(self, of: npt.NDArray[np.int64], groups: int) -> Self:
        """Say of each group whether one of its members is marked."""
        return type(self)(
            joined(self.each, of, groups),
            joined(self.every, of, groups),
        )

    @classmethod
    def side_by_side(cls, parts: Sequence[Self]) -> Self:
        """Put the marks of several together, in order."""
        return cls(
            np.concatenate([part.each for part in parts], axis=-1),
            np.concatenate([part.every for part in parts], axis=-1),
        )

    def missing(self, found: Self) -> Flags:
        """Say in which column who, of n, has a mark that is not in ``found``.

        Returns
        -------
        missing
            Shape (`WIDTH` × words + 1, n). All categories together are the last column.
        """
        each = np.bitwise_or.reduce(self.each & ~found.each)
        every = np.bitwise_or.reduce(self.every & ~found.every)
        return np.vstack([unpacked(each), every != NONE])


def unpacked(marks: Bits) -> Flags:
    """Unpack the words before the last axis into categories."""
    flags: Flags = np.unpackbits(marks, axis=-2, bitorder="little").view(np.bool_)
    return flags


def joined(marks: Bits, of: Whole, groups: int) -> Bits:
    """
    Say of each group, and each category, whether one of its members is marked.

    Parameters
    ----------
    marks
        Shape (…, words, n).
    of
        Shape (n,). The group of each.
    """
    flat = np.ascontiguousarray(marks).reshape(-1, marks.shape[-1])
    return either(flat, of, groups).reshape(*marks.shape[:-1], groups)


def others(marks: Bits, of: Whole, groups: int) -> Bits:
    """Say of each of n, and each category, whether another one of its group is marked.

    Parameters are those of `joined`.
    """
    flat = np.ascontiguousarray(marks).reshape(-1, marks.shape[-1])
    return another(flat, of, groups).reshape(marks.shape)
