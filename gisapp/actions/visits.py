"""Where a leader's visit matters: hot or to deal with now, much left open, seldom visited."""

from typing import Annotated, Any, Final

from pydantic import Field

from gisapp.auth import EVERYWHERE, Scope
from gisapp.core import visits, windows
from gisapp.core.publication import FEW
from gisapp.core.visits import Place
from gisapp.errors import Forbidden
from gisapp.i18n import N_, Name, Sentence, window_name
from gisapp.query import HotspotQuery
from gisapp.store import disputes, hotspots, services
from gisapp.store.session import Session

ALL: Final = Name("全部", "All")

TOWNSHIP: Final = 9
"""Digits of the code of a township: whoever answers for one, or for less, may be visited."""


class HiddenFromTheVisited(Forbidden):
    """A township, or somebody below, asks where visits are suggested."""

    code = "hidden_from_the_visited"
    message = N_("Where visits are suggested is not shown to the townships that may be visited.")


class VisitsQuery(HotspotQuery):
    """Of which window and category the hotspots are, within which area, and how many rows."""

    area: Annotated[str, Field(pattern=r"[0-9]{2,12}")] | None = None
    most: Annotated[int, Field(ge=1, le=1000)] = 50


def may_see(session: Session) -> bool:
    """Say whether suggestions are shown to the actor: never to those who may be visited."""
    actor = session.actor
    above = actor.area_code == EVERYWHERE or len(actor.area_code) < TOWNSHIP
    return above and actor.may(Scope.HOTSPOTS_READ)


def must_see(session: Session) -> None:
    """Raise `HiddenFromTheVisited` for those who may be visited."""
    session.actor.must(Scope.HOTSPOTS_READ)
    if not may_see(session):
        raise HiddenFromTheVisited


def suggest(session: Session, query: VisitsQuery) -> dict[str, Any]:
    """List grids hot or to deal with now, first where much was left open and few have been.

    What was left open is that of the last quarter that was over with the window.
    """
    must_see(session)
    picture = hotspots.picture(session, query)
    codes, today = picture.codes, session.today
    said, found = picture.published(), picture.trends()
    quarter = windows.last_quarter(picture.within[-1])
    months = windows.months(quarter)
    counts = picture.told(months, None).counts
    there = disputes.left_open(session, codes, months[-1])
    left = visits.left_open(counts, picture.together(there, months))
    since = windows.a_year_ago(today)
    seen = [visits.said(one) for one in services.visits(session, codes, since, today).tolist()]
    order = visits.order(said.bins, found.classes, left, seen)
    inside = [at for at in order.tolist() if codes[at].startswith(query.area or "")]

    def row(at: int) -> dict[str, Any]:
        place = Place(said.bins[at], counts[at], left[at], seen[at])
        return {
            "code": codes[at],
            "bin": place.level,
            "trend": found.classes[at],
            "count": place.count,
            "left_open": place.left,
            "visits": place.visits,
            "sentence": visits.reason(place),
        }

    return {
        "window": picture.window,
        "quarter": quarter,
        "category": picture.category,
        "category_name": picture.name or ALL,
        "from": since.isoformat(),
        "to": today.isoformat(),
        "total": len(inside),
        "base": len(codes),
        "sentence": _headline(len(inside), sum(not seen[at] for at in inside)),
        "note": Sentence(
            N_(
                "Grids significantly hot in the window, or to deal with now: high in the last "
                "month, and new, consecutive or intensifying. First where most disputes of "
                "{quarter}, of all categories, were left open for each visit of the last {months} "
                "months: open ÷ (visits + 1), where a figure below {few} counts as {some}. What "
                "was open at the end of the quarter stays as it was first published."
            ),
            {
                "quarter": window_name(quarter),
                "months": visits.MONTHS,
                "few": FEW,
                "some": visits.SOME,
            },
        ),
        "grids": [row(at) for at in inside[: query.most]],
    }


def _headline(hot: int, never: int) -> Sentence:
    if not hot:
        return Sentence(
            N_("No grid is significantly hot or to deal with now; no visit is suggested.")
        )
    return Sentence(
        N_(
            "{hot} {hot:grid|grids}, hot or to deal with now; in {never} of them nobody has been "
            "for {months} months."
        ),
        {"hot": hot, "never": never, "months": visits.MONTHS},
    )
