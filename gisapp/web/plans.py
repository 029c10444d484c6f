"""Plans: the list of all, the way to a publication, and the end of a surge."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from math import ceil
from typing import Annotated, Any, Final, Literal, TypeVar

from flask import Blueprint, Response
from pydantic import Field

from gisapp.actions import handover, said, surge
from gisapp.actions.checklist import Checklist, checklist
from gisapp.actions.checklist import people as everybody
from gisapp.actions.plans import Listed, list_plans, publish_seen
from gisapp.auth import Scope
from gisapp.query import FIRST_DAY, Query
from gisapp.web import ground
from gisapp.web.answers import answer, spoken
from gisapp.web.context import actor, asked, now, session, state
from gisapp.web.writing import Form, New, done_once, seen_version

plans = Blueprint("plans", __name__, url_prefix="/api/v1")

A_PERSON: Final = 800
"""About how many bytes one takes."""

A_LIST: Final = 200_000
"""The same of a checklist, with its places and townships."""

T = TypeVar("T")

Day = Annotated[date, Field(ge=FIRST_DAY)]


class Paged(Query):
    """One page of rows."""

    page: Annotated[int, Field(ge=1, le=10**6)] = 1
    size: Annotated[int, Field(ge=1, le=200)] = 20
    q: Annotated[str, Field(max_length=60)] = ""


class PlansQuery(Paged):
    """Which plans."""

    state: Literal["draft", "in_force", "coming", "over", ""] = ""


class Days(Query):
    """From which day to which."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None


class HandoverQuery(Paged, Days):
    """Which people, and from when."""

    kind: Literal["change", "lose", "gain", "keep", ""] = ""


class Dates(New):
    """The days of a publication; today and open where they are left out."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None


class Held(Form):
    """A publication as the checklist named it: its plan, and its days until then."""

    plan: Annotated[str, Field(max_length=30)]
    from_: Annotated[Day, Field(alias="from")]
    to: Day | None

    @property
    def held(self) -> tuple[str, date, date | None]:
        """Say it as actions do."""
        return self.plan, self.from_, self.to


class Seen(Dates):
    """What was seen before a publication: what it takes days from; unsaid, it may be anything."""

    displaces: Annotated[list[Held], Field(max_length=10)] | None = None


class Ending(New):
    """The surge that ends: its area (the only one), and its last day (yesterday)."""

    area: str | None = None
    on: Day | None = None


class StandDownQuery(Query):
    """The surge that would end, and its last day."""

    area: str | None = None
    on: Day | None = None


@plans.get("/plans")
def listed() -> Response:
    """List the plans, the newest first."""
    return answer(rows(PlansQuery.parse(asked("page", "size", "q", "state"))))


def rows(query: PlansQuery) -> dict[str, Any]:
    """Find plans by code, by who made them or by their state."""
    text = query.q.strip().lower()
    found = [
        row
        for row in reversed(list_plans(session()))
        if (not query.state or row.standing == query.state)
        and (not text or text in row.plan or text in by(row).lower())
    ]
    return _page(query, found, _row)


def by(row: Listed | surge.Surge) -> str:
    """Say who made or published it, in the reader's language where nobody said a name."""
    return str(spoken(said.who(row.by)))


@plans.get("/plans/<plan>/checklist")
def check(plan: str) -> Response:
    """Ask everything that should be known before a plan comes into force."""
    days = Days.parse(asked("from", "to"))

    def made() -> Checklist:
        return checklist(session(), plan, days.from_, days.to, ground.of_data)

    return answer(_kept("checklist", plan, days, made, lambda _: A_LIST).document())


@plans.get("/plans/<plan>/handover")
def people(plan: str) -> Response:
    """List what each cadre will see, those with most to do first, page by page."""
    query = HandoverQuery.parse(asked("from", "to", "page", "size", "q", "kind"))

    def made() -> list[handover.Cadre]:
        return everybody(session(), plan, query.from_, query.to, ground.of_data)

    found = _kept("handover", plan, query, made, lambda rows: A_PERSON * (len(rows) + 1))
    text = query.q.strip()
    wanted = [
        row
        for row in found
        if (not query.kind or row.kind == query.kind)
        and (not text or text in row.name or text in row.department or text in row.staff_number)
    ]
    return answer(_page(query, wanted, _person))


@plans.post("/plans/<plan>/publish")
def publish(plan: str) -> Response:
    """Put a plan in force as it was seen."""
    asked()
    actor().must(Scope.PLANS_WRITE)
    version, form = seen_version(), Seen.read()
    displaces = None if form.displaces is None else [each.held for each in form.displaces]
    return answer(
        done_once(
            form,
            lambda session: publish_seen(
                session, plan, version, form.from_, form.to, displaces
            ).document(),
        )
    )


@plans.get("/stand-down")
def foresee() -> Response:
    """Say what would hold if a surge ended; nothing is changed."""
    query = StandDownQuery.parse(asked("area", "on"))
    actor().must(Scope.PLANS_WRITE)
    with state().runtime.sessions.write(actor(), now()) as trying:
        found = surge.stand_down(trying, query.area, query.on)
        trying.rollback()
    return answer(found.document())


@plans.post("/stand-down")
def stand_down() -> Response:
    """End a surge; the normal plan holds again, untouched."""
    asked()
    actor().must(Scope.PLANS_WRITE)
    form = Ending.read()
    return answer(
        done_once(form, lambda session: surge.stand_down(session, form.area, form.on).document())
    )


def _kept(what: str, plan: str, days: Days, made: Callable[[], T], size: Callable[[T], int]) -> T:
    """Keep what is asked about a plan and its days until anything changes."""
    actor().must(Scope.PLANS_WRITE)
    key = (what, plan, days.from_, days.to, ground.who(), ground.stamp())
    return state().answers.get(key, made, size)


def _page(query: Paged, found: list[Any], told: Callable[[Any], Any]) -> dict[str, Any]:
    chosen = found[(query.page - 1) * query.size : query.page * query.size]
    return {
        "total": len(found),
        "page": query.page,
        "size": query.size,
        "pages": ceil(len(found) / query.size),
        "rows": [told(row) for row in chosen],
    }


def _row(row: Listed) -> Mapping[str, Any]:
    return asdict(row) | {"standing": row.standing, "by": by(row)}


def _person(row: handover.Cadre) -> Mapping[str, Any]:
    return asdict(row) | {"kind": row.kind, "sentence": row.sentence}
