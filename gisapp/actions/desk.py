"""A planner's desk: all about one draft that stays the same while people edit it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, Final

import numpy as np
import pandas as pd

from gisapp import frames
from gisapp.actions import effects, origins, stamps
from gisapp.actions.laid import Keys, Laid, Table, lay
from gisapp.actions.solving import Solves, Solving
from gisapp.auth import EVERYWHERE, Scope
from gisapp.core.coverage import NONE
from gisapp.core.matching.problem import Ints
from gisapp.core.matching.tally import Tallier
from gisapp.i18n import Name
from gisapp.store import cadres, installation, plans, posts, serving, ties, versions
from gisapp.store.cadres import Person
from gisapp.store.matching import Muster
from gisapp.store.models import Plan
from gisapp.store.posts import MEMBER
from gisapp.store.serving import Situation
from gisapp.store.session import Session
from gisapp.store.versions import Row, Version

Keep = Callable[[str, Callable[[], Any]], Any]
"""Keeps what was worked out under a name; of two who ask at once one makes it, the other waits."""

A_ROW: Final = 2_500
"""About how many bytes a post or person takes, on a desk or in a solve."""

AHEAD: Final = 20_000
"""Posts up to which the best plan is solved before anybody asks for it."""

KEPT: Final = 4
"""Versions of a draft that are kept laid out: the current one, and those just before."""


@dataclass(frozen=True)
class Desk:
    """One draft's problem and town as of today, and what its placements were at the start."""

    stamp: str
    """Names the state of the data it was made from."""
    plan_id: int
    code: str
    mode: str
    seed: int
    area: str
    """The part of the plan's area that the actor sees."""
    whole: bool
    """Whether that is all of it."""
    fresh: bool
    """Whether today's data are those the plan was made from."""
    table: Table = field(repr=False)
    before: Laid = field(repr=False)
    """What of the base stands today."""
    people: Mapping[int, Person] = field(repr=False)
    places: Mapping[str, str] = field(repr=False)
    specialties: Mapping[str, Name] = field(repr=False)
    spots: Any = field(repr=False)
    """Longitude, latitude of the posts."""
    solves: Solves = field(repr=False)
    _laid: dict[int, tuple[Version, Laid]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def muster(self) -> Muster:
        """The problem, and what its positions are called."""
        return self.table.muster

    @property
    def town(self) -> Situation:
        """Grids, people and needs; the placements in it are not the draft's."""
        return self.table.town

    @cached_property
    def post_at(self) -> Mapping[str, int]:
        """Find posts by code."""
        return {code: at for at, code in enumerate(self.muster.problem.posts.codes)}

    @cached_property
    def posts_at(self) -> Mapping[str, list[int]]:
        """Find the posts of a grid or area."""
        found: dict[str, list[int]] = {}
        for at, code in enumerate(self.muster.problem.posts.codes):
            found.setdefault(ties.place(code), []).append(at)
        return found

    @cached_property
    def cadre_at(self) -> Mapping[str, int]:
        """Find people by staff number."""
        return {code: at for at, code in enumerate(self.muster.problem.cadres.codes)}

    @cached_property
    def grid_at(self) -> Mapping[str, int]:
        """Find the grids of the draft's area."""
        codes = self.town.ground.codes
        return {codes[at]: at for at in np.flatnonzero(self.table.inside).tolist()}

    @cached_property
    def specialty_names(self) -> list[Name]:
        """What each specialty is called, by position."""
        return [self.specialties[code] for code in self.town.specialties]

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        return A_ROW * (len(self.muster.post_ids) + len(self.muster.cadre_ids)) + (1 << 16)

    def lay(self, placements: Iterable[Row]) -> Laid:
        """Lay placements out and say what they come to: rows of the database."""
        return lay(self.table, placements)

    def effect(self, before: Laid, after: Laid) -> dict[str, Any]:
        """Say what other placements do to every figure."""
        return effects.effect(before, after)

    def changed(self, before: Laid, after: Laid) -> dict[str, Any]:
        """List the grids that look other than before."""
        return effects.changed(before, after, self.before)

    def now(self, session: Session) -> tuple[int, Laid]:
        """Return the version the draft has now, and its placements laid out.

        Ask before you write in the session: what is not committed must not be kept.
        """
        version, laid = self.placed(session)
        return version.number, laid

    def placed(self, session: Session) -> tuple[Version, Laid]:
        """Return the placements the draft has now, as rows and laid out."""
        number = versions.number(session, self.plan_id)
        with self._lock:
            kept = self._laid.get(number)
            last = self._laid[max(self._laid)] if self._laid else None
        if kept is not None:
            return kept
        version = versions.now(session, self.plan_id, None if last is None else last[0])
        laid = self.lay(version.rows())
        self.keep(version, laid)
        return version, laid

    def keep(self, version: Version, laid: Laid) -> None:
        """Keep a version that is committed."""
        with self._lock:
            self._laid[version.number] = (version, laid)
            for old in sorted(self._laid)[:-KEPT]:
                del self._laid[old]

    def solving(self, laid: Laid) -> Solving:
        """Return the solve of the best plan under the locks of some placements; it runs already."""
        return self.solves.under(self.muster.problem, self.locks(laid), self.seed)

    def think_ahead(self, session: Session) -> None:
        """Begin to solve before anybody asks, where it does not keep the machine busy for long."""
        if len(self.muster.post_ids) <= AHEAD:
            self.solving(self.now(session)[1])

    def locks(self, laid: Laid) -> Ints:
        """Pair cadres and slots that stay: what is locked; in a surge also what the base has."""
        locked = np.column_stack([laid.cadre, laid.slot])[laid.locked]
        own = {(cadre, slot) for cadre, slot in locked.tolist()}
        if self.mode == "surge":
            there = set(zip(laid.cadre.tolist(), laid.slot.tolist(), strict=True))
            own |= there & {(cadre, slot) for cadre, slot in self.muster.problem.locks.tolist()}
        return ties.pairs(own)


def desk(session: Session, code: str, keep: Keep) -> Desk:
    """Return the desk of a plan; ``keep`` is the door's cache, one for each who sees the same."""
    session.actor.must(Scope.PLANS_READ)
    stored = plans.by_code(session, code)
    stamp = stamps.stamp_of_data(session, keep)
    # By its code: on one of the databases the id of a deleted draft is given again.
    key = f"desk {plans.code(stored)} {stamp}"
    found: Desk = keep(key, lambda: _made(session, stored, stamp, keep))
    return found


def _made(session: Session, stored: Plan, stamp: str, keep: Keep) -> Desk:
    home = session.actor.area_code
    area = stored.area_code if home == EVERYWHERE else max(stored.area_code, home, key=len)
    origin = origins.origin(session, stored, area)
    town = serving.situation(session, None, session.today).light()
    table = _table(origin.town, town, area)
    size = A_ROW * (len(origin.town.post_ids) + len(origin.town.cadre_ids)) + (1 << 16)
    return Desk(
        stamp,
        stored.id,
        plans.code(stored),
        stored.mode,
        stored.seed,
        area,
        area == stored.area_code,
        stored.state == "draft" or origin.town.digest == stored.input_digest,
        table,
        lay(table, _rows(origin.town, origin.base)),
        cadres.persons(session),
        posts.place_names(session, session.today),
        cadres.specialty_names(session),
        frames.to_degrees(origin.town.problem.posts.metres, installation.srid(session)),
        # Under the problem's own name: most of what is reported changes no problem.
        keep(f"solves {plans.code(stored)} {origin.town.digest}", lambda: Solves(size)),
    )


def _table(muster: Muster, town: Situation, area: str) -> Table:
    ground, problem = town.ground, muster.problem
    outside = town.holdings[~town.holdings["post_code"].str.startswith(area)]
    grids = {code: position for position, code in enumerate(ground.codes)}
    communities = {code: position for position, code in enumerate(ground.community_codes)}

    def where(codes: list[str]) -> tuple[Ints, Ints]:
        """Find the grid, and the community, in which the people of each post are members."""
        places = [ties.place(code) if code.endswith(f":{MEMBER}") else "" for code in codes]
        found = [
            np.array([known.get(place, NONE) for place in places], np.int64)
            for known in (grids, communities)
        ]
        return found[0], found[1]

    around = outside[outside["role"] == MEMBER]
    members = (around["cadre"].to_numpy(np.int64), *where(around["post_code"].tolist()))
    grid, community = where(problem.posts.codes)
    roster = {key: position for position, key in enumerate(town.roster.ids.tolist())}
    return Table(
        muster,
        Tallier(problem),
        serving.seated(town, outside, members),
        members,
        np.array([code.startswith(area) for code in ground.codes], np.bool_),
        grid,
        community,
        np.array([roster[key] for key in muster.cadre_ids], np.int64),
        np.array(problem.posts.codes, dtype=object),
        Keys.of(muster.post_ids),
        Keys.of(muster.slot_ids),
        Keys.of(muster.cadre_ids),
    )


def _rows(muster: Muster, base: pd.DataFrame) -> list[Row]:
    """Turn `plans.holdings` into rows; placements of posts and people unknown here are left out."""
    posts = dict(zip(muster.problem.posts.codes, range(len(muster.post_ids)), strict=True))
    slots = muster.problem.slots
    seats = zip(slots.post.tolist(), slots.number.tolist(), strict=True)
    slot_at = {seat: position for position, seat in enumerate(seats)}
    columns = ["post_code", "slot_number", "cadre_id", "locked"]
    found: list[Row] = []
    for code, number, cadre, locked in base[columns].to_numpy(object).tolist():
        post = posts.get(code)
        slot = None if post is None else slot_at.get((post, number))
        if post is not None and slot is not None:
            found.append((muster.post_ids[post], muster.slot_ids[slot], cadre, bool(locked)))
    return found
