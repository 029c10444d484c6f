"""What comparing and checking plans read alike of a town, kept as long as its data stay."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from gisapp.store import grids, plans, serving, standing
from gisapp.store.models import Cadre, Department, Plan
from gisapp.store.serving import Situation
from gisapp.store.session import Session
from gisapp.store.standing import Rules

Keep = Callable[[str, Callable[[], Any]], Any]
"""Keeps under a name what is the same under every plan."""


def nothing_kept(name: str, make: Callable[[], Any]) -> Any:
    """Read it and keep nothing."""
    return make()


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
        found: Situation = self.keep(
            "town", lambda: serving.situation(self.session, code, None).light()
        )
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
