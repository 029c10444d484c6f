"""Which placements of a plan could stand on a day, and why the others could not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
from sqlalchemy import select

from gisapp.i18n import N_
from gisapp.store import ties
from gisapp.store.days import valid_on
from gisapp.store.models import Cadre, Department, Office, Post, Slot
from gisapp.store.posts import CHIEF
from gisapp.store.session import Session
from gisapp.store.staff import available

A_ROW: Final = 300
"""About how many bytes a post, slot or person takes."""

WHYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "post_gone": N_("{cadre} at {post}: the post has ended."),
        "no_place": N_("{cadre} at {post}: its place has no boundary."),
        "seat_gone": N_("{cadre} at {post}: the seat is no more."),
        "cadre_gone": N_("{cadre} at {post}: not on the staff any more."),
        "unavailable": N_("{cadre} at {post}: not available."),
        "recused": N_("{cadre} at {post}: must not serve there."),
        "other_rank": N_("{cadre} at {post}: the post is for another rank."),
        "seats_taken": N_("{cadre} at {post}: it has fewer seats than people."),
        "capacity": N_("{cadre} at {post}: more posts than can be taken."),
    }
)
"""Why a placement does not stand, in words."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All that decides whether a placement can stand by itself on a day."""

    roles: dict[str, str]
    """Posts that are there, by code."""
    seats: dict[tuple[str, int], int]
    """Most people, by post and number of the slot."""
    people: dict[int, Any]
    """On the staff, by id."""
    recused: set[tuple[int, str]]
    leaders_as_members: bool
    day: date

    def why(self, cadre: int, post: str, slot: int) -> str:
        """Name the first rule that one placement breaks; nothing when it could stand alone."""
        role, person = self.roles.get(post), self.people.get(cadre)
        if role is None:
            return "post_gone"
        if person is None:
            return "cadre_gone"
        if not available(person, self.day):
            return "unavailable"
        if (cadre, post) in self.recused:
            return "recused"
        if not self._ranks(role, leader=person.rank == "leader"):
            return "other_rank"
        return "" if self.seats.get((post, slot)) else "seat_gone"

    def _ranks(self, role: str, *, leader: bool) -> bool:
        return (role == CHIEF) == leader or (leader and self.leaders_as_members)

    @property
    def size(self) -> int:
        """About how many bytes this keeps."""
        return A_ROW * (len(self.roles) + len(self.seats) + len(self.people))


def whys(
    session: Session,
    held: pd.DataFrame,
    day: date,
    away: Counter[int],
    known: Rules | None = None,
) -> list[str]:
    """Say of each placement why it could not stand on ``day``: a key of `WHYS`, or nothing.

    ``held`` is as `plans.holdings` gives it, ``away`` the posts that people hold beside these,
    ``known`` what `rules` says of the day, where it was read before.
    Where seats or people's time do not reach for all, locked placements go first, then the
    others in their order: by post, slot and staff number.
    """
    columns = ["cadre_id", "post_code", "slot_number", "locked"]
    rows = held[columns].to_numpy(object).tolist()
    rule = known or rules(session, day)
    taken: Counter[tuple[str, int]] = Counter()
    load = Counter({cadre: away[cadre] for cadre, *_ in rows})
    found = [""] * len(rows)
    for at in sorted(range(len(rows)), key=lambda at: not rows[at][3]):
        cadre, post, slot, _ = rows[at]
        found[at] = rule.why(cadre, post, slot)
        if not found[at] and taken[post, slot] >= rule.seats[post, slot]:
            found[at] = "seats_taken"
        if not found[at] and load[cadre] >= rule.people[cadre].capacity:
            found[at] = "capacity"
        if not found[at]:
            taken[post, slot] += 1
            load[cadre] += 1
    return found


def unfit(session: Session, held: pd.DataFrame, day: date, known: Rules | None = None) -> list[str]:
    """Say of each placement why it cannot be kept whatever the seats: a key of `WHYS`, or nothing.

    A match calls the others moves when it gives them up.
    """
    columns = ["cadre_id", "post_code", "slot_number"]
    rows = held[columns].to_numpy(object).tolist()
    rule = known or rules(session, day)
    whys = [rule.why(cadre, post, slot) for cadre, post, slot in rows]
    return ["" if why == "seat_gone" else why for why in whys]


def rules(session: Session, day: date) -> Rules:
    """Read what decides on a day: all posts and people, for most placements are asked about."""
    posts = {
        row.id: row
        for row in session.execute(select(Post.id, Post.code, Post.role).where(valid_on(Post, day)))
    }
    slots = session.execute(select(Slot.post_id, Slot.number, Slot.seats_most))
    people = session.execute(
        select(Cadre.id, Cadre.rank, Cadre.capacity, Cadre.available_from, Cadre.available_to)
        .join(Department, Cadre.department_id == Department.id)
        .join(Office, Cadre.office_id == Office.id)
        .where(valid_on(Cadre, day), valid_on(Department, day), valid_on(Office, day))
    )
    staff = {row.id: row for row in people}
    order, codes = sorted(staff), sorted(row.code for row in posts.values())
    recused = ties.recusals(session, day, {id_: at for at, id_ in enumerate(order)}, codes)
    return Rules(
        {row.code: row.role for row in posts.values()},
        {(posts[post].code, number): most for post, number, most in slots if post in posts},
        staff,
        {(order[cadre], codes[post]) for cadre, post in recused.tolist()},
        session.settings.match_leaders_as_members,
        day,
    )
