"""Background work over HTTP: ask for it, look how far it is, cancel it."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response

from gisapp.actions import jobs as deeds
from gisapp.actions.jobs import JobsQuery
from gisapp.jobs import WORK
from gisapp.web.answers import answer
from gisapp.web.context import actor, asked, now, session, state
from gisapp.web.writing import New

jobs = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")

ACCEPTED: Final = 202


class Asked(New):
    """A new job."""

    name: str
    arguments: dict[str, Any]


@jobs.post("")
def ask() -> Response:
    """Put work into the queue; sent again, it is the same job."""
    asked()
    form = Asked.read()
    with state().runtime.sessions.write(actor(), now()) as writing:
        job = deeds.ask(writing, WORK, form.id, form.name, form.arguments)
    response = answer(job.document())
    response.status_code = ACCEPTED
    return response


@jobs.get("")
def listed() -> Response:
    """List the newest jobs, without their results."""
    query = JobsQuery.parse(asked("name", "plan", "state"))
    rows = [job.document() for job in deeds.find(session(), WORK, query)]
    return answer({"rows": rows})


@jobs.get("/<uuid:job>")
def look(job: UUID) -> Response:
    """Show how far a job is, and in the end what came of it."""
    asked()
    return answer(deeds.look(session(), WORK, job).document())


@jobs.post("/<uuid:job>/cancel")
def cancel(job: UUID) -> Response:
    """End a job."""
    asked()
    with state().runtime.sessions.write(actor(), now()) as writing:
        return answer(deeds.cancel(writing, WORK, job).document())
