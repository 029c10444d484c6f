"""/api/v1/drafts: a draft as a planner works on it, to read; nothing here changes it."""

from collections.abc import Sequence
from math import ceil
from typing import Annotated, Any, Final, Literal

import numpy as np
from flask import Blueprint, Response, request
from pydantic import Field

from gisapp.actions import draft_grids, draft_heads, draft_people, draft_whys, maps
from gisapp.actions.desk import Desk
from gisapp.layer import Values
from gisapp.palette import STATES
from gisapp.query import InvalidParameter, Query
from gisapp.web import ground
from gisapp.web.answers import AGAIN, answer, sent, written
from gisapp.web.context import asked, session, state
from gisapp.web.desks import opened
from gisapp.web.maps_api import shares

drafts = Blueprint("drafts", __name__, url_prefix="/api/v1/drafts")

LARGEST: Final = 1000
"""Rows of one page."""

Text = Annotated[str, Field(max_length=80)]


class Page(Query):
    """Which part of a list, and of which names."""

    page: Annotated[int, Field(ge=1, le=10**9)] = 1
    size: Annotated[int, Field(ge=1, le=LARGEST)] = 50
    q: Text = ""

    def cut(self, found: Sequence[int]) -> list[int]:
        """Take this page of a list."""
        return list(found[(self.page - 1) * self.size : self.page * self.size])

    def told(self, total: int, rows: list[dict[str, Any]]) -> Response:
        """Answer a page."""
        head = {"total": total, "page": self.page, "size": self.size}
        return answer(head | {"pages": ceil(total / self.size), "rows": rows})


class Gaps(Page):
    """Gaps, or with ``all`` every grid."""

    all: Literal["", "0", "1"] = ""


class People(Page):
    """People of a department, or with ``free`` those who have time left."""

    department: Annotated[str, Field(max_length=32)] = ""
    free: Literal["", "0", "1"] = ""


class Level(Query):
    """Of grids, or summed up above them."""

    level: Literal["grid", "community", "township"] = "grid"


class WhyNot(Query):
    """Whom to put there instead: staff number or name."""

    why_not: Text = ""


class Most(Query):
    """How many."""

    most: Annotated[int, Field(ge=1, le=50)] = 10


@drafts.get("/<plan>")
def head(plan: str) -> Response:
    """Tell what a draft comes to; the best plan it is held against is begun meanwhile."""
    asked()
    desk = opened(session(), plan)
    told = draft_heads.head(session(), desk)
    if told["editable"]:
        desk.think_ahead(session())
    return answer(told)


@drafts.get("/<plan>/gaps")
def gaps(plan: str) -> Response:
    """List where the draft leaves gaps, the most urgent first."""
    query = Gaps.parse(asked("page", "size", "q", "all", several="state"))
    desk = opened(session(), plan)
    states = request.args.getlist("state")
    for state_ in states:
        if state_ not in STATES:
            raise InvalidParameter(name="state", value=state_[:80])
    laid, found = draft_grids.found(
        session(), desk, query.q.strip(), states, served=query.all == "1"
    )
    return query.told(len(found), draft_grids.rows(session(), desk, laid, query.cut(found)))


@drafts.get("/<plan>/people")
def people(plan: str) -> Response:
    """List people, what they hold and what they could take."""
    query = People.parse(asked("page", "size", "q", "department", "free", several="first"))
    desk = opened(session(), plan)
    laid, found = draft_people.people(
        session(),
        desk,
        query.q.strip(),
        query.department,
        free=query.free == "1",
        first=set(request.args.getlist("first")),
    )
    rows = [draft_people.person(desk, laid, at) for at in query.cut(found)]
    return query.told(len(found), rows)


@drafts.get("/<plan>/people/<staff_number>")
def person(plan: str, staff_number: str) -> Response:
    """Tell all of one person."""
    asked()
    desk = opened(session(), plan)
    return answer(draft_people.closely(session(), desk, staff_number))


@drafts.get("/<plan>/people/<staff_number>/offers")
def offers(plan: str, staff_number: str) -> Response:
    """List the posts a person could take, once the best plan is known."""
    query = Most.parse(asked("most"))
    desk = opened(session(), plan)
    found = draft_whys.offers(session(), desk, staff_number, query.most)
    return _solved(None if found is None else {"offers": found})


@drafts.get("/<plan>/departments")
def departments(plan: str) -> Response:
    """List departments against their floors."""
    asked()
    return answer({"rows": draft_heads.departments(session(), opened(session(), plan))})


@drafts.get("/<plan>/values")
def values(plan: str) -> Response:
    """Answer one state a grid in the order of the boundaries' ids; above grids, shares."""
    query = Level.parse(asked("level"))
    desk = opened(session(), plan)
    version = desk.now(session())[0]
    kept = (ground.who(), "values", desk.code, version, query.level, desk.stamp)
    body = state().answers.get(kept, lambda: _values(desk, query.level), len)
    return sent(body, "application/json", AGAIN)


def _values(desk: Desk, level: Literal["grid", "community", "township"]) -> bytes:
    version, columns = draft_heads.values(session(), desk)
    revision = desk.town.ground.revision or maps.EMPTY
    if level != "grid":
        found = Values(revision, desk.town.ground.codes, {"state": np.array(columns["state"])})
        columns = shares(ground.layer("coverage"), found, level)
    told = {"layer": "draft", "revision": revision, "version": version, "level": level}
    return written(told | {"columns": columns})


@drafts.get("/<plan>/grids/<grid>")
def grid(plan: str, grid: str) -> Response:
    """Tell all of one grid: its posts, who holds them, who could."""
    asked()
    return answer(draft_grids.closely(session(), opened(session(), plan), grid))


@drafts.get("/<plan>/posts/<post>/why")
def why(plan: str, post: str) -> Response:
    """Say why a match is, once the best plan is known."""
    query = WhyNot.parse(asked("why_not"))
    desk = opened(session(), plan)
    return _solved(draft_whys.why(session(), desk, post, query.why_not.strip()))


def _solved(found: dict[str, Any] | None) -> Response:
    """Answer what needs the best plan; 202 where it takes a while yet: ask again."""
    if found is not None:
        return answer(found)
    response = answer({"state": "solving"})
    response.status_code = 202
    return response
