"""Marks text for translation and fills sentences; the doors bring the translator."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from numbers import Integral
from typing import Final, Literal, Self

Locale = Literal["zh_CN", "en"]

LOCALES: tuple[Locale, ...] = ("zh_CN", "en")


PLURAL: Final = re.compile(r"\{(\w+):([^{}|]*)\|([^{}|]*)\}")
"""``{n:grid|grids}``: the first word where ``n`` is one, else the second. The browser's `say`
reads it alike; a language without plurals leaves it out."""


def N_(message: str) -> str:  # noqa: N802
    """Mark ``message`` (English) for translation at the doors."""
    return message


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is data and exists in both languages (a specialty, a category)."""

    zh: str
    en: str

    def within(self, locale: str) -> str:
        """Return the name a reader of ``locale`` expects."""
        return self.zh if locale.startswith("zh") else self.en


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_name(day: date) -> Name:
    """Say a day as readers of each language write it."""
    return Name(
        f"{day.year}年{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    )


def window_name(window: str) -> Name:
    """Say a calendar window: ``2026-10``, ``2026-Q3`` or ``2026``."""
    year, _, part = window.partition("-")
    if not part:
        return Name(f"{year}年", year)
    if part.startswith("Q"):
        return Name(f"{year}年第{'一二三四'[int(part[1]) - 1]}季度", f"{part} {year}")
    return Name(f"{year}年{int(part)}月", f"{MONTHS[int(part) - 1]} {year}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A whole sentence with named fields, translated and filled at the doors only."""

    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


NAMING: Final = frozenset({"batch", "code", "id", "line", "port", "proposal", "version", "year"})
"""Fields whose numbers name something: nobody parts the thousands of a year."""


def counted(number: int, locale: str) -> str:
    """Write a number as readers of each language do: 18,204; in Chinese with thin spaces."""
    return f"{number:,}".replace(",", "\u2009" if locale.startswith("zh") else ",")


def say(sentence: Sentence, translate: Callable[[str], str], locale: str) -> str:
    """Translate ``sentence`` and fill its fields; names and sentences inside are said too."""
    filled = {
        key: value
        if key in NAMING and isinstance(value, Integral)
        else _word(value, translate, locale)
        for key, value in sentence.fields.items()
    }

    def word(found: re.Match[str]) -> str:
        return found[2] if str(filled[found[1]]) == "1" else found[3]

    return PLURAL.sub(word, translate(sentence.message)).format(**filled)


def _word(value: object, translate: Callable[[str], str], locale: str) -> object:
    if isinstance(value, Name):
        return value.within(locale)
    if isinstance(value, Sentence):
        return say(value, translate, locale)
    if isinstance(value, list | tuple):
        comma = "、" if locale.startswith("zh") else ", "
        return comma.join(format(_word(item, translate, locale)) for item in value)
    if isinstance(value, Integral) and not isinstance(value, bool):
        return _Count(int(value), locale)
    return value


class _Count(int):
    """A number that parts its thousands, unless a message says how to write it."""

    locale: str

    def __new__(cls, number: int, locale: str) -> Self:
        made = super().__new__(cls, number)
        made.locale = locale
        return made

    def __format__(self, how: str) -> str:
        return format(int(self), how) if how else counted(int(self), self.locale)
