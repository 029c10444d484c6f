"""When a plan may be in force: its days, and the room they need among those of others."""

from datetime import date, timedelta

from gisapp.errors import InvalidInput
from gisapp.i18n import N_
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


def make_room(
    session: Session, plan: Plan, first: date, last: date | None
) -> tuple[Plan | None, Publication | None]:
    """End what is in force on ``first``; return its plan, and the publication to be replaced."""
    there = in_the_way(session, plan, first, last)
    if there is None:
        return None, None
    if there.starts_on == first:
        return there.plan, there
    there.ends_on = first - timedelta(days=1)
    # Now, and not with the new one: the order in which rows are written is not ours to choose.
    session.flush()
    return there.plan, None


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
            raise PublicationAhead(plan=plans.code(each.plan), starts=each.starts_on)
        if each.starts_on <= first and (each.ends_on is None or each.ends_on >= first):
            if first < session.today:
                raise HistoryFixed(plan=plans.code(each.plan), starts=first)
            found = each
    return found
