"""Disputes that were open when their quarter ended, kept as they were when it was released."""

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer

from gisapp.store.types import code

revision = "0008"
down_revision = "0007"

MONTH = (
    "12 * CAST(substr(CAST({0} AS VARCHAR), 1, 4) AS INTEGER) "
    "+ CAST(substr(CAST({0} AS VARCHAR), 6, 2) AS INTEGER) - 1"
)

QUARTERS = f"""
    INSERT INTO released_open (area_code, grid_id, month, number)
    SELECT area_code, grid_id, month - month % 3 + 2, count(*)
    FROM (
        SELECT grid.area_code, dispute.grid_id, {MONTH.format("dispute.reported_on")} AS month,
            {MONTH.format("dispute.resolved_on")} AS resolved
        FROM dispute JOIN grid ON grid.id = dispute.grid_id
    ) AS one
    WHERE (resolved IS NULL OR resolved > month - month % 3 + 2) AND EXISTS (
        SELECT 1 FROM month_release
        WHERE month_release.month = one.month - one.month % 3 + 2
        AND month_release.area_code = substr(one.area_code, 1, 6)
    )
    GROUP BY area_code, grid_id, month - month % 3 + 2
"""  # noqa: S608  # made of the words above


def upgrade() -> None:
    """Create the table, and keep what is known now of the quarters that were released."""
    whole = "length(area_code) IN (2, 4, 6, 9, 12) AND trim(area_code, '0123456789') = ''"
    check = CheckConstraint(whole, name="area_code")
    op.create_table(
        "released_open",
        Column("grid_id", Integer(), ForeignKey("grid.id"), primary_key=True),
        Column("month", Integer(), primary_key=True),
        Column("number", Integer(), nullable=False),
        Column("area_code", code(12), check, nullable=False, index=True),
    )
    op.execute(QUARTERS)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("released_open")
