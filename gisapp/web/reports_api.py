"""/api/v1/imports/reports: what checks found and what was stored, as JSON and as tables."""

from collections.abc import Container
from pathlib import PurePath
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response
from flask_babel import gettext
from pydantic import Field

from gisapp.actions import bringing, brought, import_excerpt, jobs
from gisapp.actions.brought import FINDINGS_MOST
from gisapp.actions.import_report import PAGE
from gisapp.errors import NotFound
from gisapp.files import csv_table, xlsx_table
from gisapp.i18n import N_
from gisapp.jobs import WORK
from gisapp.query import InvalidParameter, Query
from gisapp.web.answers import AGAIN, answer, sent, spoken
from gisapp.web.context import asked, session, state

reports_api = Blueprint("reports_api", __name__, url_prefix="/api/v1/imports/reports")

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A_FINDING: Final = 1_000
"""About how many bytes one finding takes, with what is kept of its rows."""


class NoRefusedRows(NotFound):
    """No row is refused, or the report keeps none of them."""

    code = "no_refused_rows"
    message = N_("No row is refused, or the report keeps none of them.")


class ReportQuery(Query):
    """Which findings of a report."""

    code: Annotated[str, Field(max_length=40)] = ""
    page: Annotated[int, Field(ge=1, le=10**6)] = 1


@reports_api.get("/<uuid:job>")
def report(job: UUID) -> Response:
    """Page through the findings of a check, or of what was stored."""
    query = ReportQuery.parse(asked("code", "page"))
    return answer(page_of(reported(job), query))


@reports_api.get("/<uuid:job>.csv")
def table(job: UUID) -> Response:
    """Take the findings along as a table."""
    asked()
    found = reported(job)
    rows = [(found["file"], found["layer"], *spoken(each)) for each in found["findings"]]
    names = ("file", "layer", "line", "code", "refused", "sentence")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    response = sent(csv_table(columns), "text/csv", AGAIN)
    response.headers["Content-Disposition"] = f"attachment; filename=findings-{job}.csv"
    return response


@reports_api.get("/<uuid:job>.xlsx")
def refused(job: UUID) -> Response:
    """Take the refused rows along as they stand in the file, each with why."""
    asked()
    found = reported(job)
    names, rows = import_excerpt.refused(found)
    if not rows:
        raise NoRefusedRows
    columns: dict[str, list[Any]] = {gettext("Line"): [row.line for row, _ in rows]}
    for number, name in enumerate(names):
        cells = [row.cells[number] for row, _ in rows]
        columns[_unlike(name or gettext("Column {n}").format(n=number + 1), columns)] = cells
    why = ["; ".join(spoken(each)) for _, each in rows]
    columns[_unlike(gettext("Why it is refused"), columns)] = why
    response = sent(xlsx_table(gettext("refused"), columns), XLSX, AGAIN)
    name = quote(f"{PurePath(found['file']).stem}-{gettext('refused')}.xlsx")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _unlike(name: str, names: Container[str]) -> str:
    """Return a name that no column has before it."""
    while name in names:
        name += "*"
    return name


def reported(job: UUID) -> dict[str, Any]:
    """Return the whole report of a job on a file."""
    found = ended(job)
    if "findings" not in found:
        raise jobs.JobNotDone(id=str(job))
    return found


def ended(job: UUID) -> dict[str, Any]:
    """Return what came of a job on a file: a report, or a fault; it never changes."""
    bringing.must(session())
    seen = jobs.look(session(), WORK, job)
    work = {each.name: each for each in (brought.CHECK, brought.STORE)}.get(seen.name)
    if work is None:
        raise jobs.NoSuchJob(id=str(job))
    found: dict[str, Any] = state().answers.once(
        ("report", str(job)),
        lambda: jobs.done(session(), work, job).result,
        lambda report: A_FINDING * (10 + len(report.get("findings", ()))),
    )
    return found


def page_of(found: dict[str, Any], query: ReportQuery) -> dict[str, Any]:
    """Choose one page of the findings of a report."""
    if query.code and query.code not in found["codes"]:
        raise InvalidParameter(name="code", value=query.code)
    fits = [each for each in found["findings"] if query.code in ("", each[1])]
    pages = max(1, -(-len(fits) // PAGE))
    page = min(query.page, pages)
    keys = ("line", "code", "refused", "sentence")
    rows = [dict(zip(keys, each, strict=True)) for each in fits]
    return {name: said for name, said in found.items() if name not in brought.INTERNAL} | {
        "rows": rows[(page - 1) * PAGE : page * PAGE],
        "page": page,
        "pages": pages,
        "listed": len(fits),
        "listed_most": FINDINGS_MOST,
    }
