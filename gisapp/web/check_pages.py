"""The page of findings: what is wrong in what is stored, and the repairs a planner accepts."""

from typing import Annotated, Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from pydantic import Field

from gisapp.actions import repairs
from gisapp.actions.checks import check
from gisapp.actions.findings import KINDS, ORDER, SEVERITIES, Finding
from gisapp.auth import Scope
from gisapp.query import Query
from gisapp.web import ground
from gisapp.web.answers import spoken
from gisapp.web.context import actor, asked, now, session, state
from gisapp.web.framing import around

check_pages = Blueprint("check_pages", __name__)

A_FINDING: Final = 1_000
"""About how many bytes one takes."""

LISTED: Final = 50
"""Findings of one page."""

LAST: Final = 10
"""Repairs that the page names; the command line names all."""


class FindingsQuery(Query):
    """Which findings."""

    kind: Annotated[str, Field(max_length=20)] = ""
    q: Annotated[str, Field(max_length=60)] = ""
    page: Annotated[int, Field(ge=1, le=10**6)] = 1


@check_pages.get("/check")
def findings() -> Response:
    """List what is wrong, with its place and the repair that is proposed."""
    query = FindingsQuery.parse(asked("kind", "q", "page"))
    actor().must(Scope.DATA_REPAIR)
    every = _found()
    fits = [one for one in every if query.kind in ("", one.kind) and query.q.strip() in one.code]
    pages = max(1, -(-len(fits) // LISTED))
    page = min(query.page, pages)
    return make_response(
        render_template(
            "check.html",
            rows=[_row(one) for one in fits[(page - 1) * LISTED : page * LISTED]],
            kinds=_kinds(every),
            every=len(every),
            fits=len(fits),
            mendable=sum(one.repair for one in every),
            of_kind=sum(one.repair for one in every if one.kind == query.kind),
            title=gettext(KINDS[query.kind]) if query.kind in KINDS else "",
            query=query,
            page=page,
            pages=pages,
            ledger=_ledger(),
            **around("check"),
        )
    )


@check_pages.post("/check/repair")
def repair() -> Response:
    """Accept a proposed repair, or all of one kind."""
    with state().runtime.sessions.write(actor(), now()) as writing:
        repairs.repair(writing, [request.form.get("what", "")[:90]])
    return _back()


@check_pages.post("/check/undo")
def undo() -> Response:
    """Take back what was accepted at once."""
    with state().runtime.sessions.write(actor(), now()) as writing:
        repairs.undo(writing, request.form.get("batch", "")[:40])
    return _back()


def _back() -> Response:
    return make_response(
        redirect(url_for(".findings", kind=request.form.get("kind", "")[:20]), 303)
    )


def _found() -> list[Finding]:
    return state().answers.once(
        ("check", ground.who(), ground.stamp()),
        lambda: check(session()),
        lambda found: A_FINDING * len(found),
    )


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
