"""What in a plan cannot be: placements that do not stand on the day it comes into force."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.store import plans, standing
from gisapp.store.matching import Fallen
from gisapp.store.models import Plan
from gisapp.store.session import Session
from gisapp.store.standing import Rules

GROUPS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "recused": frozenset({"recused"}),
        "capacity": frozenset({"capacity"}),
        "seats_taken": frozenset({"seats_taken"}),
        "stands": frozenset(standing.WHYS) - {"recused", "capacity", "seats_taken"},
    }
)
"""What is told apart on the way to publishing, and the reasons (`standing.WHYS`) of each."""


class PlanContradicts(InvalidInput):
    """A plan that is to come into force has placements that cannot stand."""

    code = "plan_contradicts"
    message = N_(
        "{n} {n:placement|placements} of plan {plan} cannot stand on {day}. "
        "Mend them in the draft, then publish."
    )


def contradictions(
    session: Session, plan: Plan, held: Any, day: date, rules: Rules | None = None
) -> list[Fallen]:
    """List the placements of a plan that could not stand on ``day``, and why.

    ``rules`` are those of the day, where they were read before.
    """
    away = plans.held_outside(session, plan.area_code, day)
    whys = standing.whys(session, held, day, away, rules)
    numbers, posts = (held[name].to_numpy(object) for name in ("staff_number", "post_code"))
    return [Fallen(numbers[at], posts[at], why) for at, why in enumerate(whys) if why]


def ensure_stands(session: Session, plan: Plan, day: date) -> None:
    """Raise `PlanContradicts` unless every placement can stand on ``day``."""
    code = plans.code(plan)
    found = contradictions(session, plan, plans.holdings(session, code, day), day)
    if found:
        raise PlanContradicts(n=len(found), plan=code, day=day)
