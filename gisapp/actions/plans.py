"""Match cadres to posts, and put plans in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from gisapp.actions.contradictions import ensure_stands
from gisapp.actions.displacing import Held, ensure_displaces
from gisapp.actions.drafts import Draft
from gisapp.actions.history import ensure_seen
from gisapp.actions.match import Mode, Terms, pose, solve, store
from gisapp.actions.owned import own_area
from gisapp.actions.publications import (
    Displaced,
    displaced,
    displacing,
    ensure_days,
    make_room,
)
from gisapp.auth import Scope
from gisapp.core.matching.engine import Watch, never_stop
from gisapp.store import audit, drafts, plans
from gisapp.store.models import Plan, Publication
from gisapp.store.session import Session


def match_cadres(  # each is an option of the command
    session: Session,
    area: str | None = None,
    *,
    mode: Mode = "normal",
    seed: int = 0,
    based_on: str | None = None,
    max_moves: int | None = None,
    curve: bool = False,
    watch: Watch = never_stop,
) -> Draft:
    """Make the draft plan of least cost for an area (all that the actor answers for).

    It starts from the plan ``based_on``, else from what is in force today: the normal plan too
    where a surge lies over it, unless a surge is asked for. Posts that rules ask for are made
    first. What cannot be filled or reached stays open and is said. A surge raises
    the floors, keeps every placement that stands, and fills first the seats of posts nobody
    serves and of places with most disputes. Which placements it kept is not stored as a lock.
    At most ``max_moves`` placements that could stand are given up; ``curve`` adds what fewer or
    more moves would cost. ``watch`` is told how far it is and may stop with the best plan so far.
    """
    posed = pose(session, Terms(area, mode, seed, based_on, max_moves, curve))
    return store(session, posed, solve(posed, watch))


@dataclass(frozen=True, slots=True)
class Published:
    """What came into force, and what it took the place of."""

    plan: str
    mode: str
    area: str
    starts_on: date
    ends_on: date | None
    displaces: Displaced | None

    @property
    def replaces(self) -> str | None:
        """Name the plan that lost days."""
        return None if self.displaces is None else self.displaces.plan

    def document(self) -> dict[str, Any]:
        """Say it to programs; the keys are a contract."""
        return {
            "plan": self.plan,
            "mode": self.mode,
            "area": self.area,
            "from": self.starts_on,
            "to": self.ends_on,
            "replaces": self.replaces,
            "displaces": displacing(self.displaces),
        }


def publish_seen(
    session: Session,
    code: str,
    version: int,
    starts_on: date | None,
    ends_on: date | None,
    displaces: Iterable[Held] | None,
) -> Published:
    """Put a plan in force as it was seen: at a version, and taking days from ``displaces`` only.

    None of them: whatever it takes days from, as a command does.
    Two who publish at once come one after the other, so that the second sees what the first did.
    """
    plan = _to_publish(session, code)
    ensure_seen(session, plan, version, None)
    ensure_days(session, plan, starts_on or session.today, ends_on)
    if displaces is not None:
        ensure_displaces(session, plan, starts_on or session.today, ends_on, displaces)
    return publish_standing(session, code, starts_on, ends_on)


def publish_standing(
    session: Session, code: str, starts_on: date | None, ends_on: date | None
) -> Published:
    """Put a plan in force, with nothing in it that cannot be, whatever it takes days from."""
    plan = _to_publish(session, code)
    first = starts_on or session.today
    ensure_days(session, plan, first, ends_on)
    # Whether there is room comes first: on other days other placements stand.
    displaced(session, plan, first, ends_on)
    ensure_stands(session, plan, first)
    return publish_plan(session, code, starts_on, ends_on)


def _to_publish(session: Session, code: str) -> Plan:
    """Find a plan that nobody else publishes or changes now."""
    session.actor.must(Scope.PLANS_WRITE)
    plans.one_by_one(session)
    plan = plans.by_code(session, code)
    own_area(session, plan.area_code)
    drafts.lock(session, plan)
    return plan


def publish_plan(
    session: Session, code: str, starts_on: date | None = None, ends_on: date | None = None
) -> Published:
    """Put a plan in force from a day (today) to a day (open), and freeze it.

    The publication of the same area and mode that holds on the first day ends the day before;
    one that began on that very day has no day before. After the last day a normal one holds
    again. Days that are over keep what they had. A surge has a last day; what is in force in
    normal times stays.
    """
    session.actor.must(Scope.PLANS_WRITE)
    plan = plans.by_code(session, code)
    own_area(session, plan.area_code)
    # Who changes the draft just now is waited for.
    drafts.lock(session, plan)
    first = starts_on or session.today
    ensure_days(session, plan, first, ends_on)
    there = make_room(session, plan, first, ends_on)

    plan.state = "frozen"
    session.add(
        Publication(
            area_code=plan.area_code,
            mode=plan.mode,
            starts_on=first,
            ends_on=ends_on,
            plan_id=plan.id,
            published_at=session.now,
            published_by=session.actor.name,
        )
    )
    session.flush()
    done = Published(
        plans.code(plan),
        plan.mode,
        plan.area_code,
        first,
        ends_on,
        there,
    )
    audit.note(
        session,
        "plan.published",
        f"plan {done.plan}",
        area_code=plan.area_code,
        starts_on=str(first),
        ends_on=None if ends_on is None else str(ends_on),
        replaces=done.replaces,
        again=None if there is None or there.again is None else str(there.again),
    )
    return done


@dataclass(frozen=True, slots=True)
class Listed:
    """One plan in the list of all, and when it is in force."""

    plan: str
    mode: str
    state: str
    made_on: date
    seats: int | None
    seats_filled: int | None
    """None where the list of its seats came from a file, or where only part of it is seen."""
    gap: float | None
    published: list[dict[str, date | None]]
    in_force: bool
    """Today."""
    until: date | None
    """Last day of what is in force today; null where it has none, or nothing is."""
    ahead: bool
    """Comes into force on a later day."""
    by: str
    based_on: str | None
    """None where the other plan is not this actor's to see, too."""
    version: int

    @property
    def standing(self) -> str:
        """Say in a word where the plan is: draft, in_force, coming or over."""
        if self.state == "draft":
            return "draft"
        if self.in_force:
            return "in_force"
        return "coming" if self.ahead else "over"


def whole_code(session: Session, plan: str) -> str:
    """Return the code of a plan that is named by it, or by its number where one area has it."""
    session.actor.must(Scope.PLANS_READ)
    return plans.code(plans.by_code(session, plan))


def list_plans(session: Session) -> list[Listed]:
    """List all plans, the latest of each area last."""
    session.actor.must(Scope.PLANS_READ)
    when: dict[int, list[Publication]] = {}
    for each in plans.publications(session):
        when.setdefault(each.plan_id, []).append(each)
    today = {each.plan_id: each.ends_on for each in plans.in_force(session, session.today)}
    every = plans.everything(session)
    codes: dict[int | None, str] = {plan.id: plans.code(plan) for plan in every}
    return [
        Listed(
            plans.code(plan),
            plan.mode,
            plan.state,
            session.day_of(plan.created_at),
            score.get("seats"),
            score.get("seats_filled"),
            plan.gap,
            [{"from": each.starts_on, "to": each.ends_on} for each in when.get(plan.id, ())],
            plan.id in today,
            today.get(plan.id),
            any(each.starts_on > session.today for each in when.get(plan.id, ())),
            plan.created_by,
            codes.get(plan.based_on_id),
            plan.version,
        )
        for plan in every
        for score in [plans.whole_score(session, plan)]
    ]
