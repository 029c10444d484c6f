"""What a file of grids or areas changes in the boundaries that are there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.core import lineage
from gisapp.core.lineage import STAYS, Change, Shares
from gisapp.store import outlines
from gisapp.store.merge import lookup
from gisapp.store.models import Area, Grid
from gisapp.store.session import Session

AREA_ADDED, AREA_CHANGED, AREA_KEPT = "area_added", "area_changed", "area_kept"
PLACES: Final = 4
"""Decimals of a share."""

WHOLE: Final = 0.5
"""A file that names more than this share of a community's grids names all that stay there."""

Land = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Redrawn:
    """Grids that go, come or are drawn otherwise; `Change` has positions in both lists."""

    old: list[str]
    """Codes of grids that go or are drawn otherwise."""
    old_ids: list[int]
    new: list[str]
    """Codes of grids that come or are drawn otherwise."""
    found: list[Change]
    of_old: Shares = field(repr=False)
    of_new: Shares = field(repr=False)

    @property
    def serious(self) -> bool:
        """Whether anything that is there changes; on free land grids may come at any time."""
        return any(one.kind != "added" for one in self.found)

    @cached_property
    def going(self) -> dict[str, int]:
        """The ids of grids that go, by code."""
        stay = set(self.new)
        pairs = zip(self.old, self.old_ids, strict=True)
        return {code: pk for code, pk in pairs if code not in stay}

    @cached_property
    def coming(self) -> set[str]:
        """The codes of grids that come."""
        return set(self.new) - set(self.old)

    @cached_property
    def shares(self) -> dict[tuple[str, str], float]:
        """Which share of each grid goes on in each other one, by codes."""
        shares = lineage.shares(self.found, self.of_old)
        return {(self.old[old], self.new[new]): share for (old, new), share in shares.items()}

    @cached_property
    def heirs(self) -> dict[str, dict[str, float]]:
        """Of each grid that goes, those that go on with its land, and their shares of it."""
        found: dict[str, dict[str, float]] = {}
        for (old, new), share in self.shares.items():
            if old in self.going:
                found.setdefault(old, {})[new] = share
        return found

    def heir(self, old: str) -> str | None:
        """Return the grid that takes most of one that goes; of equal ones the first by code."""
        mine = self.heirs.get(old)
        return None if not mine else min(mine, key=lambda code: (-mine[code], code))


def compare(session: Session, came: Mapping[str, Any], *, whole: bool) -> Redrawn:
    """
    Compare the outlines of a file, by code, with those that stand.

    A grid that the file does not name stays, unless others of the file take half of its land or
    more, or the file is ``whole`` and names more than half of the community's grids.
    """
    stand = _standing(session)
    both = [code for code in came if code in stand]
    alike = lineage.alike(_land([stand[code][1] for code in both]), _land([came[c] for c in both]))
    moved = [code for code, same in zip(both, alike.tolist(), strict=True) if not same]
    new = moved + [code for code in came if code not in stand]
    shapes = _land([came[code] for code in new])
    old = moved + _going(came, stand, shapes, whole=whole)
    places = {code: place for place, code in enumerate(new)}
    of_old, of_new = lineage.overlaps(_land([stand[code][1] for code in old]), shapes)
    goes_on = {place: places[code] for place, code in enumerate(old) if code in places}
    found = lineage.changes(len(old), len(new), goes_on, of_old, of_new)
    return Redrawn(old, [stand[code][0] for code in old], new, found, of_old, of_new)


@dataclass(frozen=True)
class Resized:
    """Areas that are drawn otherwise: none goes, what lies in them keeps its code."""

    changes: list[dict[str, Any]]
    """As `actions.boundaries` shows them, by code."""

    @property
    def serious(self) -> bool:
        """Whether anything that is there changes; areas without an outline may get one."""
        return any(one["kind"] != AREA_ADDED for one in self.changes)

    @property
    def going(self) -> dict[str, int]:
        """The ids of areas that go: none."""
        return {}


def resize(session: Session, came: Mapping[str, Any]) -> Resized:
    """
    Compare the outlines of a file of areas, by code, with those that stand.

    An area that the file does not name stays as it is; where others take most of its land, that
    is said. Grids lie where they lay: of a community it is said how many would be outside.
    """
    shapes = outlines.of_areas(session)
    known = lookup(session, Area, "code", "id", "level")
    stand = {code: (shapes[pk], level) for code, (pk, level) in known.items() if pk in shapes}
    both = [code for code in came if code in stand]
    alike = lineage.alike(_land([stand[code][0] for code in both]), _land([came[c] for c in both]))
    moved = [code for code, same in zip(both, alike.tolist(), strict=True) if not same]
    new = [code for code in came if code not in stand]
    if not moved:
        return Resized([])
    silent = [code for code in stand if code not in came]
    old = moved + silent
    names = moved + new
    of_old, _ = lineage.overlaps(
        _land([stand[code][0] for code in old]), _land([came[code] for code in names])
    )
    outside = _outside(session, {code: came[code] for code in moved})
    told = [
        _resized(AREA_CHANGED, code, of_old.get((n, n), 0.0), outside[code])
        for n, code in enumerate(moved)
    ]
    told += [_resized(AREA_ADDED, code, 0.0, 0) for code in new]
    levels = {code: known[code][1] for code in moved if code in known}
    for place, code in enumerate(silent, len(moved)):
        taken = sum(
            share
            for (first, second), share in of_old.items()
            if first == place and levels.get(names[second]) == stand[code][1]
        )
        if taken >= STAYS:
            told.append(_resized(AREA_KEPT, code, max(0.0, 1 - taken), 0))
    return Resized(told)


def _resized(kind: str, code: str, stays: float, outside: int) -> dict[str, Any]:
    return {
        "kind": kind,
        "old": [] if kind == AREA_ADDED else [code],
        "new": [] if kind == AREA_KEPT else [code],
        "shares": {},
        "stays": round(stays, PLACES),
        "posts": 0,
        "placements": 0,
        "outside": outside,
    }


def _outside(session: Session, moved: Mapping[str, Any]) -> Counter[str]:
    """Count the grids of each area of which most of the land would lie outside it."""
    found: Counter[str] = Counter()
    mine: dict[str, list[Any]] = {}
    for _, outline, community in _standing(session).values():
        if community in moved:
            mine.setdefault(community, []).append(outline)
    for code, grids in mine.items():
        land = _land(grids)
        shared = shapely.area(shapely.intersection(land, moved[code]))
        found[code] = int((shared < STAYS * shapely.area(land)).sum())
    return found


def _standing(session: Session) -> dict[str, tuple[int, Any, str]]:
    """Read id, outline and community of the grids that stand, by code."""
    shapes = outlines.of_grids(session)
    known = lookup(session, Grid, "code", "id", "area_code")
    return {code: (pk, shapes[pk], area) for code, (pk, area) in known.items() if pk in shapes}


def _going(
    came: Mapping[str, Any], stand: Mapping[str, tuple[int, Any, str]], land: Land, *, whole: bool
) -> list[str]:
    there = Counter(area for _, _, area in stand.values())
    named = Counter(stand[code][2] for code in came if code in stand)
    complete = {area for area in named if whole and named[area] > WHOLE * there[area]}
    silent = [code for code in stand if code not in came]
    of_old, _ = lineage.overlaps(_land([stand[code][1] for code in silent]), land)
    taken = [0.0] * len(silent)
    for (old, _), share in of_old.items():
        taken[old] += share
    return [
        code
        for code, share in zip(silent, taken, strict=True)
        if stand[code][2] in complete or share >= STAYS
    ]


def _land(shapes: Sequence[Any]) -> Land:
    found = np.empty(len(shapes), dtype=object)
    found[:] = list(shapes)
    return found
