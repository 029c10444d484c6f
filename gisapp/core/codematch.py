"""Which official code belongs to which polygon: by the office in it, and by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

How = Literal["place_and_name", "name", "place", "several", "apart", "none"]

CALLED: Final = re.compile(
    r"(?:居民委员会|村民委员会|社区居委会|社区居民委员会|居委会|村委会|管理委员会|管委会|社区工作站"
    r"|办事处|街道办事处|社区|街道|街|行政村|村|镇|乡|区|县)+$"
)
"""What names end in and differ by: 保成社区居委会 is 保成社区."""
ALIKE: Final = 0.75
"""Least likeness of two names, 0 to 1, that may be one with a slip in it."""
SURE: Final = frozenset({"place_and_name", "name", "place"})


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for one polygon."""

    polygon: int
    row: int | None
    """Of the table of codes; null where nobody should choose for the admin."""
    how: How
    candidates: tuple[int, ...]
    """Rows to choose among, the likeliest first."""

    @property
    def sure(self) -> bool:
        """Whether it may be taken without a look."""
        return self.row is not None


def plain(name: str) -> str:
    """Return a name without white space, brackets and the words that all such names end in."""
    bare = re.sub(r"[\s()（）·•\-—_]+", "", name)
    short = CALLED.sub("", bare)
    return short or bare


def likeness(one: str, two: str) -> float:
    """Return how alike two names are: 1 when they are one, 0 when they share nothing."""
    first, second = plain(one), plain(two)
    if not first or not second:
        return 0.0
    return 1.0 if first == second else SequenceMatcher(None, first, second).ratio()


def match(names: Sequence[str], codes: Sequence[str], inside: npt.NDArray[np.int64]) -> list[Match]:
    """
    Join polygons to rows of a table of codes.

    Parameters
    ----------
    names
        Shape (m,). Names of the polygons, empty where they have none.
    codes
        Shape (n,). Names in the table of codes.
    inside
        Shape (n,). Which polygon holds the point of each row; -1 where no
        polygon does, or where the row has no point.

    Returns
    -------
    matches
        Shape (m,), in the order of the polygons. A row is given to one polygon
        at most.

    Notes
    -----
    In this order: one row lies in the polygon and has its name; the name occurs
    once in the table and once among the polygons, and its point lies in no other
    polygon of that name; the polygon has no name and exactly one row lies in it.
    Several rows in one nameless polygon, a row in it with another name, and names
    that are only alike are for the admin to choose: offices are not always where
    their community is.
    """
    held: dict[int, list[int]] = {}
    for row, polygon in enumerate(inside.tolist()):
        if polygon >= 0:
            held.setdefault(polygon, []).append(row)
    by_name = _by_name(codes)
    ours = _by_name(names)
    found = [
        _one(polygon, name, codes, held.get(polygon, []), by_name, ours)
        for polygon, name in enumerate(names)
    ]
    return _once(found)


def _by_name(names: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if short := plain(name):
            places.setdefault(short, []).append(place)
    return places


def _one(
    polygon: int,
    name: str,
    codes: Sequence[str],
    here: Sequence[int],
    by_name: dict[str, list[int]],
    ours: dict[str, list[int]],
) -> Match:
    short = plain(name)
    if not short:
        how: How = "none" if not here else "place" if len(here) == 1 else "several"
        return Match(polygon, here[0] if len(here) == 1 else None, how, tuple(here))
    same = by_name.get(short, [])
    both = [row for row in same if row in here]
    if len(both) == 1:
        return Match(polygon, both[0], "place_and_name", tuple(both))
    if len(same) == 1 and len(ours[short]) == 1:
        return Match(polygon, same[0], "name", tuple(same))
    if same:
        return Match(polygon, None, "several", tuple(same))
    near = sorted(here, key=lambda row: (-likeness(name, codes[row]), row))
    if near:
        return Match(polygon, None, "apart", tuple(near))
    alike = [(likeness(name, each), -row) for row, each in enumerate(codes) if each]
    best = sorted((pair for pair in alike if pair[0] >= ALIKE), reverse=True)[:5]
    rows = tuple(-row for _, row in best)
    return Match(polygon, None, "apart" if rows else "none", rows)


def _once(found: Sequence[Match]) -> list[Match]:
    """Take a row back that two polygons claim; both are for the admin then."""
    claims: dict[int, int] = {}
    for one in found:
        if one.row is not None:
            claims[one.row] = claims.get(one.row, 0) + 1
    return [
        one
        if one.row is None or claims[one.row] == 1
        else Match(one.polygon, None, "several", one.candidates)
        for one in found
    ]
