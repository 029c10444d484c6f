"""What open seats cost in a surge: where nobody serves and disputes are many, the most."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from gisapp.core.matching.problem import Flags, Slots
from gisapp.store import needs
from gisapp.store.codes import within
from gisapp.store.seats import FURTHER, SEAT
from gisapp.store.session import Session

DISPUTES = 4
"""Times the dearest placement: what most disputes add to the price of an open seat; half as many
add half of it."""


def priced(
    session: Session, day: date, places: Sequence[str], slots: Slots, unit: int, served: Flags
) -> Slots:
    """Price open seats so that the most urgent are filled first.

    ``places`` are the places of the posts, ``served`` says which posts somebody holds who stays.
    First come the seats of posts nobody serves, then all others; within each, those of the
    places with most disputes of a year (`needs.disputes_by_grid`), compared with places of their
    own level. A step is the price of the dearest placement (``unit``), so that no way, however
    long, turns the order of two seats whose steps differ by one.
    """
    found = needs.disputes_by_grid(session, day)
    first, last = within(list(places), list(found))
    total = np.concatenate([[0], np.cumsum(list(found.values()), dtype=np.int64)])
    inside = (total[last] - total[first]).astype(np.int64)
    level = np.array([len(code) for code in places], np.int64)
    top = np.zeros(level.max(initial=0) + 1, np.int64)
    np.maximum.at(top, level, inside)
    share = inside / np.maximum(top[level], 1)
    steps = (DISPUTES * share + np.where(served, 0, DISPUTES + 1))[slots.post]
    return replace(
        slots,
        price_least=np.rint(unit * (SEAT + steps)).astype(np.int64),
        price_wanted=np.rint(unit * (FURTHER + steps)).astype(np.int64),
    )
