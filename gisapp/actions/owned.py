"""Plans that an actor may look at, and drafts that may be changed."""

from typing import Final

from gisapp.actions import refusals
from gisapp.auth import EVERYWHERE, Scope, area_code
from gisapp.errors import Forbidden
from gisapp.i18n import N_
from gisapp.store import plans
from gisapp.store.models import Plan
from gisapp.store.session import Session

DRAFT: Final = "draft"


class OtherArea(Forbidden):
    """The area, or the plan's area, is not within what the actor answers for."""

    code = "other_area"
    message = N_("{area} lies outside the area this role answers for.")


def own_area(session: Session, area: str) -> str:
    """Return the area when the actor answers for it."""
    own = session.actor.area_code
    if own != EVERYWHERE and not area_code(area).startswith(own):
        raise OtherArea(area=area)
    return area_code(area)


def part(session: Session, plan: Plan) -> str:
    """Return the part of a plan's area that the actor answers for: all of it, or her own area."""
    own = session.actor.area_code
    return plan.area_code if own == EVERYWHERE else max(plan.area_code, own, key=len)


def editable(session: Session, code: str) -> Plan:
    """Find a draft that the actor may change."""
    session.actor.must(Scope.PLANS_WRITE)
    plan = own_plan(session, code)
    still_draft(plan)
    return plan


def still_draft(plan: Plan) -> None:
    """Raise where a plan is no draft any more."""
    if plan.state != DRAFT:
        raise refusals.PlanFrozen(plan=plans.code(plan))


def own_plan(session: Session, code: str) -> Plan:
    """Find a plan of the area that the actor answers for."""
    plan = plans.by_code(session, code)
    own_area(session, plan.area_code)
    return plan


def known(session: Session, code: str) -> str:
    """Return the code of a plan that the actor sees at least a part of; raise otherwise."""
    session.actor.must(Scope.PLANS_READ)
    return plans.code(plans.by_code(session, code))


def seen_plan(session: Session, code: str) -> Plan:
    """Find a plan of the actor's area, to look at what was done to it."""
    session.actor.must(Scope.PLANS_READ)
    return own_plan(session, code)
