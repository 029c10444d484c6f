"""A draft over a small county, changed as a planner would change it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from gisapp.actions import drafting, editing
from gisapp.actions.deeds import Deed
from gisapp.actions.desk import Desk, desk
from gisapp.actions.plans import match_cadres, publish_plan
from gisapp.actions.stamps import stamp_of_data
from gisapp.auth import Actor, Role
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import Assignment, Cadre, Plan, Post, Slot
from gisapp.store.session import Session
from tests import kept
from tests.county import COUNTY, NOW, PLANNER, TODAY, TOWNSHIP, build

SONG = Actor("宋雨桐", Role.PLANNER, COUNTY)
GU = Actor("顾明澜", Role.PLANNER, COUNTY)

COMMUNITY = f"{TOWNSHIP}001"
CHIEF = f"{TOWNSHIP}:chief"

Rows = list[tuple[str, int, str, bool, str]]


def member(number: int) -> str:
    """Code of the post of a grid, 1, 2, …"""
    return f"{COMMUNITY}{number:03d}:member"


def cadre(number: int) -> str:
    return f"C{number:05d}"


@dataclass
class Planner:
    """One planner at one draft; remembers the version seen last."""

    runtime: Runtime
    plan: str
    actor: Actor = PLANNER
    version: int = 0
    kept: dict[str, Any] = field(default_factory=dict)

    def opened(self, session: Session, plan: str) -> Desk:
        name = f"{plan} {stamp_of_data(session, lambda _, make: make())}"
        if name not in self.kept:
            self.kept[name] = desk(session, plan, lambda _, make: make())
        found: Desk = self.kept[name]
        return found

    def look(self) -> "Planner":
        """See the version there is now."""
        with self.runtime.sessions.read(self.actor, NOW) as session:
            self.version = plans.by_code(session, self.plan).version
        return self

    def do(self, deed: Deed, **more: Any) -> dict[str, Any]:
        return self._write(
            lambda s: editing.do(s, self.opened, self.plan, self.version, deed, **more)
        )

    def undo(self, **more: Any) -> dict[str, Any]:
        return self._step("undo", **more)

    def redo(self, **more: Any) -> dict[str, Any]:
        return self._step("redo", **more)

    def _step(self, kind: editing.Step, **more: Any) -> dict[str, Any]:
        return self._write(
            lambda s: editing.step(s, self.opened, self.plan, self.version, kind, **more)
        )

    def _write(self, deed: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
        with self.runtime.sessions.write(self.actor, NOW) as session:
            answer = deed(session)
        self.version = answer["version"]
        return answer

    def rows(self) -> Rows:
        with self.runtime.sessions.read(self.actor, NOW) as session:
            return rows(session, self.plan)


def rows(session: Session, code: str) -> Rows:
    """Read the placements of a plan with all they carry, by post, slot and staff number."""
    plan = plans.by_code(session, code)
    found = session.execute(
        select(Post.code, Slot.number, Cadre.staff_number, Assignment.locked, Assignment.why)
        .join(Post, Assignment.post_id == Post.id)
        .join(Slot, Assignment.slot_id == Slot.id)
        .join(Cadre, Assignment.cadre_id == Cadre.id)
        .where(Assignment.plan_id == plan.id)
        .order_by(Post.code, Slot.number, Cadre.staff_number)
    )
    return [(*row[:4], str(sorted(row[4].items()))) for row in found]


def published(runtime: Runtime, **size: int) -> str:
    """Build a county and put a plan in force."""

    def make() -> str:
        build(runtime, **size)
        with runtime.sessions.write(PLANNER, NOW) as session:
            made = match_cadres(session)
            publish_plan(session, made.plan, TODAY)
        return made.plan

    return kept.once(runtime, f"published {sorted(size.items())}", make)


def started(runtime: Runtime, actor: Actor = PLANNER, mode: Any = "normal") -> Planner:
    """Begin a draft of what is in force."""
    with runtime.sessions.write(actor, NOW) as session:
        plan: Plan = drafting.create(session, uuid4(), None, mode)
        return Planner(runtime, plans.code(plan), actor, plan.version)


def drafted(runtime: Runtime, **size: int) -> Planner:
    """Build a county, put a plan in force, begin a draft of it."""
    size = {"grids": 10, "cadres": 16} | size

    def make() -> tuple[str, int]:
        published(runtime, **size)
        planner = started(runtime)
        return planner.plan, planner.version

    plan, version = kept.once(runtime, f"drafted {sorted(size.items())}", make)
    return Planner(runtime, plan, version=version)


def held(found: Rows, post: str) -> list[str]:
    """Who is in a post."""
    return [row[2] for row in found if row[0] == post]


def load(found: Rows, who: str) -> int:
    """How many posts somebody holds."""
    return sum(row[2] == who for row in found)
