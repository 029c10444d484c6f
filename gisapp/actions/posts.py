"""Make posts by rule: every grid, township and community gets the seats it should have."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from gisapp.auth import Scope
from gisapp.settings import Settings
from gisapp.store import audit, installation, needs, posts
from gisapp.store.counts import Table
from gisapp.store.needs import Needs
from gisapp.store.posts import CHIEF, MEMBER, Place, Wanted
from gisapp.store.session import Session

MOST_SEATS = 3
"""A rule gives no specialty of a community more seats than this; people may."""


@dataclass(frozen=True, slots=True)
class Made:
    """What the rules added; nothing the second time."""

    posts: int
    slots: int


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the rules would add."""

    posts: list[Wanted]
    slots: list[dict[str, object]]
    """Of posts that are there."""

    def __bool__(self) -> bool:
        """Whether it is anything."""
        return bool(self.posts or self.slots)


def make_posts(session: Session) -> Made:
    """Give every place the posts it lacks; what is there already, people may have edited.

    A grid gets one member, a township one chief, a community members by specialty wherever it
    needs one. A community's post that a rule made and nobody edited gains slots as needs grow.
    A post that somebody has ended, or that is to begin later, is not made again.
    """
    session.actor.must(Scope.PLANS_WRITE)
    found = lacking(session)
    added, slots = posts.add(session, found.posts, session.today)
    made = Made(added, slots + posts.add_slots(session, found.slots))
    if made.slots:
        area = installation.root_area(session)
        audit.note(
            session,
            "posts.made",
            f"area {area}",
            area_code=area,
            posts=made.posts,
            slots=made.slots,
        )
    return made


def lacking(session: Session) -> Lacking:
    """Find what `make_posts` would make."""
    day = session.today
    there, other = posts.standing(session, day), posts.other_days(session, day)
    need = needs.by_grid(session, day)
    new: list[Wanted] = []
    grown: list[dict[str, object]] = []
    for post in _wanted(posts.places(session, day), need, session.settings):
        found = there.get(post.code)
        if found is None:
            if not post.meets(other.get(post.code, ())):
                new.append(post)
        elif found.by_rule and post.place.level == "community":
            missing = [slot for slot in post.slots if slot[0] not in found.specialties]
            grown += [
                posts.slot(found.id, found.area_code, number, specialty, seats)
                for number, (specialty, seats) in enumerate(missing, found.slots + 1)
            ]
    return Lacking(new, grown)


def _wanted(places: list[Place], need: Needs, settings: Settings) -> Iterator[Wanted]:
    codes = np.array(need.grid_codes, dtype=str)
    for place in places:
        if place.level == "grid":
            yield Wanted(place, MEMBER, ((None, 1),))
        elif place.level == "township":
            yield Wanted(place, CHIEF, ((None, 1),))
        else:
            # A code begins with that of what it lies in; ":" is the character after "9".
            first, last = np.searchsorted(codes, [place.code, place.code + ":"])
            slots = _slots(need, need.in_sums[first:last].sum(axis=0), settings)
            if slots:
                yield Wanted(place, MEMBER, slots)


def _slots(need: Needs, cases: Table, settings: Settings) -> tuple[tuple[str | None, int], ...]:
    """Turn a community's cases a year into seats by specialty."""
    return tuple(
        (code, min(MOST_SEATS, ceil(number / settings.posts_cases)))
        for code, number in zip(need.specialties, cases, strict=True)
        if number >= settings.posts_need
    )
