"""Months whose counts have been seen, as they were then, and what may be said of them."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    UniqueConstraint,
)

from gisapp.store.types import Instant, code

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "month_release",
        Column("id", Integer(), primary_key=True),
        Column("month", Integer(), nullable=False),
        Column("released_at", Instant(), nullable=False),
        Column("version", Integer(), nullable=False),
        UniqueConstraint("area_code", "month"),
        scoped(),
    )
    op.create_table(
        "released_count",
        Column("grid_id", Integer(), ForeignKey("grid.id"), primary_key=True),
        Column("month", Integer(), primary_key=True, index=True),
        Column("category_code", code(32), ForeignKey("category.code"), primary_key=True),
        Column("number", Integer(), nullable=False),
        scoped(),
    )
    op.create_table(
        "released_year",
        Column("id", Integer(), primary_key=True),
        Column("year", Integer(), nullable=False),
        Column("months", Integer(), nullable=False),
        Column("content", LargeBinary(), nullable=False),
        UniqueConstraint("area_code", "year"),
        scoped(),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("released_year", "released_count", "month_release"):
        op.drop_table(name)


def scoped() -> Column[str]:
    whole = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
    check = CheckConstraint(whole, name="area_code")
    return Column("area_code", code(12), check, nullable=False, index=True)
