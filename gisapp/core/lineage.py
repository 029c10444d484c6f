"""What becomes of grids when boundaries are drawn anew: which goes, comes, is split or merged."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

Shapes = npt.NDArray[np.object_]
Whole = npt.NDArray[np.int64]

Heirs = dict[int, dict[int, float]]
"""By id of an old grid, the share of it that each grid of now goes on with."""

Shares = dict[tuple[int, int], float]
"""By old and new grid, the share of the old one's land that lies in the new one."""

TAKES: Final = 0.1
"""A grid comes out of another when it takes, or is made of, at least this share of its land."""

STAYS: Final = 0.5
"""The same ground under another code has at least this share of it both ways."""

NOISE: Final = 0.001
"""Smaller shares are how a border was drawn, not land that changed hands."""

DECIMALS: Final = 6
"""Of degrees: about a decimetre."""

SAME_DEG: Final = 1e-7
"""A centimetre: files round coordinates to it, and a border that went through one is the same."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to some grids together; positions of old and new ones, ascending."""

    kind: str
    """added, removed, changed, recoded, split, merged or redrawn."""
    old: tuple[int, ...]
    new: tuple[int, ...]


def alike(old: Shapes, new: Shapes) -> npt.NDArray[np.bool_]:
    """
    Say of each pair of shapes whether they are one outline.

    Parameters
    ----------
    old, new
        Shape (n,). Polygons in degrees; one that is missing is like none.

    Returns
    -------
    alike
        Shape (n,). Where a ring begins, and up to `SAME_DEG`, makes no other outline.
    """
    found: npt.NDArray[np.bool_] = shapely.equals_exact(
        shapely.normalize(old), shapely.normalize(new), SAME_DEG
    )
    # Rounding may let a ring begin elsewhere, and only a few are not the same as they stand.
    rest = np.flatnonzero(~found)
    apart = shapely.hausdorff_distance(shapely.boundary(old[rest]), shapely.boundary(new[rest]))
    found[rest] = apart <= SAME_DEG
    return found


def overlaps(old: Shapes, new: Shapes) -> tuple[Shares, Shares]:
    """
    Measure how much land each pair of old and new grids has in common.

    Parameters
    ----------
    old
        Shape (m,). Polygons in degrees: a share needs no metres, both lie in the same place.
    new
        Shape (n,). Likewise.

    Returns
    -------
    of_old, of_new
        By positions in ``old`` and ``new``, the share of the old grid, and of the new one. Pairs
        of which neither share reaches `NOISE` are left out. New grids that overlap count each:
        the shares of one old grid may then add up to more than 1.

    Notes
    -----
    Grids that only have another code are found by their outlines, rounded to a decimetre: a town
    that is coded anew has none that must be cut with its neighbours.
    """
    same = _same(old, new)
    rest_old, rest_new = np.ones(len(old), np.bool_), np.ones(len(new), np.bool_)
    rest_old[[first for first, _ in same]] = False
    rest_new[[second for _, second in same]] = False
    of_old: Shares = dict.fromkeys(same, 1.0)
    of_new: Shares = dict.fromkeys(same, 1.0)
    where_old, where_new = np.flatnonzero(rest_old), np.flatnonzero(rest_new)
    old, new = _valid(old[rest_old]), _valid(new[rest_new])
    second, first = STRtree(old).query(new, predicate="intersects")
    common = shapely.area(shapely.intersection(old[first], new[second]))
    sizes = shapely.area(old)[first], shapely.area(new)[second]
    part_old, part_new = (np.minimum(common / size, 1.0) for size in sizes)
    for at in np.flatnonzero(np.maximum(part_old, part_new) >= NOISE).tolist():
        pair = int(where_old[first[at]]), int(where_new[second[at]])
        of_old[pair], of_new[pair] = float(part_old[at]), float(part_new[at])
    return of_old, of_new


def changes(
    number_old: int, number_new: int, goes_on: Mapping[int, int], of_old: Shares, of_new: Shares
) -> list[Change]:
    """
    Name what happens to grids that are not as they were.

    Parameters
    ----------
    number_old, number_new
        How many there are of each.
    goes_on
        The new grid with the code of an old one, by the old one.
    of_old, of_new
        As `overlaps` gives them.

    Returns
    -------
    changes
        Every old and every new grid is in just one of them; by their first old grid, then those
        of new grids alone. A border that moves between two grids which both go on makes each of
        them changed. Old and new swapped, a split is a merger, and what came is what goes.
    """
    continued = set(goes_on.values())
    links: list[tuple[int, int]] = list(goes_on.items())
    for (old, new), share in of_old.items():
        crossing = old in goes_on and new in continued
        if not crossing and max(share, of_new[old, new]) >= TAKES:
            links.append((old, new))
    found = []
    for olds, news in _together(number_old, number_new, links):
        kind = _kind(olds, news, goes_on)
        if kind == "recoded":
            pair = olds[0], news[0]
            if min(of_old[pair], of_new[pair]) < STAYS:
                found += [Change("removed", olds, ()), Change("added", (), news)]
                continue
        found.append(Change(kind, olds, news))
    return sorted(found, key=lambda one: (not one.old, one.old, one.new))


def _kind(old: Sequence[int], new: Sequence[int], goes_on: Mapping[int, int]) -> str:
    match len(old), len(new):
        case 0, _:
            return "added"
        case _, 0:
            return "removed"
        case 1, 1:
            return "changed" if old[0] in goes_on else "recoded"
        case 1, _:
            return "split"
        case _, 1:
            return "merged"
    return "redrawn"


def shares(found: Sequence[Change], of_old: Shares) -> Shares:
    """
    Return which share of each old grid goes on in each new one, where more than a border moved.

    Parameters
    ----------
    found
        As `changes` gives them.
    of_old
        As `overlaps` gives it.

    Returns
    -------
    shares
        Only within one change; more than 0, and of one old grid together at most 1. Of a grid
        that only is drawn otherwise there are none: it stays what it is.
    """
    kept: Shares = {}
    for one in found:
        if one.kind not in {"added", "removed", "changed"}:
            for old in one.old:
                mine = {(old, new): of_old.get((old, new), 0.0) for new in one.new}
                whole = max(1.0, sum(mine.values()))
                kept |= {pair: share / whole for pair, share in mine.items() if share >= NOISE}
    return kept


def apportion(number: int, parts: Sequence[float]) -> list[int]:
    """
    Divide a number of things by shares, so that none is lost.

    Parameters
    ----------
    number
        How many there are; not negative.
    parts
        Shape (n,), n > 0. Shares, each positive; they need not add up to 1.

    Returns
    -------
    numbers
        Shape (n,). They add up to ``number``; each differs from its exact part by less than 1.

    Notes
    -----
    Largest remainders (Hamilton); of equal ones the first.
    """
    whole = sum(parts)
    exact = [number * part / whole for part in parts]
    numbers = [int(one) for one in exact]
    order = sorted(range(len(exact)), key=lambda at: (numbers[at] - exact[at], at))
    for at in order[: number - sum(numbers)]:
        numbers[at] += 1
    return numbers


def carried(lines: Whole, positions: Mapping[int, int], heirs: Heirs) -> Whole:
    """
    Put counts of grids that are no more where they go on.

    Parameters
    ----------
    lines
        Shape (n, 4). Id of the grid, month, category, number; counts that no grid of now has.
    positions
        Where each grid of now stands, by id.
    heirs
        Of each grid that is no more, those that go on with it and their shares.

    Returns
    -------
    lines
        Shape (m, 4). Position instead of id, -1 where nobody goes on. No count is lost: each is
        divided by the shares into whole numbers.
    """
    homes = {old: sorted(parts.items()) for old, parts in heirs.items()}
    found: list[tuple[int, int, int, int]] = []
    for grid, month, category, number in lines.tolist():
        after = homes.get(grid)
        if after is None:
            found.append((-1, month, category, number))
            continue
        divided = apportion(number, [share for _, share in after])
        found += [
            (positions[new], month, category, part)
            for (new, _), part in zip(after, divided, strict=True)
            if part
        ]
    return np.array(found, np.int64).reshape(-1, 4)


def _same(old: Shapes, new: Shapes) -> list[tuple[int, int]]:
    """Pair grids of one outline; where several have it, the first."""

    def names(land: Shapes) -> list[bytes]:
        rounded = shapely.transform(land, lambda places: np.round(places, DECIMALS))
        written: list[bytes] = shapely.to_wkb(shapely.normalize(rounded)).tolist()
        return written

    known: dict[bytes, int] = {}
    for at, name in enumerate(names(old)):
        known.setdefault(name, at)
    pairs = []
    for at, name in enumerate(names(new)):
        first = known.pop(name, None)
        if first is not None:
            pairs.append((first, at))
    return pairs


def _valid(land: Shapes) -> Shapes:
    """Mend outlines that are no areas, so that land can be measured."""
    good = shapely.is_valid(land)
    if good.all():
        return land
    mended = land.copy()
    mended[~good] = shapely.make_valid(land[~good], method="structure", keep_collapsed=False)
    return mended


def _together(
    number_old: int, number_new: int, links: Sequence[tuple[int, int]]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Gather old and new grids that are linked, whether at first or at second hand."""
    beside: list[list[int]] = [[] for _ in range(number_old + number_new)]
    for old, new in links:
        beside[old].append(number_old + new)
        beside[number_old + new].append(old)
    seen = [False] * len(beside)
    groups = []
    for start in range(len(beside)):
        if seen[start]:
            continue
        seen[start] = True
        waiting, group = deque([start]), []
        while waiting:
            one = waiting.popleft()
            group.append(one)
            for other in beside[one]:
                if not seen[other]:
                    seen[other] = True
                    waiting.append(other)
        olds = tuple(sorted(one for one in group if one < number_old))
        news = tuple(sorted(one - number_old for one in group if one >= number_old))
        groups.append((olds, news))
    return groups
