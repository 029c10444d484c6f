"""Errors on their way out: problems (RFC 9457) for programs, a page for people."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from gisapp.actions.displacing import DaysTaken
from gisapp.actions.fieldwork import NotACadre
from gisapp.actions.versions import DraftChanged
from gisapp.actions.views import (
    NobodyNamed,
    NotAName,
    SeveralCadres,
    UnknownArea,
    UnknownCadre,
)
from gisapp.auth import NotAnArea, Role, ScopeMissing
from gisapp.errors import Conflict, Forbidden, GisappError, InvalidInput, NotFound, Unavailable
from gisapp.i18n import N_, Sentence, say
from gisapp.web.answers import spoken
from gisapp.web.context import VIEW_COOKIE, locale
from gisapp.web.writing import VersionMissing

log = logging.getLogger(__name__)

STATUS: Final = (
    (VersionMissing, 428),
    (DraftChanged, 412),
    (DaysTaken, 412),
    (InvalidInput, 422),
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Unavailable, 503),
)
"""The first kind that fits."""

UNSEEN: Final = (UnknownArea, UnknownCadre, NotAnArea, NotAName)
"""What a cookie cannot look with."""

OTHER_EYES: Final = (*UNSEEN, NobodyNamed, SeveralCadres, NotACadre, ScopeMissing)
"""What looking with other eyes gets round: the page leads there."""

PROGRAMS: Final = (
    "/api/",
    "/values/",
    "/geometry/",
    "/context/",
    "/labels/",
    "/field/places",
    "/healthz",
    "/readyz",
    "/csp",
)
"""Where programs ask; elsewhere people do."""

TITLES: Final = {
    400: N_("The request cannot be read."),
    404: N_("This page does not exist."),
    405: N_("This cannot be done here."),
    413: N_("Too much was sent at once."),
    414: N_("The address is too long."),
    415: N_("This kind of content is not taken."),
}

NO_PLAN: Final = "plan_not_found"
"""The code of a sentence that sends to the list of plans."""

BROKEN: Final = N_("Something went wrong.")


def handle(app: Flask) -> None:
    """Answer every error of ``app``."""
    app.register_error_handler(GisappError, ours)
    app.register_error_handler(HTTPException, theirs)
    app.register_error_handler(OperationalError, away)
    app.register_error_handler(InterfaceError, away)
    app.register_error_handler(Exception, unexpected)


def ours(wrong: GisappError) -> Response:
    """Say an error of ours."""
    status = next((status for kind, status in STATUS if isinstance(wrong, kind)), 500)
    eyes = isinstance(wrong, OTHER_EYES)
    response = problem(status, wrong.code, wrong.sentence, wrong.fields, eyes=eyes)
    if isinstance(wrong, UNSEEN) and request.method == "GET":
        # The cookie names somebody who is gone, or nobody: the next request starts afresh.
        response.delete_cookie(VIEW_COOKIE, path="/")
    return response


def theirs(wrong: HTTPException) -> Response:
    """Say an error of HTTP; its headers stay (405 needs its Allow)."""
    status = wrong.code or 500
    title = TITLES.get(status, BROKEN)
    response = problem(status, f"http_{status}", Sentence(title))
    for name, value in wrong.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def away(wrong: Exception) -> Response:
    """Say that the database cannot be asked now; what it said stays in the log, in a line."""
    said = str(getattr(wrong, "orig", wrong)).partition("\n")[0][:200]
    log.error("%s the database failed: %s", g.get("request_id", "-"), said)
    return problem(503, Unavailable.code, Sentence(Unavailable.message))


def unexpected(wrong: Exception) -> Response:
    """Log a bug, and tell no more than its reference."""
    log.error("%s failed", g.get("request_id", "-"), exc_info=wrong)
    return problem(500, "error", Sentence(BROKEN))


def problem(
    status: int,
    code: str,
    sentence: Sentence,
    fields: Mapping[str, Any] | None = None,
    *,
    eyes: bool = False,
) -> Response:
    """Answer in the form the asker reads; a program gets what the sentence names as well.

    The page leads to a look with other ``eyes`` where that helps.
    """
    title = say(sentence, gettext, locale())
    reference = g.get("request_id", "")
    if not for_programs():
        seen = g.get("view")
        cadre = seen is not None and seen.actor.role is Role.CADRE
        told = {"title": title, "request_id": reference, "status": status}
        told["plans"] = code == NO_PLAN and not cadre
        page = render_template("error.html", eyes=eyes, cadre=cadre, **told)
        response = make_response(page, status)
    else:
        document = {"type": "about:blank", "title": title, "status": status, "code": code}
        document = {**spoken(fields or {}), **document, "request_id": reference}
        response = make_response(jsonify(document), status)
        response.mimetype = "application/problem+json"
    response.headers["Cache-Control"] = "no-store"
    return response


def for_programs() -> bool:
    """Whether a program asks rather than a person."""
    if request.path.startswith(PROGRAMS):
        return True
    accepts = request.accept_mimetypes
    return not accepts.accept_html or accepts["application/json"] > accepts["text/html"]
