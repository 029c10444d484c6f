"""One request: its id, its unit of work, its actor, its language."""

import ipaddress
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from babel import Locale
from flask import Flask, Response, current_app, g, request
from flask_babel import get_locale

from gisapp.actions import tile_files, views
from gisapp.actions.views import View
from gisapp.auth import OPERATOR, Actor, Role
from gisapp.cache import MEGABYTE, Cache
from gisapp.errors import Forbidden, InvalidInput
from gisapp.i18n import LOCALES, N_
from gisapp.query import UnknownParameter
from gisapp.runtime import Runtime

log = logging.getLogger(__name__)

VIEW_COOKIE: Final = "view"
LANGUAGE_COOKIE: Final = "lang"
CSRF_COOKIE: Final = "csrf"
CSRF_HEADER: Final = "X-CSRFToken"
YEAR: Final = 31_536_000
"""Seconds."""

NAMES: Final = frozenset({"localhost"})
"""Names of this machine; beside them its loopback addresses."""

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

REPORTS: Final = "/csp"
"""Browsers send reports of blocked content without a token."""


class NotLoopback(Forbidden):
    """Somebody asks from another machine, or a page of another host asks through a browser."""

    code = "not_loopback"
    message = N_("Until there are accounts, only this computer may ask.")


class NotOurForm(Forbidden):
    """A form was sent that is not of our page."""

    code = "not_our_form"
    message = N_("The form was not sent from this page. Load the page again.")


class AskedTwice(InvalidInput):
    """A parameter that may stand once stands twice."""

    code = "asked_twice"
    message = N_("The parameter “{name}” may stand only once.")


class NotText(InvalidInput):
    """An address or a body holds a sign that databases do not keep in a text."""

    code = "not_text"
    message = N_("What was sent holds a sign that is no text (U+0000). Leave it out.")


@dataclass(frozen=True, slots=True)
class State:
    """What all requests of one process share."""

    runtime: Runtime
    clock: Callable[[], datetime]
    ground: Cache = field(default_factory=lambda: Cache(512 * MEGABYTE))
    """Shapes and ids."""
    tiles: Cache = field(default_factory=lambda: Cache(128 * MEGABYTE))
    """Encoded tiles."""
    answers: Cache = field(default_factory=lambda: Cache(1024 * MEGABYTE))
    """Values of layers; of 100,000 grids one takes 80 to 140 MB, and pages show several."""
    desks: Cache = field(default_factory=lambda: Cache(768 * MEGABYTE))
    """Drafts that are worked on, with the best plans they are held against."""

    @property
    def tiles_home(self) -> Path:
        """Folder of ready tiles."""
        return tile_files.home(self.runtime.settings)


def state() -> State:
    """Return what this process shares."""
    return cast("State", current_app.extensions["gisapp"])


def watch(app: Flask) -> None:
    """Open and close every request of ``app``."""
    app.before_request(_open)
    app.after_request(_finish)
    app.teardown_request(_close)


def _open() -> None:
    g.request_id = secrets.token_hex(8)
    g.nonce = secrets.token_urlsafe(16)
    g.began = time.perf_counter()
    g.open = ExitStack()
    g.csrf = request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(24)
    if not _is_loopback(request.remote_addr or "") or not _is_loopback(_host()):
        raise NotLoopback
    if "\0" in request.path or any("\0" in text for text in request.args.values()):
        raise NotText
    if request.method not in READING and request.path != REPORTS:
        _must_be_ours()


def _host() -> str:
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host in NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _netloc(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def _must_be_ours() -> None:
    # The same secret in the cookie and in the form: another site can send one, not read both.
    # The header first: a file that is brought is no form, and is not read here.
    told = request.headers.get(CSRF_HEADER) or request.form.get("csrf_token") or ""
    known = request.cookies.get(CSRF_COOKIE) or ""
    origin = request.headers.get("Origin")
    foreign = origin is not None and _netloc(origin) != request.host
    if foreign or not known or not secrets.compare_digest(told.encode(), known.encode()):
        raise NotOurForm


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    if CSRF_COOKIE not in request.cookies and response.mimetype == "text/html":
        keep(response, CSRF_COOKIE, g.csrf)
    log.info(
        "%s %s %s %d %.0f ms",
        g.request_id,
        request.method,
        request.url_rule or "-",
        response.status_code,
        1000 * (time.perf_counter() - g.began),
    )
    return response


def _close(wrong: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("open", None)
    if stack is not None:
        stack.close()


def keep(response: Response, name: str, value: str) -> None:
    """Let the browser keep a cookie that no script and no other site gets."""
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", path="/")


def now() -> datetime:
    """Return the moment of this request."""
    if "now" not in g:
        g.now = state().clock()
    return cast("datetime", g.now)


def view() -> View:
    """Return whose eyes this request sees with: what the cookie says, or all as planner."""
    if "view" not in g:
        with state().runtime.sessions.read(OPERATOR, now()) as everything:
            g.view = seen_with(everything, request.cookies.get(VIEW_COOKIE, ""))
    return cast("View", g.view)


def seen_with(session: Any, said: str) -> View:
    """Turn ``role:area``, ``planner:area:name`` or ``cadre:staff number`` into a view."""
    role, _, code = said.partition(":")
    if role == Role.CADRE and code:
        return views.of_cadre(session, code)
    if role in {Role.PLANNER, Role.LEADER}:
        area, _, name = code.partition(":")
        if area:
            return views.of_area(session, Role(role), area, unquote(name))
        return views.everything(session, Role(role), unquote(name))
    return views.everything(session)


def actor() -> Actor:
    """Return who asks."""
    return view().actor


def session() -> Any:
    """Return this request's unit of work; opened when first needed."""
    if "session" not in g:
        g.session = g.open.enter_context(state().runtime.sessions.read(actor(), now()))
    return g.session


def asked(*known: str, several: str = "", more: bool = False) -> dict[str, str]:
    """Read the parameters; raise when one stands twice, or is none of ``known`` without ``more``.

    The one called ``several`` may stand more than once and is left out.
    """
    found: dict[str, str] = {}
    for name, values in request.args.lists():
        if name == several:
            continue
        if not more and name not in known:
            raise UnknownParameter(name=name[:80])
        if len(values) > 1:
            raise AskedTwice(name=name[:80])
        found[name] = values[0]
    return found


def language() -> Locale:
    """Choose the language: the reader's choice, the browser's, the setting."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LOCALES:
        return _parsed(chosen)
    wishes = {"zh": "zh_CN", "en": "en"}
    best = request.accept_languages.best_match(["zh-CN", "zh", "en-US", "en-GB", "en"])
    return _parsed(wishes[best[:2]] if best else state().runtime.settings.locale)


@cache
def _parsed(name: str) -> Locale:
    """Read a language's name once: Babel looks for its files each time."""
    return Locale.parse(name)


def locale() -> str:
    """Return the language of this answer, ``zh_CN`` or ``en``."""
    return "en" if get_locale().language == "en" else "zh_CN"
