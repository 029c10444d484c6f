"""The same searches as the kernels, in a few slow lines each: what the kernels are held to."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from gisapp.core.scan.likelihood_kernels import ratio

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Best = tuple[Array, npt.NDArray[np.int64], npt.NDArray[np.int64]]


def climb(
    first: npt.NDArray[np.int64],
    member: Ints,
    mass: Array,
    within: Array,
    drawn: Ints,
    total: float,
    best: Array,
) -> None:
    """Raise ``best`` as `circles_kernels.climb` does."""
    for begin, end in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        for at in range(begin, end):
            if member[at] < 0:
                continue
            inside = _inside(member[begin : at + 1])
            for window in range(within.size):
                expected = mass[inside].sum() * within[window]
                for lane in range(drawn.shape[2]):
                    count = drawn[inside, window, lane].sum()
                    best[lane] = max(best[lane], _high(count, expected, total))


def peaks(
    first: npt.NDArray[np.int64],
    member: Ints,
    mass: Array,
    within: Array,
    seen: Ints,
    total: float,
) -> Best:
    """Find the best cylinder of each centre as `circles_kernels.peaks` does."""
    centres = first.size - 1
    height, size, months = np.zeros(centres), np.zeros(centres, int), np.zeros(centres, int)
    for centre in range(centres):
        begin, end = int(first[centre]), int(first[centre + 1])
        for at in range(begin, end):
            if member[at] < 0:
                continue
            inside = _inside(member[begin : at + 1])
            for window in range(within.size):
                expected = mass[inside].sum() * within[window]
                found = _high(seen[inside, window].sum(), expected, total)
                if found > height[centre]:
                    height[centre], size[centre], months[centre] = found, at + 1 - begin, window
    return height, size, months


def connected(touch: list[set[int]]) -> Iterator[frozenset[int]]:
    """List every connected set of places that holds place 0, by trying all sets."""
    many = len(touch)
    for chosen in range(1, 2**many, 2):
        places = {place for place in range(many) if chosen >> place & 1}
        reached, edge = {0}, {0}
        while edge:
            edge = {to for place in edge for to in touch[place] & places} - reached
            reached |= edge
        if reached == places:
            yield frozenset(places)


def _inside(member: Ints) -> Ints:
    return np.where(member < 0, ~member, member)


def _high(count: float, expected: float, total: float) -> float:
    return float(ratio(float(count), expected, total)) if count >= 2 and expected > 0 else 0.0  # noqa: PLR2004
