"""On which days people hold posts, by the publications in force; read past what an actor may see.

Nobody can be in two places: it tells on which days somebody is out, and neither where nor whose
plan says so. `plans.held_outside` tells the same of one day.
"""

from datetime import date
from typing import Any, Final

import numpy as np
from sqlalchemy import inspect, or_, select

from gisapp.core import ledger
from gisapp.core.ledger import Ints
from gisapp.store import force
from gisapp.store.models import Assignment, Post, Publication
from gisapp.store.session import Session

Spans = tuple[Ints, Ints, Ints]
"""Whose, first day, last day; days are ordinals, both included."""

ALWAYS: Final = (date.min, date.max)


def published(session: Session, start: date, end: date) -> list[Any]:
    """Read the publications that hold on some of the days, the one that wins first."""
    table = inspect(Publication).local_table
    rows = session.connection().execute(
        select(table)
        .where(table.c.starts_on <= end)
        .where(or_(table.c.ends_on.is_(None), table.c.ends_on >= start))
    )
    return force.in_order(rows)


def held(session: Session, publications: list[Any], people: dict[int, int]) -> Spans:
    """Find the days on which each person holds a post; not united."""
    table, posts = inspect(Assignment).local_table, inspect(Post).local_table
    rows = session.connection().execute(
        select(
            table.c.cadre_id,
            table.c.area_code,
            table.c.plan_id,
            table.c.starts_on,
            table.c.ends_on,
            posts.c.valid_from,
            posts.c.valid_to,
        )
        .join(posts, table.c.post_id == posts.c.id)
        .where(table.c.plan_id.in_({each.plan_id for each in publications}))
    )
    in_force = _InForce(publications)
    found: list[tuple[int, int, int]] = []
    for row in rows:
        if row.cadre_id not in people:
            continue
        first, last = common((row.starts_on, row.ends_on), (row.valid_from, row.valid_to))
        found += [
            (people[row.cadre_id], max(first, start), min(last, end))
            for start, end in in_force.of(row.area_code).get(row.plan_id, ())
        ]
    return spans(found)


class _InForce:
    """Says between which days the posts of an area follow which plan."""

    def __init__(self, publications: list[Any]) -> None:
        self._publications = publications
        self._days = np.array(
            [common((each.starts_on, each.ends_on)) for each in publications], np.int64
        ).reshape(-1, 2)
        # Many areas have the same few publications above them.
        self._known: dict[tuple[int, ...], dict[int, list[tuple[int, int]]]] = {}
        self._of: dict[str, dict[int, list[tuple[int, int]]]] = {}

    def of(self, area: str) -> dict[int, list[tuple[int, int]]]:
        """Return the days between which each plan is followed."""
        if area not in self._of:
            above = enumerate(self._publications)
            own = tuple(n for n, each in above if area.startswith(each.area_code))
            if own not in self._known:
                self._known[own] = self._won(own)
            self._of[area] = self._known[own]
        return self._of[area]

    def _won(self, own: tuple[int, ...]) -> dict[int, list[tuple[int, int]]]:
        found: dict[int, list[tuple[int, int]]] = {}
        won = ledger.winners(*self._days[list(own)].T)
        for which, start, end in np.column_stack(won).tolist():
            found.setdefault(self._publications[own[which]].plan_id, []).append((start, end))
        return found


def common(*spans: tuple[date | None, date | None]) -> tuple[int, int]:
    """Return the days that all spans have in common; an open end is as far as days go."""
    return (
        max((first or ALWAYS[0]).toordinal() for first, _ in spans),
        min((last or ALWAYS[1]).toordinal() for _, last in spans),
    )


def spans(rows: list[tuple[int, int, int]]) -> Spans:
    who, first, last = np.array(rows, np.int64).reshape(-1, 3).T
    return who, first, last
