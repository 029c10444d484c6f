"""Boundaries of areas wait to be accepted as those of grids do; rows are staged in no table."""

from alembic import op
from sqlalchemy import JSON, Column, Integer, String, Uuid

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Say of each proposal what it draws, and drop the table that nothing fills."""
    op.add_column("proposal", Column("kind", String(12), nullable=False, server_default="grids"))
    op.drop_table("staged")


def downgrade() -> None:
    """Create the empty table again, and keep proposals of grids alone."""
    op.create_table(
        "staged",
        Column("batch_uid", Uuid(), primary_key=True),
        Column("line", Integer(), primary_key=True),
        Column("row", JSON(none_as_null=True), nullable=False),
    )
    op.execute("DELETE FROM proposal WHERE kind <> 'grids'")
    op.drop_column("proposal", "kind")
