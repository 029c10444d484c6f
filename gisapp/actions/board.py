"""A draft laid out for one change: who is where, who could be, and what forbids it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gisapp.actions import asked, refusals
from gisapp.actions.laid import Table
from gisapp.core.coverage import NONE
from gisapp.core.matching.tally import fits
from gisapp.errors import InvalidInput
from gisapp.store import drafts
from gisapp.store.drafts import Pair
from gisapp.store.matching import Muster
from gisapp.store.models import Plan
from gisapp.store.session import Session

Held = tuple[int, bool]
"""Slot id, locked."""


@dataclass(frozen=True)
class Board:
    """The placements of a draft, and the rules of its problem."""

    session: Session
    plan: Plan
    table: Table
    held: Mapping[Pair, Held]

    # Codes and ids -----------------------------------------------------------------------

    @property
    def town(self) -> Muster:
        """The problem, and what its positions are called."""
        return self.table.muster

    def post_at(self, post: int) -> int:
        """Find the position of a post in the problem; `NONE` where it has none."""
        return int(self.table.posts.find(np.array([post]))[0])

    def cadre_at(self, cadre: int) -> int:
        """Find the position of somebody in the problem; `NONE` where there is none."""
        return int(self.table.cadres.find(np.array([cadre]))[0])

    def post(self, code: str) -> int:
        """Find a post of the problem: its id."""
        return self.town.post_ids[asked.post_at(self.session, self.plan, self.town, code)]

    def cadre(self, staff_number: str) -> int:
        """Find somebody of the problem: the id."""
        at = asked.cadre_at(self.session, self.plan, self.plan.area_code, self.town, staff_number)
        return self.town.cadre_ids[at]

    def pair(self, post: str, staff_number: str) -> Pair:
        """Find a placement of the draft by its codes."""
        found = drafts.find(self.session, self.plan, post, staff_number)
        if found is None or found not in self.held:
            raise self._not_there(post, staff_number)
        return found

    def _not_there(self, post: str, staff_number: str) -> refusals.NotThere:
        """Say that somebody is not in a post, by names where there are any, and who is."""
        posts, people = drafts.ids(self.session, [post], [staff_number])
        name = next(iter(drafts.people(self.session, people).values()), staff_number)
        place = next(iter(drafts.places(self.session, posts).values()), post)
        sitting = [one for each in posts for one in self._sitting(each)]
        return refusals.NotThere(person=name, place=place, sitting=sitting)

    def names(self, post: int, cadre: int) -> dict[str, object]:
        """Name a person and a place, for sentences."""
        return {
            "person": drafts.people(self.session, [cadre]).get(cadre, "?"),
            "place": drafts.places(self.session, [post]).get(post, "?"),
        }

    # Rules -------------------------------------------------------------------------------

    @cached_property
    def loads(self) -> Counter[int]:
        """How many posts each person holds in the draft."""
        return Counter(cadre for _, cadre in self.held)

    @cached_property
    def seats(self) -> Counter[int]:
        """How many people sit in each slot of the draft."""
        return Counter(slot for slot, _ in self.held.values())

    def slots(self, post: int) -> list[int]:
        """Positions of the slots of a post, by number."""
        slots = self.town.problem.slots
        return [int(at) for at in np.flatnonzero(slots.post == self.post_at(post))]

    def fits(self, pairs: Iterable[Pair]) -> list[bool]:
        """Tell which pairs may be a placement at all, whatever the seats."""
        ids = np.array(list(pairs), np.int64).reshape(-1, 2)
        posts, people = self.table.posts.find(ids[:, 0]), self.table.cadres.find(ids[:, 1])
        known = (posts != NONE) & (people != NONE)
        known[known] = fits(self.town.problem, people[known], posts[known])
        return [bool(each) for each in known]

    def ensure_fit(self, post: int, cadre: int) -> None:
        """Raise the rule that keeps a person out of a post, whatever the seats."""
        if not self.fits([(post, cadre)])[0]:
            raise self.unfit(post, cadre)

    def unfit(self, post: int, cadre: int) -> InvalidInput:
        """Name the rule that keeps a person out of a post, where one does."""
        names = self.names(post, cadre)
        who, where = self.cadre_at(cadre), self.post_at(post)
        problem = self.town.problem
        if NONE in (who, where) or not problem.cadres.available[who]:
            return refusals.NotAvailable(**names)
        if ((problem.recused[:, 0] == who) & (problem.recused[:, 1] == where)).any():
            return refusals.RecusedThere(**names)
        return refusals.RankElsewhere(**names)

    def ensure_room(self, post: int, cadre: int, leaving: int = 0) -> None:
        """Raise when a person can take no further post, ``leaving`` some."""
        cadres, at = self.town.problem.cadres, self.cadre_at(cadre)
        held = int(cadres.held[at]) + self.loads[cadre] - leaving
        if held >= cadres.capacity[at]:
            capacity = int(cadres.capacity[at])
            raise refusals.BeyondCapacity(held=held, capacity=capacity, **self.names(post, cadre))

    def seat(self, post: int, cadre: int, number: int | None) -> int:
        """Choose a free seat for somebody: the id of its slot.

        Without a ``number``: one whose specialty the person knows, then one that is wanted.
        """
        problem, here = self.town.problem, self.slots(post)
        slots = problem.slots
        if number is not None:
            here = [at for at in here if slots.number[at] == number]
            if not here:
                raise refusals.NoSuchSlot(slot=number, **self.names(post, cadre))
        taken = {at: self.seats[self.town.slot_ids[at]] for at in here}
        free = [at for at in here if taken[at] < slots.most[at]]
        if not free:
            sitting = self._sitting(post, here)
            raise refusals.NoSeatFree(sitting=sitting, **self.names(post, cadre))
        knows = problem.cadres.knows[self.cadre_at(cadre)]

        def rank(at: int) -> tuple[bool, bool, bool, int]:
            asks = int(slots.specialty[at])
            lacks = asks >= 0 and knows[asks] < slots.level[at]
            spare = taken[at] >= slots.wanted[at]
            return (lacks, spare, asks < 0, int(slots.number[at]))

        return self.town.slot_ids[min(free, key=rank)]

    def _sitting(self, post: int, slots: Sequence[int] | None = None) -> list[dict[str, str]]:
        """Name those who sit in a post, or in some of its slots (positions)."""
        some = None if slots is None else {self.town.slot_ids[at] for at in slots}
        there = [
            cadre
            for (where, cadre), (slot, _) in self.held.items()
            if where == post and (some is None or slot in some)
        ]
        found = drafts.staff(self.session, there)
        return [{"cadre": number, "name": name} for number, name in found]

    def ensure_unlocked(self, pair: Pair) -> None:
        """Raise when a placement is locked."""
        if self.held[pair][1]:
            raise refusals.Locked(**self.names(*pair))
