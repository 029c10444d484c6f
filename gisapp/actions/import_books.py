"""What the words of a file's columns mean: how often each stands there, and which of ours it is."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from gisapp.actions.import_places import INDUSTRIES
from gisapp.i18n import Name
from gisapp.intake.cells import understood, value
from gisapp.intake.faults import Finding
from gisapp.intake.kinds import IN_CHINESE, Field, Kind
from gisapp.intake.mapping import OTHER
from gisapp.intake.profiles import Profile
from gisapp.store.models import Category, Specialty
from gisapp.store.session import Session

MOST: Final = 60
"""Words of one column that a form lists."""
UNKNOWN: Final = {"unknown_category": "category", "unknown_specialty": "specialty"}
"""Findings of the store about a word that is none of ours, and the field it stood in."""

Met = Mapping[str, Mapping[str, int]]
"""By field, words that no value of ours stands for, with the number of rows."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One word of a file."""

    theirs: str
    rows: int
    ours: str | None
    """Null where a row with it is refused."""


@dataclass(frozen=True, slots=True)
class Book:
    """The words of one column for one field of few values."""

    field: Field
    column: str
    meanings: list[Meaning]
    """What is refused comes first, then the frequent ones."""
    more: int
    """Words that are not listed."""
    other: str | None
    """What any other word means."""
    choices: list[tuple[str, Name]]

    @property
    def plain(self) -> dict[str, Any]:
        """The book for a form."""
        return {
            "field": self.field.name,
            "label": Name(self.field.zh, self.field.name),
            "column": self.column,
            "rows": [[one.theirs, one.rows, one.ours] for one in self.meanings],
            "more": self.more,
            "other": self.other,
            "unknown": sum(one.ours is None for one in self.meanings),
            "choices": [list(each) for each in self.choices],
        }


def books(
    session: Session,
    kind: Kind,
    profile: Profile,
    texts: Callable[[str], list[str]],
    met: Met,
) -> Iterator[Book]:
    """Open a book for each column with words that are not ours, or that the profile translates.

    ``texts`` gives what stands in a column, empty cells left out; ``met`` are words that a check
    of all rows has found beyond those.
    """
    for field in kind.fields:
        column, written = profile.columns.get(field.name), profile.values.get(field.name)
        ours = _ours(session, kind, field)
        if column is None or ours is None:
            continue
        counts = Counter(texts(column))
        for theirs, rows in met.get(field.name, {}).items():
            counts[theirs] = max(counts[theirs], rows)
        for theirs in written or ():
            counts.setdefault(theirs, 0)
        del counts[OTHER]
        other = (written or {}).get(OTHER)
        found = [
            Meaning(
                theirs, rows, (written or {}).get(theirs, other or _plainly(field, theirs, ours))
            )
            for theirs, rows in counts.items()
        ]
        if written is None and all(one.ours is not None for one in found):
            continue
        found.sort(key=lambda one: (one.ours is not None, -one.rows, one.theirs))
        yield Book(field, column, found[:MOST], max(0, len(found) - MOST), other, ours)


def _ours(session: Session, kind: Kind, field: Field) -> list[tuple[str, Name]] | None:
    """List the values a field can have, with their names; null where it can have any."""
    if field.choices:
        return [(each, Name(IN_CHINESE.get(each, each), each)) for each in field.choices]
    if field.type == "yes":
        return [("1", Name("是", "yes")), ("0", Name("否", "no"))]
    if field.name == "industry":
        return [(each, Name(each, each)) for each in INDUSTRIES]
    if (kind.name, field.name) == ("disputes", "category"):
        rows: list[Category | Specialty] = [*session.scalars(select(Category))]
    elif (kind.name, field.name) == ("posts", "specialty"):
        rows = [*session.scalars(select(Specialty))]
    else:
        return None
    rows.sort(key=lambda row: row.code)
    return [(row.code, Name(row.name_zh, row.name_en)) for row in rows]


def _plainly(field: Field, theirs: str, ours: Sequence[tuple[str, Name]]) -> str | None:
    """Return what a word means without a book."""
    if field.name == "industry":
        return theirs if theirs[:1].upper() in INDUSTRIES else None
    if field.name == "category":
        words = {word.casefold(): code for code, said in ours for word in (said.zh, said.en)}
        return (words | {code.casefold(): code for code, _ in ours}).get(theirs.casefold())
    if not field.choices and field.type != "yes":
        return theirs if theirs in {code for code, _ in ours} else None
    if not understood(field, theirs):
        return None
    said = value(field, theirs)
    return str(int(said)) if isinstance(said, bool) else str(said)


def met(findings: Sequence[Finding]) -> dict[str, dict[str, int]]:
    """Count the words for which rows were refused, by field."""
    found: dict[str, Counter[str]] = {}
    for one in findings:
        said = one.message.fields
        name = said.get("field")
        field = name.en if isinstance(name, Name) else UNKNOWN.get(one.code)
        if field is not None and one.code in {"unknown_value", *UNKNOWN}:
            found.setdefault(field, Counter())[str(said.get("value", ""))] += 1
    return {field: dict(counts.most_common(MOST)) for field, counts in found.items()}
