"""A legal check-up of an enterprise is called so everywhere."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Rename the kind of those that files brought."""
    op.execute("UPDATE service SET kind = 'legal_checkup' WHERE kind = 'legal_check'")


def downgrade() -> None:
    """Leave them: the older program took any kind."""
