"""Where a leader's visit matters, and whether what began there helped."""

from typing import Any

from flask import Blueprint, Response

from gisapp.actions import beforeafter
from gisapp.actions import visits as deeds
from gisapp.actions.beforeafter import EffectQuery
from gisapp.actions.visits import VisitsQuery
from gisapp.auth import Scope
from gisapp.web import ground
from gisapp.web.answers import answer
from gisapp.web.context import actor, asked, session

visits = Blueprint("visits", __name__, url_prefix="/api/v1/visits")

effects = Blueprint("effects", __name__, url_prefix="/api/v1/before-after")


@visits.get("")
def listed() -> Response:
    """List the grids where a visit matters most, with names and places."""
    query = VisitsQuery.parse(asked("month", "quarter", "year", "category", "area", "most", "view"))

    def made() -> dict[str, Any]:
        return deeds.suggest(session(), query)

    # Who may not see them is told so before anything that was kept is looked at.
    deeds.must_see(session())
    key = f"visits {query.model_dump_json()}"
    found = ground.of_data(key, made) if ground.keeps() else made()
    return answer(found | {"grids": [ground.located(row) for row in found["grids"]]})


@effects.get("")
def compared() -> Response:
    """Hold grids where something began against similar ones, before and after."""
    actor().must(Scope.HOTSPOTS_READ)
    query = EffectQuery.parse(asked("what", "quarter", "category"))

    def made() -> dict[str, Any]:
        return beforeafter.compare(session(), query)

    key = f"before-after {query.model_dump_json()}"
    found = ground.of_data(key, made) if ground.keeps() else made()
    return answer(found | {"grids": [ground.located(row) for row in found["grids"]]})
