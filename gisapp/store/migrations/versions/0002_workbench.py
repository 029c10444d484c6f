"""What planners do in drafts, what they say about grids, and work that takes long."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
)

from gisapp.store.types import Instant, code

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "draft_change",
        Column("id", Integer(), primary_key=True),
        Column("client_id", Uuid(), unique=True),
        Column("plan_id", Integer(), ForeignKey("plan.id"), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("kind", String(8), nullable=False),
        Column("deed", String(20), nullable=False),
        Column("about", Integer()),
        Column("out", json(), nullable=False),
        Column("into", json(), nullable=False),
        Column("effect", json(), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("at", Instant(), nullable=False),
        UniqueConstraint("plan_id", "version"),
        scoped(),
    )
    op.create_table(
        "comment",
        Column("id", Integer(), primary_key=True),
        Column("client_id", Uuid(), unique=True),
        Column("plan_id", Integer(), ForeignKey("plan.id"), nullable=False, index=True),
        Column("place_code", code(32), nullable=False, index=True),
        Column("text", String(400), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("version", Integer(), nullable=False),
        scoped(),
    )
    op.create_table(
        "job",
        Column("id", Integer(), primary_key=True),
        Column("client_id", Uuid(), nullable=False, unique=True),
        Column("name", String(20), nullable=False),
        Column("arguments", json(), nullable=False),
        Column("state", String(9), nullable=False, index=True),
        Column("cancel", Boolean(), nullable=False),
        Column("attempt", Integer(), nullable=False),
        Column("leased_until", Instant()),
        Column("not_before", Instant(), nullable=False),
        Column("progress", json()),
        Column("result", json()),
        Column("error", json()),
        Column("actor", String(80), nullable=False),
        Column("role", String(12), nullable=False),
        Column("home", code(12), nullable=False),
        Column("cadre_id", Integer(), ForeignKey("cadre.id")),
        Column("created_at", Instant(), nullable=False),
        Column("ended_at", Instant()),
        scoped(),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("job", "comment", "draft_change"):
        op.drop_table(name)


def scoped() -> Column[str]:
    whole = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
    check = CheckConstraint(whole, name="area_code")
    return Column("area_code", code(12), check, nullable=False, index=True)


def json() -> JSON:
    return JSON(none_as_null=True)
