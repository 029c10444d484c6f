"""Writes a proposal as a profile that people read, correct and hand over."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gisapp.intake.proposal import Proposal

BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says of itself, as far as a profile has to say it again."""

    file: str
    layer: str | None
    crs: str | None
    encoding: str | None
    repair: bool


def toml(proposal: Proposal, found: Found, notes: list[str]) -> str:
    """Return the profile, each note a comment at its head."""
    return "\n".join(_lines(proposal, found, notes)) + "\n"


def _lines(proposal: Proposal, found: Found, notes: list[str]) -> Iterator[str]:
    yield f"# {_comment(found.file)}"
    yield from (f"# {_comment(note)}" for note in notes)
    yield f"kind = {_text(proposal.kind.name)}"
    for key in ("layer", "crs", "encoding"):
        said = getattr(found, key)
        if said is not None:
            yield f"{key} = {_text(said)}"
    if found.repair:
        yield 'repair = ["structure"]'
    yield from _table("columns", proposal.columns)
    yield from _table("templates", proposal.templates)
    for name, book in proposal.values.items():
        yield from _table(f"values.{name}", book)
    for code, name in proposal.parents:
        yield from ("", "[[parent]]", f"code = {_text(code)}", f"name = {_text(name)}")


def _table(name: str, rows: Mapping[str, str]) -> Iterator[str]:
    if rows:
        yield from ("", f"[{name}]")
        yield from (f"{_key(key)} = {_text(said)}" for key, said in rows.items())


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    # JSON's texts are TOML's, but for one sign.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text)
