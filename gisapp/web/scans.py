"""Scans over HTTP: ask for one; it is a job, and its result is the job's."""

from typing import Final

from flask import Blueprint, Response, url_for

from gisapp.actions import jobs as deeds
from gisapp.actions.scan import WORK as SCAN
from gisapp.jobs import WORK
from gisapp.web.answers import answer
from gisapp.web.context import actor, asked, now, state
from gisapp.web.writing import New

scans = Blueprint("scans", __name__, url_prefix="/api/v1/scans")

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
        job = deeds.ask(writing, WORK, form.id, SCAN.name, arguments)
    response = answer(job.document())
    response.status_code = ACCEPTED
    response.headers["Location"] = url_for("jobs.look", job=job.id)
    return response
