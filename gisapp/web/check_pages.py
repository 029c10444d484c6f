"""The page of findings: what is wrong in what is stored, and the repairs a planner accepts."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from pydantic import Field

from gisapp.actions import checking, jobs, repairs
from gisapp.actions.findings import KINDS, ORDER, SEVERITIES, Finding
from gisapp.actions.stamps import checked_stamp
from gisapp.auth import Scope
from gisapp.i18n import day_name
from gisapp.jobs import WORK
from gisapp.query import Query
from gisapp.web.answers import spoken
from gisapp.web.context import actor, asked, locale, now, session, state
from gisapp.web.framing import around

check_pages = Blueprint("check_pages", __name__)

A_FINDING: Final = 1_000
"""About how many bytes one takes."""

LISTED: Final = 50
"""Findings of one page."""

FOLDED: Final = 10
"""Notices of one kind up to which each stands for itself among other findings."""

ENDED: Final = ("done", "failed", "cancelled")

LAST: Final = 10
"""Repairs that the page names; the command line names all."""


class FindingsQuery(Query):
    """Which findings."""

    kind: Annotated[str, Field(max_length=20)] = ""
    q: Annotated[str, Field(max_length=60)] = ""
    page: Annotated[int, Field(ge=1, le=10**6)] = 1


@check_pages.get("/check")
def findings() -> Response:
    """List what the last check has found, with its place and the repair that is proposed."""
    query = FindingsQuery.parse(asked("kind", "q", "page"))
    last = checking.newest(session())
    job = last if last is not None and last.state not in ENDED else None
    checked = _checked()
    every = [] if checked is None else checked.findings
    fits = [one for one in every if _fits(one, query)]
    kinds = _kinds(every)
    folded = [row for row in kinds if _folded(row, query)]
    names = {row["kind"] for row in folded}
    shown = [one for one in fits if one.kind not in names]
    pages = max(1, -(-len(shown) // LISTED))
    page = min(query.page, pages)
    return make_response(
        render_template(
            "check.html",
            rows=[_row(one) for one in shown[(page - 1) * LISTED : page * LISTED]],
            folded=folded if page == pages else [],
            kinds=kinds,
            every=len(every),
            fits=len(fits),
            mendable=sum(one.repair for one in every),
            of_kind=sum(one.repair for one in every if one.kind == query.kind),
            title=gettext(KINDS[query.kind]) if query.kind in KINDS else "",
            query=query,
            page=page,
            pages=pages,
            ledger=_ledger(),
            checked=checked,
            at="" if checked is None else _moment(checked.at),
            changed=checked is not None and checked.stamp != checked_stamp(session()),
            job=None if job is None else spoken(job.document()),
            failed=spoken(last.error) if last is not None and last.state == "failed" else None,
            new_id=uuid4(),
            **around("check"),
        )
    )


@check_pages.post("/check")
def again() -> Response:
    """Ask for a check; while one waits or runs it is that one."""
    actor().must(Scope.DATA_REPAIR)
    _ask()
    return _back()


@check_pages.post("/check/stop")
def stop() -> Response:
    """End the check that runs."""
    last = checking.newest(session())
    if last is not None and last.state not in ENDED:
        with state().runtime.sessions.write(actor(), now()) as writing:
            jobs.cancel(writing, WORK, last.id)
    return _back()


@check_pages.post("/check/repair")
def repair() -> Response:
    """Accept a proposed repair, or all of one kind; what is left is looked for anew."""
    with state().runtime.sessions.write(actor(), now()) as writing:
        repairs.repair(writing, [request.form.get("what", "")[:90]])
    _ask()
    return _back()


@check_pages.post("/check/undo")
def undo() -> Response:
    """Take back what was accepted at once; what is left is looked for anew."""
    with state().runtime.sessions.write(actor(), now()) as writing:
        repairs.undo(writing, request.form.get("batch", "")[:40])
    _ask()
    return _back()


def _ask() -> None:
    with state().runtime.sessions.write(actor(), now()) as writing:
        last = checking.newest(writing)
        if last is None or last.state != "waiting":
            jobs.ask(writing, WORK, uuid4(), checking.WORK.name, {})


def _back() -> Response:
    return make_response(
        redirect(url_for(".findings", kind=request.form.get("kind", "")[:20]), 303)
    )


def _checked() -> checking.Checked | None:
    """Read the last check that came to its end; it is kept in memory, as pages are turned."""
    done = checking.newest(session(), "done")
    if done is None:
        return None
    return state().answers.once(
        ("check", str(done.id)),
        lambda: checking.read(session(), done),
        lambda found: A_FINDING * len(found.findings) + A_FINDING,
    )


def _fits(one: Finding, query: FindingsQuery) -> bool:
    return query.kind in ("", one.kind) and query.q.strip() in one.code


def _folded(row: dict[str, Any], query: FindingsQuery) -> bool:
    """Whether a kind of many notices stands in one line among the others."""
    return not query.kind and not query.q and row["severity"] == "notice" and row["n"] > FOLDED


def _moment(at: datetime) -> str:
    local = at.astimezone(ZoneInfo(session().settings.time_zone))
    return f"{day_name(local.date()).within(locale())} {local:%H:%M}"


def _kinds(every: list[Finding]) -> list[dict[str, Any]]:
    """Count the findings of each kind; what explains others comes first."""
    counts: dict[tuple[int, str], int] = {}
    for one in every:
        key = (ORDER.index(one.severity), one.kind)
        counts[key] = counts.get(key, 0) + 1
    named: dict[str, dict[str, Any]] = {}
    for (severity, kind), n in sorted(counts.items()):
        row = named.setdefault(
            kind,
            {"kind": kind, "n": 0, "word": gettext(KINDS[kind])} | _severity(ORDER[severity]),
        )
        row["n"] += n
    return list(named.values())


def _severity(name: Any) -> dict[str, str]:
    sign, word = SEVERITIES[name]
    return {"severity": name, "sign": sign, "severity_word": gettext(word)}


def _row(one: Finding) -> dict[str, Any]:
    where = None
    if one.lon is not None:
        where = f"{url_for('pages.map_page', name='coverage')}#at={one.lon},{one.lat}"
    return {
        "kind": one.kind,
        "word": gettext(KINDS[one.kind]),
        "code": one.code,
        "sentence": spoken(one.sentence),
        "where": where,
        "place": "" if one.lon is None else f"{one.lon:.5f}, {one.lat:.5f}",
        "repair": one.repair,
    } | _severity(one.severity)


def _ledger() -> list[dict[str, Any]]:
    return [
        row | {"word": gettext(KINDS.get(row["kind"], row["kind"]))}
        for row in repairs.listed(session())[:LAST]
    ]
