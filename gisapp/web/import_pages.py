"""The page on which files come in: bring one; what waits, what came in, what is to be decided."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from pydantic import Field

from gisapp.actions import bringing, brought, jobs, said
from gisapp.actions.batches import PAGE
from gisapp.actions.jobs import JobsQuery, Seen
from gisapp.i18n import day_name
from gisapp.intake.limits import AT_ONCE, MEGABYTE, ON_THE_WEB
from gisapp.jobs import WORK
from gisapp.query import Query
from gisapp.web import import_words
from gisapp.web.answers import spoken
from gisapp.web.context import asked, locale, session
from gisapp.web.framing import around
from gisapp.web.imports_api import ask

import_pages = Blueprint("import_pages", __name__, url_prefix="/import")

NEWS: Final = timedelta(minutes=10)


class PastQuery(Query):
    """Which page of what came in."""

    page: Annotated[int, Field(ge=1, le=10**6)] = 1


@import_pages.get("")
def files() -> Response:
    """Show what waits, where to bring a file, and what came in."""
    query = PastQuery.parse(asked("page"))
    rows, total = bringing.past(session(), query.page)
    undo = _last_deed()
    return make_response(
        render_template(
            "import.html",
            files=bringing.waiting(session()),
            proposals=[spoken(brought.proposed(each)) for each in bringing.proposals(session())],
            past=rows,
            total=total,
            page=query.page,
            pages=max(1, -(-total // PAGE)),
            kinds=import_words.kinds(),
            day=lambda at: day_name(session().day_of(at)).within(locale()),
            by=lambda name: spoken(said.who(name)),
            job=import_words.spoken_job(
                undo if undo is not None and undo.state not in import_words.ENDED else None
            ),
            failed=import_words.spoken_job(undo) if undo is not None and _fresh(undo) else None,
            new_id=uuid4(),
            at_once=AT_ONCE,
            most=ON_THE_WEB.upload_bytes // MEGABYTE,
            size=import_words.size,
            **around("import"),
        )
    )


@import_pages.post("/undo")
def undo() -> Response:
    """Ask for a batch to be taken back."""
    bringing.must(session())
    told = {"batch": request.form.get("batch", "")[:40]}
    ask(import_words.id_of(request.form.get("id", "")), bringing.UNDO, told)
    return make_response(redirect(url_for(".files"), 303))


@import_pages.post("/boundaries")
def decide() -> Response:
    """Ask for proposed boundaries to be accepted or rejected."""
    bringing.must(session())
    accept = request.form.get("accept", "")
    name = accept or request.form.get("reject", "")
    told = {"proposal": name[:40], "accept": bool(accept)}
    ask(import_words.id_of(request.form.get("id", "")), bringing.DECIDE, told)
    return make_response(redirect(url_for(".files"), 303))


def _last_deed() -> Seen | None:
    """Find the latest of what this page asks for."""
    found = [
        job
        for work in (bringing.UNDO, bringing.DECIDE)
        for job in jobs.find(session(), WORK, JobsQuery(name=work.name))[:1]
    ]
    return max(found, key=lambda job: job.created_at, default=None)


def _fresh(job: Seen) -> bool:
    """Whether it went wrong a moment ago, so that its sentence is still news."""
    return job.state == "failed" and session().now - job.created_at < NEWS
