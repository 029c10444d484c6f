"""/api/v1/compare: two plans side by side, as a document and as tables for spreadsheets."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, Response
from flask_babel import gettext

from gisapp.actions.differences import Differences, PairQuery, Seat, differences
from gisapp.auth import Scope
from gisapp.files import csv_table
from gisapp.i18n import N_
from gisapp.palette import STATES
from gisapp.query import InvalidParameter
from gisapp.web import ground
from gisapp.web.answers import AGAIN, sent, written
from gisapp.web.context import actor, asked, locale, session, state

compare = Blueprint("compare", __name__, url_prefix="/api/v1")

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"better": N_("Better"), "worse": N_("Worse"), "hands": N_("Other people")}
)

MOVES: Final[Mapping[str, str]] = MappingProxyType(
    {"moved": N_("Moved"), "sent": N_("More posts"), "fallen": N_("Could not stay")}
)


@compare.get("/compare")
def document() -> Response:
    """Say what changes from one plan to the other."""
    pair = PairQuery.parse(asked("before", "after"))
    found = between(pair)

    def made() -> bytes:
        return written(found.document())

    kept = ("compare", _key(found), locale(), ground.who(), ground.stamp())
    return sent(state().answers.get(kept, made, len), "application/json", AGAIN)


@compare.get("/compare.csv")
def table() -> Response:
    """Answer the changed grids, people or departments as rows of a spreadsheet."""
    actor().must(Scope.DATA_EXPORT)
    args = asked("before", "after", "rows")
    rows = args.pop("rows", "grids")
    if rows not in TABLES:
        raise InvalidParameter(name="rows", value=rows[:80])
    found = between(PairQuery.parse(args))
    first, second = found.comparison.before, found.comparison.after
    response = sent(csv_table(TABLES[rows](found)), "text/csv", AGAIN)
    name = f"compare-{first}-{second}-{rows}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def between(pair: PairQuery) -> Differences:
    """Compare two plans; what was compared before and has not changed is not compared again."""

    def made() -> Differences:
        return differences(session(), pair.before, pair.after, ground.of_data)

    def size(found: Differences) -> int:
        return 400 * (len(found.grids) + len(found.people)) + 80 * len(found.codes) + 10_000

    key = ("differences", pair.before, pair.after, ground.who(), ground.stamp())
    return state().answers.get(key, made, size)


def _key(found: Differences) -> tuple[Any, ...]:
    return found.comparison.before, found.comparison.after, *found.versions


def _grids(found: Differences) -> dict[str, Sequence[Any]]:
    rows = found.grids
    return {
        gettext("Code"): [row.code for row in rows],
        gettext("Grid"): [row.name for row in rows],
        gettext("Change"): [gettext(KINDS[row.kind]) for row in rows],
        gettext("State before"): [gettext(STATES[row.before].word) for row in rows],
        gettext("State after"): [gettext(STATES[row.after].word) for row in rows],
        gettext("Nearest member before, minutes"): [row.minutes_before for row in rows],
        gettext("Nearest member after, minutes"): [row.minutes_after for row in rows],
        gettext("Members before"): [row.members_before for row in rows],
        gettext("Members after"): [row.members_after for row in rows],
    }


def _people(found: Differences) -> dict[str, Sequence[Any]]:
    rows = [(person, seats) for person in found.people for seats in _steps(person)]
    return {
        gettext("Staff number"): [person.staff_number for person, _ in rows],
        gettext("Name"): [person.name for person, _ in rows],
        gettext("Department"): [person.department for person, _ in rows],
        gettext("Change"): [gettext(MOVES[person.kind]) for person, _ in rows],
        gettext("From"): ["" if gone is None else gone.place for _, (gone, _) in rows],
        gettext("Way before, minutes"): [gone and gone.minutes for _, (gone, _) in rows],
        gettext("To"): ["" if came is None else came.place for _, (_, came) in rows],
        gettext("Way after, minutes"): [came and came.minutes for _, (_, came) in rows],
    }


def _steps(person: Any) -> list[tuple[Seat | None, Seat | None]]:
    """Put what is given up and what is taken up beside each other."""
    gone, came = list(person.gone), list(person.came)
    many = max(len(gone), len(came))
    return [
        (gone[at] if at < len(gone) else None, came[at] if at < len(came) else None)
        for at in range(many)
    ]


def _departments(found: Differences) -> dict[str, Sequence[Any]]:
    rows = found.comparison.departments
    return {
        gettext("Code"): [row.code for row in rows],
        gettext("Department"): [row.name for row in rows],
        gettext("Base"): [row.base for row in rows],
        gettext("Out before"): [row.before for row in rows],
        gettext("Floor before"): [row.floor_before for row in rows],
        gettext("Out after"): [row.after for row in rows],
        gettext("Floor after"): [row.floor for row in rows],
    }


TABLES: Final = MappingProxyType({"grids": _grids, "people": _people, "departments": _departments})
"""What may be taken out as a table."""
