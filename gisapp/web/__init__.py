"""The web: pages, arrays and problems over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, request
from flask_babel import Babel

from gisapp import resources
from gisapp.i18n import Sentence, counted, say
from gisapp.runtime import Runtime
from gisapp.web import (
    answers,
    api,
    cases,
    check_pages,
    compare,
    context,
    deeds,
    drafts,
    errors,
    health,
    import_file,
    import_pages,
    imports_api,
    jobs,
    maps_api,
    pages,
    plain,
    plan_pages,
    plans,
    reports_api,
    scans,
    scripts,
    visits,
    workbench,
)

BODY = 64 * 1024
"""Bytes of the largest form; files come in elsewhere."""


def now() -> datetime:
    """Read the clock at this door."""
    return datetime.now(UTC)


def create_app(runtime: Runtime, clock: Callable[[], datetime] = now) -> Flask:
    """Compose the web application of one installation; the database is not touched yet."""
    app = Flask(
        "gisapp",
        root_path=str(resources.PACKAGE),
        static_folder=str(resources.PACKAGE / "static"),
        template_folder=str(resources.folder("templates")),
    )
    app.jinja_options = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    app.config.update(
        MAX_CONTENT_LENGTH=BODY,
        MAX_FORM_MEMORY_SIZE=BODY,
        MAX_FORM_PARTS=20,
        BABEL_TRANSLATION_DIRECTORIES=str(resources.PACKAGE / "translations"),
        SEND_FILE_MAX_AGE_DEFAULT=None,
    )
    app.extensions["gisapp"] = context.State(runtime, clock)
    Babel(app, locale_selector=context.language)
    context.watch(app)
    answers.guard(app)
    errors.handle(app)
    for part in (
        pages.pages,
        plain.plain,
        maps_api.api,
        api.api,
        compare.compare,
        drafts.drafts,
        deeds.deeds,
        plans.plans,
        plan_pages.plan_pages,
        check_pages.check_pages,
        jobs.jobs,
        imports_api.imports_api,
        reports_api.reports_api,
        import_pages.import_pages,
        import_file.import_file,
        scans.scans,
        scans.alerts,
        visits.visits,
        visits.effects,
        cases.cases,
        health.health,
        scripts.scripts,
        workbench.workbench,
    ):
        app.register_blueprint(part)
    app.context_processor(_everywhere)
    app.jinja_env.globals["say"] = _said
    app.jinja_env.globals["count"] = _counted
    app.jinja_env.globals["script_of"] = scripts.script_of
    return app


def _said(message: str, /, **fields: object) -> str:
    """Fill a translated sentence, which may hold ``{n:grid|grids}``."""
    return say(Sentence(message, fields), str, context.locale())


def _counted(number: int) -> str:
    """Write a number as readers of each language do."""
    return counted(number, context.locale())


def _everywhere() -> dict[str, Any]:
    """Give every template what it needs, also that of an error."""
    settings = context.state().runtime.settings
    return {
        "nonce": g.get("nonce", ""),
        "csrf_token": g.get("csrf", ""),
        "locale": context.locale(),
        "installation_name": settings.name,
        "map_review_number": settings.map_review_number,
        "layers": [],
        "request": request,
    }
