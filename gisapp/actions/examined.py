"""A stored plan beside the problem it came from, and the best plan of that problem."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from gisapp.actions import asked, origins, owned
from gisapp.core.matching import judge, words
from gisapp.core.matching.contradictions import ensure
from gisapp.core.matching.cost import Costs
from gisapp.core.matching.engine import Engine
from gisapp.core.matching.explain import Change
from gisapp.core.matching.problem import NONE, Ints, plan
from gisapp.core.matching.tally import Tallier, Tally
from gisapp.core.matching.words import Pieces
from gisapp.i18n import N_, Name, Sentence
from gisapp.store import cadres, plans, posts, ties
from gisapp.store.cadres import Person
from gisapp.store.matching import Muster
from gisapp.store.session import Session

Against = Literal["this plan", "the best plan", "today's data"]
"""What changes are counted from: the plan itself where it is the best of its data, which are
those of today; else the best plan of them."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a post of a plan."""

    cadre: str
    name: str
    department: str
    """Its code."""
    slot: int
    """Its number."""
    locked: bool
    pair: tuple[int, int] | None
    """Cadre and slot in the problem; None where it has not both."""


@dataclass(frozen=True)
class Examined:
    """A plan, its problem as of today, and an engine that holds the best plan of it."""

    code: str
    """What people call the plan."""
    seed: int
    imported: bool
    """Whether the plan came from a file."""
    town: Muster
    engine: Engine
    fresh: bool
    """Whether today's data are those of the plan."""
    whole: bool
    """Whether the problem has all placements of the plan."""
    sound: bool
    """Whether these can be compared with the best plan by cost."""
    cadre: Ints
    slot: Ints
    """Placements of the plan that the problem has."""
    tally: Tally
    holders: Callable[[int], list[Holder]]
    """Who is in a post (position)."""
    people: Mapping[int, Person]
    places: Mapping[str, str]
    specialties: list[Name]
    costs: Costs
    part: str = ""
    """The area that is looked at, where it is not all of the plan's."""

    def best(self, post: int) -> set[int]:
        """Tell who is in a post in the best plan."""
        cadre, slot = self.engine.placements()
        return set(cadre[self.town.problem.slots.post[slot] == post].tolist())

    @cached_property
    def against(self) -> Against:
        """Tell what changes are counted from."""
        if not self.fresh:
            return "today's data"
        mine = self._keys(self.cadre, self.slot)
        same = self.whole and np.array_equal(mine, self._keys(*self.engine.placements()))
        return "this plan" if same else "the best plan"

    def _keys(self, cadre: Ints, slot: Ints) -> Ints:
        return np.sort(cadre * len(self.town.slot_ids) + slot)

    @property
    def saved(self) -> int | None:
        """By how much the best plan is cheaper, 0.01 min; None where that cannot be said."""
        return self.tally.cost - self.engine.cost if self.sound else None

    def there(self, post: int) -> set[int]:
        """Tell who of the problem is in a post of the plan."""
        return set(self.cadre[self.town.problem.slots.post[self.slot] == post].tolist())

    def judged(self, pair: tuple[int, int]) -> Pieces:
        """Say what a placement of the plan is made of."""
        tally, (cadre, slot) = self.tally, pair
        at = int(np.flatnonzero((self.cadre == cadre) & (self.slot == slot))[0])
        return Pieces(
            self.town.names[self.town.problem.cadres.department[cadre]],
            int(tally.travel[at]),
            named(self.specialties, int(self.costs.asked[slot])),
            int(tally.specialty[at]),
            int(tally.load[at]),
            int(tally.link[at]),
            bool(tally.kept[at]),
        )

    def called(self, cadre: int) -> dict[str, Any]:
        """Name somebody by position, for programs."""
        row = self.people[self.town.cadre_ids[cadre]]
        return {"cadre": row.staff_number, "name": row.name}

    def person(self, cadre: int) -> Sentence:
        """Name somebody by position."""
        row = self.people[self.town.cadre_ids[cadre]]
        return words.person(row.name, row.staff_number)

    def place(self, post: int) -> str:
        """Name the place of a post."""
        code = ties.place(self.town.problem.posts.codes[post])
        return self.places.get(code, code)

    def post(self, post: int) -> Sentence:
        """Name a post by its place and the code of that."""
        code, _, role = self.town.problem.posts.codes[post].rpartition(":")
        message = N_("chief of {place} ({code})") if role == "chief" else N_("{place} ({code})")
        return Sentence(message, {"place": self.place(post), "code": code})

    def pieces(self, cadre: int, post: int) -> Pieces:
        """Say what a pair would be made of, in the seat that suits best."""
        problem, costs = self.town.problem, self.costs
        who, where = np.array([cadre]), np.array([post])
        slots = np.flatnonzero(problem.slots.post == post)
        missing = costs.specialty(np.full(len(slots), cadre), slots)
        at = int(np.lexsort((costs.asked[slots] == NONE, missing))[0])
        return Pieces(
            self.town.names[problem.cadres.department[cadre]],
            int(costs.travel(who, where)[0]),
            named(self.specialties, int(costs.asked[slots[at]])),
            int(missing[at]),
            0,
            int(costs.link(who, where)[0]),
            bool(costs.kept(who, where)[0]),
        )

    def moves(self, change: Change) -> list[dict[str, Any]]:
        """Say who comes and who leaves where."""
        codes = self.town.problem.posts.codes
        return [
            self.called(cadre)
            | {
                "post": codes[post],
                "move": "came" if came else "went",
                "sentence": words.move(self.person(cadre), self.post(post), came=came),
            }
            for came, pairs in ((True, change.came), (False, change.went))
            for cadre, post in pairs
        ]

    @property
    def sentence(self) -> Sentence:
        """Say what changes are counted from."""
        fields: dict[str, object] = {"plan": self.code}
        if self.part:
            message = N_(
                "Of plan {plan} only {area} is looked at. Runner-up and changes are those of the "
                "best plan of today's data for that part."
            )
            return Sentence(message, fields | {"area": self.part})
        if self.against == "this plan":
            return Sentence(N_("Plan {plan} is the best of its data: changes are exact."), fields)
        if self.against == "the best plan" and self.saved:
            message = N_(
                "Plan {plan} is not the best of its data: the best costs {saved} min less. "
                "Runner-up and changes are those of the best plan."
            )
            return Sentence(message, fields | {"saved": words.minutes(self.saved)})
        if self.against == "the best plan":
            message = N_(
                "Plan {plan} costs as much as the best of its data. Runner-up and changes are "
                "those of the best plan."
            )
        elif self.imported:
            message = N_(
                "Plan {plan} came from a file. Runner-up and changes are those of the best plan "
                "of today's data."
            )
        else:
            message = N_(
                "Data have changed since plan {plan} was made. Runner-up and changes are those of "
                "the best plan of today's data."
            )
        return Sentence(message, fields)


def examine(
    session: Session,
    code: str,
    post: str | None = None,
    cadre: str | None = None,
    *,
    part: bool = False,
) -> tuple[Examined, int | None, int | None]:
    """Build the problem of a plan as of today and solve it; find a post and a cadre in it.

    A plan of another day, or of other rows, is examined against today's data. Of a plan for more
    than the actor's area, the ``part`` that she sees is examined where that will do.
    """
    stored = plans.by_code(session, code)
    area = owned.part(session, stored) if part else owned.own_area(session, stored.area_code)
    town = origins.origin(session, stored, area).town
    where = None if post is None else asked.post_at(session, stored, town, post)
    who = None if cadre is None else asked.cadre_at(session, stored, area, town, cadre)
    ensure(town.problem)
    engine = Engine(town.problem, stored.seed)
    engine.solve()
    held = plans.holdings(session, plans.code(stored), session.today)
    placed = origins.placed(town, held)
    chosen = plan(town.problem, *ties.pairs(placed.values()).T, gap=None)
    whole = len(placed) == len(held)
    names = cadres.specialty_names(session)
    tallier = Tallier(town.problem)
    found = Examined(
        plans.code(stored),
        stored.seed,
        stored.parameters.get("source") == origins.IMPORT,
        town,
        engine,
        town.digest == stored.input_digest,
        whole,
        whole and not judge.check(town.problem, chosen).broken_rules,
        chosen.cadre,
        chosen.slot,
        tallier.count(chosen.cadre, chosen.slot),
        lambda post: _holders(held, placed, town.problem.posts.codes[post]),
        cadres.persons(session),
        posts.place_names(session, session.today),
        [names[each] for each in sorted(names)],
        tallier.costs,
        "" if area == stored.area_code else area,
    )
    return found, where, who


def _holders(
    held: pd.DataFrame, placed: Mapping[origins.Row, tuple[int, int]], post: str
) -> list[Holder]:
    mine: Any = held[held["post_code"] == post]
    return [
        Holder(
            row["staff_number"],
            row["cadre_name"],
            row["department_code"],
            row["slot_number"],
            row["locked"],
            placed.get((row["cadre_id"], row["post_code"], row["slot_number"])),
        )
        for row in mine.to_dict("records")
    ]


def named(specialties: list[Name], position: int) -> Name | None:
    """Name a specialty by position."""
    return None if position == NONE else specialties[position]
