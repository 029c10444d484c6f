"""What ties people to posts, or keeps them away: recusals, links, measured ways."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy import select

from gisapp.core.matching.problem import Floats, Ints
from gisapp.store import cadres
from gisapp.store.codes import within
from gisapp.store.days import valid_on
from gisapp.store.models import Link, Recusal
from gisapp.store.session import Session


def place(post: str) -> str:
    """Return the code of the grid or area that a post belongs to."""
    return post.rpartition(":")[0]


def recusals(session: Session, day: date, cadre_at: dict[int, int], posts: list[str]) -> Ints:
    """Pair cadres with the posts they must not hold; both as positions."""
    rows = session.execute(
        select(Recusal.cadre_id, Recusal.place_code).where(valid_on(Recusal, day))
    ).all()
    mine = [(cadre_at[cadre], where) for cadre, where in rows if cadre in cadre_at]
    return pairs(_inside(mine, posts))


def links(
    session: Session, day: date, departments: Sequence[Any], posts: list[str]
) -> tuple[Ints, Floats]:
    """Pair departments with the posts of areas they are tied to, and the bonus of each tie."""
    at = {row.id: position for position, row in enumerate(departments)}
    rows = session.execute(
        select(Link.department_id, Link.place_code, Link.bonus_min).where(valid_on(Link, day))
    )
    mine = [(at[department], where, bonus) for department, where, bonus in rows if department in at]
    tied: list[tuple[int, int]] = []
    minutes: list[float] = []
    first, last = within([where for _, where, _ in mine], posts)
    for (who, _, bonus), start, end in zip(mine, first.tolist(), last.tolist(), strict=True):
        tied += [(who, post) for post in range(start, end)]
        minutes += [bonus] * (end - start)
    order = sorted(range(len(tied)), key=lambda n: (tied[n], minutes[n]))
    return (
        np.array([tied[n] for n in order], np.int64).reshape(-1, 2),
        np.array([minutes[n] for n in order], np.float64),
    )


def ways(session: Session, offices: dict[int, int], posts: list[str]) -> tuple[Ints, Floats]:
    """Pair offices with posts to which the way was measured, and its minutes."""
    at: dict[str, list[int]] = {}
    for position, code in enumerate(posts):
        at.setdefault(place(code), []).append(position)
    rows = sorted(
        (offices[office], post, minutes)
        for (office, where), minutes in cadres.measured_ways(session).items()
        if office in offices
        for post in at.get(where, ())
    )
    return pairs([row[:2] for row in rows]), np.array([row[2] for row in rows], np.float64)


def pairs(rows: Iterable[tuple[int, int]]) -> Ints:
    """Put pairs into an array, sorted, each once."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 2)
    ordered = flat[np.lexsort((flat[:, 1], flat[:, 0]))]
    return ordered[np.diff(ordered, axis=0, prepend=-1).any(axis=1)]


def _inside(rows: list[tuple[int, str]], posts: list[str]) -> Iterable[tuple[int, int]]:
    """Pair each row with the posts that lie in its place."""
    first, last = within([where for _, where in rows], posts)
    for (who, _), start, end in zip(rows, first.tolist(), last.tolist(), strict=True):
        yield from ((who, post) for post in range(start, end))
