"""What the writers of all kinds share: the rows that came, the batch, and the findings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from gisapp.actions.redrawing import Redrawn, Resized
from gisapp.auth import AREA_CODE
from gisapp.i18n import N_, Sentence
from gisapp.intake.faults import Finding
from gisapp.intake.profiles import Profile
from gisapp.intake.staging import Draft
from gisapp.store.merge import BEGINNING, Merged, lookup, merge
from gisapp.store.models import Base, Batch
from gisapp.store.session import Session

UNKNOWN: Final = {
    "department": N_("There is no department “{value}”. Import it first, or mend the code."),
    "office": N_("There is no office “{value}”. Import it first, or mend the code."),
    "cadre": N_("There is no cadre “{value}”. Import them first, or mend the number."),
    "grid": N_("There is no grid “{value}”. Import it first, or mend the code."),
    "area": N_("There is no area “{value}”. Import it first, or mend the code."),
    "place": N_("There is no grid or area “{value}”. Import it first, or mend the code."),
    "post": N_("There is no post “{value}”. Mend the code."),
    "enterprise": N_("There is no enterprise “{value}”. Import it first, or mend the number."),
    "specialty": N_("There is no specialty “{value}”. Mend the code."),
    "category": N_("There is no category “{value}”. Map it in a profile."),
}
"""By what is not known, as in the finding's code ``unknown_<what>``."""


class Refused(Exception):
    """A row that cannot be stored, and why."""

    def __init__(self, code: str, message: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = Sentence(message, fields)


@dataclass(slots=True)
class Job:
    """One import at work."""

    session: Session
    profile: Profile
    area: str
    """Area of rows that have no place of their own, and of the batch."""
    origin: Batch
    chunks: Callable[[], Iterator[list[Draft]]]
    merged: Merged = field(default_factory=Merged)
    refused: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    plan: str | None = None
    """The plan that assignments became."""
    revisions: tuple[int | None, int | None] = (None, None)
    """The boundaries before and since, where it changed them."""
    accepted: bool = False
    """Whether boundaries that are there may be changed at once."""
    whole: bool = False
    """Whether what a file of grids does not name may be meant to go."""
    drawn: Redrawn | Resized | None = None
    """What the file changes in boundaries that are there, or would change."""
    drafts: list[tuple[str, int, int]] = field(default_factory=list)
    """Drafts into which plans in force were laid: code, placements carried, and not."""
    overwritten: int = 0
    """Exact places and phones it replaced: no second copy of those is kept."""

    @property
    def batch_id(self) -> int:
        """The id that rows of the store name."""
        return self.origin.id

    @property
    def batch(self) -> str:
        """What people call it."""
        return f"{self.origin.area_code}-{self.origin.number}"

    @property
    def today(self) -> date:
        """The day of the import."""
        return self.session.today

    def each(
        self, make: Callable[[Draft], dict[str, Any]]
    ) -> Iterator[tuple[list[Draft], list[dict[str, Any]]]]:
        """Make rows of the store chunk by chunk; what ``make`` refuses is listed and left out."""
        for drafts in self.chunks():
            good: list[Draft] = []
            rows: list[dict[str, Any]] = []
            for draft in drafts:
                try:
                    rows.append(make(draft) | {"batch_id": self.batch_id})
                except Refused as no:
                    self.refuse(draft, no)
                    continue
                good.append(draft)
            if good:
                yield good, rows

    def refuse(self, draft: Draft, why: Refused) -> None:
        """List a row that is left out."""
        self.refused.append(Finding(draft.line, why.code, why.sentence))

    def merge(
        self,
        model: type[Base],
        key: Sequence[str],
        rows: Sequence[Mapping[str, Any]],
        defaults: Mapping[str, Any] | None = None,
    ) -> None:
        """Add and change rows, and count them."""
        done = merge(self.session, model, key, rows, defaults or {}, batch=self.origin)
        self.merged += done

    def note(self, line: int, code: str, message: str, **fields: object) -> None:
        """List something about a row that is stored."""
        self.notes.append(Finding(line, code, Sentence(message, fields)))

    def known(self, model: type[Base], code: str, *names: str) -> dict[str, tuple[Any, ...]]:
        """Return what holds today, by code."""
        return lookup(self.session, model, code, *names)


def found(what: str, table: Mapping[str, tuple[Any, ...]], value: object) -> tuple[Any, ...]:
    """Return the row of ``table`` called ``value``; refuses the row when there is none."""
    row = table.get(str(value))
    if row is None:
        raise unknown(what, value)
    return row


def unknown(what: str, value: object) -> Refused:
    """Say that nothing is called ``value``."""
    return Refused(f"unknown_{what}", UNKNOWN[what], value=value)


def day(value: object) -> date | None:
    """Return the day that a draft keeps as text."""
    return None if value is None else date.fromisoformat(str(value))


def validity(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the days a row names, of those it names; refuses an end before the start."""
    named = {name: day(values[name]) for name in ("valid_from", "valid_to") if name in values}
    if named.get("valid_from", 0) is None:
        named["valid_from"] = BEGINNING
    in_order(named.get("valid_from"), named.get("valid_to"))
    return named


def in_order(start: date | None, end: date | None) -> None:
    """Refuse the row when it ends before it starts."""
    if start and end and end < start:
        raise Refused(
            "bad_date",
            N_("It ends on {end}, before it starts on {start}. Correct one of the two."),
            start=start,
            end=end,
        )


def happened(day: date | None, today: date) -> date | None:
    """Return a day that has come; refuses the row otherwise."""
    if day is not None and day > today:
        raise Refused(
            "bad_date",
            N_("{day} is still to come; only what has happened is stored. Correct the day."),
            day=day,
        )
    return day


ALWAYS: Final[Mapping[str, Any]] = {"valid_from": BEGINNING, "valid_to": None}
"""How long a row holds that says nothing of it."""


def some(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return those of ``names`` that the file has; an empty cell empties what is stored."""
    return {name: values[name] for name in names if name in values}


def area_code(value: object) -> str:
    """Return a whole area code; refuses the row otherwise."""
    if not AREA_CODE.fullmatch(str(value)):
        raise Refused(
            "bad_code",
            N_("“{value}” is no area code: it needs 2, 4, 6, 9 or 12 digits."),
            value=value,
        )
    return str(value)
