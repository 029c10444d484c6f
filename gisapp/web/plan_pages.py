"""The pages around the workbench: all plans, two of them side by side, the way to publication."""

from typing import Any, Final

from flask import Blueprint, Response, current_app, make_response, render_template, url_for
from flask_babel import gettext

from gisapp.actions import surge
from gisapp.actions.compare import two_plans
from gisapp.actions.plans import Listed, list_plans
from gisapp.actions.stamps import own_stamp
from gisapp.auth import Scope
from gisapp.i18n import day_name
from gisapp.palette import by_state
from gisapp.query import PlanCode, Query
from gisapp.web import ground
from gisapp.web.context import actor, asked, locale, session, state
from gisapp.web.framing import around, dressed, told
from gisapp.web.maps import frame
from gisapp.web.naming import STANDING, named
from gisapp.web.plans import PlansQuery, by, rows

plan_pages = Blueprint("plan_pages", __name__)

AT_ONCE: Final = {False: 5_000, True: 20_000}
"""Grids up to which plans are compared and checked while the reader waits: about two seconds,
with the town to be read first, and without. Above, a job does it."""

SENTENCES: Final = "plans.json.j2"


class Sides(Query):
    """Which two plans stand beside each other; chosen for the reader when left out."""

    before: PlanCode | None = None
    after: PlanCode | None = None


@plan_pages.get("/plan/")
def listed() -> Response:
    """List the plans, with what can be done next."""
    query = PlansQuery.parse(asked("page", "size", "q", "state"))
    return make_response(
        render_template(
            "plans.html",
            found=rows(query),
            query=query,
            every=list_plans(session()),
            in_force=surge.surges(session()),
            standing={name: gettext(word) for name, word in STANDING.items()},
            day=_day,
            by=by,
            config=_config(gettext("Plans"))
            | {"can": {"draft": _reached("/api/v1/drafts", "POST")}},
            may_write=actor().may(Scope.PLANS_WRITE),
            open=_open,
            **around("plan"),
        )
    )


@plan_pages.get("/plan/compare")
def compare() -> Response:
    """Show two plans side by side."""
    sides = Sides.parse(asked("before", "after"))
    every = list(reversed(list_plans(session())))
    before, after = _two(every, sides)
    if before is None or after is None:
        return make_response(render_template("no_pair.html", **around("plan")))
    pair = [named(row, every) for row in (before, after)]
    question = f"before={before.plan}&after={after.plan}"
    takes = actor().may(Scope.DATA_EXPORT)
    publishes = actor().may(Scope.PLANS_WRITE) and after.standing == "draft"
    config = _config(_title(*pair)) | {
        "before": pair[0],
        "after": pair[1],
        "plans": [named(row, every) for row in every],
        "style": dressed(by_state("state")),
        "job": _is_long(),
        "stamp": own_stamp(session()),
        "urls": {
            "plans": url_for(".listed"),
            "publish": url_for(".publish", code=after.plan) if publishes else None,
            "csv": f"/api/v1/compare.csv?{question}" if takes else None,
            "json": f"/api/v1/compare?{question}",
        },
    }
    west, south, east, north = config["bounds"]
    middle, tiles = ((west + east) / 2, (south + north) / 2), state().runtime.settings.tiles_url
    return make_response(
        render_template(
            "compare.html",
            page=frame(middle, tiles),
            other=frame(middle, tiles, "after"),
            config=config,
            **around("plan"),
        )
    )


@plan_pages.get("/plan/<code>/publish")
def publish(code: str) -> Response:
    """Show what stands between a plan and its publication."""
    asked()
    actor().must(Scope.PLANS_WRITE)
    found = two_plans(session(), code, code)[0]
    row = next(each for each in list_plans(session()) if each.plan == _code(found))
    config = _config(gettext("Before plan {plan} is published").format(plan=row.plan)) | {
        "plan": row.plan,
        "mode": row.mode,
        "standing": row.standing,
        "today": session().today.isoformat(),
        "job": _is_long(),
        "stamp": own_stamp(session()),
        "days": state().runtime.settings.surge_days,
        "urls": {
            "workbench": _open(row.plan),
            "map": url_for("pages.map_page", name="plan", plan=row.plan),
            "plans": url_for(".listed"),
        },
    }
    today = session().today
    return make_response(
        render_template(
            "publish.html",
            config=config,
            row=row,
            held=[each for each in row.published if (each["to"] or today) >= today],
            day=_day,
            **around("plan"),
        )
    )


def _is_long() -> bool:
    grids = len(ground.ids(ground.key()).codes["grid"])
    return grids > AT_ONCE[ground.has_of_data("town")]


def _config(title: str) -> dict[str, Any]:
    return told(title, SENTENCES)


def _two(every: list[Listed], sides: Sides) -> tuple[Listed | None, Listed | None]:
    """Choose the plans: as asked; what is left out is the newest, beside the one in force."""
    one, other = sides.before or sides.after, sides.after or sides.before
    before = after = None
    if one is not None and other is not None:
        known = {row.plan: row for row in every}
        before, after = (known[_code(plan)] for plan in two_plans(session(), one, other))
    if sides.after is None:
        after = _newest(every if before is None else _beside(every, before))
    if sides.before is None and after is not None:
        before = _holding(_beside(every, after))
    return before, after


def _beside(every: list[Listed], plan: Listed) -> list[Listed]:
    return [row for row in every if row.plan != plan.plan and _area(row) == _area(plan)]


def _newest(rows: list[Listed]) -> Listed | None:
    return next((row for row in rows if row.standing == "draft"), next(iter(rows), None))


def _holding(rows: list[Listed]) -> Listed | None:
    holds = [row for row in rows if row.in_force and row.mode == "normal"]
    return next(iter(holds or rows), None)


def _area(row: Listed) -> str:
    return row.plan.rpartition("-")[0]


def _code(plan: Any) -> str:
    """Say what people call a plan; as the store does, which is not asked from here."""
    area, number = plan.area_code, plan.number
    return f"{area}-{number}"


def _title(before: dict[str, str], after: dict[str, str]) -> str:
    both: str = gettext("{before} and {after}")
    return both.format(before=before["name"], after=after["name"])


def _day(day: Any) -> str:
    return "" if day is None else day_name(day).within(locale())


def _reached(path: str, method: str) -> bool:
    """Whether the program has a door; what is not ready does not exist."""
    return any(
        rule.rule == path and method in (rule.methods or ())
        for rule in current_app.url_map.iter_rules()
    )


def _open(code: str) -> str:
    """Where a plan is looked at: on the workbench, else on the map."""
    if _reached("/plan/<code>", "GET") and actor().may(Scope.PLANS_WRITE):
        return f"/plan/{code}"
    return url_for("pages.map_page", name="plan", plan=code)
