"""An alert is told again by what is published of it; true counts are kept no longer."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Drop the two counts."""
    op.drop_column("alert", "cases")
    op.drop_column("alert", "excess")


def downgrade() -> None:
    """Add them again, as what was published."""
    for name in ("cases", "excess"):
        op.add_column("alert", Column(name, Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE alert SET cases = least")
