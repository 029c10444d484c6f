import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import CheckConstraint, Engine, delete, insert, inspect, text, update
from sqlalchemy.exc import IntegrityError

from gisapp.store import audit, schema
from gisapp.store.engine import CodeTaken, PublicationsOverlap, broken_rule, open_engine
from gisapp.store.installation import NotMade
from gisapp.store.models import (
    Area,
    Assignment,
    Audit,
    Base,
    Department,
    Grid,
    GridShape,
    Plan,
    Publication,
    Revision,
    RevisionGrid,
    Scoped,
)
from tests.factories import COUNTY, FIRST, TODAY, Make


@pytest.fixture(params=["spatialite", "postgis"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables, once on each."""
    if request.param == "spatialite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        url = request.getfixturevalue("postgis_empty")
    engine = open_engine(url)
    yield engine
    engine.dispose()


def ours(obj: Any, name: str, kind: str, reflected: Any, compared: Any) -> bool:
    if kind == "table" and reflected and compared is None:
        return False
    return bool(alembic_helpers.include_object(obj, name, kind, reflected, compared))


def test_the_history_makes_the_tables_of_the_models(engine: Engine) -> None:
    schema.upgrade(engine)

    with engine.connect() as connection:
        options = {"include_object": ours, "compare_type": engine.dialect.name != "sqlite"}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
        looking = inspect(connection)
        checks = {
            table.name: {check["name"] for check in looking.get_check_constraints(table.name)}
            for table in Base.metadata.sorted_tables
        }

    assert differences == []
    for table in Base.metadata.sorted_tables:
        said = [*table.constraints, *(one for column in table.c for one in column.constraints)]
        wanted = {str(one.name) for one in said if isinstance(one, CheckConstraint)}

        assert {name for name in wanted if name not in checks[table.name]} == set(), table.name


def test_the_tables_go_and_come_again(engine: Engine) -> None:
    schema.upgrade(engine)

    schema.downgrade(engine)
    with engine.connect() as connection:
        left = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
    schema.upgrade(engine)

    assert left == set()
    schema.check(engine)


def test_the_versions_are_those_of_the_history() -> None:
    files = sorted(path.stem for path in (schema.HISTORY / "versions").glob("[0-9]*.py"))

    assert [name.split("_")[0] for name in files] == list(schema.VERSIONS)


def test_an_empty_database_is_told_from_one_of_another_version(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with pytest.raises(schema.DatabaseAbsent):
            schema.check(engine)
        Path(engine.url.database or "").touch()
    with pytest.raises(NotMade):
        schema.check(engine)

    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(schema.DatabaseTooNew):
        schema.check(engine)
    with pytest.raises(schema.DatabaseTooNew):
        schema.upgrade(engine)


def test_an_older_database_is_named_as_such(engine: Engine, monkeypatch: Any) -> None:
    schema.upgrade(engine)

    monkeypatch.setattr(schema, "VERSIONS", (*schema.VERSIONS, "9999"))

    with pytest.raises(schema.DatabaseTooOld):
        schema.check(engine)


def test_looking_at_the_version_takes_no_time(engine: Engine) -> None:
    schema.upgrade(engine)
    schema.check(engine)

    start = perf_counter()
    schema.check(engine)

    assert perf_counter() - start < 0.05


def test_an_upgrade_keeps_a_copy_of_the_file(tmp_path: Path, monkeypatch: Any) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'town.sqlite'}")
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    monkeypatch.setattr(schema, "VERSIONS", ("0000", "0001"))

    with pytest.raises(Exception, match="0000"):
        schema.upgrade(engine)
    engine.dispose()

    assert len(list(tmp_path.glob("town.sqlite.0000.*"))) == 1


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://boss:hush-hush@127.0.0.1:9/town", "sqlite:///{folder}/text.sqlite"],
)
def test_a_database_that_cannot_be_opened_keeps_its_password(url: str, tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("this is no database" * 100)
    engine = open_engine(url.format(folder=tmp_path))

    with pytest.raises(schema.DatabaseUnreachable) as caught:
        schema.check(engine)
    engine.dispose()

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "code", ["", "33%", "33_2", " 3301", "３３０１", "33010", "3301'--", "3", "33010200100"]
)
def test_only_whole_area_codes_are_stored(make: Make, code: str) -> None:
    row = {"code": "X", "name": "X", "headcount": 1, "area_code": code, "valid_from": FIRST}

    with pytest.raises(IntegrityError, match="area_code"):
        make.session.execute(insert(Department), [row | {"version": 1}])
    make.close()


def test_every_table_of_areas_checks_its_codes() -> None:
    without = [
        kind.__name__
        for kind in (mapper.class_ for mapper in Base.registry.mappers)
        if issubclass(kind, Scoped) and not kind.__table__.c.area_code.constraints
    ]

    assert without == []


SPANS = st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30)))


def days(span: tuple[int, int | None]) -> tuple[date, date | None]:
    start, length = span
    first = FIRST + timedelta(days=start)
    return first, None if length is None else first + timedelta(days=length)


def overlap(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=st.lists(SPANS, min_size=2, max_size=3))
def test_a_code_is_unique_on_every_day(make: Make, spans: list[tuple[int, int | None]]) -> None:
    session = make.session
    kept: list[tuple[date, date | None]] = []
    with session.begin_nested() as everything:
        for first, last in map(days, spans):
            row = {"code": "X", "name": "X", "headcount": 1, "area_code": COUNTY, "version": 1}
            clash = any(overlap((first, last), one) for one in kept)
            try:
                with session.begin_nested():
                    row |= {"valid_from": first, "valid_to": last}
                    session.execute(insert(Department), [row])
                kept.append((first, last))
                assert not clash
            except CodeTaken:
                assert clash
        everything.rollback()


def test_a_row_cannot_be_moved_onto_the_days_of_another(make: Make) -> None:
    make.department("X", valid_to=TODAY)
    later = make.department("X", valid_from=TODAY + timedelta(days=1))
    _ = make.session

    later.valid_from = TODAY

    with pytest.raises(CodeTaken):
        make.session.flush()
    make.close()


@pytest.mark.parametrize(
    ("mode", "starts", "ends", "clash"),
    [
        ("normal", TODAY, None, True),
        ("normal", FIRST, TODAY, True),
        ("normal", FIRST, TODAY - timedelta(days=1), False),
        ("surge", TODAY, None, False),
    ],
)
def test_no_two_publications_of_an_area_and_mode_overlap(
    make: Make, mode: str, starts: date, ends: date | None, *, clash: bool
) -> None:
    plan = make.plan()
    make.publication(plan, starts_on=TODAY)

    if clash:
        with pytest.raises(PublicationsOverlap):
            make.publication(plan, mode=mode, starts_on=starts, ends_on=ends)
        make.close()
    else:
        make.publication(plan, mode=mode, starts_on=starts, ends_on=ends)


def refusal(make: Make, statement: Any) -> str:
    with pytest.raises(IntegrityError) as caught:
        make.session.execute(statement)
    make.close()
    return broken_rule(caught.value.orig)


@pytest.mark.parametrize("model", [Revision, GridShape, RevisionGrid])
def test_boundaries_that_were_recorded_never_change(make: Make, model: Any) -> None:
    make.grid("A")
    make.commit()

    column = "digest" if model is not RevisionGrid else "area_code"

    assert refusal(make, update(model).values({column: COUNTY})).startswith("immutable_")
    assert refusal(make, delete(model)).startswith("immutable_")


def test_a_link_of_the_audit_is_never_changed(make: Make) -> None:
    audit.note(make.session, "plan.made", "plan 1", area_code=COUNTY)
    make.commit()

    assert refusal(make, update(Audit).values(actor="nobody")) == "append_only_audit"
    assert refusal(make, delete(Audit)) == "append_only_audit"


def test_a_frozen_plan_keeps_its_placements(make: Make) -> None:
    make.grid("A", members=[make.cadre()])
    make.commit()

    assert refusal(make, update(Assignment).values(locked=True)) == "frozen_plan"
    assert refusal(make, delete(Assignment)) == "frozen_plan"
    assert refusal(make, update(Plan).values(state="draft")) == "frozen_plan"


def test_a_draft_may_be_changed(make: Make) -> None:
    grid = make.grid("A")
    plan = make.plan({make.post(grid, "chief"): [make.cadre()]}, state="draft")

    make.session.execute(update(Assignment).values(locked=True))
    make.session.execute(delete(Assignment).where(Assignment.plan_id == plan.id))


def test_an_edit_of_a_version_that_is_gone_is_refused(make: Make) -> None:
    area = make.area(COUNTY)
    behind = update(Area).values(version=7).execution_options(synchronize_session=False)
    make.session.execute(behind)

    area.name = "New"

    with pytest.raises(Exception, match="expected to update 1 row"):
        make.session.flush()
    make.close()


def test_the_file_itself_refuses_what_the_program_refuses(spatialite: str) -> None:
    plain = sqlite3.connect(spatialite.removeprefix("sqlite:///"))
    row = (Publication.__tablename__, Grid.__tablename__)

    triggers = {name for (name,) in plain.execute("SELECT name FROM sqlite_master")}
    plain.close()

    assert {f"ex_{row[0]}_insert", f"ex_{row[1]}_code_update"} <= triggers
