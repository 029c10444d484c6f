"""Columns of few different values: each value once, and its number for each place."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
import numpy.typing as npt

T = TypeVar("T")

Column = Sequence[Any] | npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Coded(Sequence[T], Generic[T]):
    """A column that reads like a list; a city's is made, counted and sent in a moment."""

    values: tuple[T, ...]
    """What a place can have, each once; some may stand nowhere."""
    at: npt.NDArray[np.integer]
    """Shape (n,). The number of each place's value in ``values``."""

    __hash__ = None  # type: ignore[assignment]  # equal to a list, which has none either

    @classmethod
    def of(cls, column: Sequence[T]) -> Self:
        """Take a column as it is."""
        known: dict[T, int] = {}
        at = [known.setdefault(value, len(known)) for value in column]
        return cls(tuple(known), np.array(at, np.int64))

    def __len__(self) -> int:
        return len(self.at)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            return Coded(self.values, self.at[place])
        value: T = self.values[int(self.at[place])]
        return value

    def __iter__(self) -> Iterator[T]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list | tuple | Coded):
            return NotImplemented
        return self.tolist() == list(other)

    def tolist(self) -> list[T]:
        """Return the value of each place."""
        many = np.empty(len(self.values), object)
        many[:] = self.values
        found: list[T] = many[self.at].tolist()
        return found

    def counts(self) -> npt.NDArray[np.int64]:
        """Say how many places have each value."""
        found: npt.NDArray[np.int64] = np.bincount(self.at, minlength=len(self.values))
        return found


def counted(column: Sequence[T]) -> dict[T, int]:
    """Say how many places of a column have each value that stands somewhere."""
    if not isinstance(column, Coded):
        return dict(Counter(column))
    pairs = zip(column.values, column.counts().tolist(), strict=True)
    return {value: many for value, many in pairs if many}


def mapped(column: Column, say: Callable[[Any], Any], kind: type[np.generic]) -> npt.NDArray[Any]:
    """Turn each value of a column into a number or flag; one that is coded, each value once."""
    every = column.values if isinstance(column, Coded) else column
    said: npt.NDArray[Any] = np.array([say(value) for value in every], kind)
    return said[column.at] if isinstance(column, Coded) else said
