"""What comparing and checking plans read alike of a town, kept as long as its data stay."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select

from gisapp.actions.work import Task
from gisapp.i18n import N_, Sentence
from gisapp.store import grids, plans, serving, standing
from gisapp.store.models import Cadre, Department, Plan
from gisapp.store.serving import Situation
from gisapp.store.session import Session
from gisapp.store.standing import Rules

Keep = Callable[[str, Callable[[], Any]], Any]
"""Keeps under a name what is the same under every plan."""


STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "held": N_("Reading who holds what."),
        "town": N_("Reading the town."),
        "hot": N_("Looking for hotspots."),
        "sum": N_("Putting it together."),
    }
)
"""What a job says while it reads, by the first word of what is kept; last, what follows."""


def nothing_kept(name: str, make: Callable[[], Any]) -> Any:
    """Read it and keep nothing."""
    return make()


def once_told(task: Task) -> Keep:
    """Read each of them once for a job, which says what it reads; who waits no more is left."""
    found: dict[str, Any] = {}

    def tell(step: str) -> None:
        task.leave_if_stopped()
        task.tell(step, None, Sentence(STEPS[step]))

    def keep(name: str, make: Callable[[], Any]) -> Any:
        if name not in found:
            step = name.partition(" ")[0]
            tell(step if step in STEPS else "sum")
            found[name] = make()
            tell("sum")
        return found[name]

    # The placements of a draft are read past all that is kept.
    tell("held")
    return keep


@dataclass(frozen=True, slots=True)
class Shared:
    """Reads each of them once."""

    session: Session
    keep: Keep

    def held(self, plan: Plan, day: date) -> Any:
        """Return `plans.holdings` of a plan; those of a draft change too often to be kept."""
        code = plans.code(plan)

        def read() -> Any:
            return plans.holdings(self.session, code, day)

        # The day decides nothing of a plan that is named.
        return read() if plan.state == "draft" else self.keep(f"held {code} {plan.version}", read)

    def town(self, plan: Plan) -> Situation:
        """Return the town, to be looked at under one plan or another (`serving.under`)."""
        code = plans.code(plan)
        found: Situation = self.keep("town", lambda: serving.situation(self.session, code, None))
        return found

    def rules(self, day: date) -> Rules:
        """Return what decides whether placements can stand on a day."""
        found: Rules = self.keep(f"rules {day}", lambda: standing.rules(self.session, day))
        return found

    def names(self, town: Situation) -> dict[str, str]:
        """Say what every grid and area is called."""

        def read() -> dict[str, str]:
            ground = zip(town.ground.codes, town.ground.names, strict=True)
            return grids.area_names(self.session, town.day) | dict(ground)

        found: dict[str, str] = self.keep("names", read)
        return found

    def who(self) -> dict[str, tuple[str, str]]:
        """Say the name and department of everybody, by staff number; the latest row wins."""

        def read() -> dict[str, tuple[str, str]]:
            rows = self.session.execute(
                select(Cadre.staff_number, Cadre.name, Department.name)
                .join(Department, Cadre.department_id == Department.id)
                .order_by(Cadre.valid_from)
            )
            return {number: (name, department) for number, name, department in rows}

        found: dict[str, tuple[str, str]] = self.keep("who", read)
        return found
