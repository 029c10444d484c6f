"""What rows were before an import changed them, so that its batch can be taken back."""

from alembic import op
from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Integer, String

from gisapp.store.types import code

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table."""
    whole = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
    op.create_table(
        "batch_change",
        Column("id", Integer(), primary_key=True),
        Column("batch_id", Integer(), ForeignKey("batch.id"), nullable=False, index=True),
        Column("table_name", String(24), nullable=False),
        Column("row_key", String(120), nullable=False),
        Column("before", JSON(none_as_null=True)),
        Column("was_batch_id", Integer(), index=True),
        Column("version", Integer()),
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
    op.drop_table("batch_change")
