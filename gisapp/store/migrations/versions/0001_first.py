"""All tables of the first version, and what each database itself sees to."""

from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)

from gisapp.store.migrations import rules
from gisapp.store.types import Instant, Shape, code

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "audit",
        Column("id", Integer(), primary_key=True),
        Column("number", Integer(), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("deed", String(40), nullable=False),
        Column("subject", String(120), nullable=False),
        Column("details", json(), nullable=False),
        Column("previous", String(64), nullable=False),
        Column("digest", String(64), nullable=False),
        UniqueConstraint("area_code", "number"),
        scoped(),
    )
    op.create_table(
        "batch",
        Column("id", Integer(), primary_key=True),
        Column("number", Integer(), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("file_digest", String(64), nullable=False),
        Column("read", Integer(), nullable=False),
        Column("stored", Integer(), nullable=False),
        Column("refused", Integer(), nullable=False),
        Column("report", json(), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("undone_at", Instant()),
        scoped(),
    )
    op.create_table(
        "category",
        Column("code", code(32), primary_key=True),
        Column("name_zh", String(40), nullable=False),
        Column("name_en", String(60), nullable=False),
    )
    op.create_table(
        "context",
        Column("id", Integer(), primary_key=True),
        Column("kind", String(12), nullable=False),
        Column("name", String(80), nullable=False),
        Column("shape", Shape("GEOMETRY"), nullable=False),
        scoped(),
    )
    op.create_table(
        "installation",
        Column("id", Integer(), primary_key=True, autoincrement=False),
        Column("uid", Uuid(), nullable=False),
        Column("epoch", Integer(), nullable=False),
        Column("srid", Integer(), nullable=False),
        Column("code_pattern", String(120), nullable=False),
        Column("demo", Boolean(), nullable=False),
        Column("name", String(40), nullable=False),
        Column("created_at", Instant(), nullable=False),
        CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "ledger",
        Column("client_id", Uuid(), primary_key=True),
        Column("actor", String(80), nullable=False),
        Column("body_digest", String(64), nullable=False),
        Column("answer", json(), nullable=False),
        Column("at", Instant(), nullable=False),
        scoped(),
    )
    op.create_table(
        "plan",
        Column("id", Integer(), primary_key=True),
        Column("client_id", Uuid(), unique=True),
        Column("number", Integer(), nullable=False),
        Column("state", String(8), nullable=False),
        Column("mode", String(8), nullable=False),
        Column("based_on_id", Integer(), ForeignKey("plan.id")),
        Column("seed", Integer(), nullable=False),
        Column("parameters", json(), nullable=False),
        Column("input_digest", String(64), nullable=False),
        Column("score", json(), nullable=False),
        Column("gap", Float()),
        Column("created_at", Instant(), nullable=False),
        Column("created_by", String(80), nullable=False),
        UniqueConstraint("area_code", "number"),
        versioned(),
        scoped(),
    )
    op.create_table(
        "revision",
        Column("id", Integer(), primary_key=True),
        Column("predecessor_id", Integer(), ForeignKey("revision.id"), unique=True),
        Column("digest", String(64), nullable=False),
        Column("created_at", Instant(), nullable=False),
    )
    op.create_table(
        "specialty",
        Column("code", code(32), primary_key=True),
        Column("name_zh", String(40), nullable=False),
        Column("name_en", String(60), nullable=False),
    )
    op.create_table(
        "staged",
        Column("batch_uid", Uuid(), primary_key=True),
        Column("line", Integer(), primary_key=True),
        Column("row", json(), nullable=False),
    )
    op.create_table(
        "area",
        Column("id", Integer(), primary_key=True),
        Column("code", code(12), nullable=False, index=True),
        Column("name", String(80), nullable=False),
        Column("level", String(12), nullable=False),
        Column("parent_id", Integer(), ForeignKey("area.id"), index=True),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "category_specialty",
        Column("category_code", code(32), ForeignKey("category.code"), primary_key=True),
        Column("specialty_code", code(32), ForeignKey("specialty.code"), primary_key=True),
    )
    op.create_table(
        "department",
        Column("id", Integer(), primary_key=True),
        Column("code", code(32), nullable=False, index=True),
        Column("name", String(80), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("headcount", Integer(), nullable=False),
        CheckConstraint("headcount >= 0", name="headcount"),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "need_rate",
        Column("industry", String(1), primary_key=True),
        Column("specialty_code", code(32), ForeignKey("specialty.code"), primary_key=True),
        Column("cases_a_year", Float(), nullable=False),
    )
    op.create_table(
        "publication",
        Column("id", Integer(), primary_key=True),
        Column("client_id", Uuid(), unique=True),
        Column("mode", String(8), nullable=False),
        Column("starts_on", Date(), nullable=False),
        Column("ends_on", Date()),
        Column("plan_id", Integer(), ForeignKey("plan.id"), nullable=False, index=True),
        Column("published_at", Instant(), nullable=False),
        Column("published_by", String(80), nullable=False),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        versioned(),
        scoped(),
    )
    op.create_table(
        "revision_key",
        Column("revision_id", Integer(), ForeignKey("revision.id"), primary_key=True),
        Column("area_code", code(12), primary_key=True),
        Column("key", code(20), nullable=False, index=True),
    )
    op.create_table(
        "area_shape",
        Column("id", Integer(), primary_key=True),
        Column("area_id", Integer(), ForeignKey("area.id"), nullable=False, index=True),
        Column("digest", String(32), nullable=False),
        Column("boundary", Shape("MULTIPOLYGON"), nullable=False),
        scoped(),
    )
    op.create_table(
        "grid",
        Column("id", Integer(), primary_key=True),
        Column("code", code(32), nullable=False, index=True),
        Column("name", String(80), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("community_id", Integer(), ForeignKey("area.id"), nullable=False, index=True),
        Column("households", Integer()),
        Column("population", Integer()),
        Column("enterprises", Integer()),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "link",
        Column("id", Integer(), primary_key=True),
        Column("department_id", Integer(), ForeignKey("department.id"), nullable=False, index=True),
        Column("team", String(40), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("place_code", code(32), nullable=False, index=True),
        Column("bonus_min", Float(), nullable=False),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "office",
        Column("id", Integer(), primary_key=True),
        Column("code", code(32), nullable=False, index=True),
        Column("name", String(80), nullable=False),
        Column("address", String(200), nullable=False),
        Column("department_id", Integer(), ForeignKey("department.id"), nullable=False, index=True),
        Column("place", Shape("POINT"), nullable=False),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "cadre",
        Column("id", Integer(), primary_key=True),
        Column("staff_number", code(32), nullable=False, index=True),
        Column("name", String(40), nullable=False),
        Column("department_id", Integer(), ForeignKey("department.id"), nullable=False, index=True),
        Column("office_id", Integer(), ForeignKey("office.id"), nullable=False, index=True),
        Column("rank", String(8), nullable=False),
        Column("capacity", Integer(), nullable=False),
        Column("available_from", Date()),
        Column("available_to", Date()),
        CheckConstraint("capacity >= 0", name="capacity"),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "enterprise",
        Column("id", Integer(), primary_key=True),
        Column("register_number", code(64), nullable=False, index=True),
        Column("credit_code", code(18), index=True),
        Column("name", String(200), nullable=False),
        Column("industry", String(5)),
        Column("size", String(8)),
        Column("address", String(200), nullable=False),
        Column("place", Shape("POINT")),
        Column("grid_id", Integer(), ForeignKey("grid.id"), index=True),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "grid_shape",
        Column("id", Integer(), primary_key=True),
        Column("grid_id", Integer(), ForeignKey("grid.id"), nullable=False, index=True),
        Column("digest", String(32), nullable=False),
        Column("boundary", Shape("MULTIPOLYGON"), nullable=False),
        scoped(),
    )
    op.create_table(
        "lineage",
        Column("revision_id", Integer(), ForeignKey("revision.id"), primary_key=True),
        Column("old_grid_id", Integer(), ForeignKey("grid.id"), primary_key=True),
        Column("new_grid_id", Integer(), ForeignKey("grid.id"), primary_key=True),
        Column("share", Float(), nullable=False),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        scoped(),
    )
    op.create_table(
        "post",
        Column("id", Integer(), primary_key=True),
        Column("code", code(48), nullable=False, index=True),
        Column("role", String(12), nullable=False),
        Column("grid_id", Integer(), ForeignKey("grid.id"), index=True),
        Column("area_id", Integer(), ForeignKey("area.id"), index=True),
        Column("made_by_rule", Boolean(), nullable=False),
        CheckConstraint("(grid_id IS NULL) <> (area_id IS NULL)", name="one_place"),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "revision_area",
        Column("revision_id", Integer(), ForeignKey("revision.id"), primary_key=True),
        Column("area_id", Integer(), ForeignKey("area.id"), primary_key=True),
        Column("shape_id", Integer(), ForeignKey("area_shape.id"), nullable=False, index=True),
        scoped(),
    )
    op.create_table(
        "travel",
        Column("office_id", Integer(), ForeignKey("office.id"), primary_key=True),
        Column("place_code", code(32), primary_key=True),
        Column("minutes", Float(), nullable=False),
        CheckConstraint("minutes >= 0", name="minutes"),
        brought(),
        scoped(),
    )
    op.create_table(
        "cadre_phone",
        Column("cadre_id", Integer(), ForeignKey("cadre.id"), primary_key=True),
        Column("phone", String(32), nullable=False),
        versioned(),
        scoped(),
    )
    op.create_table(
        "cadre_specialty",
        Column("cadre_id", Integer(), ForeignKey("cadre.id"), primary_key=True),
        Column("specialty_code", code(32), ForeignKey("specialty.code"), primary_key=True),
        Column("level", Integer(), nullable=False),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        scoped(),
    )
    op.create_table(
        "dispute",
        Column("id", Integer(), primary_key=True),
        Column("client_id", Uuid(), unique=True),
        Column("case_number", code(64), nullable=False),
        Column("category_code", code(32), ForeignKey("category.code"), nullable=False),
        Column("epidemic", Boolean(), nullable=False),
        Column("enterprise_related", Boolean(), nullable=False),
        Column("grid_id", Integer(), ForeignKey("grid.id"), index=True),
        Column("reported_on", Date(), nullable=False),
        Column("accepted_on", Date()),
        Column("resolved_on", Date()),
        Column("status", String(12), nullable=False),
        Column("resolved_level", String(12)),
        Column("cadre_id", Integer(), ForeignKey("cadre.id"), index=True),
        UniqueConstraint("case_number"),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_index("ix_dispute_reported_on_grid_id", "dispute", ["reported_on", "grid_id"])
    op.create_table(
        "recusal",
        Column("id", Integer(), primary_key=True),
        Column("cadre_id", Integer(), ForeignKey("cadre.id"), nullable=False, index=True),
        Column("place_code", code(32), nullable=False, index=True),
        *dated(),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "revision_grid",
        Column("revision_id", Integer(), ForeignKey("revision.id"), primary_key=True),
        Column("grid_id", Integer(), ForeignKey("grid.id"), primary_key=True),
        Column("shape_id", Integer(), ForeignKey("grid_shape.id"), nullable=False, index=True),
        scoped(),
    )
    op.create_table(
        "service",
        Column("id", Integer(), primary_key=True),
        Column("client_id", Uuid(), unique=True),
        Column("kind", String(20), nullable=False),
        Column("grid_id", Integer(), ForeignKey("grid.id"), index=True),
        Column("enterprise_id", Integer(), ForeignKey("enterprise.id"), index=True),
        Column("cadre_id", Integer(), ForeignKey("cadre.id"), nullable=False, index=True),
        Column("day", Date(), nullable=False),
        Column("note", String(200), nullable=False),
        versioned(),
        brought(),
        scoped(),
    )
    op.create_table(
        "slot",
        Column("id", Integer(), primary_key=True),
        Column("post_id", Integer(), ForeignKey("post.id"), nullable=False, index=True),
        Column("number", Integer(), nullable=False),
        Column("specialty_code", code(32), ForeignKey("specialty.code")),
        Column("least_level", Integer(), nullable=False),
        Column("seats_least", Integer(), nullable=False),
        Column("seats_wanted", Integer(), nullable=False),
        Column("seats_most", Integer(), nullable=False),
        CheckConstraint(
            "seats_least >= 0 AND seats_least <= seats_wanted AND seats_wanted <= seats_most",
            name="seats",
        ),
        UniqueConstraint("post_id", "number"),
        versioned(),
        scoped(),
    )
    op.create_table(
        "assignment",
        Column("id", Integer(), primary_key=True),
        Column("plan_id", Integer(), ForeignKey("plan.id"), nullable=False),
        Column("post_id", Integer(), ForeignKey("post.id"), nullable=False, index=True),
        Column("slot_id", Integer(), ForeignKey("slot.id"), nullable=False),
        Column("cadre_id", Integer(), ForeignKey("cadre.id"), nullable=False),
        Column("starts_on", Date()),
        Column("ends_on", Date()),
        Column("locked", Boolean(), nullable=False),
        Column("why", json(), nullable=False),
        UniqueConstraint("plan_id", "post_id", "cadre_id"),
        scoped(),
    )
    op.create_index("ix_assignment_cadre_id_plan_id", "assignment", ["cadre_id", "plan_id"])
    op.create_table(
        "dispute_place",
        Column("dispute_id", Integer(), ForeignKey("dispute.id"), primary_key=True),
        Column("place", Shape("POINT"), nullable=False),
        Column("erase_on", Date(), nullable=False, index=True),
        scoped(),
    )
    op.create_table(
        "confirmation",
        Column("id", Integer(), primary_key=True),
        Column("client_id", Uuid(), unique=True),
        Column("assignment_id", Integer(), ForeignKey("assignment.id"), nullable=False, index=True),
        Column("kind", String(12), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("note", String(200), nullable=False),
        scoped(),
    )
    rules.add_first()


def downgrade() -> None:
    """Remove everything."""
    rules.drop_first(TABLES[::-1])


def scoped() -> Column[str]:
    whole = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
    check = CheckConstraint(whole, name="area_code")
    return Column("area_code", code(12), check, nullable=False, index=True)


def dated() -> list[Column[Any]]:
    order = CheckConstraint("valid_to >= valid_from", name="dates")
    return [Column("valid_from", Date(), nullable=False), Column("valid_to", Date(), order)]


def versioned() -> Column[int]:
    return Column("version", Integer(), nullable=False)


def brought() -> Column[int]:
    return Column("batch_id", Integer(), ForeignKey("batch.id"), index=True)


def json() -> JSON:
    return JSON(none_as_null=True)


TABLES = (
    "audit",
    "batch",
    "category",
    "context",
    "installation",
    "ledger",
    "plan",
    "revision",
    "specialty",
    "staged",
    "area",
    "category_specialty",
    "department",
    "need_rate",
    "publication",
    "revision_key",
    "area_shape",
    "grid",
    "link",
    "office",
    "cadre",
    "enterprise",
    "grid_shape",
    "lineage",
    "post",
    "revision_area",
    "travel",
    "cadre_phone",
    "cadre_specialty",
    "dispute",
    "recusal",
    "revision_grid",
    "service",
    "slot",
    "assignment",
    "dispute_place",
    "confirmation",
)
