"""A planner's desk: all about one draft that stays the same while people edit it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, Final

import numpy as np

from gisapp.actions import effects, owned, stamps
from gisapp.actions.laid import Laid, Table, lay
from gisapp.actions.origins import Keep
from gisapp.actions.solving import Solves, Solving
from gisapp.actions.starts import Start, start, under
from gisapp.auth import Scope
from gisapp.core.matching.engine import Engine
from gisapp.core.matching.problem import Ints
from gisapp.i18n import Name
from gisapp.store import plans, ties, versions
from gisapp.store.cadres import Person
from gisapp.store.matching import Muster
from gisapp.store.models import Plan
from gisapp.store.serving import Situation
from gisapp.store.session import Session
from gisapp.store.versions import Row, Version

AHEAD: Final = 20_000
"""Posts up to which the best plan is solved before anybody asks for it."""

PATIENCE_S: Final = 4.0
"""Seconds that a request waits for the best plan of more posts: it holds one of few threads."""

A_LAID: Final = 150
"""About how many bytes a post or person takes in a version that is laid out."""

A_SOLVED: Final = 2_500
"""The same in a solve."""

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
    start: Start = field(repr=False)
    solves: Solves = field(repr=False)
    _laid: dict[int, tuple[Version, Laid]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def table(self) -> Table:
        """What its placements are laid over."""
        return self.start.table

    @property
    def before(self) -> Laid:
        """What of the base stands today."""
        return self.start.before

    @property
    def spots(self) -> Any:
        """Longitude, latitude of the posts."""
        return self.start.spots

    @property
    def people(self) -> Mapping[int, Person]:
        """All people by id."""
        return self.start.around.people

    @property
    def places(self) -> Mapping[str, str]:
        """What places are called, by code."""
        return self.start.around.places

    @property
    def specialties(self) -> Mapping[str, Name]:
        """What specialties are called, by code."""
        return self.start.around.specialties

    @property
    def muster(self) -> Muster:
        """The problem, and what its positions are called."""
        return self.table.muster

    @property
    def inputs(self) -> Mapping[str, str]:
        """The state of each kind of data and rules that figures are reckoned from."""
        return self.start.inputs

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
        """About how many bytes this keeps beside its start, with the versions laid out."""
        return A_LAID * KEPT * self.start.rows + (1 << 16)

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

    @property
    def soon(self) -> bool:
        """Whether the best plan does not take long: it is there before long without being asked."""
        return len(self.muster.post_ids) <= AHEAD

    def solved(self, laid: Laid) -> Engine | None:
        """Return the best plan under the locks of some placements; None: it takes a while yet."""
        found = self.solving(laid)
        return found.engine() if self.soon else found.within(PATIENCE_S)

    def think_ahead(self, session: Session) -> None:
        """Begin to solve before anybody asks, where it does not keep the machine busy for long."""
        if self.soon:
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
    area = owned.part(session, stored)
    found = start(session, stored, area, under(stamp, keep))
    muster = found.table.muster
    return Desk(
        stamp,
        stored.id,
        plans.code(stored),
        stored.mode,
        stored.seed,
        area,
        area == stored.area_code,
        stored.state == "draft" or muster.digest == stored.input_digest,
        found,
        # Under the problem's own name: most of what is reported changes no problem.
        keep(
            f"solves {plans.code(stored)} {muster.digest}",
            lambda: Solves(A_SOLVED * found.rows + (1 << 16)),
        ),
    )
