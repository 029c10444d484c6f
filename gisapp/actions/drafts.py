"""What a match has come to, in minutes and words."""

from dataclasses import dataclass, field
from typing import Any

from gisapp.core.matching import words
from gisapp.core.matching.judge import Verdict
from gisapp.core.matching.moves import Corner
from gisapp.i18n import N_, Sentence
from gisapp.store import plans
from gisapp.store.matching import Fallen, Muster
from gisapp.store.models import Plan
from gisapp.store.standing import WHYS

SCORED = ("cost", "parts", "posts", "filled", "seats", "seats_filled", "moved", "people_moved")
"""What `Draft.document` and `Plan.score` say in the same words, beside the departments."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A department against its least deployed share."""

    code: str
    name: str
    base: int
    deployed: int
    floor: int
    eligible: int
    """People who could serve."""
    deployed_before: int
    """People out today."""
    floor_normal: int
    floor_surge: int

    @property
    def more(self) -> int:
        """People sent beyond those who are out today."""
        return self.deployed - self.deployed_before

    @property
    def preview(self) -> Sentence:
        """Say what a surge asks of the department and what it sends."""
        fields = {
            "department": self.name,
            "before": self.deployed_before,
            "deployed": self.deployed,
            "more": self.more,
            "normal": self.floor_normal,
            "surge": self.floor_surge,
        }
        message = N_(
            "{department}: {before} out today, {deployed} in the surge, {more} more; floors "
            "{normal} and {surge}."
        )
        return Sentence(message, fields)

    @property
    def short(self) -> int:
        """People missing to the floor."""
        return max(self.floor - self.deployed, 0)

    @property
    def sentence(self) -> Sentence:
        """Say where the department stands and, where it is short, what would mend it."""
        fields = {
            "department": self.name,
            "deployed": self.deployed,
            "base": self.base,
            "floor": self.floor,
            "short": self.short,
            "eligible": self.eligible,
        }
        people = max(self.floor - self.eligible, 0)
        posts = self.short - people
        if not self.short:
            return Sentence(N_("{department}: {deployed} of {base} out, floor {floor}."), fields)
        if posts <= 0:
            message = N_(
                "{department} is {short} short of its floor ({floor} of {base}): only {eligible} "
                "can serve. It needs {people} more available {people:person|people}."
            )
        elif not people:
            message = N_(
                "{department} is {short} short of its floor ({floor} of {base}): {eligible} can "
                "serve, and {posts} more {posts:seat|seats} they may fill would mend it."
            )
        else:
            message = N_(
                "{department} is {short} short of its floor ({floor} of {base}): only {eligible} "
                "can serve. It needs {people} more available {people:person|people} and {posts} "
                "more {posts:seat|seats}."
            )
        return Sentence(message, fields | {"people": people, "posts": posts})

    def document(self) -> dict[str, Any]:
        """Say it to programs."""
        return {
            "code": self.code,
            "name": self.name,
            "base": self.base,
            "deployed": self.deployed,
            "floor": self.floor,
            "eligible": self.eligible,
            "short": self.short,
            "deployed_before": self.deployed_before,
            "more": self.more,
            "floor_normal": self.floor_normal,
            "floor_surge": self.floor_surge,
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """What a match has come to; costs in minutes."""

    plan: str
    mode: str
    status: str
    gap: float | None
    cost: float
    parts: dict[str, float]
    posts: int
    filled: int
    """Posts of which every seat that must be filled is, and one at least that is wanted."""
    seats: int
    """Seats wanted."""
    seats_filled: int
    moved: int
    people_moved: int
    departments: list[Standing] = field(repr=False)
    placeless: int
    """Posts left out, because their place has no shape."""
    standing: int
    """Placements of the base plan that stand today; a surge keeps all of them."""
    fallen: list[Fallen] = field(repr=False)
    """Those that do not."""
    corners: list[Corner] | None = field(repr=False)
    """What fewer and more moves would cost; None when it was not asked for."""
    seconds: float

    @property
    def curve(self) -> list[dict[str, Any]]:
        """Least costs against moves, minutes; each is proven."""
        return [
            {"moves": each.moves, "cost": each.cost / 100, "gap": 0.0}
            for each in self.corners or ()
        ]

    @property
    def proof(self) -> Sentence:
        """Say what is proven of it."""
        return words.proof(self.gap)

    def document(self) -> dict[str, Any]:
        """Say it to programs; the keys are a contract."""
        head = {name: getattr(self, name) for name in ("plan", "mode", "status", "gap", *SCORED)}
        departments = [row.document() | {"sentence": row.sentence} for row in self.departments]
        if self.corners is not None:
            head["curve"] = self.curve
        return head | {
            "placeless": self.placeless,
            "standing": self.standing,
            "no_longer_stand": [told(row) for row in self.fallen],
            "departments": departments,
            "seconds": self.seconds,
        }


def told(row: Fallen) -> dict[str, Any]:
    """Say to programs which placement does not stand, and why."""
    fields = {"cadre": row.cadre, "post": row.post}
    return fields | {"why": row.why, "sentence": Sentence(WHYS[row.why], fields)}


def standings(town: Muster, deployed: list[int]) -> list[Standing]:
    """Hold the people out of the area's own departments against their floors.

    Of those who only lend people here, most is elsewhere: nothing can be said of their floors.
    """
    departments = town.problem.departments
    rows = zip(
        departments.codes,
        town.names,
        town.bases,
        deployed,
        departments.floor.tolist(),
        town.eligible,
        town.before,
        *town.floors,
        strict=True,
    )
    return [Standing(*row) for row, mine in zip(rows, town.own, strict=True) if mine]


def draft(  # what is known when a plan is made
    plan: Plan,
    town: Muster,
    verdict: Verdict,
    corners: list[Corner] | None,
    status: str,
    seconds: float,
) -> Draft:
    parts = verdict.parts
    return Draft(
        plan=plans.code(plan),
        mode=plan.mode,
        status=status,
        gap=plan.gap,
        cost=verdict.cost / 100,
        parts={
            "travel_min": parts.travel / 100,
            "specialty": parts.specialty / 100,
            "load": parts.load / 100,
            "disturbance": parts.disturbance / 100,
            "unfilled": parts.unfilled / 100,
            "floors": parts.floors / 100,
            "links": -parts.links / 100,
        },
        posts=len(town.post_ids),
        filled=verdict.posts_filled,
        seats=verdict.wanted,
        seats_filled=verdict.filled,
        moved=verdict.moved,
        people_moved=verdict.people_moved,
        departments=standings(town, verdict.deployed),
        placeless=town.placeless,
        standing=town.standing,
        fallen=town.fallen,
        corners=corners,
        seconds=seconds,
    )
