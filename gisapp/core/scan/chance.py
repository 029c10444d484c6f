"""How high the highest window is when chance alone places the cases."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from gisapp.core.scan import likelihood
from gisapp.core.scan.likelihood import Limits

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Watch = Callable[[float], None]
"""Told the share that is done, several times a second; may raise to stop."""

LANES: Final = 64
"""Sets of counts that one thread adds up side by side."""

ROOM: Final = 128 * 2**20
"""Bytes of drawn counts that are held at one time."""

EQUAL: Final = 1e-9
"""Two ratios that differ by less than this share are equal: sums are rounded."""


@dataclass(frozen=True, slots=True)
class Null:
    """What chance places: the cases of each month, over the grids as the base lies."""

    mass: Array
    """Shape (n,). Each grid's share of the base; adds up to 1."""
    months: Longs
    """Shape (w,). Cases of each month, the last one first."""
    total: int
    """Cases of all months, also of those that no window reaches back to."""

    @property
    def within(self) -> Array:
        """Shape (w,). Cases of the last month, of the last two, and so on."""
        return np.cumsum(self.months).astype(np.float64)

    def draw(self, lanes: int, rng: np.random.Generator) -> Ints:
        """Place the cases anew: shape (n, w, lanes), added up over the last months."""
        found = np.empty((self.mass.size, self.months.size, lanes), np.int32)
        for month, cases in enumerate(self.months.tolist()):
            found[:, month] = rng.multinomial(cases, self.mass, size=lanes).T
            if month:
                found[:, month] += found[:, month - 1]
        return found


@dataclass(frozen=True, slots=True)
class Peaks:
    """The highest window of each centre."""

    ratio: Array
    """Shape (n,). 0 where no window is high."""
    pick: Longs
    """Shape (n,). Which of the centre's windows, in the search's own terms."""
    stack: Longs
    """Shape (n,). How many months more than one it reaches back."""


class Search(Protocol):
    """One family of windows."""

    @property
    def most(self) -> float:
        """Return the share of the base that a window may hold."""

    def blocks(self) -> Iterator[tuple[int, Any]]:
        """Yield how many centres come, and what `climb` needs to know of them."""

    def climb(self, block: Any, null: Null, drawn: Ints, limits: Limits, best: Array) -> None:
        """Raise ``best`` to the highest ratio round these centres in each set of counts."""

    def peaks(self, null: Null, seen: Ints) -> Peaks:
        """Find the highest window of each centre; ``seen`` as `Null.draw` makes it, one lane."""

    def members(self, centre: int, pick: int) -> Longs:
        """Return the grids of one window, ascending."""


def highest(
    search: Search, null: Null, draws: int, rng: np.random.Generator, watch: Watch
) -> Array:
    """
    Return the highest ratio of any window in each of ``draws`` worlds, shape (draws,).

    Notes
    -----
    Worlds are drawn in parts with a generator each, so that the answer does not depend on
    how many threads there are; a part is forgotten before more than `ROOM` is held.
    """
    sizes = [min(LANES, draws - start) for start in range(0, draws, LANES)]
    parts = list(zip(sizes, rng.spawn(len(sizes)), strict=True))
    threads = os.cpu_count() or 1
    batch = max(threads, ROOM // (4 * LANES * null.mass.size * null.months.size))
    limits = likelihood.limits(null.total, search.most * float(null.within[-1]))
    found: list[Array] = []
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(parts), batch):
            some = parts[start : start + batch]
            drawn = list(pool.map(lambda part: null.draw(*part), some))
            best = [np.zeros(lanes) for lanes, _ in some]
            done = 0
            for centres, block in search.blocks():
                # Drained, so that what a thread raises is raised here.
                for _ in pool.map(
                    lambda counts, row, block=block: search.climb(block, null, counts, limits, row),
                    drawn,
                    best,
                ):
                    pass
                done += centres
                watch((start + len(some) * done / null.mass.size) / len(parts))
            found += best
    return np.concatenate(found)


def share(ratio: float, maxima: Array) -> float:
    """Return p: how often the highest window of chance is as high, what was seen included."""
    as_high = int((maxima >= ratio * (1 - EQUAL)).sum())
    return (as_high + 1) / (maxima.size + 1)
