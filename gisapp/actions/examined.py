"""A stored plan beside the problem it came from, and the best plan of that problem."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from gisapp.actions import asked, origins
from gisapp.actions.plans import own_area
from gisapp.core.matching import judge, words
from gisapp.core.matching.contradictions import ensure
from gisapp.core.matching.cost import Costs
from gisapp.core.matching.engine import Engine
from gisapp.core.matching.explain import Change
from gisapp.core.matching.judge import Verdict
from gisapp.core.matching.problem import NONE, Ints, plan
from gisapp.core.matching.problem import Plan as Placements
from gisapp.core.matching.words import Pieces
from gisapp.i18n import N_, Name, Sentence
from gisapp.store import cadres, plans, posts, ties
from gisapp.store.cadres import Person
from gisapp.store.matching import Muster
from gisapp.store.models import Plan
from gisapp.store.session import Session

Against = Literal["this plan", "the best plan", "today's data"]
"""What changes are counted from: the plan itself where it is the best of its data, which are
those of today; else the best plan of them."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A plan, its problem as of today, and an engine that holds the best plan of it."""

    stored: Plan
    town: Muster
    engine: Engine
    against: Against
    held: pd.DataFrame
    """Of the plan, as `plans.holdings` gives it."""
    placed: dict[origins.Row, tuple[int, int]]
    """Cadre and slot of its placements, where the problem has both."""
    judged: dict[tuple[int, int], Pieces]
    """What these are made of."""
    best: set[tuple[int, int]]
    """Who is in which post in the best plan."""
    saved: int | None
    """By how much the best plan is cheaper, 0.01 min; None where that cannot be said."""
    people: dict[int, Person]
    places: dict[str, str]
    specialties: list[Name]
    costs: Costs

    @property
    def code(self) -> str:
        """What people call the plan."""
        return plans.code(self.stored)

    def slot_post(self, slot: int) -> int:
        """Find the post of a slot."""
        return int(self.town.problem.slots.post[slot])

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
        """Name a post."""
        code = self.town.problem.posts.codes[post]
        return Sentence(N_("{place} ({post})"), {"place": self.place(post), "post": code})

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
        elif self.stored.parameters.get("source") == origins.IMPORT:
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
    session: Session, code: str, post: str | None = None, cadre: str | None = None
) -> tuple[Examined, int | None, int | None]:
    """Build the problem of a plan as of today and solve it; find a post and a cadre in it.

    A plan of another day, or of other rows, is examined against today's data.
    """
    stored = plans.by_code(session, code)
    own_area(session, stored.area_code)
    town = origins.again(session, stored)
    where = None if post is None else asked.post_at(session, stored, town, post)
    who = None if cadre is None else asked.cadre_at(session, stored, town, cadre)
    ensure(town.problem)
    engine = Engine(town.problem, stored.seed)
    engine.solve()
    best = engine.placements()
    held = plans.holdings(session, plans.code(stored), session.today)
    placed = origins.placed(town, held)
    whole = len(placed) == len(held)
    chosen = plan(town.problem, *ties.pairs(placed.values()).T, gap=None)
    verdict = judge.check(town.problem, chosen)
    same = whole and _rows(chosen.cadre, chosen.slot) == _rows(*best)
    fresh = town.digest == stored.input_digest
    names = cadres.specialty_names(session)
    specialties = [names[each] for each in sorted(names)]
    costs = Costs(town.problem)
    found = Examined(
        stored,
        town,
        engine,
        ("this plan" if same else "the best plan") if fresh else "today's data",
        held,
        placed,
        _judged(town, costs, specialties, chosen, verdict),
        _rows(best[0], town.problem.slots.post[best[1]]),
        verdict.cost - engine.cost if whole and not verdict.broken_rules else None,
        cadres.persons(session),
        posts.place_names(session, session.today),
        specialties,
        costs,
    )
    return found, where, who


def _judged(
    town: Muster, costs: Costs, specialties: list[Name], chosen: Placements, verdict: Verdict
) -> dict[tuple[int, int], Pieces]:
    """Say what each placement of the plan is made of, as the judge finds."""
    department = town.problem.cadres.department
    rows = zip(chosen.cadre.tolist(), chosen.slot.tolist(), verdict.reasons, strict=True)
    return {
        (cadre, slot): Pieces(
            town.names[department[cadre]],
            reason.travel,
            named(specialties, int(costs.asked[slot])),
            reason.specialty,
            reason.load,
            reason.link,
            reason.kept,
        )
        for cadre, slot, reason in rows
    }


def named(specialties: list[Name], position: int) -> Name | None:
    """Name a specialty by position."""
    return None if position == NONE else specialties[position]


def _rows(cadre: Ints, slot: Ints) -> set[tuple[int, int]]:
    return set(zip(cadre.tolist(), slot.tolist(), strict=True))
