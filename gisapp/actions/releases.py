"""Release months whose figures are seen, and one of them again."""

from dataclasses import dataclass

from gisapp.auth import Scope
from gisapp.core import windows
from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.store import releases, yearbook
from gisapp.store.installation import NoAreas
from gisapp.store.session import Session


class ReleasedAlready(InvalidInput):
    """A month has been seen, and nobody said that it is to be released again."""

    code = "released_already"
    message = N_(
        "{month} has been released: its figures stay as they are. Add --again to take them anew; "
        "whoever kept the old ones can compare them with the new ones."
    )


@dataclass(frozen=True, slots=True)
class Released:
    """What came of releasing one month."""

    month: str
    counties: dict[str, int]
    """Disputes of the month in each county, for the operator."""


def release(session: Session, month: str, *, again: bool) -> Released:
    """Fix the figures of a month that is over, or take them anew; the audit says so."""
    session.actor.must(Scope.HOTSPOTS_EXACT)
    (number,) = windows.whole(month, session.today)
    if not releases.counties(session):
        raise NoAreas
    if not again:
        if not releases.due(session, number):
            raise ReleasedAlready(month=month)
        return Released(month, releases.first(session, number))
    found = releases.again(session, number)
    yearbook.forget(session, number)
    return Released(month, found)
