"""Guesses how a foreign file becomes ours: its kind, and which column is which field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gisapp.intake import synonyms
from gisapp.intake.cells import Wrong, understood, value
from gisapp.intake.flow import Row
from gisapp.intake.kinds import CHINESE_CHOICES, KINDS, Field, Kind

LEAST: Final = 0.5
"""Score from which a column is taken for a field."""
EXACT, PART, HINT = 1.0, 0.75, 0.6
CREDIT: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
CODE: Final = re.compile(r"[0-9]{2,24}(?:\.0+)?")
UNIQUE: Final = 0.95
MOST_VALUES: Final = 40
"""Of a code book; what has more is no category."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a file."""

    file: str
    columns: Sequence[str]
    rows: Sequence[Row]
    shaped: str
    """polygon, point, or none."""

    def texts(self, column: str) -> list[str]:
        """Return what stands in a column, without the empty cells."""
        place = list(self.columns).index(column)
        cells = (row.cells[place] for row in self.rows if place < len(row.cells))
        return [cell.strip() for cell in cells if cell and cell.strip()]


@dataclass(slots=True)
class Proposal:
    """What a file seems to be."""

    kind: Kind
    columns: dict[str, str] = field(default_factory=dict)
    """Our field, their column."""
    templates: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    parents: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Fields a row must have that no column seems to hold."""
    code_column: str | None = None

    def uses(self, column: str) -> bool:
        """Say whether a column becomes anything."""
        made = "".join(self.templates.values())
        return column in self.columns.values() or f"{{{column}" in made

    @property
    def tables(self) -> dict[str, Any]:
        """The tables of the profile."""
        parents = [{"code": code, "name": name} for code, name in self.parents]
        return {
            "kind": self.kind.name,
            "columns": self.columns,
            "templates": self.templates,
            "values": self.values,
            "parent": parents,
        }


def guess(sample: Sample, kind: str | None) -> Proposal:
    """Return the likeliest reading of a sample, of ``kind`` when that is known."""
    if kind is not None:
        return _complete(sample, KINDS[kind])
    every = [_complete(sample, each) for each in KINDS.values()]
    return max(every, key=lambda one: _likely(sample, one))


def _likely(sample: Sample, proposal: Proposal) -> float:
    kind = proposal.kind
    if (kind.shape == "polygon") != (sample.shaped == "polygon"):
        return -100.0
    if sample.shaped == "point" and kind.shape != "point":
        return -50.0
    said = Path(sample.file).stem.casefold()
    words = sum(word in said for word in synonyms.KINDS[kind.name])
    required = [f.name for f in kind.fields if f.required]
    found = sum(name in proposal.columns for name in required) / max(1, len(required))
    # A file about everything is about the kind of which it fills the largest part.
    part = len(proposal.columns) / len(kind.fields)
    placed = 2 * ("lon" in proposal.columns)
    return 1.5 * words + 2 * found + part + placed - len(proposal.missing)


def _complete(sample: Sample, kind: Kind) -> Proposal:
    proposal = Proposal(kind)
    scored = sorted(
        (
            (-_score(sample, kind, each, column), place, number, each, column)
            for number, each in enumerate(kind.fields)
            for place, column in enumerate(sample.columns)
        ),
        key=lambda one: one[:3],
    )
    for score, _, _, each, column in scored:
        if -score < LEAST:
            break
        if each.name not in proposal.columns and column not in proposal.columns.values():
            proposal.columns[each.name] = column
    if len({"lon", "lat"} & set(proposal.columns)) == 1 or sample.shaped != "none":
        proposal.columns.pop("lon", None)
        proposal.columns.pop("lat", None)
    _books(sample, proposal)
    if kind.shape == "polygon":
        _codes(sample, proposal)
    else:
        proposal.code_column = proposal.columns.get(kind.key[0])
    given = set(proposal.columns) | set(proposal.templates)
    proposal.missing = [f.name for f in kind.fields if f.required and f.name not in given]
    return proposal


def _score(sample: Sample, kind: Kind, ours: Field, column: str) -> float:
    named = max(
        _alike(word, column) for word in (ours.name, ours.zh, *synonyms.FIELDS.get(ours.name, ()))
    )
    texts = sample.texts(column)
    if not texts:
        return named - 0.4
    return named + _content(kind, ours, texts, named) if named else _by_content(ours, texts)


def _alike(word: str, column: str) -> float:
    ours, theirs = _plain(word), _plain(column)
    if ours == theirs or ours.replace(" ", "") == theirs.replace(" ", ""):
        return EXACT + len(ours) / 1000
    if len(ours) > 1 and (f" {ours} " in f" {theirs} " or (not ours.isascii() and ours in theirs)):
        return PART + len(ours) / 1000
    if len(theirs) > 1 and not theirs.isascii() and theirs in ours:
        return HINT
    return 0.0


def _plain(name: str) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", apart).casefold().split())


def _content(kind: Kind, ours: Field, texts: Sequence[str], named: float) -> float:
    if ours.name == "credit_code":
        return 0.2 if all(CREDIT.fullmatch(text) for text in texts) else -1.0
    if ours.choices or ours.type == "yes":
        return 0.0 if len(set(texts)) <= MOST_VALUES else -1.0
    good = sum(_fits(ours, text) for text in texts) / len(texts)
    if good < 0.9:  # noqa: PLR2004  # a few slips do not make it another column
        # Without a field that is needed nothing comes in: its faults are said line by line.
        return LEAST - EXACT if ours.required and named >= EXACT else -1.0
    if kind.key == (ours.name,):
        return 0.1 if len(set(texts)) >= UNIQUE * len(texts) else -0.6
    if ours.name == "name" and all(CODE.fullmatch(text) for text in texts):
        return -0.6
    return 0.1 if ours.type in {"date", "number", "whole"} else 0.0


def _fits(ours: Field, text: str) -> bool:
    try:
        value(ours, text)
    except Wrong:
        return False
    return True


def _by_content(ours: Field, texts: Sequence[str]) -> float:
    """Score a column whose name says nothing: some texts can be one thing only."""
    if ours.name == "credit_code" and all(CREDIT.fullmatch(text) for text in texts):
        return EXACT
    return 0.0


OTHERS: Final = {"category": "other", "industry": "S", "status": "reported"}
"""Where our value for what is none of the others is not called so."""


def _books(sample: Sample, proposal: Proposal) -> None:
    """Write a code book where the file has words of its own."""
    for ours in proposal.kind.fields:
        column = proposal.columns.get(ours.name)
        if column is None or not (ours.choices or ours.name in {"category", "industry"}):
            continue
        texts = sorted(set(sample.texts(column)))
        if ours.choices and all(_fits(ours, text) for text in texts):
            continue
        if ours.name == "industry" and all(re.fullmatch(r"[A-T][0-9]*", t) for t in texts):
            continue
        if len(texts) > MOST_VALUES:
            del proposal.columns[ours.name]
            continue
        other = OTHERS.get(ours.name) or next((one for one in ours.choices if one == "other"), None)
        meant = {text: _meant(ours, text) or other for text in texts}
        book = {text: said for text, said in meant.items() if said is not None}
        proposal.values[ours.name] = book if other is None else book | {"*": other}


def _meant(ours: Field, text: str) -> str | None:
    """Guess which of our values a word means; null where only its author can tell."""
    if understood(ours, text):
        return str(value(ours, text))
    words = text.casefold()
    known = synonyms.STATUSES if ours.name == "status" else CHINESE_CHOICES
    meant = [said for part, said in known.items() if part in words and said in ours.choices]
    return next(iter(meant or [one for one in ours.choices if one in words]), None)


MADE: Final = "990001001"
"""A township's code that nobody has: it stands where a file has none above its own numbers."""
LENGTHS: Final = (2, 4, 6, 9)
DIGITS: Final = {"areas": 3, "grids": 6}
"""How many may follow the code above."""


def _codes(sample: Sample, proposal: Proposal) -> None:
    """Make codes of a number where the file has none that fits a grid or an area."""
    kind = proposal.kind.name
    named = proposal.columns.get("code")
    if named is not None and _whole(sample.texts(named), kind):
        proposal.code_column = named
        return
    proposal.columns.pop("code", None)
    ranked = sorted(
        (column for column in sample.columns if _number(sample, column, DIGITS[kind])),
        key=lambda column: -_score(sample, proposal.kind, proposal.kind.field("code"), column),
    )
    if not ranked:
        return
    column = proposal.code_column = ranked[0]
    place = proposal.columns.pop("community", None) if kind == "grids" else None
    middle = f"{{{place}:03d}}" if place else "001"
    if kind == "grids":
        proposal.templates["community"] = f"{MADE}{middle}"
        width = max(2, *(len(text.partition(".")[0]) for text in sample.texts(column)))
        proposal.templates["code"] = f"{MADE}{middle}{{{column}:0{width}d}}"
    else:
        proposal.templates["code"] = f"{MADE}{{{column}:03d}}"
        proposal.parents = [(MADE[:length], MADE[:length]) for length in LENGTHS]
        if "name" not in proposal.columns:
            proposal.templates["name"] = f"{{{column}}}"


def _whole(texts: Sequence[str], kind: str) -> bool:
    grid, area = r"[0-9]{14,18}", r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}"
    pattern = grid if kind == "grids" else area
    return bool(texts) and all(re.fullmatch(pattern, text) for text in texts)


def _number(sample: Sample, column: str, digits: int) -> bool:
    """Say whether a column holds whole numbers of so many digits, of which each stands once."""
    texts = sample.texts(column)
    short = rf"[0-9]{{1,{digits}}}(?:\.0+)?"
    once = bool(texts) and len(set(texts)) == len(sample.rows)
    return once and all(re.fullmatch(short, text) for text in texts)
