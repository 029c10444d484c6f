from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import reference
from gisapp.store.models import Category, CategorySpecialty, NeedRate, Specialty

NOW = datetime(2026, 9, 15, 4, tzinfo=UTC)


def test_filling_twice_adds_nothing_and_keeps_what_was_edited(runtime: Runtime) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        reference.fill(session)
        first = session.get_one(NeedRate, ("A", "land"))
        first.cases_a_year = 9.0
        session.delete(session.get_one(CategorySpecialty, ("land_requisition", "land")))

    with runtime.sessions.write(OPERATOR, NOW) as session:
        reference.fill(session)

    with runtime.sessions.read(OPERATOR, NOW) as session:
        assert session.scalar(select(func.count()).select_from(Specialty)) == 16
        assert session.scalar(select(func.count()).select_from(Category)) == 15
        assert session.get_one(NeedRate, ("A", "land")).cases_a_year == pytest.approx(9.0)
        assert session.get(CategorySpecialty, ("land_requisition", "land")) is None


def test_every_industry_section_has_rates_and_so_has_an_unknown_one() -> None:
    industries = set(reference.table("need_rates"))

    assert industries == {*"ABCDEFGHIJKLMNOPQRST", "*"}


def test_the_tables_name_known_specialties_only() -> None:
    known = set(reference.table("specialties"))
    categories = reference.table("categories").values()

    assert {s for row in reference.table("need_rates").values() for s in row} <= known
    assert {s for row in categories for s in row["specialties"]} <= known
    assert all(row["specialties"] and len(row["season"]) == 12 for row in categories)
