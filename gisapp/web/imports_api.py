"""/api/v1/imports: files brought, looked at, checked and stored over HTTP."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for
from pydantic import Field
from werkzeug.exceptions import ClientDisconnected, RequestTimeout

from gisapp.actions import bringing, brought, jobs, spool
from gisapp.actions.brought import LookQuery
from gisapp.actions.jobs import Seen
from gisapp.actions.work import Work
from gisapp.intake import profiles
from gisapp.intake.faults import FileFault, FileTooLarge
from gisapp.intake.limits import AT_ONCE, BRINGING_SECONDS, MEGABYTE, ON_THE_WEB
from gisapp.jobs import WORK
from gisapp.query import Query
from gisapp.web.answers import answer
from gisapp.web.context import actor, asked, now, session, state
from gisapp.web.writing import Form, New

imports_api = Blueprint("imports_api", __name__, url_prefix="/api/v1/imports")

CREATED: Final = 201
ACCEPTED: Final = 202
PIECE: Final = 64 * 1024


class Bringing(Query):
    """What is said of a file that comes: the body is the file itself."""

    id: UUID
    name: Annotated[str, Field(min_length=1, max_length=1_000)]


class Look(Form):
    """How a file may be read; proposed where nothing is said."""

    profile: Annotated[str, Field(max_length=60_000)] | None = None
    kind: str | None = None
    layer: str | None = None


class Start(New):
    """A check, or the deed itself."""

    profile: Annotated[str, Field(max_length=60_000)]
    strict: bool = False


@imports_api.get("/files")
def waiting() -> Response:
    """List the files that wait."""
    asked()
    return answer({"rows": [each.document() for each in bringing.waiting(session())]})


@imports_api.post("/files")
def bring() -> Response:
    """Take a file in, as the bytes of the body."""
    query = Bringing.parse(asked("id", "name"))
    with state().runtime.sessions.read(actor(), now()) as short:
        folder = bringing.place(short)  # no unit of work stays open while a file arrives
    most = ON_THE_WEB.upload_bytes
    request.max_content_length = most + 1
    if (request.content_length or 0) > most:
        size = -(-(request.content_length or 0) // MEGABYTE)
        raise FileTooLarge(file=query.name[:120], size=size, limit=most // MEGABYTE)
    with _patience():
        found = spool.receive(
            folder, query.id, query.name, _pieces(), ON_THE_WEB, now(), actor().name
        )
    response = answer(found.document())
    response.status_code = CREATED
    response.headers["Location"] = url_for(".one", file=found.id)
    return response


def _pieces() -> Iterator[bytes]:
    while piece := request.stream.read(PIECE):
        yield piece


@contextmanager
def _patience() -> Iterator[None]:
    """Shut the line of a file that arrives too slowly; raise `RequestTimeout` then."""
    line: socket.socket | None = request.environ.get("gunicorn.socket")
    over = []

    def shut() -> None:
        over.append(True)
        if line is not None:
            line.shutdown(socket.SHUT_RD)

    watch = Timer(BRINGING_SECONDS, shut)
    watch.daemon = True
    watch.start()
    try:
        yield
    except (ClientDisconnected, OSError) as cut:
        if over:
            raise RequestTimeout from cut
        raise
    finally:
        watch.cancel()


@imports_api.get("/files/<uuid:file>")
def one(file: UUID) -> Response:
    """Show one file that waits."""
    asked()
    return answer(bringing.find(session(), file).document())


@imports_api.delete("/files/<uuid:file>")
def drop(file: UUID) -> Response:
    """Put a file away that waits."""
    asked()
    bringing.drop(session(), file)
    return Response(status=204)


@imports_api.post("/files/<uuid:file>/preview")
def preview(file: UUID) -> Response:
    """Show how a file would be read; a large one is looked at by a job."""
    asked()
    bringing.must(session())
    form = Look.read()
    size = bringing.find(session(), file).size
    told = {"file": str(file)} | form.model_dump(exclude_none=True)
    if size > AT_ONCE:
        return accepted(ask(uuid4(), brought.LOOK, told))
    return answer(looked(file, LookQuery.parse(told)))


def looked(file: UUID, query: LookQuery) -> dict[str, Any]:
    """Look at a file now; one that nothing can mend goes."""
    try:
        return brought.peep(session(), query)
    except FileFault as wrong:
        with state().runtime.sessions.write(actor(), now()) as writing:
            bringing.refuse(writing, file, wrong)
        raise


@imports_api.post("/files/<uuid:file>/check")
def check(file: UUID) -> Response:
    """Ask for a report of what storing would do."""
    return _start(file, brought.CHECK)


@imports_api.post("/files/<uuid:file>/store")
def store(file: UUID) -> Response:
    """Ask for a file to be stored."""
    return _start(file, brought.STORE)


def _start(file: UUID, work: Work) -> Response:
    asked()
    bringing.must(session())
    form = Start.read()
    profiles.parse(form.profile.encode(), bringing.find(session(), file).name)
    told = {"file": str(file), "profile": form.profile, "strict": form.strict}
    return accepted(ask(form.id, work, told))


def ask(id_: UUID, work: Work, told: dict[str, Any]) -> Seen:
    """Put work on a file into the queue."""
    with state().runtime.sessions.write(actor(), now()) as writing:
        return jobs.ask(writing, WORK, id_, work.name, told)


def accepted(job: Seen) -> Response:
    """Answer a job that was asked for."""
    response = answer({"job": job.document()})
    response.status_code = ACCEPTED
    response.headers["Location"] = url_for("jobs.look", job=job.id)
    return response
