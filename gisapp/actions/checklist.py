"""What stands between a draft and its publication: questions, departments, people, townships."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Annotated, Any, Final

from pydantic import Field

from gisapp.actions import contradictions, handover, questions
from gisapp.actions.compare import departments
from gisapp.actions.comparison import Sent
from gisapp.actions.owned import own_area
from gisapp.actions.publications import Displaced, displacing
from gisapp.actions.questions import Item
from gisapp.actions.shared import Keep, Shared, once_told
from gisapp.actions.work import Task, Work
from gisapp.auth import Scope
from gisapp.query import FIRST_DAY, PlanCode, Query
from gisapp.store import plans, posts, serving
from gisapp.store.models import Plan
from gisapp.store.session import Session


@dataclass(frozen=True, slots=True)
class Checklist:
    """A plan on its way to publication from ``first`` to ``last``."""

    plan: str
    version: int
    mode: str
    state: str
    first: date
    last: date | None
    displaces: Displaced | None
    """What loses days to it."""
    items: list[Item]
    departments: list[Sent] = field(repr=False)
    people: dict[str, int]
    """How many gain posts, lose some, or keep what they have."""
    townships: list[handover.Township] = field(repr=False)

    @property
    def ready(self) -> bool:
        """Whether nothing stops the publication."""
        return not any(item.level == "stop" for item in self.items)

    def document(self) -> dict[str, Any]:
        """Say it to programs."""
        return {
            "plan": self.plan,
            "version": self.version,
            "mode": self.mode,
            "state": self.state,
            "from": self.first,
            "to": self.last,
            "replaces": None if self.displaces is None else self.displaces.plan,
            "displaces": displacing(self.displaces),
            "ready": self.ready,
            "items": [item.document() for item in self.items],
            "people": self.people,
            "departments": [asdict(row) for row in self.departments],
            "townships": [asdict(row) | {"sentence": row.sentence} for row in self.townships],
        }


@dataclass(frozen=True, slots=True)
class _Sides:
    """Who holds what before a plan comes into force and after."""

    plan: Plan
    first: date
    days: Item
    there: Displaced | None
    """What loses days to it."""
    before: Any
    after: Any


def _sides(shared: Shared, code: str, first: date | None, last: date | None) -> _Sides:
    session = shared.session
    session.actor.must(Scope.PLANS_WRITE)
    plan = plans.by_code(session, code)
    own_area(session, plan.area_code)
    first = first or session.today
    days, there = questions.days(session, plan, first, last)
    # A surge hides the normal plan: what ends is what this one is to be seen beside.
    before = (
        plans.holdings(session, None, first)
        if there is None or there.ours
        else shared.held(plans.by_code(session, there.plan), first)
    )
    before = before[before["post_code"].str.startswith(plan.area_code)]
    return _Sides(plan, first, days, there, before, shared.held(plan, first))


def checklist(
    session: Session, code: str, first: date | None, last: date | None, keep: Keep
) -> Checklist:
    """Ask everything that should be known before a plan comes into force; changes nothing.

    ``keep`` is asked for what does not depend on the plan: the town and the hotspots.
    """
    shared = Shared(session, keep)
    sides = _sides(shared, code, first, last)
    plan, first, there, held = sides.plan, sides.first, sides.there, sides.after
    code = plans.code(plan)
    town = serving.under(session, shared.town(plan), code, held)
    fallen = contradictions.contradictions(session, plan, held, first, shared.rules(first))
    sent = departments(session, plan.area_code, (plan.mode, plan.mode), [sides.before, held])
    hot = keep("hot", lambda: questions.hot(session))
    return Checklist(
        code,
        plan.version,
        plan.mode,
        plan.state,
        first,
        last,
        there,
        [
            sides.days,
            *questions.standing(shared, fallen, len(held), first),
            # Without a place among the others there is nothing that it displaces.
            *(_around(session, plan, there, last) if sides.days.level == "well" else []),
            *questions.surge(session, plan, first),
            questions.floors(sent),
            *questions.empty(town, hot),
            questions.seats(shared, town, held, plan.area_code),
            questions.moves(shared, sides.before, held),
            questions.data(session, plan),
        ],
        sent,
        handover.counts(sides.before, held),
        handover.townships(town, shared.names(town), sides.before, held),
    )


def _around(session: Session, plan: Plan, there: Displaced | None, last: date | None) -> list[Item]:
    return [questions.overlap(there, session.today), *questions.after(session, plan, last)]


def people(
    session: Session, code: str, first: date | None, last: date | None, keep: Keep
) -> list[handover.Cadre]:
    """List what each cadre will see, those with most to do first."""
    shared = Shared(session, keep)
    sides = _sides(shared, code, first, last)
    named = keep("places", lambda: posts.place_names(session, session.today))
    return handover.cadres(shared, named, sides.before, sides.after)


class CheckQuery(Query):
    """Which plan, from which day to which."""

    plan: PlanCode
    first: Annotated[date | None, Field(ge=FIRST_DAY)] = None
    last: Annotated[date | None, Field(ge=FIRST_DAY)] = None


def work(task: Task, asked: CheckQuery) -> dict[str, Any]:
    """Go through the checklist in the background."""
    with task.read() as session:
        return checklist(session, asked.plan, asked.first, asked.last, once_told(task)).document()


WORK: Final = Work("checklist", Scope.PLANS_WRITE, CheckQuery, work)
