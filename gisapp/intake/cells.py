"""Turns the text of one cell into one value, or says what is wrong with it."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from gisapp.i18n import N_, Name, Sentence
from gisapp.intake.flow import harmless
from gisapp.intake.kinds import CHINESE_CHOICES, IN_CHINESE, Field

Value = str | int | float | bool | None

WHOLE: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.0+)?")
FLOAT: Final = re.compile(r"([0-9]+)\.0+")
"""A code that a spreadsheet took for a number."""
NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
COMMA: Final = re.compile(r"([+-]?[0-9]{1,3}),([0-9]+)")
"""A comma before decimals, or before thousands."""
THOUSANDS, MOST_DEGREES = 3, 180
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DAYS: Final = (
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%Y%m%d",
)
"""Ways of writing a date that can mean one day only; a profile may add others."""
TIME: Final = re.compile(
    r"(.*[0-9日])[T ] *[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9:]+)?"
)
"""A time behind a date."""
SERIAL: Final = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
"""A date as a spreadsheet counts it: 10000 is in 1927, 99999 in 2173."""
SERIAL_BEGINS: Final = date(1899, 12, 30)
YES: Final = {"1", "true", "yes", "y", "是", "有"}
NO: Final = {"0", "false", "no", "n", "否", "无", ""}
BREAKS: Final = re.compile(r"[\t\r\n]+")
"""Within a cell: people press Alt+Enter in an address."""
SPACES: Final = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u202f\u3000"), " ")
"""Spaces of other widths stay as they are, the Chinese one above all."""
LEVELS: Final = re.compile(r"([a-z_]{1,32})(?:[:：]([123]))?")
MOST_WHOLE: Final = 2_147_483_647
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Of a date that can be meant; what lies outside is a slip of the pen."""


class Wrong(Exception):
    """One cell has no value it can have."""

    def __init__(self, code: str, message: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = Sentence(message, fields)


def value(field: Field, text: str, days: Sequence[str] = ()) -> Value:
    """Return what ``text`` says as ``field``; null when it is empty; raises `Wrong`.

    Dates come back as ISO text, so that a row can wait as JSON.
    """
    text = text.strip()
    if not text:
        if field.required:
            raise Wrong(
                "missing_value",
                N_("“{field}” is empty. Fill it in."),
                field=Name(field.zh, field.name),
            )
        return None
    if field.type in {"text", "code", "place", "levels"}:
        return _text(field, text)
    if harmless(text) != text:
        raise _unprintable(field)
    if field.type == "date":
        return _day(field, text, days)
    if field.type == "yes":
        return _yes(field, text)
    return _number(field, text)


def understood(field: Field, text: str) -> bool:
    """Say whether a word stands for one of the few values that a field can have."""
    try:
        return bool(field.choices or field.type == "yes") and value(field, text) is not None
    except Wrong:
        return False


def _text(field: Field, text: str) -> str:
    if len(text) > field.most:
        raise Wrong(
            "too_long",
            N_("“{field}” has more than {most} characters. Shorten it."),
            field=Name(field.zh, field.name),
            most=field.most,
        )
    text = BREAKS.sub(" ", text)
    if not text.translate(SPACES).isprintable():
        raise _unprintable(field)
    if field.choices:
        return _choice(field, text)
    if field.type in {"code", "place"} and (whole := FLOAT.fullmatch(text)):
        return whole[1]
    return text


def _unprintable(field: Field) -> Wrong:
    return Wrong(
        "bad_text",
        N_("“{field}” holds characters that cannot be printed. Type it anew."),
        field=Name(field.zh, field.name),
    )


def _choice(field: Field, text: str) -> str:
    word = CHINESE_CHOICES.get(text, text.lower())
    if word not in field.choices:
        raise Wrong(
            "unknown_value",
            N_("“{field}” cannot be “{value}”. It is one of: {choices}."),
            field=Name(field.zh, field.name),
            value=text,
            choices=[Name(IN_CHINESE.get(word, word), word) for word in field.choices],
        )
    return word


def _day(field: Field, text: str, days: Sequence[str]) -> str:
    try:
        found = _read_day(text, days)
    except ValueError:
        found = None
    if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR:
        return found.isoformat()
    if found is not None:
        raise Wrong(
            "bad_date",
            N_(
                "“{field}” cannot be “{value}”: days are taken of the years {first} to {last} only."
            ),
            field=Name(field.zh, field.name),
            value=text[:40],
            first=str(FIRST_YEAR),
            last=str(LAST_YEAR),
        )
    raise Wrong(
        "bad_date",
        N_("“{field}” is no date: “{value}”. Write it as 2026-10-31."),
        field=Name(field.zh, field.name),
        value=text[:40],
    )


def _read_day(text: str, days: Sequence[str]) -> date | None:
    if (found := _written(text, days)) is not None:
        return found
    if behind := TIME.fullmatch(text):
        text = behind[1]
    if DAY.fullmatch(text):
        return date.fromisoformat(text)
    if counted := SERIAL.fullmatch(text):
        return SERIAL_BEGINS + timedelta(days=int(counted[1]))
    return _written(text, DAYS) if text.isascii() or "年" in text else None


def _written(text: str, ways: Sequence[str]) -> date | None:
    for way in ways:
        try:
            # A day has no zone; the time beside it is dropped.
            return datetime.strptime(text, way).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _yes(field: Field, text: str) -> bool:
    word = text.lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Wrong(
        "unknown_value",
        N_("“{field}” cannot be “{value}”. It is one of: {choices}."),
        field=Name(field.zh, field.name),
        value=text[:40],
        choices=["1", "0"],
    )


def _number(field: Field, text: str) -> int | float:
    plain = text.replace("\u2009", "").replace("\u202f", "")
    if field.type == "whole" and WHOLE.fullmatch(plain):
        whole = int(plain.split(".", maxsplit=1)[0])
        if 0 <= whole <= MOST_WHOLE:
            return whole
    if field.type == "number" and (said := decimal(plain)) is not None:
        return said
    raise Wrong(
        "bad_number",
        N_(
            "“{field}” is no number that can stand here: “{value}”. Write digits, and a point "
            "before decimals."
        ),
        field=Name(field.zh, field.name),
        value=text[:40],
    )


def decimal(text: str) -> float | None:
    """
    Read a number, with a comma before decimals too; null when it is none.

    Three digits behind a comma are decimals only where a degree stands before it: they may be
    thousands.
    """
    plain = text.strip()
    if (parts := COMMA.fullmatch(plain)) and (
        len(parts[2]) != THOUSANDS or abs(int(parts[1])) <= MOST_DEGREES
    ):
        plain = plain.replace(",", ".")
    return float(plain) if NUMBER.fullmatch(plain) else None


def levels(text: str | None) -> dict[str, int]:
    """Take “labour_law:2;family_mediation” apart; raises `Wrong` when it is no such list."""
    found: dict[str, int] = {}
    for part in re.split(r"[;；,，、\s]+", text or ""):
        if not part:
            continue
        match = LEVELS.fullmatch(part)
        if match is None:
            raise Wrong(
                "bad_specialty",
                N_("“{value}” is no specialty. Write them as “labour_law:2;environment:1”."),
                value=part[:40],
            )
        found[match[1]] = int(match[2] or 1)
    return found


def whole_of(text: str) -> int:
    """Return the whole number that ``text`` writes, also as 17031.0; raises `Wrong`."""
    if not WHOLE.fullmatch(text.strip()):
        raise Wrong(
            "bad_number", N_("“{value}” is no whole number. Write digits alone."), value=text[:40]
        )
    return int(text.strip().split(".", maxsplit=1)[0])
