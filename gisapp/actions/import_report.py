"""A report as a page shows it: kinds of findings in the order that helps, one of them picked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from gisapp.actions import import_excerpt
from gisapp.actions.import_excerpt import Around
from gisapp.errors import NotFound
from gisapp.i18n import N_, Sentence

Show = Literal["", "refused", "doubt", "notice"]
Severity = Literal["cause", "refused", "doubt", "notice"]

PAGE: Final = 50
"""Findings of one page of the list."""
CAUSES: Final = {"datum"}
"""Findings that explain others: they come first, and they are doubts."""
DOUBTS: Final = {"computed", "credit_code"}
"""Findings about rows that are stored and may be wrong; all others only tell something."""
ORDER: Final[Sequence[Severity]] = ("cause", "refused", "doubt", "notice")


class NoSuchFinding(NotFound):
    """A report has no finding of that kind and number."""

    code = "no_such_finding"
    message = N_("The report has no such finding: it is of another check, or it is not listed.")


@dataclass(frozen=True, slots=True)
class Heap:
    """All findings of one kind."""

    code: str
    severity: Severity
    n: int
    line: int
    first: Sentence
    listed: int
    """Those that are kept to be looked at."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One finding in the list."""

    code: str
    at: int
    """Its number among those of its kind, from 1."""
    severity: Severity
    line: int
    message: Sentence


@dataclass(frozen=True, slots=True)
class Picked:
    """One finding, and what of the file lies around it."""

    finding: Listed
    of: int
    around: Around | None
    near: list[tuple[int, Any]]
    """Numbers and places of others of its kind."""


def heaps(report: Mapping[str, Any]) -> list[Heap]:
    """List the kinds: what explains others, what blocks, doubts, notices; the many before few."""
    kept = Counter(each[1] for each in report["findings"])
    found = [
        Heap(code, _severity(code, heap), heap["n"], heap["line"], heap["first"], kept[code])
        for code, heap in report["codes"].items()
    ]
    return sorted(found, key=lambda one: (ORDER.index(one.severity), -one.n, one.line))


def belongs(severity: Severity, show: Show) -> bool:
    """Say whether findings of a severity are shown."""
    return show in ("", "doubt" if severity == "cause" else severity)


def listed(
    report: Mapping[str, Any], show: Show, code: str, page: int
) -> tuple[list[Listed], int, int]:
    """
    List findings in the order of the file, of one kind, or of all that are shown.

    Only those of a page, the last where there are fewer; how many there are, and which page.
    """
    severities = {name: _severity(name, heap) for name, heap in report["codes"].items()}
    wanted = {code} if code else {name for name, one in severities.items() if belongs(one, show)}
    numbers: Counter[str] = Counter()
    found = []
    for each in report["findings"]:
        name = each[1]
        numbers[name] += 1
        if name in wanted:
            found.append((each, numbers[name]))
    page = min(page, max(1, -(-len(found) // PAGE)))
    rows = [
        Listed(name, at, severities[name], line, message)
        for (line, name, _, message), at in found[(page - 1) * PAGE : page * PAGE]
    ]
    return rows, len(found), page


def picked(report: Mapping[str, Any], code: str, at: int) -> Picked:
    """Return one finding of a kind by its number, from 1; raises `NoSuchFinding`."""
    every = [each for each in report["findings"] if each[1] == code]
    if not 1 <= at <= len(every):
        raise NoSuchFinding
    line, _, _, message = finding = every[at - 1]
    severity = _severity(code, report["codes"][code])
    around, near = import_excerpt.around(report, finding, [each[0] for each in every])
    return Picked(Listed(code, at, severity, line, message), len(every), around, near)


def _severity(code: str, heap: Mapping[str, Any]) -> Severity:
    if code in CAUSES:
        return "cause"
    if heap["refused"]:
        return "refused"
    return "doubt" if code in DOUBTS else "notice"
