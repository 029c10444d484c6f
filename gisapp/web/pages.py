"""The pages people open: maps, my grid, and the two switches in the top bar."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from gisapp.actions import fieldwork, maps, views, visits
from gisapp.actions.plans import Listed, list_plans, whole_code
from gisapp.actions.tiles import usual
from gisapp.auth import OPERATOR, Role, Scope
from gisapp.i18n import LOCALES
from gisapp.layer import Layer
from gisapp.query import InvalidParameter, PlanQuery
from gisapp.web import ground
from gisapp.web.answers import answer, spoken
from gisapp.web.context import (
    LANGUAGE_COOKIE,
    VIEW_COOKIE,
    actor,
    asked,
    keep,
    now,
    seen_with,
    session,
    state,
)
from gisapp.web.framing import MAPS, around, dressed, mapped, told
from gisapp.web.maps import frame
from gisapp.web.naming import named

pages = Blueprint("pages", __name__)

AT_ONCE: Final = 3_000
"""Grids up to which a map opens with all of them; of larger towns it first shows what is above."""

WINDOW: Final = (940, 720)
"""Pixels in which a map opens on a desk; a smaller or larger one asks for what else it needs."""

ABOVE: Final = {"grid": "community"}
"""What a large town shows in place of its grids until their codes have come."""

MOST_PLANS: Final = 20
"""Plans that a map offers to show; the list of plans leads to older ones."""


@pages.get("/")
def home() -> Response:
    """Lead to the map that matters most, a cadre to her grid."""
    if actor().role is Role.CADRE:
        return _to(url_for("pages.my_grid"))
    return _to(url_for("pages.map_page", name=MAPS[0]))


@pages.get("/map/<name>")
def map_page(name: str) -> Response:
    """Show one layer on a map."""
    layer = mapped(name)
    args = asked(more=True)
    question = layer.query.parse(args)
    config = _config(layer, question.model_dump(mode="json", exclude_none=True))
    west, south, east, north = config["bounds"]
    page = frame(((west + east) / 2, (south + north) / 2), state().runtime.settings.tiles_url)
    return make_response(render_template("map.html", page=page, config=config, **around(name)))


@pages.get("/field/")
def my_grid() -> Response:
    """Show a cadre the day: posts, colleagues, enterprises."""
    day = spoken_day(fieldwork.my_day(session()))
    return make_response(render_template("my_grid.html", day=day, **around("my_grid")))


@pages.get("/field/places")
def places() -> Response:
    """Answer the outlines a cadre's page draws, as GeoJSON."""
    asked()
    day = fieldwork.my_day(session())
    features = [
        {
            "type": "Feature",
            "geometry": one.shape,
            "properties": {"code": one.code, "name": one.name, "level": one.level, "own": one.own},
        }
        for one in day.outlines
    ]
    return answer({"type": "FeatureCollection", "features": features}, "application/geo+json")


@pages.get("/view-as/areas")
def viewable() -> Response:
    """Answer the areas one may look at: of a large city thousands, so they are asked for."""
    asked()
    return answer(
        {"areas": [{"code": code, "name": name} for code, name in views.choices(session())]}
    )


@pages.get("/view-as/people")
def viewable_people() -> Response:
    """Answer the cadres one may look as, by a part of the name or the staff number."""
    text = asked("q").get("q", "")
    return answer({"people": views.people(session(), text[:60])})


@pages.post("/view-as")
def view_as() -> Response:
    """Look with other eyes from now on."""
    role = request.form.get("role", "")
    if role not in {Role.PLANNER, Role.LEADER, Role.CADRE}:
        raise InvalidParameter(name="role", value=role[:80])
    code = request.form.get("cadre" if role == Role.CADRE else "area", "").strip()
    if role != Role.CADRE:
        # Without script the areas below one's own are not offered, but may be named.
        code = request.form.get("area_code", "").strip() or code
    name = views.signed(request.form.get("name", "")) if role == Role.PLANNER else ""
    with state().runtime.sessions.read(OPERATOR, now()) as everything:
        if role == Role.CADRE:
            code = views.staff_number(everything, code[:80])
        elif code:
            views.of_area(everything, Role(role), code[:80])
        said = f"{role}:{code}:{quote(name)}" if name else f"{role}:{code}"
        seen_with(everything, said)
    response = _to(_local(request.form.get("next", "/")))
    keep(response, VIEW_COOKIE, said)
    return response


@pages.post("/language")
def language() -> Response:
    """Read in another language from now on."""
    wish = request.form.get("lang", "")
    if wish not in LOCALES:
        raise InvalidParameter(name="lang", value=wish[:80])
    response = _to(_local(request.form.get("next", "/")))
    keep(response, LANGUAGE_COOKIE, wish)
    return response


def _to(path: str) -> Response:
    return make_response(redirect(path, 303))


def _local(path: str) -> str:
    """Return a path of ours, or the first page."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    if not ours or parts.scheme or parts.netloc or any(ord(sign) < ord(" ") for sign in path):
        return "/"
    return path


def spoken_day(day: fieldwork.MyDay) -> Mapping[str, Any]:
    """Say the sentences of a day; its template reads the rest as it is."""
    return _fields(day) | {
        "posts": [_fields(post) | {"disputes": spoken(post.disputes)} for post in day.posts],
        "explanation": spoken(day.explanation),
    }


def _fields(one: fieldwork.MyDay | fieldwork.HeldPost) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _covered() -> dict[str, Any] | None:
    """Say how the states of coverage look, to whom may ask who covers a grid."""
    known = state().runtime.layers.get("coverage")
    return dressed(known.style) if known and actor().may(known.scope) else None


def _plans(layer: Layer[Any], asked_for: str | None) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Name the plans a map can show beside what is in force, and the code of the one asked for."""
    if not issubclass(layer.query, PlanQuery) or not actor().may(Scope.PLANS_READ):
        return [], {}
    chosen = {"plan": whole_code(session(), asked_for)} if asked_for else {}
    every = list_plans(session())
    newest = sorted(every, key=_made, reverse=True)
    offered = [row for row in newest if not row.in_force][:MOST_PLANS]
    offered += [row for row in every if row.plan == chosen.get("plan") and row not in offered]
    return [named(row, every) for row in offered], chosen


def _made(row: Listed) -> tuple[date, int]:
    return row.made_on, int(row.plan.rpartition("-")[2])


def _config(layer: Layer[Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the page's script what it draws."""
    said = told(gettext(layer.title))
    many = ground.count(said["revision"])
    every = f"/geometry/{said['revision']}/ids"
    offered, chosen = _plans(layer, query.get("plan"))
    first = usual(maps.fitting(said["bounds"], WINDOW))
    return said | {
        "layer": layer.name,
        "grids": many,
        "ids": every if many <= AT_ONCE else f"{every}?level={ABOVE.get(first, first)}",
        "query": dict(query) | chosen,
        "plans": offered,
        "style": dressed(layer.style),
        "views": {name: dressed(style) for name, style in layer.views.items()},
        "covered": _covered(),
        "visits": layer.name == "hotspots" and visits.may_see(session()),
        "share": None if layer.share is None else {"title": gettext(layer.share.title)},
        "columns": [
            {"name": column.name, "title": gettext(column.title)} for column in layer.columns
        ],
        "urls": {
            "values": f"/values/{layer.name}",
            "rows": f"/api/v1/layers/{layer.name}/rows",
            "search": "/api/v1/search",
            "features": "/api/v1/features",
        },
    }
