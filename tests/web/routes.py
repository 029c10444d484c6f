"""Every route of the application with an example of how to ask it."""

import json
import re
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gisapp.runtime import Runtime
from gisapp.web import create_app
from gisapp.web.context import CSRF_COOKIE, CSRF_HEADER, VIEW_COOKIE, State
from tests.factories import NOW

TOKEN: Final = "a-token-of-the-test"  # noqa: S105  # not a secret

FILE: Final = "00000000-0000-4000-8000-000000000001"
"""The id of a file that nobody brought."""
IMPORTING: Final = ("look", "check", "store", "cancel", "drop", "profile")

EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "/static/<path:filename>": ("/static/mark.svg",),
    "/scripts/<stamp>/<any(map,workbench,compare):page>.js": ("/scripts/now/map.js",),
    "/": ("/",),
    "/map/<name>": ("/map/coverage", "/map/plan", "/map/hotspots", "/map/plan?plan={plan}"),
    "/map/<name>/plain": ("/map/coverage/plain", "/map/plan/plain", "/map/hotspots/plain"),
    "/plan/<plan>": ("/plan/{plan}",),
    "/field/": ("/field/",),
    "/field/places": ("/field/places",),
    "/view-as": ("/view-as",),
    "/view-as/areas": ("/view-as/areas",),
    "/view-as/people": ("/view-as/people?q=ALFA",),
    "/language": ("/language",),
    "/csp": ("/csp",),
    "/healthz": ("/healthz",),
    "/readyz": ("/readyz",),
    "/geometry/<key>/ids": ("/geometry/{key}/ids",),
    "/geometry/<key>/<int:z>/<int:x>/<int:y>.mvt": (
        "/geometry/{key}/0/0/0.mvt",
        "/geometry/{key}/0/0/0.mvt?level=grid",
        "/geometry/{key}/13/6826/3375.mvt",
    ),
    "/context/<key>/<int:z>/<int:x>/<int:y>.mvt": ("/context/{context}/0/0/0.mvt",),
    "/labels/<key>": ("/labels/{key}",),
    "/values/<name>": (
        "/values/coverage",
        "/values/coverage?level=township",
        "/values/plan",
        "/values/plan?plan={plan}",
        "/values/hotspots",
        "/values/grids",
        "/values/my_grid",
    ),
    "/api/v1/layers": ("/api/v1/layers",),
    "/api/v1/layers/<name>/rows": (
        "/api/v1/layers/coverage/rows",
        "/api/v1/layers/plan/rows?size=2&page=2",
        "/api/v1/layers/hotspots/rows",
        "/api/v1/layers/hotspots/rows?area=990001001",
        "/api/v1/layers/grids/rows?q=1",
    ),
    "/api/v1/layers/<name>/rows/<code>": (
        "/api/v1/layers/coverage/rows/{grid}",
        "/api/v1/layers/plan/rows/{grid}",
        "/api/v1/layers/hotspots/rows/{grid}",
    ),
    "/api/v1/compare": ("/api/v1/compare?before={plan}&after={plan}",),
    "/api/v1/compare.csv": (
        "/api/v1/compare.csv?before={plan}&after={plan}",
        "/api/v1/compare.csv?before={plan}&after={plan}&rows=people",
    ),
    "/check": ("/check", "/check?kind=gap&q=99&page=1", "POST /check"),
    "/check/stop": ("/check/stop",),
    "/check/repair": ("/check/repair",),
    "/check/undo": ("/check/undo",),
    "/import": ("/import",),
    "/import/undo": ("/import/undo",),
    "/import/boundaries": ("/import/boundaries",),
    "/import/<uuid:file>": (f"/import/{FILE}",),
    **{f"/import/<uuid:file>/{deed}": (f"/import/{FILE}/{deed}",) for deed in IMPORTING},
    "/api/v1/imports/files": (
        "/api/v1/imports/files",
        f"POST /api/v1/imports/files?id={FILE}&name=a.csv",
    ),
    "/api/v1/imports/files/<uuid:file>": (
        f"/api/v1/imports/files/{FILE}",
        f"DELETE /api/v1/imports/files/{FILE}",
    ),
    **{
        f"/api/v1/imports/files/<uuid:file>/{deed}": (f"POST /api/v1/imports/files/{FILE}/{deed}",)
        for deed in ("preview", "check", "store")
    },
    "/api/v1/imports/reports/<uuid:job>": (f"/api/v1/imports/reports/{FILE}",),
    "/api/v1/imports/reports/<uuid:job>.xlsx": (f"/api/v1/imports/reports/{FILE}.xlsx",),
    "/api/v1/imports/reports/<uuid:job>.csv": (f"/api/v1/imports/reports/{FILE}.csv",),
    "/plan/": ("/plan/", "/plan/?q=99&state=in_force"),
    "/plan/compare": ("/plan/compare", "/plan/compare?before={plan}&after={plan}"),
    "/plan/<code>/publish": ("/plan/{plan}/publish",),
    "/api/v1/drafts": ("POST /api/v1/drafts",),
    "/api/v1/drafts/<plan>/branch": ("POST /api/v1/drafts/{plan}/branch",),
    "/api/v1/drafts/<plan>/deeds": ("POST /api/v1/drafts/{plan}/deeds",),
    "/api/v1/drafts/<plan>/undo": ("POST /api/v1/drafts/{plan}/undo",),
    "/api/v1/drafts/<plan>/redo": ("POST /api/v1/drafts/{plan}/redo",),
    "/api/v1/drafts/<plan>/history": ("/api/v1/drafts/{plan}/history?page=2",),
    "/api/v1/drafts/<plan>/comments": ("/api/v1/drafts/{plan}/comments?place={grid}",),
    "/api/v1/drafts/<plan>/comments/<int:comment>": ("DELETE /api/v1/drafts/{plan}/comments/1",),
    "/api/v1/drafts/<plan>": ("/api/v1/drafts/{plan}",),
    "/api/v1/drafts/<plan>/gaps": (
        "/api/v1/drafts/{plan}/gaps",
        "/api/v1/drafts/{plan}/gaps?all=1&size=2&page=2",
        "/api/v1/drafts/{plan}/gaps?state=unserved&q=9900",
    ),
    "/api/v1/drafts/<plan>/people": (
        "/api/v1/drafts/{plan}/people",
        "/api/v1/drafts/{plan}/people?free=1&q=Cadre&department=D-ALFA",
    ),
    "/api/v1/drafts/<plan>/people/<staff_number>": ("/api/v1/drafts/{plan}/people/ALFA1",),
    "/api/v1/drafts/<plan>/people/<staff_number>/offers": (
        "/api/v1/drafts/{plan}/people/ALFA1/offers?most=2",
    ),
    "/api/v1/drafts/<plan>/departments": ("/api/v1/drafts/{plan}/departments",),
    "/api/v1/drafts/<plan>/values": (
        "/api/v1/drafts/{plan}/values",
        "/api/v1/drafts/{plan}/values?level=township",
    ),
    "/api/v1/drafts/<plan>/grids/<grid>": ("/api/v1/drafts/{plan}/grids/{grid}",),
    "/api/v1/drafts/<plan>/posts/<post>/why": ("/api/v1/drafts/{plan}/posts/{grid}:member/why",),
    "/api/v1/plans": ("/api/v1/plans", "/api/v1/plans?state=in_force&size=1&q=99"),
    "/api/v1/plans/<plan>/checklist": ("/api/v1/plans/{plan}/checklist",),
    "/api/v1/plans/<plan>/handover": ("/api/v1/plans/{plan}/handover?size=2",),
    "/api/v1/plans/<plan>/publish": ("POST /api/v1/plans/{plan}/publish",),
    "/api/v1/stand-down": ("/api/v1/stand-down",),
    "/api/v1/search": (
        "/api/v1/search?q=9900",
        "/api/v1/search?q=Grid",
        "/api/v1/search?q=Area",
        "/api/v1/search?q=Office",
    ),
    "/api/v1/jobs": (
        "/api/v1/jobs",
        "/api/v1/jobs?name=compare&state=waiting&plan={plan}",
        "POST /api/v1/jobs",
    ),
    "/api/v1/jobs/<uuid:job>": ("/api/v1/jobs/{job}",),
    "/api/v1/jobs/<uuid:job>/cancel": ("POST /api/v1/jobs/{job}/cancel",),
    "/api/v1/scans": ("POST /api/v1/scans",),
    "/api/v1/alerts": ("/api/v1/alerts", "/api/v1/alerts?month=2026-08"),
    "/api/v1/my-cases": ("/api/v1/my-cases",),
    "/api/v1/visits": ("/api/v1/visits", "/api/v1/visits?quarter=2026-Q1&area=990001&most=5"),
    "/api/v1/before-after": (
        "/api/v1/before-after",
        "/api/v1/before-after?what=member&quarter=2026-Q1&category=labour",
    ),
    "/api/v1/features/<name>": (
        "/api/v1/features/offices",
        "/api/v1/features/enterprises",
        "/api/v1/features/enterprises?bbox=0,0,180,90&limit=1",
    ),
}

FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "/view-as": {"role": "leader", "area": "990001", "next": "/map/plan"},
    "/language": {"lang": "en", "next": "/map/plan"},
    "/csp": {},
    "/check/stop": {},
    "/check/repair": {"what": "sliver"},
    "/check/undo": {"batch": "990001-R1"},
    "/import/boundaries": {"reject": "990001-1", "id": FILE},
    "/import/undo": {"batch": "990001-1", "id": FILE},
    **{f"/import/{FILE}/{deed}": {} for deed in IMPORTING},
}

BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "/api/v1/drafts": {"based_on": None, "mode": "normal"},
    "/api/v1/jobs": {"name": "compare", "arguments": {"before": "1", "after": "1"}},
    "/api/v1/scans": {"kind": "prospective"},
}
"""JSON of what is sent with an example that begins with POST; the id is the view's own."""


COMPOSED: dict[str, Flask] = {}
"""By the settings: to compose one, and to read its templates, takes longer than many a test."""


def application(runtime: Runtime, clock: Callable[[], datetime] = lambda: NOW) -> Flask:
    """The application with a clock that stands still: composed once, and what it keeps its own."""
    settings = runtime.settings.model_dump_json(exclude={"database_url"})
    if settings not in COMPOSED:
        COMPOSED[settings] = create_app(runtime)
    app = copy(COMPOSED[settings])
    app.extensions = {**app.extensions, "gisapp": State(runtime, clock)}
    return app


def client(app: Flask, view: str) -> FlaskClient:
    """A browser that looks as ``role:area`` and knows its token."""
    browser = app.test_client()
    browser.set_cookie(VIEW_COOKIE, view)
    browser.set_cookie(CSRF_COOKIE, TOKEN)
    return browser


def ask(browser: FlaskClient, path: str) -> TestResponse:
    """Ask as a browser would; a form where the path takes one, JSON after POST."""
    if path.startswith("POST "):
        path = path.removeprefix("POST ")
        body = dict(BODIES.get(path, {}))
        if body:
            view = browser.get_cookie(VIEW_COOKIE)
            body["id"] = str(uuid5(NAMESPACE_URL, path + (view.value if view else "")))
        return browser.post(path, json=body, headers={CSRF_HEADER: TOKEN})
    if path.startswith("DELETE "):
        return browser.delete(path.removeprefix("DELETE "), headers={CSRF_HEADER: TOKEN})
    if path in FORMS:
        return browser.post(path, data={**FORMS[path], "csrf_token": TOKEN})
    return browser.get(path, headers={"Accept": "text/html" if _is_page(path) else "*/*"})


def config(browser: FlaskClient, path: str = "/map/coverage") -> dict[str, Any]:
    """What a page with a map tells its script."""
    page = browser.get(path, headers={"Accept": "text/html"})
    found = re.search(r'id="config"[^>]*>(.*?)</script>', page.text, re.DOTALL)
    assert found, page.text
    told: dict[str, Any] = json.loads(found[1])
    return told


def plain(answer: TestResponse) -> tuple[int, dict[str, str], bytes]:
    """Everything of an answer that does not differ from one request to the next."""
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce
    secrets = (nonce[1], answer.headers["X-Request-Id"])
    body = answer.data
    answer.close()  # a static file is open until then
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    for secret in secrets:
        body = body.replace(secret.encode(), b"-")
        headers = {name: value.replace(secret, "-") for name, value in headers.items()}
    headers.pop("Last-Modified", None)
    if cookie := headers.get("Set-Cookie"):  # a second may pass between two askings
        headers["Set-Cookie"] = re.sub(r"Expires=[^;]+; ", "", cookie)
    return answer.status_code, headers, body


def _is_page(path: str) -> bool:
    return (
        path == "/"
        or path.startswith(("/check", "/import"))
        or (path.startswith(("/map/", "/plan/", "/field/")) and path != "/field/places")
    )
