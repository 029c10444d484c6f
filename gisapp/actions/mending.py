"""What would fill the open seats of a post, or let a department reach its floor."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gisapp.actions.examined import Examined, examine
from gisapp.actions.explain import head
from gisapp.auth import Scope
from gisapp.core.matching.mend import MOST, Mended, Mender, Step
from gisapp.errors import NotFound
from gisapp.i18n import N_, Sentence
from gisapp.store.session import Session


class NoSuchDepartment(NotFound):
    """The plan has no floor for the department."""

    code = "no_such_department"
    message = N_("Plan {plan} has no department {department} of its own area.")


@dataclass(frozen=True, slots=True)
class FloorMended:
    """A department of the best plan, and what would let it reach its floor."""

    found: Examined
    row: int
    deployed: int
    mended: Mended | None

    @property
    def sentence(self) -> Sentence:
        """Say where the department stands."""
        town = self.found.town
        floor = int(town.problem.departments.floor[self.row])
        fields: dict[str, object] = {
            "department": town.names[self.row],
            "deployed": self.deployed,
            "base": town.bases[self.row],
            "floor": floor,
            "short": max(floor - self.deployed, 0),
            "most": MOST,
        }
        if self.deployed >= floor:
            message = N_("{department} reaches its floor: {deployed} of {base} out, floor {floor}.")
        elif self.mended is None:
            message = N_(
                "{department}: {deployed} of {base} out, floor {floor}, {short} short. No "
                "newcomers, posts or seats would mend it (or more than {most} are missing)."
            )
        else:
            message = N_(
                "{department}: {deployed} of {base} out, floor {floor}, {short} short. The fewest "
                "changes that mend it, of these the cheapest:"
            )
        return Sentence(message, fields)

    def document(self) -> dict[str, Any]:
        """Say it to programs."""
        town = self.found.town
        return head(self.found) | {
            "department": town.problem.departments.codes[self.row],
            "name": town.names[self.row],
            "base": town.bases[self.row],
            "deployed": self.deployed,
            "floor": int(town.problem.departments.floor[self.row]),
            "mend": told(self.found, self.mended),
            "sentence": self.sentence,
        }


def open_seats(found: Examined, post: int) -> list[dict[str, Any]]:
    """List what would fill one more seat of each slot that the best plan leaves open."""
    slots = found.town.problem.slots
    sitting = np.bincount(found.engine.placements()[1], minlength=len(slots.post))
    left = np.flatnonzero((slots.post == post) & (sitting < slots.wanted)).tolist()
    mender = Mender(found.engine, found.town.problem, found.seed)
    return [
        {
            "slot": int(slots.number[slot]),
            "mend": told(found, mended),
            "sentence": _headline(found, slot, mended),
        }
        for slot in left
        for mended in [mender.fill_seat(slot)]
    ]


def reach_floor(session: Session, plan: str, department: str) -> FloorMended:
    """Say what would let a department reach its floor in the best plan of a plan's data."""
    session.actor.must(Scope.PLANS_READ)
    found, _, _ = examine(session, plan)
    town = found.town
    codes = town.problem.departments.codes
    row = codes.index(department) if department in codes else -1
    if row < 0 or not town.own[row]:
        raise NoSuchDepartment(plan=found.code, department=department)
    who, _ = found.engine.placements()
    load = np.bincount(who, minlength=len(town.problem.cadres.codes))
    cadres = town.problem.cadres
    out = (load + cadres.held > 0) & cadres.counts & (cadres.department == row)
    mender = Mender(found.engine, town.problem, found.seed)
    return FloorMended(found, row, int(out.sum()), mender.reach_floor(row))


def told(found: Examined, mended: Mended | None) -> dict[str, Any] | None:
    """Say changes to programs; costs in minutes."""
    if mended is None:
        return None
    return {
        "change": mended.change / 100,
        "steps": [_told(found, step) for step in mended.steps],
    }


def _told(found: Examined, step: Step) -> dict[str, Any]:
    town = found.town
    told: dict[str, Any] = {"kind": step.kind}
    if step.cadre is not None:
        told |= found.called(step.cadre)
        fields = {
            "person": found.person(step.cadre),
            "capacity": int(town.problem.cadres.capacity[step.cadre]),
        }
        message = N_("{person} takes one post more than the capacity of {capacity} allows.")
    elif step.slot is not None:
        post = int(town.problem.slots.post[step.slot])
        number = int(town.problem.slots.number[step.slot])
        told |= {"post": town.problem.posts.codes[post], "slot": number}
        fields = {"post": found.post(post), "slot": number}
        message = N_("One more seat in slot {slot} of {post}.")
    else:
        assert step.department is not None  # noqa: S101  # of a newcomer or a ceiling
        told["department"] = town.problem.departments.codes[step.department]
        fields = {"department": town.names[step.department]}
        if step.office is None:
            message = N_("One more placement of {department}, above its limit.")
        else:
            told |= {"office": town.offices[step.office], "leader": step.leader}
            fields["office"] = town.offices[step.office]
            leader = N_("One more leader of {department}, at {office}.")
            message = leader if step.leader else N_("One more cadre of {department}, at {office}.")
    return told | {"sentence": Sentence(message, fields)}


def _headline(found: Examined, slot: int, mended: Mended | None) -> Sentence:
    number = int(found.town.problem.slots.number[slot])
    if mended is None:
        message = N_("Slot {slot} stays open: no newcomer, further post or seat would fill it.")
        return Sentence(message, {"slot": number})
    if not mended.steps:
        message = N_(
            "Slot {slot}: others could move to fill it, and the whole plan would be {change} min "
            "dearer than with the seat open."
        )
        return Sentence(message, {"slot": number, "change": round(mended.change / 100, 1)})
    message = N_("Slot {slot}: the fewest changes that fill it, of these the cheapest:")
    return Sentence(message, {"slot": number})
