"""Where each of our fields comes from in one file: a column, a template, a constant, nowhere."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from gisapp.i18n import N_, Name
from gisapp.intake.cells import Value, Wrong, understood, value, whole_of
from gisapp.intake.faults import ColumnMissing
from gisapp.intake.flow import Row, harmless
from gisapp.intake.kinds import Field, Kind
from gisapp.intake.profiles import PLACEHOLDER, Profile

Cells = Sequence[str | None]
Source = Callable[[Cells], str]
OTHER = "*"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the rows of one file become ours."""

    kind: Kind
    sources: dict[str, Source]
    """By field; a field that the file does not have is not here."""
    ignored: list[str]
    """Columns nobody asked for."""
    days: Sequence[str]
    taken: dict[str, list[int]]
    """By field, the numbers of the columns that it comes from."""

    def values(self, row: Row) -> dict[str, Value]:
        """Return the values of one row by field; raises `Wrong` for the first bad cell."""
        if row.note == "short":
            raise Wrong(
                "cells",
                N_("The line has another number of cells than the header. Check its commas."),
            )
        return {
            field.name: value(field, self.sources[field.name](row.cells), self.days)
            for field in self.kind.fields
            if field.name in self.sources
        }


def mapping(
    kind: Kind, profile: Profile, columns: Sequence[str], *, shaped: bool, file: str, layer: str
) -> Mapping:
    """Match ``columns`` to the fields of ``kind``; raises `ColumnMissing`."""
    place = {name: number for number, name in enumerate(columns)}
    by_name = {name.casefold(): name for name in columns}
    taken: dict[str, list[int]] = {}
    now: list[int] = []

    def column(name: str) -> int:
        if name not in place:
            raise ColumnMissing(
                file=file, layer=layer or "-", column=name, columns=list(columns[:40]) or ["-"]
            )
        now.append(place[name])
        return place[name]

    sources: dict[str, Source] = {}
    for field in kind.fields:
        now = taken[field.name] = []
        theirs = profile.columns.get(field.name)
        if theirs is None and not _given(profile):
            names = (field.name, field.zh)
            theirs = next((name for name in names if name in place), None) or next(
                (by_name[name] for name in names if name in by_name), None
            )
        if field.name in profile.constants:
            sources[field.name] = _constant(str(profile.constants[field.name]))
        elif field.name in profile.templates:
            sources[field.name] = _template(profile.templates[field.name], column)
        elif theirs is not None:
            sources[field.name] = _cell(column(theirs))
        if field.name in profile.values and field.name in sources:
            book = profile.values[field.name]
            sources[field.name] = _book(field, sources[field.name], book)
    for name in missing(kind, sources, shaped=shaped):
        now = taken[name]
        column(name)
    used = {number for numbers in taken.values() for number in numbers}
    ignored = [name for name in columns if name and place[name] not in used]
    return Mapping(kind, sources, ignored, profile.dates, taken)


def without(profile: Profile, columns: Collection[str]) -> tuple[Profile, list[str]]:
    """Leave out of a profile what names other columns than these; returns it, and their names."""
    kept = {ours: theirs for ours, theirs in profile.columns.items() if theirs in columns}
    named = {
        ours: [match[1].strip() for match in PLACEHOLDER.finditer(text)]
        for ours, text in profile.templates.items()
    }
    made = {ours: profile.templates[ours] for ours in named if set(named[ours]) <= set(columns)}
    absent = [each for each in profile.columns.values() if each not in columns]
    absent += [each for names in named.values() for each in names if each not in columns]
    books = {ours: book for ours, book in profile.values.items() if {ours} & {*kept, *made}}
    changed = {"columns": kept, "templates": made, "values": books} if absent else {}
    return profile.model_copy(update=changed), list(dict.fromkeys(absent))


def _given(profile: Profile) -> bool:
    return bool(profile.columns or profile.templates or profile.constants)


def missing(kind: Kind, given: Collection[str], *, shaped: bool) -> list[str]:
    """List the fields that a file must have and that are not ``given``."""
    needed = [field.name for field in kind.fields if field.required]
    placed = kind.shape == "point" and kind.place_required and not shaped
    if placed or len({"lon", "lat"} & set(given)) == 1:
        needed += ["lon", "lat"]
    if kind.either and not set(kind.either) & set(given):
        needed.append(kind.either[0])
    return [name for name in needed if name not in given]


def _constant(text: str) -> Source:
    return lambda cells: text


def _cell(place: int) -> Source:
    return lambda cells: cells[place] or ""


def _template(text: str, column: Callable[[str], int]) -> Source:
    parts = [
        (match.start(), match.end(), column(match[1].strip()), match[2])
        for match in PLACEHOLDER.finditer(text)
    ]

    def fill(cells: Cells) -> str:
        made, at = [], 0
        for start, end, place, width in parts:
            cell = (cells[place] or "").strip()
            if not cell:
                raise Wrong(
                    "missing_value",
                    N_("A column that “{field}” is made of is empty. Fill it in."),
                    field=text,
                )
            made += [text[at:start], cell if width is None else f"{whole_of(cell):0{width}d}"]
            at = end
        return "".join(made) + text[at:]

    return fill


def _book(field: Field, source: Source, book: dict[str, str]) -> Source:
    def look(cells: Cells) -> str:
        theirs = source(cells).strip()
        ours = book.get(theirs, book.get(OTHER))
        if ours is None and understood(field, theirs):
            return theirs
        if ours is None:
            raise Wrong(
                "unknown_value",
                N_("The profile's code book has no “{value}” for “{field}”. Add it."),
                field=Name(field.zh, field.name),
                value=harmless(theirs[:40]),
            )
        return ours

    return look
