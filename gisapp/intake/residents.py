"""Notices data on private residents, which have no place here."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from gisapp.intake.flow import Row

COLUMNS: Final = re.compile(
    r"身份证|户主|住户姓名|居民(?:姓名|电话|手机)|住户(?:电话|手机)|当事人|申请人姓名|公民身份号码"
    r"|\bid[_ ]?card\b|\bnational[_ ]?id\b|\bresident[_ ]?(?:name|phone|id)\b"
    r"|\bhouseholder(?:[_ ]?(?:name|phone))?\b",
    re.IGNORECASE,
)
IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS: Final = "10X98765432"


def column(names: Sequence[str]) -> int | None:
    """Return the first column whose name says that it is about residents, from 1."""
    return next((n for n, name in enumerate(names, 1) if COLUMNS.search(name)), None)


def cell(row: Row) -> int | None:
    """Return the first cell that holds a resident's identity number, from 1."""
    if not IDENTITY.search("\x1f".join(text for text in row.cells if text)):
        return None
    for number, text in enumerate(row.cells, 1):
        if text and any(identity(found) for found in IDENTITY.findall(text)):
            return number
    return None


def identity(text: str) -> bool:
    """Say whether 18 characters are an identity number: a day of birth and the check digit fit."""
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text[:17], strict=True))
    return 1850 <= born.year <= 2100 and CHECKS[total % 11] == text[17].upper()  # noqa: PLR2004
