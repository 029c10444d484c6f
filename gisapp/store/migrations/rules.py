"""What each database itself sees to: codes, publications, and rows that never change."""

from collections.abc import Iterator
from typing import Final

from alembic import op
from sqlalchemy import func, null, select

CODES: Final = (
    ("area", "code"),
    ("grid", "code"),
    ("department", "code"),
    ("office", "code"),
    ("cadre", "staff_number"),
    ("post", "code"),
    ("enterprise", "register_number"),
)
"""A code is unique among the rows valid on one day."""

FIXED: Final = (
    ("audit", "append_only_audit"),
    ("revision", "immutable_revision"),
    ("grid_shape", "immutable_grid_shape"),
    ("area_shape", "immutable_area_shape"),
    ("revision_grid", "immutable_revision_grid"),
    ("revision_area", "immutable_revision_area"),
    ("revision_key", "immutable_revision_key"),
    ("lineage", "immutable_lineage"),
)
"""Rows are added and never changed."""


def add_first() -> None:
    """Add the rules of the first version."""
    on_postgis = op.get_bind().dialect.name == "postgresql"
    for statement in _on_postgis() if on_postgis else _on_spatialite():
        op.execute(statement)


def drop_first(tables: tuple[str, ...]) -> None:
    """Drop the rules with the tables they are about."""
    on_postgis = op.get_bind().dialect.name == "postgresql"
    for name in tables:
        if on_postgis:
            op.drop_table(name)
        else:
            # Forgets the geometry columns and the spatial indexes with it.
            op.get_bind().execute(select(func.DropTable(null(), name)))
    if on_postgis:
        for function in ("refuse_change", "refuse_seat", "refuse_plan"):
            op.execute(f"DROP FUNCTION {function}()")


def _on_postgis() -> Iterator[str]:
    for table, code in CODES:
        yield (
            f"ALTER TABLE {table} ADD CONSTRAINT ex_{table}_{code} EXCLUDE USING gist "
            f"({code} WITH =, daterange(valid_from, valid_to, '[]') WITH &&)"
        )
    yield (
        "ALTER TABLE publication ADD CONSTRAINT ex_publication EXCLUDE USING gist "
        "(area_code WITH =, mode WITH =, daterange(starts_on, ends_on, '[]') WITH &&)"
    )
    refuse = "RAISE EXCEPTION '%', {0} USING ERRCODE = '23000', CONSTRAINT = {0};"
    yield _function("refuse_change", refuse.format("TG_ARGV[0]"))
    refuse = refuse.format("'frozen_plan'")
    go_on = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    plans = "id IN (OLD.plan_id, NEW.plan_id)"
    frozen = f"EXISTS (SELECT 1 FROM plan WHERE state = 'frozen' AND {plans})"  # noqa: S608
    yield _function("refuse_seat", f"IF {frozen} THEN {refuse} END IF; {go_on}")
    frozen = "OLD.state = 'frozen'"
    yield _function("refuse_plan", f"IF {frozen} THEN {refuse} END IF; {go_on}")
    for table, name in FIXED:
        yield (
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change('{name}')"
        )
        yield (
            f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{name}')"
        )
    yield (
        "CREATE TRIGGER frozen_seat BEFORE INSERT OR UPDATE OR DELETE ON assignment "
        "FOR EACH ROW EXECUTE FUNCTION refuse_seat()"
    )
    yield (
        "CREATE TRIGGER frozen_plan BEFORE UPDATE OR DELETE ON plan "
        "FOR EACH ROW EXECUTE FUNCTION refuse_plan()"
    )


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _on_spatialite() -> Iterator[str]:
    for table, code in CODES:
        yield from _no_two(f"ex_{table}_{code}", table, (code,), ("valid_from", "valid_to"))
    yield from _no_two(
        "ex_publication", "publication", ("area_code", "mode"), ("starts_on", "ends_on")
    )
    for table, name in FIXED:
        yield _trigger(f"{name}_update", f"UPDATE ON {table}", "1", name)
        yield _trigger(f"{name}_delete", f"DELETE ON {table}", "1", name)
    frozen = "EXISTS (SELECT 1 FROM plan WHERE state = 'frozen' AND id IN ({}))"
    old, new = frozen.format("OLD.plan_id"), frozen.format("NEW.plan_id")
    both = frozen.format("OLD.plan_id, NEW.plan_id")
    name = "frozen_plan"
    yield _trigger("frozen_seat_insert", "INSERT ON assignment", new, name)
    yield _trigger("frozen_seat_update", "UPDATE ON assignment", both, name)
    yield _trigger("frozen_seat_delete", "DELETE ON assignment", old, name)
    old = "OLD.state = 'frozen'"
    yield _trigger("frozen_plan_update", "UPDATE ON plan", old, name)
    yield _trigger("frozen_plan_delete", "DELETE ON plan", old, name)


def _no_two(name: str, table: str, same: tuple[str, ...], days: tuple[str, str]) -> Iterator[str]:
    first, last = days
    alike = " AND ".join(f"{column} = NEW.{column}" for column in same)
    open_end = "'9999-12-31'"
    overlap = (
        f"EXISTS (SELECT 1 FROM {table} WHERE {alike} AND id IS NOT NEW.id "  # noqa: S608
        f"AND {first} <= COALESCE(NEW.{last}, {open_end}) "
        f"AND COALESCE({last}, {open_end}) >= NEW.{first})"
    )
    # After, not before: only then does a new row have its id.
    yield _trigger(f"{name}_insert", f"INSERT ON {table}", overlap, name, when="AFTER")
    columns = ", ".join((*same, first, last))
    yield _trigger(f"{name}_update", f"UPDATE OF {columns} ON {table}", overlap, name, when="AFTER")


def _trigger(name: str, event: str, condition: str, says: str, *, when: str = "BEFORE") -> str:
    return (
        f"CREATE TRIGGER {name} {when} {event} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )
