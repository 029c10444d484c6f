"""How the sums of a neighbourhood are spread where they cannot be counted: drawn.

Places are drawn without replacement. One drawing serves every grid: each puts its own
weights on as many of the drawn places as it has neighbours, so that it has a reference of
its own, made by one product of matrices.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

DRAWS: Final = 99_999
"""How many sums are drawn; p has a step of one in a hundred thousand."""

ROOM: Final = 4_000_000
"""Numbers held at once, 32 MB."""

CLOSE: Final = 1e-9
"""Share of the widest sum below which two sums differ by rounding alone."""


def places(n: int, k: int, most: int, rng: np.random.Generator) -> Iterator[Places]:
    """Draw k different ones of n places in order, `DRAWS` times, at most ``most`` at once."""
    rows = max(1, min(most, ROOM // n, DRAWS))
    # A shuffle may begin with any order, so each begins with what the last one left.
    deck = np.tile(np.arange(n, dtype=np.int32), (rows, 1))
    line = np.arange(rows)
    for start in range(0, DRAWS, rows):
        for place in range(k):
            other = rng.integers(place, n, rows)
            deck[line, place], deck[line, other] = deck[line, other], deck[line, place]
        yield deck[: min(rows, DRAWS - start), :k]


def sums_of(level: Whole, sizes: Whole, rng: np.random.Generator) -> Whole:
    """Draw sums of as many of ``level`` as each of ``sizes`` says: (sizes, `DRAWS`), sorted."""
    most = int(sizes.max())
    drawn = [
        np.cumsum(level[at], axis=1)[:, sizes - 1]
        for at in places(level.size, most, ROOM // most, rng)
    ]
    found: Whole = np.sort(np.concatenate(drawn).T, axis=1)
    return found


def tails_at(sums: Whole, seen: Whole) -> tuple[Array, Array]:
    """Return how likely one of the sorted ``sums`` is at most, and at least, as ``seen``."""
    below = np.searchsorted(sums, seen, side="right")
    above = DRAWS - np.searchsorted(sums, seen, side="left")
    return (below + 1) / (DRAWS + 1), (above + 1) / (DRAWS + 1)


def tails(
    values: Array, weights: csr_array, own: Whole | None, rng: np.random.Generator
) -> tuple[Array, Array]:
    """
    Draw how likely a weighted sum is at most, and at least, as the one that is seen.

    Parameters
    ----------
    values
        Shape (t, n). One map a row; all share their draws.
    weights
        Shape (m, n). One neighbourhood a row.
    own
        Shape (m,). The place whose value is never drawn for the neighbourhood; it has no
        weight there. None where every value may be drawn.

    Returns
    -------
    low, high
        Shape (t, m). Both contain what is seen, and neither is below 1 ÷ (`DRAWS` + 1).
    """
    m, n = weights.shape
    size = np.diff(weights.indptr)
    # One place more than the widest needs, should its own be among them.
    k = min(int(size.max(initial=0)) + (own is not None), n)
    slots = np.zeros((k, m))
    row = np.repeat(np.arange(m), size)
    slots[np.arange(row.size) - weights.indptr[row], row] = weights.data
    seen = values @ weights.T
    reach = np.abs(values).max(axis=1, initial=0.0)[:, np.newaxis]
    close = CLOSE * reach * np.asarray(abs(weights).sum(axis=1))
    low, high = np.ones(seen.shape), np.ones(seen.shape)
    for at in places(n, k, ROOM // max(m, k), rng):
        for chart, line in enumerate(values):
            sums = line[at] @ slots
            if own is not None:
                _others(sums, line, at, slots, size, own)
            low[chart] += (sums <= seen[chart] + close[chart]).sum(axis=0)
            high[chart] += (sums >= seen[chart] - close[chart]).sum(axis=0)
    return low / (DRAWS + 1), high / (DRAWS + 1)


def _others(sums: Array, line: Array, at: Places, slots: Array, size: Whole, own: Whole) -> None:
    """Where a neighbourhood drew its own place, give it the next one drawn instead."""
    holds = np.full(line.size, -1)
    holds[own] = np.arange(own.size)
    draw, slot = np.nonzero(holds[at] >= 0)
    row = holds[at[draw, slot]]
    met = slot < size[row]
    draw, slot, row = draw[met], slot[met], row[met]
    instead = line[at[draw, size[row]]] - line[own[row]]
    # A draw meets each place once, so no sum is mended twice.
    sums[draw, row] += slots[slot, row] * instead
