"""The seats of posts: what they ask for, and what they cost while they are open."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from gisapp.core.matching.problem import NONE, Ints, Slots
from gisapp.store import needs, ties
from gisapp.store.codes import within
from gisapp.store.models import Slot
from gisapp.store.session import Session

SEAT, FURTHER = 2, 1
"""Times the dearest placement: what an open seat costs that must be filled, or is wanted, where
nothing is needed; up to one more where most is."""


def slots(
    session: Session, posts: Sequence[Any], need: needs.Needs, unit: int
) -> tuple[Slots, list[int]]:
    """Read the slots, by post and number; an open seat costs more where more is needed."""
    post_at = {row.id: position for position, row in enumerate(posts)}
    column = {code: position for position, code in enumerate(need.specialties)}
    rows = sorted(
        (
            (post_at[row.post_id], row.number, row)
            for row in session.execute(
                select(
                    Slot.id,
                    Slot.post_id,
                    Slot.number,
                    Slot.specialty_code,
                    Slot.least_level,
                    Slot.seats_least,
                    Slot.seats_wanted,
                    Slot.seats_most,
                )
            )
            if row.post_id in post_at
        ),
        key=lambda each: each[:2],
    )
    post = np.array([each[0] for each in rows], np.int64)
    specialty = np.array([column.get(each[2].specialty_code, NONE) for each in rows], np.int64)
    cases = np.zeros(len(rows))
    codes = [row.code for row in posts]
    first, last = within([ties.place(codes[each]) for each in post], need.grid_codes)
    total = np.concatenate([np.zeros((1, len(column))), need.in_sums.cumsum(axis=0)])
    inside = total[last] - total[first]
    if inside.size:
        asked = inside[np.arange(len(rows)), np.maximum(specialty, 0)]
        cases = np.where(specialty == NONE, inside.sum(axis=1), asked)
    # Compared within one kind of seat: a community's cases are always more than a grid's.
    length = np.array([len(ties.place(codes[each])) for each in post], np.int64)
    kind = np.where(specialty == NONE, 0, 100) + length
    top = np.zeros(kind.max(initial=0) + 1)
    np.maximum.at(top, kind, cases)
    hot = np.divide(cases, top[kind], out=np.zeros(len(rows)), where=top[kind] > 0)
    seats = np.array([each[2][5:8] for each in rows], np.int64).reshape(-1, 3)
    return Slots(
        post=post,
        number=np.array([each[1] for each in rows], np.int64),
        specialty=specialty,
        level=np.array([each[2].least_level for each in rows], np.int64),
        least=seats[:, 0],
        wanted=seats[:, 1],
        most=seats[:, 2],
        price_least=np.rint(unit * (SEAT + hot)).astype(np.int64),
        price_wanted=np.rint(unit * (FURTHER + hot)).astype(np.int64),
    ), [each[2].id for each in rows]


def wishes(session: Session, need: needs.Needs, posts: list[str]) -> Ints:
    """Find the specialty that each grid needs most, where it is enough to be a gap."""
    row = {code: position for position, code in enumerate(need.grid_codes)}
    if not need.cases.size:
        return np.full(len(posts), NONE, np.int64)
    best = need.cases.argmax(axis=1)
    enough = need.cases.max(axis=1) >= session.settings.coverage_need
    wish = np.append(np.where(enough, best, NONE), NONE)
    return wish[[row.get(ties.place(code), -1) for code in posts]].astype(np.int64)
