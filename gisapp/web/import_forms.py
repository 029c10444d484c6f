"""The form in which people say how a file is read, and the profile that it means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gisapp.actions.import_books import MOST
from gisapp.intake import profile_text, profiles
from gisapp.intake.kinds import KINDS, Kind
from gisapp.intake.profiles import Profile

COLUMN, CONSTANT, MADE = "col:", "=", "made"
"""What the choice of a field begins with."""

OTHER: Final = "other"
OTHERS: Final = "*"
"""In a code book: any other word."""
SYSTEMS: Final = ("EPSG:4326", "EPSG:4490", "gcj02", "bd09", "EPSG:4326-swapped")
ENCODINGS: Final = ("utf-8", "gb18030", "utf-16")
DIGITS: Final = 9
"""Of a number of rows."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be read: by a profile, or as proposed for a kind and a layer."""

    profile: Profile | None
    kind: str | None
    layer: str | None
    met: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By field, the words that the form lists, with the number of rows."""

    def arguments(self) -> dict[str, Any]:
        """Say it to the action."""
        if self.profile is not None:
            return {"profile": profile_text.written(self.profile)}
        told = {"kind": self.kind, "layer": self.layer}
        return {name: said for name, said in told.items() if said}


def wish(form: Mapping[str, str], file: str) -> Wish:
    """Read the form; another kind or layer than before is proposed anew."""
    if given := form.get("given", "").strip():
        return Wish(profiles.parse(given.encode(), file), None, None)
    base = form.get("base", "")
    kind, layer = form.get("kind") or None, form.get("layer") or None
    if not base:
        return Wish(None, kind if kind in KINDS else None, layer)
    before = profiles.parse(base.encode(), file)
    if kind != before.kind or layer != before.layer:
        return Wish(None, kind if kind in KINDS else None, layer)
    meant = _meant(form, before, KINDS[str(kind)])
    # What a form cannot say right is said wrong in one place.
    right = profiles.parse(profile_text.written(meant).encode(), file)
    return Wish(right, None, None, _met(form, KINDS[str(kind)]))


def _listed(form: Mapping[str, str], name: str) -> Iterator[tuple[str, str, str]]:
    """Read the book of a field: their word, its number of rows, and ours or nothing."""
    for number in range(MOST):
        theirs = form.get(f"v-{name}-{number}")
        if theirs is None:
            return
        yield theirs, form.get(f"n-{name}-{number}", "0"), form.get(f"b-{name}-{number}", "")


def _met(form: Mapping[str, str], kind: Kind) -> dict[str, dict[str, int]]:
    found = {
        each.name: {
            theirs: int(rows)
            for theirs, rows, _ in _listed(form, each.name)
            if rows.isascii() and rows.isdecimal() and len(rows) <= DIGITS
        }
        for each in kind.fields
        if form.get(f"f-{each.name}") == f"{COLUMN}{form.get(f'k-{each.name}', '')}"
    }
    return {name: words for name, words in found.items() if words}


def _book(form: Mapping[str, str], before: Profile, name: str) -> dict[str, str]:
    """Read the book of a field that comes from the column it was opened for; else as it was."""
    book = dict(before.values.get(name, {}))
    opened, now = form.get(f"k-{name}"), form.get(f"f-{name}")
    if opened is None:
        return book
    if now != f"{COLUMN}{opened}":
        return {}
    for theirs, _, ours in _listed(form, name):
        book.pop(theirs, None)
        if ours:
            book[theirs] = ours
    book.pop(OTHERS, None)
    if other := form.get(f"o-{name}", ""):
        book[OTHERS] = other
    return book


def _meant(form: Mapping[str, str], before: Profile, kind: Kind) -> Profile:
    given: dict[str, dict[str, Any]] = {"columns": {}, "constants": {}, "templates": {}}
    for each in kind.fields:
        said = form.get(f"f-{each.name}")
        if said is None:  # the form showed no fields: they stay as they were
            for part, rows in given.items():
                if each.name in getattr(before, part):
                    rows[each.name] = getattr(before, part)[each.name]
        elif said.startswith(COLUMN):
            given["columns"][each.name] = said.removeprefix(COLUMN)
        elif said == CONSTANT and (text := form.get(f"c-{each.name}", "").strip()):
            given["constants"][each.name] = text
        elif said == MADE and each.name in before.templates:
            given["templates"][each.name] = before.templates[each.name]
    kept = set().union(*given.values())
    crs = form.get("crs", before.crs or "")
    more = {
        "values": {
            each.name: book
            for each in kind.fields
            if each.name in kept and (book := _book(form, before, each.name))
        },
        "crs": (form.get("crs-other", "").strip() if crs == OTHER else crs) or None,
        "encoding": form.get("encoding", before.encoding or "") or None,
        "area": form.get("area", before.area or "").strip() or None,
    }
    return before.model_copy(update=given | more)
