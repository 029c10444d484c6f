"""Writes a profile as the file that people read, correct and hand over."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from gisapp.intake.profiles import Profile

BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
PLAIN: Final = ("kind", "layer", "crs", "encoding", "area")


def written(profile: Profile, title: str = "", notes: Sequence[str] = ()) -> str:
    """Return the profile as TOML; its title and each note are comments at its head."""
    return "\n".join(_lines(profile, [title] if title else [], notes)) + "\n"


def _lines(profile: Profile, title: list[str], notes: Sequence[str]) -> Iterator[str]:
    yield from (f"# {_comment(line)}" for line in [*title, *notes])
    for key in PLAIN:
        said = getattr(profile, key)
        if said is not None:
            yield f"{key} = {_value(said)}"
    if profile.starts is not None:
        yield f"from = {_value(profile.starts)}"
    for key in ("repair", "dates"):
        if listed := getattr(profile, key):
            yield f"{key} = [{', '.join(map(_value, listed))}]"
    for name in ("columns", "constants", "templates"):
        yield from _table(name, getattr(profile, name))
    for name, book in profile.values.items():
        yield from _table(f"values.{name}", book)
    for parent in profile.parent:
        yield from ("", "[[parent]]", f"code = {_value(parent.code)}")
        yield f"name = {_value(parent.name)}"


def _table(name: str, rows: Mapping[str, object]) -> Iterator[str]:
    if rows:
        yield from ("", f"[{name}]")
        yield from (f"{_key(key)} = {_value(said)}" for key, said in rows.items())


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _value(key)


def _value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    # JSON's texts and numbers are TOML's, but for one sign.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text)
