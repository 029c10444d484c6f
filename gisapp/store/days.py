"""The days on which rows hold, and the twelve months that a day looks back on."""

from datetime import date

from sqlalchemy import ColumnElement, or_

from gisapp.core.nest import MONTHS, QUARTER
from gisapp.store.models import Dated


def valid_on(kind: type[Dated], day: date) -> ColumnElement[bool]:
    """Keep the rows of ``kind`` that hold on ``day``; both days of a row are included."""
    return (kind.valid_from <= day) & or_(kind.valid_to.is_(None), kind.valid_to >= day)


def year_before(day: date) -> tuple[date, date]:
    """Return the first day of the last 12 whole months before ``day``, and the day after them."""
    end = day.replace(day=1)
    return end.replace(year=end.year - 1), end


def four_quarters(day: date) -> tuple[date, date]:
    """
    Return the first day of the last four whole quarters before ``day``, and the day after them.

    Never those of a calendar year: what is published of it may have been left out, and would be
    told here. From January to March it is those up to September, as before.
    """
    quarter = (day.month - 1) // QUARTER
    end = day.replace(month=QUARTER * quarter + 1, day=1)
    if not quarter:
        end = date(day.year - 1, MONTHS - QUARTER + 1, 1)
    return end.replace(year=end.year - 1), end
