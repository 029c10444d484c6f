"""What stands between a draft and its publication: questions, departments, people, townships."""

from dataclasses import dataclass, field
from datetime import date

from gisapp.actions import contradictions, handover, questions
from gisapp.actions.compare import departments
from gisapp.actions.comparison import Sent
from gisapp.actions.owned import own_area
from gisapp.actions.questions import Item
from gisapp.actions.shared import Keep, Shared
from gisapp.auth import Scope
from gisapp.store import plans, serving
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
    replaces: str | None
    """The plan that ends."""
    items: list[Item]
    departments: list[Sent] = field(repr=False)
    cadres: list[handover.Cadre] = field(repr=False)
    townships: list[handover.Township] = field(repr=False)

    @property
    def ready(self) -> bool:
        """Whether nothing stops the publication."""
        return not any(item.level == "stop" for item in self.items)

    @property
    def people(self) -> dict[str, int]:
        """Count the people who gain posts, who lose some, and who keep what they have."""
        return {
            "gain": sum(bool(row.gain) for row in self.cadres),
            "lose": sum(bool(row.lose) for row in self.cadres),
            "keep": sum(row.kind == "keep" for row in self.cadres),
        }


def checklist(
    session: Session, code: str, first: date | None, last: date | None, keep: Keep
) -> Checklist:
    """Ask everything that should be known before a plan comes into force; changes nothing.

    ``keep`` is asked for what does not depend on the plan: the town and the hotspots.
    """
    session.actor.must(Scope.PLANS_WRITE)
    plan = plans.by_code(session, code)
    own_area(session, plan.area_code)
    code, first = plans.code(plan), first or session.today
    shared = Shared(session, keep)
    held = shared.held(plan, first)
    days, there = questions.days(session, plan, first, last)
    # A surge hides the normal plan: what ends is what this one is to be seen beside.
    before = (
        plans.holdings(session, None, first)
        if there is None or there.plan_id == plan.id
        else shared.held(there.plan, first)
    )
    before = before[before["post_code"].str.startswith(plan.area_code)]
    town = serving.under(session, shared.town(plan), code, held)
    fallen = contradictions.contradictions(session, plan, held, first, shared.rules(first))
    sent = departments(session, plan.area_code, (plan.mode, plan.mode), [before, held])
    hot = keep("hot", lambda: questions.hot(session))
    return Checklist(
        code,
        plan.version,
        plan.mode,
        plan.state,
        first,
        last,
        None if there is None else plans.code(there.plan),
        [
            days,
            *questions.standing(shared, fallen, len(held), first),
            questions.overlap(plan, there, first),
            *questions.surge(session, plan, first),
            questions.floors(sent),
            *questions.empty(town, hot),
            questions.seats(shared, town, held, plan.area_code),
            questions.moves(shared, before, held),
            questions.data(session, plan),
        ],
        sent,
        handover.cadres(shared, town, before, held),
        handover.townships(town, shared.names(town), before, held),
    )
