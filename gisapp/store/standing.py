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
from gisapp.store.models import Cadre, Department, Office, Post, Slot
from gisapp.store.needs import valid_on
from gisapp.store.posts import CHIEF
from gisapp.store.session import Session
from gisapp.store.staff import available

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
class _Rules:
    """All that decides whether a placement can stand by itself."""

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
        leader = person is not None and person.rank == "leader"
        checks = (
            ("post_gone", role is None),
            ("cadre_gone", person is None),
            ("unavailable", person is not None and not available(person, self.day)),
            ("recused", (cadre, post) in self.recused),
            ("other_rank", (role == CHIEF) != leader and not self._member(role, leader=leader)),
            ("seat_gone", not self.seats.get((post, slot))),
        )
        return next((name for name, broken in checks if broken), "")

    def _member(self, role: str | None, *, leader: bool) -> bool:
        return leader and role != CHIEF and self.leaders_as_members


def whys(session: Session, held: pd.DataFrame, day: date, away: Counter[int]) -> list[str]:
    """Say of each placement why it could not stand on ``day``: a key of `WHYS`, or nothing.

    ``held`` is as `plans.holdings` gives it, ``away`` the posts that people hold beside these.
    Where seats or people's time do not reach for all, locked placements go first, then the
    others in their order: by post, slot and staff number.
    """
    columns = ["cadre_id", "post_code", "slot_number", "locked"]
    rows = held[columns].to_numpy(object).tolist()
    rules = _rules(session, day, {row[0] for row in rows}, sorted({row[1] for row in rows}))
    taken: Counter[tuple[str, int]] = Counter()
    load = Counter({cadre: away[cadre] for cadre, *_ in rows})
    found = [""] * len(rows)
    for at in sorted(range(len(rows)), key=lambda at: not rows[at][3]):
        cadre, post, slot, _ = rows[at]
        found[at] = rules.why(cadre, post, slot)
        if not found[at] and taken[post, slot] >= rules.seats[post, slot]:
            found[at] = "seats_taken"
        if not found[at] and load[cadre] >= rules.people[cadre].capacity:
            found[at] = "capacity"
        if not found[at]:
            taken[post, slot] += 1
            load[cadre] += 1
    return found


def unfit(session: Session, held: pd.DataFrame, day: date) -> list[str]:
    """Say of each placement why it cannot be kept whatever the seats: a key of `WHYS`, or nothing.

    A match calls the others moves when it gives them up.
    """
    columns = ["cadre_id", "post_code", "slot_number"]
    rows = held[columns].to_numpy(object).tolist()
    rules = _rules(session, day, {row[0] for row in rows}, sorted({row[1] for row in rows}))
    whys = [rules.why(cadre, post, slot) for cadre, post, slot in rows]
    return ["" if why == "seat_gone" else why for why in whys]


def _rules(session: Session, day: date, cadres: set[int], codes: list[str]) -> _Rules:
    asked = set(codes)
    # All posts and people are read: a list of ten thousand ids is no question to a database.
    posts = {
        row.id: row
        for row in session.execute(select(Post.id, Post.code, Post.role).where(valid_on(Post, day)))
        if row.code in asked
    }
    slots = session.execute(select(Slot.post_id, Slot.number, Slot.seats_most))
    people = session.execute(
        select(Cadre.id, Cadre.rank, Cadre.capacity, Cadre.available_from, Cadre.available_to)
        .join(Department, Cadre.department_id == Department.id)
        .join(Office, Cadre.office_id == Office.id)
        .where(valid_on(Cadre, day), valid_on(Department, day), valid_on(Office, day))
    )
    order = sorted(cadres)
    recused = ties.recusals(session, day, {id_: at for at, id_ in enumerate(order)}, codes)
    return _Rules(
        {row.code: row.role for row in posts.values()},
        {(posts[post].code, number): most for post, number, most in slots if post in posts},
        {row.id: row for row in people if row.id in cadres},
        {(order[cadre], codes[post]) for cadre, post in recused.tolist()},
        session.settings.match_leaders_as_members,
        day,
    )
