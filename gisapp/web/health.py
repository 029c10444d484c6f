"""For those who watch over the server: alive, ready, and what browsers have blocked."""

import json
import logging
from typing import Final

from flask import Blueprint, Response, g, request

from gisapp.web.answers import answer
from gisapp.web.context import REPORTS, state

health = Blueprint("health", __name__)

log = logging.getLogger(__name__)

LONGEST: Final = 200
"""Characters of a report that are kept; the rest may be anything."""


@health.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return answer({"status": "ok"})


@health.get("/readyz")
def readyz() -> Response:
    """Say that the database is reachable and of this program's version."""
    state().runtime.ready()
    return answer({"status": "ok"})


@health.post(REPORTS)
def blocked() -> Response:
    """Take a browser's report of content that the policy has blocked."""
    try:
        report = json.loads(request.get_data())["csp-report"]
        told = [
            str(report.get(name, ""))[:LONGEST] for name in ("effective-directive", "blocked-uri")
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        told = ["unreadable"]
    log.warning("%s blocked content: %r", g.request_id, told)
    return Response(status=204)
