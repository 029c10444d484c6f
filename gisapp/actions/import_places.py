"""Bring in what has a place: enterprises, disputes, and the services done there."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select

from gisapp.actions.import_job import (
    ALWAYS,
    Job,
    Refused,
    day,
    found,
    happened,
    in_order,
    some,
    unknown,
    validity,
)
from gisapp.auth import Scope
from gisapp.core.credit_code import fits
from gisapp.core.join import NOWHERE
from gisapp.i18n import N_
from gisapp.intake.staging import Draft
from gisapp.store import audit, places
from gisapp.store.models import Cadre, Category, Dispute, Enterprise, Grid, Service
from gisapp.store.session import Session

PLACE_KEPT: Final = timedelta(days=90)
"""How long the exact place of a dispute is kept after it was resolved, or brought in."""

INDUSTRIES: Final = "ABCDEFGHIJKLMNOPQRST"
"""Sections of GB/T 4754."""


def enterprises(job: Job) -> None:
    """Store enterprises in the grid that holds them."""

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        industry = values.get("industry")
        if industry is not None and str(industry)[0].upper() not in INDUSTRIES:
            raise Refused(
                "unknown_value",
                N_("“{value}” is no industry of GB/T 4754: a letter A to T, digits may follow."),
                value=industry,
            )
        row = {
            "register_number": values["register_number"],
            "name": values["name"],
            **some(values, "credit_code", "size"),
            **validity(values),
        }
        if "industry" in values:
            row["industry"] = None if industry is None else str(industry).upper()
        if "address" in values:
            row["address"] = values["address"] or ""
        return row

    defaults = {**ALWAYS, "credit_code": None, "industry": None, "size": None, "address": ""}
    for drafts, rows in _joined(job, job.each(make)):
        for draft, row in zip(drafts, rows, strict=True):
            row["place"] = draft.shape
            code = row.get("credit_code")
            if code is not None and not fits(str(code)):
                message = N_("The credit code of “{value}” has a wrong check digit. Look it up.")
                job.note(draft.line, "credit_code", message, value=row["register_number"])
        job.merge(Enterprise, ["register_number"], rows, defaults)


def disputes(job: Job) -> None:
    """Store disputes in the grid that holds them; exact places go to a table of their own."""
    categories = category_words(job.session)
    handlers = job.known(Cadre, "staff_number", "id")

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        row: dict[str, Any] = {
            "case_number": values["case_number"],
            "category_code": _category(categories, values["category"]),
            "reported_on": happened(day(values["reported_on"]), job.session.today),
        }
        for name in ("accepted_on", "resolved_on"):
            if name in values:
                row[name] = day(values[name])
        for name in ("accepted_on", "resolved_on"):
            in_order(row["reported_on"], row.get(name))
        if "status" in values:
            row["status"] = values["status"] or "reported"
        for name in ("epidemic", "enterprise_related"):
            if name in values:
                row[name] = bool(values[name])
        if "staff_number" in values:
            number = values["staff_number"]
            row["cadre_id"] = None if number is None else found("cadre", handlers, number)[0]
        return row | some(values, "resolved_level")

    defaults = {
        "client_id": None,
        "epidemic": False,
        "enterprise_related": False,
        "accepted_on": None,
        "resolved_on": None,
        "status": "reported",
        "resolved_level": None,
        "cadre_id": None,
    }
    for drafts, rows in _joined(job, job.each(make)):
        old = places.dispute_ids(job.session, [row["case_number"] for row in rows])
        job.merge(Dispute, ["case_number"], rows, defaults)
        _keep_places(job, drafts, rows, frozenset(old.values()))


def category_words(session: Session) -> dict[str, str]:
    """Return the codes of categories by each word for one, in small letters: code and names."""
    rows = session.execute(select(Category.code, Category.name_zh, Category.name_en)).all()
    names = {name.casefold(): code for code, *both in rows for name in both}
    return names | {code.casefold(): code for code, *_ in rows}


def _category(words: dict[str, str], value: object) -> str:
    code = words.get(str(value).casefold())
    if code is None:
        raise unknown("category", value)
    return code


def _keep_places(
    job: Job,
    drafts: Sequence[Draft],
    rows: Sequence[dict[str, Any]],
    old: frozenset[int],
) -> None:
    placed = [
        (draft.shape, row)
        for draft, row in zip(drafts, rows, strict=True)
        if draft.shape is not None
    ]
    ids = places.dispute_ids(job.session, [row["case_number"] for _, row in placed])
    kept = [
        {
            "dispute_id": ids[row["case_number"]],
            "place": shape,
            "area_code": row["area_code"],
            "erase_on": erase_on(row.get("resolved_on"), job.today),
        }
        for shape, row in placed
    ]
    if kept:
        job.overwritten += places.keep_places(job.session, kept, old, job.origin)


def erase_on(resolved: date | None, today: date) -> date:
    """Return the day on which an exact place goes: older cases count from the import."""
    return max(resolved or today, today) + PLACE_KEPT


def erase_places(session: Session) -> int:
    """Erase the exact places of disputes whose time is up; returns how many."""
    session.actor.must(Scope.DATA_WRITE)
    erased = places.erase_due(session, session.today)
    for area, count in erased.items():
        audit.note(session, "places.erased", "dispute_place", area_code=area, count=count)
    return sum(erased.values())


def services(job: Job) -> None:
    """Store services that were done: a kind, a grid or enterprise, a day, a cadre."""
    cadres = job.known(Cadre, "staff_number", "id")
    grids = job.known(Grid, "code", "id", "area_code")
    firms = job.known(Enterprise, "register_number", "id", "area_code", "grid_id")

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        (cadre,) = found("cadre", cadres, values["staff_number"])
        grid = firm = None
        area = job.area
        if values.get("register_number") is not None:
            firm, area, grid = found("enterprise", firms, values["register_number"])
        if values.get("grid") is not None:
            grid, area = found("grid", grids, values["grid"])
        if grid is None and firm is None:
            raise Refused(
                "no_place", N_("The service has neither a grid nor an enterprise. Name one.")
            )
        return {
            "day": happened(day(values["day"]), job.session.today),
            "kind": values["kind"],
            "cadre_id": cadre,
            "grid_id": grid,
            "enterprise_id": firm,
            "area_code": area,
            "note": values.get("note") or "",
        }

    for _, rows in job.each(make):
        job.merge(Service, ["day", "kind", "cadre_id", "grid_id", "enterprise_id"], rows)


def _joined(
    job: Job, chunks: Iterator[tuple[list[Draft], list[dict[str, Any]]]]
) -> Iterator[tuple[list[Draft], list[dict[str, Any]]]]:
    """Give every row its grid and its area; one without a place gets the file's area."""
    land = places.ground(job.session)
    for drafts, rows in chunks:
        home = land.hold([draft.shape for draft in drafts])
        for draft, row, at in zip(drafts, rows, home.tolist(), strict=True):
            inside = at != NOWHERE
            row["grid_id"] = int(land.grid_ids[at]) if inside else None
            row["area_code"] = land.area_codes[at] if inside else job.area
            if draft.shape is None:
                message = N_("It has no place, so it is on no map. Add its coordinates.")
                job.note(draft.line, "no_place", message)
        yield drafts, rows
