"""Calendar months, quarters and years, nested: the only windows anything is counted in.

A month is the number ``12 × year + month − 1``, so that months can be added and compared.
"""

from datetime import date, timedelta
from typing import Final

from gisapp.errors import InvalidInput
from gisapp.i18n import N_

YEAR: Final = 12
"""Months."""


class WindowNotOver(InvalidInput):
    """A window has days that are still to come."""

    code = "window_not_over"
    message = N_("{window} is not over yet; the last whole month is {month}.")


def number(day: date) -> int:
    """Return the month that ``day`` lies in."""
    return 12 * day.year + day.month - 1


def first_day(month: int) -> date:
    """Return the day on which ``month`` begins."""
    return date(month // 12, month % 12 + 1, 1)


def name(month: int) -> str:
    """Write ``month`` as ``2026-01``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def months(window: str) -> range:
    """Return the months of ``2026-01``, ``2026-Q1`` or ``2026``."""
    year, _, part = window.partition("-")
    start = 12 * int(year)
    if not part:
        return range(start, start + 12)
    if part.startswith("Q"):
        start += 3 * (int(part[1:]) - 1)
        return range(start, start + 3)
    start += int(part) - 1
    return range(start, start + 1)


def year_before(window: str) -> str:
    """Return the same window a year before."""
    year, dash, part = window.partition("-")
    return f"{int(year) - 1:04d}{dash}{part}"


def a_year_ago(day: date) -> date:
    """Return the same day of the year before; of 29 February, the day after."""
    return first_day(number(day) - YEAR) + timedelta(days=day.day - 1)


def last_quarter(month: int) -> str:
    """Return the last quarter that ends with ``month`` or before it."""
    end = (month + 1) // 3 * 3
    return f"{(end - 1) // 12:04d}-Q{(end - 1) % 12 // 3 + 1}"


def whole(window: str, today: date) -> range:
    """Return the months of ``window``; raise `WindowNotOver` unless all lie before today's."""
    asked = months(window)
    if asked[-1] >= number(today):
        raise WindowNotOver(window=window, month=name(number(today) - 1))
    return asked
