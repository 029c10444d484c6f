"""Questions about posts, and posts in bulk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, not_, select

from gisapp.store.days import valid_on
from gisapp.store.models import Area, Grid, Post, Slot
from gisapp.store.session import Session

MEMBER = "member"
CHIEF = "chief"


@dataclass(frozen=True, slots=True)
class Place:
    """A grid or area that may have posts."""

    id: int
    code: str
    level: str
    """grid, or the level of the area."""
    area_code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A post that should be there, with its slots as (specialty or none, seats)."""

    place: Place
    role: str
    slots: tuple[tuple[str | None, int], ...]

    @property
    def code(self) -> str:
        """What people call the post."""
        return f"{self.place.code}:{self.role}"

    def meets(self, spans: Iterable[tuple[date, date]]) -> bool:
        """Say whether some of its days lie in one of the spans, both days included."""
        last = self.place.valid_to or date.max
        return any(self.place.valid_from <= end and start <= last for start, end in spans)


@dataclass(frozen=True, slots=True)
class Standing:
    """A post that is there, and the specialties its slots ask for."""

    id: int
    by_rule: bool
    """Made by a rule, and nobody has edited it since."""
    area_code: str
    slots: int
    specialties: frozenset[str]


def places(session: Session, day: date) -> list[Place]:
    """Read the grids and areas that are valid on ``day``, by code."""
    grids = session.execute(
        select(Grid.id, Grid.code, Grid.area_code, Grid.valid_from, Grid.valid_to).where(
            valid_on(Grid, day)
        )
    )
    areas = session.execute(
        select(Area.id, Area.code, Area.level, Area.area_code, Area.valid_from, Area.valid_to)
        .where(valid_on(Area, day))
        .where(Area.level.in_(("township", "community")))
    )
    found = [Place(key, code, "grid", area, first, last) for key, code, area, first, last in grids]
    found += [Place(*row) for row in areas]
    return sorted(found, key=lambda place: place.code)


def standing(session: Session, day: date) -> dict[str, Standing]:
    """Read the posts that are valid on ``day``, by code."""
    posts = session.execute(
        select(Post.id, Post.code, Post.made_by_rule, Post.version, Post.area_code).where(
            valid_on(Post, day)
        )
    ).all()
    slots: dict[int, list[str]] = {}
    edited: set[int] = set()
    for post, specialty, version in session.execute(
        select(Slot.post_id, Slot.specialty_code, Slot.version)
    ):
        slots.setdefault(post, []).append(specialty or "")
        if version > 1:
            edited.add(post)
    return {
        code: Standing(
            key,
            rule and version == 1 and key not in edited,
            area,
            len(slots.get(key, ())),
            frozenset(slots.get(key, ())),
        )
        for key, code, rule, version, area in posts
    }


def other_days(session: Session, day: date) -> dict[str, list[tuple[date, date]]]:
    """Read when there was or will be a post that is not valid on ``day``, by code."""
    found: dict[str, list[tuple[date, date]]] = {}
    rows = session.execute(
        select(Post.code, Post.valid_from, Post.valid_to).where(not_(valid_on(Post, day)))
    )
    for code, first, last in rows:
        found.setdefault(code, []).append((first, last or date.max))
    return found


def add(session: Session, wanted: Iterable[Wanted], day: date) -> tuple[int, int]:
    """Store the posts with their slots, marked as made by a rule; return how many of each."""
    rows = {post.code: post for post in wanted}
    if not rows:
        return 0, 0
    session.execute(insert(Post), [_row(post) for post in rows.values()])
    stored = session.execute(select(Post.code, Post.id).where(valid_on(Post, day)))
    keys = {row.code: row.id for row in stored}
    slots = [
        slot(keys[code], post.place.area_code, number, specialty, seats)
        for code, post in rows.items()
        for number, (specialty, seats) in enumerate(post.slots, 1)
    ]
    return len(rows), add_slots(session, slots)


def add_slots(session: Session, slots: list[dict[str, Any]]) -> int:
    """Store slots as made by `slot`; return how many."""
    if slots:
        session.execute(insert(Slot), slots)
    return len(slots)


def slot(
    post_id: int, area_code: str, number: int, specialty: str | None, seats: int
) -> dict[str, Any]:
    """Describe one slot: one seat must be filled, the others are wanted."""
    return {
        "post_id": post_id,
        "area_code": area_code,
        "number": number,
        "specialty_code": specialty,
        "least_level": 1,
        "seats_least": 1,
        "seats_wanted": seats,
        "seats_most": seats,
        "version": 1,
    }


def _row(post: Wanted) -> dict[str, Any]:
    return {
        "code": post.code,
        "role": post.role,
        "area_code": post.place.area_code,
        "grid_id": post.place.id if post.place.level == "grid" else None,
        "area_id": None if post.place.level == "grid" else post.place.id,
        "made_by_rule": True,
        "valid_from": post.place.valid_from,
        "valid_to": post.place.valid_to,
        "version": 1,
    }


def place_names(session: Session, day: date) -> dict[str, str]:
    """Read what grids and areas are called, by code; those without a name are left out."""
    found: dict[str, str] = {}
    for kind in (Grid, Area):
        rows = session.execute(select(kind.code, kind.name).where(valid_on(kind, day)))
        found |= {code: name for code, name in rows if name}
    return found


def by_code(session: Session, day: date, code: str) -> Post | None:
    """Find a post that is valid on ``day``."""
    return session.scalars(select(Post).where(valid_on(Post, day), Post.code == code)).one_or_none()
