"""Loads the shipped tables: specialties, categories, what they call for, rates of need."""

import tomllib
from typing import Any

from sqlalchemy import select

from gisapp import resources
from gisapp.store.models import Base, Category, CategorySpecialty, NeedRate, Specialty
from gisapp.store.session import Session


def table(name: str) -> dict[str, Any]:
    """Read one shipped table of ``data/demo``."""
    return tomllib.loads((resources.folder("data") / "demo" / f"{name}.toml").read_text("utf-8"))


def fill(session: Session) -> None:
    """Add the shipped rows that are missing; rows that somebody edited stay as they are."""
    # A known code is left alone with all that hangs on it: who took a specialty
    # off a category, or a rate off an industry, must not get it back.
    specialties = _missing(session, Specialty.code, table("specialties"))
    session.add_all(Specialty(code=code, **_names(row)) for code, row in specialties.items())
    session.flush()
    categories = _missing(session, Category.code, table("categories"))
    session.add_all(Category(code=code, **_names(row)) for code, row in categories.items())
    session.flush()
    calls: list[Base] = [
        CategorySpecialty(category_code=code, specialty_code=specialty)
        for code, row in categories.items()
        for specialty in row["specialties"]
    ]
    rates: list[Base] = [
        NeedRate(industry=industry, specialty_code=specialty, cases_a_year=rate)
        for industry, row in _missing(session, NeedRate.industry, table("need_rates")).items()
        for specialty, rate in row.items()
    ]
    session.add_all(calls + rates)
    session.flush()


def _missing(session: Session, column: Any, rows: dict[str, Any]) -> dict[str, Any]:
    known = set(session.scalars(select(column)))
    return {code: row for code, row in rows.items() if code not in known}


def _names(row: dict[str, Any]) -> dict[str, str]:
    return {"name_zh": row["zh"], "name_en": row["en"]}
