"""A year that is told knows how far states of coverage told how many disputes it has."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the number of months: states told of all there are until now."""
    op.add_column(
        "released_year", Column("numbered", Integer(), nullable=False, server_default="12")
    )


def downgrade() -> None:
    """Take it out."""
    op.drop_column("released_year", "numbered")
