"""When a plan may be in force: its days, and the room they need among those of others."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Sentence, day_name
from gisapp.store import plans
from gisapp.store.models import Plan, Publication
from gisapp.store.session import Session


class EndsBeforeStart(InvalidInput):
    """A publication would end before it starts."""

    code = "ends_before_start"
    message = N_("A plan cannot be in force from {starts} to {ends}.")


class AlreadyOver(InvalidInput):
    """A publication would be over already."""

    code = "already_over"
    message = N_("{ends} is over. Choose today or a later day as the last one.")


class SurgeNeedsEnd(InvalidInput):
    """A surge would have no last day, or one that is too far away."""

    code = "surge_needs_end"
    message = N_(
        "A surge needs a last day, at most {days} days from its first. The latest is {latest}."
    )


class PublicationAhead(InvalidInput):
    """Another plan of the area is to come into force within the time."""

    code = "publication_ahead"
    message = N_("Plan {plan} is in force from {starts}. End this one before that day.")


class SamePlanAhead(InvalidInput):
    """Before the last day the plan itself is in force already."""

    code = "same_plan_ahead"
    message = N_(
        "This plan is in force from {starts} anyway. End before that day: it goes on then."
    )


class HistoryFixed(InvalidInput):
    """Days that are over would get another plan."""

    code = "history_fixed"
    message = N_("Plan {plan} was in force on {starts} already. Begin today or later.")


def ensure_days(session: Session, plan: Plan, first: date, last: date | None) -> None:
    """Raise unless a plan may be in force on these days, both included."""
    if last is not None and last < first:
        raise EndsBeforeStart(starts=first, ends=last)
    if last is not None and last < session.today:
        raise AlreadyOver(ends=last)
    if plan.mode == "surge":
        days = session.settings.surge_days
        latest = first + timedelta(days=days - 1)
        if last is None or last > latest:
            raise SurgeNeedsEnd(days=days, latest=latest)


@dataclass(frozen=True, slots=True)
class Displaced:
    """The publication that loses days to a plan, and what is left of it."""

    plan: str
    starts_on: date
    ends_on: date | None
    """As it was until now."""
    until: date | None
    """Its new last day; None where it begins on the same day as the plan."""
    again: date | None
    """The day from which it is in force once more."""
    ours: bool
    """Whether it is of the same plan."""

    @property
    def held(self) -> tuple[str, date, date | None]:
        """Name it as it was until now."""
        return self.plan, self.starts_on, self.ends_on

    @property
    def sentence(self) -> Sentence:
        """Say what is left of it."""
        days = {"until": self.until, "again": self.again}
        named = {name: day_name(day) for name, day in days.items() if day is not None}
        said = OURS if self.ours else LEFT[self.until is not None, self.again is not None]
        return Sentence(said, named | {"plan": self.plan})

    def document(self) -> dict[str, Any]:
        """Say it to programs; the keys are a contract."""
        return {
            "plan": self.plan,
            "from": self.starts_on,
            "to": self.ends_on,
            "until": self.until,
            "again": self.again,
            "sentence": self.sentence,
        }


def displacing(there: Displaced | None) -> list[dict[str, Any]]:
    """Say to programs what loses days: a list, for it may be nothing."""
    return [] if there is None else [there.document()]


OURS: Final = N_("On these days this plan is in force already.")

LEFT: Final = {
    (True, False): N_("Plan {plan} ends on {until} and can be read after it."),
    (True, True): N_("Plan {plan} ends on {until} and is in force again from {again}."),
    (False, False): N_("It takes the place of plan {plan}, which begins on the same day."),
    (False, True): N_("Plan {plan}, which begins on the same day, is in force from {again} only."),
}
"""By whether it keeps days before the plan, and days after it."""


def displaced(session: Session, plan: Plan, first: date, last: date | None) -> Displaced | None:
    """Say which publication would lose days to a plan; raise when there is no room for it."""
    there = in_the_way(session, plan, first, last)
    return None if there is None else _left(there, plan, first, last)


def _left(there: Publication, plan: Plan, first: date, last: date | None) -> Displaced:
    """Say what is left of a publication that holds on ``first``.

    What is in force in normal times holds again after the last day, for no day should be without
    a plan. A surge does not: another one took its place, and normal times come after that.
    """
    ours = there.plan_id == plan.id
    goes_on = last is not None and (there.ends_on is None or there.ends_on > last)
    return Displaced(
        plans.code(there.plan),
        there.starts_on,
        there.ends_on,
        first - timedelta(days=1) if there.starts_on < first else None,
        next_day(last) if last and goes_on and plan.mode == "normal" and not ours else None,
        ours,
    )


def nobody_after(session: Session, plan: Plan, last: date) -> tuple[date, date | None] | None:
    """Find the days after ``last`` on which no plan of normal times is in force; None: none.

    Where ``plan`` ends, what it displaces is in force again; else one of its own area, or of a
    larger one. Both days are included, and the second may be open.
    """
    first = next_day(last)
    later = [
        each
        for each in plans.publications(session)
        if each.mode == "normal"
        and plan.area_code.startswith(each.area_code)
        and (each.ends_on is None or each.ends_on >= first)
        # It ends for itself: what is said now takes the place of what was said before.
        and not (each.plan_id == plan.id and each.area_code == plan.area_code and _now(each, last))
    ]
    if any(_now(each, last) or each.starts_on == first for each in later):
        return None
    ahead = [each.starts_on for each in later]
    return first, min(ahead) - timedelta(days=1) if ahead else None


def _now(each: Publication, last: date) -> bool:
    return each.starts_on <= last


def next_day(day: date) -> date:
    """Return the day after."""
    return day + timedelta(days=1)


def make_room(session: Session, plan: Plan, first: date, last: date | None) -> Displaced | None:
    """Take the days from what is in force on ``first``; say what is left of that."""
    there = in_the_way(session, plan, first, last)
    if there is None:
        return None
    left = _left(there, plan, first, last)
    rest = {
        "area_code": there.area_code,
        "mode": there.mode,
        "plan_id": there.plan_id,
        "ends_on": there.ends_on,
        "published_at": there.published_at,
        "published_by": there.published_by,
    }
    if left.until is None:
        session.delete(there)
    else:
        there.ends_on = left.until
    # Now, and not with the new ones: the order in which rows are written is not ours to choose.
    session.flush()
    if left.again is not None:
        session.add(Publication(starts_on=left.again, **rest))
    return left


def in_the_way(session: Session, plan: Plan, first: date, last: date | None) -> Publication | None:
    """Find what is in force on ``first`` and would end; raise when there is no room for the plan.

    Only publications of the same area and mode are in each other's way: a surge never touches
    the normal one.
    """
    found = None
    for each in plans.publications(session):
        if (each.area_code, each.mode) != (plan.area_code, plan.mode):
            continue
        if each.starts_on > first and (last is None or each.starts_on <= last):
            if each.starts_on >= session.today and each.plan_id == plan.id:
                raise SamePlanAhead(starts=each.starts_on)
            wrong = HistoryFixed if each.starts_on < session.today else PublicationAhead
            raise wrong(plan=plans.code(each.plan), starts=each.starts_on)
        if each.starts_on <= first and (each.ends_on is None or each.ends_on >= first):
            if first < session.today:
                raise HistoryFixed(plan=plans.code(each.plan), starts=first)
            found = each
    return found
