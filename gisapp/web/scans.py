"""Scans over HTTP, which are jobs, and the alerts that came of them."""

from typing import Final

from flask import Blueprint, Response, url_for

from gisapp.actions import alerts as told
from gisapp.actions import jobs as deeds
from gisapp.actions.alerts import AlertsQuery
from gisapp.actions.hotspots import answerable
from gisapp.actions.scan import WORK as SCAN
from gisapp.actions.scan import ScanQuery
from gisapp.jobs import WORK
from gisapp.web.answers import answer
from gisapp.web.context import actor, asked, now, session, state
from gisapp.web.writing import New

scans = Blueprint("scans", __name__, url_prefix="/api/v1/scans")

alerts = Blueprint("alerts", __name__, url_prefix="/api/v1/alerts")

ACCEPTED: Final = 202


class NewScan(New):
    """A new scan; what is not said is as on the command line."""

    kind: str = "space"
    category: str | None = None
    month: str | None = None
    quarter: str | None = None
    year: str | None = None


@scans.post("")
def ask() -> Response:
    """Put a scan into the queue; sent again, it is the same job."""
    asked()
    form = NewScan.read()
    arguments = form.model_dump(exclude={"id"}, exclude_none=True)
    with state().runtime.sessions.write(actor(), now()) as writing:
        answerable(writing, ScanQuery.parse(arguments))
        job = deeds.ask(writing, WORK, form.id, SCAN.name, arguments)
    response = answer(job.document())
    response.status_code = ACCEPTED
    response.headers["Location"] = url_for("jobs.look", job=job.id)
    return response


@alerts.get("")
def listed() -> Response:
    """List the gatherings that were told and are not over, or those told for a month."""
    query = AlertsQuery.parse(asked("month", "area"))
    last = told.last_look(session())
    about = None if last is None else {"month": last.month, "on": last.day.isoformat()}
    return answer(
        {
            "rows": told.mapped(session(), query),
            "looked": about,
            "watched": told.watched(session()),
            "calibration": told.shown(session(), None, query.area),
        }
    )
