"""Boundaries that were brought and wait to be accepted."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)

from gisapp.store.types import Instant, code

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    whole = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
    op.create_table(
        "proposal",
        Column("id", Integer(), primary_key=True),
        Column("number", Integer(), nullable=False),
        Column("state", String(8), nullable=False),
        Column("file_name", String(255), nullable=False),
        Column("file_digest", String(64), nullable=False),
        Column("read", Integer(), nullable=False),
        Column("refused", Integer(), nullable=False),
        Column("whole", Boolean(), nullable=False),
        Column("revision_id", Integer(), ForeignKey("revision.id"), nullable=False),
        Column("changes", JSON(none_as_null=True), nullable=False),
        Column("content", LargeBinary()),
        Column("profile", Text()),
        Column("actor", String(80), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("decided_by", String(80)),
        Column("decided_at", Instant()),
        Column("batch_id", Integer(), ForeignKey("batch.id")),
        Column(
            "area_code",
            code(12),
            CheckConstraint(whole, name="area_code"),
            nullable=False,
            index=True,
        ),
        UniqueConstraint("area_code", "number"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("proposal")
