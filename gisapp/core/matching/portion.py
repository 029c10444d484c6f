"""A problem in which some posts may change and all others are kept as they are."""

from dataclasses import dataclass, replace

import numpy as np

from gisapp.core.matching.problem import Departments, Flags, Floats, Ints, Posts, Problem, Slots


@dataclass(frozen=True, slots=True)
class Portion:
    """The problem of some posts; people are numbered as in the whole one."""

    problem: Problem
    slot: Ints
    """The number in the whole problem of each slot of this one."""


def portion(whole: Problem, open_: Flags, cadre: Ints, slot: Ints, elsewhere: Ints) -> Portion:
    """
    Cut out the posts that may change.

    Parameters
    ----------
    whole
        All posts.
    open_
        Shape (posts,). Which may change.
    cadre, slot
        Placements; those in other posts are kept: they count as held, for capacity, load and
        floors. Their cost, and that of the seats left open there, is the same for every plan.
    elsewhere
        Shape (cadres,). Further posts that people hold and that are in no list here.

    Returns
    -------
    Portion
        Its cheapest plan, with what is kept, is the cheapest of all that keep it.
    """
    posts = np.flatnonzero(open_)
    at = np.full(len(open_), -1, np.int64)
    at[posts] = np.arange(len(posts))
    slots = np.flatnonzero(open_[whole.slots.post])
    slot_at = np.full(len(whole.slots.post), -1, np.int64)
    slot_at[slots] = np.arange(len(slots))
    kept = cadre[~open_[whole.slots.post[slot]]]
    people = len(whole.cadres.codes)
    held = whole.cadres.held + np.bincount(kept, minlength=people) + elsewhere
    return Portion(
        replace(
            whole,
            posts=Posts(
                codes=[whole.posts.codes[post] for post in posts.tolist()],
                metres=whole.posts.metres[posts],
                chief=whole.posts.chief[posts],
                wish=whole.posts.wish[posts],
            ),
            slots=Slots(
                post=at[whole.slots.post[slots]],
                number=whole.slots.number[slots],
                specialty=whole.slots.specialty[slots],
                level=whole.slots.level[slots],
                least=whole.slots.least[slots],
                wanted=whole.slots.wanted[slots],
                most=whole.slots.most[slots],
                price_least=whole.slots.price_least[slots],
                price_wanted=whole.slots.price_wanted[slots],
            ),
            cadres=replace(
                whole.cadres,
                held=held.astype(np.int64),
                capacity=np.maximum(whole.cadres.capacity, held),
            ),
            departments=_departments(whole, kept),
            ways=_of(whole.ways, at),
            ways_min=_minutes(whole.ways, whole.ways_min, at),
            links=_of(whole.links, at),
            links_min=_minutes(whole.links, whole.links_min, at),
            recused=_of(whole.recused, at),
            locks=_of(whole.locks, slot_at),
            base=_of(whole.base, at),
        ),
        slots,
    )


def _departments(whole: Problem, kept: Ints) -> Departments:
    rows = whole.departments
    sent = np.bincount(whole.cadres.department[kept], minlength=len(rows.codes))

    def less(limit: Ints) -> Ints:
        return np.maximum(limit - sent, 0).astype(np.int64) if len(limit) else limit

    return replace(rows, least=less(rows.least), most=less(rows.most))


def _of(pairs: Ints, at: Ints) -> Ints:
    """Keep the pairs whose second number is there, in its new number."""
    found = pairs[at[pairs[:, 1]] >= 0]
    return np.column_stack([found[:, 0], at[found[:, 1]]]).reshape(-1, 2)


def _minutes(pairs: Ints, minutes: Floats, at: Ints) -> Floats:
    """Keep the minutes of those pairs."""
    return minutes[at[pairs[:, 1]] >= 0]
