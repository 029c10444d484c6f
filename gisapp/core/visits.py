"""Where a visit matters: hot or to deal with now, much left open, few visits; in published terms.

Shapes: ``n`` grids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.core import trend
from gisapp.core.hotspots import SIGNIFICANT
from gisapp.core.publication import FEW, FEWER, WITHHELD, Figure, rounded, rounded_all
from gisapp.i18n import N_, Sentence

MONTHS: Final = 12
"""Visits are counted over so many months up to the day."""

SOME: Final = FEW // 2
"""What a figure below five counts as in the order."""


@dataclass(frozen=True, slots=True)
class Place:
    """What may be said of one grid."""

    level: int | str
    """Its bin; below `SIGNIFICANT`, or none, where the last month alone is high."""
    count: Figure
    """Disputes of its cell in the quarter, of all categories."""
    left: Figure
    """Those of them that were not resolved when the quarter ended."""
    visits: Figure
    """Services reported there; 0 where there were none."""


def left_open(counts: Sequence[Figure], left: npt.NDArray[np.integer]) -> list[Figure]:
    """
    Say how many of the disputes of each grid's cell were left open.

    Parameters
    ----------
    counts
        n figures. What is published of the disputes of each grid's cell in a quarter.
    left
        Shape (n,). Those of them, in the same cell, that were open when the quarter ended.

    Notes
    -----
    This tells nothing of counts that `publication` does not: what was left open is never more
    than the count, so a figure says at most that there are as many, and the count's own figure,
    which is no smaller, says so already. Where the count is below five, so is this; where it is
    withheld, this is too. Corrections that came after the count was released are cut off.
    It is said of quarters alone, and of no area above: they share no dispute, so a figure of 1
    to 4 cannot be worked out from others.
    """
    return [
        min(some, count) if isinstance(count, int) and isinstance(some, int) else _least(count)
        for count, some in zip(counts, rounded_all(left), strict=True)
    ]


def _least(count: Figure) -> Figure:
    return WITHHELD if count == WITHHELD else FEWER


def said(visits: int) -> Figure:
    """Say how often a grid was visited; that nobody came is said as it is."""
    return rounded(visits) if visits else 0


def order(
    levels: Sequence[int | str],
    classes: Sequence[str],
    left: Sequence[Figure],
    visits: Sequence[Figure],
) -> npt.NDArray[np.int64]:
    """
    List the grids that are hot or to deal with now, those first where a visit matters most.

    Parameters
    ----------
    levels
        n bins, or what stands for none.
    classes
        n trend classes. Those of `trend.NOW` are listed whatever the bin: there the last month
        is significant, though the window is not yet.
    left, visits
        n figures, as `left_open` and `said` say them.

    Returns
    -------
    order
        Positions. What was left open, divided by one more than the visits, decides: many open
        and nobody there comes first. A figure below five, or a withheld one, counts as two.
        Equals follow their bin, those below `SIGNIFICANT` alike, then their trend, then
        their code.

    Notes
    -----
    Only published figures go in, so the order tells no more than they do, and whoever reads
    the list can work it out.
    """
    ranks = trend.urgency(classes)
    keys = [
        (-_number(left[at]) / (1 + _number(visits[at])), -_strength(level), ranks[at], at)
        for at, level in enumerate(levels)
        if _strength(level) or classes[at] in trend.NOW
    ]
    return np.array([key[-1] for key in sorted(keys)], np.int64)


def _strength(level: int | str) -> int:
    """Say how hot a bin is, where it is significantly; else 0."""
    return level if isinstance(level, int) and level >= SIGNIFICANT else 0


def _number(figure: Figure) -> int:
    return figure if isinstance(figure, int) else SOME


def reason(place: Place) -> Sentence:
    """Say why a visit to a grid matters."""
    return Sentence(
        N_("{hot}; {left}; {visited}."),
        {
            "hot": Sentence(_how_hot(_strength(place.level))),
            "left": _left(place),
            "visited": _visited(place.visits),
        },
    )


def _how_hot(strength: int) -> str:
    if not strength:
        return N_("High in the last month")
    return N_("Hot at 99 %") if strength > SIGNIFICANT else N_("Hot at 95 %")


def _left(place: Place) -> Sentence:
    if place.left == WITHHELD:
        return Sentence(N_("how many disputes were left open is not published"))
    if place.left == FEWER:
        return Sentence(N_("fewer than {few} disputes were left open"), {"few": FEW})
    return Sentence(
        N_("about {left} of about {count} disputes were left open"),
        {"left": place.left, "count": place.count},
    )


def _visited(visits: Figure) -> Sentence:
    fields: dict[str, object] = {"visits": visits, "months": MONTHS, "few": FEW}
    if not visits:
        return Sentence(N_("nobody has been there in {months} months"), fields)
    if visits == FEWER:
        return Sentence(N_("fewer than {few} visits in {months} months"), fields)
    return Sentence(N_("about {visits} visits in {months} months"), fields)
