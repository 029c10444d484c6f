"""What accepted repairs changed, so that they can be taken back."""

from alembic import op
from sqlalchemy import JSON, CheckConstraint, Column, Integer, String

from gisapp.store.types import Instant, code

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    whole = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
    op.create_table(
        "repair",
        Column("id", Integer(), primary_key=True),
        Column("number", Integer(), nullable=False, index=True),
        Column("kind", String(20), nullable=False),
        Column("subject", String(12), nullable=False),
        Column("row", Integer(), nullable=False),
        Column("code", code(64), nullable=False),
        Column("before", JSON(none_as_null=True), nullable=False),
        Column("after", JSON(none_as_null=True), nullable=False),
        Column("actor", String(80), nullable=False),
        Column("at", Instant(), nullable=False),
        Column("undone_at", Instant()),
        Column(
            "area_code",
            code(12),
            CheckConstraint(whole, name="area_code"),
            nullable=False,
            index=True,
        ),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("repair")
