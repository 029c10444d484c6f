"""Which gatherings are told: a new one once, an old one only when it grew or became rarer.

A gathering is the same from one month to the next when it shares half of its grids with what
was seen before; its exact outline is a matter of chance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gisapp.core.publication import FEW
from gisapp.i18n import N_, Sentence, window_name

SAME: Final = 0.5
"""Share of the smaller one's grids from which two gatherings are one."""

ADDED: Final = FEW
"""At least so many disputes more are published of it: one step of what is."""

PATIENCE: Final = 3
"""Months unseen after which a gathering is over: one that flickers is not told again and again."""

NEW, ADDED_TO, WORSE = "new", "added", "worse"
QUIET: Final = "quiet"


@dataclass(frozen=True, slots=True)
class Seen:
    """A gathering in a month's scan that is rare enough."""

    grids: frozenset[str]
    first: int
    """First month, as `windows` counts them."""
    strength: int
    """Years in which chance alone does as much once, in the steps that are told; 0 below one."""
    least: int
    """It holds at least so many disputes, by what is published."""


@dataclass(frozen=True, slots=True)
class Known:
    """A gathering that was told and is not over."""

    key: int
    grids: frozenset[str]
    strength: int
    """When it was last told."""
    least: int
    months: int
    """How long it had been there, and what was published of it, when it was last told."""
    last: int
    """The last month in which it was seen."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do about one gathering of the month."""

    why: str
    """new, added, worse or quiet."""
    seen: Seen
    known: int | None
    """Key of the one it continues; None for a new one, or for a part of a larger one."""


def judge(
    month: int, seen: Sequence[Seen], known: Sequence[Known]
) -> tuple[list[Verdict], list[int]]:
    """
    Say of each gathering of a month whether it is told, and which of the known ones are over.

    Parameters
    ----------
    month
        The month that was scanned, as `windows` counts them.
    seen
        The most likely first; they share no grid.
    known
        Those that are not over.

    Returns
    -------
    verdicts, over
        One verdict for each of ``seen`` in their order; keys of those that are over, quietly:
        not seen for `PATIENCE` months, or become part of another.
    """
    pairs = sorted(
        (
            (-overlap(one.grids, other.grids), at, place)
            for at, one in enumerate(seen)
            for place, other in enumerate(known)
        ),
    )
    close = [(at, place) for share, at, place in pairs if -share >= SAME]
    goes_on: dict[int, int] = {}
    for at, place in close:
        if at not in goes_on and place not in goes_on.values():
            goes_on[at] = place
    touched = {at for at, _ in close}
    verdicts = [
        Verdict(_why(one, known[goes_on[at]], month), one, known[goes_on[at]].key)
        if at in goes_on
        else Verdict(QUIET if at in touched else NEW, one, None)
        for at, one in enumerate(seen)
    ]
    merged = {place for _, place in close} - set(goes_on.values())
    over = [
        one.key
        for place, one in enumerate(known)
        if place not in goes_on.values() and (place in merged or month - one.last >= PATIENCE)
    ]
    return verdicts, over


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which share of the smaller one lies in the other, 0 to 1."""
    return len(one & other) / max(min(len(one), len(other)), 1)


def _why(seen: Seen, known: Known, month: int) -> str:
    """
    Say why one that goes on is told again, if it is.

    By what is published alone: that it is told, or is not, adds nothing to that. What comes
    more slowly than it did before is nothing to tell.
    """
    if seen.strength > known.strength:
        return WORSE
    added = seen.least - known.least >= ADDED
    slower = seen.least * known.months < known.least * lasts(seen.first, month)
    return ADDED_TO if added and not slower else QUIET


def lasts(first: int, month: int) -> int:
    """Return how many months a gathering has been there; at least one."""
    return max(month + 1 - first, 1)


def false_alarms(months: Iterable[Sequence[Seen]], begin: int) -> int:
    """
    Count the new gatherings that a series of months would have told.

    Parameters
    ----------
    months
        What was seen in each month, oldest first.
    begin
        How many of the first months are looked at but not counted: what goes on from before
        is not new.
    """
    told = made = 0
    known: list[Known] = []
    for month, seen in enumerate(months):
        verdicts, over = judge(month, seen, known)
        now = {verdict.known: verdict.seen for verdict in verdicts}
        kept = [
            _now(one.key, now[one.key], month) if one.key in now else one
            for one in known
            if one.key not in over
        ]
        for verdict in verdicts:
            if verdict.why == NEW:
                kept.append(_now(made, verdict.seen, month))
                made += 1
                told += month >= begin
        known = kept
    return told


def _now(key: int, seen: Seen, month: int) -> Known:
    return Known(key, seen.grids, seen.strength, seen.least, lasts(seen.first, month), month)


def sentence(why: str, grids: int, first: str, least: int, years: int) -> Sentence:
    """Say an alert; every figure in it is published."""
    fields: dict[str, object] = {
        "grids": grids,
        "first": window_name(first),
        "least": least,
        "years": years,
    }
    if why == NEW:
        said = N_(
            "New: in {grids} {grids:grid|grids together} at least {least} disputes since {first}."
        )
    elif why == WORSE:
        said = N_(
            "Graver: in {grids} {grids:grid|grids together} at least {least} disputes "
            "since {first}."
        )
    else:
        said = N_(
            "Goes on: in {grids} {grids:grid|grids together} at least {least} disputes "
            "since {first}."
        )
    if years < 2:  # noqa: PLR2004  # of one year there is nothing to say in years
        return Sentence(said, fields)
    rare = N_("{what} Chance alone does as much less than once in {years} years.")
    return Sentence(rare, {"what": Sentence(said, fields), "years": years})
