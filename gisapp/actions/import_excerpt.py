"""What a report keeps of the rows of its file, and the rows around one finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gisapp.actions.import_reading import Came
from gisapp.i18n import Name, Sentence
from gisapp.intake import excerpt
from gisapp.intake.excerpt import Kept
from gisapp.intake.faults import Finding
from gisapp.intake.flow import harmless
from gisapp.intake.gate import TABLES
from gisapp.intake.kinds import KINDS, Kind

SHOWN: Final = 60
"""Characters of a cell that a page shows."""

BLAMED: Final = {
    "no_place": ("lon", "lat"),
    "outside_system": ("lon", "lat"),
    "unknown_area": ("area", "parent", "community"),
    "unknown_place": ("place",),
}
"""By code, the fields that may be wrong where the finding names none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One of the rows around a finding, as a page shows it."""

    line: int
    cells: list[str]
    wrong: list[bool]
    """Cells that the finding is about."""
    here: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The rows around a finding."""

    columns: list[str]
    lines: list[Line]
    understood: list[tuple[str, Name]]
    """Columns that are called otherwise than ours, and the fields that come from them."""
    left_out: int
    """Columns of which nothing is kept."""
    place: Any
    """Of the row, as the file has it; null without one."""


def refused(report: Mapping[str, Any]) -> tuple[list[str], list[tuple[Kept, list[Sentence]]]]:
    """List the refused rows that are kept, whole, with why each is refused; and the columns."""
    rows = report.get("rows")
    why: dict[int, list[Sentence]] = {}
    for line, _, no, message in report["findings"]:
        if no:
            why.setdefault(line, []).append(message)
    if not rows:
        return [], []
    found = [one for one in excerpt.unpacked(rows["packed"]) if one.line in why]
    return rows["columns"], [(one, why[one.line]) for one in found]


def kept(came: Came, findings: Sequence[Finding], noted: set[int]) -> dict[str, Any] | None:
    """Keep the rows around findings; null where nothing lies aside."""
    lines = excerpt.chosen(findings, lambda one: id(one) not in noted)
    if came.beside is None or not came.beside.exists() or not lines:
        return None
    mapping, names = came.rows.mapping, came.found.columns
    numbers = excerpt.columns(mapping, names)
    place = excerpt.placing(mapping, shaped=came.file.format not in TABLES)
    taken = {
        field: [numbers.index(each) for each in columns if each in numbers]
        for field, columns in mapping.taken.items()
    }
    blocks, there = excerpt.packed(came.beside, lines, numbers, place)
    no = {one.line for one in findings if id(one) not in noted}
    return {
        "columns": [names[number] for number in numbers],
        "left_out": len(names) - len(numbers),
        "taken": {field: columns for field, columns in taken.items() if columns},
        "refused": len(no & there),
        "packed": blocks,
    }


def around(
    report: Mapping[str, Any], finding: Sequence[Any], lines: Sequence[int]
) -> tuple[Around | None, list[tuple[int, Any]]]:
    """
    Show the row of a finding with the one before and the one after, where they are kept.

    Beside it stand the numbers, from 1, and the places of others of its kind, on ``lines``, that
    lie not far from it in the file.
    """
    rows = report.get("rows")
    line, code, _, message = finding
    if not rows or line <= 0:
        return None, []
    every = excerpt.around(rows["packed"], line)
    found = next((one for one in every if one.line == line), None)
    if found is None:
        return None, []
    kind = KINDS[report["kind"]]
    columns = [harmless(name)[:SHOWN] for name in rows["columns"]]
    wrong = _wrong(kind, rows["taken"], found, code, message.fields)
    numbers = {line: number for number, line in enumerate(lines, 1)}
    return Around(
        columns,
        [_line(one, wrong if one is found else None) for one in every if _beside(one, found)],
        [
            (columns[number], Name(field.zh, field.name.replace("_", " ")))
            for field in kind.fields
            for number in rows["taken"].get(field.name, ())
            if columns[number] not in (field.zh, field.name)
        ],
        rows["left_out"],
        found.place,
    ), [
        (numbers[one.line], one.place)
        for one in every
        if one.place and one.line in numbers and one is not found
    ]


def _beside(one: Kept, other: Kept) -> bool:
    return abs(one.at - other.at) <= 1


def _line(row: Kept, wrong: set[int] | None) -> Line:
    return Line(
        row.line,
        [shown(cell) for cell in row.cells],
        [number in (wrong or ()) for number in range(len(row.cells))],
        here=wrong is not None,
    )


def shown(cell: str | None) -> str:
    """Return what a page shows of a cell."""
    text = harmless(cell or "")
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _wrong(
    kind: Kind, taken: Mapping[str, list[int]], row: Kept, code: str, said: Mapping[str, Any]
) -> set[int]:
    """List the cells that a finding is about: of the field it names, or that hold its value."""
    field = said.get("field")
    if isinstance(field, Name):
        fields: Sequence[str] = (field.en,)
    elif code == "repeated":
        fields = kind.key
    else:
        fields = BLAMED.get(code, (code.removeprefix("unknown_"),))
    found = {number for name in fields for number in taken.get(name, ())}
    if value := str(said.get("value") or ""):
        same = {number for number, cell in enumerate(row.cells) if (cell or "").strip() == value}
        found = (found & same) or found or same
    return found
