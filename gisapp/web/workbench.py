"""The workbench: the page on which a planner looks at one plan and changes a draft."""

from flask import Blueprint, Response, make_response, render_template, url_for
from flask_babel import gettext

from gisapp.actions import owned
from gisapp.auth import Scope
from gisapp.web import ground
from gisapp.web.context import actor, asked, session, state
from gisapp.web.framing import around, dressed, told
from gisapp.web.maps import frame

workbench = Blueprint("workbench", __name__)


@workbench.get("/plan/<plan>")
def bench(plan: str) -> Response:
    """Show one plan over the map; what is in it comes from the doors as data."""
    asked()
    code = owned.known(session(), plan)
    layer = ground.layer("coverage")
    config = told(gettext("Plan {plan}").format(plan=code), "workbench.json.j2") | {
        "plan": code,
        "style": dressed(layer.style),
        "share": None if layer.share is None else {"title": gettext(layer.share.title)},
        "writes": actor().may(Scope.PLANS_WRITE),
        "urls": {
            "compare": url_for("plan_pages.compare"),
            "publish": url_for("plan_pages.publish", code=code),
        },
    }
    west, south, east, north = config["bounds"]
    page = frame(((west + east) / 2, (south + north) / 2), state().runtime.settings.tiles_url)
    return make_response(
        render_template("workbench.html", page=page, config=config, **around("plan"))
    )
