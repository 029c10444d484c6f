"""Gatherings that were told, and how often chance alone would have been."""

from alembic import op
from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, Integer, String

from gisapp.store.types import code

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "alert",
        Column("id", Integer(), primary_key=True),
        Column("category_code", String(32), index=True),
        Column("grids", JSON(none_as_null=True), nullable=False),
        Column("first_month", Integer(), nullable=False),
        Column("last_month", Integer(), nullable=False),
        Column("strength", Integer(), nullable=False),
        Column("cases", Integer(), nullable=False),
        Column("excess", Integer(), nullable=False),
        Column("least", Integer(), nullable=False),
        Column("why", String(5), nullable=False),
        Column("told_month", Integer(), nullable=False),
        Column("told_on", Date(), nullable=False),
        Column("over", Boolean(), nullable=False),
        scoped(),
    )
    op.create_table(
        "calibration",
        Column("id", Integer(), primary_key=True),
        Column("category_code", String(32), index=True),
        Column("made_on", Date(), nullable=False),
        Column("years", Integer(), nullable=False),
        Column("first_month", Integer(), nullable=False),
        Column("last_month", Integer(), nullable=False),
        Column("grids", Integer(), nullable=False),
        Column("thresholds", JSON(none_as_null=True), nullable=False),
        scoped(),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("calibration", "alert"):
        op.drop_table(name)


def scoped() -> Column[str]:
    whole = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
    check = CheckConstraint(whole, name="area_code")
    return Column("area_code", code(12), check, nullable=False, index=True)
