"""How one value is painted and said: colours with meaning, safe for the colour-blind, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from gisapp.i18n import N_

Pattern = Literal[
    "none", "rising-wide", "rising", "level", "level-wide", "crosses", "dashes", "dots", "stipple"
]


@dataclass(frozen=True, slots=True)
class Paint:
    """What one value looks like on the map, in the legend and in the list."""

    word: str
    """English, marked with ``N_``."""
    sign_zh: str
    sign_en: str
    colour: str
    """``#RRGGBB``."""
    pattern: Pattern = "none"
    pattern_colour: str = "#16202B"
    text_colour: str = "#16202B"
    stamped: bool = False
    """Whether the sign stands in the polygon itself: only trouble does."""


@dataclass(frozen=True, slots=True)
class Style:
    """Which column is painted, and how each of its values looks; in order of severity."""

    column: str
    paints: Mapping[str | int, Paint]
    sequential: tuple[float, ...] = ()
    """Breaks of a sequential scale instead of ``paints``; the top class is open."""


STATES: Final[Mapping[str | int, Paint]] = {
    "unserved": Paint(
        N_("Nobody serves it"), "空", "N", "#7E1710", "rising", "#FFFFFF", "#FFFFFF", stamped=True
    ),
    "specialty_missing": Paint(
        N_("Specialty missing"), "缺", "S", "#8A4FA0", "crosses", "#FFFFFF", "#FFFFFF", stamped=True
    ),
    "far": Paint(N_("Too far"), "远", "F", "#6C9FD0", "dashes", stamped=True),
    "stretched": Paint(N_("Stretched"), "紧", "T", "#EDBF45", "dots", stamped=True),
    "served": Paint(N_("Served"), "有", "✓", "#D6E3DD"),
}

BINS: Final[Mapping[str | int, Paint]] = {
    3: Paint(N_("Hot, 99 %"), "▲3", "▲3", "#A32A12", "rising", "#FFFFFF", "#FFFFFF"),
    2: Paint(N_("Hot, 95 %"), "▲2", "▲2", "#E27F4B", "rising-wide"),
    1: Paint(N_("Hot, 90 %"), "▲1", "▲1", "#F7CBA6"),
    0: Paint(N_("Not significant"), "·", "·", "#F4F2EC"),
    -1: Paint(N_("Cold, 90 %"), "▽1", "▽1", "#BFD7EA"),
    -2: Paint(N_("Cold, 95 %"), "▽2", "▽2", "#6A9CCB", "level-wide"),
    -3: Paint(N_("Cold, 99 %"), "▽3", "▽3", "#1F4F86", "level", "#FFFFFF", "#FFFFFF"),
    "not_enough_evidence": Paint(
        N_("Not enough evidence"), "？", "?", "#FFFFFF", "stipple", "#7A8692"
    ),
}

OUTLIERS: Final[Mapping[str | int, Paint]] = {
    "high_low": Paint(
        N_("High among low"), "◆", "◆", "#A32A12", "crosses", "#FFFFFF", "#FFFFFF", stamped=True
    ),
    "low_high": Paint(
        N_("Low among high"), "◇", "◇", "#1F4F86", "dashes", "#FFFFFF", "#FFFFFF", stamped=True
    ),
    "high_high": Paint(N_("High among high"), "▲", "▲", "#F7CBA6", "rising-wide"),
    "low_low": Paint(N_("Low among low"), "▽", "▽", "#BFD7EA", "level-wide"),
    "like_any": Paint(N_("Like its neighbours, or by chance"), "·", "·", "#F4F2EC"),
    "isolated": Paint(N_("No neighbours"), "○", "○", "#E4E0D6", "dots", "#7A8692"),
    "not_enough_evidence": BINS["not_enough_evidence"],
}

SHARES: Final = ("#EEF4F0", "#CFE2DB", "#A3C9C0", "#6BA6A0", "#397F80", "#12545A")
"""Sequential scale, pale to dark: shares, minutes, load (six classes, the top one open)."""


def by_state(column: str) -> Style:
    """Paint coverage states."""
    return Style(column, STATES)


def by_bin(column: str) -> Style:
    """Paint hotspot bins."""
    return Style(column, BINS)


def by_outlier(column: str) -> Style:
    """Paint how grids compare with their neighbours."""
    return Style(column, OUTLIERS)
