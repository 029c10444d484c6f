"""The page of one file: how it is read, how far a job is, what came of it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from gisapp.actions import bringing, brought, import_list, jobs
from gisapp.actions.brought import LookQuery
from gisapp.actions.import_list import Entry
from gisapp.actions.jobs import JobsQuery, Seen
from gisapp.actions.spool import Brought, NoSuchFile
from gisapp.actions.work import Work
from gisapp.intake import profiles
from gisapp.intake.faults import FileFault
from gisapp.intake.limits import AT_ONCE, MEGABYTE, ON_THE_WEB
from gisapp.jobs import WORK
from gisapp.web import import_report, import_words
from gisapp.web.answers import spoken
from gisapp.web.context import actor, asked, now, session, state
from gisapp.web.framing import around
from gisapp.web.import_forms import ENCODINGS, SYSTEMS, Wish, wish
from gisapp.web.import_report import PageQuery
from gisapp.web.imports_api import ask, looked
from gisapp.web.reports_api import ended

import_file = Blueprint("import_file", __name__, url_prefix="/import/<uuid:file>")

PART: Final = "X-Part"
"""Header of a script that wants the form alone."""


@import_file.get("")
def one(file: UUID) -> Response:
    """Show one file: how it is read, how far a job is, or what came of it."""
    query = PageQuery.parse(asked("code", "at", "show", "page", "read"))
    bringing.must(session())
    there, found = _there(file), _jobs(file)
    if there is None and not found:
        raise NoSuchFile
    last = found[0] if found else None
    if last is not None and last.state not in import_words.ENDED:
        return _page(file, there, job=last)
    if last is None or last.name == brought.LOOK.name or (there and query.read):
        profile = next((each.arguments["profile"] for each in found if _checks(each)), None)
        before = next((each for each in found if each.name == brought.LOOK.name), None)
        return _reading(file, there, before, {"profile": profile} if profile else {})
    return _page(file, there, **_told(last, query))


@import_file.post("/look")
def look(file: UUID) -> Response:
    """Show how the file would be read with what the form says."""
    there = _waits(file)
    meant = _wish(there)
    told = {"file": str(file), "met": _unknown(_jobs(file), meant)} | meant.arguments()
    if there.size > AT_ONCE:
        ask(uuid4(), brought.LOOK, told)
        return _back(file)
    return _reading(file, there, None, told)


@import_file.post("/check")
def check(file: UUID) -> Response:
    """Ask for a report of what storing would do."""
    return _start(file, brought.CHECK)


@import_file.post("/store")
def store(file: UUID) -> Response:
    """Ask for the file to be stored."""
    return _start(file, brought.STORE)


@import_file.post("/cancel")
def cancel(file: UUID) -> Response:
    """End what is done with the file."""
    bringing.must(session())
    for job in _jobs(file):
        if job.state not in import_words.ENDED:
            with state().runtime.sessions.write(actor(), now()) as writing:
                jobs.cancel(writing, WORK, job.id)
    return _back(file)


@import_file.post("/drop")
def drop(file: UUID) -> Response:
    """Put the file away."""
    bringing.drop(session(), file)
    return make_response(redirect(url_for("import_pages.files"), 303))


@import_file.post("/profile")
def profile(file: UUID) -> Response:
    """Take along what the form says, as a profile for the command line."""
    there = _waits(file)
    text = _wish(there).arguments().get("profile", "")
    response = make_response(f"# {there.name}\n{text}")
    response.mimetype = "application/toml"
    response.headers["Content-Disposition"] = "attachment; filename=profile.toml"
    return response


def _wish(there: Brought) -> Wish:
    """Read the form; the profile of an earlier batch counts alone."""
    if batch := request.form.get("stored", ""):
        text = bringing.kept_profile(session(), batch)
        return Wish(profiles.parse(text.encode(), batch), None, None)
    return wish(request.form, there.name)


def _start(file: UUID, work: Work) -> Response:
    there = _waits(file)
    given = request.form.get("profile", "")
    found = Wish(profiles.parse(given.encode(), there.name), None, None) if given else None
    meant = (found or _wish(there)).arguments()
    option = request.form.get("option")
    if option and "profile" in meant:  # a system that was offered
        before = profiles.parse(meant["profile"].encode(), there.name)
        meant = Wish(before.model_copy(update={"crs": option[:60]}), None, None).arguments()
    if "profile" not in meant:
        return _reading(file, there, None, {"file": str(file)} | meant)
    ask(import_words.id_of(request.form.get("id", "")), work, {"file": str(file)} | meant)
    return _back(file)


def _waits(file: UUID) -> Brought:
    bringing.must(session())
    return bringing.find(session(), file)


def _unknown(found: list[Seen], meant: Wish) -> dict[str, Mapping[str, int]]:
    """Add to the words of a form those that the last check found in the same columns."""
    last = next((each for each in found if each.name == brought.CHECK.name), None)
    words: dict[str, Mapping[str, int]] = dict(meant.met)
    if last is None or last.state != "done" or meant.profile is None:
        return words
    before = profiles.parse(last.arguments["profile"].encode(), "").columns
    result = jobs.done(session(), brought.CHECK, last.id).result
    for name, counts in result.get("unknown", {}).items():
        if before.get(name) == meant.profile.columns.get(name):
            words.setdefault(name, counts)
    return words


def _there(file: UUID) -> Brought | None:
    try:
        return bringing.find(session(), file)
    except NoSuchFile:
        return None


def _back(file: UUID) -> Response:
    return make_response(redirect(url_for(".one", file=file), 303))


def _checks(job: Seen) -> bool:
    return job.name in {brought.CHECK.name, brought.STORE.name}


def _jobs(file: UUID) -> list[Seen]:
    """List what was done with a file, the newest first."""
    works = (brought.LOOK.name, brought.CHECK.name, brought.STORE.name)
    found = [
        job
        for name in works
        for job in jobs.find(session(), WORK, JobsQuery(name=name))
        if job.arguments.get("file") == str(file)
    ]
    return sorted(found, key=lambda job: (job.created_at, works.index(job.name)), reverse=True)


def _reading(
    file: UUID, there: Brought | None, last: Seen | None, told: dict[str, Any]
) -> Response:
    """Show how a file is read: looked at now, or as a job has found."""
    if there is None:
        raise NoSuchFile
    shown: dict[str, Any] = {"reading": None, "fault": None}
    if last is not None and last.name == brought.LOOK.name:
        shown |= _looked_before(last)
    elif there.size <= AT_ONCE:
        try:
            shown["reading"] = looked(file, LookQuery.parse({"file": str(file)} | told))
        except FileFault as wrong:
            shown["fault"] = _fault(wrong)
            shown["base"] = told.get("profile", "")
    return _page(file, _there(file), **shown)


def _looked_before(last: Seen) -> dict[str, Any]:
    if last.state != "done":
        return {"fault": last.error, "base": last.arguments.get("profile", "")}
    found = jobs.done(session(), brought.LOOK, last.id).result
    if "fault" in found:
        return {"fault": found["fault"], "base": last.arguments.get("profile", "")}
    return {"reading": found}


def _fault(wrong: FileFault) -> dict[str, Any]:
    return {
        "code": wrong.code,
        "title": wrong.sentence,
        "layers": wrong.fields.get("layers"),
        "option": wrong.fields.get("option"),
    }


def _told(job: Seen, query: PageQuery) -> dict[str, Any]:
    """Say what came of a check or of storing."""
    told = {"ended": job, "profile": job.arguments["profile"]}
    if job.state != "done":
        return told | {"fault": job.error or {"title": gettext("It was cancelled.")}}
    found = ended(job.id)
    if "fault" in found:
        return told | {"fault": found["fault"]}
    return told | {"report": import_report.shown(found, query), "query": query}


def _page(file: UUID, there: Brought | None, **shown: Any) -> Response:
    report = shown.get("report")
    name = there.name if there else report["file"] if report else gettext("A file")
    template = "_import_reading.html" if PART in request.headers else "import_file.html"
    return make_response(
        render_template(
            template,
            file=file,
            there=there,
            name=name,
            new_id=uuid4(),
            kinds=import_words.kinds(),
            words=import_words.choices(),
            came=[_entry(each, file) for each in import_list.recent(session())],
            most=ON_THE_WEB.upload_bytes // MEGABYTE,
            stored=bringing.kept_profiles(session()) if there else [],
            systems=SYSTEMS,
            encodings=ENCODINGS,
            size=import_words.size,
            at_once=there is not None and there.size <= AT_ONCE,
            job=import_words.spoken_job(shown.pop("job", None)),
            **{key: spoken(one) if _plain(one) else one for key, one in shown.items()},
            **around("import"),
        )
    )


def _entry(entry: Entry, file: UUID) -> dict[str, Any]:
    """Say one file of the list."""
    return {
        "name": entry.name,
        "state": entry.state,
        "sign": "refused" if entry.state == "checked" and entry.refused else entry.state,
        "doubt": entry.doubt,
        "when": import_words.moment(entry.at),
        "rows": entry.rows,
        "url": None if entry.file is None else url_for(".one", file=entry.file),
        "current": entry.file == file,
    }


def _plain(one: Any) -> bool:
    return isinstance(one, dict | list)
