"""What everybody will see when a plan comes into force: each cadre, and each township."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gisapp.actions.differences import Seat, seats_of
from gisapp.actions.shared import Shared
from gisapp.core.coverage import UNSERVED
from gisapp.i18n import N_, Sentence
from gisapp.store.serving import Situation

TOWNSHIP: Final = 9
"""Digits of a township's code."""

PAIR: Final = ("staff_number", "post_code")

KINDS: Final = ("change", "lose", "gain", "keep")


@dataclass(frozen=True, slots=True)
class Cadre:
    """One person, and the posts given up, taken up and kept."""

    staff_number: str
    name: str
    department: str
    lose: list[Seat]
    gain: list[Seat]
    keep: list[Seat]

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        if self.lose and self.gain:
            return "change"
        return "lose" if self.lose else "gain" if self.gain else "keep"

    @property
    def sentence(self) -> Sentence:
        """Say what the person will read."""
        fields = {
            name: [seat.place for seat in getattr(self, name)] for name in ("lose", "gain", "keep")
        }
        if self.lose and self.gain:
            return Sentence(N_("Takes up {gain}; gives up {lose}."), fields)
        if self.lose and self.keep:
            return Sentence(N_("Gives up {lose}; stays at {keep}."), fields)
        if self.lose:
            return Sentence(N_("Gives up {lose}; holds no post then."), fields)
        if self.gain:
            return Sentence(N_("Takes up {gain}."), fields)
        return Sentence(N_("Stays at {keep}."), fields)


@dataclass(frozen=True, slots=True)
class Township:
    """What a township will see."""

    code: str
    name: str
    grids: int
    people: int
    """Who serve in it then."""
    come: int
    leave: int
    unserved: int

    @property
    def sentence(self) -> Sentence:
        """Say who comes and who leaves, and what stays open."""
        fields = {
            name: getattr(self, name) for name in ("grids", "people", "come", "leave", "unserved")
        }
        if self.unserved:
            message = N_(
                "{grids} grids, {people} people: {come} come, {leave} leave; {unserved} grids "
                "have nobody."
            )
        else:
            message = N_("{grids} grids, {people} people: {come} come, {leave} leave.")
        return Sentence(message, fields)


def counts(before: Any, after: Any) -> dict[str, int]:
    """Count the people who gain posts, who lose some, and who keep what they have."""
    old, new = (
        set(zip(*(frame[name].to_numpy(object).tolist() for name in PAIR), strict=True))
        for frame in (before, after)
    )
    gain, lose = ({number for number, _ in rows} for rows in (new - old, old - new))
    everybody = {number for number, _ in old | new}
    return {"gain": len(gain), "lose": len(lose), "keep": len(everybody - gain - lose)}


def cadres(shared: Shared, named: Mapping[str, str], before: Any, after: Any) -> list[Cadre]:
    """List everybody who holds a post before or after, those with most to do first."""
    known = shared.who()
    old, new = (seats_of(frame, named) for frame in (before, after))
    rows = []
    for number in old.keys() | new.keys():
        was, will = old.get(number, {}), new.get(number, {})
        rows.append(
            Cadre(
                number,
                *known.get(number, (number, "")),
                [was[post] for post in sorted(was.keys() - will.keys())],
                [will[post] for post in sorted(will.keys() - was.keys())],
                [will[post] for post in sorted(will.keys() & was.keys())],
            )
        )
    return sorted(rows, key=lambda row: (KINDS.index(row.kind), row.staff_number))


def townships(town: Situation, named: Mapping[str, str], before: Any, after: Any) -> list[Township]:
    """List the townships by code; ``town`` is laid out under the plan that comes."""
    old, new = (_people(frame) for frame in (before, after))
    home = [code[:TOWNSHIP] for code in town.ground.codes]
    many = Counter(home)
    empty = Counter(home[at] for at in np.flatnonzero(town.coverage.state == UNSERVED).tolist())
    return [
        Township(
            code,
            named.get(code, code),
            many[code],
            len(new.get(code, set())),
            len(new.get(code, set()) - old.get(code, set())),
            len(old.get(code, set()) - new.get(code, set())),
            empty[code],
        )
        for code in sorted(many.keys() | old.keys() | new.keys())
    ]


def _people(frame: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = (frame[name].to_numpy(object).tolist() for name in ("place_code", "staff_number"))
    for place, number in zip(*rows, strict=True):
        if len(place) >= TOWNSHIP:
            found.setdefault(place[:TOWNSHIP], set()).add(number)
    return found
